"""The table of the policy: what it may say, what is told of what it may not, and each limit at its edge."""

from dataclasses import replace

import pytest
from ringfence.detectors.policy import read_policy
from ringfence.detectors.run import run
from ringfence.detectors.settings import stated_settings
from ringfence.detectors.velocity.limits import SHIPPED, taken
from ringfence.graph.errors import UserError
from support.toy import Book
from support.velocity_books import applies, at, fast, find, members, name, one_handset, one_phone, person

HEAD = 'version = "x"\n[colours]\nyellow = 0.4\norange = 0.6\nred = 0.8\n'
FIVE = {"window": "5 days", "key": "person", "lender_kind": "any", "count": "applications", "limit": 5}


def found(book, **limit):
    """Members of the findings under a table of one limit."""
    return [members(finding) for finding in find(book, limits=taken([limit]))]


def test_the_page_lists_the_shipped_table(request):
    page = (request.config.rootpath / "docs" / "detectors.md").read_text("utf-8")
    for row in SHIPPED:
        assert f"| {' | '.join(str(cell) for cell in row.values())} |" in page


def test_a_policy_states_a_table_in_place_of_the_shipped_one(tmp_path):
    text = 'window = "1 hour"\nkey = "card"\ncount = "people"\nlimit = 2\n'
    (tmp_path / "policy.toml").write_text(f"{HEAD}[[parameters.velocity.limits]]\n{text}", "utf-8")
    (done,) = run(Book().snapshot(), detectors=["velocity"], policy=read_policy(tmp_path / "policy.toml")).runs
    row = {"window": "1 hour", "key": "card", "lender_kind": "any", "count": "people", "limit": 2}
    assert done.params["limits"] == [row]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"window": "5 weeks"}, "entry 1: window is like '1 hour', '5 days', '3 months' or 'ever', not '5 weeks'"),
        ({"window": 5}, "entry 1: window is like"),
        ({"key": "imei"}, "entry 1: key is one of person, id_document, phone, device, card, and 'imei' is not"),
        ({"lender_kind": "trust"}, "entry 1: lender_kind is one of any, bank, nonbank"),
        ({"count": "loans"}, "entry 1: count is one of applications, lenders, people, devices, phones, names"),
        ({"limit": 1}, "entry 1: limit is a whole number of 2 or more, and 1 is not"),
        ({"limit": 2.5}, "entry 1: limit is a whole number of 2 or more, and 2.5 is not"),
        ({"limits": 2}, "entry 1: unknown 'limits'; it holds window, key, lender_kind, count, limit"),
    ],
)
def test_an_entry_that_cannot_be_used_is_told_in_one_line(row, says):
    with pytest.raises(UserError) as told:
        run(Book().snapshot(), params={"velocity": {"limits": [FIVE | row]}})
    message = str(told.value)
    assert message.startswith(f"parameter limits of detector velocity: {says}") and "\n" not in message


def test_a_missing_entry_a_double_one_and_what_is_no_table_are_told():
    for stated, says in (
        ([{"window": "1 hour"}], "entry 1: say its key"),
        ([FIVE, FIVE | {"limit": 6, "window": "5 day"}], "entry 2: the same window, key, lender_kind and count"),
        (5, "is a table in the policy file"),
    ):
        with pytest.raises(UserError, match=says):
            run(Book().snapshot(), params={"velocity": {"limits": stated}})
    with pytest.raises(UserError, match="is a table in the policy file"):
        stated_settings(["velocity.limits=5"])


# -- the shipped limits, just below and at each


def test_five_applications_within_five_days_are_told_and_four_are_not():
    assert find(fast(Book(), "P", 4)) == []
    (only,) = find(fast(Book(), "P", 5))
    assert (members(only), only.measures["applications"]) == (["P"], 5)


def test_a_window_holds_its_last_instant_and_nothing_after_it():
    assert find(fast(Book(), "P", 5, step=30.0))  # the fifth exactly five days after the first
    assert not find(fast(Book(), "P", 5, step=30.001))


def test_applications_of_one_instant_all_count():
    assert find(fast(Book(), "P", 5, step=0.0))[0].measures["applications"] == 5


def test_applications_outside_of_the_windows_are_no_evidence():
    book = applies(fast(Book(), "P", 5), "P", at("2026-01-02"), at("2026-05-02"))
    (only,) = find(book)
    assert len([row for row in only.evidence if row["relation"] == "APPLIED"]) == 5


def test_an_application_without_a_time_does_not_count():
    assert find(applies(fast(Book(), "P", 4), "P", None)) == []


def test_one_handset_that_applies_for_five_people_within_two_days_is_told_with_these():
    four, five = [f"P{i}" for i in range(4)], [f"P{i}" for i in range(5)]
    assert find(one_handset(Book(), four)) == []
    (only,) = find(one_handset(Book(), five, step=12))  # the fifth exactly two days after the first
    assert members(only) == five
    assert find(one_handset(Book(), five, step=12.001)) == []


