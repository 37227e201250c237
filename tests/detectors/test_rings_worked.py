"""Fraud rings worked by hand: a ring in a crowd, what looks like one, and what is told of it."""

from datetime import date, timedelta
from itertools import pairwise
from math import log

import pytest
from ringfence.detectors.rings.detector import FRAUD_RING
from ringfence.detectors.rings.scoring import NEARLY, SCALE
from support import ring_books
from support.ring_books import TWINS, conspire, crowd, find, keys, people, ring, shared, told, without
from support.toy import Book
from support.units import assert_parts_equal_whole

twins = pytest.mark.parametrize("twin", TWINS, ids=[twin.__name__ for twin in TWINS])


def in_a_crowd(book, count=40):
    """The members of each ring found in a book among honest people, best first."""
    return [keys(finding) for finding in find(crowd(book, count))]


# -- a ring


def test_a_ring_of_five_is_reported_and_one_of_four_is_not():
    assert in_a_crowd(ring(Book(), people(5))) == ["R0 R1 R2 R3 R4"]
    four = shared(Book(), people(4), device="one", accounts=["two"])
    assert in_a_crowd(four) == []
    assert [keys(f) for f in find(crowd(four, 40), min_members=4)] == ["R0 R1 R2 R3"]
    assert find(crowd(ring(Book(), people(5)), 40), min_members=6) == []


def few(count, *, kin=()):
    """People who share a handset, an account they are paid into, and a contact whom each names otherwise, on
    neighbouring days; some may be family."""
    book = Book()
    for i, key in enumerate(people(count)):
        book.person(key, f"137{i}").lives(key, f"lane {i}").contact(key, "136", ("表哥", "老板", "其他")[i % 3])
        book.application(key, f"N{key}", f"2026-03-{10 + i:02d}", device="phone")
        book.loan(key, f"L{key}", 10_000, f"2026-03-{11 + i:02d}", "card", f"N{key}")
    for one, other in kin:
        book.related(f"R{one}", f"R{other}", "兄弟姐妹")
    return crowd(book, 40)


def test_a_ring_may_be_as_small_as_the_lender_says():
    def found(book, least):
        return [keys(finding) for finding in find(book, min_members=least)]

    assert found(few(3), 3) == ["R0 R1 R2"] and found(few(3), 4) == []
    assert found(few(4), 4) == ["R0 R1 R2 R3"] and found(few(4), 5) == []
    assert found(few(2), 2) == ["R0 R1"] and found(few(2), 3) == []
    assert found(crowd(shared(Book(), people(2), device="one"), 40), 2) == []


def test_a_small_ring_too_is_of_three_households_and_of_as_many_as_it_has_people():
    assert find(few(3, kin=[(0, 1)]), min_members=3) == []
    assert find(few(2, kin=[(0, 1)]).owns("R0", "other").owns("R1", "other"), min_members=2) == []
    assert [keys(f) for f in find(few(4, kin=[(0, 1)]), min_members=3)] == ["R0 R1 R2 R3"]


def test_innocent_likenesses_give_no_small_ring_either():
    found = {twin.__name__: find(crowd(twin(Book()), 40), min_members=3) for twin in TWINS}
    assert [name for name, findings in found.items() if findings] == []


def test_applicants_are_members_and_nothing_else():
    (found,) = find(crowd(ring(Book(), people(6)), 40))
    assert found.kind == "fraud_ring" and found.view == "raw" and found.innocent_twin is None
    assert {member["role"] for member in found.members} == {"member"}
    assert {member["node"].split(":")[0] for member in found.members} == {"applicant"}


