"""Commands about what guarantees could come to: ``ringfence guarantees whatif`` and ``ringfence guarantees cut``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

import typer

from ...graph.errors import UserError
from .commands import AsOf, StoreUrl, audit, opened
from .guarantee_app import app
from .output import bound, number, plain, table


class PlanFormat(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"


class Method(StrEnum):
    """How contagion is reckoned."""

    cascade = "cascade"
    clearing = "clearing"
    probabilistic = "probabilistic"


class Priority(StrEnum):
    """How called guarantees rank against own debt."""

    pari_passu = "pari_passu"
    own_first = "own_first"


Format = Annotated[PlanFormat, typer.Option("--format", help="Tables to read, or one JSON object.")]


@app.command()
def whatif(
    default: Annotated[
        list[str] | None,
        typer.Option("--default", metavar="NODE", help="Who defaults, as company:C1; say it again for another."),
    ] = None,
    method: Annotated[
        Method,
        typer.Option(
            "--method",
            help="Calls for the full amount, round by round; what everybody pays once all settle; or defaults drawn by "
            "chance.",
        ),
    ] = Method.cascade,
    priority: Annotated[
        Priority,
        typer.Option("--priority", help="Called guarantees rank with own debt or behind it; not for a cascade."),
    ] = Priority.pari_passu,
    circle: Annotated[
        str | None, typer.Option("--circle", metavar="FINDING", help="Only the members of this finding.")
    ] = None,
    as_of: AsOf = None,
    format: Format = PlanFormat.table,
    store: StoreUrl = None,
) -> None:
    """Say who falls, and who loses how much, if parties default.

    All contracts in force count, or those between the members of a circle.
    """
    from ..services import guarantee_plans as plans

    with opened(store) as reader:
        named = plans.read_defaults(reader, default or [])
        detail = {"method": method.value, "priority": priority.value, "circle": circle, "as_of": as_of}
        audit(reader, "guarantees.whatif", " ".join(named) or circle or "", detail)
        answer = plans.whatif(reader, named, method.value, priority.value, circle, as_of)
        print(_printed(answer, format, _CONTAGION[answer["method"]]))


@app.command()
def cut(
    finding: Annotated[
        str | None, typer.Argument(metavar="[FINDING]", help="A guarantee finding, or as much of its id as is unique.")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="All contracts of the book.")] = False,
    budget: Annotated[
        int | None,
        typer.Option(
            "--budget", metavar="K", min=1, help="Also the best K guarantees to replace, beside three simple choices."
        ),
    ] = None,
    as_of: AsOf = None,
    format: Format = PlanFormat.table,
    store: StoreUrl = None,
) -> None:
    """Say which guarantees to replace so that no cycle is left 拆圈, at the least amount."""
    if (finding is None) != all:
        raise UserError("name one finding, or say --all")
    from ..services import guarantee_plans as plans

    with opened(store) as reader:
        audit(reader, "guarantees.cut", finding or "all", {"budget": budget, "as_of": as_of})
        print(_printed(plans.cut(reader, finding, budget, as_of), format, _cut_lines))


# -- words


def _printed(answer: dict, form: str, lines: Any) -> str:
    if form == PlanFormat.json:
        return json.dumps(answer, ensure_ascii=False)
    told = [
        *(plain(answer[reason]) for reason in ("reason_zh", "reason_en")),
        f"as of {answer['as_of']}; {number(answer['contracts_in_net'])} contracts between "
        f"{number(answer['parties_in_net'])} parties; currency {answer['currency'] or 'not on record'}",
        *lines(answer),
        *(f"not on record or left out: {plain(gap['en'])}" for gap in answer["gaps"]),
        *(f"cut short: {bound(item)}" for item in answer["truncated"]),
    ]
    return "\n".join(told)


def _cascade_lines(answer: dict) -> Iterable[str]:
    rows = [
        (step["round"], one["node"], one["label"], *map(number, (one["called"], one["paid"], one["net_assets"])))
        for step in [*answer["rounds"], {"round": "stands", "failed": answer["standing"]}]
        for one in step["failed"]
    ]
    calls = [
        (call["round"], call["by"], call["guarantor"], number(call["amount"]))
        for step in answer["rounds"]
        for call in step["calls"]
    ]
    right = ("CALLED", "PAID", "NET ASSETS", "AMOUNT")
    yield from ("", table(("ROUND", "PARTY", "NAME", *right[:3]), rows, right))
    if calls:
        yield from ("", table(("ROUND", "CALLED FOR", "GUARANTOR", "AMOUNT"), calls, right))


def _clearing_lines(answer: dict) -> Iterable[str]:
    right = ("OWN DEBT", "RECOVERY", "CALLED", "PAID", "LOSS")
    rows = [
        (one["node"], one["label"], "yes" if one["fails"] else "no",
         *(number(one[name]) for name in ("debt", "recovery", "called", "paid", "loss")))
        for one in answer["parties"]
    ]  # fmt: skip
    yield from ("", table(("PARTY", "NAME", "FAILS", *right), rows, right))


def _simulated_lines(answer: dict) -> Iterable[str]:
    right = ("DEFAULTS", "FAILS", "EXPECTED LOSS", "WITHOUT IT")
    rows = [
        (one["node"], one["label"], number(one["default_probability"]), number(one["fails"]["mean"]),
         number(round(one["expected_loss"]["mean"], 2)), _cents(one["loss_without"]))
        for one in answer["parties"]
    ]  # fmt: skip
    yield from ("", table(("PARTY", "NAME", *right), rows, right))
    some = [
        (one["guarantor"], one["borrower"], number(one["amount"]), _cents(one["loss_without"]),
         _cents(one["loss_replaced"]))
        for one in answer["guarantees"]
    ]  # fmt: skip
    columns = ("AMOUNT", "LOSS IF RELEASED", "LOSS IF REPLACED")
    yield from ("", table(("GUARANTOR", "BORROWER", *columns), some, columns))


def _cents(amount: float | None) -> str:
    return "not weighed" if amount is None else number(round(amount, 2))


_CONTAGION = {"cascade": _cascade_lines, "clearing": _clearing_lines, "probabilistic": _simulated_lines}


def _cut_lines(answer: dict) -> Iterable[str]:
    if answer["guarantees"]:
        yield from ("", _items(answer["guarantees"]))
    if made := answer["plan"]:
        how = "all sets were tried" if made["exact"] else "built up one by one: a better set may exist"
        before = number(round(made["before"]["mean"], 2))
        yield from ("", f"replace {made['budget']} ({how}; {made['draws']} drawings, seed {made['seed']})")
        rows = [
            (choice["how"], before, *(number(round(choice[name]["mean"], 2)) for name in ("after", "drop")))
            for choice in made["choices"]
        ]
        columns = ("LOSS BEFORE", "AFTER", "DROP")
        yield from (table(("CHOICE", *columns), rows, columns), "", _items(made["choices"][0]["guarantees"]))


def _items(items: list[dict]) -> str:
    rows = [
        (item["joint_group"] or "", " ".join(f"{arc['guarantor']}→{arc['borrower']}" for arc in item["arcs"]),
         len(item["contracts"]), number(item["amount"]), number(item["amount_unknown"]))
        for item in items
    ]  # fmt: skip
    columns = ("CONTRACTS", "AMOUNT", "AMOUNT UNKNOWN")
    return table(("JOINT GROUP", "GUARANTEE", *columns), rows, columns)
