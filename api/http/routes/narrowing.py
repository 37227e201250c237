"""Parameters that narrow a list of findings, or of cases by their findings; repeated ones ask for any of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

Several = list[str] | None

Kinds = Annotated[Several, Query(description="Only this kind of finding; repeatable.", examples=[["fraud_ring"]])]
Colours = Annotated[Several, Query(description="Only this colour; repeatable.", examples=[["red"]])]
Detectors = Annotated[Several, Query(description="Only of this detector; repeatable.", examples=[["fraud-ring"]])]
Products = Annotated[Several, Query(description="Only if a member applied for it; repeatable.")]
Regions = Annotated[Several, Query(description="Only if a member is of this region; repeatable.")]
Channels = Annotated[Several, Query(description="Only if a member applied by this channel or salesperson; repeatable.")]
MinAmount = Annotated[float | None, Query(ge=0, description="Only with a known amount of at least so much.")]
From = Annotated[
    str | None,
    Query(
        alias="from_date",
        description="Only with an application or evidence, or only events, from this day or time on.",
        examples=["2026-03-01"],
    ),
]
To = Annotated[
    str | None,
    Query(alias="to_date", description="The same, up to this day or before this time.", examples=["2026-03-31"]),
]
