"""How every command begins and ends: shared options, the opened store, exit codes, and one line for what went wrong.

0 is success, 2 is for the user to mend, 4 says that somebody else is at the store, 1 is a defect of ours, 130 is an
interruption. Whoever closes the pipe early has seen enough: that is success too.
"""

from __future__ import annotations

import getpass
import io
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ...graph.errors import Busy, UserError

if TYPE_CHECKING:
    from ..services.reader import Reader

_USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[2]
"""What the command-line parser raises for anything wrong with the arguments, in whichever version of Typer."""

BUSY = 4
"""Exit code where another job runs on the store: the same works once it has ended."""

StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="RINGFENCE_STORE",
        metavar="URL",
        help="The store: sqlite:///ringfence.db by default, or neo4j://user@host:7687/database.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="T",
        help="What was known at this time: a date (its first instant, in Asia/Shanghai) or an ISO time. "
        "The default is the store's latest data date.",
    ),
]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        envvar="RINGFENCE_POLICY",
        metavar="FILE",
        help="The policy: thresholds of colours and settings of detectors. Without it, the one that is shipped.",
    ),
]
MappingName = Annotated[
    str | None,
    typer.Option(
        "--mapping", metavar="NAME|FILE", help="How foreign files become tables: a shipped mapping or a TOML file."
    ),
]
TABLE_ROWS = 20
"""How many rows a table lists by default."""
Top = Annotated[
    int | None,
    typer.Option("--top", metavar="N", min=1, help=f"The first N only; the table shows {TABLE_ROWS} by default."),
]


class TextFormat(StrEnum):
    """How an answer is printed."""

    text = "text"
    json = "json"


AsText = Annotated[TextFormat, typer.Option("--format", help="Lines to read, or one JSON object.")]


class ListFormat(StrEnum):
    """How a list is printed."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


class SheetFormat(StrEnum):
    """How a list is given that may be a workbook, too."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    xlsx = "xlsx"


AsSheet = Annotated[
    SheetFormat,
    typer.Option("--format", help="A table; or all fields: a JSON list, JSON lines, CSV for spreadsheets, a workbook."),
]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Where the workbook is written.")]


def check_output(form: str, output: Path | None) -> None:
    """A list that is a workbook has a file to be written to, and no other has one."""
    if (form == SheetFormat.xlsx) != (output is not None):
        raise UserError("say --format xlsx and --output FILE together: a workbook is a file, all else is printed")


def write_file(path: Path, content: bytes) -> None:
    """Write what a command makes."""
    try:
        path.write_bytes(content)
    except OSError as error:
        told = f"cannot write {path}: {error.strerror or error}; name a file in a folder that exists"
        raise UserError(told) from None


def first(found: list[dict], top: int | None, form: str) -> list[dict]:
    """As much of a list as is to be printed."""
    return found[: TABLE_ROWS if top is None and form == ListFormat.table else top]


class Commands(TyperGroup):
    """The group of all commands; it alone decides on exit codes."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run a command and leave with its exit code, having said in one line what went wrong."""
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **extra)
        _write_utf8()
        sys.exit(_exit_code(lambda: super(Commands, self).main(*args, standalone_mode=False, **extra)))


def _exit_code(run: Any) -> int:
    try:
        code = run()
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except UserError as error:
        return _say(str(error), BUSY if isinstance(error, Busy) else 2)
    except _USAGE_ERROR as error:
        return _say(_usage(error), 2)
    except BrokenPipeError:
        return _reader_gone()
    except SystemExit as stop:
        # Typer answers a closed pipe itself, in a way of its own.
        return _reader_gone() if isinstance(stop.__context__, BrokenPipeError) else int(stop.code or 0)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:
        from ...graph.environment import stated
        from ...graph.outside import outside_cause

        if cause := outside_cause(error):
            _close_output()
            return _say(f"{cause}; make room or give access, and run it again", 2)
        if stated("RINGFENCE_DEBUG") == "1":
            traceback.print_exc()
        hint = "set RINGFENCE_DEBUG=1 and run it again for the traceback to report"
        return _say(f"a defect of Ringfence, not of your data ({type(error).__name__}); {hint}", 1)


def _usage(error: Any) -> str:
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "ringfence"
    return f"{error.format_message().rstrip('.')}; '{where} --help' says what it takes"


def _say(message: str, code: int) -> int:
    from .output import say

    say(message)
    return code


def _reader_gone() -> int:
    _close_output()
    return 0


def _close_output() -> None:
    """Give up on standard output where it cannot be written: what is left in its buffer has nowhere to go, and would be
    complained about when the interpreter ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_utf8() -> None:
    """Files and pipes get UTF-8 whatever the locale; a terminal shows what it can. Either gets all of it."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if isinstance(stream.buffer, io.RawIOBase):
            # Unbuffered, Python drops what is left of a text when a signal cuts its writing short.
            stream = os.fdopen(stream.fileno(), "w", buffering=1, encoding=stream.encoding, closefd=False)
            setattr(sys, name, stream)
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def opened(store: str | None) -> Iterator[Reader]:
    """The store that a command reads, closed at its end; a bar shows the building of a snapshot that takes long."""
    from ..services.reader import Reader
    from ..settings import read_settings
    from .bars import bars

    reader = Reader(read_settings(store=store), bars)
    try:
        yield reader
    finally:
        reader.close()


def audit(reader: Reader, action: str, subject: str, detail: dict | None = None, reason: str | None = None) -> int:
    """Record that somebody at this machine asks to see or do something, before it is shown or done; the row's number
    in the audit log."""
    return reader.audit.record(user(), f"cli.{action}", subject, reason, detail)


def user() -> str:
    """Who is logged in at this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
