"""Intermediaries by hand: each hub, each sign, which hubs are one, who is a client, and what was known when."""

import pytest
from ringfence.detectors.intermediaries.detector import INTERMEDIARY
from ringfence.detectors.intermediaries.signs import chance_of_alike, chance_of_bad
from ringfence.detectors.intermediaries.templates import in_turn, stem_of
from support.broker_books import (
    borrows,
    by_account,
    by_channel,
    by_contact,
    by_employer,
    by_handset,
    client,
    days,
    find,
    keys,
    members,
    planted,
)
from support.detecting import candidates
from support.ring_books import crowd
from support.toy import Book


def only(book, **given):
    """The only finding of a book among 150 honest people."""
    (found,) = find(crowd(book, 150), **given)
    return found


# -- hubs


@pytest.mark.parametrize(
    ("make", "broker"),
    [
        (by_handset, ["broker's B"]),
        (by_contact, ["136B"]),
        (by_account, ["payer B"]),
        (by_employer, sorted(f"宏达贸易{i + 1}部" for i in range(12))),
    ],
)
def test_one_thing_behind_twelve_strangers_within_days_is_an_intermediary(make, broker):
    found = only(make(Book(), 12))
    assert (found.kind, members(found), members(found, "broker")) == ("intermediary", keys(12), broker)


def test_an_own_phone_and_an_email_that_strangers_share_are_hubs_too():
    book, mailed = Book(), Book()
    for i, day in enumerate(days(12)):
        client(book, f"B{i}", day).person(f"B{i}", "136B")
        client(mailed, f"B{i}", day).email(f"B{i}", "b@x")
    assert members(only(book), "broker") == ["136B"]
    assert members(only(mailed), "broker") == ["b@x"]


def test_a_salesperson_whose_clients_come_at_once_and_fail_is_one_and_earlier_clients_are_none():
    """Ten came one in two weeks, honest; sixteen within five days, of whom eight are overdue."""
    book = by_channel(Book(), 10, "A", "2025-10-01", step=14)
    found = only(by_channel(book, 16, start="2026-03-20", bad=8, step=0.3))
    assert (members(found), members(found, "broker")) == (keys(16), ["XS1"])
    assert (found.measures["borrowers"], found.measures["bad_borrowers"]) == (16, 8)


def test_a_salesperson_whose_clients_ask_for_one_and_the_same_is_one_though_nobody_fails():
    book = Book()
    for i, day in enumerate(days(12)):
        client(book, f"B{i}", day, channel="XS1", product="现金贷", term_months=12, amount=12_000.0)
    for i in range(40):
        client(book, f"O{i}", "2026-02-02", product="分期", term_months=6, amount=1000.0 * i)
    found = only(book)
    assert members(found) == keys(12)
    assert found.measures["applications_alike"] == 12
    assert "12笔同为“现金贷”、12个月、金额1.2万（申请未载币种）" in found.reason_zh


def test_a_network_alone_is_one_only_where_many_of_its_people_fail():
    def office(bad):
        book = Book()
        for i, day in enumerate(days(20, step=0)):
            client(book, f"B{i}", day, wifi="office", ip=f"own {i}")
            borrows(book, f"B{i}", day, "2026-05-20" if i < bad else None)
        for i in range(100):
            borrows(client(book, f"O{i}", f"2026-0{1 + i % 5}-{1 + i % 28:02d}"), f"O{i}", "2026-05-01")
        return crowd(book, 150)

    (found,) = find(office(bad=12))
    assert (members(found), members(found, "broker")) == (keys(20), ["office"])
    assert find(office(bad=1)) == []


# -- signs


def test_the_same_handset_without_a_burst_is_no_sign():
    assert find(crowd(by_handset(Book(), 12, start="2025-10-01", step=20), 150)) == []


