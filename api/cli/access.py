"""Commands about who may ask the service: access create, list, revoke, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .commands import AsText, StoreUrl, TextFormat, user
from .output import print_json, say, table

if TYPE_CHECKING:
    from ..settings import Settings

access = typer.Typer(help="API keys and roles of the HTTP service.", no_args_is_help=True, rich_markup_mode=None)

VALID_DAYS = 90
"""How long a key is valid by default."""


@access.command()
def create(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="What the audit log calls its holder; by default the user."),
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option("--role", metavar="ROLE", help="What it may do; may be repeated.")
    ] = None,
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=1, max=3650, help="How long it is valid.")
    ] = VALID_DAYS,
    store: StoreUrl = None,
) -> None:
    """Make an API key and print it, this once."""
    from ...graph.errors import UserError
    from ..access.gate import open_keys
    from ..access.roles import ROLES
    from ..settings import read_settings

    roles = frozenset(role or ())
    if not roles or roles - set(ROLES):
        raise UserError(f"say what the key may do with --role: {', '.join(ROLES)}")
    settings, name = read_settings(store=store), (name or user()).strip()
    if not name.isprintable() or not 0 < len(name) <= 100:
        raise UserError("the name of a key is a line of 1 to 100 characters")
    file = settings.store_file
    keys = open_keys(settings, create=file is None or not file.exists())
    _audit(settings, "create", name, {"roles": sorted(roles), "days": days})
    print(keys.create(name, roles, days, user()))
    say(f"this key of {name} is shown once and valid for {days} days; send it as: Authorization: Bearer KEY")


@access.command("list")
def list_keys(format: AsText = TextFormat.text, store: StoreUrl = None) -> None:
    """List all API keys: name, id, roles, until when, state."""
    from ...graph.times import to_iso
    from ..access.gate import open_keys
    from ..settings import read_settings

    header = ("NAME", "ID", "ROLES", "MADE BY", "EXPIRES", "STATE")
    found = open_keys(read_settings(store=store), create=False).all()
    rows = [
        (key.name, key.id, " ".join(sorted(key.roles)), key.made_by, to_iso(key.expires_at), key.state) for key in found
    ]
    if format == TextFormat.json:
        names = [name.lower().replace(" ", "_") for name in header]
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print(table(header, rows))


@access.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name or id of the key.")], store: StoreUrl = None
) -> None:
    """Revoke a key: within a second it is refused everywhere."""
    from ..access.gate import open_keys
    from ..settings import read_settings

    settings = read_settings(store=store)
    for key in open_keys(settings, create=False).revoke(name):
        _audit(settings, "revoke", key.name, {"id": key.id})
        print(f"revoked: {key.name} {key.id}")


@access.command()
def roles() -> None:
    """Show the table of roles and of the actions they allow."""
    from ..access.roles import ACTIONS, ROLES, roles_that_may

    for role, meaning in ROLES.items():
        print(f"{role}: {meaning}")
    print()
    for action in ACTIONS:
        print(f"{action}: {', '.join(roles_that_may(action))}")


def _audit(settings: Settings, action: str, subject: str, detail: dict) -> None:
    from ...graph.keys import load_key_file
    from ..access.audit import AuditLog

    key = load_key_file(settings.key_file, create=False).derived("audit")
    AuditLog(settings.audit_file, key).record(user(), f"cli.access.{action}", subject, None, detail)
