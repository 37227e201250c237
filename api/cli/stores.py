"""Commands that move a whole store: copy, export."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .commands import StoreUrl


class ExportFormat(StrEnum):
    """What a store is written as."""

    neo4j_import = "neo4j-import"


def copy(
    source: Annotated[str, typer.Option("--from", metavar="URL", help="The store to copy.")],
    target: Annotated[str, typer.Option("--to", metavar="URL", help="An empty store, or an earlier copy of it.")],
) -> None:
    """Copy a store into an empty one.

    All loads, versions, findings and secrets; broken off, it goes on where it stood when it is run again.
    """
    from contextlib import closing

    from ...graph.store import open_store
    from ...graph.store.copying import copy as copy_store
    from ..settings import read_settings
    from .bars import bars

    key_file = read_settings().key_file
    with (
        closing(open_store(source, create=False, key_file=key_file)) as held,
        # Under the source's key file, which exists, so that none is made here.
        closing(open_store(target, key_file=held.keys.path)) as into,
        bars() as progress,
    ):
        report = copy_store(held, into, progress)
        revision = into.revision()
    print(f"copied {report.revisions:,} revisions with {report.versions:,} versions, and {report.runs:,} runs")
    print(f"the copy is at revision {revision}")


def export(
    format: Annotated[ExportFormat, typer.Argument(metavar="FORMAT", help="neo4j-import: files for neo4j-admin.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an empty one.")],
    store: StoreUrl = None,
) -> None:
    """Write a store as files for another program.

    neo4j-import: headers, data and constraints for 'neo4j-admin database import', with the command to run.
    """
    from ...graph.store.neo4j.admin_import import export_neo4j_import
    from .bars import bars
    from .commands import opened

    with opened(store) as reader, bars() as progress:
        counts = export_neo4j_import(reader.store, folder, progress)
    print(f"{counts['nodes']:,} nodes and {counts['relationships']:,} relationships are in {folder}")
    print(f"with the server stopped, run: sh {folder}/import.sh")
