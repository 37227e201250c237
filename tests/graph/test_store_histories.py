"""Random histories of bulk loads, small writes, undo and two readers, against an oracle of a few lines."""

from contextlib import closing, contextmanager
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ringfence.graph.errors import UserError
from ringfence.graph.model import FOREVER
from ringfence.graph.store import open_store
from support.neo4j_server import empty_database
from support.stores import STORES

UIDS = ["a", "b", "c"]
TIMES = [1, 2, 3]
versions = st.lists(st.tuples(st.sampled_from(UIDS), st.sampled_from(TIMES)), min_size=1, max_size=3, unique=True)
steps = st.one_of(
    st.tuples(st.just("begin"), st.none()),
    st.tuples(st.just("bulk"), versions),
    st.tuples(st.sampled_from(["publish", "discard", "undo", "hold", "release"]), st.none()),
    st.tuples(st.just("small"), versions),
)


class Oracle:
    """Versions as (uid, load, known_at, value); loads as revision and withdrawal."""

    def __init__(self):
        self.versions, self.published, self.withdrawn = [], {}, {}

    def at(self, revision, moment):
        standing = {
            load: r for load, r in self.published.items() if r <= revision < self.withdrawn.get(load, revision + 1)
        }
        shown = {}
        for uid, load, known_at, value in self.versions:
            if load in standing and known_at <= moment:
                shown[uid] = max(shown.get(uid, (0, 0, 0)), (known_at, standing[load], value))
        return {uid: value for uid, (_, _, value) in shown.items()}

    def changes(self, revision):
        touched = {n for n, r in self.published.items() if r > revision or self.withdrawn.get(n, 0) > revision}
        return {uid for uid, load, _, _ in self.versions if load in touched}


class History:
    """A store and its oracle, told the same things."""

    def __init__(self, store):
        self.store, self.oracle, self.value = store, Oracle(), 0
        self.bulk = self.context = None
        self.readers = []

    def write(self, writer, rows):
        """One version a uid and load: a load that says a thing twice has been put together before it is written."""
        taken = {uid for uid, load, _, _ in self.oracle.versions if load == writer.load}
        fresh = {uid: known_at for uid, known_at in rows if uid not in taken}
        frame = []
        for uid, known_at in fresh.items():
            self.value += 1
            self.oracle.versions.append((uid, writer.load, known_at, self.value))
            frame.append((uid, "company:A", "company:B", float(self.value), None, 0, FOREVER, known_at, 1, 2))
        columns = ["uid", "source", "target", "amount", "data", "valid_from", "valid_to", "known_at", "file", "row"]
        writer.relationships("GUARANTEES", pd.DataFrame(frame, columns=columns), {})

    def step(self, what, rows):
        if what == "begin" and self.bulk is None:
            self.context = self.store.writer("bulk")
            self.bulk = self.context.__enter__()
        elif what == "bulk" and self.bulk is not None:
            self.write(self.bulk, rows)
        elif what in ("publish", "discard") and self.bulk is not None:
            if what == "publish":
                self.oracle.published[self.bulk.load] = self.bulk.publish({}, None)
            else:
                self.oracle.versions = [v for v in self.oracle.versions if v[1] != self.bulk.load]
            self.context.__exit__(None, None, None)
            self.bulk = None
        elif what == "small":
            with self.store.writer("small", bulk=False) as writer:
                self.write(writer, rows)
                self.oracle.published[writer.load] = writer.publish({}, None)
        elif what == "undo":
            standing = [load for load in self.store.loads() if load.bulk and load.state == "published"]
            if standing:
                newest = max(standing, key=lambda load: load.revision)
                self.oracle.withdrawn[newest.load] = self.store.unload(newest.load)
        elif what == "hold" and len(self.readers) < 2:
            reader = self.store.reading()
            self.readers.append((reader, reader.__enter__()))
        elif what == "release" and self.readers:
            self.readers.pop(0)[0].__exit__(None, None, None)

    def check(self):
        for revision in {self.store.revision(), *(held for _, held in self.readers)}:
            snapshot = self.store.snapshot(revision)
            assert self.store.changes_since(revision) == self.oracle.changes(revision)
            for moment in (0, *TIMES, 9):
                edges = snapshot.at(moment).edges("GUARANTEES")
                uids = [item["uid"] for item in snapshot.evidence(edges.positions)]
                assert dict(zip(uids, edges.amount, strict=True)) == self.oracle.at(revision, moment), (
                    revision,
                    moment,
                )
        current = self.store.current_relationships("GUARANTEES")
        latest = self.oracle.at(self.store.revision(), np.inf)
        assert dict(zip(current["uid"], current["amount"], strict=True)) == latest


@pytest.fixture(scope="module", params=STORES)
def new_store(request):
    """Opens an empty store, of every kind."""
    if request.param == "neo4j":
        url = request.getfixturevalue("neo4j_server")

        @contextmanager
        def opened():
            empty_database(url)
            with closing(open_store(url)) as store:
                yield store
    else:

        @contextmanager
        def opened():
            with TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/graph.db")) as store:
                yield store

    return opened


def play(new_store, history):
    """Tell a store and its oracle a history, and compare what they show after every step that may change it."""
    with new_store() as store:
        told = History(store)
        for what, rows in history:
            told.step(what, rows)
            if what in ("small", "publish", "undo", "begin"):
                told.check()
        told.check()
        while told.readers:
            told.step("release", None)
        told.step("discard", None)
        told.check()


def play_many(new_store, request, longest, examples):
    """Play random histories, of some kinds of store more than of others: a server takes seconds for a long one."""
    kind = "neo4j" if "neo4j" in request.node.name else "sqlite"
    histories = given(st.lists(steps, min_size=3, max_size=longest))
    settings(max_examples=examples[kind])(histories(lambda history: play(new_store, history)))()


def test_every_reader_sees_what_the_rule_says(new_store, request):
    play_many(new_store, request, 14, {"sqlite": 60, "neo4j": 30})


@pytest.mark.soak
def test_every_reader_sees_what_the_rule_says_over_many_long_histories(new_store, request):
    play_many(new_store, request, 30, {"sqlite": 3000, "neo4j": 200})


def test_a_revision_that_is_not_there_is_refused(new_store):
    with new_store() as store, pytest.raises(UserError, match="no revision 7"):
        store.snapshot(7)
