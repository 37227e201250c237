"""A store copied into another, of either kind, holds the same; so does a database that neo4j-admin makes."""

import json
import subprocess
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from ringfence.graph.errors import UserError
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.store import Run, open_store
from ringfence.graph.store.copying import copy
from ringfence.graph.store.neo4j.admin_import import export_neo4j_import
from ringfence.graph.store.records import FACT_COLUMNS, REJECT_COLUMNS, RELATIONSHIP_COLUMNS
from support.neo4j_server import MavenServer

FILE = '担保, "a".csv'
HOSTILE = "C'1\"`}]->()//\\n{x:1}\n;丙"


def relationships(writer, relation, *rows):
    """Rows (uid, source, target, amount, data, valid_from, valid_to, known_at) as a writer wants them."""
    file = writer.file(FILE)
    frame = pd.DataFrame([(*row, file, place) for place, row in enumerate(rows, 2)], columns=list(RELATIONSHIP_COLUMNS))
    writer.relationships(relation, frame, {"contract_id": "text", "cap": "number", "end_date": "time", "flag": "text"})


def facts(writer, table, *rows):
    """Rows (uid, node, data) as a writer wants them."""
    frame = pd.DataFrame(
        [
            (uid, node, json.dumps(data), ALWAYS, FOREVER, 5, 7, writer.file(FILE), place)
            for place, (uid, node, data) in enumerate(rows, 2)
        ],
        columns=list(FACT_COLUMNS),
    )
    writer.facts(table, frame, {"name": "text", "net_assets": "number", "listed_from": "time"})


def fill(store):
    """Two bulk loads, a small write between them, an undo, rejects, secrets, and two runs."""
    token = store.keys.token("phone", "+8613812345678")
    contract = json.dumps({"contract_id": HOSTILE, "cap": 7.25, "end_date": 1_700_000_000_123}, ensure_ascii=False)
    with store.writer("first", privacy={"device": "internal"}) as writer:
        relationships(
            writer,
            "GUARANTEES",
            ("guarantees:1", f"company:{HOSTILE}", "company:B", 5e6, contract, 10, FOREVER, 5),
            ("guarantees:2", "company:B", f"company:{HOSTILE}", np.nan, None, ALWAYS, 40, ALWAYS),
        )
        relationships(writer, "TRANSFERRED", ("transfers:1", "account:1", "account:2", 1.5, None, 20, FOREVER, 20))
        relationships(writer, "HAS_PHONE", ("applicants:A/m", "applicant:A", f"phone:{token}", np.nan, None, 1, 2, 3))
        facts(writer, "companies", (f"companies:{HOSTILE}", f"company:{HOSTILE}", {"name": HOSTILE, "net_assets": 3}))
        facts(writer, "partners", ("partners:P", None, {"name": "", "listed_from": 1}))
        secret = [token, "138****5678", store.keys.encrypt("+8613812345678")]
        writer.secrets(pd.DataFrame([secret], columns=["token", "mask", "cipher"]))
        reject = ["loans", "a.csv", 3, "loan_id", "missing", "row", HOSTILE]
        writer.rejects(pd.DataFrame([reject, ["loans", None, None, None, "x", "cell", None]], columns=REJECT_COLUMNS))
        writer.publish({"guarantees": {"read": 2}}, 1_600_000_000_000, notes={"left_out": [[HOSTILE, "x"]]})
    with store.writer("left alone") as writer:
        relationships(writer, "GUARANTEES", ("guarantees:9", "company:Y", "company:Z", 1.0, None, 1, 2, 3))
    with store.writer("small", bulk=False) as writer:
        relationships(writer, "TRANSFERRED", ("transfers:1", "account:1", "account:2", 1.5, None, 20, ALWAYS, 30))
        writer.publish({}, None)
    with store.writer("second") as writer:
        facts(writer, "companies", (f"companies:{HOSTILE}", f"company:{HOSTILE}", {"net_assets": 2.5}))
        relationships(writer, "GUARANTEES", ("guarantees:3", "company:B", "company:C", 1.0, None, 1, FOREVER, 3))
        writer.publish({}, 1_650_000_000_000)
    second = writer.load
    store.save_batch(
        [
            Run("guarantee", "1", 3, 1_650_000_000_000, {"x": 1}, 0.5, 0.25, purpose="backtest", policy="a"),
            Run("fraud-ring", "1", 3, 1_650_000_000_000, {}, purpose="backtest", policy="a"),
        ],
        [finding("aa11", 1), finding("ab", 2)],
    )
    store.unload(second)
    case = {"id": "cc", "people": ["company:B"], "parts": [{"id": "aa11"}], "colour": "red", "added": [HOSTILE]}
    nightly = Run("guarantee", "2", 4, 1_650_000_000_001, {}, truncated=[{"bound": "b"}])
    store.save_batch([nightly], [], [case, {"id": "dd", "people": [], "parts": []}])
    store.add_case_entries([entry(HOSTILE), entry("又")])


