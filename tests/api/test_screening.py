"""What screening an application says: what a full run over the book with it would say of its applicant, and more."""

import csv
import json
import shutil
from datetime import timedelta

import pytest
from ringfence.api.cli import app
from ringfence.api.services.guarantees import portfolio
from ringfence.api.services.once import Different, once
from ringfence.api.services.reader import Reader
from ringfence.api.services.screening import Desk
from ringfence.api.settings import Settings
from ringfence.detectors.kept import kept
from ringfence.detectors.run import run
from ringfence.graph.errors import UserError
from ringfence.graph.model import FOREVER
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.marking import Mark, mark
from ringfence.loaders.sample import write_sample
from ringfence.loaders.schema.naming import naming_cells
from ringfence.loaders.sources import open_source
from support.service import service
from typer.testing import CliRunner

APPLICANTS, SEED = 4000, 8
GIVEN = ("applicants", "applications", "contacts")
"""The tables of which a held-out applicant's rows are screened; what else the book says of them is left out."""
SOUGHT = {"fraud_ring": 2, "intermediary": 2, "velocity": 2}
"""So many members of findings of each kind are held out."""


def detected(store, folder):
    """A nightly run, its populations kept."""
    return run(store.snapshot().at(store.data_date()), store, keep_in=folder)


def about(findings, applicant):
    """What findings with an applicant say, without where rows stood and what takes the whole batch to tell."""
    told = []
    for finding in findings:
        if applicant in {member["node"] for member in finding["members"]}:
            names = ("id", "kind", "view", "score", "colour", "members", "reason_zh", "reason_en", "measures", "things")
            rows = sorted(row["uid"] for row in finding["evidence"])
            told.append({**{name: finding[name] for name in names}, "evidence": rows, "twin": finding["innocent_twin"]})
    return sorted(told, key=lambda one: one["id"])


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, rows, header):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)


