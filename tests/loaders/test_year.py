"""A year replayed: twelve monthly extracts, loaded one after the other, show at each month's end what was known."""

import random

import pytest
from ringfence.detectors.guarantees.net import licensed_guarantors
from ringfence.graph.model import FOREVER, RELATIONS
from ringfence.loaders.mapping import parse_mapping
from support.loading import Loading, at
from support.year import MONTHS, STATES, Year, month_end


def mapping(month, full):
    """How a month's extract is read: it is of that month's end."""
    extract = "".join(f'{table} = "full"\n' for table in STATES) if full else ""
    text = f'data_date = "{month_end(month)}"\n[extract]\n{extract}[privacy]\ndefault = "internal"\n'
    return parse_mapping(text, "month", "month")


def relationships(view, relation):
    """``{uid: all of it}``, provenance and the time since when it is known left out."""
    edges = view.edges(relation)
    return {
        tie["uid"]: (tie["source"], tie["target"], tie.get("amount"), tie["valid_from"], tie["valid_to"], tie["data"])
        for tie in map(view.relationship, edges.positions.tolist())
    }


def facts(view, table):
    """``{uid: its cells}``, blank ones left out."""
    frame = view.facts(table).astype(object)
    rows = frame.where(frame.notna(), None).to_dict("records")
    names = view.names(frame["node"]) if len(frame) and (frame["node"] >= 0).all() else [None] * len(frame)
    return {
        row["uid"]: (name, {key: cell for key, cell in row.items() if cell is not None and key not in ("uid", "node")})
        for row, name in zip(rows, names, strict=True)
    }


def everything(view):
    """All that shows."""
    tables = (*STATES, "applications", "loan_history", "transfers", "repayments")
    shown = {relation: relationships(view, relation) for relation in RELATIONS}
    return shown | {table: facts(view, table) for table in tables} | {"licensed": licensed_guarantors(view)}


@pytest.fixture(params=[True, False], ids=["full", "delta"])
def full(request):
    return request.param


@pytest.fixture(params=["first", *(pytest.param(f"random {n}", marks=pytest.mark.soak) for n in range(5))])
def seed(request):
    seed = 1 if request.param == "first" else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    return seed


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("neo4j", marks=pytest.mark.soak)])
def test_each_month_end_shows_what_was_known_then_and_nothing_of_later_months(tmp_path, seed, full, kind, request):
    url = request.getfixturevalue("neo4j_url") if kind == "neo4j" else None
    year, loading = Year(seed, full), Loading(tmp_path, url=url)
    then = {}
    for month in MONTHS:
        year.next_month()
        report = loading.load(mapping(month, full), **year.extract())
        assert not report.rejects
        then[month] = everything(loading.store.snapshot().at(at(month_end(month))))
        assert len(then[month]["loan_history"]) == len(year.past["loan_history"])
    snapshot = loading.store.snapshot()
    for month in MONTHS:
        now = everything(snapshot.at(at(month_end(month))))
        for name, shown in then[month].items():
            assert now[name] == shown, (seed, month, name)
    loading.store.close()


def test_each_month_end_shows_what_one_load_of_the_systems_of_that_day_shows(tmp_path, seed, full):
    year, loading = Year(seed, full), Loading(tmp_path)
    for month in MONTHS:
        year.next_month()
        loading.load(mapping(month, full), **year.extract())
        moment = at(month_end(month))
        (folder := tmp_path / f"alone-{month}").mkdir()
        alone = Loading(folder)
        alone.load(mapping(month, False), **year.all_known())
        view, only = loading.store.snapshot().at(moment), alone.store.snapshot().at(moment)
        for table in STATES:
            mine, theirs = facts(view, table), facts(only, table)
            assert _without_times(mine) == _without_times(theirs), (seed, month, table)
        for relation, declared in RELATIONS.items():
            mine, theirs = relationships(view, relation), relationships(only, relation)
            if declared.nature == "tie":  # what one load cannot know: the ties that were
                mine = {uid: tie for uid, tie in mine.items() if uid in theirs or tie[4] == FOREVER}
            assert _ends(mine) == _ends(theirs), (seed, month, relation)
        assert licensed_guarantors(view) == licensed_guarantors(only)
        alone.store.close()
    loading.store.close()


def _without_times(rows):
    left_out = ("valid_from", "valid_to")
    return {uid: (name, {k: v for k, v in cells.items() if k not in left_out}) for uid, (name, cells) in rows.items()}


def _ends(rows):
    return {uid: row[:3] for uid, row in rows.items()}
