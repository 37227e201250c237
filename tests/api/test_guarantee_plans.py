"""``ringfence guarantees whatif`` and ``cut``, their routes, and what their answers say is not on record."""

import json

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.cli import app
from ringfence.api.services.guarantee_plans import cut, read_defaults, whatif
from ringfence.api.services.reader import Reader
from ringfence.api.settings import Settings
from ringfence.detectors.run import run
from ringfence.graph.errors import NotFound, UserError
from support.loading import Loading
from support.neo4j_server import empty_database
from support.service import service
from support.stores import STORES
from typer.testing import CliRunner

TABLES = {
    "companies": "company_id,name,net_assets,total_assets,total_liabilities\n"
    "A,甲公司,-100,,\nB,乙公司,,150,100\nC,丙公司,30,,\nD,丁公司,,,\nE,戊公司,10,,",
    "applicants": "applicant_id,name\nP,赵一",
    "loans": "loan_id,borrower_id,currency,amount,balance,five_class,disbursed_at\n"
    "L1,A,CNY,100,100,次级,2026-01-01\nL2,B,CNY,100,100,正常,2026-01-01\nL3,C,人民币,50,50,正常,2026-01-01\n"
    "L4,D,USD,50,50,正常,2026-01-01\nL5,D,CNY,50,,正常,2026-01-01",
    "guarantees": "contract_id,guarantor_id,borrower_id,amount,currency,start_date,end_date,form,cap\n"
    "K1,B,A,100,CNY,2025-01-01,,,\nK2,C,B,900,CNY,2025-01-01,,maximum,100\nK3,A,C,60,CNY,2025-01-01,,,\n"
    "K4,D,C,,CNY,2025-01-01,,,\nK5,D,D,10,CNY,2025-01-01,,,\nK6,D,A,10,USD,2025-01-01,,,\n"
    "K7,D,A,-10,CNY,2025-01-01,,,\nK8,D,A,10,CNY,2025-01-01,2024-01-01,,\nK9,P,A,5,,2025-01-01,,,\n"
    "K10,E,D,0.01,CNY,2027-01-01,,,",
}
"""The net of three that falls in a cascade, closed to a round by K3; and one of each thing that is not on record."""


@pytest.fixture(scope="module", params=STORES)
def settings(request, tmp_path_factory):
    """The book with its findings, in a store of each kind."""
    folder, url = tmp_path_factory.mktemp("plans"), None
    if request.param == "neo4j":
        url = request.getfixturevalue("neo4j_server")
        empty_database(url)
    home = Loading(folder, url=url)
    home.load(**TABLES)
    run(home.store.snapshot(), home.store, ["guarantee"])
    home.store.close()
    return Settings(store=url or f"sqlite:///{folder}/book.db", audit=folder / "audit.db")


@pytest.fixture(scope="module")
def reader(settings):
    reader = Reader(settings)
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def circle(reader):
    """The id of the circle that all of them are in."""
    (found,) = [one for one in reader.store.findings([1]) if one["kind"] == "guarantee_circle"]
    return found["id"]


def asked(reader, *defaults, **more):
    return whatif(reader, read_defaults(reader, defaults), **more)


def by_node(people):
    return {one["node"].partition(":")[2]: one for one in people}


def gaps(answer):
    """What is not on record: how many, by what and currency."""
    return {(gap["gap"], gap["currency"]): gap["count"] for gap in answer["gaps"]}


# -- contagion


def test_a_cascade_step_by_step(reader):
    answer = asked(reader, "company:A")
    steps = [
        (step["round"], [one["node"] for one in step["failed"]], [(c["by"], c["guarantor"]) for c in step["calls"]])
        for step in answer["rounds"]
    ]
    assert steps == [
        (0, ["company:A"], []),
        (1, ["company:B"], [("company:A", "company:B"), ("company:A", "company:D"), ("company:A", "applicant:P")]),
        (2, ["company:C"], [("company:B", "company:C")]),
        (3, [], [("company:C", "company:A"), ("company:C", "company:D")]),
    ]
    assert [one["node"] for one in answer["standing"]] == ["applicant:P", "company:D"]
    assert answer["summary"] == {
        "failed": 2,
        "rounds": 2,
        "called": 265.0,
        "calls_of_unknown_amount": 2,
        "paid": 80.0,
        "paid_unknown": 2,
        "called_from_them": 5.0,
    }
    assert answer["reason_en"] == (
        "If 甲公司 defaults, 2 more fail, in 2 rounds, guarantors are called for CNY 265, and are known to pay CNY 80."
    )
    assert answer["reason_zh"] == "若甲公司违约，另有2户经2轮传导倒下，担保人被要求代偿265元，可代偿80元。"


