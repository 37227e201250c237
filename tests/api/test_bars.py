"""Commands that may take long show a bar on a terminal, whichever command it is that has to build the snapshot."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from support.book import ringfence, write_book

PATH = ("path", "company:C1", "company:C6")


def on_a_terminal(folder, *command):
    """Standard output, and what a command writes to a terminal as its standard error."""
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [str(Path(sys.executable).with_name("ringfence")), *command],
            cwd=folder,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
        ) as process:
            os.close(theirs)
            shown = b""
            while True:
                try:
                    part = os.read(ours, 65536)
                except OSError:  # the other end was closed
                    break
                if not part:
                    break
                shown += part
            assert process.stdout is not None
            told = process.stdout.read()
        assert process.returncode == 0, shown
        return told, shown.decode()
    finally:
        os.close(ours)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bars")
    write_book(folder / "tables")
    _, shown = on_a_terminal(folder, "load", "tables")
    assert "writing" in shown
    return folder


def test_a_bar_shows_while_a_snapshot_is_built_and_only_then(folder):
    told, shown = on_a_terminal(folder, *PATH)
    assert "snapshot relations" in shown and "linked by" in told
    again, shown = on_a_terminal(folder, *PATH)
    assert (again, shown) == (told, "")


def test_no_bar_shows_where_standard_error_is_no_terminal(tmp_path):
    write_book(tmp_path / "tables")
    for command in (("load", "tables"), PATH):
        done = ringfence(*command, cwd=tmp_path)
        assert "snapshot" not in done.stderr and "writing" not in done.stderr and "\x1b" not in done.stderr


@pytest.mark.parametrize(
    "command", [("detect",), ("path", "phone:13812345678", "company:C6"), ("export", "neo4j-import", "files")]
)
def test_every_command_that_builds_one_shows_it(tmp_path, command):
    write_book(tmp_path / "tables")
    assert ringfence("load", "tables", cwd=tmp_path).returncode == 0
    _, shown = on_a_terminal(tmp_path, *command)
    assert "snapshot relations" in shown
