"""What a screening says: a colour and why, in both languages, and all that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...detectors.clusters.touch import Touch
from ...detectors.policy import Policy
from ...graph.model import COLOURS, Finding
from ...graph.snapshot.overlay import Overlay
from ...graph.times import to_iso
from ...loaders.given import Cleaned
from .screening_index import Touched

BY_THING = "yellow"
"""The colour of an application that only uses what a finding's members use: to be reviewed, never more."""
NEAR = {0: "orange", 1: "yellow", 2: "blue"}
"""The colour of an applicant who stands so many ties from a confirmed fraudster (一度、二度触黑)."""
WORDS = {
    0: ("申请人已被确认为欺诈", "the applicant is confirmed as a fraudster"),
    1: ("一度触黑：与已确认的欺诈人直接关联", "one tie from a confirmed fraudster"),
    2: ("二度触黑：经一人与已确认的欺诈人关联", "two ties from a confirmed fraudster"),
}


class Verdict(NamedTuple):
    """What was found, and what it comes to.

    Attributes
    ----------
    colour : None where nothing was found
    score : the highest of the findings about the applicant, else the least of the colour
    reasons : ``[{"zh", "en", "finding"}]``, the gravest first
    """

    colour: str | None
    score: float
    reasons: list[dict]
    findings: list[Finding]
    touched: Touched
    near: Touch | None


def verdict(findings: list[Finding], touched: Touched, near: Touch | None, policy: Policy) -> Verdict:
    """The gravest of what was found: findings about the applicant as they are, a thing in common with a finding at most
    ``BY_THING``, confirmed fraudsters by their distance."""
    said: list[tuple[str, str, str, str | None]] = []
    said += [(one.colour, one.reason_zh, one.reason_en, one.id) for one in findings]
    here = {one.id for one in findings}
    said += [
        (one["colour"], one["reason_zh"], one["reason_en"], one["id"])
        for one in touched.by_person
        if one["id"] not in here
    ]
    said += [
        (_no_more(one["colour"], BY_THING), *_in_common(one, things), one["id"]) for one, things in touched.by_thing
    ]
    if near is not None and near.distance is not None:
        said.append((NEAR[near.distance], *WORDS[near.distance], None))
    said.sort(key=lambda one: -COLOURS.index(one[0]))
    colour = said[0][0] if said else None
    scores = [one.score for one in findings] + [one["score"] for one in touched.by_person]
    least = 0.0 if colour in (None, COLOURS[0]) else policy.colours[COLOURS.index(colour) - 1]
    reasons = [{"colour": tone, "zh": zh, "en": en, "finding": key} for tone, zh, en, key in said]
    return Verdict(colour, round(max([least, *scores]), 6), reasons, findings, touched, near)


def _no_more(colour: str, most: str) -> str:
    return min(colour, most, key=COLOURS.index)


def _in_common(finding: dict, things: Sequence[str]) -> tuple[str, str]:
    kinds = sorted({name.partition(":")[0] for name in things})
    return (
        f"与在案发现 {finding['id']}（{finding['kind']}）共用：{'、'.join(kinds)}",
        f"uses what members of finding {finding['id']} ({finding['kind']}) use: {', '.join(kinds)}",
    )


def answer(
    view: Overlay,
    revision: int,
    given: Cleaned,
    people: np.ndarray,
    found: Verdict,
    counts: list[dict],
    portfolio: dict | None,
    not_checked: list[dict],
    milliseconds: float,
) -> dict[str, Any]:
    """A screening as JSON-ready data.

    Parameters
    ----------
    revision : of the store, over which the application was laid
    """
    findings = [one.as_dict() for one in found.findings]
    near, touched = found.near, found.touched
    return {
        "applicants": view.names(people),
        "colour": found.colour,
        "score": found.score,
        "reasons": found.reasons,
        "findings": findings,
        "matched": [
            *(_matched(one, "person", []) for one in touched.by_person),
            *(_matched(one, "thing", things) for one, things in touched.by_thing),
        ],
        "confirmed_bad": {
            "distance": None if near is None else near.distance,
            "path": [] if near is None else near.path,
        },
        "velocity": counts,
        "guarantees": [one["id"] for one in findings if one["kind"].startswith("guarantee_")],
        "portfolio": portfolio,
        "truncated": [bound for one in findings for bound in one["truncated"]],
        "not_checked": not_checked,
        "rejects": [
            {name: row[name] for name in ("table", "row", "column", "reason", "level", "value")}
            for row in given.rejects
        ],
        "unknown_columns": [{"table": table, "column": column} for table, column in given.unknown],
        "as_of": to_iso(view.as_of),
        "revision": revision,
        "milliseconds": milliseconds,
    }


def _matched(finding: dict, by: str, things: list[str]) -> dict:
    told = {name: finding[name] for name in ("id", "kind", "colour", "score", "batch", "reason_zh", "reason_en")}
    return {**told, "by": by, "things": things}
