"""Parties that a finding's view takes as one, as the picture shows them: one box with their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...graph.words.names import Words
from ..services.labels import Label, shortened

GROUP = "group"
"""What a finding calls such parties among its things; the kind of the node that they are drawn as."""
GROUP_WORDS = Words("集团", "group")
NAMED = 4
"""Parties whose names stand in the box."""


@dataclass(frozen=True)
class Group:
    """Parties drawn as one node."""

    node: str
    parties: tuple[str, ...]

    def label(self, labels: Mapping[str, Label]) -> Label:
        """What the node is called: its parties."""
        return Label(self.node, "、".join(sorted(labels[party].name for party in self.parties)), "")


def merged(things: Sequence[Mapping]) -> list[Group]:
    """The groups among a finding's things."""
    found = [tuple(thing["members"]) for thing in things if thing["kind"] == GROUP]
    return [Group(f"{GROUP}:{number}", parties) for number, parties in enumerate(found, start=1)]


def group_text(label: Label) -> list[str]:
    """The lines of text on a group: how many it is, and the names of as many as there is room for."""
    names = label.name.split("、")
    more = [f"等{len(names)}家"] if len(names) > NAMED else []
    return [f"集团 {len(names)}家", *(shortened(name, 11) for name in names[:NAMED]), *more]
