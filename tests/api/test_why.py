"""``ringfence why``: why an applicant is flagged or not, and all that links two parties, on books worked by hand."""

import json

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.services.linked import linked
from ringfence.api.services.why import why
from ringfence.detectors.run import run as run_detectors
from ringfence.graph.errors import UserError
from ringfence.graph.store import open_store
from support import ring_books
from support.ring_books import crowd, flagged, people, ring
from support.toy import Book


@pytest.fixture
def store(tmp_path):
    """A store that keeps runs; it need not hold the graph they ran on."""
    opened = open_store(f"sqlite:///{tmp_path / 'runs.db'}")
    yield opened
    opened.close()


def asked(store, book, key):
    """Why, of one applicant of a book among honest people."""
    name = f"applicant:{key}"
    return why(store, crowd(book, 40).snapshot(), (name, name))


def between(store, book, one, other):
    """All that links two parties of a book among honest people."""
    ends = [name if ":" in name else f"applicant:{name}" for name in (one, other)]
    return linked(store, crowd(book, 40).snapshot(), *((name, name) for name in ends))


def few(count):
    """People who share a handset, an account and a contact on neighbouring days."""
    book = Book()
    for i, key in enumerate(people(count)):
        book.person(key, f"137{i}").contact(key, "136", ("表哥", "老板", "其他")[i % 3])
        book.application(key, f"N{key}", f"2026-03-{10 + i:02d}", device="phone")
        book.loan(key, f"L{key}", 10_000, f"2026-03-{11 + i:02d}", "card", f"N{key}")
    return book


# -- one applicant


def test_a_member_of_a_ring_is_told_the_finding_and_that_it_is_one(store):
    book = ring(Book(), people(6))
    batch = run_detectors(crowd(book, 40).snapshot(), store, ["fraud-ring"])
    told = asked(store, book, "R0")
    (finding,) = told["findings"]
    assert (finding["id"], finding["role"]) == (batch.findings[0].id, "member")
    evidence = f"{told['group']['evidence']:.1f}"
    assert told["verdict"] == {
        "zh": f"属于6人的团伙，证据合计{evidence}。",
        "en": f"A member of a ring of 6, whose evidence comes to {evidence}.",
    }
    assert told["run"] == batch.runs[0].run
    # R0 shares a handset and a contact with R2 and R4, and an account with R3.
    assert {one["node"]: one["findings"] for one in told["partners"]}["applicant:R3"] == [finding["id"]]


def test_a_group_that_is_too_small_is_told_with_what_it_lacks(store):
    told = asked(store, few(4), "R0")
    assert told["findings"] == [] and told["run"] is None
    assert told["verdict"]["en"] == "Bound in a group of 4 that is no ring: 4 members of at least 5."
    assert told["verdict"]["zh"] == "与他人归为4人一组，不构成团伙：成员4人，至少需5人。"
    assert [(lack["what"], lack["has"], lack["asked"]) for lack in told["group"]["lacks"]] == [("members", 4, 5)]


def test_the_settings_are_those_of_the_run_whose_findings_people_see(store):
    book = few(4)
    run_detectors(crowd(book, 40).snapshot(), store, ["fraud-ring"], {"fraud-ring": {"min_members": 4}})
    told = asked(store, book, "R0")
    assert told["params"]["min_members"] == 4 and told["group"]["is_ring"] and len(told["findings"]) == 1


def test_a_family_is_told_as_one_household(store):
    told = asked(store, ring_books.household(Book()), "T0")
    assert [item["node"] for item in told["household"]] == [f"applicant:T{i}" for i in range(1, 6)]
    assert told["verdict"]["en"].startswith("Of what the applicant uses others use ")
    assert told["verdict"]["en"].endswith(" as well, and none of it ties them.")
    handset = next(thing for thing in told["things"] if thing["kind"] == "handset")
    assert [(untied["zh"], untied["people"]) for untied in handset["untied"]] == [("同一户", 5)]


