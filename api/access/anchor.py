"""The anchor: a plain file elsewhere that notes how far the audit log had come, and its last link.

Each line is ``time entry link``. Whoever can write the log's file and has the key file can write another log; the
anchor belongs where they cannot write to what is there already: an append-only share, another machine's mount.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from ...graph.errors import UserError
from ...graph.times import to_iso
from .audit import AuditLog

EVERY_SECONDS = 60
"""How often a running service writes a line, where there is something new."""

_LINE = 400
"""More bytes than a line has."""


def anchor(log: AuditLog, file: Path) -> None:
    """Add a line for the log's last row, unless the file's last line is about it.

    Raises
    ------
    UserError : the file cannot be written
    """
    entry, link = log.head()
    try:
        if entry and _last(file) != (entry, link):
            # One write that only appends, so that lines of several processes never mix.
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
            try:
                os.write(descriptor, f"{to_iso(time.time_ns() // 1_000_000)} {entry} {link}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    except OSError as error:
        told = f"cannot write the anchor of the audit log {file}: {error.strerror}; see RINGFENCE_AUDIT_ANCHOR"
        raise UserError(told) from None


def unmet(log: AuditLog, file: Path) -> str | None:
    """The first line of an anchor file that the log does not meet, in words; None where it meets all.

    Raises
    ------
    UserError : the file cannot be read
    """
    lines: dict[tuple[int, str], int] = {}
    for number, line in enumerate(_text(file).splitlines(), 1):
        said = _read(line)
        if said is None:
            return f"line {number} of {file} is no anchor"
        lines.setdefault(said, number)
    for row in log.all():
        lines.pop((row["entry"], row["chain"]), None)
    for (entry, _), number in lines.items():
        return f"row {entry} is not the one that line {number} of {file} is about"
    return None


def _last(file: Path) -> tuple[int, str] | None:
    lines = _text(file, tail=_LINE).splitlines() if file.exists() else []
    return _read(lines[-1]) if lines else None


def _text(file: Path, tail: int | None = None) -> str:
    try:
        with file.open("rb") as opened:
            if tail is not None:
                opened.seek(max(0, file.stat().st_size - tail))
            return opened.read().decode("utf-8", errors="replace")
    except OSError as error:
        told = f"cannot read the anchor of the audit log {file}: {error.strerror}; see RINGFENCE_AUDIT_ANCHOR"
        raise UserError(told) from None


def _read(line: str) -> tuple[int, str] | None:
    parts = line.split(" ")
    return (int(parts[1]), parts[2]) if len(parts) == 3 and parts[1].isdecimal() else None