def test_an_unknown_amount_is_never_0(reader):
    standing = by_node(asked(reader, "company:A")["standing"])
    assert (standing["D"]["called"], standing["D"]["calls_of_unknown_amount"]) == (None, 2)
    assert (standing["D"]["paid"], standing["D"]["net_assets"]) == (None, None)
    assert (standing["P"]["called"], standing["P"]["paid"]) == (5.0, None)


def test_what_is_not_on_record_is_stated_and_currencies_are_not_added(reader):
    answer = asked(reader, "company:A")
    assert answer["currency"] == "CNY"
    assert gaps(answer) == {
        ("amount_unknown", None): 2,
        ("contracts_other_currency", "USD"): 1,
        ("contracts_no_currency", None): 1,
        ("self_guarantees", None): 1,
        ("never_in_force", None): 1,
        ("loans_other_currency", "USD"): 1,
        ("balance_unknown", None): 1,
        ("no_net_assets", None): 2,
    }
    assert all(gap["zh"] and gap["en"] for gap in answer["gaps"])


def test_a_party_without_net_assets_fails_only_where_it_is_said_to(reader):
    answer = asked(reader, "company:D", "applicant:P")
    assert [one["node"] for one in answer["rounds"][0]["failed"]] == ["applicant:P", "company:D"]
    assert answer["summary"]["failed"] == 0


@pytest.mark.parametrize(
    ("priority", "recovery", "loss"),
    [("pari_passu", {"A": 0, "B": 100 / (200 - 100 / 21) * 1.5}, None), ("own_first", {"A": 0, "B": 1}, None)],
)
def test_a_clearing(reader, priority, recovery, loss):
    """P stands for 5 of the cover of 105: B is called for 100/105 of A's 100."""
    answer = asked(reader, "company:A", method="clearing", priority=priority)
    people = by_node(answer["parties"])
    assert {key: people[key]["recovery"] for key in recovery} == pytest.approx(recovery)
    assert people["P"]["called"] == pytest.approx(100 * 5 / 105)
    assert people["P"]["resources"] is None
    assert answer["summary"]["paid_without_net_assets"] == pytest.approx(100 * 5 / 105)
    told = sum(one["loss"] for one in answer["parties"])
    assert answer["summary"]["loss"] == pytest.approx(told)
    assert sum(one["paid"] for one in answer["payments"]) == pytest.approx(answer["summary"]["paid"])


def test_a_simulation_draws_the_same_for_a_seed_and_weighs_each_party_and_guarantee(reader, circle):
    answer = asked(reader, method="probabilistic", circle=circle)
    assert answer == asked(reader, method="probabilistic", circle=circle)
    people = by_node(answer["parties"])
    assert {key: one["default_probability"] for key, one in people.items()} == {
        "A": 0.25, "B": 0.01, "C": 0.01, "D": 0.01, "P": 0.01,
    }  # fmt: skip
    expected = answer["summary"]["expected_loss"]
    assert expected["low"] <= expected["mean"] <= expected["high"]
    total = sum(one["expected_loss"]["mean"] for one in answer["parties"])
    assert expected["mean"] == pytest.approx(total)
    assert people["A"]["contribution"] == pytest.approx(expected["mean"] - people["A"]["loss_without"])
    by_contract = {one["contract"].partition(":")[2][:2]: one for one in answer["guarantees"]}
    assert by_contract["K1"]["loss_without"] > expected["mean"] > by_contract["K1"]["loss_replaced"]
    assert by_contract["K4"]["loss_without"] == pytest.approx(expected["mean"])


def test_a_default_that_is_certain_loses_what_the_clearing_says(reader):
    """Of the others only those whose default is drawn make a difference."""
    certain = asked(reader, "company:A", method="clearing")["summary"]["loss"]
    drawn = asked(reader, "company:A", method="probabilistic")
    assert by_node(drawn["parties"])["A"]["default_probability"] == 1
    assert drawn["summary"]["expected_loss"]["mean"] >= certain - 1e-6


# -- cutting


def test_the_cheapest_guarantee_of_a_round(reader, circle):
    answer = cut(reader, circle)
    (one,) = answer["guarantees"]
    assert one["arcs"] == [{"guarantor": "company:A", "borrower": "company:C"}]
    assert (answer["amount"], answer["bound"], answer["gap"], answer["exact"]) == (60.0, 60.0, 0.0, True)
    assert answer["plan"] is None
    assert answer["reason_zh"] == "置换1项担保即可消除全部循环，合计60元，已证明为最小。"
    assert cut(reader, None)["guarantees"] == answer["guarantees"]


