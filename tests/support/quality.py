"""How good findings are, against a book whose truth is known.

Planted groups and findings of one kind are compared on their parties. A planted group is *caught* where a finding has
at least half of all members of either (best-match Jaccard), and a finding is *right* where it catches a planted group.
Figures are pooled over books, with intervals by bootstrap over rings: what is drawn is a planted group with the
findings that catch it, or a wrong finding.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from ringfence.graph.model import PARTIES, kind_of
from ringfence.graph.times import parse_moment

LEAST_JACCARD = 0.5
"""Share of the members of either that a finding and a planted group have in common where the one catches the other."""
LEAST_SHARE = 0.5
"""Share of a planted group's members that a finding must hold to have swallowed it, and of a finding's own members that
an innocent group must hold to be what the finding really is."""
PART = "part"
"""What a finding is that lies in a planted group of its kind and does not catch it."""
TOP = 50
"""Precision is also taken over the first so many findings, or as many as are planted where that is fewer."""
TIES_AMONG = 100
"""Ties are counted among the first so many findings."""
ALERTS_A_DAY = 40
"""What a team of five opens in a day, eight alerts each."""
DRAWS = 2000
"""Bootstrap draws."""
DAY = 86_400_000


@dataclass(frozen=True)
class Planted:
    """What became of one planted group.

    Attributes
    ----------
    best : the largest Jaccard index with any finding
    caught : ``best`` reaches ``LEAST_JACCARD``
    caught_in_a_day : by one of the first ``ALERTS_A_DAY`` findings
    split : two findings or more hold at least two of its members each
    """

    id: str
    difficulty: str
    shape: str
    amount: float
    best: float
    caught: bool
    caught_in_a_day: bool
    split: bool


@dataclass(frozen=True)
class Judged:
    """What one finding is worth.

    Attributes
    ----------
    catches : place of the planted group it catches, -1 where it is wrong
    swallows : how many planted groups it holds at least ``LEAST_SHARE`` of
    is_really : where it catches nothing, what at least ``LEAST_SHARE`` of its members belong to: ``PART``, a planted
        group of its kind of which it is too small a part, or has too many others; the kind of another planted group;
        or the twin of an innocent group; None where there is none
    aside : that is a planted group of another kind, so that the finding is neither right nor wrong
    tied : another of the first ``TIES_AMONG`` findings has the same score, and so has it a place among these
    """

    rank: int
    score: float
    colour: str
    catches: int
    swallows: int
    is_really: str | None
    aside: bool
    tied: bool


@dataclass(frozen=True)
class Judgement:
    """One book judged: its planted groups, and its findings by rank."""

    planted: list[Planted]
    findings: list[Judged]


def judge(truth: Mapping, findings: Sequence[Mapping], *kinds: str) -> Judgement:
    """Compare the findings of some kinds, taken as one, with what was planted.

    Parameters
    ----------
    truth : with ``planted`` (``id``, ``kind``, ``shape``, ``difficulty``, ``members``, ``amount``) and ``innocent``
        (``twin``, ``members``), as the synthetic book states them
    findings : in their JSON shape; those of other kinds are passed over
    """
    planted = [group for group in truth["planted"] if group["kind"] in kinds]
    groups = [_parties(member["node"] for member in group["members"]) for group in planted]
    found = sorted((finding for finding in findings if finding["kind"] in kinds), key=lambda finding: finding["rank"])
    members = [_parties(member["node"] for member in finding["members"]) for finding in found]
    common = _common(groups, members)
    jaccard = {
        (group, place): shared / (len(groups[group]) + len(members[place]) - shared)
        for (group, place), shared in common.items()
    }
    best_group: dict[int, tuple[float, int]] = {}
    best_finding: dict[int, float] = defaultdict(float)
    in_a_day: set[int] = set()
    for (group, place), index in sorted(jaccard.items()):
        best_finding[group] = max(best_finding[group], index)
        if index >= LEAST_JACCARD:
            best_group[place] = max(best_group.get(place, (0.0, -1)), (index, group))
            if place < ALERTS_A_DAY:
                in_a_day.add(group)
    pieces = Counter(group for (group, _), shared in common.items() if shared >= 2)
    swallowed = Counter(place for (g, place), shared in common.items() if shared >= LEAST_SHARE * len(groups[g]))
    scores = Counter(finding["score"] for finding in found[:TIES_AMONG])
    part = _mostly([(PART, group["members"]) for group in planted], members)
    others = [(group["kind"], group["members"]) for group in truth["planted"] if group["kind"] not in kinds]
    other = _mostly(others, members)
    innocent = _mostly([(group["twin"], group["members"]) for group in truth["innocent"]], members)
    return Judgement(
        [
            Planted(
                id=group["id"],
                difficulty=group["difficulty"],
                shape=group["shape"],
                amount=group["amount"] or 0.0,
                best=best_finding[place],
                caught=best_finding[place] >= LEAST_JACCARD,
                caught_in_a_day=place in in_a_day,
                split=pieces[place] > 1,
            )
            for place, group in enumerate(planted)
        ],
        [
            Judged(
                rank=finding["rank"],
                score=finding["score"],
                colour=finding["colour"],
                catches=best_group.get(place, (0.0, -1))[1],
                swallows=swallowed[place],
                is_really=None if place in best_group else part[place] or other[place] or innocent[place],
                aside=place not in best_group and not part[place] and other[place] is not None,
                tied=place < TIES_AMONG and scores[finding["score"]] > 1,
            )
            for place, finding in enumerate(found)
        ],
    )


def _parties(nodes: Iterable[str]) -> frozenset[str]:
    return frozenset(node for node in nodes if kind_of(node) in PARTIES)


def _common(groups: Sequence[frozenset[str]], members: Sequence[frozenset[str]]) -> Counter[tuple[int, int]]:
    """How many parties a group and a finding share, by both places, where any."""
    holders = defaultdict(list)
    for place, nodes in enumerate(groups):
        for node in nodes:
            holders[node].append(place)
    return Counter((group, place) for place, nodes in enumerate(members) for node in nodes for group in holders[node])


def _mostly(groups: Sequence[tuple[str, Sequence]], members: Sequence[frozenset[str]]) -> list[str | None]:
    """By finding, the name of the group that holds most of it, ties to the first in the alphabet.

    Parameters
    ----------
    groups : names, and the nodes of their members or the members that have them
    """
    nodes = [_parties(one["node"] if isinstance(one, Mapping) else one for one in group) for _, group in groups]
    best: dict[int, tuple[int, str]] = {}
    for (group, place), shared in _common(nodes, members).items():
        if shared >= LEAST_SHARE * len(members[place]):
            best[place] = min(best.get(place, (0, "")), (-shared, groups[group][0]))
    return [best[place][1] if place in best else None for place in range(len(members))]


# -- pooled over books --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """A share with the 95 % interval of its bootstrap; all NaN where there is nothing to take a share of."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return "     –" if np.isnan(self.value) else f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def figures(judgements: Sequence[Judgement], seed: int = 0) -> dict[str, Figure]:
    """Recall (over all, and by difficulty) and precision over all findings but those ``aside``, pooled over books.

    Parameters
    ----------
    seed : of the bootstrap
    """
    units = _units(judgements)
    return _bootstrapped(units, _shares, seed)


