"""What became of guarantee circles between two times: new, grown, shrunk, merged, split, dissolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SAME = 0.5
"""A circle goes on in another that holds so much of the smaller one's members."""


def changes(before: Mapping[str, Iterable[str]], after: Mapping[str, Iterable[str]]) -> list[dict]:
    """What became of each circle: ``{"change", "before", "after", "joined", "left"}``, the ids of the circles, and the
    members who came and went. Circles that stayed as they were are left out.

    Parameters
    ----------
    before, after : the members of circles by id

    >>> [one["change"] for one in changes({"a": "ABC", "b": "XY"}, {"c": "ABCD", "d": "PQ"})]
    ['grown', 'new', 'dissolved']
    """
    old, new = ({key: frozenset(members) for key, members in some.items()} for some in (before, after))
    came = {key: [one for one in old if _goes_on(old[one], members)] for key, members in new.items()}
    went = {key: [one for one in new if key in came[one]] for key in old}
    told = []
    for key, earlier in came.items():
        if not earlier:
            told.append(_change("new", {}, {key: new[key]}))
        elif len(earlier) > 1:
            told.append(_change("merged", {one: old[one] for one in earlier}, {key: new[key]}))
        elif len(went[earlier[0]]) == 1 and old[earlier[0]] != new[key]:
            kind = "grown" if new[key] - old[earlier[0]] else "shrunk"
            told.append(_change(kind, {earlier[0]: old[earlier[0]]}, {key: new[key]}))
    for key, later in went.items():
        if not later:
            told.append(_change("dissolved", {key: old[key]}, {}))
        elif len(later) > 1:
            told.append(_change("split", {key: old[key]}, {one: new[one] for one in later}))
    return told


def _goes_on(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= SAME * min(len(one), len(other))


def _change(kind: str, before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]) -> dict:
    was, is_now = (frozenset[str]().union(*some.values()) for some in (before, after))
    return {
        "change": kind,
        "before": sorted(before),
        "after": sorted(after),
        "joined": sorted(is_now - was),
        "left": sorted(was - is_now),
    }
