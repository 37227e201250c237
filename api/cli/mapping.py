"""The command that writes a first mapping of a foreign source: map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...graph.errors import UserError
from .output import plain, say


def first_mapping(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A folder of tables, one file, or the URL of a database.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write it; standard output without it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over the file that is there.")] = False,
) -> None:
    """Write a first mapping of a source, to be read through and corrected.

    It looks at headers and at the first rows of every file, and loads nothing. Every column is marked sure, likely or
    guess; guesses are comments, so that no load uses them.
    """
    from ...loaders.suggest import counts, survey, toml

    if out is not None and out.exists() and not force:
        raise UserError(f"{out}: is there already; name another file, or write over it with --force")
    found = survey(source)
    text = toml(found)
    if out is None:
        print(text, end="")
    else:
        _write(out, text)
    said = ", ".join(f"{number:,} {level}" for level, number in counts(found).items())
    say(f"columns: {said}; files and sheets not read: {len(found.unread):,}")
    if out is not None:
        say(f"when you have read it through: ringfence load {plain(found.source)} --mapping {plain(out)}")


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); check the path") from error
