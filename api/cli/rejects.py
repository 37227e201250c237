"""The command that lists what a load could not use, row by row and cell by cell."""

from __future__ import annotations

from typing import Annotated

import typer

from .commands import ListFormat, StoreUrl, Top, audit, first, opened
from .output import REJECTED, print_json, rejects_csv, table


def rejects(
    load: Annotated[
        int | None, typer.Option("--load", metavar="N", help="Only of this load; by default of all that stand.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--table", metavar="T", help="Only of this input table, such as guarantees.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="R", help="Only for this reason, such as scientific_notation.")
    ] = None,
    top: Top = None,
    format: Annotated[
        ListFormat, typer.Option("--format", help="A table; or all of them: a JSON list, JSON lines, CSV in UTF-8.")
    ] = ListFormat.table,
    store: StoreUrl = None,
) -> None:
    """List the rows and cells that loads could not use.

    Where each stands and why; personal values are masked. A table shows the first 20 by default.
    """
    from ..services.status import rejects as listed

    with opened(store) as reader:
        found = listed(reader.store, load, name, reason)
        audit(reader, "rejects", "rejects", {"load": load, "table": name, "reason": reason, "format": format})
        shown = first(found, top, format)
        if format == ListFormat.json:
            print_json(shown)
        elif format == ListFormat.jsonl:
            for reject in shown:
                print_json(reject)
        elif format == ListFormat.csv:
            print(rejects_csv(shown), end="")
        else:
            rows = [[reject[name] for name in REJECTED] for reject in shown]
            print(table([name.upper() for name in REJECTED], rows, right=("LOAD", "ROW")))
            if len(shown) < len(found):
                print(f"{len(shown):,} of {len(found):,} rejects; --top shows more")