def test_a_shared_handset_that_only_identifiers_know_of_is_one_like_any_other():
    def ring_of(known_by_application):
        """Six with accounts of two and a handset of three each, which they applied from or are known to have."""
        book = Book()
        for i, key in enumerate(people(6)):
            shared = f"phone{i % 2}"
            book.person(key, f"137{i}")
            device = shared if known_by_application else None
            book.application(key, f"N{key}", f"2026-03-{10 + 2 * i:02d}", device=device or f"own {key}")
            if not known_by_application:
                book.has(key, device=shared)
            book.loan(key, f"L{key}", 10_000, f"2026-03-{12 + 2 * i:02d}", f"card{i % 3}", f"N{key}")
        return find(crowd(book, 40))

    (applied,), (known,) = ring_of(True), ring_of(False)
    assert keys(known) == keys(applied) == "R0 R1 R2 R3 R4 R5"
    assert known.score == applied.score and known.measures["handsets"] == 2
    seen = {(row["source"][:9], row["target"]) for row in known.evidence if row["relation"] == "USED_DEVICE"}
    assert seen == {("applicant", "device:phone0"), ("applicant", "device:phone1")}
    # a unit alone finds it likewise
    assert assert_parts_equal_whole(FRAUD_RING, crowd(known_book(), 40).snapshot(), "handsets by identifiers") == 1


def test_a_unit_alone_knows_of_handsets_by_what_signed_in_to_its_accounts():
    book = Book()
    for i, key in enumerate(people(6)):
        book.person(key, f"137{i}").application(key, f"N{key}", f"2026-03-{10 + 2 * i:02d}").owns(key, f"own {key}")
        book.owns(key, f"card {i // 2}").signed_in(f"phone {i % 2}", f"own {key}", "2026-03-01")
    (found,) = find(crowd(book, 40))
    assert found.measures["handsets"] == 2
    assert assert_parts_equal_whole(FRAUD_RING, book.snapshot(), "handsets by sign-ins") == 1


def known_book():
    """Six who have two handsets between them, and three accounts."""
    book = Book()
    for i, key in enumerate(people(6)):
        book.person(key, f"137{i}").has(key, device=f"phone{i % 2}").has(key, device=f"own {key}")
        book.application(key, f"N{key}", f"2026-03-{10 + 2 * i:02d}")
        book.loan(key, f"L{key}", 10_000, f"2026-03-{12 + 2 * i:02d}", f"card{i % 3}", f"N{key}")
    return book


def test_a_household_on_record_explains_as_one_that_contacts_tell_of():
    def six(related):
        book = ring(Book(), people(6))
        for one, other in related:
            book.related(f"R{one}", f"R{other}", "兄弟姐妹")
        return in_a_crowd(book)

    assert six([]) == six([(0, 1), (1, 2)]) == ["R0 R1 R2 R3 R4 R5"]
    assert six([(0, 1), (1, 2), (3, 4), (4, 5)]) == [], "two families are no ring"


def test_two_rings_are_two_findings():
    book = ring(ring(Book(), people(6)), people(5, "S"), "S", 20)
    assert sorted(in_a_crowd(book)) == ["R0 R1 R2 R3 R4 R5", "S0 S1 S2 S3 S4"]


def test_who_shares_with_a_ring_but_applied_half_a_year_away_is_left_out():
    def beside(day):
        book = ring(Book(), people(6)).person("X", "133")
        return book.application("X", "x", day, device="phone-R0").contact("X", "136R0", "舅舅", "tok_x")

    assert in_a_crowd(beside("2025-09-01")) == ["R0 R1 R2 R3 R4 R5"]
    # The ring applied from the 1st to the 6th of March; the 5th of April is within thirty days of that.
    assert in_a_crowd(beside("2026-04-05")) == ["R0 R1 R2 R3 R4 R5 X"]
    assert in_a_crowd(beside("2026-04-06")) == ["R0 R1 R2 R3 R4 R5"]


def test_fewer_than_three_households_are_no_ring():
    def families(*sizes):
        book = ring(Book(), people(6))
        for first, size in zip((0, 3, 5), sizes, strict=False):
            for i in range(first + 1, first + size):
                book.contact(f"R{i}", f"137R{first:05d}", "兄弟姐妹")
        return book

    assert in_a_crowd(families()) == in_a_crowd(families(3, 2)) == ["R0 R1 R2 R3 R4 R5"]
    assert in_a_crowd(families(3, 3)) == []


