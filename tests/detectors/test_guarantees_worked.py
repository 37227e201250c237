"""Guarantee structures worked by hand: each definition by a case of its own."""

import pytest
from support.guarantees import find, keys, one, shapes
from support.toy import Book

# -- the net at T


def test_contracts_count_from_their_start_until_before_their_end():
    book = Book().guarantee("A", "B", start="2025-01-01", end="2026-01-01").guarantee("B", "A", start="2025-06-01")
    assert find(book, "2025-05-31") == []
    assert shapes(find(book, "2025-06-01")) == ["circle A B", "mutual A B"]
    assert shapes(find(book, "2025-12-31T23:59:59")) == ["circle A B", "mutual A B"]
    assert find(book, "2026-01-01") == []


def test_a_single_guarantee_is_no_structure():
    assert find(Book().guarantees("A>B C>D")) == []


def test_parallel_contracts_are_one_arc_and_each_is_evidence():
    found = one(find(Book().guarantees("A>B A>B A>B B>A", 1_000_000)), "mutual")
    assert (found.measures["contracts"], found.measures["arcs"], found.measures["cycles"]) == (4, 2, 1)
    assert found.measures["amount"] == 4_000_000
    assert len({row["uid"] for row in found.evidence}) == 4


def test_a_self_guarantee_is_no_cycle_and_is_counted():
    assert find(Book().guarantees("A>A")) == []
    assert shapes(find(Book().guarantees("A>A A>B B>C"))) == ["chain A B C"]
    assert find(Book().guarantees("A>A A>B B>C"))[0].measures["self_guarantees"] == 1


def test_an_unknown_amount_is_said_and_never_zero():
    found = one(find(Book().guarantees("A>B", 45_000_000).guarantees("B>A")), "mutual")
    assert (found.measures["amount"], found.measures["amount_unknown"]) == (45_000_000, 1)
    assert "合计4500万，另有1份金额不详" in found.reason_zh
    assert "45,000,000 in all, 1 of unknown amount besides" in found.reason_en
    silent = one(find(Book().guarantees("A>B B>A")), "mutual")
    assert "金额均不详" in silent.reason_zh and "amounts unknown" in silent.reason_en
    assert silent.measures["amount_unknown"] == 2 and "amount" not in silent.measures


def test_the_maximum_form_counts_with_its_cap():
    book = Book().guarantee("A", "B", 5.0, form="maximum", cap=8.0).guarantee("B", "A", 1.0, form="single", cap=9.0)
    book.guarantee("B", "A", None, form="maximum", cap=2.0).guarantee("A", "B", 3.0, form="maximum")
    assert one(find(book), "mutual").measures["amount"] == 8 + 1 + 2 + 3


def test_amounts_of_different_currencies_are_never_added():
    book = Book().guarantee("A", "B", 100.0, currency="CNY").guarantee("B", "A", 100.0, currency="人民币")
    book.guarantee("A", "B", 7.0, currency="USD").guarantee("A", "B", 1.0)
    found = one(find(book), "mutual")
    assert found.measures["amount"] == 201
    assert (found.measures["contracts_other_currency"], found.measures["amount_unknown"]) == (1, 0)
    assert "另有1份为其他币种" in found.reason_zh


# -- licensed guarantors and counter-guarantees


@pytest.mark.parametrize(
    "licensed",
    [
        Book().company("L", name="华信公司", industry="融资担保服务"),
        Book().company("L", name="华信担保（上海）有限公司").partner("华信担保(上海)有限公司", "融资担保"),
        Book().company("L", name="新华信", former_names="华信；老华信").partner("老华信", "保险增信"),
        Book().company("L", name="华信").partner("新华信", "融资担保", former_names="华信、信华"),
        Book().company("L", name="华信").partner("华信", "融资担保", listed_from="2020-01-01", listed_to="2027-01-01"),
    ],
    ids=["line of business", "partner list", "former name", "partner's former name", "listed now"],
)
def test_a_licensed_guarantor_joins_nothing(licensed):
    book = licensed.beside(Book().guarantees("A>B B>A L>A A>L L>C C>D"))
    assert shapes(find(book)) == ["circle A B", "mutual A B"]


@pytest.mark.parametrize(
    "other",
    [
        Book().company("L", industry="非融资担保服务"),
        Book().company("L", name="华信").partner("华信", "助贷平台"),
        Book().company("L", name="华信").partner("华信", "融资担保", listed_to="2026-06-30"),
        Book().company("L", name="华信").partner("华信", "融资担保", listed_from="2026-07-01"),
        Book().company("L", name="华信").partner("华信担保", "融资担保"),
    ],
    ids=["not financing", "platform", "listed before", "listed later", "another name"],
)
def test_others_do_join(other):
    assert shapes(find(other.beside(Book().guarantees("A>L L>A")))) == ["circle A L", "mutual A L"]


