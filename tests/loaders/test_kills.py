"""kill -9 in mid-load: on reopening all of it is visible or nothing, a reader meanwhile saw a whole graph, ``--resume``
completes it.
"""

import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing

import pytest
from ringfence.graph.store import open_store
from ringfence.loaders import load
from support.two_books import MAPPING_TEXT, mapping, write_month
from support.whole import held, shown

PEOPLE = {"sqlite": 300, "neo4j": 60}
"""In the book, by store."""
SMALL_PARTS = "from ringfence.loaders.passes import staging; staging._PARTITION_BYTES = 6_000"
COMMAND = f"{SMALL_PARTS}; from ringfence.api.cli import main; main()"
"""The command line, with tables in several partitions so that a load has many parts."""


class Reader(threading.Thread):
    """Somebody who reads the graph anew all the time, and keeps what was neither one picture nor the other."""

    def __init__(self, url, pictures, folder):
        super().__init__()
        self.url, self.pictures, self.folder = url, pictures, folder
        self.looks, self.odd, self.ended = 0, [], threading.Event()

    def run(self):
        with closing(open_store(self.url)) as store:
            store.beside = lambda what: self.folder / what
            while not self.ended.is_set():
                shutil.rmtree(self.folder, ignore_errors=True)
                self.folder.mkdir()
                with store.reading() as revision:
                    seen = shown(store.snapshot(revision))
                self.looks += 1
                if seen not in self.pictures:
                    self.odd.append((revision, seen))


def started(*arguments, cwd):
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def begun(store, process):
    """Wait until a load has its own folder, or is over."""
    while not store.beside("staging").exists() and process.poll() is None:
        time.sleep(0.002)
    return time.monotonic()


def killed_at_random_moments(url, kind, folder, kills):
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    chance = random.Random(seed)
    (folder / "monthly.toml").write_text(MAPPING_TEXT)
    months = [write_month(folder / f"month-{month}", month, PEOPLE[kind]) for month in (1, 2)]
    again = ("load", "month-2", "--mapping", "monthly.toml", "--store", url)
    with closing(open_store(url)) as store:
        load(store, months[0], mapping())
        before = shown(store.snapshot())
        process = started(*again, cwd=folder)
        at = begun(store, process)
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        seconds = time.monotonic() - at
        after, whole = shown(store.snapshot()), held(store)
        assert before != after
        store.unload(store.loads()[-1].load)
        reader = Reader(url, (before, after), folder / "reader")
        reader.start()
        try:
            ends = []
            while len(ends) < kills:
                moment = chance.uniform(0, seconds)
                ends.append(kill_once(store, again, moment, folder, (before, after, whole)))
                if ends[-1] == "had ended":  # the first load of a server is its slowest: later ones are over sooner
                    seconds = moment
        finally:
            reader.ended.set()
            reader.join()
    print(f"killed: {dict(Counter(ends))}, the reader looked {reader.looks} times")
    assert not reader.odd, f"the reader saw part of a load at revision {reader.odd[0][0]}"
    assert reader.looks > kills
    assert ends.count("resumed") >= kills // 3, ends


def kill_once(store, command, seconds, folder, pictures):
    """Kill a load some seconds after it began, look, resume it, look, and undo it; how far it had come."""
    before, after, whole = pictures
    process = started(*command, cwd=folder)
    begun(store, process)
    time.sleep(seconds)
    process.kill()
    process.communicate()
    with closing(open_store(store.url)) as reopened:
        seen = shown(reopened.snapshot())
    assert seen in (before, after), f"killed after {seconds:.3f} s: part of the load is visible"
    process = started("load", "--resume", "--store", store.url, cwd=folder)
    said, errors = process.communicate(timeout=300)
    if process.returncode == 0 and "nothing to resume" not in said:
        end = "resumed"
        assert seen == before
    elif process.returncode == 0 and seen == after:
        end = "had ended"
    else:
        # it had not begun, or at most taken a number
        end = "not begun"
        assert seen == before and (process.returncode == 0 or "cannot be resumed here" in errors), errors
        process = started(*command, cwd=folder)
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    assert shown(store.snapshot()) == after, f"killed after {seconds:.3f} s, {end}: not what the whole load shows"
    assert held(store) == whole, f"killed after {seconds:.3f} s, {end}: not what the whole load holds"
    assert not store.beside("staging").exists()
    store.unload(store.loads()[-1].load)
    assert shown(store.snapshot()) == before
    return end


def test_a_load_killed_at_any_moment_shows_whole_or_not_and_is_resumed(url, kind, tmp_path):
    killed_at_random_moments(url, kind, tmp_path, 1)


@pytest.mark.soak
def test_a_load_killed_at_fifty_moments_shows_whole_or_not_and_is_resumed(url, kind, tmp_path):
    killed_at_random_moments(url, kind, tmp_path, 50)


def test_a_second_load_says_that_it_waits_and_then_runs(url, tmp_path):
    (tmp_path / "monthly.toml").write_text(MAPPING_TEXT)
    write_month(tmp_path / "month-1", 1, 80)
    with closing(open_store(url)) as store:
        with store.writer("by another") as writer:
            process = started("load", "month-1", "--mapping", "monthly.toml", "--store", url, cwd=tmp_path)
            assert process.stderr is not None
            line = process.stderr.readline()
            assert "another load, from by another, is running: this one waits for its end" in line
            assert process.poll() is None
            with store.writer("by hand", bulk=False) as small:
                assert small.publish({}, None) == 1, "small writes go on"
            writer.publish({}, None)
        said, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert "load 3, revision 3" in said
        assert [load.source for load in store.loads()] == ["by hand", "by another", "month-1"]