def test_who_act_closer_in_time_score_higher_and_nobody_is_certain():
    scores = []
    for days in (10, 5, 1):
        book = Book()
        for i, key in enumerate(people(6)):
            day = date(2026, 1, 5) + timedelta(days=i * days)
            book.application(key, f"N{key}", day.isoformat(), device="one").identified(key, f"id {i % 2}")
        scores += [finding.score for finding in find(crowd(book, 40))]
    assert scores == sorted(scores) and len(set(scores)) == 3
    assert scores[0] > 0 and scores[-1] < 1


# -- what little a small ring shares


def relay(days=1):
    """Three who share a handset and a contact whom they name otherwise; two more name a contact of one of them each."""
    book = Book()
    for i, key in enumerate(people(5)):
        day = date(2026, 1, 5) + timedelta(days=i * days)
        book.person(key, f"137{i}").application(key, f"N{key}", day.isoformat(), device=f"phone {max(i - 2, 0)}")
        if i < 3:
            book.contact(key, "136", "朋友", "赵钱孙"[i] + "*")
    for i, (one, other) in enumerate((("R0", "R3"), ("R1", "R4"))):
        book.contact(one, f"135{i}", "其他").contact(other, f"135{i}", "其他")
    return book


def test_whom_weak_ties_join_to_a_small_ring_belong_to_it_where_they_applied_with_it():
    assert in_a_crowd(relay()) == [" ".join(people(5))]
    assert in_a_crowd(relay(days=25)) == []


def test_what_a_ring_found_at_once_leaves_is_all_that_is_bound_anew():
    # The two name contacts of its members, and would be bound to the ring by that if it were not found without them.
    book = ring(Book(), people(6))
    for i, key in enumerate(("X", "Y")):
        book.person(key, f"133{i}").application(key, key, "2026-03-06").contact(key, f"135{i}", "其他")
        book.contact(f"R{i}", f"135{i}", "其他")
    assert in_a_crowd(book) == [" ".join(people(6))]


# -- whenever they applied


def unhurried(known=True):
    """Nine who have two accounts and two handsets between them, and applied all over the time of the crowd."""
    book = Book()
    for i, key in enumerate(people(9)):
        book.person(key, f"137{i}").application(key, f"N{key}", day_of(i) if known else None, device=f"phone {i // 5}")
        book.owns(key, f"card {i // 6}")
    return book


def day_of(number):
    return (date(2026, 1, 5) + timedelta(days=17 * number)).isoformat()


def test_people_months_apart_are_a_ring_by_rare_things_that_three_households_hold():
    (found,) = find(crowd(unhurried(), 40))
    assert keys(found) == " ".join(people(9)) and found.measures["concert"] == 0


def test_so_are_people_whose_times_are_not_known():
    assert in_a_crowd(unhurried(known=False)) == [" ".join(people(9))]


def test_but_not_pairs_nor_three_families():
    book = Book()
    for i, key in enumerate(people(8)):
        book.person(key, f"137{i}").application(key, f"N{key}", day_of(i), device=f"phone {i // 2}")
        book.owns(key, f"card {(i + 1) % 8 // 2}")
    assert in_a_crowd(book) == []
    families = unhurried()
    for i in (1, 2, 4, 5, 7, 8):
        families.contact(f"R{i}", f"137{i - 1}", "兄弟姐妹")
    assert in_a_crowd(families) == []


def test_nor_where_all_who_share_a_thing_were_at_one_place():
    book = unhurried()
    for i, key in enumerate(people(9)):
        book.lives(key, f"yard {i // 5}").lives(key, f"lane {i // 6}")
    assert in_a_crowd(book) == []


def test_two_groups_with_nothing_in_common_are_two_rings():
    """They are bound by one who shares with both and applied half a year before them."""
    book = ring(ring(Book(), people(6)), people(6, "S"), "S", 1)
    book.person("X", "133").application("X", "x", "2025-08-01", device="phone-R0")
    book.application("X", "y", "2025-08-02", device="phone-S0").owns("X", "card-R0").owns("X", "card-S0")
    assert sorted(in_a_crowd(book)) == [" ".join(people(6)), " ".join(people(6, "S"))]


# -- what an innocent cause nearly explains


def evidence(finding):
    """What a finding came to."""
    return -SCALE * log(1 - finding.score)


