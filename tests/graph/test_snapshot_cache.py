"""Kept snapshots among several processes: built once, never seen in half, dropped when nobody needs them."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from ringfence.graph.snapshot.cache import kept, remove_folder
from ringfence.graph.snapshot.files import FORMAT
from ringfence.graph.snapshot.holds import unless_held
from support.toy import Book, write

PATIENCE_S = 60

ASKING = """
import os, sys, time
from pathlib import Path
from ringfence.graph.snapshot.cache import kept
from support.toy import Book, write

ground, revision = Path(sys.argv[1]), int(sys.argv[2])

def build(folder):
    write(Book().company("A"), folder)
    whole = (folder / "snapshot.json").rename(folder / "not_yet")
    with (ground / "builds").open("a") as builds:
        print(os.getpid(), folder.parent.name, file=builds)
    while not (ground / "go").exists():
        time.sleep(0.01)
    whole.rename(folder / "snapshot.json")

with (ground / "asking").open("a") as asking:
    print(revision, file=asking)
files = kept(ground / "home", "a-store", revision, build, set)
print(files.folder.name, len(files.kinds))
"""


@contextmanager
def asking(ground, revision=1):
    """A process that asks for a snapshot, which takes it until there is ``go`` to build, should it come to that."""
    command = [sys.executable, "-c", ASKING, str(ground), str(revision)]
    tests = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=tests, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def answer(process):
    """What a process was given, once it is."""
    out, error = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, error
    return out.split()


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def until(holds):
    """Wait for something to come true."""
    patience = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < patience, "it never came true"
        time.sleep(0.01)


def at_the_lock(ground, count):
    """So many processes have asked, and had time to find the lock taken: one that had not finds it later."""
    until(lambda: len(lines(ground / "asking")) == count)
    time.sleep(0.2)


def builds(ground):
    """Who built, and the name of the draft."""
    return [line.split() for line in lines(ground / "builds")]


def building(ground, count):
    until(lambda: len(builds(ground)) == count)


def toy(folder):
    """Build a little snapshot."""
    write(Book().company("A"), folder)


def ask(home, revision, held=(), build=toy, identity="a-store"):
    """A snapshot asked for in this process."""
    return kept(home, identity, revision, build, lambda: set(held))


def there(home):
    """The revisions whose snapshots are there."""
    return {int(name.rpartition("-")[2]) for name in names_there(home)}


def names_there(home):
    """The names of all that is there but what is aside."""
    return {path.name for path in home.iterdir() if not path.name.startswith(".")}


def left_over(home):
    return [path.name for path in home.iterdir() if path.name.startswith(".") and path.name != ".building"]


# -- built once
def test_of_processes_that_want_a_snapshot_at_once_one_builds_it_and_all_use_it(tmp_path):
    with asking(tmp_path) as one, asking(tmp_path) as two, asking(tmp_path) as three:
        building(tmp_path, 1)
        at_the_lock(tmp_path, 3)
        assert there(tmp_path / "home") == set()
        (tmp_path / "go").touch()
        answers = [answer(process) for process in (one, two, three)]
    assert answers == [[f"a-store-{FORMAT}-1", "1"]] * 3
    assert len(builds(tmp_path)) == 1
    assert left_over(tmp_path / "home") == []


def test_a_snapshot_that_is_there_is_given_while_another_is_built(tmp_path):
    home = tmp_path / "home"
    ask(home, 1)
    with asking(tmp_path, 2) as busy:
        building(tmp_path, 1)
        assert ask(home, 1, build=never).names.texts([0]) == ["company:A"]
        (tmp_path / "go").touch()
        answer(busy)


def never(folder):
    pytest.fail("built again")


def test_the_next_in_the_queue_builds_what_a_killed_builder_did_not(tmp_path):
    with asking(tmp_path) as one, asking(tmp_path) as other:
        building(tmp_path, 1)
        at_the_lock(tmp_path, 2)
        builder, waiting = (one, other) if builds(tmp_path)[0][0] == str(one.pid) else (other, one)
        builder.send_signal(signal.SIGKILL)
        builder.wait(PATIENCE_S)
        building(tmp_path, 2)
        assert there(tmp_path / "home") == set()
        assert left_over(tmp_path / "home") == [builds(tmp_path)[1][1]]
        (tmp_path / "go").touch()
        assert answer(waiting) == [f"a-store-{FORMAT}-1", "1"]
    assert left_over(tmp_path / "home") == []


def test_whoever_comes_after_a_killed_builder_builds_anew_and_removes_its_draft(tmp_path):
    with asking(tmp_path) as killed:
        building(tmp_path, 1)
        killed.send_signal(signal.SIGKILL)
        killed.wait(PATIENCE_S)
    assert there(tmp_path / "home") == set()
    assert len(left_over(tmp_path / "home")) == 1
    assert ask(tmp_path / "home", 1).names.texts([0]) == ["company:A"]
    assert left_over(tmp_path / "home") == []


def test_a_build_that_fails_leaves_nothing_and_the_next_is_done_anew(tmp_path):
    def fail(folder):
        toy(folder)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        ask(tmp_path, 1, build=fail)
    assert there(tmp_path) == set()
    assert left_over(tmp_path) == []
    assert ask(tmp_path, 1).names.texts([0]) == ["company:A"]


def test_what_lies_half_in_the_place_of_a_snapshot_gives_way(tmp_path):
    place = ask(tmp_path, 1).folder
    (place / "snapshot.json").unlink()
    assert ask(tmp_path, 1).names.texts([0]) == ["company:A"]


# -- dropped
def test_an_older_snapshot_goes_when_a_newer_one_is_built(tmp_path):
    ask(tmp_path, 1)
    ask(tmp_path, 2)
    assert there(tmp_path) == {2}
    assert left_over(tmp_path) == []


def test_a_snapshot_that_a_registered_reader_holds_stays(tmp_path):
    ask(tmp_path, 1)
    ask(tmp_path, 2, held={1})
    ask(tmp_path, 3, held={1})
    assert there(tmp_path) == {1, 3}
    ask(tmp_path, 4, held={3})
    assert there(tmp_path) == {3, 4}


def test_the_latest_snapshot_stays_when_an_older_one_is_asked_for(tmp_path):
    ask(tmp_path, 10)
    ask(tmp_path, 9)
    assert there(tmp_path) == {9, 10}
    ask(tmp_path, 8)
    assert there(tmp_path) == {8, 10}


def test_the_snapshots_of_a_store_that_had_the_place_before_go_however_late_they_are(tmp_path):
    ask(tmp_path, 9, identity="another")
    ask(tmp_path, 1)
    assert there(tmp_path) == {1}


def test_a_snapshot_of_another_store_is_no_version_of_this_one_whatever_its_number(tmp_path):
    looked_at = ask(tmp_path, 10, identity="another")
    ask(tmp_path, 9)
    ask(tmp_path, 8)
    assert names_there(tmp_path) == {f"another-{FORMAT}-10", f"a-store-{FORMAT}-8", f"a-store-{FORMAT}-9"}
    ask(tmp_path, 10)
    del looked_at
    ask(tmp_path, 7)
    assert names_there(tmp_path) == {f"a-store-{FORMAT}-7", f"a-store-{FORMAT}-10"}


def test_a_folder_that_is_no_snapshot_stays(tmp_path):
    (tmp_path / "notes").mkdir()
    ask(tmp_path, 1)
    ask(tmp_path, 2)
    assert names_there(tmp_path) == {"notes", f"a-store-{FORMAT}-2"}


def test_a_snapshot_that_someone_looks_at_is_whole_though_newer_ones_are_built(tmp_path):
    """Its files are mapped when first asked for; no reader is registered for whoever looks at a finding of old."""
    looked_at = ask(tmp_path, 1)
    ask(tmp_path, 2)
    assert looked_at.names.texts([0]) == ["company:A"]
    assert looked_at.facts("companies").uids.to_pylist() == ["companies:A"]
    del looked_at
    ask(tmp_path, 3)
    assert there(tmp_path) == {3}


def test_another_process_does_not_drop_what_is_looked_at_either(tmp_path):
    looked_at = ask(tmp_path / "home", 1)
    (tmp_path / "go").touch()
    with asking(tmp_path, 2) as newer:
        answer(newer)
    assert looked_at.names.texts([0]) == ["company:A"]
    assert there(tmp_path / "home") == {1, 2}


DROPPING = """
import os, shutil, sys
from pathlib import Path
from ringfence.graph.snapshot.cache import kept
from support.toy import Book, write

