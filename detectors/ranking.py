"""How findings stand one after the other: within a batch, and in a list of several batches."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.model import PERSONAL_KINDS, kind_of


def place(finding: dict) -> tuple:
    """Where a finding stands among others: by score, equal scores by amount, then by the number of members, then by the
    members' names, never by a token.

    Parameters
    ----------
    finding : in its JSON shape
    """
    names = sorted(member["node"] for member in finding["members"] if kind_of(member["node"]) not in PERSONAL_KINDS)
    amount = finding["measures"].get("amount", 0.0)
    return -finding["score"], -amount, -len(finding["members"]), names, finding["kind"], finding["view"]


def ranks(kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Rank within the kind and rank over all, from 1, of findings in order, by their kinds.

    >>> ranks(["a", "b", "a"])
    [(1, 1), (1, 2), (2, 3)]
    """
    count: dict[str, int] = {}
    found = []
    for rank_all, kind in enumerate(kinds, start=1):
        count[kind] = count.get(kind, 0) + 1
        found.append((count[kind], rank_all))
    return found


def ranked(findings: Sequence[dict]) -> list[dict]:
    """Findings of one batch or several as one list, in order, with ranks that count in that list.

    Parameters
    ----------
    findings : in their JSON shape
    """
    ordered = sorted(findings, key=place)
    counted = ranks([finding["kind"] for finding in ordered])
    return [
        {**finding, "rank": rank, "rank_all": rank_all}
        for finding, (rank, rank_all) in zip(ordered, counted, strict=True)
    ]