def found_up_to(book):
    """The share of a finding's evidence up to which ``least_evidence`` may be raised."""
    crowded = crowd(book, 40)
    (finding,) = find(crowded)

    def found(share):
        return bool(find(crowded, least_evidence=share * evidence(finding)))

    (still,) = (share for share in (1.0, 1 / NEARLY) if found(share - 0.01) and not found(share + 0.01))
    return still


def namers(book):
    """Six who name four strangers each by other names within days."""
    for i, key in enumerate(people(6)):
        book.person(key, f"137{i}").application(key, f"N{key}", f"2026-01-{5 + i:02d}")
        for j in range(4):
            book.contact(key, f"136{j}", "朋友", "赵钱孙李周吴"[(i + j) % 6] + "*")
    return book


def test_who_share_nothing_but_contacts_must_come_to_half_as_much_again():
    assert found_up_to(namers(Book())) == 1 / NEARLY


def test_so_must_pairs_of_whom_no_three_share_anything_but_names_and_places():
    def circle(*more):
        """Six of whom each shares a handset with the next and an account with the one before."""
        book = Book()
        for i, key in enumerate(people(6)):
            book.person(key, f"137{i}").application(key, f"N{key}", f"2026-01-{5 + i:02d}", device=f"phone {i // 2}")
            book.owns(key, f"card {(i + 1) % 6 // 2}")
        for key in more:
            book.owns(key, "one")
        return book

    assert found_up_to(circle()) == 1 / NEARLY
    assert found_up_to(circle("R0", "R2", "R4")) == 1.0


def test_so_must_a_home_of_people_some_of_whom_are_family():
    def home(lodgers, kin):
        book = ring(Book(), people(5))
        for key in people(5)[:lodgers]:
            book.lives(key, "lake road 1")
        return book.contact("R1", "137R00000", "兄弟姐妹") if kin else book

    assert found_up_to(home(4, kin=True)) == 1 / NEARLY
    assert found_up_to(home(4, kin=False)) == found_up_to(home(3, kin=True)) == 1.0


# -- what is none


def test_the_users_of_one_handset_are_no_ring():
    star = shared(Book(), people(8), device="one")
    assert in_a_crowd(star) == []
    # A second thing that they share makes them one.
    assert in_a_crowd(shared(Book(), people(8), device="one", accounts=["two"])) == [" ".join(people(8))]


def test_two_stars_that_meet_are_none_either():
    # Each half passes a handset round, and one of each shares an account.
    book = shared(shared(Book(), people(6), device="one"), people(6, "S"), "2026-03-10", device="two")
    book.owns("R0", "card").owns("S0", "card")
    assert in_a_crowd(book) == []


def test_rings_that_a_chain_of_weak_links_joins_stay_two():
    book = ring(ring(Book(), people(6)), people(6, "S"), "S", 20)
    for one, other in pairwise(["R0", "X", "Y", "S0"]):
        for key, day in ((one, "2026-01-02"), (other, "2026-05-02")):
            book.application(key, f"{one}{other}{key}", day, device=f"{one}{other}")
    assert sorted(in_a_crowd(book)) == [" ".join(people(6)), " ".join(people(6, "S"))]


# -- innocent twins


@twins
def test_an_innocent_twin_gives_no_finding(twin):
    assert in_a_crowd(twin(Book())) == []


@twins
def test_beside_an_innocent_twin_a_ring_is_found_alone(twin):
    assert in_a_crowd(ring(twin(Book()), people(6))) == [" ".join(people(6))]


CONSPIRING = {
    ring_books.shop: "T0 T1 T2 T3 T4 T5",
    ring_books.campus: "T0 T1 T2 T3 T4 T5",
    ring_books.dormitory: "T0 T1 T2 T3 T4 T5",
    ring_books.factory: "T0 T1 T2 T3 T4 T5",
    ring_books.village: "T0 T3 T6 T9 T12 T15",
    ring_books.collective: "T0 T1 T2 T3 T4 T5",
    ring_books.recycled: "T0 T1 T2 T3 T4 T5",
    ring_books.mall: "T0 T1 T2 T3 T4 T5",
}
ALSO = {ring_books.factory: "T6 T7"}
"""A limit: half the users of the factory's network conspire, so two who applied in that month are taken with them."""