def test_who_applied_at_another_time_than_a_ring_is_told_when_it_did(store):
    book = ring(Book(), people(6)).person("X", "133")
    book.application("X", "x", "2025-09-01", device="phone-R0").contact("X", "136R0", "舅舅", "tok_x")
    assert asked(store, book, "X")["verdict"]["en"].startswith(
        "Bound to a ring of 6, but left out: it applied from 2026-03-01 to 2026-03-06, and the applicant did not, "
        "nor within 30 days before or after"
    )


def test_who_shares_nothing_is_told_so_with_what_links_no_one(store):
    book = flagged(Book().person("A", "010-1")).application("A", "A", "2026-03-01", device="own")
    told = asked(store, book, "A")
    assert told["verdict"]["en"] == "Shares nothing with any applicant."
    assert told["verdict"]["zh"] == "没有与任何申请人共用的信息。"
    assert [(tie["relation"], tie["why"], tie["count"]) for tie in told["links_no_one"]] == [
        ("HAS_PHONE", "landline", 1)
    ]


def test_only_an_applicant_can_be_asked_about_alone(store):
    view = Book().company("C1").snapshot()
    with pytest.raises(UserError, match="company:C1 is no applicant, as the members of rings are: name two parties"):
        why(store, view, ("company:C1", "company:C1"))


# -- two parties


def ties(told):
    """Ties as ``kind: users``, the first first."""
    return [(tie["kind"], tie["users"], tie["hub"]) for tie in told["ties"]]


def test_every_tie_between_two_is_told_with_its_rows_the_rarest_first(store):
    told = between(store, few(3), "R0", "R1")
    assert ties(told) == [("account", 3, False), ("device", 3, False), ("phone", 3, False)]
    assert {tie["kind"]: (tie["facet"], tie["untied"]) for tie in told["ties"]} == {
        "account": ("account", None),
        "device": ("handset", None),
        "phone": ("contact", None),
    }
    account = told["ties"][0]
    assert [(row["of"], row["by"], row["relation"]) for row in account["rows"]] == [
        ("applicant:R0", "loan:LR0", "DISBURSED_TO"),
        ("applicant:R1", "loan:LR1", "DISBURSED_TO"),
    ]
    assert told["together"]["things"] == 3 and told["one_group"] and told["link"] is None


def test_the_ids_of_one_handset_are_one_tie(store):
    book = Book().application("A", "A", "2026-03-01", device="new id", imei="imei")
    book.application("B", "B", "2026-03-02", device="old id", imei="imei")
    (tie,) = between(store, book, "A", "B")["ties"]
    assert {item["node"] for item in tie["nodes"]} == {"device:new id", "device:old id", "device:imei"}
    assert (tie["en"], tie["zh"], tie["users"]) == ("handset", "手机", 2)


def test_a_contact_is_a_tie_to_the_owner_of_the_phone(store):
    book = Book().person("A", "13A").person("B", "13B").contact("A", "13B", "朋友")
    (tie,) = between(store, book, "A", "B")["ties"]
    assert [(row["of"], row["relation"], row["data"].get("relation")) for row in tie["rows"]] == [
        ("applicant:A", "LISTS_CONTACT", "朋友"),
        ("applicant:B", "HAS_PHONE", None),
    ]


def test_relations_guarantees_and_transfers_are_ties(store):
    book = Book().person("A").person("B").related("A", "B", "同事").guarantee("applicant:B", "applicant:A", 500)
    book.owns("A", "from").owns("B", "to").transferred("from", "to", "2026-03-01")
    told = between(store, book, "A", "B")
    assert sorted(ties(told)) == [("GUARANTEES", 2, False), ("RELATED_TO", 2, False), ("TRANSFERRED", 2, False)]
    assert {tie["kind"]: tie["rows"][0]["amount"] for tie in told["ties"]} == {
        "GUARANTEES": 500,
        "RELATED_TO": None,
        "TRANSFERRED": 5000,
    }


def test_companies_and_merchants_are_parties_too(store):
    book = Book().guarantees("C1>C2 C2>C3")
    book.application("A", "A", "2026-03-01", merchant="M")
    assert ties(between(store, book, "company:C1", "company:C2")) == [("GUARANTEES", 3, False)]
    told = between(store, book, "company:C1", "company:C3")
    assert [[item["node"] for item in route["parties"]] for route in told["routes"]] == [
        ["company:C1", "company:C2", "company:C3"]
    ]
    assert ties(between(store, book, "A", "merchant:M")) == [("merchant", 2, False)]


