"""A ring's evidence folded: who shares what, what counts as one thing, what is a hub, and who else uses it."""

import random

import numpy as np
from ringfence.api.evidence.page import evidence_rows
from ringfence.api.evidence.ring_ties import fold
from support.things import things_of
from support.toy import Book


def folded(book, members, seed=None):
    """What the members' rows of a book fold to."""
    snapshot = book.snapshot()
    evidence = [
        item
        for item in snapshot.evidence(np.arange(snapshot.edge_count))
        if not any(":Z" in item[end] for end in ("source", "target"))
    ]
    if seed is not None:
        evidence = random.Random(seed).sample(evidence, len(evidence))
    members = [f"applicant:{key}" for key in members]
    return fold(members, evidence_rows(snapshot, evidence), things_of(snapshot, members))


def shared(result):
    """By things' nodes, the keys of their people and how often each uses them."""
    return {
        thing.nodes: {person.partition(":")[2]: len(carried) for person, carried in thing.uses.items()}
        for thing in result.shared
    }


def test_applications_are_folded_into_the_tie_and_counted():
    book = Book()
    for number, person in enumerate("AAAB"):
        book.application(person, f"P{number}", f"2026-05-0{number + 1}", device="d")
    result = folded(book, "AB")
    assert shared(result) == {("device:d",): {"A": 3, "B": 1}}
    (thing,) = result.shared
    assert list(thing.uses["applicant:B"]) == ["application:P3"]
    assert {row["relation"] for row in thing.uses["applicant:B"]["application:P3"]} == {"APPLIED", "USED_DEVICE"}
    assert result.unplaced == result.alone == 0


def test_loans_are_folded_into_the_tie_to_the_account_whichever_way_the_money_went():
    book = Book().loan("A", "L1", 1e4, "2026-05-01", account="62").loan("B", "L2", 1e4, "2026-05-02")
    book.repaid("62", "L2", 500, "2026-06-01").repaid("62", "L2", 500, "2026-06-15").owns("C", "62")
    result = folded(book, "ABC")
    assert shared(result) == {("account:62",): {"A": 1, "B": 1, "C": 1}}
    assert [len(rows) for rows in result.shared[0].uses["applicant:B"].values()] == [3]


def test_a_device_reaches_the_owners_of_the_accounts_signed_in_on_it():
    book = Book().owns("A", "1").owns("B", "2").signed_in("d", "1", "2026-05-01").signed_in("d", "2", "2026-05-02")
    result = folded(book, "AB")
    assert shared(result) == {("device:d",): {"A": 1, "B": 1}}
    assert result.alone == 2  # each account has one owner
    assert (result.shared[0].inside, result.shared[0].everyone) == (2, 2)


def test_device_id_and_imei_of_one_application_are_one_handset_transitively():
    book = Book().application("A", "P1", device="d1", imei="i").application("B", "P2", device="d2", imei="i")
    book.application("C", "P3", device="d2").application("D", "P4", device="d9").application("E", "P5", device="d9")
    assert shared(folded(book, "ABCDE")) == {
        ("device:d1", "device:d2", "device:i"): {"A": 1, "B": 1, "C": 1},
        ("device:d9",): {"D": 1, "E": 1},
    }


def test_a_wifi_and_an_ip_of_the_same_applications_are_one_network_and_others_are_not():
    book = Book()
    for person in "AB":
        book.application(person, f"P{person}", wifi="w", ip="1.1.1.1")
    book.application("C", "PC", wifi="w2", ip="2.2.2.2").application("D", "PD", wifi="w2", ip="2.2.2.2")
    book.application("E", "PE", ip="2.2.2.2")
    assert shared(folded(book, "ABCDE")) == {
        ("ip:1.1.1.1", "wifi:w"): {"A": 1, "B": 1},
        ("ip:2.2.2.2",): {"C": 1, "D": 1, "E": 1},
        ("ip:2.2.2.2", "wifi:w2"): {"C": 1, "D": 1},
    }