@pytest.mark.parametrize(("twin", "members"), CONSPIRING.items(), ids=[twin.__name__ for twin in CONSPIRING])
def test_a_ring_inside_an_innocent_twin_is_found_without_the_others(twin, members):
    found = sorted([*members.split(), *ALSO.get(twin, "").split()])
    assert in_a_crowd(conspire(twin(Book()), members.split())) == [" ".join(found)]


def test_what_a_family_conspires_to_is_a_familys():
    assert in_a_crowd(conspire(ring_books.household(Book()), people(6, "T"))) == []


def test_it_is_kinship_that_excuses_a_household():
    strangers = without(ring_books.household(Book()), "LISTS_CONTACT", "HAS_ADDRESS")
    assert in_a_crowd(strangers) == [" ".join(people(6, "T"))]


def test_it_is_the_merchant_that_excuses_a_shop():
    book = ring_books.shop(Book())
    book.ties = [tie for tie in book.ties if "merchant:M" not in (tie.source, tie.target)]
    assert in_a_crowd(book) == [" ".join(sorted(people(12, "T")))]


def test_it_is_the_time_between_that_excuses_a_recycled_number():
    book = Book()
    for i, key in enumerate(people(6, "T")):
        book.person(key, "135A").person(key, "135B").application(key, f"N{key}", f"2026-03-{1 + 3 * i:02d}")
    assert in_a_crowd(book) == [" ".join(people(6, "T"))]


def test_an_hr_line_is_the_employers_whatever_else_it_is_called():
    # A number that somebody calls 单位 ties nobody to whom it is any other's: of these, only by the employer.
    def named(word):
        book = shared(Book(), people(6), device="one")
        for key in people(6):
            book.contact(key, "136", word)
        return book

    assert in_a_crowd(named("表哥")) == [" ".join(people(6))]
    assert in_a_crowd(named("单位")) == []


# -- rows and keys


@twins
def test_neither_the_order_of_rows_nor_the_keys_of_parties_matter(twin):
    book = crowd(ring(conspire(twin(Book()), people(6, "T")), people(7)), 30)
    expected = find(book)
    other, new_names = book.rekeyed(3)
    assert [told(f) for f in find(book.shuffled(1))] == [told(f) for f in expected]
    assert sorted(map(repr, (told(f) for f in find(other)))) == sorted(repr(told(f, new_names)) for f in expected)
    assert expected


def test_rings_are_ranked_by_score():
    found = find(crowd(ring(ring(Book(), people(8)), people(5, "S"), "S", 10), 40))
    assert [finding.rank for finding in found] == [1, 2]
    assert found[0].score > found[1].score


def test_those_whom_a_ring_leaves_behind_are_bound_anew():
    # In June five share a handset, an address of the internet, a contact and whoever repays for them; three of them
    # also name the contacts of a ring of March, which binds them to it, but they did not apply when it did.
    book = crowd(Book(), 60)
    for i, key in enumerate(people(12)):
        book.person(key, f"137{i}").contact(key, f"136{i % 2}", "表哥")
        book.application(key, f"N{key}", f"2026-03-{1 + i:02d}", device=f"phone{i % 3}", ip=f"ip{i % 3}", cell="den")
        book.loan(key, f"L{key}", 10_000, f"2026-03-{2 + i:02d}", f"card{i % 3}", f"N{key}")
    for i, key in enumerate(people(5, "C")):
        book.person(key, f"135{i}").contact(key, "134", "同事")
        place = "den" if i < 3 else None
        book.application(key, f"N{key}", f"2026-06-{5 + i // 2:02d}", device="handset", ip="one ip", cell=place)
        book.loan(key, f"L{key}", 10_000, "2026-06-08", f"card-{key}", f"N{key}")
        book.repaid("payer", f"L{key}", 500, "2026-06-20")
        if place:
            book.contact(key, f"136{i % 2}", "叔叔")
    assert sorted(keys(finding) for finding in find(book)) == [
        "C0 C1 C2 C3 C4",
        "R0 R1 R10 R11 R2 R3 R4 R5 R6 R7 R8 R9",
    ]
