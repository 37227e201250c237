"""Rotation, erasure and partner tokens as a user meets them: what is printed, refused, and left in the audit log."""

import csv
import json
import shutil

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.settings import Settings
from ringfence.graph.keys import load_key_file
from support.book import ringfence, write_book
from support.service import service

AGREED = "0f" * 32


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The little book in a store of its own, under a key file of its own, with the detectors run on it."""
    monkeypatch.setenv("RINGFENCE_KEY_FILE", str(tmp_path / "keys.json"))
    write_book(tmp_path / "tables")
    for command in (("load", "tables"), ("detect",)):
        assert ringfence(*command, cwd=tmp_path).returncode == 0
    return tmp_path


def said(folder, *arguments, code=0, **more):
    done = ringfence(*arguments, cwd=folder, **more)
    assert done.returncode == code, done.stderr
    return done


def entries(folder):
    log = AuditLog(folder / "ringfence.db.audit.db", load_key_file().derived("audit"))
    assert log.verify().broken is None
    return [(item["action"], item["subject"], item["reason"], item["detail"]) for item in log.entries()]


def test_rotation_keeps_node_names_and_findings(folder):
    names = said(folder, "token", "phone", stdin="13812345678\n").stdout
    found = said(folder, "findings", "--format", "jsonl").stdout
    done = said(folder, "keys", "rotate")
    assert "encryption key 2 is new" in done.stdout and "14 values were encrypted anew" in done.stdout
    assert "back up" in done.stderr
    assert said(folder, "token", "phone", stdin="13812345678\n").stdout == names
    assert said(folder, "findings", "--format", "jsonl").stdout == found
    said(folder, "load", "tables")
    assert any(action == "cli.keys.rotate" for action, *_ in entries(folder))


def test_an_erasure_says_what_went_and_what_stays_and_is_on_record_with_its_reason(folder):
    token = said(folder, "token", "phone", stdin="13812345678\n").stdout.strip()
    done = said(folder, "erase", "applicant:A1", "--reason", " PIPL 47, letter of 3 May ")
    assert "personal values" in done.stdout and "applicant:erased_" in done.stdout
    assert f"stays, because others state it too: {token} 138****5678" in done.stdout
    assert "not reached: source files" in done.stderr and "audit log" in done.stderr
    assert said(folder, "path", "applicant:A1", "applicant:A2", code=2).stderr.startswith("ringfence: no node")
    done = said(folder, "erase", "phone:138 1234 5678", "--reason", "PIPL 47")
    assert "1381" not in done.stdout and "138*" not in done.stdout
    actions = [(action, subject, reason) for action, subject, reason, _ in entries(folder)]
    assert ("cli.erased", "applicant:A1", "PIPL 47, letter of 3 May") in actions
    assert ("cli.erase", token, "PIPL 47") in actions and ("cli.erased", token, "PIPL 47") in actions
    details = next(detail for action, subject, _, detail in entries(folder) if action == "cli.erased")
    assert set(details) == {"removed", "rewritten", "values", "findings"}


def test_an_erasure_that_cannot_be_is_one_line(folder):
    assert "Missing option" in said(folder, "erase", "applicant:A1", code=2).stderr
    assert "needs a reason" in said(folder, "erase", "applicant:A1", "--reason", " ", code=2).stderr
    assert "no personal data by itself" in said(folder, "erase", "company:C1", "--reason", "x", code=2).stderr
    assert "nothing to erase" in said(folder, "erase", "applicant:nobody", "--reason", "x", code=2).stderr
    assert not any(action == "cli.erased" for action, *_ in entries(folder))


def test_a_running_service_forgets_the_erased(folder, monkeypatch):
    monkeypatch.chdir(folder)
    with service(Settings().store) as client:
        assert client.get("/v1/nodes/applicant:A1").status_code == 200
        assert "138****5678" in client.get("/v1/nodes/applicant:A2/neighbourhood").text
        said(folder, "erase", "applicant:A1", "--reason", "asked")
        said(folder, "erase", "phone:13812345678", "--reason", "asked")
        assert client.get("/v1/nodes/applicant:A1").status_code == 404
        assert "138****5678" not in client.get("/v1/nodes/applicant:A2/neighbourhood").text


def test_a_copy_made_before_an_erasure_is_not_brought_up_to_date(folder):
    copy = ("copy", "--from", "sqlite:///ringfence.db", "--to", "sqlite:///copy.db")
    said(folder, *copy)
    said(folder, "erase", "applicant:A1", "--reason", "asked")
    assert "something was erased since" in said(folder, *copy, code=2).stderr
    (folder / "copy.db").unlink()
    said(folder, *copy)
    assert "applicant:A1" not in (folder / "copy.db").read_bytes().decode("latin-1")


def test_tokens_of_two_institutions_match_under_the_agreed_key_alone(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(folder / "tables", other / "tables")
    load_key_file(other / "keys.json")
    said(other, "load", "tables", RINGFENCE_KEY_FILE=str(other / "keys.json"))
    (folder / "agreed").write_text(AGREED)
    mine = said(folder, "tokens", "export", "phone", "device", "--key-file", "agreed").stdout
    theirs = said(
        other, "tokens", "export", "phone", "device",
        RINGFENCE_KEY_FILE=str(other / "keys.json"), RINGFENCE_PARTNER_KEY=AGREED,
    ).stdout  # fmt: skip
    assert mine == theirs and len(mine.splitlines()) == 8 and mine.startswith("kind,token\n")
    (other / "another").write_text("1e" * 32)
    another = said(
        other, "tokens", "export", "phone", "device",
        RINGFENCE_KEY_FILE=str(other / "keys.json"), RINGFENCE_PARTNER_KEY_FILE=str(other / "another"),
    ).stdout  # fmt: skip
    assert not set(another.splitlines()[1:]) & set(mine.splitlines()) and len(another.splitlines()) == 8
    rows = list(
        csv.DictReader(said(folder, "tokens", "export", "phone", "--nodes", "--key-file", "agreed").stdout.splitlines())
    )
    own = said(folder, "token", "phone", stdin="13812345678\n").stdout.strip()
    assert own in {row["node"] for row in rows}
    detail = next(detail for action, _, _, detail in entries(folder) if action == "cli.tokens.export")
    assert detail["rows"] == len(rows) and AGREED not in json.dumps(detail)


def test_an_export_without_a_key_or_under_the_own_secret_is_refused(folder):
    assert "no agreed key" in said(folder, "tokens", "export", code=2).stderr
    secret = json.loads((folder / "keys.json").read_text())["token_secret"]
    refused = said(folder, "tokens", "export", code=2, RINGFENCE_PARTNER_KEY=secret)
    assert "own token secret" in refused.stderr and secret not in refused.stderr
    assert "has no personal values" in said(
        folder, "tokens", "export", "company", code=2, RINGFENCE_PARTNER_KEY=AGREED
    ).stderr  # fmt: skip


def test_another_key_file_is_refused_before_anything_is_done(folder):
    load_key_file(folder / "other.json")
    for command in (("keys", "rotate"), ("erase", "applicant:A1", "--reason", "x"), ("tokens", "export"), ("status",)):
        refused = said(folder, *command, code=2, RINGFENCE_KEY_FILE=str(folder / "other.json"))
        assert "made under another key file" in refused.stderr
    assert sorted(json.loads((folder / "other.json").read_text())["encryption_keys"]) == ["1"]
