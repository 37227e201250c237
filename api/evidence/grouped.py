"""Rows of evidence grouped by what they are about: a shared thing, a loan, an application, two parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...graph.model import kind_of


def grouped(rows: Sequence[Mapping], things: Sequence[Mapping]) -> list[tuple[tuple[str, ...], list[Mapping]]]:
    """The rows in groups, each with the nodes that it is about; groups and rows keep the order of the rows, groups of
    things first, as these are what a finding rests on.

    Parameters
    ----------
    things : what members share, as the finding has it
    """
    of_thing = {node: tuple(thing["nodes"]) for thing in reversed(things) for node in thing["nodes"]}
    found: dict[tuple[str, ...], list[Mapping]] = {}
    for row in rows:
        found.setdefault(_about(row, of_thing), []).append(row)
    shared = set(of_thing.values())
    return sorted(found.items(), key=lambda group: group[0] not in shared)


def _about(row: Mapping, of_thing: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    ends = (row["target"], row["source"])
    for end in ends:
        if end in of_thing:
            return of_thing[end]
    for kind in ("loan", "application"):
        for end in ends:
            if kind_of(end) == kind:
                return (end,)
    return tuple(sorted(ends))
