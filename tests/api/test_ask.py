"""``ringfence ask`` and ``GET /v1/ask`` as people meet them, on a store of each kind."""

import json

import pytest
import typer
from oracles.questions import ORACLES
from ringfence.api.access.audit import AuditLog
from ringfence.api.cli import app
from ringfence.api.services.questions.asking import ANSWERS, ask
from ringfence.api.services.questions.declared import MEANINGS, QUESTIONS
from ringfence.api.services.reader import Reader
from ringfence.api.settings import Settings
from ringfence.graph.keys import load_key_file
from support.loading import Loading
from support.neo4j_server import empty_database
from support.question_books import random_book, random_questions, tables
from support.service import service
from support.stores import STORES
from typer.testing import CliRunner

TABLES = {
    "applicants": "applicant_id,name\nA1,张三\nA2,李四",
    "companies": "company_id,name\nC1,甲公司",
    "loans": "loan_id,borrower_id,amount,applied_at\nL1,A2,1000,2026-01-02\nL2,A2,,2026-01-03",
    "guarantees": "guarantor_id,borrower_id,start_date\nA1,A2,2026-01-01\nC1,A2,2026-01-02",
    "accounts": "account_no,owner_id\n601,A1\n602,C1\n603,A2",
    "transfers": "from_account,to_account,amount,time\n"
    "601,602,100.25,2026-01-05 10:00:00\n"
    "602,603,50,2026-01-05 11:00:00\n"
    "603,601,40,2026-01-05 12:00:00\n"
    "603,601,2,2026-01-06 12:00:00",
}
WINDOW = ("start=2026-01-01", "end=2026-02-01")
OTHER_SEEDS = (3, 8)
"""Of random books, one with ids of digits and one with others."""


@pytest.fixture(scope="module", params=STORES)
def new_store(request, tmp_path_factory):
    """Makes stores of one kind, one after the other, each with a book, and gives their URLs."""

    def make(book):
        folder, url = tmp_path_factory.mktemp("ask"), None
        if request.param == "neo4j":
            url = request.getfixturevalue("neo4j_server")
            empty_database(url)
        home = Loading(folder, url=url)
        home.load(**book)
        home.store.close()
        return url or f"sqlite:///{folder}/book.db"

    return make


@pytest.fixture(scope="module")
def url(new_store):
    """The book in a store of each kind."""
    return new_store(TABLES)


@pytest.fixture
def run(url, tmp_path, monkeypatch):
    """Ask by the command line."""
    monkeypatch.setenv("RINGFENCE_AUDIT", str(tmp_path / "audit.db"))
    return lambda *arguments: CliRunner().invoke(app, ["ask", *arguments, "--store", url])


