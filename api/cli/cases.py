"""Commands of an investigator's day: case list, show, verdict, note, assign, close, snooze, export, replay."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..services.case_choices import CaseSort, State
from .commands import (
    AsSheet,
    Output,
    SheetFormat,
    StoreUrl,
    Top,
    audit,
    check_output,
    first,
    opened,
    user,
    write_file,
)
from .narrowing import ByDetector, Channel, Colours, From, Kind, Product, Region, To
from .output import case_amounts, cases_csv, plain, print_json, say, table

cases = typer.Typer(
    help="Cases: findings about the same people, and what was decided about them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
CaseId = Annotated[str, typer.Argument(metavar="CASE", help="Its id, or as much of the beginning as is unique.")]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides; by default the user of this machine.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept with the case.")]


class ShowFormat(StrEnum):
    """How one case is given."""

    text = "text"
    json = "json"
    xlsx = "xlsx"


class Verdict(StrEnum):
    """What an investigator decides."""

    confirmed = "confirmed"
    innocent = "innocent"
    unsure = "unsure"


@cases.command("list")
def list_cases(
    new: Annotated[
        bool, typer.Option("--new", help="Only what is new or has grown since the nightly batch before, and by whom.")
    ] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what was to be closed by now.")] = False,
    state: Annotated[
        State | None, typer.Option("--state", help="Only this state; by default all but gone, closed and snoozed.")
    ] = None,
    colour: Colours = None,
    kind: Kind = None,
    detector: ByDetector = None,
    min_amount: Annotated[
        float | None,
        typer.Option("--min-amount", metavar="N", min=0, help="Only with a known balance at stake of at least N."),
    ] = None,
    since: From = None,
    until: To = None,
    product: Product = None,
    region: Region = None,
    channel: Channel = None,
    sort: Annotated[
        CaseSort, typer.Option("--sort", help="As the queue stands, the largest first, or what is due first.")
    ] = CaseSort.queue,
    top: Top = None,
    format: AsSheet = SheetFormat.table,
    output: Output = None,
    store: StoreUrl = None,
) -> None:
    """List the cases of the latest nightly batch.

    By colour, then by money at stake; a table shows the first 20 by default. What is asked of kinds, detectors, dates,
    products, regions and channels is asked of a case's findings: one that fits is enough.
    """
    from ...graph.store.runs import latest_nightly
    from ..services.listing import listed_cases, wanted

    check_output(format, output)
    members = {"products": product, "regions": region, "channels": channel}
    sought = wanted(kind, detector, (since, until), colours=colour, min_amount=min_amount, **members)
    with opened(store) as reader:
        asked = {"new": new, "overdue": overdue, "state": state, "sort": sort}
        audit(reader, "case.list", "cases", {**vars(sought), **asked, "top": top, "format": format})
        found, held = listed_cases(reader, sought, **asked)
        if not latest_nightly(reader.store.runs()):
            say("no detector has run for today on this store: run 'ringfence detect' first")
        shown = first(found, top, format)
        if format == SheetFormat.json:
            print_json(shown)
        elif format == SheetFormat.jsonl:
            for case in shown:
                print_json(case)
        elif format == SheetFormat.csv:
            print(cases_csv(shown), end="")
        elif output is not None:
            from ..services.workbook import case_workbook

            write_file(output, case_workbook(shown, reader.snapshot()))
            print(f"{len(shown)} cases are in {output}")
        else:
            print(_cases_table(reader, shown))
            if len(shown) < len(found):
                print(f"{len(shown)} of {len(found)} cases; --top shows more")
            _say_hidden(held if state is None else [])
            _say_overdue(held)


def _say_hidden(held: list[dict]) -> None:
    hidden = Counter(state for case in held for state in _hiding(case))
    for state, count in sorted(hidden.items()):
        say(f"{count:,} {state}: 'ringfence case list --state {state}' lists them")


def _say_overdue(held: list[dict]) -> None:
    if count := sum(case["overdue"] for case in held):
        say(f"{count:,} overdue: 'ringfence case list --overdue --sort due' lists them")


def _hiding(case: dict) -> list[str]:
    named = {"closed": case["closed"], "gone": case["state"] == "gone", "snoozed": case["snoozed"] is not None}
    return [state for state, hides in named.items() if hides][:1]


def _cases_table(reader, found: list[dict]) -> str:
    header = (
        "STATE", "ID", "COLOUR", "PEOPLE", "PARTS", "BALANCE", "OVERDUE", "WRITTEN OFF", "LEVEL", "OWNER", "DUE",
        "ASSIGNED", "VERDICT", "FIRST SEEN", "LAST SEEN", "ADDED",
    )  # fmt: skip
    rows = [
        (
            case["state"],
            case["id"],
            case["colour"],
            len(case["people"]),
            ", ".join(f"{count} {kind}" for kind, count in case["kinds"].items()),
            *(case_amounts(case["amounts"], what) for what in ("balance", "overdue", "written_off")),
            case["level"] or "",
            case["owner"] or "",
            _due(case),
            case["assigned"] or "",
            _verdict(case),
            case["first_seen"][:10],
            case["last_seen"][:10],
            ", ".join([*_people(reader, case, case["added"]), *case["new_kinds"]]),
        )
        for case in found
    ]
    return table(header, rows, right=("PEOPLE",))


def _due(case: dict) -> str:
    return (case["due"] or "")[:16] + (" overdue" if case["overdue"] else "")


def _verdict(case: dict) -> str:
    """The last verdict, and on how many of the people it was given where others have joined since."""
    from ...graph.words.money import day

    given = case["verdict"]
    if given is None:
        return ""
    until = "" if given["until"] is None else f" until {day(given['until'])}"
    of = len(set(case["people"]) & set(given["people"]))
    return given["verdict"] + until + ("" if of == len(case["people"]) else f" ({of} of {len(case['people'])})")


def _people(reader, case: dict, nodes: list[str]) -> list[str]:
    """Parties as people read them: by name, or masked, behind their key."""
    if not nodes:
        return []
    from ..services.cases import seen_by
    from ..services.labels import labels

    shown = labels(seen_by(reader, case), nodes)
    return [_named(node, shown[node].name) for node in nodes]


def _named(node: str, name: str) -> str:
    return node if name == node.partition(":")[2] else f"{node} {name}"


@cases.command("show")
def show_case(
    case: CaseId,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write its evidence as one page that opens without a network."),
    ] = None,
    format: Annotated[
        ShowFormat, typer.Option("--format", help="Lines to read, one JSON object, or a workbook.")
    ] = ShowFormat.text,
    output: Output = None,
    store: StoreUrl = None,
) -> None:
    """Show one case: its people, its parts, the money at stake, and what was decided and noted."""
    from ..services import cases as answers

    check_output(format, output)
    with opened(store) as reader:
        found = answers.case(reader, case)
        asked = {"html": html is not None, "format": format}
        recorded = audit(reader, "case.show", found["id"], asked)
        if html is not None:
            _write_page(reader, found, html, recorded)
        if output is not None:
            from ..evidence.case_sheets import case_sheets

            write_file(output, case_sheets(found, _parts(reader, found), answers.seen_by(reader, found)))
            print(f"case {found['id']} is in {output}")
        elif html is not None:
            print(f"the evidence of case {found['id']} is in {html}")
        elif format == ShowFormat.json:
            print_json(found)
        else:
            print(_case_text(reader, found))


def _write_page(reader, case: dict, html: Path, recorded: int) -> None:
    from ..evidence.case_page import case_page
    from ..evidence.page import write_page
    from ..services.cases import seen_by

    write_page(case_page(case, _parts(reader, case), seen_by(reader, case), str(recorded)), html)


def _parts(reader, case: dict) -> list[dict]:
    from ..services.cases import findings_of

    return findings_of(reader.store, [case])


def _case_text(reader, case: dict) -> str:
    closed = ", closed" if case["closed"] else ""
    lines = [
        f"case {case['id']}: {case['state']}{closed}, colour {case['colour']}, {len(case['people'])} people",
        f"first seen {case['first_seen']}, last seen {case['last_seen']}",
        f"assigned to {case['assigned'] or 'nobody'}, verdict {_verdict(case) or 'none'}",
        *([f"response {case['level']}, owner {case['owner']}, due {_due(case)}"] if case["level"] else []),
        *([f"its people are in case {case['into']} now"] if case["into"] else []),
        *_changes(reader, case),
    ]
    marks = dict.fromkeys(case["added"], "added")
    people = [("member", node) for node in case["people"]] + [("beside", node) for node in case["beside"]]
    named = _people(reader, case, [node for _, node in people])
    rows = [
        (role, text, marks.get(node, ""), *_money(case["by_member"].get(node, [])))
        for (role, node), text in zip(people, named, strict=True)
    ]
    lines += ["", table(("ROLE", "WHO", "CHANGE", "BALANCE", "OVERDUE", "WRITTEN OFF"), rows)]
    sums = [(f"in all, {one['loans']} loans", *_money([one])) for one in case["amounts"]]
    sums = sums or [("no loans on record", "", "", "")]
    lines += ["", table(("AT STAKE", "BALANCE", "OVERDUE", "WRITTEN OFF"), sums)]
    parts = [(part["id"], part["kind"], part["view"], part["colour"], f"{part['score']:.3f}") for part in case["parts"]]
    lines += ["", table(("PART", "KIND", "VIEW", "COLOUR", "SCORE"), parts, right=("SCORE",))]
    return "\n".join([*lines, *_entries(case)])


def _changes(reader, case: dict) -> list[str]:
    told = [("added", _people(reader, case, case["added"])), ("left", _people(reader, case, case["left"]))]
    told.append(("kinds that it did not have", case["new_kinds"]))
    return [f"{what} since the nightly batch before: {plain(', '.join(names))}" for what, names in told if names]


def _money(amounts: list[dict]) -> tuple[str, ...]:
    return tuple(case_amounts(amounts, what) for what in ("balance", "overdue", "written_off"))


def _entries(case: dict) -> list[str]:
    from ...graph.times import to_iso

    rows = [
        (to_iso(one["at"] // 1000 * 1000), one["by"], f"{one['action']} {one['verdict'] or ''}".strip(), one["text"])
        for one in case["entries"]
    ]
    return ["", table(("AT", "BY", "WHAT", "TEXT"), rows)] if rows else []


@cases.command("verdict")
def give_verdict(
    case: CaseId,
    verdict: Annotated[Verdict, typer.Argument(metavar="confirmed|innocent|unsure", help="What is decided.")],
    reason: Reason,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="When it ends; without it, it has no end.")
    ] = None,
    by: By = None,
    store: StoreUrl = None,
) -> None:
    """Decide on a case; later runs act on it as a fact.

    It is known from the store's latest data date on. All people innocent: their findings are blue. Anybody confirmed:
    orange or more. A later verdict on the same case ends the one before.
    """
    from ..services import cases as answers
    from ..services.verdicts import FLAGS, give

    with opened(store) as reader:
        found = answers.case(reader, case)
        detail = {"verdict": verdict, "until": until, "by": by}
        audit(reader, "case.verdict", found["id"], detail, reason=reason.strip())
        given = give(reader, found, verdict.value, reason, by or user(), until)
        print(f"case {found['id']}: {_verdict({**found, 'verdict': given})}, by {plain(given['by'])}")
        if verdict in FLAGS:
            print(f"{len(given['people'])} people are marked {FLAGS[verdict]}: 'ringfence detect' acts on it")


@cases.command()
def note(
    case: CaseId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to keep; no personal values.")],
    by: By = None,
    store: StoreUrl = None,
) -> None:
    """Add a note to a case."""
    _add("note", case, text, by, store)


@cases.command()
def assign(
    case: CaseId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who works on it.")],
    by: By = None,
    store: StoreUrl = None,
) -> None:
    """Assign a case to somebody."""
    _add("assign", case, name, by, store)


@cases.command()
def close(case: CaseId, reason: Reason, by: By = None, store: StoreUrl = None) -> None:
    """Close a case.

    It leaves the list, and comes back when somebody, or a kind of finding, is added to it.
    """
    _add("close", case, reason, by, store, reason=reason.strip())


def _add(action: str, prefix: str, text: str, by: str | None, store: str | None, reason: str | None = None) -> None:
    from ..services import cases as answers

    with opened(store) as reader:
        found = answers.case(reader, prefix)
        audit(reader, f"case.{action}", found["id"], {"by": by}, reason=reason)
        answers.add(reader, found, action, text, by or user())
        done = {"note": "noted", "assign": f"assigned to {plain(text.strip())}", "close": "closed"}
        print(f"case {found['id']}: {done[action]}")


@cases.command()
def snooze(
    case: CaseId,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The nightly batch's day that shows it again.")],
    reason: Reason,
    by: By = None,
    store: StoreUrl = None,
) -> None:
    """Put a case off.

    It leaves the list until the nightly batches reach the day, or somebody, or a kind of finding, is added to it.
    """
    from ..services import cases as answers

    with opened(store) as reader:
        found = answers.case(reader, case)
        audit(reader, "case.snooze", found["id"], {"until": until, "by": by}, reason=reason.strip())
        answers.snooze(reader, found, reason, by or user(), until)
        print(f"case {found['id']}: put off until {plain(until)}")


@cases.command()
def export(store: StoreUrl = None) -> None:
    """Write all verdicts as JSON lines, for 'ringfence case replay'."""
    from ..services.verdicts import exported

    with opened(store) as reader:
        audit(reader, "case.export", "verdicts")
        for line in exported(reader.store):
            print(line)


@cases.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'ringfence case export' wrote.")],
    store: StoreUrl = None,
) -> None:
    """Apply verdicts of another store to this one, each known from its own time on.

    Those whose people this store does not hold are named.
    """
    from ...graph.errors import UserError
    from ..services.verdicts import replay as replayed

    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {file}: {error}; give a file that 'ringfence case export' wrote") from None
    with opened(store) as reader:
        audit(reader, "case.replay", "verdicts", {"lines": len(lines)})
        done = replayed(reader.store, lines)
        for one in done:
            if one.missing:
                say(_missing(one))
        applied = sum(bool(one.held) and not one.known for one in done)
        print(f"{applied:,} of {len(done):,} verdicts applied, {sum(one.known for one in done):,} were known already")


def _missing(one) -> str:
    of, names = len(one.given["people"]), ", ".join(one.missing[:5]) + (", …" if len(one.missing) > 5 else "")
    what = f"verdict {one.given['verdict']} on case {one.given['case']}"
    held = f"acts on {one.held} of {of} people" if one.held else "does not act"
    return f"{what} {held}: this store does not hold {names}"
