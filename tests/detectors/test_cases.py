"""Cases: which findings are one, and what becomes of a case from one nightly batch to the next."""

import pytest
from ringfence.detectors.cases import cases, continued, grouped

DAY = "2026-03-01T00:00:00+08:00"
NEXT = "2026-03-02T00:00:00+08:00"


def finding(name, people, kind="fraud_ring", colour="yellow", detector="fraud-ring"):
    """A finding about people, each a letter."""
    return {
        "id": name, "thread": name, "kind": kind, "view": "raw", "colour": colour, "score": 0.5, "detector": detector,
        "members": [{"node": f"applicant:{one}", "role": "member"} for one in people],
        "measures": {},
    }  # fmt: skip


def groups(*findings):
    """Names of the findings of each case."""
    return [[part["id"] for part in group] for group in grouped(findings)]


def batch(findings, earlier=(), as_of=DAY, owed=None, beside="", now=0):
    """The cases of a night; ``owed`` has amounts by the first of the people, ``beside`` are letters."""

    def told(people):
        others = [f"applicant:{one}" for one in beside]
        return {"amounts": (owed or {}).get(letters(people)[0], []), "by_member": {}, "beside": others}

    return cases(findings, earlier, as_of, 1, told, now)


def letters(nodes):
    """Names of applicants as one word."""
    return "".join(node.partition(":")[2] for node in nodes)


# -- which findings are one case


def test_a_finding_inside_another_is_a_part_of_its_case():
    assert groups(finding("pair", "ab"), finding("circle", "abcd", "guarantee_circle")) == [["circle", "pair"]]


@pytest.mark.parametrize(("people", "joined"), [("cdx", True), ("dxy", False), ("dx", False), ("d", True)])
def test_a_finding_joins_where_more_than_half_of_it_lies(people, joined):
    assert len(groups(finding("large", "abcde"), finding("small", people))) == (1 if joined else 2)


def test_a_chain_of_findings_each_mostly_in_the_next_does_not_become_one_case():
    chain = [finding("1", "abcdef"), finding("2", "defgh"), finding("3", "ghij"), finding("4", "ijk")]
    assert groups(*chain) == [["1", "2"], ["3", "4"]], "half of 3 lies in 2, which is itself a part"


def test_a_finding_inside_two_goes_to_the_larger():
    assert groups(finding("x", "bc"), finding("one", "abc"), finding("two", "bcde")) == [["two", "one", "x"]]
    assert groups(finding("x", "bc"), finding("one", "abcpq"), finding("two", "bcdexyz")) == [["two", "x"], ["one"]]


def test_a_broker_is_no_person_of_a_case_and_accounts_are_where_there_is_nobody_else():
    hub = {"node": "device:d", "role": "broker"}
    found = finding("i", "ab", "intermediary")
    (case,) = batch([{**found, "members": [hub, *found["members"]]}])
    assert case["people"] == ["applicant:a", "applicant:b"]
    (case,) = batch([{**found, "members": [{"node": "account:1", "role": "mule"}]}])
    assert case["people"] == ["account:1"]


def test_a_case_has_the_highest_colour_of_its_parts_and_counts_them_by_kind():
    parts = [
        finding("ring", "abcde", colour="orange"),
        finding("pair", "ab", "guarantee_mutual", "red", detector="guarantee"),
        finding("pair too", "cd", "guarantee_mutual", "blue", detector="guarantee"),
    ]
    (case,) = batch(parts)
    assert (case["colour"], case["kinds"]) == ("red", {"fraud_ring": 1, "guarantee_mutual": 2})
    assert [part["id"] for part in case["parts"]] == ["ring", "pair", "pair too"]
    assert {part["detector"] for part in case["parts"]} == {"fraud-ring", "guarantee"}


# -- from one night to the next


def test_a_case_goes_on_with_its_id_and_says_who_came_and_who_left():
    (first,) = batch([finding("1", "abcde")])
    assert (first["state"], first["added"], first["first_seen"], first["last_seen"]) == ("new", [], DAY, DAY)
    (second,) = batch([finding("2", "bcdef")], [first], NEXT)
    assert (second["state"], letters(second["added"]), letters(second["left"])) == ("grown", "f", "a")
    assert (second["id"], second["first_seen"], second["last_seen"]) == (first["id"], DAY, NEXT)
    (third,) = batch([finding("3", "bcde")], [second], NEXT)
    assert (third["state"], letters(third["left"])) == ("shrunk", "f")
    (fourth,) = batch([finding("4", "bcde")], [third], NEXT)
    assert (fourth["state"], fourth["added"], fourth["left"]) == ("unchanged", [], [])


