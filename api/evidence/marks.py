"""What stands out in the picture of a circle: who holds it together, and which guarantees to replace."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

Key = tuple[str, str, str, bool]
"""Source, target and relation of what is one arc, and whether it is a counter-guarantee."""
KEY, CORE, CUT = "★", "◆", "✂"


@dataclass(frozen=True)
class Marks:
    """Signs that stand beside names and amounts.

    Attributes
    ----------
    key : parties without whom the circle falls apart
    core : core enterprises
    cut : guarantor and borrower of each guarantee that is to be replaced
    """

    key: frozenset[str] = frozenset()
    core: frozenset[str] = frozenset()
    cut: frozenset[tuple[str, str]] = frozenset()

    def signs(self, node: str) -> str:
        """What stands before a party's name."""
        return KEY * (node in self.key) + CORE * (node in self.core)

    def sign(self, arc: Key) -> str:
        """What stands before an arc's amount."""
        source, target, relation, counter = arc
        return f"{CUT} " if relation == "GUARANTEES" and not counter and (source, target) in self.cut else ""

    def legend(self, nodes: Collection[str], arcs: Collection[Key]) -> list[str]:
        """The legend's entries of the signs that some nodes and arcs bear."""
        said = (
            ("key", not self.key.isdisjoint(nodes)),
            ("core", not self.core.isdisjoint(nodes)),
            ("cut", any(self.sign(arc) for arc in arcs)),
        )
        return [name for name, there in said if there]


NO_MARKS = Marks()
"""Nothing stands out."""