def test_ten_clients_or_more_may_take_weeks_and_fewer_must_come_within_one():
    assert members(only(by_handset(Book(), 12, step=1))) == keys(12)
    assert members(only(by_handset(Book(), 9, step=0))) == keys(9)
    assert find(crowd(by_handset(Book(), 9, step=1), 150)) == []


def test_four_clients_are_too_few():
    assert find(crowd(by_handset(Book(), 4, step=0), 150)) == []


def test_default_confirms_a_burst_and_makes_none():
    """Five users of one handset over half a year of whom all fail are no intermediary's; twelve within weeks score the
    higher the more of them fail."""
    book = by_handset(Book(), 5, start="2025-10-01", step=28)
    for i, day in enumerate(days(5, "2025-10-02", 28)):
        borrows(book, f"B{i}", day, "2026-05-20")
    assert find(crowd(book, 150)) == []
    failing = by_handset(Book(), 12)
    for i, day in enumerate(days(12)):
        borrows(failing, f"B{i}", day, "2026-05-20" if i < 9 else None)
    assert only(failing).score > only(by_handset(Book(), 12)).score


def test_a_later_default_never_reaches_an_earlier_finding():
    """Overdue since June; in May nothing is known of it, and the salesperson is none."""
    book = crowd(
        by_channel(by_channel(Book(), 10, "A", "2025-10-01", step=14), 16, start="2026-03-20", bad=9, step=0.3), 150
    )
    assert find(book, "2026-05-31") == []
    (found,) = find(book, "2026-06-30")
    assert found.measures["bad_borrowers"] == 9
    handset = by_handset(Book(), 12)
    for i, day in enumerate(days(12)):
        borrows(handset, f"B{i}", day, "2026-06-01")
    (before,), (after,) = (find(crowd(handset, 150), at) for at in ("2026-05-31", "2026-06-30"))
    assert (before.measures["bad_borrowers"], after.measures["bad_borrowers"]) == (0, 12)
    assert "12名借款人，未发现不良" in before.reason_zh and "12人已知不良" in after.reason_zh


def test_a_flag_of_today_is_a_bad_outcome_and_an_ended_one_is_none():
    book = by_handset(Book(), 12)
    for i, day in enumerate(days(12)):
        borrows(book, f"B{i}", day)
    book.flag("applicant:B0", "overdue").flag("applicant:B1", "greylist").flag(
        "applicant:B2", "blacklist", since="2026-07-02"
    )
    assert only(book).measures["bad_borrowers"] == 1


def test_phones_that_follow_one_another_are_a_template_of_several_employers_only():
    """Of one employer they are its direct lines. Over half a year, with no one failing, they show no burst."""
    slow = {"start": "2025-10-01", "step": 20}
    assert find(crowd(by_employer(Book(), 12, **slow), 150)) == []
    assert only(by_employer(Book(), 12)).measures["consecutive_phones"] == 12
    assert only(by_employer(Book(), 12, name="宏达贸易")).measures["consecutive_phones"] == 0


def test_phones_far_apart_do_not_follow_one_another():
    assert only(by_employer(Book(), 12, gap=50)).measures["consecutive_phones"] == 0


def test_the_chance_of_default_is_the_binomial_tail():
    """1 of 1 at 0.05 has the chance 0.05; 2 of 2 its square."""
    assert chance_of_bad(1, 1, 0.05) == pytest.approx(2.9957, abs=1e-3)
    assert chance_of_bad(2, 2, 0.05) == pytest.approx(5.9915, abs=1e-3)
    assert chance_of_bad(0, 0, 0.05) == chance_of_bad(40, 2, 0.05) == 0


def test_few_alike_among_many_are_no_template():
    assert chance_of_alike(100, 2, 0.1) == chance_of_alike(0, 0, 0.1) == 0
    assert chance_of_alike(3, 3, 0.1) == pytest.approx(2 * 2.302585)


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("宏达贸易1部", "宏达贸易"),
        ("宏达贸易有限公司第12分公司", "宏达贸易"),
        ("宏达贸易有限责任公司", "宏达贸易"),
        ("宏达贸易（3）", "宏达贸易"),
        ("Hongda Trading Co. Ltd 7", "hongda trading"),
        ("12", ""),
    ],
)
def test_the_end_of_an_employers_text_that_tells_nothing_is_left_out(text, stem):
    assert stem_of(text) == stem


