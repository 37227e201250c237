"""Texts found in a sorted column of texts, by binary search over their UTF-8 bytes: one at once, many compiled.

Python orders texts by code points, and that is the order of their UTF-8 bytes. Half a surrogate pair, which JSON can
say and UTF-8 cannot, is sought as the bytes that UTF-8 would give it, and so is no text of a column read from a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

FEW = 64
"""Up to so many texts are found one by one: the first compiled call of a process takes longer."""


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of texts, in any order, in which a text is found.

    Attributes
    ----------
    ends : int32 or int64[count + 1], where each text begins and the last one ends in ``data``
    data : uint8, all texts in UTF-8, one behind the other
    order : int32 or int64[count], the places in rising order of the texts; None where they stand so already
    """

    ends: np.ndarray
    data: np.ndarray
    order: np.ndarray | None = None

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """A column made of texts."""
        encoded = [_encoded(text) for text in texts]
        ends = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in encoded], out=ends[1:])
        order = np.array(sorted(range(len(encoded)), key=encoded.__getitem__), dtype=np.int64)
        return cls(ends, np.frombuffer(b"".join(encoded), dtype=np.uint8), order)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def text(self, place: int) -> str:
        """The text at a place."""
        return self._bytes(place).decode("utf-8", "surrogatepass")

    def texts(self, places: np.ndarray | Sequence[int]) -> list[str]:
        """The texts at some places."""
        return [self.text(place) for place in np.asarray(places).tolist()]

    def find(self, text: str) -> int:
        """The place of a text, -1 where it is none of them."""
        sought = _encoded(text)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(self._place(middle)) < sought:
                low = middle + 1
            else:
                high = middle
        found = self._place(low) if low < len(self) else -1
        return found if found >= 0 and self._bytes(found) == sought else -1

    def find_all(self, texts: Sequence[str]) -> np.ndarray:
        """int64: the place of each of some texts, -1 where it is none of them."""
        if len(texts) <= FEW:
            return np.array([self.find(text) for text in texts], dtype=np.int64)
        from .text_search import search

        sought = Texts.of(texts)
        return search(self.ends, self.data, self._order, sought.ends, sought.data, sought._order)

    def places_of(self, other: Texts) -> np.ndarray | None:
        """int64 by text of another column, its place in this one, -1 where it is none of them; None where the two
        columns are the same."""
        if np.array_equal(self.ends, other.ends) and np.array_equal(self.data, other.data):
            return None
        from .text_search import search

        return search(self.ends, self.data, self._order, other.ends, other.data, other._order)

    def _place(self, rank: int) -> int:
        return rank if self.order is None else int(self.order[rank])

    def _bytes(self, place: int) -> bytes:
        return self.data[self.ends[place] : self.ends[place + 1]].tobytes()

    @cached_property
    def _order(self) -> np.ndarray:
        return np.arange(len(self)) if self.order is None else self.order


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
