"""A view as notebooks take it: the small view around some nodes, pandas frames, a NetworkX graph."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import NotFound, UserError
from ..kernels.adjacency import Adjacency
from ..kernels.paths import k_hop
from ..model import ALWAYS, FOREVER, KINDS, RELATIONS
from ..times import DEFAULT_ZONE
from .view import GraphView

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

FAN_OUT = 1000
"""Most neighbours followed from one node: more than a person has, fewer than a hub."""


class Frames(NamedTuple):
    """A view as two frames.

    Attributes
    ----------
    nodes : ``node``, ``kind``; all that show
    relationships : all that show: ``source``, ``target``, ``relation``, ``amount``, ``valid_from``, ``valid_to`` (times
        in Asia/Shanghai, NaT where open), ``file``, ``row``, ``uid``
    """

    nodes: pd.DataFrame
    relationships: pd.DataFrame


class ExportedView(GraphView):
    """A view that can be handed to other libraries, and its parts as well."""

    @abstractmethod
    def part(self, nodes: np.ndarray | Sequence[int]) -> ExportedView:
        """See ``GraphView.part``."""

    def view(self, *names: str, hops: int = 0, fan_out: int = FAN_OUT) -> ExportedView:
        """The part that named nodes make with what lies within some hops of them. Ties that link no one (landlines,
        sentinels, invalid identifiers) are shown in it, but not followed.

        Parameters
        ----------
        fan_out : the most neighbours that a node on the way may have

        Raises
        ------
        NotFound : no such node, or none that shows at the view's time
        UserError : a node on the way has more neighbours
        """
        numbers = self.find_all(names)
        for name, number in zip(names, numbers.tolist(), strict=True):
            if number < 0 or not self.shows(number):
                raise NotFound(f"no node {name} at this time: 'ringfence status' counts what there is")
        near = k_hop(Adjacency(*self.adjacency()), numbers, hops, fan_out, edge_visible=self.links)
        if near.cut:
            hub = self.name(next(iter(near.cut)))
            raise UserError(f"{hub} has more than {fan_out:,} neighbours: go fewer hops, or allow more with fan_out")
        return self.part(near.nodes)

    def to_pandas(self) -> Frames:
        """What shows, as frames of nodes and of relationships."""
        import pandas as pd

        shown = np.flatnonzero(self.shown)
        kinds = [KINDS[code] for code in np.asarray(self.kinds)[shown]]
        nodes = pd.DataFrame({"node": self.names(shown), "kind": kinds})
        ties = [self.edges(relation) for relation in RELATIONS]
        numbers = {
            name: np.concatenate([getattr(edges, name) for edges in ties])
            for name in ("positions", "amount", "valid_from", "valid_to")
        }
        rows = self.evidence(numbers["positions"])
        stated = {name: [row[name] for row in rows] for name in _STATED}
        times = {name: _times(numbers[name]) for name in ("valid_from", "valid_to")}
        return Frames(nodes, pd.DataFrame({**stated, "amount": numbers["amount"], **times}, columns=_COLUMNS))

    def to_networkx(self) -> nx.MultiDiGraph:
        """What shows, as a graph: nodes by name with their ``kind``, relationships keyed by their uid with ``relation``
        and what else ``to_pandas`` tells of them. For parts: a whole book is too large for it."""
        import networkx as nx

        frames = self.to_pandas()
        graph = nx.MultiDiGraph()
        graph.add_nodes_from((node, {"kind": kind}) for node, kind in frames.nodes.itertuples(index=False))
        for row in frames.relationships.to_dict("records"):
            graph.add_edge(row.pop("source"), row.pop("target"), key=row.pop("uid"), **row)
        return graph


_STATED = ("source", "target", "relation", "file", "row", "uid")
_COLUMNS = ["source", "target", "relation", "amount", "valid_from", "valid_to", "file", "row", "uid"]


def _times(millis: np.ndarray) -> pd.Series:
    import pandas as pd

    known = (millis > ALWAYS) & (millis < FOREVER)
    times = pd.to_datetime(np.where(known, millis, 0), unit="ms", utc=True).tz_convert(DEFAULT_ZONE)
    return pd.Series(times).where(known)
