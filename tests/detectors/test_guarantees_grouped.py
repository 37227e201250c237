"""Groups that are taken as one, and innocent explanations of guarantees, worked by hand."""

import pytest
from ringfence.detectors.guarantees.detector import GUARANTEE
from ringfence.loaders.schema.mapping import parse_mapping
from support.detecting import findings
from support.guarantees import find, one, shapes
from support.loading import PLAIN, Loading, at
from support.toy import Book

# -- groups taken as one


GROUPED = {
    "group id": Book().company("X1", group_id="G1").company("X2", group_id="G1"),
    "legal representative": Book().company("X1", "applicant:R").company("X2", "applicant:R"),
    "holding": Book().holds("X1", "X2", 0.51),
    "holding of a person": Book().holds("applicant:P", "X1", 0.6).holds("applicant:P", "X2", 0.6),
    "holdings over parties outside": Book().holds("T", "U", 0.6).holds("U", "X1", 0.6).holds("T", "X2", 0.9),
    "group id and representative": Book().company("X1", "applicant:R", group_id="G1").company("X2", "applicant:R"),
}


@pytest.mark.parametrize("ties", GROUPED.values(), ids=list(GROUPED))
def test_a_group_closes_what_is_open_between_its_parties(ties):
    found = find(ties.beside(Book().guarantees("X1>Y Y>X2", 1_000_000)))
    assert shapes(found) == ["chain X1 X2 Y", "circle* X1 X2 Y", "mutual* X1 X2 Y"]
    mutual = one(found, "mutual", "contracted")
    assert mutual.measures["groups"] == 2
    assert mutual.reason_zh.startswith("按集团合并后：") and "合并：X1、X2（" in mutual.reason_zh
    relations = [row["relation"] for row in mutual.evidence]
    assert relations[:2] == ["GUARANTEES", "GUARANTEES"]
    assert set(relations[2:]) <= {"HOLDS_SHARE", "CONTROLS"}
    assert len(relations) == 2 + sum(tie.relation != "GUARANTEES" for tie in ties.ties)


UNGROUPED = {
    "half": Book().holds("X1", "X2", 0.5),
    "two different group ids": Book()
    .company("X1", "applicant:R", group_id="G1")
    .company("X2", "applicant:R", group_id="G2")
    .holds("X1", "X2", 0.9),
    "holding that has ended": Book().holds("X1", "X2", 0.9, end="2026-01-01"),
    "holding to come": Book().holds("X1", "X2", 0.9, start="2027-01-01"),
    "different representatives": Book().company("X1", "applicant:R").company("X2", "applicant:S"),
}


def loaded(folder, group, mapping=PLAIN):
    """The findings of a book that a load read: of three companies two in a group, and all contracts in a joint one and
    counter-guarantees, where the word is an id."""
    companies = [f"X1,{group}", f"X2,{group}", "X3,", "Y,"]
    contracts = [f"{name},{group},{group}" for name in ("1,X1,Y", "2,Y,X2", "3,Y,X3", "4,X2,Y")]
    loading = Loading(folder, mapping)
    loading.load(
        companies="\n".join(["company_id,group_id", *companies]),
        guarantees="\n".join(["contract_id,guarantor_id,borrower_id,joint_group_id,counter_of", *contracts]),
    )
    found = findings(GUARANTEE, loading.store.snapshot().at(at("2026-06-30")))
    loading.store.close()
    return shapes(found)


@pytest.mark.parametrize("none", ["0", "0.0", "０", "否", "/", "无", "—", "N/A"])
def test_a_word_for_no_group_is_no_group(tmp_path, none):
    assert loaded(tmp_path, none) == ["chain X1 X2 X3 Y", "circle X1 X2 X3 Y", "mutual X2 Y"]


def test_a_word_for_nothing_that_a_mapping_says_means_a_group_is_one(tmp_path):
    columns = ("contract_id", "guarantor_id", "borrower_id")
    stated = [
        '[privacy]\ndefault = "internal"\n[[file]]\nmatch = "companies"\ntable = "companies"\n[file.columns]',
        'company_id = "company_id"\n[[file]]\nmatch = "guarantees"\ntable = "guarantees"\n[file.columns]',
        *(f'{name} = "{name}"' for name in columns),
        'joint_group_id = {column = "joint_group_id", means = ["NA"]}',
    ]
    found = loaded(tmp_path, "NA", parse_mapping("\n".join(stated), "m", "m"))
    assert "joint X1 X2 X3 Y" in found