def test_numbers_follow_one_another_within_three_and_behind_one_beginning():
    assert in_turn([]) == []
    assert in_turn([("170", 1), ("170", 4), ("170", 8), ("170", 9)]) == [("170", 1), ("170", 4)]
    assert in_turn([("170", 5), ("170", 5), ("171", 6)]) == [("170", 5)]


def test_who_works_for_a_firm_of_like_name_with_a_phone_of_its_own_is_no_client():
    book = by_employer(Book(), 12)
    client(book, "X", "2026-03-05").employed("X", "宏达贸易总店", "13988887777")
    assert members(only(book)) == keys(12)


def test_firms_whose_names_begin_alike_follow_one_template_and_a_city_in_common_is_none():
    def named(names):
        book = Book()
        for i, day in enumerate(days(12)):
            client(book, f"B{i}", day).employed(f"B{i}", names[i % len(names)], f"170{100 + i:08d}")
        return crowd(book, 150)

    (found,) = find(named(["北京金锦利商贸有限公司", "北京金锦利物流有限公司", "北京金锦利广告传媒有限公司"]))
    assert found.measures["employers"] == 3
    assert (
        find(named(["北京金锦利商贸有限公司", "北京天和物流有限公司", "北京信诚昌广告有限公司", "北京东方钢铁厂"]))
        == []
    )


# -- which hubs are one, and who is a client


def test_hubs_with_the_same_clients_are_one_intermediary_with_several_brokers():
    book = Book()
    for i, day in enumerate(days(14)):
        client(book, f"B{i}", day, device="broker's", channel="XS1", wifi="office")
        book.employed(f"B{i}", f"宏达贸易{i}部", f"170{100 + i:08d}")
    found = only(book)
    assert members(found) == keys(14)
    assert {"broker's", "XS1", "office", "宏达贸易0部"} <= set(members(found, "broker"))


def test_two_brokers_are_two_findings():
    found = find(crowd(by_contact(by_handset(Book(), 12, "A"), 12, "C"), 150))
    assert sorted(map(members, found)) == [keys(12, "A"), keys(12, "C")]


def test_a_handset_wiped_in_between_is_one_through_its_imei():
    book = Book()
    for i, day in enumerate(days(12)):
        client(book, f"B{i}", day, device=f"install {i % 3}", imei="imei")
    assert members(only(book), "broker") == ["imei", "install 0", "install 1", "install 2"]


def test_who_used_it_long_before_the_burst_is_no_client_unless_bad():
    book = by_handset(Book(), 12)
    for key, bad in (("old", None), ("bad", "2025-12-01")):
        client(book, key, "2025-09-01", device="broker's B")
        borrows(book, key, "2025-09-02", bad)
    assert members(only(book)) == sorted([*keys(12), "bad"])


def test_two_of_one_family_count_once():
    """Six clients of three homes, of one surname in each."""
    book = Book()
    for i, day in enumerate(days(6, step=0)):
        client(book, f"B{i}", day, device="broker's").person(f"B{i}", name=f"{'王李张'[i // 2]}*")
        book.lives(f"B{i}", f"home {i // 2}")
    assert find(crowd(book, 150)) == []


def test_the_holder_of_the_contact_is_no_client():
    found = only(by_contact(Book(), 12).person("boss", "136B").application("boss", "Nboss", "2026-03-03"))
    assert members(found) == keys(12)
    (thing,) = (thing for thing in found.things if thing["kind"] == "contact")
    assert (thing["users"], thing["others"]) == (13, ["applicant:boss"])


# -- bounds


