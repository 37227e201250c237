"""Why an applicant is in a ring or in none, on books small enough to work out by hand."""

import numpy as np
import pytest
from ringfence.detectors.rings.detector import FRAUD_RING
from ringfence.detectors.rings.search import search
from ringfence.detectors.rings.why import pair, why
from ringfence.detectors.rings.why_words import lack_words, nearest_words
from ringfence.detectors.sharing.population import measure
from support import ring_books
from support.ring_books import conspire, crowd, people, ring, shared
from support.toy import Book


def searched(book, **params):
    """The view of a book among honest people, what the search decided there, and its settings."""
    view, settings = crowd(book, 40).snapshot(), FRAUD_RING.defaults() | params
    return view, search(view, measure(view, settings), settings), settings


def asked(book, key, **params):
    """Why, of one applicant."""
    view, found, settings = searched(book, **params)
    return why(view, found, settings, view.find(f"applicant:{key}"))


def use_of(found, *names):
    """What the answer says of the one thing of these names."""
    return next(use for use in found.uses if set(use.nodes) == set(names))


def keys(names):
    return " ".join(name.partition(":")[2] for name in names)


def lacks(found):
    """What a group is short of, in English."""
    settings = FRAUD_RING.defaults()
    return [lack_words(lack, found.group, settings).en for lack in found.group.lacks]


def few(count):
    """People who share a handset, an account and a contact on neighbouring days."""
    book = Book()
    for i, key in enumerate(people(count)):
        book.person(key, f"137{i}").contact(key, "136", ("表哥", "老板", "其他")[i % 3])
        book.application(key, f"N{key}", f"2026-03-{10 + i:02d}", device="phone")
        book.loan(key, f"L{key}", 10_000, f"2026-03-{11 + i:02d}", "card", f"N{key}")
    return book


# -- the group


def test_a_member_of_a_ring_is_told_so():
    found = asked(ring(Book(), people(6)), "R0")
    assert found.group.is_ring and found.group.acted and not found.group.lacks and found.ring is None
    assert keys(found.group.members) == "R0 R1 R2 R3 R4 R5" and found.group.staying == 6
    # The second handset, account and contact are another's: R0 uses phone-R0, card-R0, and names 136R0.
    assert use_of(found, "device:phone-R0").ties == ("applicant:R2", "applicant:R4")
    assert use_of(found, "account:card-R0").ties == ("applicant:R3",)


def test_a_group_too_small_for_a_ring_is_told_with_what_it_lacks():
    found = asked(few(3), "R0")
    assert keys(found.group.members) == "R0 R1 R2" and not found.group.is_ring
    assert lacks(found) == ["3 members of at least 5"]
    assert asked(few(3), "R0", min_members=3).group.is_ring


def test_evidence_that_is_missing_is_told_by_how_much():
    found = asked(few(5), "R0", least_evidence=99.0)
    (lack,) = found.group.lacks
    assert (lack.what, lack.has, lack.asked) == ("evidence", pytest.approx(found.group.evidence, abs=0.001), 99.0)
    words = lack_words(lack, found.group, FRAUD_RING.defaults() | {"least_evidence": 99.0})
    assert words.en == f"evidence {lack.has:.1f} of 99.0" and words.zh == f"证据合计{lack.has:.1f}，需99.0"


def test_a_single_thing_that_ties_all_is_told_as_a_hub():
    found = asked(shared(Book(), people(8), device="one"), "R0", single_strength=2.0)
    assert keys(found.group.members) == " ".join(people(8))
    assert "0 of its people hold two things or more, of at least 4: as where one hub ties all" in lacks(found)


def test_two_families_are_told_by_their_number():
    book = ring(Book(), people(6))
    for one, other in ((0, 1), (1, 2), (3, 4), (4, 5)):
        book.related(f"R{one}", f"R{other}", "兄弟姐妹")
    found = asked(book, "R0")
    assert keys(found.household) == "R1 R2"
    assert "2 households of at least 3" in lacks(found)


def test_whom_a_ring_left_behind_for_the_time_is_told_so():
    book = ring(Book(), people(6)).person("X", "133")
    book.application("X", "x", "2025-09-01", device="phone-R0").contact("X", "136R0", "舅舅", "tok_x")
    found = asked(book, "X")
    assert found.ring.is_ring and not found.ring.acted and found.ring.staying == 6
    assert "applicant:X" in found.ring.members and found.group is None


def test_who_is_bound_to_nobody_is_told_the_nearest_and_what_was_asked():
    # Two share a contact that each names otherwise, a hundred days apart: one thing of a sort that binds nobody alone.
    book = Book()
    for key, day in (("A", "2026-01-10"), ("B", "2026-04-20")):
        book.person(key, f"13{key}").application(key, key, day).contact(key, "136", "其他")
    found = asked(book, "A")
    assert found.group is None and keys(found.nearest.members) == "B"
    assert (found.nearest.asked, found.nearest.by, found.nearest.things) == (None, None, 1)
    assert nearest_words(found.nearest).en == (
        "a single thing in common with the nearest other person is not enough by itself"
    )


