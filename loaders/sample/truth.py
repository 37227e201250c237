"""What was put into a book: the schemes planted, and the innocent groups that look like them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

FORMAT = 1


@dataclass
class Scheme:
    """One planted scheme.

    Attributes
    ----------
    members : ``(kind of party, number, role)``
    amount, first, last : filled when its loans are known; times in seconds of the book
    """

    kind: str
    shape: str
    difficulty: str
    members: list[tuple[str, int, str]]
    amount: float = 0.0
    first: int | None = None
    last: int | None = None


@dataclass
class Truth:
    """All schemes in the order of planting, all innocent groups as ``(twin, [(kind of party, number)])``.

    ``rows`` are the applications in which a scheme is seen that lies within another, by its number.
    """

    planted: list[Scheme] = field(default_factory=list)
    innocent: list[tuple[str, list[tuple[str, int]]]] = field(default_factory=list)

    rows: dict[int, np.ndarray] = field(default_factory=dict)

    def plant(self, kind: str, shape: str, difficulty: str, members: list[tuple[str, int, str]]) -> int:
        """Add a scheme; its number."""
        self.planted.append(Scheme(kind, shape, difficulty, members))
        return len(self.planted) - 1

    def spare(self, twin: str, persons: list[int], others: list[tuple[str, int]] | None = None) -> None:
        """Add an innocent group of persons and other parties."""
        self.innocent.append((twin, [("applicant", int(person)) for person in persons] + (others or [])))

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many schemes by kind, how many innocent groups by twin."""
        return (
            dict(sorted(Counter(scheme.kind for scheme in self.planted).items())),
            dict(sorted(Counter(twin for twin, _ in self.innocent).items())),
        )
