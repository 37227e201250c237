"""What a list still has to give."""

from __future__ import annotations

import numpy as np


class Reserve:
    """Numbers of a list that nobody has yet."""

    def __init__(self, start: int, stop: int):
        self.next, self.stop = start, stop

    def take(self, count: int = 1) -> np.ndarray:
        """So many that were free until now."""
        if self.next + count > self.stop:
            raise RuntimeError("the reserve of a list is used up")
        self.next += count
        return np.arange(self.next - count, self.next)