def test_a_case_that_grew_or_shrank_a_lot_is_still_the_same():
    (first,) = batch([finding("1", "abc")])
    (second,) = batch([finding("2", "abcdefghij")], [first])
    assert second["id"] == first["id"] and letters(second["added"]) == "defghij"
    (third,) = batch([finding("3", "hij")], [second])
    assert third["id"] == first["id"] and third["state"] == "shrunk"


def test_a_new_kind_of_finding_about_the_same_people_is_growth():
    (first,) = batch([finding("1", "abcde")])
    (second,) = batch([finding("1", "abcde"), finding("2", "ab", "guarantee_mutual")], [first])
    assert (second["state"], second["added"], second["new_kinds"]) == ("grown", [], ["guarantee_mutual"])


def test_who_comes_beside_a_case_makes_it_grow_too():
    (first,) = batch([finding("1", "abcde")])
    (second,) = batch([finding("1", "abcde")], [first], beside="x")
    assert (second["state"], letters(second["people"]), letters(second["beside"])) == ("grown", "abcde", "x")
    assert letters(second["added"]) == "x"
    (third,) = batch([finding("1", "abcde")], [second], beside="x")
    assert (third["state"], third["added"]) == ("unchanged", [])
    (fourth,) = batch([finding("1", "abcdex")], [third])
    assert letters(fourth["added"]) == "x", "who becomes a member is news"
    (fifth,) = batch([finding("1", "abcde")], [fourth], beside="x")
    assert (fifth["state"], fifth["left"]) == ("unchanged", []), "who is still beside it has not left"


def test_what_is_no_longer_found_is_gone_and_known_again_when_it_returns():
    (first,) = batch([finding("1", "abcde", colour="red")])
    (gone,) = batch([], [first], NEXT)
    assert (gone["state"], gone["id"], gone["colour"], gone["last_seen"]) == ("gone", first["id"], "red", DAY)
    (still,) = batch([], [gone], NEXT)
    assert still["state"] == "gone"
    (back,) = batch([finding("2", "abcdef")], [still], NEXT)
    assert (back["state"], back["id"], back["first_seen"], back["last_seen"]) == ("new", first["id"], DAY, NEXT)


def test_the_clock_of_a_case_begins_when_it_is_new_or_its_colour_rises_and_notes_when_it_grew():
    def times(cases):
        (case,) = (case for case in cases if case["state"] != "gone")
        return case["raised_at"], case["grown_at"]

    first = batch([finding("1", "abc")], now=1)
    grown = batch([finding("1", "abcd")], first, now=2)
    higher = batch([finding("1", "abcd", colour="red")], grown, now=3)
    lower = batch([finding("1", "abcd", colour="blue")], higher, now=4)
    back = batch([finding("1", "abcd")], batch([], lower, now=5), now=6)
    assert [times(cases) for cases in (first, grown, higher, lower, back)] == [(1, 1), (1, 2), (3, 2), (3, 2), (6, 6)]


def test_of_two_cases_that_become_one_the_other_says_where_its_people_are():
    first, second = batch([finding("1", "abcdef"), finding("2", "ghi")])
    both = batch([finding("3", "abcdefghi")], [first, second])
    assert [(case["state"], case["id"], case["into"]) for case in both] == [
        ("grown", first["id"], None),
        ("gone", second["id"], first["id"]),
    ]


def test_each_goes_on_from_one_the_most_alike_first():
    assert continued([{1, 2, 3, 4}, {1, 2, 3}], [{1, 2, 3}]) == {1: 0}
    assert continued([{1, 2}], [{1, 2, 3, 4}, {1, 2, 3, 4, 5}]) == {0: 0}
    assert continued([{1, 2, 3}], [{3, 4, 5}]) == {}


def test_a_new_case_of_people_with_whom_another_began_has_an_id_of_its_own():
    (first,) = batch([finding("1", "abc")])
    (moved,) = batch([finding("2", "abcdef")], [first])
    (again,) = batch([finding("3", "cdefgh")], [moved])
    assert again["id"] == first["id"]
    found = batch([finding("4", "cdefgh"), finding("5", "abc")], [again])
    assert len({case["id"] for case in found}) == 2


# -- the queue


def test_the_queue_is_by_colour_then_by_the_most_money_in_one_currency():
    owed = {
        "a": [{"currency": "CNY", "balance": 10.0}],
        "b": [{"currency": "CNY", "balance": 6.0}, {"currency": "USD", "balance": 6.0}],
        "c": [{"currency": "CNY", "balance": None}],
        "d": [{"currency": "CNY", "balance": 1.0}],
    }
    found = [finding(one, one, colour="red" if one == "d" else "yellow") for one in "cbad"]
    assert [letters(case["people"]) for case in batch(found, owed=owed)] == ["d", "a", "b", "c"]