@pytest.fixture
def told(run):
    """Ask by the command line, and take the answer as JSON."""

    def command(*arguments):
        done = run(*arguments, "--format", "json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return command


@pytest.fixture
def client(url, tmp_path):
    """The service over the same store."""
    with service(url, audit=str(tmp_path / "audit.db")) as client:
        yield client


# -- ways of asking


def test_number_or_name_and_pairs_or_options_ask_the_same(told):
    options = ("--id1", "601", "--id2", "602", "--start", "2026-01-01", "--end", "2026-02-01")
    answer = {
        "question": "tcr4",
        "params": {"id1": "601", "id2": "602", "start": "2026-01-01", "end": "2026-02-01"},
        "result": [["603", 2, 42.0, 40.0, 1, 50.0, 50.0]],
        "truncated": [],
    }
    assert told("tcr4", *options) == answer
    assert told("transfer-triangle", "id1=601", "id2=602", *WINDOW) == answer
    assert told("tcr4", "id1=601", "--id2", "602", *WINDOW) == answer


def test_times_are_iso_or_milliseconds(told):
    assert told("tcr7", "id=601", "threshold=0", "start=1767582000000", "end=2026-01-06")["result"] == [1, 0, -1]
    assert told("tcr7", "id=601", "threshold=0", "start=0", "end=2026-01-06")["result"] == [1, 1, 0.399]


def test_a_company_stands_where_a_person_does(told):
    answer = told("tcr11", "id=company:C1", *WINDOW)
    assert (answer["params"]["id"], answer["result"]) == ("company:C1", [1000.0, 2])
    assert answer["truncated"] == [{"bound": "amount_unknown", "limit": None, "skipped": 1, "could_change": True}]
    assert told("tcr12", "id=A1", *WINDOW)["result"] == [["602", 100.25]]
    assert told("tcr12", "id=applicant:A1", *WINDOW)["params"]["id"] == "A1"


def test_answers_to_read(run):
    assert run("tcr5", "id=A1", *WINDOW).stdout == "601 → 602 → 603\n601 → 602\n"
    assert run("tcr3", "id1=601", "id2=603", *WINDOW).stdout == "transfers: 2\n"
    assert run("tcr7", "id=601", "threshold=0", *WINDOW).stdout.splitlines() == [
        "SOURCES  DESTINATIONS  IN / OUT",
        "1        1             0.419",
    ]
    assert run("tcr1", "id=601", *WINDOW).stdout == "none\n"
    cut = run("tcr7", "id=601", "threshold=0", "limit=1", *WINDOW).stdout.splitlines()[-1]
    assert cut == "cut short: limit limit 1: 1 left out, the answer could change"


def test_a_batch_answers_line_by_line_in_order(run, tmp_path):
    window = {"start": 1767200000000, "end": "2026-02-01"}
    asked = [
        {"question": "tcr3", "params": {"id1": "601", "id2": 603, **window}},
        {"question": "tcr3", "params": {"id1": "601", "id2": "699", **window}},
        {"question": "nonsense", "params": {}},
        {"question": "tcr12", "params": {"id": "A1", **window}},
    ]
    lines = [*(json.dumps(question) for question in asked[:3]), "", "{", '{"question": "tcr3"}', json.dumps(asked[3])]
    file = tmp_path / "asked.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    done = run("--batch", str(file))
    assert done.exit_code == 0, done.output
    first, *failed, last = map(json.loads, done.stdout.splitlines())
    assert first == {**asked[0], "params": {**asked[0]["params"], "id2": "603"}, "result": 2, "truncated": []}
    assert last == {**asked[3], "result": [["602", 100.25]], "truncated": []}
    assert [(answer["question"], answer.keys()) for answer in failed] == [
        (question, {"question", "error"}) for question in ("tcr3", "nonsense", None, None)
    ]
    assert failed[0]["error"].startswith("tcr3: no account:699 in the store")
    assert done.stderr == "ringfence: 4 of the questions could not be answered: their lines say why\n"


def test_the_service_answers_as_the_command_does(client, told):
    params = {"question": "transfer-triangle", "id1": "601", "id2": "602", "start": "2026-01-01", "end": "2026-02-01"}
    answer = client.get("/v1/ask", params=params)
    assert answer.status_code == 200
    assert answer.json() == told("tcr4", "id1=601", "id2=602", *WINDOW)


# -- what cannot be answered


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tcr13",), "there is no question 'tcr13': ask tcr1 (blocked-device-nearby), tcr2"),
        (("tcr3", "id1=601", *WINDOW), "tcr3 lacks id2: it takes id1, id2, start, end, limit, order"),
        (("tcr5", "id=A1", "threshold=1", *WINDOW), "tcr5 takes no threshold: it takes id, start, end, limit, order"),
        (("tcr5", "id=A1", "start=2026-02-01", "end=2026-02-01"), "tcr5: start must be earlier than end"),
        (("tcr5", "id=A1", "start=yesterday", "end=2026-02-01"), "tcr5: start cannot be used: write a date like"),
        (("tcr5", "id=A1", "limit=0", *WINDOW), "tcr5: limit cannot be used: write a whole number from 1 on"),
        (("tcr5", "id=A1", "order=amount-ascending", *WINDOW), "order decides what a limit keeps, so give a limit too"),
        (("tcr5", "id=A1", "limit=1", "order=up", *WINDOW), "tcr5: order cannot be used: write one of time-ascending"),
        (("tcr7", "id=601", "threshold=many", *WINDOW), "tcr7: threshold cannot be used: write a number"),
        (("tcr7", "id=601", "threshold=nan", *WINDOW), "tcr7: threshold cannot be used: write a number"),
        (("tcr7", "id=699", "threshold=0", *WINDOW), "tcr7: no account:699 in the store: 'ringfence status' counts"),
        (("tcr7", "id=L1", "threshold=0", *WINDOW), "tcr7: no account:L1 in the store: there is a loan of that id"),
        (("tcr7", "id=loan:L1", "threshold=0", *WINDOW), "tcr7: id names a loan, but must name an account"),
        (("tcr5", "id=account:601", *WINDOW), "tcr5: id names an account, but must name an applicant or a company"),
        (("tcr5", "id=", *WINDOW), "tcr5: id is no id: write it as text"),
        (("tcr5", "A1"), "write what a question takes as KEY=VALUE"),
        (("tcr5", "id=A1", "--id", "A1", *WINDOW), "id is given twice"),
        ((), "ask one question, as in 'ringfence ask tcr3"),
        (("tcr5", "--batch", "x.jsonl"), "ask one question, as in 'ringfence ask tcr3"),
        (("--batch", "no/such.jsonl"), "cannot read no/such.jsonl: No such file or directory"),
    ],
)
def test_one_line_says_what_to_do(run, arguments, message):
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr and done.stderr.count("\n") == 1


def test_the_service_says_it_with_a_status(client):
    window = {"start": "2026-01-01", "end": "2026-02-01"}
    for status, params in (
        (404, {"question": "tcr13"}),
        (404, {"question": "tcr5", "id": "A9", **window}),
        (400, {"question": "tcr5", **window}),
        (422, window),
    ):
        assert client.get("/v1/ask", params=params).status_code == status, params


