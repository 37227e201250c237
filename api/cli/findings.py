"""Commands that show what was found: findings, one finding, a path."""

from __future__ import annotations

from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import typer

from .commands import (
    AsOf,
    AsSheet,
    AsText,
    Output,
    SheetFormat,
    StoreUrl,
    TextFormat,
    Top,
    audit,
    check_output,
    first,
    opened,
    write_file,
)
from .narrowing import ByDetector, Channel, Colours, From, Kind, Product, Region, To
from .nodes import node_text
from .output import bound, findings_csv, number, plain, print_json, say, table


class View(StrEnum):
    """Of guarantee structures: between parties, or between groups of them."""

    raw = "raw"
    contracted = "contracted"


class Sort(StrEnum):
    """By what findings stand."""

    score = "score"
    amount = "amount"
    people = "people"
    date = "date"


def findings(
    kind: Kind = None,
    view: Annotated[View | None, typer.Option("--view", help="Only this view.")] = None,
    colour: Colours = None,
    detector: ByDetector = None,
    min_amount: Annotated[
        float | None, typer.Option("--min-amount", metavar="N", min=0, help="Only with a known amount of at least N.")
    ] = None,
    since: From = None,
    until: To = None,
    product: Product = None,
    region: Region = None,
    channel: Channel = None,
    new_since: Annotated[
        str | None,
        typer.Option("--new-since", metavar="DATE|BATCH", help="Only what did not exist before DATE, or by BATCH."),
    ] = None,
    sort: Annotated[Sort, typer.Option("--sort", help="By rank, or the largest or latest first.")] = Sort.score,
    top: Top = None,
    format: AsSheet = SheetFormat.table,
    output: Output = None,
    store: StoreUrl = None,
) -> None:
    """List what the detectors' latest runs found.

    By rank; a table shows the first 20 by default.
    """
    from ..services.listing import listed, wanted

    check_output(format, output)
    views = [view.value] if view else None
    members = {"products": product, "regions": region, "channels": channel}
    sought = wanted(kind, detector, (since, until), colours=colour, views=views, min_amount=min_amount, **members)
    with opened(store) as reader:
        asked = {**vars(sought), "new_since": new_since, "sort": sort, "top": top, "format": format}
        audit(reader, "findings", "findings", asked)
        runs, found, fresh, unknown = listed(reader, sought, new_since, sort)
        if unknown:
            say(f"{unknown} findings of no known amount are left out")
        if not runs:
            say("no detector has run on this store: run 'ringfence detect' first")
        elif not found:
            say("no finding is as asked")
        shown = first(found, top, format)
        if format == SheetFormat.json:
            print_json(shown)
        elif format == SheetFormat.jsonl:
            for finding in shown:
                print_json(finding)
        elif format == SheetFormat.csv:
            print(findings_csv(shown, fresh), end="")
        elif output is not None:
            from ..services.workbook import workbook

            write_file(output, workbook(shown, reader.snapshot(), fresh))
            print(f"{len(shown)} findings are in {output}")
        elif runs:
            print(_findings_table(shown, fresh))
            if len(shown) < len(found):
                print(f"{len(shown)} of {len(found)} findings; --top shows more")


def _findings_table(found: list[dict], fresh: dict) -> str:
    from ..services.triage import amount, people

    header = ("RANK", "ID", "KIND", "VIEW", "COLOUR", "SCORE", "PEOPLE", "AMOUNT", "NEW", "REASON")
    rows = [
        (
            item["rank_all"],
            item["id"],
            item["kind"],
            item["view"],
            item["colour"],
            f"{item['score']:.3f}",
            people(item),
            number(amount(item)),
            str(fresh[item["id"]]),
            item["reason_zh"] or item["reason_en"],
        )
        for item in found
    ]
    return table(header, rows, right=("RANK", "SCORE", "PEOPLE", "AMOUNT", "NEW"))


def show(
    finding: Annotated[
        str, typer.Argument(metavar="FINDING", help="Its id, or as much of the beginning as is unique.")
    ],
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the evidence as one page that opens without a network."),
    ] = None,
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """Show one finding with its evidence.

    Why, who, and the source rows that prove it; or, with --html, a page with a picture of it.
    """
    from ..services import findings as answers

    with opened(store) as reader:
        found = answers.finding(reader.store, finding)
        recorded = audit(reader, "show", found["id"], {"html": html is not None})
        if format == TextFormat.json and html is None:
            print_json(found)
            return
        snapshot = reader.as_seen_by(found)
        if html is None:
            print(_finding_text(found, snapshot))
            return
        from ..evidence.page import evidence_page, write_page
        from ..services.guarantee_report import report_of

        circle = report_of(found, snapshot, reader.policy()) if found["kind"] == "guarantee_circle" else None
        write_page(evidence_page(found, snapshot, str(recorded), circle), html)
        print(f"the evidence for {found['kind']} {found['id']} is in {html}")


