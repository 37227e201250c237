"""The library that draws pictures, out of the package that brings it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def vis_network() -> str:
    """vis-network as pyvis ships it, its newest version there, with plain line ends so that its hash holds."""
    found = sorted(
        (Path(str(files("pyvis"))) / "templates" / "lib").glob("vis-*/vis-network.min.js"),
        key=lambda file: [int(part) for part in file.parent.name.removeprefix("vis-").split(".")],
    )
    return found[-1].read_text("utf-8").replace("\r\n", "\n")