@pytest.mark.parametrize("ties", UNGROUPED.values(), ids=list(UNGROUPED))
def test_what_does_not_make_a_group(ties):
    assert {finding.view for finding in find(ties.beside(Book().guarantees("X1>Y Y>X2")))} == {"raw"}


def test_arcs_inside_a_group_vanish():
    # X1⇄X2 is mutual between parties, but inside one group there is nothing left of it.
    found = find(Book().guarantees("X1>X2 X2>X1").holds("X1", "X2", 0.8))
    assert shapes(found) == ["circle X1 X2", "mutual X1 X2"]


def test_a_contracted_finding_gives_way_to_a_raw_one_of_its_kind_that_shares_a_party():
    book = Book().guarantees("X1>Y Y>X2 Y>Z Z>Y").holds("X1", "X2", 0.8)
    # With X1 and X2 as one the round is X, Y, Z: a cycle of three. Its kind has no raw finding; that of the pair has.
    assert shapes(find(book)) == ["chain X1 X2 Y Z", "circle X1 X2 Y Z", "cycle* X1 X2 Y Z", "mutual Y Z"]


def test_the_representative_is_not_part_of_the_group():
    book = Book().guarantees("applicant:R>Y Y>X1").company("X1", "applicant:R").company("X2", "applicant:R")
    assert {finding.view for finding in find(book)} == {"raw"}


# -- innocent twins


def test_parents_and_subsidiaries():
    guilty = one(find(Book().guarantees("A>B B>C C>A", 1.0)), "cycle")
    ties = Book().holds("A", "B", 0.9).holds("B", "C", 0.6)
    twin = one(find(ties.beside(Book().guarantees("A>B B>C C>A", 1.0))), "cycle")
    assert (guilty.innocent_twin, twin.innocent_twin) == (None, "parent_subsidiary")
    assert twin.score < guilty.score
    assert [row["relation"] for row in twin.evidence] == ["GUARANTEES"] * 3 + ["HOLDS_SHARE"] * 2
    # One outsider, and it is no family matter.
    assert one(find(ties.beside(Book().guarantees("A>B B>C C>D D>A", 1.0))), "cycle").innocent_twin is None


def test_sister_companies_of_one_representative_are_no_parent_and_subsidiary():
    ties = Book().company("A", "applicant:R").company("B", "applicant:R")
    assert one(find(ties.beside(Book().guarantees("A>B B>A"))), "mutual").innocent_twin is None


def test_controller_and_spouse():
    def book(relation):
        people = Book().company("S", "applicant:Z").person("Z", "13911110001").person("W", "13911110002")
        people.contact("Z", "13911110002", relation)
        return people.guarantees("applicant:Z>S S>applicant:Z applicant:W>S S>applicant:W", 1.0)

    twin, guilty = one(find(book("配偶")), "cycle"), one(find(book("同事")), "cycle")
    assert (twin.innocent_twin, guilty.innocent_twin) == ("controller_spouse", None)
    assert twin.score < guilty.score
    assert sorted(row["relation"] for row in twin.evidence[4:]) == ["CONTROLS", "HAS_PHONE", "LISTS_CONTACT"]


def test_a_spouse_on_record_is_one_too():
    def book(relation):
        people = Book().company("S", "applicant:Z").related("W", "Z", relation)
        return people.guarantees("applicant:Z>S S>applicant:Z applicant:W>S S>applicant:W", 1.0)

    twin, guilty = one(find(book("配偶")), "cycle"), one(find(book("同事")), "cycle")
    assert (twin.innocent_twin, guilty.innocent_twin) == ("controller_spouse", None)
    assert sorted(row["relation"] for row in twin.evidence[4:]) == ["CONTROLS", "RELATED_TO"]


def test_two_families_are_not_one():
    book = Book().company("S", "applicant:Z").company("T", "applicant:V")
    book.guarantees("applicant:Z>S S>applicant:Z S>T T>S applicant:V>T T>applicant:V", 1.0)
    assert one(find(book), "cycle").innocent_twin is None


def test_farmers_joint_group():
    farmers = "applicant:N1>applicant:N2 applicant:N2>applicant:N3 applicant:N3>applicant:N1"
    companies = farmers.replace("applicant:", "")
    twins = find(Book().guarantees(farmers, 1.0, joint_group_id="LB"))
    guilty = find(Book().guarantees(companies, 1.0, joint_group_id="LB"))
    for kind in ("joint", "circle"):
        assert one(twins, kind).innocent_twin == "farmers_joint_group"
        assert one(guilty, kind).innocent_twin is None
        assert one(twins, kind).score < one(guilty, kind).score
    assert one(find(Book().guarantees(farmers, 1.0)), "cycle").innocent_twin is None
