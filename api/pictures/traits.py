"""What nodes of a picture can be coloured by: what was found of them, their region, flags on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ...graph.model import COLOURS
from ...graph.snapshot import GraphView
from ...graph.store import Store

REGIONS = ("applicants", "companies", "merchants")
"""Tables whose rows state a region."""


def traits(view: GraphView, numbers: Sequence[int]) -> dict[int, dict]:
    """``{"region", "flags"}`` by node number: the region that a party's row states, None where it states none, and the
    flags on it that are in force."""
    told: dict[int, dict] = {number: {"region": None, "flags": []} for number in numbers}
    for table in REGIONS:
        rows = view.facts(table, numbers, columns=["region"]).dropna(subset=["region"])
        for number, region in zip(rows["node"].tolist(), rows["region"].tolist(), strict=True):
            told[number]["region"] = str(region)
    rows = view.facts("flags", numbers, columns=["flag"]).dropna(subset=["flag"])
    for number, flag in sorted(zip(rows["node"].tolist(), rows["flag"].tolist(), strict=True)):
        told[number]["flags"].append(str(flag))
    return told


def risks(store: Store, as_of: int | None = None) -> dict[str, str]:
    """The highest colour of the latest runs' findings that each of their members has, by name.

    Parameters
    ----------
    as_of : only runs that looked at this time or earlier, in epoch milliseconds
    """
    return _risks(store, tuple(run.run for run in store.latest_runs(as_of)))


@lru_cache(maxsize=2)
def _risks(store: Store, runs: tuple[int, ...]) -> dict[str, str]:
    worst: dict[str, str] = {}
    for finding in store.findings(runs):
        for member in finding["members"]:
            before = worst.get(member["node"], COLOURS[0])
            worst[member["node"]] = max(before, finding["colour"], key=COLOURS.index)
    return worst