def test_two_who_pay_from_one_account_are_not_tied_by_what_it_transfers(store):
    book = Book().owns("A", "one").owns("Q", "one").owns("B", "other").transferred("one", "other", "2026-03-01")
    assert ties(between(store, book, "A", "Q")) == [("account", 2, False)]
    assert ties(between(store, book, "A", "B")) == [("TRANSFERRED", 2, False)]


def routes(told):
    """Routes as keys of the parties between, with the weakest link's users and whether it is a hub."""
    return [
        (" ".join(item["node"].partition(":")[2] for item in route["parties"][1:-1]), route["weakest"], route["hub"])
        for route in told["routes"]
    ]


def test_each_route_stands_by_its_weakest_link(store):
    book = Book()
    for key, device in (("A", "d1"), ("Q", "d1"), ("Q", "d2"), ("B", "d2")):
        book.application(key, f"{key}{device}", "2026-03-01", device=device)
    for key in ("A", "P", "X", "Y"):
        book.email(key, "four")
    book.owns("P", "card").owns("B", "card")
    book.identified("A", "id").identified("R", "id").lives("R", "home").lives("S", "home").owns("S", "s").owns("B", "s")
    told = between(store, book, "A", "B")
    assert told["ties"] == [] and told["link"] is None
    # Over Q both things have two users, as have all three over R and S; the e-mail that A and P share has four.
    assert routes(told) == [("Q", 2, False), ("R S", 2, False), ("P", 4, False)]
    over_q = told["routes"][0]["links"]
    assert [link["things"][0]["nodes"][0]["node"] for link in over_q] == ["device:d1", "device:d2"]


def test_hubs_come_last_and_are_said_to_be_hubs(store):
    book = Book().email("A", "four").email("B", "four").email("X", "four").email("Y", "four")
    for i in range(60):
        book.application(f"U{i}", f"U{i}", "2026-03-01", ip="carrier")
    for key in ("A", "B", "Q"):
        book.application(key, f"N{key}", "2026-03-01", ip="carrier" if key != "Q" else "other")
    for i in range(60):
        book.application(f"V{i}", f"V{i}", "2026-03-01", ip="other")
    book.application("A", "NA2", "2026-03-02", ip="other").owns("Q", "card").owns("B", "card")
    book.identified("A", "id").identified("P", "id").email("P", "five").email("B", "five")
    told = between(store, book, "A", "B")
    assert ties(told) == [("email", 4, False), ("ip", 62, True)]
    assert told["ties"][1]["untied"]["why"] == "common"
    # What both use makes no route over the sixty others who use it as well.
    assert routes(told) == [("P", 2, False), ("Q", 62, True)]


def test_a_thing_that_too_many_use_is_followed_from_one_side_only_and_that_is_said(store):
    book = Book()
    for i in range(250):
        book.application(f"U{i}", f"U{i}", "2026-03-01", ip="carrier")
    for key in ("A", "Q"):
        book.application(key, f"N{key}", "2026-03-01", ip="carrier")
    book.owns("Q", "card").owns("B", "card")
    told = between(store, book, "A", "B")
    assert routes(told) == [("Q", 252, True)]
    assert told["truncated"] == [
        {
            "bound": "users_followed",
            "limit": 200,
            "skipped": "routes on from 1 things of more users",
            "could_change": True,
        }
    ]


def test_where_nothing_near_links_them_a_longer_link_is_told(store):
    book = Book()
    for i, (one, other) in enumerate((("A", "P"), ("P", "Q"), ("Q", "R"), ("R", "B"))):
        book.owns(one, f"card {i}").owns(other, f"card {i}")
    told = between(store, book, "A", "B")
    assert told["ties"] == told["routes"] == []
    assert (told["link"]["found"], told["link"]["hops"]) == (True, 8)


def test_where_nothing_links_them_it_is_said_that_nothing_was_left_out(store):
    book = Book().person("A", "13A").person("B", "13B").owns("A", "a").owns("B", "b")
    told = between(store, book, "A", "B")
    assert told["ties"] == told["routes"] == []
    assert not told["link"]["found"] and told["link"]["truncated"] == told["truncated"] == []


