"""The commands of the audit log, over a real store."""

import json
import shutil
import sqlite3

import pytest
from support.book import ringfence


@pytest.fixture
def home(book, tmp_path, monkeypatch):
    """A folder with the book's store, whose log is anchored elsewhere."""
    shutil.copyfile(book / "ringfence.db", tmp_path / "ringfence.db")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("RINGFENCE_AUDIT_ANCHOR", str(tmp_path / "elsewhere" / "anchor"))
    for arguments in (("findings",), ("path", "company:C1", "company:C2"), ("findings",)):
        assert ringfence(*arguments, cwd=tmp_path).returncode == 0
    return tmp_path


def test_the_log_is_listed_by_who_what_and_whom(home):
    whole = ringfence("audit", "list", cwd=home).stdout
    assert "cli.path" in whole and "company:C1 company:C2" in whole and whole.count("cli.findings") == 2
    assert "cli.audit.list" in whole, "that the log was read is on record too"
    one = ringfence("audit", "list", "--action", "cli.path", cwd=home).stdout
    assert len(one.splitlines()) == 2 and "cli.findings" not in one
    assert len(ringfence("audit", "list", "--top", "2", cwd=home).stdout.splitlines()) == 3
    assert len(ringfence("audit", "list", "--actor", "nobody", cwd=home).stdout.splitlines()) <= 1


def test_the_log_is_exported_whole_and_in_order(home):
    rows = [json.loads(line) for line in ringfence("audit", "export", cwd=home).stdout.splitlines()]
    assert [row["entry"] for row in rows] == [1, 2, 3, 4]
    assert [row["action"] for row in rows] == ["cli.findings", "cli.path", "cli.findings", "cli.audit.export"]
    assert all(row["chain"].startswith("hmac:") for row in rows)


def test_each_command_anchors_what_it_recorded(home):
    lines = (home / "elsewhere" / "anchor").read_text().splitlines()
    assert [line.split()[1] for line in lines] == ["1", "2", "3"]
    told = ringfence("audit", "verify", cwd=home)
    assert told.returncode == 0 and "4 rows" in told.stdout and "is met" in told.stdout


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET subject = 'company:C9' WHERE entry = 2", "row 2 does not follow"),
        ("DELETE FROM audit WHERE entry >= 2", "row 2 is not the one that line 2"),
    ],
)
def test_a_changed_log_is_told_in_one_line(home, statement, told):
    with sqlite3.connect(home / "ringfence.db.audit.db") as file:
        file.execute("DROP TRIGGER audit_no_update")
        file.execute("DROP TRIGGER audit_no_delete")
        file.execute(statement)
    done = ringfence("audit", "verify", cwd=home)
    assert done.returncode == 2 and told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_store_that_is_reached_by_a_link_has_one_log(home):
    (home / "linked").mkdir()
    (home / "linked" / "book.db").symlink_to(home / "ringfence.db")
    assert ringfence("findings", "--store", "sqlite:///linked/book.db", cwd=home).returncode == 0
    assert not list((home / "linked").glob("*audit*"))
    assert ringfence("audit", "list", cwd=home).stdout.count("cli.findings") == 3
