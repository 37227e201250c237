"""The command that writes a synthetic loan book: sample."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .commands import AsText, TextFormat
from .output import plain, print_json, table


class SampleSetting(StrEnum):
    """How much fraud the book holds."""

    default = "default"
    dense = "dense"
    sparse = "sparse"
    camouflaged = "camouflaged"
    none = "none"


def sample(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write: a new or an empty one.")],
    applicants: Annotated[
        int, typer.Option("--applicants", metavar="N", help="Persons who have applied at least once; 500 or more.")
    ] = 20_000,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Equal seeds give equal bytes.")] = 1,
    setting: Annotated[
        SampleSetting, typer.Option("--setting", help="How much fraud it holds, and how well hidden.")
    ] = SampleSetting.default,
    format: AsText = TextFormat.text,
) -> None:
    """Write a synthetic loan book whose frauds are known.

    Canonical tables, ready to load, and truth.json, which says what was planted and which honest groups look like it.
    """
    from ...loaders.sample import write_sample

    done = write_sample(out, applicants, seed, setting.value)
    if format == TextFormat.json:
        print_json(done)
        return
    for heading, counts in (("TABLE", "tables"), ("PLANTED", "planted"), ("INNOCENT", "innocent")):
        header = (heading, "ROWS" if counts == "tables" else "GROUPS")
        rows = [(name, f"{count:,}") for name, count in done[counts].items()]
        print(table(header, rows, right=header[1:]) if rows else f"{heading}: nothing")
        print()
    print(f"{plain(out)}: a synthetic book, no real person or company; 'ringfence load {plain(out)}' loads it")
