"""A disk that is full or read-only: one line that says so, the store as it was; with room again the load goes on."""

import resource
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from ringfence.graph.store import open_store
from support.book import ringfence
from support.small_disk import small_disk
from support.two_books import MAPPING_TEXT, write_month
from support.whole import held, shown

PEOPLE = 400


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("disk")
    (folder / "monthly.toml").write_text(MAPPING_TEXT)
    for month in (1, 2):
        write_month(folder / f"month-{month}", month, PEOPLE)
    return folder


def loading(month, store="sqlite:///ringfence.db"):
    return "load", str(month), "--mapping", str(month.with_name("monthly.toml")), "--store", store


@pytest.fixture(scope="module")
def expected(home):
    """What shows after the first month and after both, and what is then held."""
    assert ringfence(*loading(home / "month-1", "sqlite:///expected.db"), cwd=home).returncode == 0
    with closing(open_store(f"sqlite:///{home}/expected.db")) as store:
        before = shown(store.snapshot())
        assert ringfence(*loading(home / "month-2", "sqlite:///expected.db"), cwd=home).returncode == 0
        return before, shown(store.snapshot()), held(store)


def one_line(done, *words):
    """The command failed for what the user can mend, in one line that has all of these words."""
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1 and done.stdout == "", done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "small", 24 << 20) as disk:
        if disk is None:
            pytest.skip("this machine lets us mount no disk; the test with a limit on files runs all the same")
        yield disk


def test_a_disk_that_fills_up_is_told_and_the_load_goes_on_once_there_is_room(home, disk, expected, tmp_path):
    before, after, whole = expected
    assert disk.ringfence(*loading(home / "month-1")).returncode == 0
    ends, files = [], disk.files()
    for free in (40_000, 150_000, 400_000, 1_000_000, 2_000_000):
        disk.put(files)
        disk.leave_free(free)
        done = disk.ringfence(*loading(home / "month-2"))
        disk.make_room()
        if done.returncode == 0:
            ends.append("had room")
        else:
            begun = "broke off" in done.stderr
            told = "'ringfence load --resume' goes on with it" if begun else "make room"
            one_line(done, "full" if "full" in done.stderr else "No space left", told)
            with closing(open_store(f"sqlite:///{disk.copy(tmp_path / 'copy')}/ringfence.db")) as store:
                assert shown(store.snapshot()) == before, free
            resumed = disk.ringfence("load", "--resume")
            assert resumed.returncode == 0, resumed.stderr
            assert begun == ("nothing to resume" not in resumed.stdout), free
            ends.append("resumed" if begun else "not begun")
            if not begun:
                assert disk.ringfence(*loading(home / "month-2")).returncode == 0
        with closing(open_store(f"sqlite:///{disk.copy(tmp_path / 'copy')}/ringfence.db")) as store:
            assert shown(store.snapshot()) == after and held(store) == whole, (free, ends)
            assert store.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert ends.count("resumed") >= 3, ends


def test_a_read_only_disk_is_told_and_stays_as_it_is(home, disk, expected, tmp_path):
    assert disk.ringfence(*loading(home / "month-1")).returncode == 0
    files = disk.files()
    disk.remount("ro")
    one_line(disk.ringfence(*loading(home / "month-2")), "read")
    one_line(disk.ringfence("load", "--resume"), "read")
    assert disk.files() == files
    disk.remount("rw")
    with closing(open_store(f"sqlite:///{disk.copy(tmp_path / 'copy')}/ringfence.db")) as store:
        assert shown(store.snapshot()) == expected[0]
    assert disk.ringfence(*loading(home / "month-2")).returncode == 0


def test_a_limit_on_the_size_of_files_is_told_and_the_load_goes_on_without_it(home, expected, tmp_path):
    before, after, whole = expected
    url = f"sqlite:///{tmp_path}/graph.db"
    assert ringfence(*loading(home / "month-1", url), cwd=home).returncode == 0
    size = (tmp_path / "graph.db").stat().st_size

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 8, resource.RLIM_INFINITY))

    command = [str(Path(sys.executable).with_name("ringfence")), *loading(home / "month-2", url)]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, preexec_fn=limit)
    one_line(done, "ringfence load --resume")
    with closing(open_store(url)) as store:
        assert shown(store.snapshot()) == before
        resumed = ringfence("load", "--resume", "--store", url, cwd=home)
        assert resumed.returncode == 0 and "revision 2" in resumed.stdout, resumed.stderr
        assert shown(store.snapshot()) == after and held(store) == whole