def hold_out(folder, ids):
    """Take applicants out of a folder of tables, and return what ``GIVEN`` says of each."""
    tables = {path: read(path) for path in folder.glob("*.csv")}
    gone = {applicant: {applicant} for applicant in ids}
    for rows in tables.values():  # their applications and loans go with them
        for row in rows:
            for applicant in {row.get("applicant_id"), row.get("borrower_id")} & set(ids):
                gone[applicant] |= {row[key] for key in ("apply_no", "loan_id") if row.get(key)}
    every = set().union(*gone.values())
    held = {applicant: {} for applicant in ids}
    for path, rows in tables.items():
        kept_rows = [row for row in rows if not every & set(row.values())]
        for applicant in ids if path.stem in GIVEN else ():
            held[applicant][path.stem] = [row for row in rows if row["applicant_id"] == applicant]
        write(path, kept_rows, list(rows[0]))
    return held


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book without some applicants, its store with a nightly run, and the rows of each of them."""
    folder = tmp_path_factory.mktemp("screening")
    write_sample(folder / "book", APPLICANTS, SEED, "dense")
    whole = open_store(f"sqlite:///{folder}/whole.db")
    load(whole, open_source(str(folder / "book"), None))
    found = [finding.as_dict() for finding in run(whole.snapshot().at(whole.data_date())).findings]
    whole.close()
    chosen = {}
    for kind, count in SOUGHT.items():
        members = [one["node"] for finding in found if finding["kind"] == kind for one in finding["members"][1:2]]
        chosen |= dict.fromkeys([name for name in members if name.startswith("applicant:")][:count])
    ids = [name.partition(":")[2] for name in chosen]
    held = hold_out(folder / "book", ids)
    store = open_store(f"sqlite:///{folder}/book.db")
    load(store, open_source(str(folder / "book"), None))
    detected(store, store.beside("populations"))
    store.close()
    return folder, held


@pytest.fixture
def desk(book):
    reader = Reader(Settings(store=f"sqlite:///{book[0]}/book.db"))
    yield Desk(reader)
    reader.close()


def full_run(folder, rows, into):
    """What a run over the book with some rows loaded says, with the populations of the book without them."""
    shutil.copy(folder / "book.db", into / "with.db")
    (into / "rows").mkdir()
    for table, some in rows.items():
        if some:
            write(into / "rows" / f"{table}.csv", some, list(some[0]))
    store = open_store(f"sqlite:///{into}/with.db")
    load(store, open_source(str(into / "rows"), None))
    frozen = kept(folder / "book.db.populations")
    view = store.snapshot().at(store.data_date())
    found = run(view, populations={name: one.population for name, one in frozen.items()}).findings
    store.close()
    return [finding.as_dict() for finding in found]


def test_screening_says_what_a_full_run_with_the_same_populations_says(book, desk, tmp_path):
    folder, held = book
    compared = 0
    for applicant, rows in held.items():
        (into := tmp_path / applicant).mkdir()
        expected = about(full_run(folder, rows, into), f"applicant:{applicant}")
        told = desk.screen(rows)
        assert told["not_checked"] == []
        assert about(told["findings"], f"applicant:{applicant}") == expected, applicant
        compared += len(expected)
    assert compared >= 2


def test_the_limit_of_the_portfolio_blocks_and_before_it_warns(book, desk, tmp_path):
    """The share is that of the book at the nightly run; what it means is what the policy says now."""
    rows = next(iter(book[1].values()))
    reader = Reader(Settings(store=f"sqlite:///{book[0]}/book.db"))
    usual, found = desk.screen(rows)["portfolio"], portfolio(reader)
    reader.close()
    share = found["share"]
    assert share and (usual["share"], usual["state"], usual["as_of"]) == (share, found["state"], found["as_of"])
    for limit, warning, state in ((share, share / 2, "block"), (share + 0.01, share, "warning"), (1, 1, "ok")):
        policy = tmp_path / "policy.toml"
        limits = f"[parameters.guarantee]\nportfolio_limit = {limit}\nportfolio_warning = {warning}\n"
        policy.write_text(f'version = "x"\n[colours]\nyellow = 0.4\norange = 0.6\nred = 0.8\n{limits}', "utf-8")
        reader = Reader(Settings(store=f"sqlite:///{book[0]}/book.db", policy=policy))
        told = Desk(reader).screen(rows, 0)["portfolio"]
        reader.close()
        assert told["state"] == state
        assert f"{share:.2%}" in told["zh"] and f"{share:.2%}" in told["en"]
        assert ("不得新增" in told["zh"]) == ("no further enhanced loan" in told["en"]) == (state == "block")


def test_nothing_is_stored(book, desk):
    rows = next(iter(book[1].values()))
    before = desk._reader.store.revision()
    desk.screen(rows)
    assert desk._reader.store.revision() == before


def test_what_there_is_no_time_for_is_named(book, desk):
    told = desk.screen(next(iter(book[1].values())), deadline_ms=0)
    assert {one["what"] for one in told["not_checked"]} >= {
        "velocity counts",
        "fraud-ring",
        "distance to confirmed bad",
    }
    assert told["findings"] == []


def test_a_step_that_was_slow_once_is_tried_again(book, desk):
    rows = next(iter(book[1].values()))
    desk._usual["guarantee"] = 65.0
    made = ["guarantee" not in [one["what"] for one in desk.screen(rows, 60_000)["not_checked"]] for _ in range(2)]
    assert made == [False, True]


def test_rows_that_name_nobody_are_no_application(desk):
    with pytest.raises(UserError, match=r"no applicant that can be used: applications\.applicant_id unknown_applicant"):
        desk.screen({"applications": [{"apply_no": "X", "applicant_id": "nobody", "apply_time": "soon"}]})


def test_the_service_screens_one_or_several_and_shows_no_raw_value(book):
    folder, held = book
    rows = {**next(iter(held.values()))}
    with service(f"sqlite:///{folder}/book.db") as client:
        (one,) = client.post("/v1/screen", json={"tables": rows, "deadline_ms": None}).json()["screenings"]
        assert one["not_checked"] == []
        assert one["colour"]
        nobody = {"applications": [{"apply_no": "X", "applicant_id": "nobody", "apply_time": "2026-01-01"}]}
        several = client.post("/v1/screen", json={"batch": [rows, nobody], "deadline_ms": None}).json()["screenings"]
        assert several[0]["reasons"] == one["reasons"]
        assert several[1]["error"].startswith("the rows name no applicant")
        mobile = rows["applicants"][0]["mobile"]
        assert mobile and mobile not in str(one)
        for body in ({}, {"tables": rows, "batch": []}, {"tables": {"applications": "x"}}):
            assert client.post("/v1/screen", json=body).status_code == 422
        assert client.post("/v1/screen", json={"tables": {"loans": []}}).status_code == 400


def test_the_command_says_what_the_service_says(book, tmp_path):
    folder, held = book
    file = tmp_path / "application.json"
    file.write_text(json.dumps(next(iter(held.values())), ensure_ascii=False), "utf-8")
    url = f"sqlite:///{folder}/book.db"
    told = CliRunner().invoke(app, ["screen", str(file), "--store", url])
    assert told.exit_code == 0, told.output
    assert "nothing found" not in told.output.splitlines()[0]
    asked = ["screen", str(file), "--format", "json", "--deadline-ms", "0", "--store", url]
    assert json.loads(CliRunner().invoke(app, asked).output)["findings"] == []


@pytest.fixture
def copy(book, tmp_path):
    """A copy of the book, which may be written to: its URL."""
    for path in book[0].glob("book.db*"):
        if path.is_dir():
            shutil.copytree(path, tmp_path / path.name)
        elif path.suffix != ".lock":
            shutil.copy(path, tmp_path / path.name)
    return f"sqlite:///{tmp_path}/book.db"


def another(rows, number):
    """Somebody new who applies with the phone and the handset of the applicant of these rows."""
    filed = {**rows["applications"][0], "apply_no": f"X{number}", "applicant_id": f"X{number}"}
    return {
        "applicants": [{"applicant_id": f"X{number}", "name": "王新", "mobile": rows["applicants"][0]["mobile"]}],
        "applications": [filed],
    }


def said(told):
    """What a screening says, but for how long it took."""
    return {name: value for name, value in told.items() if name not in ("milliseconds", "revision", "stored")}


def test_what_is_stored_is_seen_at_once_in_another_process_and_no_snapshot_is_built_for_it(book, copy):
    rows = next(iter(book[1].values()))
    one, other, late = (Reader(Settings(store=copy)) for _ in range(3))
    try:
        before = Desk(other).screen(another(rows, 1))
        desk, snapshot = Desk(other), other.snapshot()
        stored = Desk(one).screen_and_store(rows, None, None)
        after = desk.screen(another(rows, 1))
        assert stored["stored"] == after["revision"] == before["revision"] + 1
        assert said(after) != said(before)
        assert other._snapshot is snapshot
        late.snapshot()  # built anew
        assert said(Desk(late).screen(another(rows, 1))) == said(after)
    finally:
        for reader in (one, other, late):
            reader.close()


def test_what_is_erased_is_not_seen_any_more_by_a_process_that_saw_it(book, copy):
    rows = next(iter(book[1].values()))
    gone = f"applicant:{rows['applicants'][0]['applicant_id']}"
    one, other = (Reader(Settings(store=copy)) for _ in range(2))
    try:
        desk, snapshot = Desk(other), other.snapshot()
        Desk(one).screen_and_store(rows, None, None)
        assert gone in json.dumps(desk.screen(another(rows, 1))) and other._snapshot is snapshot
        one.store.erase(gone, naming_cells())
        assert gone not in json.dumps(desk.screen(another(rows, 1)))
    finally:
        one.close()
        other.close()


def written(store):
    """What the newest load of a store wrote: uids by table and relation."""
    number = store.loads()[-1].load
    return {
        owner: sorted(uid for frame in store.versions(owner, number) for uid in frame["uid"])
        for owner in store.owners(number)
    }


def test_what_is_stored_is_what_a_load_of_it_writes(book, copy, tmp_path):
    rows = next(iter(book[1].values()))
    reader = Reader(Settings(store=copy))
    Desk(reader).screen_and_store(rows, None, None)
    stored = written(reader.store)
    reader.close()
    shutil.copy(book[0] / "book.db", tmp_path / "other.db")
    (tmp_path / "rows").mkdir()
    for table, some in rows.items():
        write(tmp_path / "rows" / f"{table}.csv", some, list(some[0]))
    again = open_store(f"sqlite:///{tmp_path}/other.db")
    load(again, open_source(str(tmp_path / "rows"), None))
    assert written(again) == stored
    again.close()


def test_a_request_that_stores_is_done_once_under_its_key(book, copy):
    rows = next(iter(book[1].values()))
    body = {"tables": rows, "deadline_ms": None, "store": True}
    with service(copy) as client:

        def send(number, key="k1", client=client):
            sent = {**body, "tables": another(rows, number)}
            return client.post("/v1/screen", json=sent, headers={"Idempotency-Key": key})

        first, again = send(1), send(1)
        store = client.app.state.reader.store
        revision = store.revision()
        assert first.json()["screenings"][0]["stored"] == revision
        assert again.json() == first.json()
        assert send(2).status_code == 422
        with once(store, "somebody else", "k2", b""):
            assert send(2, "k2").status_code == 200  # another's key
        caller = client.get("/v1/me").json()["name"]
        with once(store, caller, "k3", b""):
            assert send(3, "k3").status_code == 409
        assert send(3, "k3").status_code == 200
        assert store.revision() == revision + 2
        assert client.post("/v1/screen", json={"batch": [rows], "store": True}).status_code == 422
    with service(copy, "investigator") as client:
        assert client.post("/v1/screen", json={**body, "tables": another(rows, 4)}).status_code == 403


def test_an_answer_counts_only_where_its_write_was_published_and_for_a_day(book, copy, monkeypatch):
    rows = next(iter(book[1].values()))
    reader = Reader(Settings(store=copy))
    with once(reader.store, "me", "k", b"body") as request:
        request.put_down(999, {"stored": 1})  # and then the process died
    with once(reader.store, "me", "k", b"another body") as request:
        assert request.answer is None
        told = Desk(reader).screen_and_store(another(rows, 1), None, request)
    with once(reader.store, "me", "k", b"another body") as request:
        assert request.answer == told
    with pytest.raises(Different), once(reader.store, "me", "k", b"body"):
        pass
    monkeypatch.setattr("ringfence.api.services.once.KEPT", timedelta(0))
    with once(reader.store, "me", "k", b"body") as request:
        assert request.answer is None
    reader.close()


def test_who_was_confirmed_since_the_nightly_run_counts_at_once(book, copy):
    rows = next(iter(book[1].values()))
    reader, applicant = Reader(Settings(store=copy)), rows["applicants"][0]["applicant_id"]
    desk = Desk(reader)
    desk.screen_and_store(rows, None, None)
    desk.screen_and_store(another(rows, 1), None, None)
    date = reader.store.data_date()
    mark(reader.store, [Mark(f"applicant:{applicant}", "confirmed_fraud", "case 1", date, FOREVER, date)], "verdicts")
    told = desk.screen(another(rows, 2))["confirmed_bad"]
    assert told == {"distance": 1, "path": ["applicant:X2", f"applicant:{applicant}"]}
    alone = {"applicants": [{"applicant_id": "X1"}], "applications": [{**rows["applications"][0], "apply_no": "X9"}]}
    alone["applications"][0]["applicant_id"] = "X1"
    assert desk.screen(alone)["confirmed_bad"]["distance"] == 1
    reader.close()