def test_a_counter_guarantee_makes_no_mutual_pair():
    book = Book().guarantee("A", "B", 1.0, contract_id="K1").guarantee("B", "A", 1.0, counter_of="K1")
    assert find(book) == []


def test_a_chain_of_secured_guarantees_names_the_counter_guarantees():
    book = Book().guarantees("A>B B>C", 1_000_000)
    book.guarantee("B", "A", counter_of="K1")
    half = one(find(book), "chain")
    assert (half.innocent_twin, half.measures["counter_guarantees"]) == (None, 1)
    book.guarantee("C", "B", counter_of="K2")
    secured = one(find(book), "chain")
    assert (secured.innocent_twin, secured.measures["counter_guarantees"]) == ("counter_guarantee", 2)
    assert secured.score < half.score and "反担保" in secured.reason_zh
    # The counter-guarantees prove the explanation, so they are evidence; they are no contracts of the chain.
    assert (len(half.evidence), len(secured.evidence), secured.measures["contracts"]) == (2, 4, 2)


# -- joint groups


def test_three_under_one_id_are_a_joint_group_and_nothing_else_within_it():
    found = find(Book().guarantees("A>B B>A B>C C>A", 1_000_000, joint_group_id="LB-1"))
    assert shapes(found) == ["circle A B C", "joint A B C"]
    assert "联保组LB-1" in one(found, "joint").reason_zh
    assert one(found, "circle").measures["joint_groups"] == 1


def test_two_under_one_id_are_a_mutual_pair():
    assert shapes(find(Book().guarantees("A>B B>A", joint_group_id="LB-1"))) == ["circle A B", "mutual A B"]


def test_a_joint_group_without_a_cycle_makes_a_circle():
    found = find(Book().guarantees("A>B A>C", joint_group_id="LB-1"))
    assert shapes(found) == ["circle A B C", "joint A B C"]


def test_all_for_one_another_without_an_id_are_a_joint_group():
    found = find(Book().guarantees("A>B B>A B>C C>B A>C C>A C>D D>C"))
    # D and C guarantee each other, but D is in no group with A and B: the strong component goes beyond the group.
    assert shapes(found) == ["circle A B C D", "cycle A B C D", "joint A B C"]
    assert one(found, "cycle").measures["mutual_pairs"] == 4
    assert len(one(found, "joint").evidence) == 6


def test_each_maximal_group_without_an_id_is_one():
    arcs = " ".join(f"{a}>{b} {b}>{a}" for a, b in ("AB", "AC", "BC", "BD", "CD"))
    assert [shape for shape in shapes(find(Book().guarantees(arcs))) if "joint" in shape] == [
        "joint A B C",
        "joint B C D",
    ]


def test_contracts_with_an_id_are_not_taken_for_a_group_without():
    book = Book().guarantees("A>B B>A B>C C>B A>C").guarantee("C", "A", joint_group_id="LB-1")
    assert [shape for shape in shapes(find(book)) if "joint" in shape] == []


# -- mutual and cyclic guarantees


def test_a_strong_component_is_one_finding_with_its_inner_pairs_and_cycles():
    found = find(Book().guarantees("A>B B>C C>A C>B C>D D>C", 1_000_000))
    assert shapes(found) == ["circle A B C D", "cycle A B C D"]
    measures = one(found, "cycle").measures
    # A→B→C→A, B⇄C, C⇄D
    assert (measures["mutual_pairs"], measures["cycles"]) == (2, 3)
    assert (measures["shortest_cycle"], measures["longest_cycle"]) == (2, 3)
    assert "共4户，内含2对互保，3个担保环（最短2户，最长3户）" in one(found, "cycle").reason_zh


def test_evidence_begins_with_a_shortest_cycle_through_each_member():
    found = one(find(Book().guarantees("B>C A>B D>A B>A C>D D>C")), "cycle")
    arcs = [row["source"][-1] + row["target"][-1] for row in found.evidence]
    assert (sorted(arcs[:4]), sorted(arcs[4:])) == (["AB", "BA", "CD", "DC"], ["BC", "DA"])


# -- chains


def test_a_chain_counts_arcs_and_what_hangs_on_its_head():
    book = Book().guarantees("A>B B>C C>D", 2_000_000).guarantees("A>X", 5_000_000).guarantees("Y>D")
    found = find(book)
    assert shapes(found) == ["chain A B C D X Y"]
    measures = found[0].measures
    assert (measures["longest_chain"], measures["parties"], measures["contracts"]) == (3, 6, 5)
    assert (measures["amount"], measures["amount_unknown"]) == (11_000_000, 1)
    assert (measures["downstream_amount"], measures["downstream_amount_unknown"]) == (11_000_000, 0)
    assert measures["downstream_parties"] == 4
    assert "担保链长3层：A→B→C→D" in found[0].reason_zh
    assert [row["source"][-1] for row in found[0].evidence[:3]] == ["A", "B", "C"]


