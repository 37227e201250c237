"""Commands about the audit log: audit list, verify, export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from .commands import AsText, StoreUrl, TextFormat, Top, first, opened
from .commands import audit as recorded
from .output import plain, print_json, table

if TYPE_CHECKING:
    from ..services.reader import Reader

audit = typer.Typer(help="Who saw or did what, when and why.", no_args_is_help=True, rich_markup_mode=None)


_SHOWN = ("actor", "action", "subject", "reason")


def _only(what: str, meaning: str) -> typer.models.OptionInfo:
    return typer.Option(f"--{what}", metavar=what.upper(), help=f"Only rows of this {meaning}.")


@audit.command("list")
def list_rows(
    actor: Annotated[str | None, _only("actor", "key, token subject or user")] = None,
    action: Annotated[str | None, _only("action", "action, such as api.node")] = None,
    subject: Annotated[str | None, _only("subject", "node, finding or case")] = None,
    top: Top = None,
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """List rows of the audit log, newest first."""
    from ...graph.times import to_iso

    asked = {"actor": actor, "action": action, "subject": subject}
    with _read(store, "list", asked) as reader:
        found = reader.audit.entries(top or 1_000_000, **asked)
    if format == TextFormat.json:
        print_json(found)
        return
    rows = [
        (row["entry"], to_iso(row["at"]), *(plain(row[name] or "") for name in _SHOWN))
        for row in first(found, top, "table")
    ]
    print(table(("ROW", "AT", "ACTOR", "ACTION", "SUBJECT", "REASON"), rows, right=("ROW",)))


@audit.command()
def verify(store: StoreUrl = None) -> None:
    """Check that no row was changed, taken out or moved, and that the log meets its anchor."""
    from ...graph.errors import UserError
    from ..access.anchor import unmet

    with _read(store, "verify", {}) as reader:
        checked, file = reader.audit.verify(), reader.settings.audit_anchor
        if checked.broken is not None:
            raise UserError(f"the audit log was changed: row {checked.broken} does not follow from the one before it")
        if file is not None and file.exists() and (told := unmet(reader.audit, file)):
            raise UserError(f"the audit log was changed: {told}")
    print(f"{checked.rows:,} rows, each follows from the one before it")
    if checked.plain:
        print(f"the first {checked.plain:,} are from before the chain was keyed: they show accidents, and no forger")
    print(f"all that {file} notes is met" if file and file.exists() else "no anchor: rows cut off the end do not show")


@audit.command()
def export(store: StoreUrl = None) -> None:
    """Write all rows as JSON lines, in order, with their links."""
    with _read(store, "export", {}) as reader:
        for row in reader.audit.all():
            print(json.dumps(row, ensure_ascii=False))


@contextmanager
def _read(store: str | None, action: str, asked: dict) -> Iterator[Reader]:
    """The opened store; that the log is read is on record too."""
    with opened(store) as reader:
        recorded(
            reader, f"audit.{action}", "audit", {name: value for name, value in asked.items() if value is not None}
        )
        yield reader
