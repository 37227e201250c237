"""A snapshot with what was written since, or what is only being asked about: it costs what was added, not what the
book holds."""

# pyright: reportAttributeAccessIssue=false, reportIncompatibleVariableOverride=false
# (pyarrow makes the functions of its compute module as it is imported, where no type checker sees them; columns in two
# pieces stand in for arrays)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ..kernels.sets import distinct, laid_out
from ..kernels.texts import Texts
from ..model import KIND_CODE, RELATION_CODE, RELATIONS, kind_of
from ..store.visibility import superseded_at
from .cells import all_cells
from .files import EDGE_NUMBERS, FACT_NUMBERS, Facts, Files
from .laid import Laid, LaidArrow, LaidFacts, LaidTexts
from .part import Part
from .reading import Snapshot
from .view import GraphView

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Written:
    """Versions that a snapshot does not hold.

    Attributes
    ----------
    revision : the revision that they make
    data_date : the latest event of the store with them
    relationships : by relation, ``RELATIONSHIP_COLUMNS`` and ``revision``, each above the snapshot's
    facts : by table, ``FACT_COLUMNS`` and ``revision``
    types : per relation or table, the type of each key of ``data``
    files : names of source files by number
    masks : by token
    """

    revision: int
    data_date: int | None
    relationships: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    facts: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: Mapping[int, str] = field(default_factory=dict)
    masks: Mapping[str, str] = field(default_factory=dict)

    def and_then(self, later: Written) -> Written:
        """These versions and later ones."""
        types = {
            owner: {**self.types.get(owner, {}), **later.types.get(owner, {})} for owner in (*self.types, *later.types)
        }
        dates = [date for date in (self.data_date, later.data_date) if date is not None]
        return Written(
            later.revision,
            max(dates, default=None),
            _joined(self.relationships, later.relationships),
            _joined(self.facts, later.facts),
            types,
            {**self.files, **later.files},
            {**self.masks, **later.masks},
        )


