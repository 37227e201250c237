"""Commands about one node: what is said of it, and what lies around it."""

from __future__ import annotations

from typing import Annotated

import typer

from .commands import AsOf, AsText, StoreUrl, TextFormat, audit, opened
from .output import bound, number, plain, print_json, table

Named = Annotated[str, typer.Argument(metavar="NODE", help="The node, as kind:key; a personal key may be raw.")]


def node(name: Named, as_of: AsOf = None, format: AsText = TextFormat.text, store: StoreUrl = None) -> None:
    """Show what is said of a node.

    The rows that state something of it, and how many relationships of each kind it has.
    """
    from ..services.names import read_node
    from ..services.nodes import node as told_of

    with opened(store) as reader:
        named = read_node(reader, name)
        snapshot = reader.snapshot().at(reader.moment(as_of))
        audit(reader, "node", named, {"as_of": as_of})
        told = told_of(snapshot, named, name)
    if format == TextFormat.json:
        print_json(told)
    else:
        print("\n".join(_node_lines(told)))


def _node_lines(told: dict) -> list[str]:
    lines = [f"{node_text(told)}, as of {told['as_of']}"]
    for fact in told["facts"]:
        cells = [(name, plain(cell)) for name, cell in fact["data"].items() if cell != ""]
        lines += ["", f"{fact['table']}, {plain(fact['file'])}, row {fact['row']}", table(("COLUMN", "VALUE"), cells)]
    counts = [(relation, f"{count:,}") for relation, count in told["relationships"].items()]
    return [*lines, "", table(("RELATIONSHIPS", "COUNT"), counts, right=("COUNT",))]


def neighbourhood(
    name: Named,
    hops: Annotated[int, typer.Option("--hops", metavar="N", min=1, max=4, help="How far to go.")] = 1,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=1000, help="Most nodes in the answer.")
    ] = 200,
    as_of: AsOf = None,
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """Show what lies around a node.

    The nodes within some hops, and the relationships among them with their source rows. Ties that link no one are shown
    beside the node itself, but not followed.
    """
    from ..services.names import read_node
    from ..services.nodes import neighbourhood as around

    with opened(store) as reader:
        named = read_node(reader, name)
        snapshot = reader.snapshot().at(reader.moment(as_of))
        audit(reader, "neighbourhood", named, {"as_of": as_of, "hops": hops, "limit": limit})
        told = around(snapshot, named, name, hops, limit)
    if format == TextFormat.json:
        print_json(told)
    else:
        print("\n".join(_around_lines(told)))


def _around_lines(told: dict) -> list[str]:
    hops = "one hop" if told["hops"] == 1 else f"{told['hops']} hops"
    nodes = [(one["distance"], one["kind"], plain(one["node"]), plain(one["label"])) for one in told["nodes"]]
    rows = [
        (row["relation"], plain(row["source"]), plain(row["target"]), _amount(row), plain(row["file"]), row["row"])
        for row in told["relationships"]
    ]
    return [
        f"{len(nodes)} nodes within {hops}, as of {told['as_of']}",
        table(("HOPS", "KIND", "NODE", "LABEL"), nodes, right=("HOPS",)),
        "",
        table(("RELATIONSHIP", "FROM", "TO", "AMOUNT", "FILE", "ROW"), rows, right=("AMOUNT", "ROW")),
        *(f"cut short: {bound(item)}" for item in told["truncated"]),
    ]


def _amount(row: dict) -> str:
    return "" if row["amount"] is None else number(row["amount"])


def node_text(told: dict) -> str:
    """A node with what people see of it, where that tells more than its key."""
    name, label = plain(told["node"]), plain(told["label"])
    return name if label == told["node"].partition(":")[2] else f"{name} {label}"
