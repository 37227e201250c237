"""A year replayed: twelve monthly extracts, loaded one after the other, show at each month's end what was known."""

import random
from contextlib import closing

import pytest
from ringfence.detectors.guarantees.net import licensed_guarantors
from ringfence.graph.model import FOREVER, RELATIONS
from ringfence.loaders.schema.mapping import parse_mapping
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


@pytest.fixture(scope="module", params=[True, False], ids=["full", "delta"])
def full(request):
    return request.param


@pytest.fixture(
    scope="module", params=["first", *(pytest.param(f"random {n}", marks=pytest.mark.soak) for n in range(5))]
)
def seed(request):
    seed = 1 if request.param == "first" else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    return seed


def replay(loading, seed, full):
    """Load a year month by month; by month what then showed, and all that the systems held."""
    year, then, held = Year(seed, full), {}, {}
    for month in MONTHS:
        year.next_month()
        report = loading.load(mapping(month, full), **year.extract())
        assert not report.rejects
        then[month], held[month] = everything(loading.store.snapshot().at(at(month_end(month)))), year.all_known()
        assert len(then[month]["loan_history"]) == len(year.past["loan_history"])
    return loading.store, then, held


@pytest.fixture(scope="module")
def replayed(tmp_path_factory, seed, full):
    store, then, held = replay(Loading(tmp_path_factory.mktemp("year")), seed, full)
    with closing(store):
        yield store.snapshot(), then, held


def assert_unchanged(snapshot, then, seed):
    for month in MONTHS:
        now = everything(snapshot.at(at(month_end(month))))
        for name, shown in then[month].items():
            assert now[name] == shown, (seed, month, name)


def test_each_month_end_shows_what_was_known_then_and_nothing_of_later_months(replayed, seed):
    assert_unchanged(*replayed[:2], seed)


@pytest.mark.soak
def test_each_month_end_shows_the_same_on_a_server(tmp_path, neo4j_url, seed, full):
    store, then, _ = replay(Loading(tmp_path, url=neo4j_url), seed, full)
    with closing(store):
        assert_unchanged(store.snapshot(), then, seed)


def test_each_month_end_shows_what_one_load_of_the_systems_of_that_day_shows(tmp_path, replayed, seed):
    snapshot, _, held = replayed
    for month in MONTHS:
        (folder := tmp_path / f"alone-{month}").mkdir()
        alone = Loading(folder)
        alone.load(mapping(month, False), **held[month])
        moment = at(month_end(month))
        view, only = snapshot.at(moment), alone.store.snapshot().at(moment)
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


def _without_times(rows):
    left_out = ("valid_from", "valid_to")
    return {uid: (name, {k: v for k, v in cells.items() if k not in left_out}) for uid, (name, cells) in rows.items()}


def _ends(rows):
    return {uid: row[:3] for uid, row in rows.items()}