def finding(identity, rank):
    """A finding in its JSON shape, as far as a store looks at it."""
    return {
        "id": identity, "kind": "guarantee_mutual", "view": "raw", "score": 0.5, "rank": rank, "rank_all": rank,
        "reason_zh": HOSTILE, "members": [{"node": "company:B", "role": "guarantor"}],
        "evidence": [{"uid": "guarantees:1", "row": 2}, {"uid": "guarantees:2", "row": 3}],
        "measures": {"parties": 2, "amount": 5e6}, "as_of": "2026-03-31T00:00:00+08:00", "thread": identity,
        "detector": "guarantee",
    }  # fmt: skip


def entry(text):
    """What somebody noted about a case."""
    return {"case": "cc", "action": "note", "text": text, "by": "李", "at": 7, "people": ["company:B"], "verdict": None}


def contents(store):
    """All that a store holds, in a form that can be compared; files by their names."""
    files = store.files()
    versions = {}
    for load in store.loads():
        for owner in store.owners(load.load):
            frame = pd.concat(list(store.versions(owner, load.load)), ignore_index=True)
            frame["file"] = [files[file] for file in frame["file"]]
            versions[owner, load.load] = frame.astype(object).where(frame.notna(), None).values.tolist()
    return {
        "loads": store.loads(),
        "data_date": store.data_date(),
        "versions": versions,
        "privacy": store.privacy(),
        "fields": store.fields(),
        "rejects": {
            load.load: [
                [None if cell != cell else cell for cell in row] for row in store.rejects(load.load).values.tolist()
            ]
            for load in store.loads()
        },
        "secrets": [block.values.tolist() for block in store.secrets()],
        "runs": store.runs(),
        "findings": store.findings([run.run for run in store.runs()]),
        "cases": [store.cases(batch) for batch in (None, 1, 2)],
        "case_entries": store.case_entries(),
        "counts": store.counts(),
        "changes": [changes(store, revision) for revision in (2, store.revision())],
        "shown": [shown(store.snapshot().at(at)) for at in (4, 20, 30, 50)],
    }


def changes(store, revision):
    """What changed since a revision, or that the store cannot tell."""
    try:
        return store.changes_since(revision)
    except UserError as error:
        return str(error)


def shown(snapshot):
    """What a snapshot shows, whatever the order of its nodes."""
    arcs = {
        relation: sorted(map(str, (snapshot.relationship(int(place)) for place in snapshot.edges(relation).positions)))
        for relation in ("GUARANTEES", "TRANSFERRED", "HAS_PHONE")
    }
    facts = snapshot.facts("companies")
    return arcs, facts.drop(columns="node").astype(str).values.tolist()


@pytest.fixture
def source(tmp_path):
    """An embedded store with something of everything."""
    with closing(open_store(f"sqlite:///{tmp_path}/source.db")) as store:
        fill(store)
        yield store