def test_an_identifier_of_a_hundred_thousand_users_is_looked_through_by_no_one():
    """It is no hub, and costs what reading its ties costs."""
    book = by_handset(Book(), 12)
    for i in range(3000):
        book.application(f"C{i}", f"NC{i}", f"2026-{1 + i % 5:02d}-{1 + i % 28:02d}", device="carrier's")
    found = only(book, max_users=200)
    assert members(found) == keys(12)


def test_a_channel_of_more_clients_than_are_compared_is_looked_through_for_its_burst():
    """Eight hundred came steadily, sixty on one day, of whom fifty fail."""
    book = by_channel(Book(), 60, start="2026-03-20", bad=50, step=0)
    for i, day in enumerate(days(800, "2026-01-01", 0.18)):
        book.application(f"C{i}", f"NC{i}", day, channel="XS1", device=f"c{i}")
    for i, day in enumerate(days(1500, "2026-01-01", 0.1)):
        book.application(f"D{i}", f"ND{i}", day, device=f"d{i}")
    (found,) = find(book)
    assert found.things[0]["users"] == 860
    assert set(keys(60)) <= set(members(found)) and len(found.members) < 80


def test_more_things_than_are_listed_are_said_to_be_left_out():
    found = only(by_employer(Book(), 100, step=0))
    assert len(members(found, "broker")) == 60
    assert {"bound": "max_brokers", "limit": 60, "skipped": "40 more things that it works through are no members",
            "could_change": False} in found.truncated  # fmt: skip


def test_more_rows_than_are_listed_are_said_to_be_left_out():
    found = only(by_handset(Book(), 12), max_evidence=5)
    assert len(found.evidence) == 5
    assert [bound["bound"] for bound in found.truncated] == ["max_evidence"]


def test_whom_else_a_thing_serves_is_named_up_to_a_bound():
    """Twelve in the burst, three long before."""
    book = by_handset(Book(), 12)
    for i in range(3):
        client(book, f"X{i}", f"2025-0{i + 5}-01", device="broker's B")
    named, silent = only(book), only(book, max_named=10)
    assert named.things[0]["others"] == [f"applicant:X{i}" for i in range(3)]
    assert (silent.things[0]["users"], silent.things[0]["others"]) == (15, [])
    assert [bound["bound"] for bound in silent.truncated] == ["max_named"]


def test_evidence_is_the_rows_that_tie_clients_to_the_hub_and_their_bad_loans():
    book = by_handset(Book(), 12)
    borrows(book, "B0", "2026-03-02", "2026-06-01")
    borrows(book, "B1", "2026-03-03")
    relations = [row["relation"] for row in only(book).evidence]
    assert (relations.count("APPLIED"), relations.count("USED_DEVICE"), relations.count("BORROWED")) == (12, 12, 1)


def test_the_ground_is_measured_once_for_both_detectors(monkeypatch):
    from ringfence.detectors import run as batch
    from ringfence.detectors.registry import DETECTORS

    view = planted().snapshot()
    alone = [finding.as_dict() for finding in batch.run(view, detectors=["intermediary"]).findings]
    both = batch.run(view, detectors=["fraud-ring", "intermediary"])
    assert [finding.as_dict() | {"rank_all": 1} for finding in both.findings if finding.kind == "intermediary"] == alone
    assert DETECTORS["fraud-ring"].ground == DETECTORS["intermediary"].ground


def test_a_population_of_another_book_tells_nothing_of_new_channels():
    """Bursts are known of the book that was measured; handsets are compared wherever they are."""
    known = INTERMEDIARY.population(crowd(Book(), 150).snapshot(), INTERMEDIARY.defaults())
    later = by_channel(crowd(by_handset(Book(), 12), 150), 12, "D", "2026-04-01", bad=12).snapshot("2026-06-30")
    (found,) = candidates(INTERMEDIARY, later, known)
    assert {node for node, role in found.members if role == "client"} == {f"applicant:{key}" for key in keys(12)}
