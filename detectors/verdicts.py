"""What people have decided about a finding's parties: flags ``innocent`` and ``confirmed_fraud``, in force at T.

They act alike whether a verdict on a case wrote them or a file that was loaded, on the findings of every detector, and
nothing vanishes. Whose parties are all innocent is blue; whoever joins them later brings the colour back. Whose
parties count a confirmed fraudster is orange or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from ..graph.model import COLOURS, FOREVER, PARTIES, Finding, kind_of
from ..graph.snapshot import GraphView
from ..graph.words.money import day
from ..graph.words.names import Words
from .contract import Measure
from .policy import Policy

INNOCENT, CONFIRMED = "innocent", "confirmed_fraud"
"""The flags that a verdict sets."""
TWIN = "verdict"
"""What ``innocent_twin`` says where people found all parties innocent."""
TWINS = {TWIN: Words("已由人工认定无辜", "found innocent by verdict")}
MEASURES = (
    Measure("confirmed", Words("已确认欺诈的成员数", "parties confirmed as fraudsters")),
    Measure("found_innocent", Words("已认定无辜的成员数", "parties found innocent by verdict")),
)
"""The numbers that verdicts add to findings, whichever detector made them."""
NAMED = 4
"""How many parties a sentence names before it says how many there are."""


class Mark(NamedTuple):
    """One flag on a party: who set it, and until when it holds, in epoch milliseconds."""

    source: str
    until: int


@dataclass(frozen=True)
class Marks:
    """By party, the flags of verdicts that are in force."""

    innocent: Mapping[str, Mark] = field(default_factory=dict)
    confirmed: Mapping[str, Mark] = field(default_factory=dict)


UNMARKED = Marks()
"""Where nobody has decided anything."""


def marks(view: GraphView) -> Marks:
    """The flags of verdicts that were known and in force at the view's ``as_of``; of several on one party, the one that
    holds longest."""
    flags = view.facts("flags", columns=("flag", "source"))
    return Marks(_marked(view, flags, INNOCENT), _marked(view, flags, CONFIRMED))


def confirmed_since(view: GraphView, moment: int) -> set[str]:
    """The parties whose flag as a confirmed fraudster is in force and became known at a moment or later."""
    flags = view.facts("flags", view.told_since("flags", moment), ("flag",))
    return set(view.names(flags.loc[flags["flag"] == CONFIRMED, "node"].tolist()))


def _marked(view: GraphView, flags: pd.DataFrame, flag: str) -> dict[str, Mark]:
    nodes, sources, ends = (flags.loc[flags["flag"] == flag, name].tolist() for name in ("node", "source", "valid_to"))
    told = [source if isinstance(source, str) else "" for source in sources]
    given = sorted(zip(view.names(nodes), ends, told, strict=True))
    return {name: Mark(source, until) for name, until, source in given}


def heed(finding: Finding, known: Marks, policy: Policy) -> None:
    """Let verdicts act on a finding that its detector has scored."""
    members = dict.fromkeys(member["node"] for member in finding.members)
    parties = [node for node in members if kind_of(node) in PARTIES]
    innocent = [party for party in parties if party in known.innocent and party not in known.confirmed]
    confirmed = [party for party in parties if party in known.confirmed]
    if confirmed:
        finding.measures = {**finding.measures, "confirmed": len(confirmed)}
        finding.score = max(finding.score, policy.colours[COLOURS.index("orange") - 1])
        finding.colour = policy.colour(finding.score)
        _say(finding, _confirmed(confirmed, known))
    if innocent:
        finding.measures = {**finding.measures, "found_innocent": len(innocent)}
        whole = len(innocent) == len(parties)
        told = _innocent(innocent, known, None if whole else len(parties), finding.score)
        if whole:
            finding.score = round(finding.score * policy.colours[0], 6)
            finding.colour = COLOURS[0]
            finding.innocent_twin = TWIN
        tried = {"twin": TWIN, "fits": whole, "why_zh": told.zh, "why_en": told.en}
        finding.explanations = [tried, *finding.explanations]
        _say(finding, told)


def _say(finding: Finding, told: Words) -> None:
    finding.reason_zh = f"{finding.reason_zh}{told.zh}。"
    finding.reason_en = f"{finding.reason_en} {told.en[0].upper()}{told.en[1:]}.".lstrip()


def _confirmed(parties: list[str], known: Marks) -> Words:
    named, who = _named(parties), _who([known.confirmed[party] for party in parties])
    return Words(f"已确认欺诈：{named.zh}（{who.zh}）", f"confirmed as fraud: {named.en} ({who.en})")


def _innocent(parties: list[str], known: Marks, of: int | None, score: float) -> Words:
    """Who was found innocent, by whom and until when.

    Parameters
    ----------
    of : how many parties there are, None where all were found innocent
    score : what the finding would have otherwise
    """
    named, who = _named(parties), _who([known.innocent[party] for party in parties])
    if of is None:
        return Words(
            f"全部成员已由人工认定无辜：{named.zh}（{who.zh}）；否则评分为{score:.3f}",
            f"all were found innocent: {named.en} ({who.en}); the score would be {score:.3f}",
        )
    return Words(
        f"{of}名成员中{len(parties)}名此前已认定无辜：{named.zh}（{who.zh}）；因另有成员，按新发现处理",
        f"{len(parties)} of {of} were found innocent before: {named.en} ({who.en}); as there are others, "
        "it is judged like a new one",
    )


def _named(parties: list[str]) -> Words:
    names, more = parties[:NAMED], len(parties) - NAMED
    zh, en = "、".join(names), ", ".join(names)
    return Words(f"{zh}等{len(parties)}名", f"{en} and {more} more") if more > 0 else Words(zh, en)


def _who(given: list[Mark]) -> Words:
    """Who decided, and until when the first of the decisions holds."""
    sources = sorted({mark.source for mark in given if mark.source})[:NAMED]
    until = min(mark.until for mark in given)
    zh, en = "、".join(sources) or "来源未记", ", ".join(sources) or "source not on record"
    if until == FOREVER:
        return Words(f"{zh}，未设期限", f"{en}, without an end")
    return Words(f"{zh}，有效至{day(until)}", f"{en}, until {day(until)}")