def test_a_contact_who_is_one_of_the_people_is_a_link_to_the_owner_of_the_phone():
    book = Book().person("B", "139").contact("A", "139", "朋友").contact("C", "139", "同事")
    result = folded(book, "ABC")
    assert result.shared == []
    assert {link: sorted(row["relation"] for row in rows) for link, rows in result.links.items()} == {
        ("applicant:A", "applicant:B"): ["HAS_PHONE", "LISTS_CONTACT"],
        ("applicant:C", "applicant:B"): ["HAS_PHONE", "LISTS_CONTACT"],
    }
    assert result.unplaced == 0


def test_a_contact_nobody_owns_and_a_phone_that_two_own_are_things_they_share():
    book = Book().contact("A", "138", "朋友").contact("B", "138", "朋友")
    book.person("C", "139").person("D", "139").contact("A", "139", "同事")
    book.employed("E", "某厂", phone="0571").contact("A", "0571", "单位")
    result = folded(book, "ABCDE")
    assert shared(result) == {
        ("phone:0571",): {"A": 1, "E": 1},
        ("phone:138",): {"A": 1, "B": 1},
        ("phone:139",): {"A": 1, "C": 1, "D": 1},
    }
    assert result.links == {}


def test_a_thing_is_what_the_finding_says_whoever_else_the_rows_name():
    book = Book()
    for number, person in enumerate("ABC"):
        book.application(person, f"P{number}", device="d")
    snapshot = book.snapshot()
    rows = evidence_rows(snapshot, snapshot.evidence(np.arange(snapshot.edge_count)))
    thing = {"kind": "handset", "nodes": ["device:d"], "members": ["applicant:A", "applicant:B"], "users": 7}
    (found,) = fold(["applicant:A", "applicant:B"], rows, [thing]).shared
    assert (list(found.uses), found.inside, found.everyone, found.others) == (thing["members"], 2, 7, 5)


def test_a_hub_is_not_drawn_unless_someone_would_stand_there_without_a_tie():
    book = Book()
    for person in "ABC":
        book.application(person, f"P{person}", device="d").employed(person, "某厂")
    for number in range(50):
        book.employed(f"Z{number}", "某厂")
    result = folded(book, "ABC")
    assert shared(result) == {("device:d",): {"A": 1, "B": 1, "C": 1}}
    assert [(hub.nodes, hub.inside, hub.everyone) for hub in result.hubs] == [(("employer:某厂",), 3, 53)]
    assert result.unplaced == 0
    alone = folded(book.employed("D", "某厂"), "ABCD")
    assert ("employer:某厂",) in shared(alone) and alone.hubs == []


def test_whether_a_thing_is_a_hub_is_read_off_where_its_users_lead():
    for outside, hub in ((7, False), (9, True)):
        book = Book()
        for person in "ABC":
            book.lives(person, "村").application(person, f"P{person}", device="d")
        for number in range(outside):
            book.lives(f"Z{number}", "村")
        assert bool(folded(book, "ABC").hubs) is hub, outside


def test_what_only_one_has_is_counted_and_rows_that_tie_nobody_are_told():
    book = Book().lives("A", "一").lives("B", "二").email("B", "b@x").application("A", "P1", device="d")
    book.application("B", "P2", device="d").loan("A", "L1", 1e4, application="P1")
    result = folded(book, "AB")
    assert shared(result) == {("device:d",): {"A": 1, "B": 1}}
    assert result.alone == 3
    assert result.unplaced == 2  # BORROWED and BECAME lead to no account


def test_the_order_of_the_evidence_changes_nothing():
    book = Book()
    for number, person in enumerate("ABCDE"):
        book.application(person, f"P{number}", device=f"d{number // 2}", imei=f"i{number // 3}", wifi="w", ip="1.1.1.1")
        book.contact(person, "138", "朋友").person(person, f"13{number}").contact("A", f"13{number}", "同事")
    first = folded(book, "ABCDE")
    for seed in range(5):
        assert folded(book, "ABCDE", seed=seed) == first, f"seed {seed}"
