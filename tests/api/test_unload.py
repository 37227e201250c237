"""``ringfence unload`` and ``ringfence load --resume`` as users meet them."""

import errno
import json
import os
from contextlib import closing

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.graph.errors import UserError
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.passes.first_pass import Stager
from support.book import ringfence
from support.stores import STORES


@pytest.fixture(params=STORES)
def home(request, tmp_path, monkeypatch):
    """A folder with two loads in a store of each kind, which the environment names."""
    url = "sqlite:///ringfence.db" if request.param == "sqlite" else request.getfixturevalue("neo4j_url")
    monkeypatch.setenv("RINGFENCE_STORE", url)
    monkeypatch.setenv("RINGFENCE_AUDIT", str(tmp_path / "audit.db"))
    for name, rows in (("one", "C1,甲\nC2,乙\n"), ("two", "C1,丙\nC3,丁\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "companies.csv").write_text("company_id,name\n" + rows)
        assert ringfence("load", name, cwd=tmp_path).returncode == 0
    return tmp_path


def loads(home):
    return [load["source"] for load in json.loads(ringfence("status", "--format", "json", cwd=home).stdout)["loads"]]


def test_the_newest_load_is_undone_what_it_covered_shows_again_and_the_audit_tells(home):
    done = ringfence("unload", "2", cwd=home)
    assert (done.returncode, done.stdout) == (0, "load 2 is undone, revision 3\n"), done.stderr
    assert loads(home) == ["one"]
    state = json.loads(ringfence("status", "--format", "json", cwd=home).stdout)
    assert state["nodes"] == {"company": 2}
    entry = AuditLog(home / "audit.db").entries()[0]
    assert (entry["action"], entry["subject"], entry["detail"]) == ("cli.unload", "load 2", {"source": "two"})
    assert ringfence("unload", "1", cwd=home).returncode == 0
    assert loads(home) == []


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("1", "load 1 has later loads resting on it: unload 2 first"),
        ("9", "no load 9 to unload: 'ringfence status' lists them"),
    ],
)
def test_a_load_that_later_ones_rest_on_and_one_that_is_not_there_are_refused(home, number, says):
    done = ringfence("unload", number, cwd=home)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"ringfence: {says}\n")
    assert loads(home) == ["one", "two"]


def test_with_no_load_open_resuming_says_so_and_changes_nothing(home):
    done = ringfence("load", "--resume", cwd=home)
    assert (done.returncode, done.stdout) == (0, "no load is open: there is nothing to resume\n")
    assert loads(home) == ["one", "two"]


@pytest.mark.parametrize(
    "arguments", [("load",), ("load", "one", "--resume"), ("load", "--resume", "--mapping", "finbench")]
)
def test_a_load_wants_a_source_or_resume_alone(home, arguments):
    done = ringfence(*arguments, cwd=home)
    assert done.returncode == 2 and "name what to load, or say --resume alone" in done.stderr


def test_a_store_that_is_not_there_has_nothing_to_resume_and_is_not_made(tmp_path):
    done = ringfence("load", "--resume", "--store", "sqlite:///none.db", cwd=tmp_path)
    assert done.returncode == 2 and "no store at none.db" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_load_that_broke_off_is_completed_from_another_folder(home, tmp_path_factory, monkeypatch):
    """Its source is found where it was, however the user had named it."""
    url = os.environ["RINGFENCE_STORE"].replace("sqlite:///", f"sqlite:///{home}/")

    def stops(self, progress):
        raise OSError(errno.ENOSPC, "No space left on device")

    with closing(open_store(url)) as store, monkeypatch.context() as patch:
        patch.setattr(Stager, "run", stops)
        patch.chdir(home)
        with pytest.raises(UserError, match="load 3 broke off"):
            load(store, "two")
    done = ringfence("load", "--resume", "--store", url, cwd=tmp_path_factory.mktemp("elsewhere"))
    assert done.returncode == 0 and "load 3, revision 3, from two" in done.stdout, done.stderr