def test_what_links_no_one_is_no_tie_and_is_counted(store):
    book = flagged(flagged(Book().person("A", "010-1")).person("B", "010-1"))
    told = between(store, book, "A", "B")
    assert told["ties"] == [] and [tie["node"] for tie in told["links_no_one"]] == ["applicant:A", "applicant:B"]


def test_what_two_parties_cannot_be_is_told(store):
    view = Book().person("A", "13A").owns("A", "a").snapshot()
    with pytest.raises(UserError, match="applicant:A is named twice"):
        linked(store, view, ("applicant:A", "applicant:A"), ("applicant:A", "applicant:A"))
    with pytest.raises(UserError, match="phone:13A is no party: name two of applicant, company, merchant"):
        linked(store, view, ("applicant:A", "applicant:A"), ("phone:13A", "phone:13A"))


# -- the command


def test_the_command_tells_one_applicant_in_lines(run):
    done = run("why", "applicant:A1")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("applicant:A1 张*, as of 2026-03-15T08:00:00+08:00, by the settings of run ")
    assert not any("fraud_ring" in line for line in lines)
    assert any("ties to applicant:A2 欧阳*" in line for line in lines)
    assert "13812345678" not in done.output


def test_the_command_tells_two_parties_in_lines(run):
    done = run("why", "applicant:A1", "applicant:A2")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[1] == "2 ties between the two, the rarest first"
    assert any("phone 电话 " in line and "138****5678: 2 users" in line for line in lines)
    assert "    applicant:A1: USED_DEVICE by application:P1, applications.csv, row 2" in lines
    assert "13812345678" not in done.output
    guaranteed = run("why", "company:C1", "company:C3").stdout
    assert "guarantees 担保: the busier end has " in guaranteed and "4,500,000" in guaranteed


def test_the_command_tells_what_other_detectors_ask(run):
    others = {
        one["detector"]: one for one in json.loads(run("why", "applicant:A1", "--format", "json").stdout)["others"]
    }
    assert sorted(others) == ["cashout-merchant", "fund-flow", "risky-cluster", "velocity"]
    touch = others["risky-cluster"]["told"][-1]
    assert (touch["what"], touch["has"], touch["nodes"]) == ("touch", None, [])
    lines = run("why", "applicant:A1").stdout.splitlines()
    assert "  no confirmed fraudster within two ties, PageRank 0" in lines
    assert "  one person within 5 days, applications counted: 1, the limit is 5" in lines


def test_the_touch_is_told_with_the_people_on_its_way(store):
    told = asked(store, ring(Book(), people(6)).flag("applicant:R1", "confirmed_fraud"), "R0")
    (touch,) = [one for other in told["others"] for one in other["told"] if one["what"] == "touch"]
    assert [item["node"] for item in touch["nodes"]][:: len(touch["nodes"]) - 1] == ["applicant:R0", "applicant:R1"]


def test_the_command_gives_json_as_of_a_day_and_is_on_record(run, book):
    told = json.loads(run("why", "applicant:A1", "--format", "json", "--as-of", "2026-01-06").stdout)
    assert told["applicant"] == {"node": "applicant:A1", "kind": "applicant", "label": "张*"}
    assert (told["as_of"], told["partners"]) == ("2026-01-06T00:00:00+08:00", []), "A2 first applied later that day"
    both = json.loads(run("why", "applicant:A1", "applicant:A2", "--format", "json").stdout)
    assert sorted(tie["kind"] for tie in both["ties"]) == ["device", "phone"]
    alone, two = AuditLog(book / "ringfence.db.audit.db").entries(2)[::-1]
    assert (alone["action"], alone["subject"]) == ("cli.why", "applicant:A1")
    assert two["subject"] == "applicant:A1 applicant:A2"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("applicant:NOBODY",), "no node applicant:NOBODY in the store"),
        (("company:C1",), "company:C1 is no applicant"),
        (
            ("applicant:A1", "phone:13812345678"),
            "phone:138****5678 is no party: name two of applicant, company, merchant",
        ),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(run, arguments, says):
    done = run("why", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"ringfence: {says}") and done.stderr.count("\n") == 1