def test_a_parameter_in_json_is_a_text_or_a_number(run, tmp_path):
    for name, value in (("id", True), ("id", 1.5), ("start", 1.5), ("end", "1" * 30), ("limit", False), ("id", None)):
        params = {"id": "A1", "start": 0, "end": 2**63 - 1, name: value}
        (tmp_path / "one.jsonl").write_text(json.dumps({"question": "tcr5", "params": params}), "utf-8")
        assert "tcr5" in json.loads(run("--batch", str(tmp_path / "one.jsonl")).stdout)["error"], (name, value)


# -- bounds


def test_a_limit_keeps_the_first_rows_of_each_step_and_says_how_many_it_left_out(told):
    asked = ("tcr7", "id=601", "threshold=0", *WINDOW)
    for order, ratio in (("time-descending", 0.02), ("time-ascending", 0.399), ("amount-descending", 0.399)):
        answer = told(*asked, "limit=1", f"order={order}")
        assert answer["result"] == [1, 1, ratio], order
        assert answer["truncated"] == [{"bound": "limit", "limit": 1, "skipped": 1, "could_change": True}]
    assert told(*asked, "limit=2")["truncated"] == []


# -- personal values


CARD, OTHER = "6222020000000001", "6222020000000002"


@pytest.fixture
def personal(tmp_path, monkeypatch):
    """Asks a book whose accounts are personal; and its audit log."""
    home = Loading(tmp_path)
    home.mapping = None
    monkeypatch.setenv("RINGFENCE_AUDIT", str(tmp_path / "audit.db"))
    home.load(
        applicants="applicant_id,name\nA1,张三",
        accounts=f"account_no,owner_id\n{CARD},A1",
        transfers=f"from_account,to_account,amount,time\n{CARD},{OTHER},1,2026-01-05",
    )
    home.store.close()
    url = f"sqlite:///{tmp_path}/book.db"
    return lambda *args: CliRunner().invoke(app, ["ask", *args, "--store", url]), AuditLog(tmp_path / "audit.db"), url


def test_a_raw_account_becomes_its_token_and_answers_name_tokens_alone(personal):
    run, audit, url = personal
    tokens = [load_key_file().token("account", card) for card in (CARD, OTHER)]
    spaced = f"{CARD[:4]} {CARD[4:]}"
    for given in (CARD, spaced, tokens[0], f"account:{CARD}"):
        done = run("tcr3", f"id1={given}", f"id2={OTHER}", *WINDOW, "--format", "json")
        answer = json.loads(done.stdout)
        assert (answer["result"], answer["params"]["id1"]) == (1, tokens[0]), given
    traces = run("tcr5", "id=A1", *WINDOW)
    assert (
        traces.stdout
        == " → ".join(f"{token} {_mask(card)}" for token, card in zip(tokens, (CARD, OTHER), strict=True)) + "\n"
    )
    unknown = run("tcr7", "id=6222020000000003", "threshold=0", *WINDOW)
    assert "no account:****0003 in the store" in unknown.stderr
    with service(url, audit=str(audit.path)) as client:
        client.get("/v1/ask", params={"question": "tcr7", "id": CARD, "threshold": 0, "start": 0, "end": "2026-02-01"})
        client.get("/v1/ask", params={"id": CARD, "id1": CARD})
    served, entry = audit.entries(2)[::-1][0], audit.entries(3)[-1]
    assert (served["action"], served["subject"]) == ("api.ask", f"account:{tokens[0]}")
    assert (entry["action"], entry["subject"]) == (
        "cli.ask",
        f"account:{load_key_file().token('account', '6222020000000003')}",
    )
    assert entry["detail"] == {"question": "tcr7", "threshold": "0", "start": "2026-01-01", "end": "2026-02-01"}
    everything = traces.output + unknown.output + json.dumps(audit.entries(), ensure_ascii=False)
    assert CARD not in everything and OTHER not in everything


def _mask(card):
    return f"****{card[-4:]}"


# -- all questions, through loader, store and reader


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_random_books_are_answered_as_brute_force_does(seed, new_store):
    book = random_book(seed)
    reader = Reader(Settings(store=new_store(tables(book))))
    for draw in range(4):
        for number, params in random_questions(book, [seed, draw]):
            given = {
                name: value.removeprefix("applicant:") if name.startswith("id") else value
                for name, value in params.items()
            }
            assert ask(reader, number, given)["result"] == ORACLES[number](book, **params), (
                f"seed {seed}, {number} {params}"
            )
    reader.close()


def test_every_question_is_declared_and_answered():
    assert list(QUESTIONS) == list(ANSWERS) == [*ORACLES, "cycles"]
    for question in QUESTIONS.values():
        assert ANSWERS[question.number].__name__ == question.name.replace("-", "_")


def test_command_and_service_take_every_parameter_as_it_is_declared(client):
    options = {option.name: option.help for option in typer.main.get_command(app).commands["ask"].params}
    operation = client.get("/v1/openapi.json").json()["paths"]["/v1/ask"]["get"]
    queries = {parameter["name"]: parameter["description"] for parameter in operation["parameters"]}
    for name, meaning in MEANINGS.items():
        assert options[name] == queries[name] == meaning
