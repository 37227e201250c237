"""The audit file: rows are only added, and a row changed behind its back shows."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.graph.errors import UserError


def test_rows_are_kept_in_order_with_who_what_and_why(tmp_path):
    log = AuditLog(tmp_path / "audit.db")
    log.record("li", "node.view", "company:甲", reason="案件 7", detail={"hops": 2})
    log.record("wang", "finding.view", "ab12")
    latest, first = AuditLog(tmp_path / "audit.db").entries()
    assert (latest["actor"], latest["reason"], latest["detail"]) == ("wang", None, {})
    assert (first["action"], first["subject"], first["reason"], first["detail"]) == (
        "node.view", "company:甲", "案件 7", {"hops": 2},
    )  # fmt: skip
    assert log.verify() is None


def test_rows_can_be_neither_changed_nor_deleted(tmp_path):
    log = AuditLog(tmp_path / "audit.db")
    log.record("li", "node.view", "company:A")
    with sqlite3.connect(log.path) as connection:
        for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="audit rows stay"):
                connection.execute(statement)


def test_a_row_altered_past_the_triggers_shows(tmp_path):
    log = AuditLog(tmp_path / "audit.db")
    for actor in "abcd":
        log.record(actor, "node.view", "company:A")
    with sqlite3.connect(log.path) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'x' WHERE entry = 3")
    assert log.verify() == 3
    with sqlite3.connect(log.path) as connection:
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute("DELETE FROM audit WHERE entry = 2")
    assert log.verify() == 2


def test_many_writers_at_once_keep_one_chain(tmp_path):
    log = AuditLog(tmp_path / "audit.db")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: log.record(f"u{n}", "node.view", "company:A"), range(80)))
    assert len(log.entries()) == 80 and log.verify() is None


def test_a_place_that_cannot_be_written_is_an_error_of_one_line(tmp_path):
    with pytest.raises(UserError, match="cannot write the audit log"):
        AuditLog(tmp_path / "no" / "folder" / "audit.db")
