"""Who looks like an intermediary and is none, each beside somebody who is one; and which is a ring."""

import pytest
from ringfence.detectors.contract import Candidate
from ringfence.detectors.finalise import one_group_once
from ringfence.detectors.registry import DETECTORS
from ringfence.detectors.run import run
from support.broker_books import (
    SURNAMES,
    borrows,
    by_channel,
    by_contact,
    by_employer,
    by_handset,
    client,
    days,
    find,
    keys,
    members,
    without,
)
from support.ring_books import crowd, ring, shared
from support.toy import Book


def shop_tablet(book):
    """Twelve customers whom a shop's clerk files for on its tablet within days, two without naming the shop."""
    for i, day in enumerate(days(12)):
        client(book, f"T{i}", day, device="tablet", merchant=None if i % 6 == 5 else "M")
    return book


def hr_line(book):
    """Twelve of one employer who all name its line, as their 单位."""
    for i, day in enumerate(days(12)):
        client(book, f"T{i}", day).contact(f"T{i}", "02188880000", "单位", f"{SURNAMES[i]}*")
    return book


def teacher(book):
    """Twelve who name one teacher, under his name."""
    for i, day in enumerate(days(12)):
        client(book, f"T{i}", day).contact(f"T{i}", "1369", "其他" if i % 2 else "老师", "王*")
    return book


def large_employer(book):
    """Twenty of a firm with three works, whose people name its one phone."""
    for i, day in enumerate(days(20)):
        client(book, f"T{i}", day).employed(f"T{i}", f"东方钢铁{i % 3}厂", "02188880000")
    return book


def steady_dealer(book):
    """A dealer who brings somebody every week, of whom some fail like everybody."""
    return by_channel(book, 24, "T", "2026-01-01", "dealer", bad=2, step=6)


def promotion_day(book):
    """A dealer who brings twenty on one day, whose loans are good."""
    by_channel(book, 10, "T1", "2025-11-01", "dealer", step=14)
    return by_channel(book, 20, "T", "2026-04-20", "dealer", step=0)


def busy_merchant(book):
    """Twenty customers of one shop whom its salesperson brings within days; nine fail."""
    for i, day in enumerate(days(20, step=0.2)):
        client(book, f"T{i}", day, channel="clerk", merchant="M", device=f"d{i}")
        borrows(book, f"T{i}", day, "2026-05-20" if i < 9 else None)
    return book


def wages(book):
    """Twelve whose loans their employer repays out of their wages."""
    for i, day in enumerate(days(12)):
        borrows(client(book, f"T{i}", day), f"T{i}", day)
        book.repaid("firm", f"LT{i}", 900, "2026-05-02").transferred("firm", f"card-T{i}", "2026-04-30", "payroll")
    return book


def family(book):
    """Eight of one family who apply on one handset within days."""
    for i, day in enumerate(days(8)):
        client(book, f"T{i}", day, device="family's").person(f"T{i}", f"135{i}", name="王*").lives(f"T{i}", "home")
        book.contact(f"T{i}", f"135{(i + 1) % 8}", "兄弟姐妹", "王*")
    return book


def cafe(book):
    """Twelve who apply on the machine of an internet café over half a year."""
    return by_handset(book, 12, "T", "2026-01-01", step=12)


def second_hand(book):
    """A handset that goes from hand to hand, three months each."""
    return by_handset(book, 6, "T", "2025-01-01", step=90)


TWINS = (
    shop_tablet, hr_line, teacher, large_employer, steady_dealer, promotion_day, busy_merchant, wages, family, cafe,
    second_hand,
)  # fmt: skip


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.__name__)
def test_an_innocent_likeness_is_not_reported_and_a_broker_beside_it_is(twin):
    assert find(crowd(twin(Book()), 150)) == []
    (found,) = find(crowd(by_handset(twin(Book()), 12), 150))
    assert members(found) == keys(12)


def test_what_makes_the_difference_to_each_likeness():
    """The same handset at no shop; the same phone under many names; the same day with loans that fail."""
    assert members(*find(crowd(without(shop_tablet(Book()), "AT_MERCHANT"), 150))) == keys(12, "T")
    assert members(*find(crowd(by_contact(Book(), 12, words=("其他", "朋友")), 150))) == keys(12)
    failing = by_channel(by_channel(Book(), 10, "A", "2025-11-01", step=14), 20, start="2026-04-20", bad=12, step=0)
    assert members(*find(crowd(failing, 150))) == keys(20)


