"""Options that narrow a list of findings, or of cases by their findings, and what they come to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from .output import say

if TYPE_CHECKING:
    from ..services.reader import Reader
    from ..services.triage import About, Wanted

DAY = 86_400_000

Several = list[str] | None
Kind = Annotated[
    Several, typer.Option("--kind", metavar="K", help="Only this kind, such as guarantee_cycle; repeatable.")
]
ByDetector = Annotated[Several, typer.Option("--detector", metavar="D", help="Only of this detector.")]
Colours = Annotated[Several, typer.Option("--colour", metavar="C", help="Only this colour; repeatable.")]
From = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Only with an application or evidence from this day on.")
]
To = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Only with an application or evidence up to this day.")
]
Product = Annotated[Several, typer.Option("--product", metavar="P", help="Only if a member applied for it.")]
Region = Annotated[Several, typer.Option("--region", metavar="R", help="Only if a member is of this region.")]
Channel = Annotated[
    Several,
    typer.Option("--channel", metavar="C", help="Only if a member applied by this channel or salesperson."),
]


def wanted(kind: Several, detector: Several, dates: tuple[str | None, str | None], **more: object) -> Wanted:
    """What the options ask for.

    Parameters
    ----------
    dates : from and to, as they were written
    more : what else, as ``Wanted`` takes it; None asks for nothing

    Raises
    ------
    UserError : an unknown kind, colour or detector, or what is no date
    """
    from ...detectors.settings import chosen
    from ..services.triage import Wanted

    detectors = tuple(one.id for one in chosen(detector)) if detector else ()
    given = {name: value for name, value in more.items() if value is not None}
    since, until = dates
    return Wanted(kinds=kind or (), detectors=detectors, first=_day(since), last=_day(until, 1), **given)  # type: ignore[arg-type]


def narrowed(
    reader: Reader, found: list[dict], asked: Wanted, dated: bool = False
) -> tuple[list[dict], dict[str, About]]:
    """The findings that are asked for, and what is on file of their members where that, or their dates, are asked for;
    says how many of no known amount are left out."""
    from ..services.triage import about, amount, kept

    by_themselves = replace(asked, products=(), regions=(), channels=(), first=None, last=None, min_amount=None)
    found = kept(found, by_themselves)
    told = about(reader.snapshot(), found) if asked.of_members or dated else {}
    if asked.min_amount is not None and (unknown := sum(amount(finding) is None for finding in found)):
        say(f"{unknown} findings of no known amount are left out")
    return kept(found, asked, told), told


def _day(text: str | None, later: int = 0) -> int | None:
    """The first instant of what was written, or of so many days later where it is a day."""
    if text is None:
        return None
    from ..services.reader import stated_moment

    moment = stated_moment(text)
    return moment + later * DAY if len(text.strip()) <= len("2026-03-31") else moment + later
