"""Columns in two pieces: the one that lies in a snapshot's files, and behind it what was written since.

A piece of a snapshot is never copied: places below its length are asked of it, those above of the rest.
"""

# pyright: reportAttributeAccessIssue=false
# (pyarrow makes the functions of its compute module as it is imported, where no type checker sees them)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ..kernels.sets import distinct
from ..kernels.texts import Texts
from .files import Facts


class Laid:
    """Numbers by place.

    Parameters
    ----------
    base : the piece that lies in a file
    rest : what stands behind it
    changed : other values at a few places of the base
    """

    def __init__(self, base: np.ndarray, rest: np.ndarray, changed: Mapping[int, Any] | None = None):
        self.base, self.rest = base, rest.astype(base.dtype, copy=False)
        self.dtype = base.dtype
        where = sorted(changed or {})
        self._where = np.array(where, dtype=np.int64)
        self._values = np.array([(changed or {})[place] for place in where], dtype=base.dtype)

    def __len__(self) -> int:
        return len(self.base) + len(self.rest)

    def __getitem__(self, places: Any) -> Any:
        if isinstance(places, slice):
            return self._all()[places]
        if np.ndim(places) == 0:
            return self[np.array([places])][0]
        places = np.asarray(places)
        if places.dtype == bool:
            places = np.flatnonzero(places)
        if not len(places):
            return self.rest[:0]
        behind = places >= len(self.base)
        if not behind.any():
            found = np.asarray(self.base[places])
        else:
            found = np.empty(len(places), dtype=self.dtype)
            found[behind] = self.rest[places[behind] - len(self.base)]
            found[~behind] = self.base[places[~behind]]
        if len(self._where):
            at = np.minimum(np.searchsorted(self._where, places), len(self._where) - 1)
            found = np.where(self._where[at] == places, self._values[at], found)
        return found

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._all() if dtype is None else self._all().astype(dtype)

    def _all(self) -> np.ndarray:
        """All of it in one piece: for who asks about the whole book."""
        whole = np.concatenate((self.base, self.rest))
        whole[self._where] = self._values
        return whole


class LaidTexts:
    """Texts by place, and the place of a text, as ``Texts`` gives them."""

    def __init__(self, base: Texts, rest: Sequence[str]):
        self._base, self._rest = base, list(rest)
        self._place = {text: len(base) + place for place, text in enumerate(rest)}

    def __len__(self) -> int:
        return len(self._base) + len(self._rest)

    def text(self, place: int) -> str:
        """The text at a place."""
        return self._base.text(place) if place < len(self._base) else self._rest[place - len(self._base)]

    def texts(self, places: np.ndarray | Sequence[int]) -> list[str]:
        """The texts at some places."""
        return [self.text(place) for place in np.asarray(places).tolist()]

    def find(self, text: str) -> int:
        """The place of a text, -1 where it is none of them."""
        found = self._base.find(text)
        return self._place.get(text, -1) if found < 0 else found

    def find_all(self, texts: Sequence[str]) -> np.ndarray:
        """int64: the place of each of some texts, -1 where it is none of them."""
        found = self._base.find_all(texts)
        missing = np.flatnonzero(found < 0)
        found[missing] = [self._place.get(texts[place], -1) for place in missing.tolist()]
        return found


class LaidArrow:
    """A column of Arrow, or a table, of which rows are taken by place."""

    def __init__(self, base: Any, rest: Any):
        self._base, self._rest = base, rest

    def __len__(self) -> int:
        return len(self._base) + len(self._rest)

    def __getitem__(self, place: int) -> Any:
        place = int(place)
        return self._base[place] if place < len(self._base) else self._rest[place - len(self._base)]

    def take(self, places: pa.Array) -> Any:
        """The rows at some places."""
        sought = places.to_numpy(zero_copy_only=False)
        behind = sought >= len(self._base)
        if not behind.any():
            return self._base.take(places)
        parts = self._base.take(pa.array(sought[~behind])), self._rest.take(pa.array(sought[behind] - len(self._base)))
        together = pa.concat_tables(parts) if isinstance(self._base, pa.Table) else pa.concat_arrays(parts)
        back = np.empty(len(sought), dtype=np.int64)
        back[np.concatenate((np.flatnonzero(~behind), np.flatnonzero(behind)))] = np.arange(len(sought))
        return together.take(pa.array(back))

    # -- of a table
    @property
    def column_names(self) -> list[str]:
        """The names of its columns."""
        return self._base.column_names

    @property
    def num_columns(self) -> int:
        """How many columns it has."""
        return self._base.num_columns

    def select(self, names: Sequence[str]) -> LaidArrow:
        """Some of its columns."""
        return LaidArrow(self._base.select(names), self._rest.select(names))


@dataclass(frozen=True)
class LaidFacts:
    """What the rows of a table say, as ``Facts``: those of a snapshot, and those written since.

    Attributes
    ----------
    base : None where the snapshot has no such table
    """

    base: Facts | None
    rest: Facts
    numbers: dict[str, Any]
    cells: Any
    uids: Any
    columns: dict[str, Any]

    def about(self, nodes: np.ndarray) -> np.ndarray:
        """int64, ascending: the places of the versions about some nodes."""
        behind = 0 if self.base is None else len(self.base.by_node)
        before = np.zeros(0, np.int64) if self.base is None else self.base.about(nodes)
        return np.concatenate((before, behind + distinct(self.rest.about(nodes))))
