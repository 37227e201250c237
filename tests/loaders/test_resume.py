"""A load that broke off: nothing of it shows; it goes on where it was, or the next one discards it."""

import errno
from contextlib import closing

import pytest
from ringfence.graph.errors import UserError
from ringfence.graph.store import open_store
from ringfence.loaders.passes import versions
from ringfence.loaders.passes.first_pass import Stager
from ringfence.loaders.passes.load import load, resume
from support.two_books import mapping, write_month
from support.whole import held, shown


class NoRoom(OSError):
    """What a full disk raises."""

    def __init__(self):
        super().__init__(errno.ENOSPC, "No space left on device")


BROKE_OFF = "broke off: No space left on device; once that is mended, 'ringfence load --resume' goes on with it"


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    folder = tmp_path_factory.mktemp("months")
    return [write_month(folder / f"month-{month}", month, 40) for month in (1, 2)]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Tables in several partitions, so that there are many places to break off at."""
    monkeypatch.setattr("ringfence.loaders.passes.staging._PARTITION_BYTES", 800)


@pytest.fixture(scope="module")
def expected(tmp_path_factory, months):
    """What a store shows after the first month and after both, where nothing went wrong, and what it then holds."""
    with closing(open_store(f"sqlite:///{tmp_path_factory.mktemp('expected')}/expected.db")) as store:
        load(store, months[0], mapping())
        before = shown(store.snapshot())
        report = load(store, months[1], mapping())
        return before, shown(store.snapshot()), held(store), report.tables, report.closed


def failing(monkeypatch, at, of=None):
    """Let the ``at``-th writing of rows fail half-way, as on a full disk.

    Parameters
    ----------
    at : 0 for none
    of : count the rows of this table only

    Returns a list that grows with the table of each writing.
    """
    write, calls = versions.Versions.write, []

    def limited(self, table, rows):
        calls.append(table.name)
        applied = write(self, table, rows)
        if at and table.name == (of or table.name) and len([name for name in calls if name == (of or name)]) == at:
            raise NoRoom
        return applied

    monkeypatch.setattr(versions.Versions, "write", limited)
    return calls


def test_wherever_a_load_breaks_off_while_writing_it_goes_on_without_reading_again(
    url, kind, months, expected, monkeypatch
):
    before, after, whole, tables, closed = expected
    with closing(open_store(url)) as store:
        load(store, months[0], mapping())
        with monkeypatch.context() as patch:
            calls = failing(patch, 0)
            store.unload(load(store, months[1], mapping()).load)
            steps = len(calls)
        places = range(1, steps + 1, 9) if kind == "sqlite" else (2, steps)
        assert steps > 20
        for at in places:
            with monkeypatch.context() as patch:
                failing(patch, at)
                with pytest.raises(UserError, match=BROKE_OFF):
                    load(store, months[1], mapping())
            assert shown(store.snapshot()) == before
            with monkeypatch.context() as patch:
                patch.setattr(Stager, "run", None)
                report = resume(store)
            assert (report.tables, report.closed) == (tables, closed), at
            assert shown(store.snapshot()) == after
            assert held(store) == whole
            assert not store.beside("staging").exists()
            store.unload(report.load)


def test_a_load_that_breaks_off_twice_is_resumed_twice(url, months, expected, monkeypatch):
    with closing(open_store(url)) as store:
        load(store, months[0], mapping())
        for step, go in ((12, lambda: load(store, months[1], mapping())), (5, lambda: resume(store))):
            with monkeypatch.context() as patch:
                failing(patch, step)
                with pytest.raises(UserError, match=BROKE_OFF):
                    go()
        assert shown(store.snapshot()) == expected[0]
        resume(store)
        assert held(store) == expected[2]


def test_a_load_that_broke_off_while_reading_reads_again(url, months, expected, monkeypatch):
    with closing(open_store(url)) as store:
        load(store, months[0], mapping())
        with monkeypatch.context() as patch:
            stage, calls = Stager._stage, []

            def limited(self, batch, number):
                calls.append(batch.table)
                if len(calls) == 4:
                    raise NoRoom
                stage(self, batch, number)

            patch.setattr(Stager, "_stage", limited)
            with pytest.raises(UserError, match=BROKE_OFF):
                load(store, months[1], mapping())
        resume(store)
        assert shown(store.snapshot()) == expected[1]
        assert held(store) == expected[2]


def test_a_load_that_broke_off_is_discarded_by_the_next_which_says_so(url, months, expected, monkeypatch):
    with closing(open_store(url)) as store:
        load(store, months[0], mapping())
        with monkeypatch.context() as patch:
            failing(patch, 15)
            with pytest.raises(UserError, match=BROKE_OFF):
                load(store, months[1], mapping())
        report = load(store, months[1], mapping())
        assert report.abandoned == (2, str(months[1]))
        assert held(store) == expected[2]
        assert resume(store) is None
        assert load(store, months[1], mapping()).abandoned is None


def test_where_no_load_is_open_there_is_nothing_to_resume(url, months):
    with closing(open_store(url)) as store:
        assert resume(store) is None
        load(store, months[0], mapping())
        revision = store.revision()
        assert resume(store) is None
        assert store.revision() == revision


def test_small_writes_since_a_load_broke_off_are_covered_by_it(url, months, expected, monkeypatch):
    """A row that the load had found unchanged was changed by hand before it was resumed: it is written after all."""
    with closing(open_store(url)) as store:
        load(store, months[0], mapping())
        with monkeypatch.context() as patch:
            calls = failing(patch, 2, of="transfers")
            with pytest.raises(UserError, match=BROKE_OFF):
                load(store, months[1], mapping())
        assert "holdings" in calls
        row = store.current_relationships("HOLDS_SHARE", ["holdings:company:C1|C2|"])
        with store.writer("by hand", bulk=False) as writer:
            writer.relationships("HOLDS_SHARE", row.assign(amount=0.99, file=None, row=None), {})
            writer.publish({}, None)
        assert store.current_relationships("HOLDS_SHARE", ["holdings:company:C1|C2|"])["amount"].tolist() == [0.99]
        report = resume(store)
        assert shown(store.snapshot()) == expected[1]
        assert report.tables["holdings"]["used"] == expected[3]["holdings"]["used"] + 1


def test_a_load_whose_staging_is_gone_is_left_for_the_next_one(url, months, monkeypatch):
    with closing(open_store(url)) as store:
        with monkeypatch.context() as patch:
            failing(patch, 5)
            with pytest.raises(UserError, match=BROKE_OFF):
                load(store, months[0], mapping())
        (store.beside("staging") / "manifest.json").unlink()
        for _ in range(2):
            with pytest.raises(UserError, match=r"load 1 cannot be resumed here.*load its source again"):
                resume(store)
        assert load(store, months[0], mapping()).revision == 1


@pytest.mark.parametrize("damage", ["gone", "cut", "empty", "altered"])
def test_a_load_whose_staging_is_damaged_says_so_and_is_discarded(tmp_path, months, expected, monkeypatch, damage):
    with closing(open_store(f"sqlite:///{tmp_path}/graph.db")) as store:
        with monkeypatch.context() as patch:
            failing(patch, 5)
            with pytest.raises(UserError, match=BROKE_OFF):
                load(store, months[0], mapping())
        for part in store.beside("staging").glob("*.part"):
            content = part.read_bytes()
            part.unlink()
            if damage != "gone":
                changed = {"cut": content[: len(content) // 2], "empty": b"", "altered": content[:-1] + b"?"}
                part.write_bytes(changed[damage])
        with pytest.raises(UserError, match=r"what the load had read is damaged \(.*\): load its source again"):
            resume(store)
        assert resume(store) is None and store.counts() == ({}, {})
        load(store, months[0], mapping())
        assert shown(store.snapshot()) == expected[0]


def test_a_load_stopped_by_bad_input_leaves_nothing_to_resume(url, months):
    strict = mapping().__class__(reject_limit=0.0)
    with closing(open_store(url)) as store:
        with pytest.raises(UserError, match="load stopped"):
            load(store, months[0], strict)
        assert not store.beside("staging").exists()
        assert resume(store) is None
