"""The tutorial: its files are written, its commands are run in order, and what it promises is there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """The folder in which a reader worked through the page, and what each block of commands printed."""
    folder, text = tmp_path_factory.mktemp("tutorial"), PAGE.read_text("utf-8")
    (folder / "book").mkdir()
    for name, content in re.findall(r"`book/(\w+\.csv)`[^`]*?```csv\n(.*?)```", text, re.S):
        (folder / "book" / name).write_text(content, "utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", text, re.S)
    (folder / "more.py").write_text(script, "utf-8")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**os.environ, "RINGFENCE_KEY_FILE": str(folder / "keys.json"), "PATH": path}
    printed = []
    # the last of them takes the findings as JSON, for the test to read
    for block in [*re.findall(r"```sh\n(.*?)```", text, re.S), "ringfence findings --format jsonl"]:
        command = ["bash", "-euo", "pipefail", "-c", block]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (block, done.stderr)
        printed.append(done.stdout)
    return folder, printed


def test_the_files_are_three_and_one_row_is_rejected(tried):
    folder, (_, load, rejects, *_) = tried
    assert sorted(path.stem for path in (folder / "book").iterdir()) == ["applicants", "applications", "contacts"]
    assert ["applications", "71", "70", "0", "0", "1"] in [line.split() for line in load.splitlines()]
    assert "applications" in rejects and "applicant_id" in rejects


def test_one_ring_of_six_is_found_and_its_page_written(tried):
    folder, (_, _, _, found, shown, *_) = tried
    assert "fraud_ring" in found
    assert all(f"applicant:A{number}" in shown for number in range(1, 7)) and "applicant:B" not in shown
    assert (folder / "ring.html").read_text("utf-8").lower().startswith("<!doctype html>")


def test_two_are_linked_by_the_contact_whom_both_named(tried):
    _, (*_, path, _, _, _) = tried
    assert path.startswith("linked by 2") and "137****8888" in path


def test_the_day_before_shows_no_ring_and_leaves_the_list_alone(tried):
    _, (*_, earlier, status, findings) = tried
    detected, _, listed = earlier.partition("revision")
    assert re.search(r"fraud-ring +\S+ +0 ", detected), detected
    assert "fraud_ring" in listed
    assert "applicant" in status
    (ring,) = map(json.loads, findings.splitlines())
    assert [ring["measures"][name] for name in ("members", "handsets", "contacts", "days")] == [6, 2, 1, 3]
