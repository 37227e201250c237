"""The group ``ringfence guarantees``: its commands stand in files of their own."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="guarantees",
    help="Guarantee circles: how large, how bad, who holds them together, what a default would do, which to replace.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