def _joined(some: Mapping[str, pd.DataFrame], more: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    import pandas as pd

    both = {name: [some[name], more[name]] for name in some if name in more}
    return {**some, **more, **{name: pd.concat(frames, ignore_index=True) for name, frames in both.items()}}


class Overlay(GraphView):
    """A snapshot and what was written since. Nodes and relationships keep the snapshot's numbers; what is new is
    numbered behind.

    A version takes the place of the snapshot's versions of its uid that share one of its ends, as all do whose row's
    key names a party, an application, a loan or an account.

    Parameters
    ----------
    base : the snapshot, whose ``as_of`` the overlay has

    Attributes
    ----------
    base : the same
    """

    def __init__(self, base: Snapshot, written: Written, files: _Files | None = None):
        self.base, self._written = base, written
        laid = _Files(base, written) if files is None else files
        super().__init__(laid, base.as_of)
        self._laid = laid

    def at(self, as_of: int) -> Overlay:
        return Overlay(self.base.at(as_of), self._written, self._laid)

    def part(self, nodes: np.ndarray | Sequence[int]) -> Part:
        return Part(self, nodes)

    @property
    def kinds(self) -> np.ndarray:
        return self._laid.kinds

    def names(self, nodes: np.ndarray | Sequence[int]) -> list[str]:
        nodes = np.asarray(nodes, dtype=np.int64)
        known = nodes < self.base.node_count
        if known.all():
            return self.base.names(nodes)
        found = iter(self.base.names(nodes[known]))
        rest = self._laid.names
        return [
            next(found) if old else rest.text(node) for old, node in zip(known.tolist(), nodes.tolist(), strict=True)
        ]

    def named(self) -> Texts:
        return self._laid.names

    def find_all(self, names: Sequence[str]) -> np.ndarray:
        return self._laid.names.find_all(names)

    def places_in(self, names: Texts, nodes: np.ndarray) -> np.ndarray:
        nodes = np.asarray(nodes, dtype=np.int64)
        known = nodes < self.base.node_count
        found = np.empty(len(nodes), dtype=np.int64)
        found[known] = self.base.places_in(names, nodes[known])
        found[~known] = names.find_all(self._laid.names.texts(nodes[~known]))
        return found

    def ends(self, positions: np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        return self._laid.edges["source"][positions], self._laid.edges["target"][positions]

    def of_each(self, nodes: np.ndarray | Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        nodes = np.asarray(nodes, dtype=np.int64)
        old = np.flatnonzero(nodes < self.base.node_count)
        which, positions = self.base.of_each(nodes[old])
        ends, beside = self._laid.beside
        low, high = np.searchsorted(ends, nodes), np.searchsorted(ends, nodes, side="right")
        which = np.concatenate((old[which], np.repeat(np.arange(len(nodes)), high - low)))
        order = np.argsort(which, kind="stable")
        return which[order], np.concatenate((positions, beside[laid_out(low, high)]))[order]

    def degrees(self, nodes: np.ndarray) -> np.ndarray:
        return np.bincount(self.of_each(nodes)[0], minlength=len(nodes))

    def adjacency(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self._adjacency

    @cached_property
    def _adjacency(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """In one piece: for who asks about the whole book."""
        from ..kernels.adjacency import both

        offsets, neighbours, positions = both(*self.ends(slice(None)), self.node_count)
        return offsets, neighbours, positions

    def _versions(self, relation: str) -> np.ndarray:
        return np.concatenate([np.arange(first, last) for first, last in self._laid.spans(relation)])

    def _stated(self, table: str) -> slice:
        return slice(None)

    def _about(self, table: str, nodes: np.ndarray) -> np.ndarray:
        return self._laid.facts(table).about(nodes)

    def _stating(self, node: int) -> list[str]:
        return self._laid.stating(node)

    def _numbered(self, nodes: np.ndarray) -> np.ndarray:
        return nodes


_NONE = np.zeros(0, dtype=np.int64)


class _Files(Files):
    """The files of a snapshot with what was written since behind them."""

    def __init__(self, base: Snapshot, written: Written):
        self._view, self._base, self._written = base, base._files, written
        meta = self._base.meta
        self.folder = self._base.folder
        files = {**meta["files"], **{str(number): name for number, name in written.files.items()}}
        owners = {*meta["types"], *written.types}
        types = {owner: {**written.types.get(owner, {}), **meta["types"].get(owner, {})} for owner in owners}
        tables = [*meta["facts"], *(table for table in written.facts if table not in meta["facts"])]
        self.meta = {
            **meta,
            "revision": written.revision,
            "data_date": written.data_date,
            "files": files,
            "types": types,
            "facts": tables,
        }
        self._laid_facts: dict[str, LaidFacts] = {}
        self._edges_of = [(name, written.relationships[name]) for name in RELATIONS if name in written.relationships]
        self.names = LaidTexts(self._base.names, self._new_nodes())
        kinds = [KIND_CODE[kind_of(self.names.text(node))] for node in range(base.node_count, len(self.names))]
        self.kinds = Laid(self._base.kinds, np.array(kinds, dtype=np.uint8))
        unmasked = [token for token in written.masks if self._base.tokens.find(token) < 0]
        self.tokens = LaidTexts(self._base.tokens, unmasked)
        self.masks = LaidTexts(self._base.masks, [written.masks[token] for token in unmasked])

    def _new_nodes(self) -> list[str]:
        told = (frame["node"] for frame in self._written.facts.values())
        named = [name if isinstance(name, str) else None for names in told for name in names]
        for _, frame in self._edges_of:
            named += frame[["source", "target"]].to_numpy(dtype=object).ravel().tolist()
        names = [name for name in dict.fromkeys(named) if name is not None]
        found = self._base.names.find_all(names)
        return [name for name, place in zip(names, found.tolist(), strict=True) if place < 0]

    # -- relationships
    @cached_property
    def _frame(self) -> pd.DataFrame:
        """All relationships written since, in the order of the relations, their ends as numbers."""
        import pandas as pd

        parts = [frame.assign(relation=RELATION_CODE[name]) for name, frame in self._edges_of]
        if not parts:
            return pd.DataFrame({name: [] for name in (*EDGE_NUMBERS, "relation", "uid", "data", "revision")})
        frame = pd.concat(parts, ignore_index=True)
        ends = {end: self.names.find_all(frame[end].tolist()) for end in ("source", "target")}
        return frame.assign(**ends)

    @cached_property
    def edges(self) -> dict[str, Any]:
        frame, gone, changed = self._frame, *self._superseded
        numbers = {name: frame[name].to_numpy(dtype) for name, dtype in EDGE_NUMBERS.items() if name in frame}
        laid = {name: Laid(self._base.edges[name], column) for name, column in numbers.items()}
        return laid | {"superseded_at": Laid(self._base.edges["superseded_at"], gone, changed)}

    @cached_property
    def _superseded(self) -> tuple[np.ndarray, dict[int, int]]:
        """When each relationship written since gives way; and the same of those of the snapshot that one of them
        changes, by position."""
        frame, edges, held = self._frame, self._base.edges, {}
        ends = frame[["source", "target"]].to_numpy(dtype=np.int64).reshape(-1, 2)
        for uid, code, pair in zip(frame["uid"], frame["relation"], ends, strict=True):
            positions = self._fewest(pair)
            positions = positions[self._base.relation_of[positions] == code]
            uids = self._base.uids.take(pa.array(positions)).to_pylist()
            held[uid, code] = [place for place, other in zip(positions.tolist(), uids, strict=True) if other == uid]
        keys = list(zip(frame["uid"], frame["relation"], strict=True))
        return _gone(frame, keys, held, edges["known_at"], edges["superseded_at"])

    def _fewest(self, ends: np.ndarray) -> np.ndarray:
        """int64: the snapshot's relationships at that end of a version that has fewer of them; none where an end is
        new."""
        if (ends >= self._view.node_count).any():
            return _NONE
        offsets, _, positions = self._base.adjacency
        low, high = min(
            ((offsets[node], offsets[node + 1]) for node in ends.tolist()), key=lambda span: span[1] - span[0]
        )
        return np.asarray(positions[low:high])

    @cached_property
    def beside(self) -> tuple[np.ndarray, np.ndarray]:
        """int64, ascending, the nodes at which relationships written since end, and the positions of these; one
        between a node and itself once."""
        source, target = (self._frame[end].to_numpy(np.int64) for end in ("source", "target"))
        positions = len(self._base.edges["source"]) + np.arange(len(source))
        other = source != target
        ends = np.concatenate((source, target[other]))
        order = np.lexsort((np.concatenate((positions, positions[other])), ends))
        return ends[order], np.concatenate((positions, positions[other]))[order]

    @cached_property
    def uids(self) -> Any:
        return LaidArrow(self._base.uids, _texts(self._frame["uid"]))

    @cached_property
    def data(self) -> Any:
        return LaidArrow(self._base.data, _texts(self._frame["data"]))

    @cached_property
    def relation_of(self) -> Any:
        return Laid(self._base.relation_of, self._frame["relation"].to_numpy(np.uint8))

    @cached_property
    def flagged(self) -> Any:
        cells = all_cells(pa.chunked_array([_texts(self._frame["data"])]), {"flag": "text"})
        flagged = cells.column("flag").is_valid().to_numpy() if cells.num_columns else np.zeros(0, dtype=bool)
        return Laid(self._base.flagged, flagged)

    def spans(self, relation: str) -> list[tuple[int, int]]:
        first = len(self._base.edges["source"])
        low, high = np.searchsorted(
            self._frame["relation"].to_numpy(np.int64), (RELATION_CODE[relation], RELATION_CODE[relation] + 1)
        )
        return [*self._base.spans(relation), (first + int(low), first + int(high))]

    @property
    def adjacency(self) -> Any:
        raise NotImplementedError("asked of the overlay, which has it in one piece")

    # -- facts
    def facts(self, table: str) -> Any:
        if table not in self._written.facts:
            return self._base.facts(table)
        if table not in self._laid_facts:
            self._laid_facts[table] = self._lay(table)
        return self._laid_facts[table]

    def _lay(self, table: str) -> LaidFacts:
        frame = self._written.facts[table]
        node = self.names.find_all([name if isinstance(name, str) else "" for name in frame["node"]])
        base = self._base.facts(table) if table in self._base.tables else None
        gone, changed = self._replaced(frame, node, base)
        frame = frame.assign(node=node, superseded_at=gone)
        numbers = {name: frame[name].to_numpy(dtype) for name, dtype in FACT_NUMBERS.items()}
        types = self.types(table)
        cells = _all_columns(all_cells(pa.chunked_array([_texts(frame["data"])]), types), len(frame), types)
        order = np.argsort(node, kind="stable").astype(np.int64)
        columns = {name: cells.column(name).combine_chunks() for name in cells.column_names}
        rest = Facts(numbers, order, cells, _texts(frame["uid"]), columns)
        if base is None:
            return LaidFacts(None, rest, numbers, cells, rest.uids, columns)
        return _behind(base, rest, types, changed)

    def _replaced(self, frame: pd.DataFrame, node: np.ndarray, base: Facts | None) -> tuple[np.ndarray, dict[int, int]]:
        if base is None:
            return superseded_at(frame), {}
        places = base.about(distinct(node))
        uids = base.uids.take(pa.array(places)).to_pylist()
        held: dict[Any, list[int]] = {}
        for place, uid in zip(places.tolist(), uids, strict=True):
            held.setdefault(uid, []).append(place)
        numbers = base.numbers
        return _gone(frame, frame["uid"].tolist(), held, numbers["known_at"], numbers["superseded_at"])

    def stating(self, node: int) -> list[str]:
        base = self._base.stating(node) if node < self._view.node_count else []
        added = [table for table in self._written.facts if len(self.facts(table).rest.about(np.array([node])))]
        return list(dict.fromkeys((*base, *added)))


def _gone(
    frame: pd.DataFrame, keys: list, held: Mapping[Any, list[int]], known_at: np.ndarray, gone_at: np.ndarray
) -> tuple[np.ndarray, dict[int, int]]:
    """When new versions give way, and when those of the snapshot do that they change, by place.

    Parameters
    ----------
    keys : by new version, what tells its row
    held : the places of the snapshot's versions of each row
    """
    import pandas as pd

    gone = superseded_at(frame.assign(uid=pd.factorize(pd.Series(keys, dtype=object))[0]))
    known, changed = frame["known_at"].to_numpy(np.int64), dict[int, int]()
    for place, key in enumerate(keys):
        for other in held.get(key, ()):
            before = int(known_at[other])
            if before > known[place]:
                gone[place] = min(gone[place], before)
            else:
                changed[other] = min(changed.get(other, int(gone_at[other])), int(known[place]))
    return gone, changed


def _behind(base: Facts, rest: Facts, types: Mapping[str, str], changed: Mapping[int, int]) -> LaidFacts:
    """Facts behind those of a snapshot; a column that it does not have is blank in it."""
    before = _all_columns(base.cells, len(base.by_node), {name: types[name] for name in rest.columns})
    columns = {
        name: LaidArrow(base.columns[name], rest.columns[name])
        if name in base.columns
        else LaidArrow(before.column(name).combine_chunks(), rest.columns[name])
        for name in before.column_names
    }
    numbers = {name: Laid(base.numbers[name], rest.numbers[name]) for name in FACT_NUMBERS}
    numbers["superseded_at"] = Laid(base.numbers["superseded_at"], rest.numbers["superseded_at"], changed)
    cells = LaidArrow(before, rest.cells.select(before.column_names).cast(before.schema))
    return LaidFacts(base, rest, numbers, cells, LaidArrow(base.uids, rest.uids), columns)


_ARROW = {"text": pa.string(), "number": pa.float64(), "time": pa.int64()}


def _all_columns(cells: pa.Table, rows: int, types: Mapping[str, str]) -> pa.Table:
    """Cells with a column for each type, blank where there is none."""
    for name in types:
        if name not in cells.column_names:
            blank = pa.nulls(rows, _ARROW[types[name]])
            cells = cells.append_column(name, blank) if cells.num_columns else pa.table({name: blank})
    return cells


def _texts(column: Any) -> pa.Array:
    return pa.array(column.tolist(), pa.large_string(), from_pandas=True)
