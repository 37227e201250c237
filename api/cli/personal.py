"""Commands about personal data: keys rotate, tokens export, erase."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .commands import StoreUrl, audit, opened
from .output import plain, say

keys = typer.Typer(help="The key file's encryption keys.", no_args_is_help=True, rich_markup_mode=None)
tokens = typer.Typer(help="Tokens for a partner institution.", no_args_is_help=True, rich_markup_mode=None)


@keys.command()
def rotate(store: StoreUrl = None) -> None:
    """Add an encryption key and re-encrypt the store under it.

    Node keys and finding ids stay. Broken off, it goes on where it stood when it is run again.
    """
    from ...graph.store.rotation import rotate as rotate_keys
    from .bars import bars

    with opened(store) as reader:
        audit(reader, "keys.rotate", str(reader.store.keys.path))
        with bars() as progress:
            done = rotate_keys(reader.store, progress)
        file = reader.store.keys.path
        print(f"encryption key {done.version} is {'new' if done.added else 'the newest'} in {file}")
        print(f"{done.reencrypted:,} values were encrypted anew; all of the store's are under that key now")
    if done.added:
        say(f"back up {file}: older keys stay in it, as other stores, copies and backups may need them")


@tokens.command()
def export(
    kinds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KIND]...", help="Which kinds, such as phone; all of them by default."),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key-file",
            envvar="RINGFENCE_PARTNER_KEY_FILE",
            metavar="FILE",
            help="The agreed key, 32 characters or more; by default it is taken from RINGFENCE_PARTNER_KEY.",
        ),
    ] = None,
    nodes: Annotated[
        bool, typer.Option("--nodes", help="Add the store's own node names: for keeping, not for the partner.")
    ] = False,
    store: StoreUrl = None,
) -> None:
    """Write the store's identifiers as tokens under an agreed key.

    CSV on standard output. Two books have equal tokens for equal values under one key, and unrelated ones under two.
    """
    from ...graph.keys import keyed_hash
    from ...loaders.partner_tokens import SHARED_KINDS, agreed_key, partner_tokens

    with opened(store) as reader:
        key = agreed_key(key_file, reader.store.keys)
        personal = reader.store.privacy()
        wanted = sorted(set(kinds)) if kinds else [k for k in SHARED_KINDS if personal.get(k, "personal") == "personal"]
        frame, left_out = partner_tokens(reader.store, wanted, key)
        detail = {
            "kinds": wanted,
            "rows": len(frame),
            "nodes": nodes,
            "key": keyed_hash(key, "fingerprint", "").hex()[:16],
        }
        audit(reader, "tokens.export", "tokens", detail)
        print(frame[["kind", "token", "node"] if nodes else ["kind", "token"]].to_csv(index=False), end="")
    if left_out:
        say(f"{left_out:,} values link no one (stop-list, impossible numbers) and were left out")


def reveal(
    node: Annotated[str, typer.Argument(metavar="KIND:KEY", help="Whose value, such as applicant:KEY.")],
    field: Annotated[
        str, typer.Argument(metavar="FIELD", help="A column of its facts, such as mobile; key for the node's own key.")
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept in the audit log.")],
    store: StoreUrl = None,
) -> None:
    """Show one personal value of one node in full."""
    from ..services.names import read_node
    from ..services.reveal import check_reason
    from ..services.reveal import reveal as revealed

    why = check_reason(reason)
    with opened(store) as reader:
        name = read_node(reader, node)
        audit(reader, "reveal", name, {"field": field}, reason=why)
        for value in revealed(reader, name, node, field)["values"]:
            print(plain(value))


def erase(
    node: Annotated[
        str, typer.Argument(metavar="KIND:KEY", help="A person (applicant:KEY) or a personal identifier, raw or token.")
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept in the audit log.")],
    store: StoreUrl = None,
) -> None:
    """Erase a person, or one personal identifier, for good.

    From every version and revision, findings, snapshots and free bytes of the store. It cannot be undone.
    """
    from ...graph.errors import UserError
    from ...graph.store.erasure import check_erasable
    from ...graph.store.masks import mask_of
    from ...loaders.schema.naming import naming_cells
    from ..access.views import Views
    from ..services.names import read_node

    if not reason.strip():
        raise UserError("an erasure needs a reason: state it with --reason")
    with opened(store) as reader:
        name = read_node(reader, node)
        check_erasable(name)
        # Noted before it is done: what was begun and broken off is on record too.
        audit(reader, "erase", name, reason=reason.strip())
        done = reader.store.erase(name, naming_cells())
        Views(reader.settings.views_file).forget(lambda node: reader.store.get(node) is not None)
        audit(
            reader,
            "erased",
            name,
            {"removed": done.removed, "rewritten": done.rewritten, "values": done.values, "findings": done.findings},
            reason=reason.strip(),
        )
        print(
            f"erased: {done.removed:,} versions removed, {done.rewritten:,} rewritten, {done.values:,} personal values"
        )
        print(f"what stays of it, if anything, is called {done.name}; nothing leads from there to what was erased")
        for kept in done.kept:
            print(f"stays, because others state it too: {kept} {mask_of(kept, reader.store.secret) or ''}".rstrip())
        if done.findings:
            print(f"{done.findings:,} findings that mentioned it were removed: run 'ringfence detect' again")
    say("not reached: source files (a new load of them brings it back), backups, copies, exports, pages, the audit log")
