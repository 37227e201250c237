"""The command line: ``ringfence COMMAND``; ``ringfence --help`` lists the commands.

Only what ``--help`` needs is imported here; each command imports the rest when it runs.
"""

from __future__ import annotations

from typing import Annotated

import typer

from . import guarantee_app, guarantee_plans, guarantees  # noqa: F401 - the commands of the group
from .access import access
from .ask import EPILOG, ask
from .audit import audit
from .cases import cases
from .commands import Commands
from .findings import findings, path, show
from .jobs import jobs, snapshot
from .load import detect, load, status, token, unload
from .mapping import first_mapping
from .nightly import nightly
from .nodes import neighbourhood, node
from .personal import erase, keys, reveal, tokens
from .rejects import rejects
from .sample import sample
from .screen import screen
from .serve import serve
from .stores import copy, export
from .why import why

app = typer.Typer(
    name="ringfence",
    cls=Commands,
    help="Find fraud rings and guarantee circles in loan, guarantee and account tables, with the rows that prove them.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def ringfence(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version and leave.")] = False,
) -> None:
    """What stands before every command."""
    if version:
        from ..services.status import version as installed

        print(f"ringfence {installed()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


for command in (
    sample, load, unload, detect, nightly, snapshot, findings, show, node, neighbourhood, path, why, screen, status,
    rejects, token, serve, copy, export, erase, reveal,
):  # fmt: skip
    app.command()(command)
app.command("map")(first_mapping)
app.command(epilog=EPILOG)(ask)
app.add_typer(access, name="access")
app.add_typer(audit, name="audit")
app.add_typer(cases, name="case")
app.add_typer(guarantee_app.app, name="guarantees")
app.add_typer(jobs, name="jobs")
app.add_typer(keys, name="keys")
app.add_typer(tokens, name="tokens")


def main() -> None:
    """The ``ringfence`` command."""
    app()