def test_explanations_that_were_tried_are_named_and_none_fits():
    def tried(book):
        (found,) = find(crowd(book, 150))
        assert found.innocent_twin is None
        return {one["twin"] for one in found.explanations if not one["fits"]}

    assert tried(by_handset(Book(), 12)) == {"shop_equipment", "household"}
    assert tried(by_contact(Book(), 12)) == {"shop_equipment", "large_employer", "one_place", "household"}
    assert tried(by_employer(Book(), 12)) == {"shop_equipment", "large_employer", "household"}
    channel = by_channel(by_channel(Book(), 10, "A", "2025-11-01", step=14), 20, start="2026-04-20", bad=12, step=0)
    assert tried(channel) == {"shop_equipment", "honest_dealer", "household"}


# -- a ring or an intermediary, never both


def kinds(book):
    """What both detectors find together, by kind, with the parties."""
    found = run(book.snapshot(), detectors=["fraud-ring", "intermediary"]).findings
    return [(one.kind, [m["node"].split(":")[1] for m in one.members if m["role"] != "broker"]) for one in found]


def test_one_handset_and_no_other_tie_is_an_intermediary_and_a_second_rare_thing_makes_it_a_ring():
    one = crowd(by_handset(Book(), 12), 150)
    assert kinds(one) == [("intermediary", keys(12))]
    book = by_handset(Book(), 12)
    for i, day in enumerate(days(12)):
        book.loan(f"B{i}", f"L{i}", 10_000, day, "one account", f"NB{i}")
    assert kinds(crowd(book, 150)) == [("fraud_ring", keys(12))]


def test_a_ring_of_cells_is_no_intermediary():
    book = crowd(ring(Book(), [f"R{i}" for i in range(14)]), 150)
    assert [kind for kind, _ in kinds(book)] == ["fraud_ring"]


def test_a_salesperson_behind_a_handset_is_one_intermediary_as_a_salesperson_is_no_second_thing():
    book = Book()
    for i, day in enumerate(days(12)):
        client(book, f"B{i}", day, device="broker's", channel="XS1")
    assert kinds(crowd(book, 150)) == [("intermediary", keys(12))]


def test_a_ring_and_an_intermediary_apart_are_both_told():
    book = crowd(by_handset(shared(Book(), [f"R{i}" for i in range(6)], device="d", accounts=["a"]), 12), 150)
    assert sorted(kinds(book)) == [("fraud_ring", keys(6, "R")), ("intermediary", keys(12))]


def told(rings, brokers):
    """What stands of rings and intermediaries, given by their members."""
    found = [
        (
            DETECTORS[detector],
            [Candidate(kind, [*((one, role) for one in group), ("device:d", "broker")]) for group in groups],
        )
        for detector, kind, role, groups in (
            ("fraud-ring", "fraud_ring", "member", rings),
            ("intermediary", "intermediary", "client", brokers),
        )
    ]
    return [
        ["".join(one for one, role in c.members if role != "broker") for c in kept] for _, kept in one_group_once(found)
    ]


def test_of_a_ring_and_an_intermediary_about_one_group_the_larger_stands_and_of_equals_the_ring():
    assert told(["abcdef"], ["abcd"]) == [["abcdef"], []]
    assert told(["abcd"], ["abcdef"]) == [[], ["abcdef"]]
    assert told(["abcd"], ["abcd"]) == [["abcd"], []]


def test_less_than_half_of_the_smaller_in_common_are_two_groups():
    assert told(["abcde"], ["efghi"]) == [["abcde"], ["efghi"]]
    assert told(["abcd"], ["cdef"]) == [["abcd"], []]


def test_one_intermediary_may_stand_for_several_rings_and_one_ring_for_several_intermediaries():
    assert told(["abc", "def"], ["abcdefgh"]) == [[], ["abcdefgh"]]
    assert told(["abcdefgh"], ["abc", "def"]) == [["abcdefgh"], []]