def differences(judgements: Sequence[Judgement], baseline: Sequence[Judgement], seed: int = 0) -> dict[str, Figure]:
    """How much higher recall and precision are than a baseline's on the same books, by paired bootstrap: what is drawn
    is a planted group with the findings of both that catch it, or a wrong finding of either."""
    own, other = _units(judgements), _units(baseline)
    count = sum(len(judgement.planted) for judgement in judgements)
    zeros = np.zeros_like
    units = np.concatenate(
        [
            np.concatenate([own[:count], other[:count]], axis=1),
            np.concatenate([own[count:], zeros(own[count:])], axis=1),
            np.concatenate([zeros(other[count:]), other[count:]], axis=1),
        ]
    )
    width = own.shape[1]

    def gained(drawn: np.ndarray) -> dict[str, np.ndarray]:
        one, two = _shares(drawn[..., :width]), _shares(drawn[..., width:])
        return {name: one[name] - two[name] for name in one}

    return _bootstrapped(units, gained, seed)


DIFFICULTIES = ("easy", "medium", "camouflaged")
_COLUMNS = (*DIFFICULTIES, *(f"caught {name}" for name in DIFFICULTIES), "right", "wrong")


def _units(judgements: Sequence[Judgement]) -> np.ndarray:
    """float64 by unit and ``_COLUMNS``: planted groups of all books first, then wrong findings."""
    planted, wrong = [], 0
    for judgement in judgements:
        right = Counter(finding.catches for finding in judgement.findings if not finding.aside)
        wrong += right.pop(-1, 0)
        for place, group in enumerate(judgement.planted):
            of = [float(group.difficulty == name) for name in DIFFICULTIES]
            planted.append([*of, *(group.caught * one for one in of), float(right[place]), 0.0])
    rows = planted + [[0.0] * (len(_COLUMNS) - 1) + [1.0]] * wrong
    return np.array(rows, dtype=np.float64).reshape(-1, len(_COLUMNS))