def test_unknown_amounts_downstream_are_counted():
    measures = find(Book().guarantees("A>B").guarantees("B>C", 3.0))[0].measures
    assert (measures["downstream_amount"], measures["downstream_amount_unknown"]) == (3, 1)


def test_a_strong_component_is_one_step_of_a_chain():
    found = find(Book().guarantees("A>B B>C C>B C>D"))
    assert one(found, "chain").measures["longest_chain"] == 2
    assert shapes(find(Book().guarantees("A>B B>A B>C"))) == ["circle A B C", "mutual A B"]


# -- circles


def test_a_circle_holds_a_cycle_however_large_the_web_around_it():
    book = Book().guarantees("A>B B>A B>C C>D E>D")
    found = one(find(book), "circle")
    assert keys(found) == "A B C D E"
    assert (found.measures["strong_components"], found.measures["parties_in_cycles"]) == (1, 2)
    assert {row["source"][-1] for row in found.evidence[:2]} == {"A", "B"}


def test_more_than_one_and_a_half_arcs_a_party_make_a_circle_without_a_cycle():
    six = "A>B A>C A>D B>C B>D C>D"
    assert shapes(find(Book().guarantees(six + " A>B"))) == ["chain A B C D"]  # six arcs, four parties: 1.5
    dense = one(find(Book().guarantees(six + " A>E B>E")), "circle")  # eight arcs, five parties
    assert dense.measures["arcs_per_party"] == 1.6
    assert "每户平均1.60条担保关系，无循环" in dense.reason_zh


def test_a_web_without_a_cycle_is_no_circle():
    assert shapes(find(Book().guarantees(" ".join(f"A>B{i} B{i}>C{i}" for i in range(50)))))[0].startswith("chain A ")


def large():
    """A tree of 300, with a pair far out, a joint group elsewhere, and one party with twenty counterparties."""
    arcs = " ".join(f"N{(i - 1) // 3}>N{i}" for i in range(1, 300))
    book = Book().guarantees(arcs, 1_000_000).guarantees("N298>N299 N299>N298", 1_000_000)
    book.guarantees("N200>J1 J1>J2 J2>N200", 1_000_000, joint_group_id="LB-9")
    return book.guarantees(" ".join(f"N150>H{i}" for i in range(19)), 1_000_000)


def test_a_large_circle_is_reported_by_its_cores_with_one_hop_around_each():
    found = [finding for finding in find(large()) if finding.kind == "guarantee_circle"]
    parent = {i: (i - 1) // 3 for i in range(1, 300)}
    hub = {"N150", f"N{parent[150]}", *(f"H{i}" for i in range(19))}
    assert {frozenset(keys(finding).split()) for finding in found} == {
        frozenset({"N298", "N299", f"N{parent[298]}", f"N{parent[299]}"}),
        frozenset({"N200", "J1", "J2", f"N{parent[200]}"}),
        frozenset(hub),
    }
    for finding in found:
        assert finding.truncated[0]["bound"] == "max_parties" and finding.truncated[0]["limit"] == 200
        assert finding.truncated[0]["could_change"] is True
        assert finding.measures["circle_parties"] == 321


def test_two_hundred_parties_are_still_reported_whole():
    arcs = " ".join(f"N{i}>N{(i + 1) % 200}" for i in range(200))
    assert len(one(find(Book().guarantees(arcs)), "circle").members) == 200
    more = Book().guarantees(arcs).guarantees("N0>X")
    # One more, and the ring, a core of 200 itself, has no room left for its neighbour.
    assert "X" not in keys(one(find(more), "circle")).split()


def test_a_strong_component_too_large_for_a_circle_is_still_one_cycle():
    arcs = " ".join(f"N{i}>N{(i + 1) % 250}" for i in range(250))
    found = find(Book().guarantees(arcs + " " + " ".join(f"N7>H{i}" for i in range(12))))
    assert len(one(found, "cycle").members) == 250
    assert set(keys(one(found, "circle")).split()) == {"N6", "N7", "N8", *(f"H{i}" for i in range(12))}


def test_a_large_chain_is_reported_by_one_longest_path():
    arcs = " ".join(f"N{(i - 1) // 3}>N{i}" for i in range(1, 1200))
    found = one(find(Book().guarantees(arcs, 1.0)), "chain")
    assert found.measures["longest_chain"] == len(found.evidence) == len(found.members) - 1 == 7
    assert found.measures["downstream_amount"] == 1199
    assert found.truncated[0]["bound"] == "max_chain_parties"