def test_a_plan_beside_simple_choices(reader, circle):
    plan = cut(reader, circle, budget=1)["plan"]
    assert [choice["how"] for choice in plan["choices"]] == ["best", "random", "degree", "amount"]
    best = plan["choices"][0]
    assert plan["exact"]
    for choice in plan["choices"]:
        assert best["after"]["mean"] <= choice["after"]["mean"] + 1e-9
        assert choice["drop"]["mean"] == pytest.approx(plan["before"]["mean"] - choice["after"]["mean"])
    assert best["guarantees"][0]["arcs"] == [{"guarantor": "company:B", "borrower": "company:A"}]


# -- at another time, and what cannot be asked


def test_contracts_count_while_they_are_in_force(reader):
    assert asked(reader, "company:D", as_of="2024-01-01")["contracts_in_net"] == 0
    later = asked(reader, "company:D", as_of="2027-06-01")
    assert [call["guarantor"] for call in later["rounds"][1]["calls"]] == ["company:E"]


def test_a_party_without_a_guarantee_is_said_to_have_none(reader):
    answer = asked(reader, "company:E")
    assert gaps(answer)["not_in_net", None] == 1
    assert answer["summary"]["failed"] == 0
    assert answer["reason_en"].startswith("If 戊公司 defaults, nobody else fails")


def test_what_cannot_be_asked_is_said_in_one_line(reader, circle):
    for error, message, given in (
        (UserError, "say who defaults", {}),
        (UserError, "unknown method", {"method": "guess"}),
        (UserError, "unknown priority", {"priority": "last"}),
        (NotFound, "no finding", {"circle": "ffff"}),
    ):
        with pytest.raises(error, match=message):
            whatif(reader, {"company:A": "company:A"} if given else {}, **given)
    with pytest.raises(NotFound, match="no company:Z in the store"):
        asked(reader, "company:Z")
    with pytest.raises(UserError, match="company:E is no member of finding"):
        asked(reader, "company:E", circle=circle)
    with pytest.raises(UserError, match="1 or more"):
        cut(reader, circle, budget=0)


# -- the command line and the routes


def printed(settings, *command):
    """What a command prints."""
    done = CliRunner().invoke(app, ["guarantees", *command, "--store", settings.store])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_library_command_and_route_answer_alike(settings, reader, circle, monkeypatch):
    monkeypatch.setenv("RINGFENCE_AUDIT", str(settings.audit))
    with service(settings.store, audit=settings.audit) as client:
        for method in ("cascade", "clearing", "probabilistic"):
            own = json.loads(json.dumps(asked(reader, "company:A", method=method, circle=circle)))
            command = ("whatif", "--default", "company:A", "--method", method, "--circle", circle, "--format", "json")
            assert json.loads(printed(settings, *command)) == own
            body = {"defaults": ["company:A"], "method": method, "circle": circle}
            assert client.post("/v1/guarantees/whatif", json=body).json() == own
        own = json.loads(json.dumps(cut(reader, circle, 2)))
        assert json.loads(printed(settings, "cut", circle, "--budget", "2", "--format", "json")) == own
        assert client.get(f"/v1/guarantees/{circle}/cut", params={"budget": 2}).json() == own
        assert client.get("/v1/guarantees/ffff/cut").status_code == 404
        assert client.post("/v1/guarantees/whatif", json={"defaults": []}).status_code == 400
        assert client.post("/v1/guarantees/whatif", json={"who": "A"}).status_code == 422


def test_tables_name_parties_amounts_and_gaps(settings, circle, monkeypatch):
    monkeypatch.setenv("RINGFENCE_AUDIT", str(settings.audit))
    told = printed(settings, "whatif", "--default", "company:A")
    assert "乙公司" in told and "unknown" in told
    assert "not on record or left out: contracts of unknown amount, in no sum: 2" in told
    assert "EXPECTED LOSS" in printed(settings, "whatif", "--circle", circle, "--method", "probabilistic")
    assert "RECOVERY" in printed(settings, "whatif", "--default", "company:A", "--method", "clearing")
    assert "LOSS BEFORE" in printed(settings, "cut", "--all", "--budget", "1")


def test_who_was_asked_about_is_on_record(settings, monkeypatch):
    monkeypatch.setenv("RINGFENCE_AUDIT", str(settings.audit))
    printed(settings, "whatif", "--default", "company:A")
    with service(settings.store, audit=settings.audit) as client:
        client.post("/v1/guarantees/whatif", json={"defaults": ["company:B"]})
    entries = AuditLog(settings.audit).entries(3)
    actions = {entry["action"]: entry["subject"] for entry in entries}
    assert actions["cli.guarantees.whatif"] == "company:A"
    assert actions["api.whatif"] == "company:B"
