"""How the graph lies in Neo4j, for people's own Cypher: labels, types, times, latest values and masks on nodes."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.store import Run, open_store
from ringfence.graph.store.records import FACT_COLUMNS, RELATIONSHIP_COLUMNS

T0 = 1_700_000_000_123


@pytest.fixture
def store(neo4j_url):
    with closing(open_store(neo4j_url)) as store:
        yield store


@pytest.fixture
def ask(store):
    """Rows of a query as dictionaries, times as epoch milliseconds."""

    def asked(query, **parameters):
        return [record.data() for record in store.connection.read(query, **parameters)]

    return asked


def company(writer, name, uid="companies:A", node="company:A", **cells):
    data = json.dumps({"name": name, **cells})
    row = (uid, node, data, ALWAYS, FOREVER, T0, ALWAYS, 1, 2)
    fields = {"name": "text", "net_assets": "number", "status_date": "time"}
    writer.facts("companies", pd.DataFrame([row], columns=list(FACT_COLUMNS)), fields)


def guarantee(writer, uid, amount=5.0, valid_from=T0, valid_to=FOREVER, data=None):
    row = (uid, "company:A", "company:B", amount, data, valid_from, valid_to, T0, 1, 2)
    fields = {"contract_id": "text", "cap": "number", "end_date": "time"}
    writer.relationships("GUARANTEES", pd.DataFrame([row], columns=list(RELATIONSHIP_COLUMNS)), fields)


def test_a_relationship_carries_times_of_neo4js_own_and_its_cells(store, ask):
    with store.writer("a") as writer:
        guarantee(writer, "g", data=json.dumps({"contract_id": "K1", "cap": 7, "end_date": T0}))
        guarantee(writer, "h", amount=np.nan, valid_from=ALWAYS, valid_to=ALWAYS)
        writer.publish({}, T0)
    rows = ask(
        "MATCH (a:Company {key: 'company:A'})-[g:GUARANTEES]->(b:Company {key: 'company:B'})"
        " RETURN properties(g) AS g, g.valid_from.epochMillis AS begun, g.end_date.epochMillis AS due ORDER BY g.uid"
    )
    first, second = (row["g"] for row in rows)
    assert (rows[0]["begun"], rows[0]["due"], first["amount"], first["cap"]) == (T0, T0, 5.0, 7.0)
    assert first["contract_id"] == "K1" and first["load"] == writer.load and "valid_to" not in first
    assert second["retracted"] is True
    assert not {"amount", "valid_from", "valid_to", "contract_id"} & set(second)
    assert ask("MATCH (l:Load) RETURN l.state AS state, l.data_date.epochMillis AS at") == [
        {"state": "published", "at": T0}
    ]


def test_a_node_carries_its_latest_values_and_after_undo_those_before(store, ask):
    def seen():
        return ask("MATCH (n:Company {key: 'company:A'}) RETURN properties(n) AS n")[0]["n"]

    with store.writer("a") as writer:
        company(writer, "甲", net_assets=3, status_date=T0)
        writer.publish({}, None)
    assert (seen()["name"], seen()["net_assets"]) == ("甲", 3.0)
    assert ask("MATCH (n:Company) RETURN n.status_date.epochMillis AS at") == [{"at": T0}]
    with store.writer("b") as writer:
        company(writer, "乙")
        assert seen()["name"] == "甲", "nothing of a load shows before it is published"
        writer.publish({}, None)
    assert seen() == {"key": "company:A", "name": "乙"}
    store.unload(writer.load)
    assert (seen()["name"], seen()["net_assets"]) == ("甲", 3.0)
    store.unload(1)
    assert seen() == {"key": "company:A"}


def test_a_fact_is_tied_to_its_node_and_keeps_its_row(store, ask):
    with store.writer("a") as writer:
        company(writer, "甲", net_assets=3)
        writer.publish({}, None)
    (row,) = ask(
        "MATCH (f:Fact)-[:OF]->(n:Company) RETURN properties(f) AS f, n.key AS key, f.known_at.epochMillis AS k"
    )
    assert row["key"] == "company:A" and row["k"] == T0
    assert row["f"]["table"] == "companies" and json.loads(row["f"]["data"]) == {"name": "甲", "net_assets": 3}
    assert (row["f"]["uid"], row["f"]["row"], row["f"]["net_assets"]) == ("companies:A", 2, 3.0)


def test_what_all_rows_of_a_batch_share_is_told_once_and_read_as_if_every_row_told_it(store, ask):
    def rows(times):
        return [
            (f"g{n}", "company:A", f"company:{n}", np.nan, '{"via":"x"}', at, FOREVER, at, 1, n)
            for n, at in enumerate(times)
        ]

    written = [
        rows([T0, T0 + 1]),
        rows([T0, T0])[::-1],  # not in the order of the file, which is kept all the same
        [("o", "company:A", "company:B", 2.0, None, ALWAYS, ALWAYS, T0, 1, 9)],
    ]
    with store.writer("a") as writer:
        for number, part in enumerate(written):
            frame = pd.DataFrame(part, columns=list(RELATIONSHIP_COLUMNS))
            writer.relationships("GUARANTEES", frame.assign(uid=frame["uid"] + str(number)), {"via": "text"})
        writer.publish({}, None)
    rest = {"amount": None, "file": 1, "data": '{"via":"x"}'}
    shared = [json.loads(row["same"]) for row in ask("MATCH (b:Batch) RETURN b.same AS same ORDER BY b.batch")]
    assert shared == [
        {"valid_to": FOREVER, "known_at": "valid_from", **rest, "place": "row"},
        {"valid_from": T0, "valid_to": FOREVER, "known_at": T0, **rest},
        {"valid_from": ALWAYS, "valid_to": ALWAYS, "known_at": T0, "place": "row", "file": 1, "data": ""},
    ]
    told = pd.concat(list(store.versions("GUARANTEES", writer.load)), ignore_index=True)
    assert told["valid_from"].tolist() == [T0, T0 + 1, T0, T0, ALWAYS]
    assert told["known_at"].tolist() == [T0, T0 + 1, T0, T0, T0]
    assert told["valid_to"].tolist() == [FOREVER] * 4 + [ALWAYS]
    assert told["row"].tolist() == [0, 1, 1, 0, 9] and told["file"].tolist() == [1] * 5
    assert told["amount"].isna().tolist() == [True] * 4 + [False]
    assert told["data"].isna().tolist() == [False] * 4 + [True]
    snapshot = store.snapshot()
    # A store of before holds the same properties on its relationships and nothing on its batches.
    store.connection.write("MATCH (b:Batch) REMOVE b.same")
    again = pd.concat(list(store.versions("GUARANTEES", writer.load)), ignore_index=True)
    pd.testing.assert_frame_equal(again, told)
    known = np.array([edge["known_at"] for edge in map(snapshot.relationship, range(snapshot.edge_count))])
    assert known.tolist() == told["known_at"].tolist()


def test_text_with_a_token_never_stands_on_a_batch(store, ask):
    token = store.keys.token("phone", "+8613812345678")
    with store.writer("a") as writer:
        company(writer, f"{token}")
        writer.publish({}, None)
    (row,) = ask("MATCH (b:Batch) RETURN b.same AS same")
    assert "data" not in json.loads(row["same"]) and token not in row["same"]


def test_a_personal_node_shows_its_mask(store, ask):
    token = store.keys.token("phone", "+8613812345678")
    with store.writer("a") as writer:
        row = ("p", "applicant:1", f"phone:{token}", np.nan, None, ALWAYS, FOREVER, ALWAYS, 1, 2)
        writer.relationships("HAS_PHONE", pd.DataFrame([row], columns=list(RELATIONSHIP_COLUMNS)), {})
        secret = [token, "138****5678", store.keys.encrypt("+8613812345678")]
        writer.secrets(pd.DataFrame([secret], columns=["token", "mask", "cipher"]))
        writer.publish({}, None)
    assert ask("MATCH (:Applicant)-[:HAS_PHONE]->(p:Phone) RETURN p.mask AS mask") == [{"mask": "138****5678"}]


def test_findings_are_tied_to_their_run_and_members(store, ask):
    with store.writer("a") as writer:
        guarantee(writer, "g")
        writer.publish({}, None)
    finding = {
        "id": "aa11", "kind": "guarantee_mutual", "rank_all": 1, "score": 0.5, "as_of": "2026-03-31T00:00:00+08:00",
        "members": [{"node": f"company:{key}", "role": "party"} for key in "AB"],
        "evidence": [{"uid": "g"}, {"uid": "g"}], "measures": {"parties": 2}, "detector": "guarantee",
    }  # fmt: skip
    run = store.save_batch([Run("guarantee", "1", 1, T0, {})], [finding])[0].run
    assert ask(
        "MATCH (r:Run)-[:FOUND]->(f:Finding)-[m:HAS_MEMBER]->(a) RETURN r.run AS run, f.id AS id, m.role AS role,"
        " a.key AS key, f.evidence AS evidence, f.measure_parties AS parties, f.as_of.epochMillis AS at ORDER BY key"
    ) == [
        {"run": run, "id": "aa11", "role": "party", "key": f"company:{key}", "evidence": ["g"], "parties": 2.0,
         "at": 1774886400000}
        for key in "AB"
    ]  # fmt: skip


def test_a_run_that_never_became_whole_does_not_show(store, ask):
    store.save_batch([Run("guarantee", "1", 1, T0, {})], [], [{"id": "c1", "people": []}])
    store.connection.write("CREATE (:Run {run: 2, state: 'open', begun: 0})-[:FOUND]->(:Finding {run: 2, id: 'aa'})")
    store.connection.write("CREATE (:Case {batch: 7, place: 0, begun: 0, id: 'c2', body: '{}'})")
    assert [run.run for run in store.latest_runs()] == [1] and store.finding("aa") == []
    assert store.cases() == [{"id": "c1", "people": []}]
    store.save_batch([Run("guarantee", "1", 1, T0, {})], [])
    assert ask("MATCH (f:Finding) RETURN f") == [], "what is a day old is cleared away"
    assert ask("MATCH (c:Case) RETURN c.id AS id") == [{"id": "c1"}]


def test_cases_show_their_people_and_findings_and_entries_what_they_are(store, ask):
    case = {
        "id": "c1", "state": "grown", "colour": "red", "people": ["company:A"], "parts": [{"id": "aa11"}],
        "first_seen": "2026-03-01T00:00:00+08:00", "last_seen": "2026-03-31T00:00:00+08:00",
    }  # fmt: skip
    (run,) = store.save_batch([Run("guarantee", "1", 1, T0, {})], [], [case])
    store.add_case_entries([{"case": "c1", "action": "verdict", "verdict": "innocent", "by": "li", "text": "x"}])
    assert ask(
        "MATCH (c:Case) RETURN c.batch AS batch, c.state AS state, c.people AS people, c.findings AS findings"
    ) == [{"batch": run.batch, "state": "grown", "people": ["company:A"], "findings": ["aa11"]}]
    assert ask("MATCH (e:CaseEntry) RETURN e.entry AS entry, e.case AS case, e.verdict AS verdict, e.by AS by") == [
        {"entry": 1, "case": "c1", "verdict": "innocent", "by": "li"}
    ]


def test_names_that_are_none_of_the_vocabulary_are_refused(store):
    from ringfence.graph.store.neo4j.schema import label, relation_type

    for name in ("Company`) DETACH DELETE n //", "", "company "):
        with pytest.raises(ValueError):
            label(name)
        with pytest.raises(ValueError):
            relation_type(name)
    with pytest.raises(ValueError, match="no canonical column"), store.writer("a") as writer:
        row = ("g", "company:A", "company:B", 1.0, '{"x`": 1}', ALWAYS, FOREVER, ALWAYS, 1, 2)
        frame = pd.DataFrame([row], columns=list(RELATIONSHIP_COLUMNS))
        writer.relationships("GUARANTEES", frame, {"x`": "number"})


def test_a_store_of_an_earlier_version_gets_the_constraints_that_it_lacks_when_it_is_opened(store, neo4j_url, ask):
    def held():
        names = [row["name"] for kind in ("CONSTRAINTS", "INDEXES") for row in ask(f"SHOW {kind} YIELD name")]
        return {name for name in names if name.startswith("ringfence_related_to")}

    complete = held()
    assert complete == {"ringfence_related_to", "ringfence_related_to_batch"}
    store.connection.write("MATCH (s:Ringfence {name: 'store'}) SET s.schema = 1")
    store.connection.once("DROP CONSTRAINT ringfence_related_to")
    store.connection.once("DROP INDEX ringfence_related_to_batch")
    assert held() == set()
    open_store(neo4j_url).close()
    assert held() == complete


def test_the_password_is_in_no_log_even_where_everything_is_logged(neo4j_url, monkeypatch, caplog):
    import os

    password = os.environ["RINGFENCE_NEO4J_PASSWORD"]
    with caplog.at_level(logging.DEBUG), closing(open_store(neo4j_url)) as store:
        assert store.revision() == 0
        assert password not in store.url and password not in repr(vars(store.connection.address))
    assert "bolt" in caplog.text.lower() and password not in caplog.text


def test_readers_that_come_and_go_are_met_whole_or_not_at_all(store):
    def look(_):
        with store.reading():
            return True

    with ThreadPoolExecutor(2) as pool:
        looks = [pool.submit(look, number) for number in range(150)]
        while not all(done.done() for done in looks):
            assert store.readers.revisions() <= {0}
    assert all(done.result() for done in looks)
