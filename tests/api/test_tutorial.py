"""The tutorial: its files are written and its commands run in the order of the page, and they print what it shows."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
FILES = {"csv", "python", "toml"}
"""Blocks that are the content of a file: the one that the paragraph above names last."""


class Step(NamedTuple):
    """A block of commands, what it printed, and what the page shows of that; empty where it shows nothing."""

    commands: str
    printed: str
    shown: str


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """The folder in which a reader worked through the page, and its steps."""
    folder, text = tmp_path_factory.mktemp("tutorial"), PAGE.read_text("utf-8")
    steps, end = [], 0
    for block in FENCE.finditer(text):
        language, content = block[1], block[2]
        if language in FILES:
            name = re.findall(r"`([\w/]+\.\w+)`", text[end : block.start()])[-1]
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(content, "utf-8")
        elif language == "sh":
            steps.append(Step(content, run(content, folder), ""))
        else:
            assert language == "text" and not steps[-1].shown, "output stands below the commands that print it"
            steps[-1] = steps[-1]._replace(shown=content)
        end = block.end()
    return folder, steps


def run(commands, folder):
    """What commands print, run as a reader runs them; each must succeed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "RINGFENCE_KEY_FILE": str(folder / "keys.json"), "PATH": path}
    shell = ["bash", "-euo", "pipefail", "-c", commands]
    done = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, (commands, done.stderr.decode())
    return done.stdout.decode()


def lines(text):
    """The lines of an output that hold anything, however wide their columns are."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def differs(shown, printed):
    """The first line shown that is not printed in its place, None where all are; ``…`` is whatever is left out."""
    rest, skipping = lines(printed), True
    for line in lines(shown):
        if line == "…":
            skipping = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.split("…")))
        places = [place for place, other in enumerate(rest) if pattern.fullmatch(other)]
        if not places or (places[0] and not skipping):
            return line
        rest, skipping = rest[places[0] + 1 :], False
    return None


def test_every_command_prints_what_the_page_shows(tried):
    _, steps = tried
    assert sum(bool(step.shown) for step in steps) >= 8
    for step in steps:
        assert differs(step.shown, step.printed) is None, (step.commands, step.printed)


def test_a_line_that_is_not_printed_is_noticed():
    assert differs("a 1\n…\nc …", "a  1\nb\nc 3") is None
    assert differs("a\nc", "a\nb\nc") == "c"
    assert differs("a …\nd", "a 1\nb") == "d"


def test_the_page_goes_from_three_files_to_a_path(tried):
    folder, steps = tried
    assert sorted(path.stem for path in (folder / "book").iterdir()) == ["applicants", "applications", "contacts"]
    commands = [line.split()[1] for step in steps for line in step.commands.splitlines() if "ringfence" in line]
    assert list(dict.fromkeys(commands)) == ["load", "rejects", "detect", "findings", "show", "path", "status"]
    assert any("--as-of" in step.commands for step in steps)
    assert any("--mapping" in step.commands for step in steps)


def test_one_ring_of_six_is_found_and_its_page_written(tried):
    folder, _ = tried
    (ring,) = map(json.loads, run("ringfence findings --format jsonl", folder).splitlines())
    assert ring["kind"] == "fraud_ring"
    assert [member["node"] for member in ring["members"]] == [f"applicant:A{number}" for number in range(1, 7)]
    named = ("members", "handsets", "contacts", "accounts", "days", "amount")
    assert [ring["measures"][name] for name in named] == [6, 2, 1, 1, 3, 73000]
    assert (folder / "ring.html").read_text("utf-8").lower().startswith("<!doctype html>")