@pytest.fixture
def back(tmp_path):
    """An empty embedded store."""
    with closing(open_store(f"sqlite:///{tmp_path}/back.db")) as store:
        yield store


def test_a_copy_to_neo4j_and_back_holds_the_same(source, neo4j_url, back):
    with closing(open_store(neo4j_url)) as there:
        report = copy(source, there)
        assert (report.revisions, report.versions, report.runs) == (4, 9, 3)
        assert contents(there) == contents(source)
        assert copy(there, back).versions == 9
    assert contents(back) == contents(source)
    assert copy(source, back).revisions == 0


@pytest.mark.parametrize("kind", ["sqlite", "neo4j"])
def test_a_copy_that_broke_off_is_taken_up_and_brought_up_to_date(source, kind, tmp_path, request):
    url = f"sqlite:///{tmp_path}/to.db" if kind == "sqlite" else request.getfixturevalue("neo4j_url")

    def break_off(step, name, done, total):
        if name.startswith("load 4"):
            raise KeyboardInterrupt

    with closing(open_store(url)) as target:
        with pytest.raises(KeyboardInterrupt):
            copy(source, target, break_off)
        assert target.revision() == 2
        assert copy(source, target).revisions == 2
        with source.writer("third") as writer:
            relationships(writer, "GUARANTEES", ("guarantees:4", "company:C", "company:D", 1.0, None, 1, FOREVER, 3))
            writer.publish({}, None)
        assert copy(source, target).versions == 1
        assert contents(target) == contents(source)


@pytest.mark.parametrize("kind", ["sqlite", "neo4j"])
def test_a_store_that_holds_something_else_is_no_place_for_a_copy(source, kind, tmp_path, request):
    url = f"sqlite:///{tmp_path}/to.db" if kind == "sqlite" else request.getfixturevalue("neo4j_url")
    with closing(open_store(url)) as target:
        with target.writer("own") as writer:
            relationships(writer, "GUARANTEES", ("guarantees:4", "company:C", "company:D", 1.0, None, 1, FOREVER, 3))
            writer.publish({}, None)
        before = contents(target)
        with pytest.raises(UserError, match="holds something else"):
            copy(source, target)
        assert contents(target) == before


def test_a_database_made_by_neo4j_admin_opens_as_a_normal_store(source, tmp_path, server_or_skip, monkeypatch):
    counts = export_neo4j_import(source, tmp_path / "files")
    assert counts["nodes"] > 20 and counts["relationships"] > 10
    with server_or_skip(closing_server()) as server:
        monkeypatch.setenv("RINGFENCE_NEO4J_PASSWORD", server.password)
        environment = {"NEO4J_ADMIN": str(server.admin_script()), "PATH": "/usr/bin:/bin"}
        command = ["sh", str(tmp_path / "files" / "import.sh")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        server.start()
        with closing(open_store(server.url, create=False)) as store:
            assert contents(store) == contents(source)
            with store.writer("third") as writer:
                relationships(
                    writer, "GUARANTEES", ("guarantees:4", "company:C", "company:D", 1.0, None, 1, FOREVER, 3)
                )
                writer.publish({}, None)
            assert writer.load == 5 and store.revision() == 5
            copied = store.connection.read("MATCH (n:Company) WHERE n.net_assets = 3 RETURN n.name AS name")
            assert [record["name"] for record in copied] == [HOSTILE], "nodes carry their latest values"
            members = store.connection.read("MATCH (f:Finding)-[m:HAS_MEMBER]->(n:Company) RETURN m.role + n.key AS m")
            assert [record["m"] for record in members] == ["guarantorcompany:B"] * 2


def test_files_are_written_into_an_empty_folder_only(source, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "x").touch()
    with pytest.raises(UserError, match="not empty"):
        export_neo4j_import(source, tmp_path / "files")


def closing_server():
    """A server that Maven brings, not yet started, removed at the end."""
    from contextlib import contextmanager

    @contextmanager
    def opened():
        server = MavenServer()
        try:
            yield server
        finally:
            server.remove()

    return opened()
