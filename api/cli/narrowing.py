"""Options that narrow a list of findings, or of cases by their findings."""

from __future__ import annotations

from typing import Annotated

import typer

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
