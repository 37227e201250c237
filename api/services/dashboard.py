"""What a manager looks at: how much there is to do, how right it was, how risky the book is, how sound the data are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ...graph.model import COLOURS
from ...graph.store.case_entries import VERDICTS
from ...graph.times import to_iso
from . import cases as queue
from .findings import findings
from .guarantees import portfolio
from .reader import Reader
from .status import status

_FIGURES = ("balance", "overdue", "written_off")


def dashboard(reader: Reader) -> dict:
    """``{"as_of", "revision", "cases", "findings", "verdicts", "clusters", "portfolio", "health"}``.

    ``cases`` counts those of the latest nightly batch; ``findings`` the latest runs' by kind and colour; ``verdicts``
    the last one of each case, by colour, with the ``precision``: the confirmed among the confirmed and the innocent,
    None where there are neither; ``clusters`` sets the bad households of risky clusters against those expected of their
    like; ``portfolio`` is the guarantee-enhanced share against its limit; ``health`` is ``status`` of loads, of rejects
    and of values that link no one.
    """
    held = queue.cases(reader)
    found = findings(reader.store)[1]
    health = status(reader.store)
    return {
        "as_of": to_iso(reader.moment(None)),
        "revision": reader.store.revision(),
        "cases": _cases(held),
        "findings": _findings(found),
        "verdicts": _verdicts(held),
        "clusters": _clusters(finding["measures"] for finding in found if finding["kind"] == "risky_cluster"),
        "portfolio": portfolio(reader),
        "health": {name: health[name] for name in ("nodes", "loads", "rejects", "unlinked", "last_run")},
    }


def _cases(held: Sequence[dict]) -> dict:
    open_ = queue.queue(held)
    return {
        "open": _by_colour(case["colour"] for case in open_),
        "new": sum(case["state"] == "new" for case in open_),
        "grown": sum(case["state"] == "grown" for case in open_),
        "unassigned": sum(case["assigned"] is None for case in open_),
        "undecided": sum(case["verdict"] is None for case in open_),
        "closed": sum(case["closed"] for case in held),
        "amounts": _amounts(open_),
    }


def _by_colour(colours: Iterable[str]) -> dict[str, int]:
    counts = Counter(colours)
    return {colour: counts[colour] for colour in reversed(COLOURS)}


def _amounts(held: Iterable[Mapping]) -> list[dict]:
    """Money at stake by currency; what is not on record of it is counted."""
    sums: dict[str, Counter] = {}
    unknown: Counter[str] = Counter()
    for amount in (amount for case in held for amount in case["amounts"]):
        known = {figure: amount[figure] or 0.0 for figure in _FIGURES}
        sums.setdefault(amount["currency"], Counter()).update(known)
        unknown[amount["currency"]] += amount["unknown"]["balance"]
    return [
        {"currency": currency, **{figure: round(sums[currency][figure], 2) for figure in _FIGURES},
         "unknown": unknown[currency]}
        for currency in sorted(sums)
    ]  # fmt: skip


def _findings(found: Iterable[Mapping]) -> list[dict]:
    kinds: dict[str, list[str]] = {}
    for finding in found:
        kinds.setdefault(finding["kind"], []).append(finding["colour"])
    return [{"kind": kind, "colours": _by_colour(kinds[kind])} for kind in sorted(kinds)]


def _verdicts(held: Iterable[Mapping]) -> list[dict]:
    given: dict[str, Counter] = {colour: Counter() for colour in reversed(COLOURS)}
    for case in held:
        if case["verdict"] is not None:
            given[case["colour"]][case["verdict"]["verdict"]] += 1
    return [{"colour": colour, **_precision(counts)} for colour, counts in given.items()]


def _precision(counts: Counter) -> dict:
    decided = counts["confirmed"] + counts["innocent"]
    precision = counts["confirmed"] / decided if decided else None
    return {**{verdict: counts[verdict] for verdict in VERDICTS}, "precision": precision}


def _clusters(measures: Iterable[Mapping[str, float]]) -> dict:
    told = [*measures]
    households, bad, expected = (
        sum(one[name] for one in told) for name in ("households", "bad_households", "expected")
    )
    return {
        "found": len(told),
        "households": households,
        "bad_rate": bad / households if households else None,
        "expected_rate": expected / households if households else None,
    }
