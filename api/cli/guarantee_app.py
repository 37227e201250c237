"""The group of commands ``ringfence guarantees``."""

from __future__ import annotations

import typer

guarantees = typer.Typer(
    name="guarantees",
    help="Guarantee circles: contagion along them, and how to take them apart.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
