"""The audit file: rows are only added, and a row changed, taken out, moved or cut off behind its back shows."""

import hashlib
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from ringfence.api.access.anchor import anchor, unmet
from ringfence.api.access.audit import AuditLog, Checked
from ringfence.graph.errors import UserError

KEY = b"k" * 32


@pytest.fixture
def log(tmp_path):
    """An empty log."""
    return AuditLog(tmp_path / "audit.db", KEY)


def behind_its_back(log, *statements):
    """Changes the file as somebody does who can write it."""
    with sqlite3.connect(log.path) as connection:
        for trigger in ("audit_no_update", "audit_no_delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.execute(statement)


def four_rows(log):
    for actor in "abcd":
        log.record(actor, "node.view", "company:A")


def test_rows_are_kept_in_order_with_who_what_and_why(log):
    log.record("li", "node.view", "company:甲", reason="案件 7", detail={"hops": 2})
    log.record("wang", "finding.view", "ab12")
    latest, first = AuditLog(log.path).entries()
    assert (latest["actor"], latest["reason"], latest["detail"]) == ("wang", None, {})
    assert (first["action"], first["subject"], first["reason"], first["detail"]) == (
        "node.view", "company:甲", "案件 7", {"hops": 2},
    )  # fmt: skip
    assert log.verify() == Checked(None, 2, 0)
    assert [row["actor"] for row in log.all()] == ["li", "wang"]
    assert [row["entry"] for row in (*log.entries(actor="li"), *log.entries(subject="company:甲"))] == [1, 1]
    assert log.entries(action="node") == []


def test_rows_can_be_neither_changed_nor_deleted(log):
    log.record("li", "node.view", "company:A")
    with sqlite3.connect(log.path) as connection:
        for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="audit rows stay"):
                connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET actor = 'x' WHERE entry = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE entry = 1", 1),
        ("UPDATE audit SET reason = '' WHERE entry = 2", 2),
        ("DELETE FROM audit WHERE entry = 2", 2),
        ("DELETE FROM audit WHERE entry = 1", 1),
        ("UPDATE audit SET entry = entry - 7 WHERE entry > 2", 3),
    ],
)
def test_a_row_altered_taken_out_or_moved_past_the_triggers_shows(log, statement, broken):
    four_rows(log)
    behind_its_back(log, statement, "UPDATE audit SET entry = abs(entry)")
    assert log.verify().broken == broken


def test_whoever_can_write_the_file_but_has_no_key_cannot_make_the_links_fit_again(log):
    four_rows(log)
    forged = AuditLog(log.path.with_name("forged.db"), b"guessed" * 4)
    for actor in "abxd":
        forged.record(actor, "node.view", "company:A")
    assert forged.verify().broken is None
    assert AuditLog(forged.path, KEY).verify().broken == 1
    # A plain hash, which needs no key, is worth nothing behind a keyed one.
    row = next(row for row in log.entries() if row["entry"] == 4)
    values = (4, row["at"], "x", row["action"], row["subject"], row["reason"], "{}")
    plain = hashlib.sha256((log.entries()[1]["chain"] + json.dumps(values)).encode()).hexdigest()
    behind_its_back(log, f"UPDATE audit SET actor = 'x', chain = '{plain}' WHERE entry = 4")
    assert log.verify().broken == 4


def test_rows_from_before_the_chain_was_keyed_keep_verifying_and_are_counted(log):
    chain = ""
    with sqlite3.connect(log.path) as connection:
        for entry, actor in enumerate("ab", 1):
            row = (entry, 1_700_000_000_000, actor, "node.view", "company:甲", None, "{}")
            chain = hashlib.sha256((chain + json.dumps(row, ensure_ascii=False)).encode()).hexdigest()
            connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, chain))
    assert log.verify() == Checked(None, 2, 2)
    four_rows(log)
    assert log.verify() == Checked(None, 6, 2)
    behind_its_back(log, "UPDATE audit SET actor = 'x' WHERE entry = 1")
    assert log.verify().broken == 1


def test_rows_cut_off_the_end_show_against_the_anchor(log, tmp_path):
    noted = tmp_path / "anchor"
    anchor(log, noted)
    assert not noted.exists(), "nothing was recorded"
    log.record("a", "node.view", "company:A")
    anchor(log, noted)
    four_rows(log)
    anchor(log, noted)
    anchor(log, noted)
    lines = noted.read_text().splitlines()
    assert [line.split()[1] for line in lines] == ["1", "5"], "a line for what is new, and no other"
    assert lines[1].split()[2] == log.head()[1]
    assert unmet(log, noted) is None
    behind_its_back(log, "DELETE FROM audit WHERE entry > 3")
    assert log.verify() == Checked(None, 3, 0)
    assert unmet(log, noted) == f"row 5 is not the one that line 2 of {noted} is about"
    noted.write_text("torn\n" + noted.read_text())
    assert "line 1" in unmet(log, noted)


def test_a_log_that_was_made_anew_does_not_meet_the_anchor_of_the_old_one(log, tmp_path):
    four_rows(log)
    anchor(log, tmp_path / "anchor")
    other = AuditLog(tmp_path / "other.db", KEY)
    for actor in "abxd":
        other.record(actor, "node.view", "company:A")
    assert other.verify().broken is None and "row 4" in unmet(other, tmp_path / "anchor")


def test_many_writers_at_once_keep_one_chain(log):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: log.record(f"u{n}", "node.view", "company:A"), range(80)))
    assert log.verify() == Checked(None, 80, 0)


def test_a_place_that_cannot_be_written_is_an_error_of_one_line(log, tmp_path):
    with pytest.raises(UserError, match="cannot write the audit log"):
        AuditLog(tmp_path / "no" / "folder" / "audit.db")
    log.record("a", "node.view", "company:A")
    with pytest.raises(UserError, match=r"cannot write the anchor .*RINGFENCE_AUDIT_ANCHOR"):
        anchor(log, tmp_path / "no" / "folder" / "anchor")
    with pytest.raises(UserError, match="read only"):
        AuditLog(log.path).record("a", "node.view", "company:A")
