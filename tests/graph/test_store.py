"""What every store does, whichever it is."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from ringfence.graph.errors import UserError
from ringfence.graph.keys import load_key_file
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.store import Run, open_store
from ringfence.graph.store.masks import mask_of
from ringfence.graph.store.records import REJECT_COLUMNS
from support.stores import STORES

ALWAYS_TRUE = {"valid_from": ALWAYS, "valid_to": FOREVER, "known_at": ALWAYS, "file": 1, "row": 2}


@pytest.fixture(params=STORES)
def url(request, tmp_path):
    """A store that is not there yet, of every kind."""
    return f"sqlite:///{tmp_path}/graph.db" if request.param == "sqlite" else request.getfixturevalue("neo4j_url")


@pytest.fixture
def store(url):
    store = open_store(url)
    yield store
    store.close()


def relationships(*rows):
    """Rows (uid, source, target) with optional keywords as a writer wants them."""
    defaults = {"amount": np.nan, "data": None, **ALWAYS_TRUE}
    return pd.DataFrame(
        [{"uid": uid, "source": s, "target": t, **defaults, **(more[0] if more else {})} for uid, s, t, *more in rows]
    )


def facts(*rows):
    defaults = {**ALWAYS_TRUE, "status_from": ALWAYS}
    return pd.DataFrame(
        [
            {"uid": uid, "node": node, "data": json.dumps(data), **defaults, **(more[0] if more else {})}
            for uid, node, data, *more in rows
        ]
    )


def guarantee(store, *rows, bulk=True, data_date=None):
    with store.writer("test", bulk=bulk) as writer:
        writer.file("guarantees.csv")
        writer.relationships("GUARANTEES", relationships(*rows), {"contract_id": "text", "cap": "number"})
        writer.publish({"guarantees": {"read": len(rows)}}, data_date)
    return writer.load


def arcs(snapshot):
    edges = snapshot.edges("GUARANTEES")
    return set(zip(snapshot.names(edges.source), snapshot.names(edges.target), strict=True))


def test_a_new_store_is_empty_at_revision_0(store):
    assert store.revision() == 0
    assert store.counts() == ({}, {})
    assert store.loads() == [] and store.data_date() is None
    assert store.snapshot().node_count == 0


def test_nothing_of_a_load_shows_before_it_is_published(store):
    with store.writer("a") as writer:
        writer.relationships("GUARANTEES", relationships(("g", "company:A", "company:B")), {})
        assert store.counts() == ({}, {})
        assert store.get("company:A") is None
        assert arcs(store.snapshot()) == set()
        assert store.open_load() == (writer.load, "a")
        writer.publish({}, None)
    assert store.open_load() is None
    assert store.counts() == ({"company": 2}, {"GUARANTEES": 1})
    assert arcs(store.snapshot()) == {("company:A", "company:B")}


def test_a_load_left_unpublished_leaves_nothing(store):
    guarantee(store, ("g", "company:A", "company:B"))
    with pytest.raises(ZeroDivisionError), store.writer("b") as writer:
        writer.relationships("GUARANTEES", relationships(("h", "company:C", "company:D")), {})
        writer.rejects(pd.DataFrame([["t", "f", 1, "c", "r", "row", "v"]], columns=REJECT_COLUMNS))
        raise ZeroDivisionError
    assert store.counts() == ({"company": 2}, {"GUARANTEES": 1})
    assert len(store.rejects()) == 0 and len(store.loads()) == 1


def test_a_load_whose_process_died_is_discarded_by_the_next(url):
    script = (
        "import os, pandas as pd\n"
        "from ringfence.graph.store import open_store\n"
        f"store = open_store({url!r})\n"
        "context = store.writer('died')\n"
        "writer = context.__enter__()\n"
        "row = {'uid': 'x', 'source': 'company:X', 'target': 'company:Y', 'amount': 1.0, 'data': None, 'valid_from': 0,"
        " 'valid_to': 9, 'known_at': 0, 'file': 1, 'row': 2}\n"
        "writer.relationships('GUARANTEES', pd.DataFrame([row]), {})\n"
        "os.kill(os.getpid(), 9)\n"
    )
    load_key_file()
    assert subprocess.run([sys.executable, "-c", script], env=os.environ.copy()).returncode == -9
    store = open_store(url)
    assert store.counts() == ({}, {})
    guarantee(store, ("x", "company:A", "company:B"))
    assert arcs(store.snapshot()) == {("company:A", "company:B")}
    store.close()


def test_at_a_time_the_version_known_last_shows_and_ties_go_to_the_higher_revision(store):
    guarantee(store, ("g", "company:A", "company:B", {"known_at": 10}))
    guarantee(store, ("g", "company:A", "company:C", {"known_at": 30}))
    guarantee(store, ("g", "company:A", "company:D", {"known_at": 20}), bulk=False)
    guarantee(store, ("g", "company:A", "company:E", {"known_at": 20}), bulk=False)
    seen = {t: arcs(store.snapshot().at(t)) for t in (9, 10, 19, 20, 29, 30)}
    assert seen[9] == set()
    assert seen[10] == seen[19] == {("company:A", "company:B")}
    assert seen[20] == seen[29] == {("company:A", "company:E")}
    assert seen[30] == {("company:A", "company:C")}


def test_a_state_counts_while_in_force_a_tie_and_an_event_for_good(store):
    closed = {"valid_from": 10, "valid_to": 20, "known_at": 5}
    with store.writer("a") as writer:
        writer.relationships("GUARANTEES", relationships(("g", "company:A", "company:B", closed)), {})
        writer.relationships("HAS_PHONE", relationships(("p", "applicant:1", "phone:9", closed)), {})
        writer.relationships("TRANSFERRED", relationships(("t", "account:1", "account:2", closed)), {})
        writer.publish({}, None)
    snapshot = store.snapshot()
    shown = {
        t: [name for name in ("GUARANTEES", "HAS_PHONE", "TRANSFERRED") if len(snapshot.at(t).edges(name))]
        for t in (4, 5, 10, 19, 20)
    }
    assert shown == {
        4: [],
        5: ["HAS_PHONE", "TRANSFERRED"],
        10: ["GUARANTEES", "HAS_PHONE", "TRANSFERRED"],
        19: ["GUARANTEES", "HAS_PHONE", "TRANSFERRED"],
        20: ["HAS_PHONE", "TRANSFERRED"],
    }


def test_undo_takes_the_newest_bulk_load_first_and_what_it_covered_shows_again(store):
    first = guarantee(store, ("g", "company:A", "company:B"))
    second = guarantee(store, ("g", "company:A", "company:C"), ("h", "company:C", "company:D"))
    with pytest.raises(UserError, match=f"unload {second} first"):
        store.unload(first)
    assert store.unload(second) == 3
    assert arcs(store.snapshot()) == {("company:A", "company:B")}
    assert store.counts() == ({"company": 2}, {"GUARANTEES": 1})
    assert arcs(store.snapshot(2)) == {("company:A", "company:C"), ("company:C", "company:D")}
    with pytest.raises(UserError, match="unloaded before"):
        store.unload(second)
    with pytest.raises(UserError, match="no load 99"):
        store.unload(99)


def test_small_writes_go_on_while_a_bulk_load_is_open(store):
    with store.writer("bulk") as writer:
        writer.relationships("GUARANTEES", relationships(("g", "company:A", "company:B")), {})
        guarantee(store, ("s", "company:X", "company:Y"), bulk=False)
        assert arcs(store.snapshot()) == {("company:X", "company:Y")}
        writer.publish({}, None)
    assert arcs(store.snapshot()) == {("company:X", "company:Y"), ("company:A", "company:B")}


def test_a_second_bulk_load_waits_for_the_first(store, url):
    begun, order = threading.Event(), []

    def second():
        with closing(open_store(url)) as other:
            begun.set()
            with other.writer("second") as writer:
                order.append("second")
                writer.publish({}, None)

    with store.writer("first") as writer:
        waiting = threading.Thread(target=second)
        waiting.start()
        assert begun.wait(30)
        waiting.join(0.5)
        assert waiting.is_alive() and order == []
        order.append("first")
        writer.publish({}, None)
    waiting.join(30)
    assert order == ["first", "second"] and [load.source for load in store.loads()] == order


def test_many_small_writes_on_the_same_nodes_while_a_bulk_load_writes(store, url):
    def small(number):
        with closing(open_store(url)) as other:
            for i in range(5):
                rows = [(f"s{number}.{i}.{j}", f"company:{j}", f"company:{(j + number) % 20}") for j in range(20)]
                guarantee(other, *rows, bulk=False)

    with ThreadPoolExecutor(4) as pool, store.writer("bulk") as writer:
        waiting = [pool.submit(small, number) for number in range(4)]
        for i in range(10):
            rows = [(f"b{i}.{j}", f"company:{19 - j}", f"company:{(j + i) % 20}") for j in range(20)]
            writer.relationships("GUARANTEES", relationships(*rows), {})
        for future in waiting:
            future.result()
        assert store.counts() == ({"company": 20}, {"GUARANTEES": 400})
        writer.publish({}, None)
    assert store.counts() == ({"company": 20}, {"GUARANTEES": 600})
    assert store.revision() == 21 and store.snapshot().edge_count == 600


def test_a_load_may_be_published_only_if_nothing_was_since(store):
    with store.writer("bulk") as writer:
        writer.relationships("GUARANTEES", relationships(("g", "company:A", "company:B")), {})
        seen = store.revision()
        guarantee(store, ("s", "company:X", "company:Y"), bulk=False)
        assert writer.publish({}, None, since=seen) is None
        assert arcs(store.snapshot()) == {("company:X", "company:Y")}
        assert writer.publish({}, None, since=store.revision()) == 2
    assert arcs(store.snapshot()) == {("company:X", "company:Y"), ("company:A", "company:B")}


def test_changes_since_names_what_was_published_or_withdrawn_after(store):
    guarantee(store, ("g", "company:A", "company:B"))
    second = guarantee(store, ("h", "company:A", "company:C"))
    assert store.changes_since(0) == {"g", "h"}
    assert store.changes_since(1) == {"h"}
    assert store.changes_since(2) == set()
    store.unload(second)
    assert store.changes_since(2) == {"h"}


def test_rows_of_an_undone_load_stay_while_a_reader_is_below_it(store):
    guarantee(store, ("g", "company:A", "company:B"))
    second = guarantee(store, ("h", "company:A", "company:C"))
    with store.reading() as held:
        store.unload(second)
        guarantee(store, ("i", "company:A", "company:D"))
        assert arcs(store.snapshot(held)) == {("company:A", "company:B"), ("company:A", "company:C")}
        assert "h" in store.changes_since(held)
    guarantee(store, ("j", "company:A", "company:E"))
    with pytest.raises(UserError, match="too old"):
        store.changes_since(held)
    assert arcs(store.snapshot()) == {("company:A", f"company:{x}") for x in "BDE"}


def test_a_snapshot_carries_the_cells_of_rows_and_where_they_stood(store):
    with store.writer("a") as writer:
        file = writer.file("担保.csv")
        row = {"amount": 5e6, "data": '{"contract_id": "2020-01-01", "cap": 7}', "file": file, "row": 12}
        writer.relationships(
            "GUARANTEES",
            relationships(("g", "company:A", "company:B", row), ("h", "company:B", "company:A")),
            {"contract_id": "text", "cap": "number"},
        )
        writer.facts("companies", facts(("companies:A", "company:A", {"name": "甲", "net_assets": 3})),
                     {"name": "text", "net_assets": "number"})  # fmt: skip
        writer.facts("partners", facts(("partners:P", None, {"partner_name": "保"})), {"partner_name": "text"})
        writer.publish({}, 1000)
    snapshot = store.snapshot()
    edges = snapshot.edges("GUARANTEES")
    contracts = edges.column("contract_id")
    assert contracts[0] == "2020-01-01" and contracts.isna().tolist() == [False, True]
    assert edges.amount[0] == 5e6 and np.isnan(edges.amount[1])
    assert edges.column("cap")[0] == 7
    assert edges.column("no_such_cell").isna().all()
    assert snapshot.evidence(edges.positions[:1]) == [
        {
            "source": "company:A",
            "target": "company:B",
            "relation": "GUARANTEES",
            "uid": "g",
            "file": "担保.csv",
            "row": 12,
        }
    ]
    companies = snapshot.facts("companies")
    assert companies["name"].tolist() == ["甲"] and companies["net_assets"].tolist() == [3]
    some = snapshot.facts("companies", columns=("no_such_cell", "name"))
    assert list(some) == ["node", "valid_from", "valid_to", "uid", "no_such_cell", "name"]
    assert some["name"].tolist() == ["甲"] and some["no_such_cell"].isna().all()
    assert snapshot.facts("partners")["node"].tolist() == [-1]
    assert snapshot.facts("loans").empty and list(snapshot.facts("loans", columns=("amount",)))[-1] == "amount"
    assert [snapshot.name(snapshot.find(n)) for n in ("company:A", "company:B")] == ["company:A", "company:B"]
    assert snapshot.find("company:Z") is None and snapshot.find("") is None
    assert snapshot.as_of == 1000


def test_columns_of_the_present_state_are_blank_before_their_date(store):
    with store.writer("a") as writer:
        row = facts(("loans:L", "loan:L", {"balance": 9, "product": "p"}, {"status_from": 50, "known_at": 10}))
        writer.facts("loans", row, {"balance": "number", "product": "text"})
        writer.publish({}, None)
    before, after = (store.snapshot().at(t).facts("loans") for t in (49, 50))
    assert before["product"].tolist() == ["p"] and before["balance"].isna().all()
    assert after["balance"].tolist() == [9]


def test_a_node_shows_where_a_version_states_it_or_a_relationship_ends_at_it(store):
    with store.writer("a") as writer:
        writer.facts("companies", facts(("companies:S", "company:S", {}, {"known_at": 10})), {})
        writer.relationships("GUARANTEES", relationships(("g", "company:A", "company:B", {"known_at": 20})), {})
        writer.publish({}, None)
    snapshot = store.snapshot()
    shown = {t: sorted(snapshot.names(snapshot.at(t).of_kind("company"))) for t in (9, 10, 20)}
    assert shown == {9: [], 10: ["company:S"], 20: ["company:A", "company:B", "company:S"]}


def test_get_sees_what_the_snapshot_sees(store):
    guarantee(
        store,
        ("g", "company:A", "company:B", {"known_at": 10, "valid_from": 10, "valid_to": 40}),
        ("h", "company:B", "company:C", {"known_at": 10, "valid_from": 10}),
    )
    guarantee(store, ("g", "company:A", "company:D", {"known_at": 20, "valid_from": 10, "valid_to": 40}))
    for moment in (9, 10, 20, 40):
        view = store.snapshot().at(moment)
        for name in ("company:A", "company:B", "company:C", "company:D"):
            number = view.find(name)
            assert (store.get(name, moment) is not None) == view.shows(number), (moment, name)
    assert store.get("company:D", 10) is None and store.get("company:D", 20)["kind"] == "company"
    assert store.get("company:nobody") is None


def test_current_versions_are_the_latest_known(store):
    guarantee(store, ("g", "company:A", "company:B", {"known_at": 10, "amount": 1.0}), ("k", "company:A", "company:A"))
    guarantee(store, ("g", "company:A", "company:C", {"known_at": 5, "amount": 2.0}))
    current = store.current_relationships("GUARANTEES", ["g", "absent"])
    assert current[["uid", "target", "amount"]].values.tolist() == [["g", "company:B", 1.0]]
    assert len(store.current_relationships("GUARANTEES")) == 2
    assert store.current_facts("loans", ["x"]).empty


def test_declared_nodes_are_listed_by_kind(store):
    with store.writer("a") as writer:
        writer.facts("companies", facts(("companies:A", "company:A", {})), {})
        writer.relationships("GUARANTEES", relationships(("g", "company:A", "company:B")), {})
        writer.publish({}, None)
    assert [name for block in store.names("company") for name in block] == ["company:A"]
    assert list(store.names("loan")) == []


def test_secrets_are_kept_once_and_masks_are_for_everyone(store):
    token = store.keys.token("phone", "+8613812345678")
    with store.writer("a") as writer:
        row = [token, "138****5678", store.keys.encrypt("+8613812345678")]
        frame = pd.DataFrame([row], columns=["token", "mask", "cipher"])
        writer.secrets(frame)
        writer.secrets(frame.assign(mask="other"))
        writer.relationships("HAS_PHONE", relationships(("p", "applicant:1", f"phone:{token}")), {})
        writer.publish({}, None)
    mask, cipher = store.secret(token)
    assert mask == mask_of(f"phone:{token}", store.secret) == store.snapshot().mask(token) == "138****5678"
    assert store.keys.decrypt(cipher) == "+8613812345678"
    assert store.get(f"phone:{token}")["mask"] == "138****5678"
    assert mask_of("applicant:1", store.secret) is None and store.snapshot().mask("applicant") is None


def test_flagged_ties_show_but_link_no_one(store):
    with store.writer("a") as writer:
        rows = relationships(
            ("p", "applicant:1", "phone:9", {"data": '{"flag": "landline"}'}), ("q", "applicant:2", "phone:9")
        )
        writer.relationships("HAS_PHONE", rows, {"flag": "text"})
        writer.publish({}, None)
    snapshot = store.snapshot()
    assert snapshot.visible(slice(None)).tolist() == [True, True]
    assert snapshot.links(slice(None)).tolist() == [False, True]


def test_what_is_personal_is_decided_once(store, url):
    with store.writer("a", privacy={"device": "internal"}) as writer:
        assert writer.privacy["device"] == "internal" and writer.privacy["phone"] == "personal"
        writer.publish({}, None)
    assert store.privacy()["device"] == "internal"
    with (
        pytest.raises(UserError, match="says device is personal, this store holds it as internal"),
        store.writer("b", privacy={"device": "personal"}),
    ):
        pass
    with store.writer("c") as writer:
        assert writer.privacy["device"] == "internal"


def batch(store, as_of=1000, purpose="nightly", cases=(), **ids):
    """Save a batch: by detector, the ids of what it found, one after the other."""
    runs = [Run(name, "1", 1, as_of, {"x": 1}, purpose=purpose, policy="p") for name in ids]
    found = [(name, identity) for name, some in ids.items() for identity in some.split()]
    findings = [{"id": i, "rank_all": n, "detector": name, "things": []} for n, (name, i) in enumerate(found, 1)]
    return store.save_batch(runs, findings, cases)


def test_a_batch_keeps_its_runs_and_findings_and_numbers_them(store):
    batch(store, guarantee="aa11")
    guarantee, velocity = batch(store, guarantee="aa22 aa33", velocity="bb11")
    assert (guarantee.batch, velocity.batch) == (2, 2) and guarantee.run < velocity.run
    assert [(r.detector, r.findings, r.params, r.policy) for r in store.latest_runs()] == [
        ("guarantee", 2, {"x": 1}, "p"),
        ("velocity", 1, {"x": 1}, "p"),
    ]
    assert store.latest_runs() == [guarantee, velocity]
    assert [run.batch for run in store.runs()] == [1, 2, 2]
    found = store.findings([guarantee.run, velocity.run])
    assert [(f["id"], f["run"], f["batch"]) for f in found] == [
        ("aa22", guarantee.run, 2),
        ("aa33", guarantee.run, 2),
        ("bb11", velocity.run, 2),
    ]
    assert all(f["things"] == [] for f in found)
    assert [f["id"] for f in store.finding("aa")] == ["aa11", "aa22", "aa33"]
    assert store.finding("zz") == []


def test_a_back_dated_or_trial_batch_changes_nobodys_view_of_today(store):
    (guarantee,) = batch(store, guarantee="aa11")
    (back,) = batch(store, 500, "backtest", guarantee="aa11 aa99")
    (trial,) = batch(store, 1000, "ad hoc", guarantee="aa11 aa98")
    (velocity,) = batch(store, velocity="bb11")
    assert store.latest_runs() == [guarantee, velocity]
    assert [found["run"] for found in store.finding("aa11")] == [guarantee.run]
    assert [found["run"] for found in store.finding("aa99")] == [back.run]
    assert store.latest_runs(700) == [back]
    assert store.latest_runs(1000) == [trial, velocity]


def test_where_there_is_no_nightly_batch_the_last_one_is_seen(store):
    (first,) = batch(store, 500, "backtest", guarantee="aa11")
    (second,) = batch(store, 400, "backtest", guarantee="aa22")
    assert store.latest_runs() == [second]
    (nightly,) = batch(store, guarantee="")
    assert store.latest_runs() == [nightly]
    assert store.latest_runs(450) == [second] and store.latest_runs(600) == [first]


def case(identity, *people):
    """A case in its JSON shape, as far as a store looks at it."""
    return {"id": identity, "people": list(people), "parts": [{"id": "aa11"}], "state": "new", "colour": "red"}


def test_cases_are_those_of_the_latest_nightly_batch_in_their_order(store):
    assert store.cases() == []
    first = [case("c2", "company:C1"), case("c1")]
    (run,) = batch(store, cases=first, guarantee="aa11")
    assert store.cases() == store.cases(run.batch) == first
    batch(store, 500, "backtest", guarantee="aa12")
    batch(store, 1000, "ad hoc", guarantee="aa13")
    assert store.cases() == first, "a back-dated run empties no list"
    batch(store, cases=[case("c3")], velocity="")
    assert store.cases() == [case("c3")] and store.cases(run.batch) == first
    batch(store, velocity="")
    assert store.cases() == [], "a nightly batch that found nothing has no cases"


def entry(text, **more):
    """An entry about a case, as far as a store looks at it."""
    return {"case": "c1", "action": "note", "text": text, "by": "李", "at": 5, "people": ["applicant:A"], **more}


def test_what_is_decided_about_cases_is_only_added_and_each_once(store, url):
    assert store.case_entries() == []
    store.add_case_entries([entry("b"), entry("a")])
    store.add_case_entries([entry("a"), entry("a", at=6), entry("c", action="verdict", verdict="innocent")])
    store.add_case_entries([])
    held = [entry("b"), entry("a"), entry("a", at=6), entry("c", action="verdict", verdict="innocent")]
    assert store.case_entries() == held
    with closing(open_store(url)) as again:
        assert again.case_entries() == held


def test_rejects_are_those_of_loads_that_stand(store):
    with store.writer("a") as writer:
        writer.rejects(pd.DataFrame([["loans", "a.csv", 3, "loan_id", "missing", "row", None]], columns=REJECT_COLUMNS))
        writer.publish({}, None)
    assert store.rejects()[["table", "row", "level"]].values.tolist() == [["loans", 3, "row"]]
    store.unload(1)
    assert store.rejects().empty


# -- opening


def test_a_store_made_under_another_key_file_is_refused(url, tmp_path):
    open_store(url).close()
    other = load_key_file(tmp_path / "other-keys.json").path
    with pytest.raises(UserError, match="made under another key file"):
        open_store(url, key_file=other)


def test_no_new_key_file_is_made_for_a_store_that_has_one(url, tmp_path, monkeypatch):
    open_store(url).close()
    monkeypatch.setenv("RINGFENCE_KEY_FILE", str(tmp_path / "lost.json"))
    with pytest.raises(UserError, match="no key file"):
        open_store(url)
    assert not (tmp_path / "lost.json").exists()


def test_an_embedded_store_of_format_1_keeps_its_runs_and_takes_batches(tmp_path):
    import sqlite3

    url = f"sqlite:///{tmp_path}/old.db"
    store = open_store(url)
    (held,) = batch(store, guarantee="aa11")
    store.close()
    old = sqlite3.connect(tmp_path / "old.db")
    for column in ("batch", "purpose", "policy"):
        old.execute(f"ALTER TABLE runs DROP COLUMN {column}")
    old.execute("ALTER TABLE loads DROP COLUMN notes")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    store = open_store(url)
    assert store.latest_runs() == [replace(held, batch=0, policy="")]
    assert [run.batch for run in batch(store, guarantee="aa22", velocity="")] == [1, 1]
    assert [found["id"] for found in store.finding("aa")] == ["aa11", "aa22"]
    store.close()


def test_an_embedded_store_of_format_2_takes_relations_that_were_added_since(tmp_path):
    import sqlite3

    url = f"sqlite:///{tmp_path}/old.db"
    open_store(url).close()
    old = sqlite3.connect(tmp_path / "old.db")
    old.execute("DROP TABLE rel_RELATED_TO")
    old.execute("ALTER TABLE loads DROP COLUMN notes")
    old.execute("PRAGMA user_version = 2")
    old.commit()
    old.close()
    store = open_store(url)
    assert len(store.snapshot().edges("RELATED_TO")) == 0
    assert len(store.current_relationships("RELATED_TO")) == 0
    store.close()
    assert {name for (name,) in sqlite3.connect(tmp_path / "old.db").execute("SELECT name FROM sqlite_master")} >= {
        "rel_RELATED_TO", "rel_RELATED_TO_uid", "rel_RELATED_TO_source", "rel_RELATED_TO_target",
    }  # fmt: skip


def test_an_embedded_store_of_format_3_keeps_its_nodes_and_gets_their_index(tmp_path):
    import sqlite3

    url = f"sqlite:///{tmp_path}/old.db"
    store = open_store(url)
    guarantee(store, ("g1", "company:A", "company:B"))
    before = store.current_relationships("GUARANTEES")
    store.close()
    old = sqlite3.connect(tmp_path / "old.db")
    held = old.execute("SELECT id, name FROM nodes ORDER BY id").fetchall()
    old.execute("DROP TABLE nodes")
    old.execute("CREATE TABLE nodes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
    old.executemany("INSERT INTO nodes VALUES (?, ?)", held)
    old.execute("PRAGMA user_version = 3")
    old.commit()
    old.close()
    store = open_store(url)
    assert store.current_relationships("GUARANTEES").equals(before)
    indexes = store.connection.execute("SELECT name FROM pragma_index_list('nodes')").fetchall()
    assert indexes == [("nodes_name",)]
    guarantee(store, ("g2", "company:B", "company:C"))
    assert len(store.connection.execute("SELECT name FROM nodes").fetchall()) == len(held) + 1
    store.close()


def test_an_embedded_store_of_format_4_takes_cases_and_what_is_decided_about_them(tmp_path):
    import sqlite3

    url = f"sqlite:///{tmp_path}/old.db"
    store = open_store(url)
    batch(store, guarantee="aa11")
    store.close()
    old = sqlite3.connect(tmp_path / "old.db")
    old.execute("DROP TABLE cases")
    old.execute("DROP TABLE case_entries")
    old.execute("PRAGMA user_version = 4")
    old.commit()
    old.close()
    store = open_store(url)
    assert store.cases() == store.case_entries() == []
    batch(store, cases=[case("c1")], guarantee="aa11")
    store.add_case_entries([entry("a")])
    assert (store.cases(), store.case_entries()) == ([case("c1")], [entry("a")])
    store.close()


def test_an_embedded_store_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    import sqlite3

    url = f"sqlite:///{tmp_path}/new.db"
    open_store(url).close()
    with sqlite3.connect(tmp_path / "new.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (tmp_path / "new.db").read_bytes()
    with pytest.raises(UserError, match="newer version"):
        open_store(url)
    assert (tmp_path / "new.db").read_bytes() == before


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "unreadable store URL"),
        ("mysql://x", "unknown kind of store"),
        ("sqlite://x", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:////no/such/folder/x.db", "does not exist"),
    ],
)
def test_a_url_that_names_no_store_says_what_to_write(url, message):
    with pytest.raises(UserError, match=message):
        open_store(url)


def test_a_missing_store_is_made_only_where_that_is_wanted(tmp_path):
    with pytest.raises(UserError, match="run 'ringfence load' first"):
        open_store(f"sqlite:///{tmp_path}/none.db", create=False)
    assert not (tmp_path / "none.db").exists()


def test_files_of_something_else_are_no_stores_and_stay_as_they_are(tmp_path):
    import sqlite3

    (tmp_path / "text.db").write_text("not a database, and long enough to be read as a header of one" * 20)
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    for name in ("text.db", "other.db"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(UserError):
            open_store(f"sqlite:///{tmp_path}/{name}")
        assert (tmp_path / name).read_bytes() == before


def test_a_load_that_is_left_open_shows_nothing_and_is_gone_on_with_from_a_mark(store):
    with store.writer("a") as writer:
        writer.relationships("GUARANTEES", relationships(("g", "company:A", "company:B")), {})
        mark = writer.mark()
        writer.relationships("GUARANTEES", relationships(("h", "company:C", "company:D")), {})
        writer.rejects(pd.DataFrame([["t", "f", 1, "c", "r", "row", "v"]], columns=REJECT_COLUMNS))
        writer.left = True
    assert arcs(store.snapshot()) == set() and store.counts() == ({}, {})
    with store.resuming() as writer:
        writer.rewind(mark)
        writer.relationships("GUARANTEES", relationships(("h", "company:C", "company:E")), {})
        assert writer.publish({}, None) == 1
    assert arcs(store.snapshot()) == {("company:A", "company:B"), ("company:C", "company:E")}
    assert len(store.rejects()) == 0
    with store.resuming() as writer:
        assert writer is None
    assert store.revision() == 1


def test_a_load_that_is_resumed_and_not_published_is_discarded(store):
    with store.writer("a") as writer:
        writer.relationships("GUARANTEES", relationships(("g", "company:A", "company:B")), {})
        writer.left = True
    with store.resuming() as writer:
        writer.rewind([])
    with store.resuming() as writer:
        assert writer is None
    assert guarantee(store, ("g", "company:A", "company:B")) == 2
    assert arcs(store.snapshot()) == {("company:A", "company:B")}


def test_a_second_load_is_told_for_which_it_waits(store, url):
    told = threading.Event()

    def second():
        with closing(open_store(url)) as other, other.writer("second", waiting=sources.append) as writer:
            writer.publish({}, None)

    class Told(list):
        def append(self, source):
            super().append(source)
            told.set()

    sources = Told()
    with store.writer("first", waiting=sources.append) as writer:
        assert sources == []
        waiting = threading.Thread(target=second)
        waiting.start()
        assert told.wait(60)
        writer.publish({}, None)
    waiting.join(60)
    assert sources == ["first"]
    assert [load.source for load in store.loads()] == ["first", "second"]