def test_members_are_those_of_every_window_that_reaches_the_limit_and_nobody_else():
    book = one_handset(Book(), [f"P{i}" for i in range(5)], step=1)
    one_handset(book, [f"Q{i}" for i in range(5)], "2026-05-02", step=1)
    applies(person(book, "R"), "R", at("2026-04-02"), device="one handset")
    (only,) = find(book)
    assert members(only) == sorted(f"{group}{i}" for group in "PQ" for i in range(5))
    assert only.measures["people"] == 10
    assert only.things[0]["users"] == 11 and only.things[0]["others"] == ["applicant:R"]


def test_the_device_id_and_the_imei_of_an_application_are_one_handset():
    book = Book()
    for i in range(5):  # one imei, a new installation each time
        applies(person(book, f"P{i}"), f"P{i}", at("2026-03-02", i), device=f"installed {i}", imei="one imei")
    (only,) = find(book)
    assert len(only.things) == 1 and only.measures["signs"] == 1


def test_a_document_and_a_phone_in_three_applications_within_an_hour_are_one_reason():
    assert find(fast(Book(), "P", 2, step=0.5)) == []
    (only,) = find(fast(Book(), "P", 3, step=0.5))  # the third exactly an hour after the first
    assert only.measures["signs"] == 1 and "同一证件、同一本人手机号1小时内申请3笔" in only.reason_zh
    assert find(fast(Book(), "P", 3, step=0.501)) == []


def test_a_phone_given_as_own_by_two_people_within_three_months_is_told():
    assert members(find(one_phone(Book(), "P", "Q", 91.25))[0]) == ["P", "Q"]
    assert find(one_phone(Book(), "P", "Q", 91.26)) == []


def test_a_phone_that_is_the_employers_is_nobodys_own():
    book = Book()
    for key in "PQ":
        applies(person(book, key).employed(key, f"firm {key}", "firm's phone"), key, at("2026-03-02"))
    assert find(book) == []


def test_a_phone_counts_for_applications_filed_while_it_was_ones_own():
    book = one_phone(Book(), "P", "Q", 10)
    place = next(i for i, tie in enumerate(book.ties) if tie.relation == "HAS_PHONE" and tie.source == "applicant:P")
    book.ties[place] = replace(book.ties[place], end=at("2026-03-01"))
    assert find(book) == []


def test_one_document_under_two_names_is_told_whatever_lies_between():
    book = Book()
    for key, day in (("P", "2020-01-01"), ("Q", "2026-01-01")):
        applies(book.person(key, f"137{key}", name=name(key)).identified(key, "one document"), key, at(day))
    (only,) = find(book)
    assert (members(only), only.measures["names"]) == (["P", "Q"], 2)


# -- whatever else a table may say


def at_lenders(key, *lenders):
    """A person who applies at each of these, as a bureau says, a day apart."""
    book = person(Book(), key)
    for i, (lender, kind) in enumerate(lenders):
        applies(book, key, at("2026-03-02", 24 * i), lender=lender, lender_kind=kind)
    return book


def test_distinct_lenders_count_once_and_what_names_none_is_ours():
    three = {"window": "7 days", "key": "person", "count": "lenders", "limit": 3}
    assert found(at_lenders("P", ("甲", "bank"), ("甲", "bank"), (None, None)), **three) == []
    assert found(at_lenders("P", ("甲", "bank"), ("乙", "nonbank"), (None, None)), **three) == [["P"]]


def test_lenders_of_one_kind_may_be_counted_alone():
    book = at_lenders("P", ("甲", "nonbank"), ("乙", "bank"), ("丙", "nonbank"), (None, None))
    two = {"window": "7 days", "key": "person", "count": "applications"}
    assert found(book, **two, lender_kind="nonbank", limit=2) == [["P"]]
    assert found(book, **two, lender_kind="bank", limit=2) == []


@pytest.mark.parametrize(("count", "thing"), [("devices", "device"), ("phones", "phone")])
def test_handsets_and_phones_of_a_person_are_counted(count, thing):
    book = person(Book(), "P")
    for i in range(3):
        applies(book, "P", at("2026-03-02", i), device=f"handset {i}" if thing == "device" else "one")
    if thing == "phone":
        book.phone("P", "second phone").phone("P", "third phone")
    assert found(book, window="1 day", key="person", count=count, limit=3) == [["P"]]
    assert found(book, window="1 day", key="person", count=count, limit=4) == []


def test_a_card_stated_by_several_people_is_counted_on():
    book = Book()
    for i, key in enumerate("PQR"):
        applies(person(book, key).owns(key, "one card"), key, at("2026-03-02", i))
    assert found(book, window="1 day", key="card", count="people", limit=3) == [["P", "Q", "R"]]
