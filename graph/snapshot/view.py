"""What detectors and services see of the graph: one interface, whichever part of it they are given.

Nodes are numbered from 0 in every view. Positions of relationships are the snapshot's, in every view of it. A version
shows at T when ``known_at <= T < superseded_at``, where ``superseded_at`` is the ``known_at`` of the version that
replaces it (``FOREVER`` where none does): see ``store.visibility``.
"""

# pyright: reportAttributeAccessIssue=false
# (pyarrow makes the functions of its compute module as it is imported, where no type checker sees them)

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..kernels.sets import among, distinct, laid_out
from ..kernels.texts import Texts
from ..keys import TOKEN_PREFIX
from ..model import ALWAYS, KIND_CODE, KINDS, RELATION_CODE, RELATIONS, STATUS_FIELDS
from .cells import row_numbers
from .edges import Edges
from .files import Facts, Files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    Places = np.ndarray | slice

FEW = 64
"""Up to so many rows are parsed one by one: Arrow's parser comes with pandas, which takes longer to import."""
_FOR_THREADS = 10_000
_IS_STATE = np.array([relation.nature == "state" for relation in RELATIONS.values()])


class GraphView(ABC):
    """The graph at one revision, or a part of it, seen at ``as_of``; never changes.

    Attributes
    ----------
    revision : the store's revision it shows
    data_date : epoch milliseconds of the store's latest event at that revision, None where it holds none
    as_of : epoch milliseconds; what was not known then is not shown
    """

    def __init__(self, files: Files, as_of: int):
        self._files = files
        self.revision: int = files.meta["revision"]
        self.data_date: int | None = files.meta["data_date"]
        self.as_of = as_of

    # -- what each form of view has a way of its own for
    @abstractmethod
    def at(self, as_of: int) -> Self:
        """The same view at another time; the arrays are shared."""

    @abstractmethod
    def part(self, nodes: np.ndarray | Sequence[int]) -> GraphView:
        """The part of it that some nodes make: they themselves, the relationships with both ends among them, and what
        rows say of them; rows about no node (partner lists) are in every part."""

    @property
    @abstractmethod
    def kinds(self) -> np.ndarray:
        """uint8 by node: the kind's position in ``model.KINDS``."""

    @abstractmethod
    def names(self, nodes: np.ndarray | Sequence[int]) -> list[str]:
        """The names of nodes, ``kind:key``."""

    @abstractmethod
    def find_all(self, names: Sequence[str]) -> np.ndarray:
        """int64: the number of each node by its name, -1 where the view has no such node."""

    @abstractmethod
    def ends(self, positions: Places) -> tuple[np.ndarray, np.ndarray]:
        """int32 node numbers of the sources and targets of relationships."""

    @abstractmethod
    def adjacency(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All relationships from both ends, whatever ``as_of`` (check with ``visible``): ``offsets int64[nodes + 1]``,
        ``neighbours int32``, ``positions int64`` of the relationships. A self-loop stands once."""

    @abstractmethod
    def _versions(self, relation: str) -> Places:
        """The positions of all versions of a relation."""

    @abstractmethod
    def _stated(self, table: str) -> Places:
        """The places of all rows of a table."""

    @abstractmethod
    def _about(self, table: str, nodes: np.ndarray) -> np.ndarray:
        """The places of the rows of a table about some nodes, ascending."""

    @abstractmethod
    def _stating(self, node: int) -> Sequence[str]:
        """The tables that say something of a node, at whatever time."""

    @abstractmethod
    def _numbered(self, nodes: np.ndarray) -> np.ndarray:
        """int32: this view's numbers of the snapshot's nodes; -1 stays."""

    # -- nodes
    @property
    def node_count(self) -> int:
        """How many nodes are numbered, shown at ``as_of`` or not."""
        return len(self.kinds)

    def name(self, node: int) -> str:
        """A node's name, ``kind:key``."""
        return self.names([node])[0]

    def named(self) -> Texts:
        """The names of all nodes by number, for whoever looks them up later."""
        return Texts.of(self.names(np.arange(self.node_count)))

    def places_in(self, names: Texts, nodes: np.ndarray) -> np.ndarray:
        """int64: the place of the name of each of some nodes in another column of names, such as that of an earlier
        book; -1 where it is none of them."""
        return names.find_all(self.names(nodes))

    def find(self, name: str) -> int | None:
        """The number of a node by its name, None where the view has no such node."""
        number = int(self.find_all([name])[0])
        return None if number < 0 else number

    def kind(self, node: int) -> str:
        """The kind of a node."""
        return KINDS[self.kinds[node]]

    @cached_property
    def shown(self) -> np.ndarray:
        """bool by node: a version that shows at ``as_of`` states it, or a relationship that shows ends at it."""
        shown = np.zeros(self.node_count, dtype=bool)
        for table in self._files.tables:
            facts, places = self._files.facts(table), self._stated(table)
            stated = self._numbered(facts.numbers["node"][places][self._holds(facts, places)])
            shown[stated[stated >= 0]] = True
        for relation in RELATIONS:
            edges = self.edges(relation)
            shown[edges.source] = shown[edges.target] = True
        return shown

    def of_kind(self, kind: str) -> np.ndarray:
        """int32 numbers of the nodes of a kind that show at ``as_of``, ascending."""
        return np.flatnonzero((np.asarray(self.kinds) == KIND_CODE[kind]) & self.shown).astype(np.int32)

    def only(self, nodes: np.ndarray, *kinds: str) -> np.ndarray:
        """Those of some nodes that are of these kinds, in their order."""
        return nodes[np.isin(self.kinds[nodes], [KIND_CODE[kind] for kind in kinds])]

    def shows(self, node: int) -> bool:
        """Whether one node shows at ``as_of``, asked of what it has alone."""
        return bool(self.visible(self.touching([node])).any()) or any(True for _ in self._statements(node))

    def mask(self, token: str) -> str | None:
        """What people may see of a personal value, such as ``138****1234``; None for what is no token here."""
        place = self._files.tokens.find(token)
        return None if place < 0 else self._files.masks.text(place)

    def masked(self, cells: Iterable[str | None]) -> list[str | None]:
        """What people may see of a column of cells: tokens as their masks, None where they have none."""
        given = pa.array(cells, pa.string(), from_pandas=True)  # chunked, where pandas holds chunks
        texts = (given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given).dictionary_encode()
        shown = np.array([*texts.dictionary.to_pylist(), None], dtype=object)
        personal = np.flatnonzero(pc.starts_with(texts.dictionary, TOKEN_PREFIX).to_numpy(zero_copy_only=False))
        places = self._files.tokens.find_all(shown[personal].tolist())
        shown[personal[places < 0]] = None
        shown[personal[places >= 0]] = self._files.masks.texts(places[places >= 0])
        return shown[texts.indices.fill_null(len(shown) - 1).to_numpy(zero_copy_only=False)].tolist()

    def tokens_masked(self, pattern: str) -> list[str]:
        """The tokens whose mask is like a pattern in which ``%`` stands for any characters, in rising order."""
        masks = self._files.mask_column
        places = np.flatnonzero(pc.match_like(masks, pattern).to_numpy(zero_copy_only=False))
        return self._files.tokens.texts(places)

    # -- relationships
    @property
    def edge_count(self) -> int:
        """How many versions of relationships the snapshot numbers, shown at ``as_of`` or not: above every position."""
        return len(self._files.edges["source"])

    def visible(self, positions: Places) -> np.ndarray:
        """bool by position: does this version of a relationship show at ``as_of``?"""
        columns = self._files.edges
        in_force = (columns["valid_from"][positions] <= self.as_of) & (self.as_of < columns["valid_to"][positions])
        return self._known(positions) & (in_force | ~_IS_STATE[self._files.relation_of[positions]])

    def _known(self, positions: Places) -> np.ndarray:
        columns = self._files.edges
        known = (columns["known_at"][positions] <= self.as_of) & (self.as_of < columns["superseded_at"][positions])
        return known & (columns["valid_to"][positions] > ALWAYS)  # what its row states no longer never was

    def links(self, positions: Places) -> np.ndarray:
        """bool by position: does it show, and does it tell that its ends belong together? A tie with a ``flag``
        (a landline, a sentinel, an invalid identifier) is kept but links no one."""
        return self.visible(positions) & ~self.flagged(positions)

    def flagged(self, positions: Places) -> np.ndarray:
        """bool by position: does a flag say that it links no one?"""
        return self._files.flagged[positions]

    def flags(self, positions: np.ndarray) -> list[str | None]:
        """Why each links no one: ``sentinel``, ``invalid``, ``landline``…; None for what links its ends."""
        if len(positions) <= FEW:
            return [json.loads(self._files.data[place].as_py() or "{}").get("flag") for place in positions.tolist()]
        return self._files.cells(positions, {"flag": "text"}).column("flag").to_pylist()

    def valid_from(self, positions: Places) -> np.ndarray:
        """int64 by position: an event's time, or since when it holds; ``ALWAYS`` where that is not on record."""
        return self._files.edges["valid_from"][positions]

    def touching(self, nodes: np.ndarray | Sequence[int]) -> np.ndarray:
        """int64: the positions of all relationships that end at some nodes, shown at ``as_of`` or not; one that ends at
        two of them stands twice."""
        return self.of_each(nodes)[1]

    def degrees(self, nodes: np.ndarray) -> np.ndarray:
        """int64 by node: how many relationships end at it, shown at ``as_of`` or not."""
        offsets, _, _ = self.adjacency()
        return offsets[np.asarray(nodes, dtype=np.int64) + 1] - offsets[nodes]

    def of_each(self, nodes: np.ndarray | Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """The same, each with its node: int64 places in ``nodes``, ascending, and int64 positions."""
        offsets, _, positions = self.adjacency()
        nodes = np.asarray(nodes, dtype=np.int64)
        low, high = offsets[nodes], offsets[nodes + 1]
        return np.repeat(np.arange(len(nodes)), high - low), np.asarray(positions[laid_out(low, high)])

    def other_ends(self, nodes: np.ndarray, relations: Sequence[str]) -> np.ndarray:
        """int32, ascending: the nodes to which relationships of some relations that show lead from others, in either
        direction. One of ``nodes`` is among them only where such a relationship ends at two of them."""
        positions = distinct(self.touching(nodes))
        positions = positions[np.isin(self.relation_codes(positions), [RELATION_CODE[name] for name in relations])]
        positions = positions[self.visible(positions)]
        source, target = self.ends(positions)
        nodes = distinct(np.asarray(nodes, dtype=np.int32))
        return distinct(np.concatenate((source[among(target, nodes)], target[among(source, nodes)])))

    def edges(self, relation: str) -> Edges:
        """The relationships of a relation that show at ``as_of``."""
        versions = self._versions(relation)
        shown = self.visible(versions)
        positions = versions.start + np.flatnonzero(shown) if isinstance(versions, slice) else versions[shown]
        source, target = self.ends(positions)
        columns = {name: self._files.edges[name][positions] for name in ("amount", "valid_from", "valid_to")}
        return Edges(relation, positions, source, target, **columns, _files=self._files)

    def never_in_force(self, relation: str) -> np.ndarray:
        """int64: positions of what is known at ``as_of`` to end no later than it begins, and so shows at no time."""
        versions, columns = self._versions(relation), self._files.edges
        start, end = columns["valid_from"][versions], columns["valid_to"][versions]
        found = np.flatnonzero(self._known(versions) & (end <= start))
        return versions.start + found if isinstance(versions, slice) else versions[found]

    def ties(self, relation: str) -> Edges:
        """The relationships of a relation that show at ``as_of`` and link their ends, as ``links`` tells."""
        edges = self.edges(relation)
        return edges.where(self.links(edges.positions))

    def relation(self, position: int) -> str:
        """The relation of a relationship by its number."""
        return list(RELATIONS)[self._files.relation_of[position]]

    def relation_codes(self, positions: Places) -> np.ndarray:
        """uint8 by position: the place of its relation in ``RELATIONS``."""
        return self._files.relation_of[positions]

    def uids(self, positions: np.ndarray | Sequence[int]) -> list[str]:
        """What relationships are known by in every store and revision."""
        return self._files.uids.take(row_numbers(positions)).to_pylist()

    def uid_order(self, positions: np.ndarray) -> np.ndarray:
        """int64: the places that put relationships in the order of their uids, which is no store's own."""
        if len(positions) < 2:  # most that is asked for is so short, and taking rows out is costly
            return np.arange(len(positions))
        return pc.sort_indices(self._files.uids.take(row_numbers(positions))).to_numpy().astype(np.int64)

    def evidence(self, positions: np.ndarray | Sequence[int]) -> list[dict]:
        """Relationships as evidence: ``{"source", "target", "relation", "uid", "file", "row"}``."""
        positions = np.asarray(positions, dtype=np.int64)
        columns, relations = self._files.edges, list(RELATIONS)
        files = {int(number): name for number, name in self._files.meta["files"].items()}
        sources, targets = (self.names(end) for end in self.ends(positions))
        cells = (
            sources,
            targets,
            self._files.relation_of[positions].tolist(),
            self.uids(positions),
            columns["file"][positions].tolist(),
            columns["row"][positions].tolist(),
        )
        return [
            {
                "source": source,
                "target": target,
                "relation": relations[relation],
                "uid": uid,
                "file": files.get(file),
                "row": row,
            }
            for source, target, relation, uid, file, row in zip(*cells, strict=True)
        ]

    def relationship(self, position: int) -> dict:
        """One relationship whole: its evidence, and its amount, times and other cells (blank ones left out)."""
        columns, relation = self._files.edges, self.relation(position)
        cells, types = json.loads(self._files.data[position].as_py() or "{}"), self._files.types(relation)
        amount = float(columns["amount"][position])
        return {
            **self.evidence([position])[0],
            **({} if np.isnan(amount) else {"amount": amount}),
            "valid_from": int(columns["valid_from"][position]),
            "valid_to": int(columns["valid_to"][position]),
            "known_at": int(columns["known_at"][position]),
            "data": {
                name: float(cells[name]) if kind == "number" else cells[name]
                for name, kind in types.items()
                if name in cells
            },
        }

    # -- facts
    def facts(
        self,
        table: str,
        nodes: np.ndarray | Sequence[int] | None = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """What rows of a table say at ``as_of``, one row each: ``node`` (int32, -1 for a row about no node), ``uid``,
        ``valid_from``, ``valid_to`` and the table's own columns; only rows about ``nodes`` and only some ``columns``,
        where given: of these one that no row ever had is there, and blank. Columns of the present state are blank
        before their ``status_from``. Empty where the store holds no such table."""
        import pandas as pd

        if table not in self._files.tables:
            none = np.array([], dtype=np.int64)
            frame = pd.DataFrame({"node": none.astype(np.int32), "valid_from": none, "valid_to": none, "uid": []})
            return frame.reindex(columns=[*frame, *(columns or ())])
        facts = self._files.facts(table)
        among = self._stated(table) if nodes is None else self._about(table, np.asarray(nodes, dtype=np.int64))
        holds = self._holds(facts, among)
        places = np.flatnonzero(holds) if isinstance(among, slice) else among[holds]
        rows, cells = row_numbers(places), facts.cells
        if columns is not None:
            cells = cells.select([name for name in columns if name in cells.column_names])
        told = {
            "node": self._numbered(facts.numbers["node"][places]),
            "valid_from": facts.numbers["valid_from"][places],
            "valid_to": facts.numbers["valid_to"][places],
            "uid": facts.uids.take(rows),
        }
        taken = cells.take(rows) if cells.num_columns else pa.table({})
        told |= dict(zip(taken.column_names, taken.columns, strict=True))
        # to wake other threads takes longer than a few rows do
        frame = pa.table(told).to_pandas(use_threads=len(rows) > _FOR_THREADS)
        early = facts.numbers["status_from"][places] > self.as_of
        if early.any():
            for name in STATUS_FIELDS.intersection(frame.columns):
                frame.loc[early, name] = None
        if columns is None or cells.num_columns == len(columns):
            return frame
        return frame.reindex(columns=["node", "valid_from", "valid_to", "uid", *columns])

    def told_since(self, table: str, moment: int) -> np.ndarray:
        """int32, ascending: the nodes of which a row says something at ``as_of`` that became known at a moment or
        later."""
        if table not in self._files.tables:
            return np.zeros(0, dtype=np.int32)
        facts, places = self._files.facts(table), self._stated(table)
        late = self._holds(facts, places) & (facts.numbers["known_at"][places] >= moment)
        nodes = self._numbered(facts.numbers["node"][places][late])
        return distinct(nodes[nodes >= 0])

    def statements(self, node: int) -> list[dict]:
        """What rows say of one node at ``as_of``, at the cost of what the node has: ``{"table", "uid", "file", "row",
        "valid_from", "valid_to", "known_at", "data"}``, blank cells left out, and those of the present state before
        their ``status_from``."""
        return [self._statement(table, place) for table, place in self._statements(node)]

    def _statements(self, node: int) -> Iterable[tuple[str, int]]:
        for table in self._stating(node):
            places = self._about(table, np.array([node]))
            for place in places[self._holds(self._files.facts(table), places)].tolist():
                yield table, place

    def _statement(self, table: str, place: int) -> dict[str, Any]:
        facts = self._files.facts(table)
        early = facts.numbers["status_from"][place] > self.as_of
        cells = {name: column[place].as_py() for name, column in facts.columns.items()}
        return {
            "table": table,
            "uid": facts.uids[place].as_py(),
            "file": self._files.meta["files"].get(str(facts.numbers["file"][place])),
            "row": int(facts.numbers["row"][place]),
            **{name: int(facts.numbers[name][place]) for name in ("valid_from", "valid_to", "known_at")},
            "data": {
                name: cell for name, cell in cells.items() if cell is not None and not (early and name in STATUS_FIELDS)
            },
        }

    def _holds(self, facts: Facts, places: Places) -> np.ndarray:
        """bool: which of some versions of facts show at ``as_of``."""
        known, gone, start, end = (
            facts.numbers[name][places] for name in ("known_at", "superseded_at", "valid_from", "valid_to")
        )
        return (known <= self.as_of) & (self.as_of < gone) & (start <= self.as_of) & (self.as_of < end)