def _finding_text(found: dict, snapshot) -> str:
    from ...graph.words.names import FINDING_WORDS
    from ..services.labels import labels

    nodes = {member["node"] for member in found["members"]}
    nodes |= {row[end] for row in found["evidence"] for end in ("source", "target")}
    shown = {name: label.name for name, label in labels(snapshot, nodes).items()}
    words = FINDING_WORDS[found["kind"]]
    parts = [
        f"{found['kind']} {found['id']}: {words.zh}, {words.en}",
        f"view {found['view']}, colour {found['colour']}, score {found['score']:.3f}, rank {found['rank']} of its kind "
        f"and {found['rank_all']} over all; as of {found['as_of']}; {found['detector']} {found['version']}",
        *(plain(found[reason]) for reason in ("reason_zh", "reason_en") if found[reason]),
    ]
    if found["innocent_twin"]:
        parts.append(f"innocent explanation that fits: {plain(found['innocent_twin'])}")
    members = [(member["role"], member["node"], shown[member["node"]]) for member in found["members"]]
    parts += ["", table(("ROLE", "MEMBER", "NAME"), members)]
    if found["measures"]:
        measures = [(name, number(value)) for name, value in found["measures"].items()]
        parts += ["", table(("MEASURE", "VALUE"), measures, right=("VALUE",))]
    rows = [
        (
            row["relation"],
            row["source"],
            shown[row["source"]],
            row["target"],
            shown[row["target"]],
            row["file"],
            row["row"],
        )
        for row in found["evidence"]
    ]
    parts += ["", table(("EVIDENCE", "FROM", "NAME", "TO", "NAME", "FILE", "ROW"), rows)]
    if found["truncated"]:
        parts += ["", *(f"cut short: {bound(item)}" for item in found["truncated"])]
    return "\n".join(parts)


def path(
    source: Annotated[str, typer.Argument(metavar="FROM", help="One node, as kind:key; a personal key may be raw.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The other node.")],
    max_hops: Annotated[
        int | None,
        typer.Option("--max-hops", metavar="N", min=1, max=20, help="Longest link looked for; 6 by default."),
    ] = None,
    directed: Annotated[
        bool,
        typer.Option("--directed", help="Follow money alone, from FROM to TO: transfers, disbursements, repayments."),
    ] = False,
    in_time: Annotated[
        bool, typer.Option("--in-time", help="The same, each event not earlier than the one before.")
    ] = False,
    as_of: AsOf = None,
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """Say how two nodes are linked.

    Over all relations, in both directions, or by the way of money alone; or that no link was found, and what the search
    left out.
    """
    from ..services.names import read_node
    from ..services.nodes import MAX_HOPS
    from ..services.nodes import path as linked

    with opened(store) as reader:
        ends = [(read_node(reader, text), text) for text in (source, target)]
        snapshot = reader.snapshot().at(reader.moment(as_of))
        asked = {"max_hops": max_hops, "as_of": as_of, "directed": directed, "in_time": in_time}
        audit(reader, "path", " ".join(name for name, _ in ends), asked)
        answer = linked(snapshot, ends[0], ends[1], max_hops or MAX_HOPS, directed=directed, in_time=in_time)
        if format == TextFormat.json:
            print_json(answer)
        else:
            print("\n".join(link_text(answer)))


def link_text(answer: dict) -> list[str]:
    """The lines that say how two nodes are linked, or that no link was found."""
    lines = _link_text(answer) if answer["found"] else _no_link_text(answer)
    by_node = groupby(answer["not_followed"], itemgetter("node"))
    lines += [_not_followed(node, list(ties)) for node, ties in by_node]
    return [*lines, *(f"cut short: {bound(item)}" for item in answer["truncated"])]


def _no_link_text(answer: dict) -> list[str]:
    one, other = plain(answer["from"]), plain(answer["to"])
    ends = f"from {one} to {other}" if answer["directed"] else f"between {one} and {other}"
    lines = [f"no {_kind(answer)} found {ends} within {answer['max_hops']} hops, as of {answer['as_of']}"]
    if answer["truncated"]:
        return lines
    if answer["not_followed"]:
        return [*lines, "among the ties that link there is none of any length; one may lie behind those that do not:"]
    return [*lines, f"nothing was left out: there is no longer {_kind(answer)} either"]


def _link_text(answer: dict) -> list[str]:
    from ..services.money import EVENTS

    long = _hops(answer["hops"])
    told = f"{_kind(answer)} of {long}" if answer["directed"] else f"linked by {long}"
    lines = [f"{told}, as of {answer['as_of']}", node_text(answer["nodes"][0])]
    for here, step, there in zip(answer["nodes"], answer["relationships"], answer["nodes"][1:], strict=False):
        ahead = step["source"] == here["node"]
        arrow = f"──{step['relation']}──▶" if ahead else f"◀──{step['relation']}──"
        event = f"{_event_text(step)}  " if answer["directed"] and step["relation"] in EVENTS else ""
        proof = f"({plain(step['file'])}, row {step['row']})"
        lines.append(f"  {arrow} {node_text(there)}  {event}{proof}")
    if count := answer["same_instant"]:
        lines.append(f"{count} at the same instant as the event before: which was first is not known")
    return lines


def _kind(answer: dict) -> str:
    return "time-ordered path" if answer["in_time"] else "directed path" if answer["directed"] else "link"


def _event_text(step: dict) -> str:
    return f"{number(step['amount'])} at {step['valid_from'] or 'a time not on record'}"


def _not_followed(node: str | None, ties: list[dict]) -> str:
    count = sum(tie["count"] for tie in ties)
    whose = "between the two" if node is None else f"of {plain(node)}"
    link = "tie links no one and was" if count == 1 else "ties link no one and were"
    what = ", ".join(f"{tie['count']} {tie['relation']} ({plain(tie['why'])})" for tie in ties)
    return f"{whose} {count} {link} not followed: {what}"


def _hops(count: int) -> str:
    return "one relationship" if count == 1 else f"{count} relationships"