def _shares(sums: np.ndarray) -> dict[str, np.ndarray]:
    planted, caught = sums[..., :3], sums[..., 3:6]
    right, wrong = sums[..., 6], sums[..., 7]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = {f"recall {name}": caught[..., i] / planted[..., i] for i, name in enumerate(DIFFICULTIES)}
        easy_and_medium = caught[..., :2].sum(-1) / planted[..., :2].sum(-1)
        return {
            "recall": caught.sum(-1) / planted.sum(-1),
            "recall easy and medium": easy_and_medium,
            **shares,
            "precision": right / (right + wrong),
        }


def _bootstrapped(units: np.ndarray, shares, seed: int) -> dict[str, Figure]:
    random = np.random.default_rng(seed)
    count = len(units)
    drawn = np.empty((DRAWS, units.shape[1]))
    for draw in range(DRAWS):  # one at a time: a table of all draws of all units would not fit
        drawn[draw] = np.bincount(random.integers(0, count, count), minlength=count) @ units if count else 0.0
    found = {}
    for name, value in shares(units.sum(0)).items():
        spread = shares(drawn)[name]
        spread = spread[~np.isnan(spread)]
        low, high = np.quantile(spread, (0.025, 0.975)) if len(spread) else (np.nan, np.nan)
        found[name] = Figure(float(value), float(low), float(high))
    return found


def totals(judgements: Sequence[Judgement]) -> dict[str, float]:
    """What else counts, pooled over books.

    Returns
    -------
    planted, findings : counts
    precision at top : over the first min(``TOP``, planted) findings of each book
    amount caught in a day : share of the planted amount in groups caught by the first ``ALERTS_A_DAY`` findings
    over-merged : share of findings that swallow two planted groups or more
    split : share of planted groups in two pieces or more
    tied : findings among the first ``TIES_AMONG`` of their book that share their score with another
    red : red findings; wrong red : those that catch nothing
    aside : findings that are planted groups of another kind
    """
    planted = [group for judgement in judgements for group in judgement.planted]
    findings = [finding for judgement in judgements for finding in judgement.findings]
    top = [f for j in judgements for f in j.findings[: min(TOP, len(j.planted))]]
    return {
        "planted": len(planted),
        "findings": len(findings),
        "precision at top": _mean([finding.catches >= 0 for finding in top]),
        "amount caught in a day": _mean(
            [group.caught_in_a_day for group in planted], [group.amount for group in planted]
        ),
        "over-merged": _mean([finding.swallows > 1 for finding in findings]),
        "split": _mean([group.split for group in planted]),
        "tied": sum(finding.tied for finding in findings),
        "red": sum(finding.colour == "red" for finding in findings),
        "wrong red": sum(finding.colour == "red" and finding.catches < 0 and not finding.aside for finding in findings),
        "aside": sum(finding.aside for finding in findings),
    }


def _mean(values: Sequence[bool], weights: Sequence[float] | None = None) -> float:
    weight = sum(weights) if weights else len(values)
    hit = sum(w for value, w in zip(values, weights or [1.0] * len(values), strict=True) if value)
    return hit / weight if weight else float("nan")


def false_alarms(judgements: Sequence[Judgement], top: int | None = None) -> dict[str, int]:
    """Wrong findings by what they are, ``other`` where nothing fits; of the first ``top`` of each book, where that is
    given."""
    wrong = (f for j in judgements for f in j.findings[:top] if f.catches < 0 and not f.aside)
    return dict(Counter(finding.is_really or "other" for finding in wrong).most_common())


# -- how soon -----------------------------------------------------------------------------------------------------


class Delay(NamedTuple):
    """How soon a planted group was caught: days from its first act on, and loans its members took in that time."""

    days: float
    loans: int


def delays(
    truth: Mapping, found: Sequence[tuple[int, Sequence[Mapping]]], loans: Mapping[str, Sequence[int]], kind: str
) -> dict[str, Delay]:
    """How soon each planted group of a kind was caught by one run after the other; those never caught are left out.

    Parameters
    ----------
    truth : as for ``judge``, with ``first``, the ISO time of a group's first act
    found : the time of each run in epoch milliseconds, ascending, with its findings
    loans : by member, when each loan began, epoch milliseconds
    """
    caught: dict[str, Delay] = {}
    acts = {group["id"]: group for group in truth["planted"] if group["kind"] == kind}
    for time, findings in found:
        for group in judge(truth, findings, kind).planted:
            first = parse_moment(acts[group.id]["first"])
            if group.caught and group.id not in caught and first <= time:
                taken = (at for member in acts[group.id]["members"] for at in loans.get(member["node"], ()))
                caught[group.id] = Delay((time - first) / DAY, sum(first <= at <= time for at in taken))
    return caught