def test_what_falls_short_of_a_strength_is_told_with_its_parameter():
    # A home and a contact whom each gives another surname: no rare thing joins the two by itself.
    book = Book()
    for key, surname in (("A", "赵*"), ("B", "钱*")):
        book.person(key, f"13{key}").application(key, key, "2026-03-10").lives(key, "lane 1")
        book.contact(key, "136", "朋友", surname)
    found = asked(book, "A", link_strength=99.0, single_strength=98.0)
    near = found.nearest
    assert (near.things, near.asked, near.by, near.sizes) == (2, 98.0, "single_strength", 0.0)
    assert near.total == pytest.approx(found.partners[0].strength)
    told = (
        f"2 things that tie to the nearest other person come to {near.total:.1f}, of the 98.0 that single_strength asks"
    )
    assert nearest_words(near).en == told


def test_who_shares_nothing_has_neither_uses_nor_partners():
    found = asked(Book().person("A", "13A").application("A", "A", "2026-03-01", device="own"), "A")
    assert (found.used, found.uses, found.partners, found.group, found.nearest) == (2, (), (), None, None)


# -- why a thing ties not


def reasons(book, key, node, **params):
    """For what reasons a thing does not tie its other users, and how many for each."""
    return {untied.why: untied.people for untied in use_of(asked(book, key, **params), node).untied}


def test_a_family_shares_without_being_tied():
    book = ring_books.household(Book())
    assert reasons(book, "T0", "device:family phone") == {"household": 5}
    assert reasons(book, "T0", "account:family card") == {"household": 5}
    assert keys(asked(book, "T0").household) == "T1 T2 T3 T4 T5"


def test_a_shops_tablet_and_its_account_tie_nobody():
    assert reasons(ring_books.shop(Book()), "T0", "device:tablet 0") == {"shop_equipment": 5}
    assert reasons(ring_books.shop(Book()), "T0", "account:till") == {"business_account": 11}


def test_an_account_that_pays_wages_ties_nobody():
    book = few(3).transferred("card", "a", "2026-03-01", "payroll").transferred("card", "b", "2026-03-01", "payroll")
    assert reasons(book, "R0", "account:card") == {"business_account": 2}


def test_a_recycled_number_ties_nobody():
    assert reasons(ring_books.recycled(Book()), "T0", "phone:135A") == {"recycled": 5}


def test_a_network_used_long_after_ties_nobody():
    book = Book()
    for key, day in (("A", "2026-01-10"), ("B", "2026-03-12")):  # 61 days
        book.application(key, key, day, wifi="cafe")
    assert reasons(book, "A", "wifi:cafe") == {"passing_network": 1}


def test_what_everybody_may_share_by_chance_ties_nobody():
    assert reasons(ring_books.mall(Book()), "T0", "ip:ip-H0") == {"common": 10 + 13}


def test_a_thing_of_more_users_than_are_compared_is_told():
    assert reasons(few(4), "R0", "device:phone", max_users=3) == {"max_users": 3}


def test_names_are_told_where_they_are_few():
    found = use_of(asked(ring_books.household(Book()), "T0"), "device:family phone")
    assert keys(found.untied[0].names) == "T1 T2 T3 T4 T5"
    assert use_of(asked(ring_books.mall(Book()), "T0"), "wifi:mall").users == 30


@pytest.mark.parametrize(
    "book",
    [ring_books.planted(), ring_books.innocent(), crowd(conspire(ring_books.village(Book()), people(6, "T")), 40)],
    ids=["planted", "innocent", "village"],
)
def test_every_other_user_of_a_thing_is_tied_or_told_why_not_and_no_claim_contradicts_the_search(book):
    view, settings = book.snapshot(), FRAUD_RING.defaults()
    found = search(view, measure(view, settings), settings)
    members = {member for ring_found in found.rings for member in ring_found.members}
    seen = 0
    for person in view.of_kind("applicant").tolist():
        told = why(view, found, settings, person)
        tied = {name for use in told.uses for name in use.ties}
        assert tied == {partner.name for partner in told.partners}
        for use in told.uses:
            assert len(use.ties) + sum(untied.people for untied in use.untied) == use.users - 1
            for untied in use.untied:
                assert untied.why != "passing_network" or use.way == "network"
                assert untied.why != "recycled" or use.way == "own_phone"
        assert (person in members) == bool(told.group and told.group.is_ring and told.group.acted)
        if told.nearest and told.nearest.asked is not None:
            assert told.nearest.total < told.nearest.asked
        seen += bool(told.uses)
    assert seen


# -- two applicants


def test_two_people_are_told_all_that_both_use_and_what_it_comes_to():
    view, found, settings = searched(few(3))
    told = pair(view, found, settings, view.find("applicant:R0"), view.find("applicant:R2"))
    assert {thing.nodes: (thing.facet, thing.untied) for thing in told.things} == {
        ("device:phone",): ("handset", None),
        ("account:card",): ("account", None),
        ("phone:136",): ("contact", None),
    }
    assert told.partner.things == 3 and told.one_group and not told.one_household
    assert told.partner.strength == pytest.approx(sum(t.weight for t in told.things) + told.partner.near, abs=0.002)


def test_of_a_family_the_reason_is_told():
    view, found, settings = searched(ring_books.household(Book()))
    told = pair(view, found, settings, view.find("applicant:T0"), view.find("applicant:T1"))
    assert told.one_household and told.partner is None
    assert {thing.untied for thing in told.things} == {"household"}


def test_groups_that_were_not_joined_were_offered_less_than_was_asked():
    _, found, settings = searched(conspire(ring_books.village(Book()), people(6, "T")))
    for stage in found.stages:
        between = stage.offers(settings)
        assert len(between.total) and np.all(between.total < between.asked)
