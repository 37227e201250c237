"""Writing a snapshot: in however many parts its versions come, and which of them give way to which."""

import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.snapshot import cache as snapshot_cache
from ringfence.graph.snapshot import open_snapshot
from ringfence.graph.snapshot.cache import kept
from ringfence.graph.snapshot.writing import write_snapshot
from ringfence.graph.store.visibility import superseded_at

TYPES = {"flag": "text", "use": "text", "share": "number"}
NODES = ["applicant:A1", "phone:P1", "phone:P2"]

cells = st.fixed_dictionaries(
    {},
    optional={
        "flag": st.sampled_from(["landline", "sentinel"]),
        "use": st.sampled_from(["own", "单位", '"flag"', '"flag":1', 'a\\"flag"', ""]),
        "share": st.floats(0, 1),
        "unheard_of": st.just("flag"),
    },
)
rows = st.lists(
    st.tuples(
        st.sampled_from(["r:1", "r:2", "行:三", "r:4"]),
        st.integers(1, 4),
        st.integers(0, 3),
        cells,
    ),
    unique_by=lambda row: row[:2],  # a load writes a row once
    max_size=12,
)


def table(rows, own):
    """Rows as parts of a relation or table hold them."""
    count = len(rows)
    columns = {
        "uid": pa.array([uid for uid, *_ in rows], pa.string()),
        "revision": pa.array([revision for _, revision, *_ in rows], pa.int64()),
        "known_at": pa.array([known for _, _, known, _ in rows], pa.int64()),
        "data": pa.array(
            [json.dumps(data, ensure_ascii=False, separators=(",", ":")) for *_, data in rows], pa.string()
        ),
        "valid_from": np.full(count, ALWAYS),
        "valid_to": np.full(count, FOREVER),
        "file": np.ones(count, dtype=np.int32),
        "row": np.arange(count, dtype=np.int32),
    }
    return pa.table(columns | {name: pa.array(np.full(count, value)) for name, value in own.items()})


def cut(whole, places):
    """A table in parts that end at some places."""
    ends = sorted({place for place in places if 0 < place < whole.num_rows} | {0, whole.num_rows})
    return [whole.slice(start, end - start) for start, end in pairwise(ends)]


def written(folder, rows, places):
    edges = table(rows, {"source": 0, "target": 1, "amount": np.nan})
    facts = table(rows, {"node": 0, "status_from": ALWAYS})
    write_snapshot(
        folder,
        revision=4,
        data_date=3,
        files={1: "phones.csv"},
        names=pa.array(NODES, pa.string()),
        masks=pa.table({"token": pa.array([], pa.string()), "mask": pa.array([], pa.string())}),
        edges=[
            *(("HAS_PHONE", part) for part in cut(edges, places)),
            *(("HAS_ADDRESS", part) for part in cut(edges, places)),
        ],
        facts=[("applicants", part) for part in cut(facts, places)],
        types={"HAS_PHONE": TYPES, "HAS_ADDRESS": {"use": "text"}, "applicants": TYPES},
    )
    return open_snapshot(folder, 3)


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@given(rows, st.lists(st.integers(0, 12)))
def test_the_parts_that_versions_come_in_leave_no_trace(rows, places):
    with TemporaryDirectory() as name:
        whole, parts = Path(name) / "whole", Path(name) / "parts"
        written(whole, rows, [])
        written(parts, rows, places)
        assert contents(whole) == contents(parts)


@given(rows, st.lists(st.integers(0, 12)))
def test_what_shows_is_the_latest_known_version_of_each_row_in_each_relation(rows, places):
    gone = superseded_at(pd.DataFrame([row[:3] for row in rows], columns=["uid", "revision", "known_at"]))
    with TemporaryDirectory() as name:
        snapshot = written(Path(name) / "snapshot", rows, places)
        for moment in range(4):
            expected = [
                (uid, place, data)
                for place, ((uid, _, known, data), until) in enumerate(zip(rows, gone, strict=True))
                if known <= moment < until
            ]
            seen = snapshot.at(moment)
            for relation in ("HAS_PHONE", "HAS_ADDRESS"):
                edges = seen.edges(relation)
                assert seen.uids(edges.positions) == [uid for uid, *_ in expected]
                assert [one["row"] for one in seen.evidence(edges.positions)] == [place for _, place, _ in expected]
                assert [use if isinstance(use, str) else None for use in edges.column("use")] == [
                    data.get("use") for *_, data in expected
                ]
            if rows:
                facts = seen.facts("applicants")
                assert facts["uid"].tolist() == [uid for uid, *_ in expected]


@given(rows)
def test_a_relationship_tells_its_cells_and_links_unless_it_is_flagged(rows):
    with TemporaryDirectory() as name:
        snapshot = written(Path(name) / "snapshot", rows, [])
        visible = snapshot.visible(slice(None))
        for place, (*_, data) in enumerate(rows):
            told = {name: value for name, value in data.items() if name in TYPES}
            assert snapshot.relationship(place)["data"] == told
            assert snapshot.links(np.array([place]))[0] == (visible[place] and "flag" not in data)
            # the relation of addresses knows no flag: no row of it ever stated one
            assert snapshot.links(np.array([len(rows) + place]))[0] == visible[len(rows) + place]


def test_a_table_whose_rows_state_nothing_is_read_as_its_rows():
    rows = [("r:1", 1, 0, {}), ("r:2", 1, 0, {})]
    with TemporaryDirectory() as name:
        facts = written(Path(name) / "snapshot", rows, []).facts("applicants")
        assert facts["uid"].tolist() == ["r:1", "r:2"]
        assert facts["node"].tolist() == [0, 0]


def test_a_snapshot_of_another_format_is_built_anew(tmp_path, monkeypatch):
    built = []

    def build(folder):
        written(folder, [], [])
        built.append(folder)

    def folder():
        return kept(tmp_path, "a-store", 4, build, set).folder

    first = folder()
    assert folder() == first
    assert len(built) == 1
    monkeypatch.setattr(snapshot_cache, "FORMAT", snapshot_cache.FORMAT + 1)
    assert folder() != first
    assert len(built) == 2
    assert not first.exists()
