"""Rows of evidence grouped by what they are about: a shared thing, a loan, or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...graph.model import kind_of


def grouped(rows: Sequence[Mapping], things: Sequence[Mapping]) -> list[tuple[tuple[str, ...], list[Mapping]]]:
    """The rows in groups, each with the nodes that it is about: first the things, which a finding rests on, then the
    loans, then what is about neither, such as guarantees. Within these the order of the rows is kept.

    Parameters
    ----------
    things : what members share, as the finding has it
    """
    of_thing = {node: tuple(thing["nodes"]) for thing in reversed(things) for node in thing["nodes"]}
    found: dict[tuple[str, ...], list[Mapping]] = {}
    for row in rows:
        found.setdefault(_about(row, of_thing), []).append(row)
    shared = set(of_thing.values())
    return sorted(found.items(), key=lambda group: (group[0] not in shared, not group[0]))


def _about(row: Mapping, of_thing: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    ends = (row["target"], row["source"])
    loans = ((end,) for end in ends if kind_of(end) == "loan")
    return next((of_thing[end] for end in ends if end in of_thing), next(loans, ()))
