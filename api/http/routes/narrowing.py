"""Parameters that narrow a list of findings, or of cases by their findings; repeated ones ask for any of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from ...services.listing import span, wanted
from ...services.triage import Wanted
from .asking import moment_text

Several = list[str] | None
_From = Annotated[
    str | None,
    Query(
        alias="from_date",
        description="Only with an application or evidence, or only events, from this day or time on.",
        examples=["2026-03-01"],
    ),
]
_To = Annotated[
    str | None,
    Query(alias="to_date", description="The same, up to this day or before this time.", examples=["2026-03-31"]),
]


def _dates(since: _From = None, until: _To = None) -> tuple[str | None, str | None]:
    return moment_text(since), moment_text(until)


Dates = Annotated[tuple[str | None, str | None], Depends(_dates)]


def _span(dates: Dates) -> tuple[int | None, int | None]:
    return span(dates)


Span = Annotated[tuple[int | None, int | None], Depends(_span)]
"""From and to, in epoch milliseconds."""


def _narrowed(
    dates: Dates,
    kind: Annotated[
        Several, Query(description="Only this kind of finding; repeatable.", examples=[["fraud_ring"]])
    ] = None,
    colour: Annotated[Several, Query(description="Only this colour; repeatable.", examples=[["red"]])] = None,
    detector: Annotated[
        Several, Query(description="Only of this detector; repeatable.", examples=[["fraud-ring"]])
    ] = None,
    min_amount: Annotated[
        float | None, Query(ge=0, description="Only with a known amount of at least so much.")
    ] = None,
    product: Annotated[Several, Query(description="Only if a member applied for it; repeatable.")] = None,
    region: Annotated[Several, Query(description="Only if a member is of this region; repeatable.")] = None,
    channel: Annotated[
        Several, Query(description="Only if a member applied by this channel or salesperson; repeatable.")
    ] = None,
) -> Wanted:
    members = {"products": product, "regions": region, "channels": channel}
    return wanted(kind, detector, dates, colours=colour, min_amount=min_amount, **members)


Narrowed = Annotated[Wanted, Depends(_narrowed)]
"""What a list is narrowed to."""