def die_half_way(folder, *_, **__):
    if (Path(folder) / "names.arrow").exists():
        (Path(folder) / "names.arrow").unlink()
        os._exit(7)

shutil.rmtree = die_half_way
kept(Path(sys.argv[1]), "a-store", 2, lambda folder: write(Book().company("B"), folder), set)
"""


def test_a_process_that_dies_while_it_drops_a_snapshot_leaves_no_half_of_it(tmp_path):
    ask(tmp_path, 1)
    command = [sys.executable, "-c", DROPPING, str(tmp_path)]
    assert subprocess.run(command, cwd=Path(__file__).parents[1], timeout=PATIENCE_S).returncode == 7
    assert ask(tmp_path, 1).names.texts([0]) == ["company:A"]
    assert left_over(tmp_path) == []


def test_whoever_asks_for_a_snapshot_while_it_is_dropped_builds_it_anew(tmp_path):
    dropped = ask(tmp_path / "home", 1).folder
    (tmp_path / "go").touch()
    with ExitStack() as dropping:
        assert dropping.enter_context(unless_held(dropped / "snapshot.json"))
        with asking(tmp_path) as late:
            at_the_lock(tmp_path, 1)
            dropped.rename(dropped.with_name(".dropped-one"))
            assert builds(tmp_path) == []
            dropping.close()
            assert answer(late) == [f"a-store-{FORMAT}-1", "1"]
    assert len(builds(tmp_path)) == 1
    assert left_over(tmp_path / "home") == []


def test_whoever_comes_too_late_for_a_snapshot_holds_the_one_built_in_its_place(tmp_path):
    place = ask(tmp_path, 1).folder
    with ThreadPoolExecutor() as threads:
        with unless_held(place / "snapshot.json"):
            late = threads.submit(ask, tmp_path, 1, build=never)
            time.sleep(0.2)  # to open the file that goes now: one that has not finds the new one, and less is tested
            place.rename(place.with_name(".dropped-one"))
            toy(place)
        looked_at = late.result(PATIENCE_S)
    with unless_held(place / "snapshot.json") as free:
        assert not free
    del looked_at
    late = None
    with unless_held(place / "snapshot.json") as free:
        assert free


def test_all_snapshots_of_a_store_are_removed_under_those_who_look_wait_and_build(tmp_path):
    """As an erasure does: what was mapped stays mapped; who waits for the builder builds a snapshot of what is left."""
    home = tmp_path / "home"
    looked_at = ask(home, 1)
    names = looked_at.names
    with asking(tmp_path, 2) as one, asking(tmp_path, 2) as other:
        building(tmp_path, 1)
        at_the_lock(tmp_path, 2)
        remove_folder(home)
        assert names.texts([0]) == ["company:A"]
        builder, waiting = (one, other) if builds(tmp_path)[0][0] == str(one.pid) else (other, one)
        (tmp_path / "go").touch()
        assert answer(waiting) == [f"a-store-{FORMAT}-2", "1"]
        builder.communicate(timeout=PATIENCE_S)
    assert there(home) == {2}
