"""One numbering for a book and its parts: applicants, values, handsets joined from their ids, and networks.

A *frame* is numbered like the book it was first laid over. Its ids are that book's node numbers; then its networks,
that is every Wi-Fi with an internet address it was used with; then whatever else a part or a later state brings.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import among, distinct
from ...graph.kernels.texts import Texts
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ..frozen import AT_HAND
from .uses import WAY, Uses, collect, without_strangers

MOST_CO_USED = 50
"""A device id used together with more others is no handset's own; it joins nothing."""


@dataclass(frozen=True)
class Frame:
    """The numbering of a book. It knows the book by its names, so it can be kept and serve a later state of it.

    Attributes
    ----------
    names : of the book's nodes by number
    joined : int64 by node, of a device the number of the handset it belongs to; others stand for themselves
    networks : int64, ascending: ``wifi << 32 | ip`` of every Wi-Fi used with an internet address
    family : bool by node: few enough of the whole book name this phone as family for it to be one's
    base, uses : the book itself and its uses, where they are at hand
    """

    names: Texts
    joined: np.ndarray
    networks: np.ndarray
    family: np.ndarray
    base: GraphView | None = field(default=None, metadata=AT_HAND)
    uses: Uses | None = field(default=None, metadata=AT_HAND)

    @property
    def size(self) -> int:
        """How many ids there are."""
        return len(self.joined) + len(self.networks)


def lay(snapshot: GraphView) -> tuple[Frame, Uses, np.ndarray]:
    """The frame of a book; the book's uses in it; and int64 by node, a number for each applicant's surname, -1 where
    none can be told."""
    uses, surname, family = collect(snapshot)
    numbers = np.arange(snapshot.node_count)
    networks = distinct(_networks(snapshot, uses, numbers)[0])
    frame = Frame(snapshot.named(), _handsets(snapshot, uses), networks, family, snapshot)
    uses = _numbered(frame, snapshot, uses, numbers, family)
    return replace(frame, uses=uses), uses, surname


def seen_in(frame: Frame, snapshot: GraphView) -> tuple[Uses, np.ndarray]:
    """The uses of a book, or a part of one, in a frame; and int64 by node of that book, its id."""
    numbers = numbered(frame, snapshot)
    if frame.uses is not None and snapshot is frame.base:
        return frame.uses, numbers
    uses, _, family = collect(snapshot)
    known = numbers < frame.size
    family[known] = frame.family[numbers[known]]
    return _numbered(frame, snapshot, uses, numbers, family), numbers


def numbered(frame: Frame, snapshot: GraphView) -> np.ndarray:
    """int64 by node of a book, or a part of one, its id in a frame; what the frame does not know is numbered behind
    all that it does."""
    if snapshot is frame.base:
        return np.arange(snapshot.node_count)
    found = snapshot.places_in(frame.names, np.arange(snapshot.node_count))
    return np.where(found < 0, frame.size + np.arange(snapshot.node_count), found)


class NodeOf:
    """int64 by id, the node of that id, -1 where there is none; it takes what the view holds, not what the book does.

    Parameters
    ----------
    numbers : int64 by node, its id
    nodes : int64 by node, what it is called; its number where None
    """

    def __init__(self, numbers: np.ndarray, nodes: np.ndarray | None = None):
        order = np.argsort(numbers, kind="stable")
        self._ids, self._nodes = numbers[order], order if nodes is None else nodes[order].astype(np.int64)

    def __getitem__(self, ids: np.ndarray) -> np.ndarray:
        ids = np.asarray(ids, dtype=np.int64)
        if not len(self._ids):
            return np.full(len(ids), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        return np.where(self._ids[place] == ids, self._nodes[place], -1)

    def id_of(self, node: int) -> int:
        """The id of a node that has one."""
        return int(self._ids[self._nodes == node][0])


def _numbered(frame: Frame, snapshot: GraphView, uses: Uses, numbers: np.ndarray, family: np.ndarray) -> Uses:
    """Uses by id: devices joined to handsets, a network beside each use of its Wi-Fi, and no phone taken for a
    family's that too many name so."""
    uses = without_strangers(uses, family)
    value = numbers[uses.value]
    known = value < len(frame.joined)
    value[known] = frame.joined[value[known]]
    merchant = np.where(uses.merchant >= 0, numbers[uses.merchant], -1)
    own = replace(uses, person=numbers[uses.person], value=value, merchant=merchant)

    keys, of_wifi = _networks(snapshot, uses, numbers)
    after = max(frame.size, int(numbers.max(initial=-1)) + 1)
    fresh = ~among(keys, frame.networks)
    ids = len(frame.joined) + np.searchsorted(frame.networks, keys)
    ids[fresh] = after + np.searchsorted(distinct(keys[fresh]), keys[fresh])
    networks = replace(own.where(of_wifi), value=ids)
    names = Uses.__dataclass_fields__
    return Uses(*(np.concatenate((getattr(own, name), getattr(networks, name))) for name in names))


def _networks(snapshot: GraphView, uses: Uses, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The networks of applications that have both a Wi-Fi and an internet address, and the places of the Wi-Fi's uses.

    A part of a book may hold nodes its frame does not know; their ids are large, but the product stays far below 2⁶³.
    """
    network = np.flatnonzero(uses.way == WAY["network"])
    kinds = snapshot.kinds[uses.value[network]]
    wifi, ip = network[kinds == KIND_CODE["wifi"]], network[kinds == KIND_CODE["ip"]]
    filed = snapshot.ends(uses.position)[0]
    address = np.full(snapshot.node_count, -1, dtype=np.int64)
    address[filed[ip]] = numbers[uses.value[ip]]
    wifi = wifi[address[filed[wifi]] >= 0]
    return (numbers[uses.value[wifi]] << 32) | address[filed[wifi]], wifi


def _handsets(snapshot: GraphView, uses: Uses) -> np.ndarray:
    """Devices joined where one application used both, transitively: a re-installed app has a new id on the old imei."""
    joined = np.arange(snapshot.node_count)
    used = np.flatnonzero((uses.way == WAY["handset"]) & (snapshot.kinds[uses.value] == KIND_CODE["device"]))
    filed = snapshot.ends(uses.position[used])[0]
    # two devices that a person has are two handsets
    by_application = snapshot.kinds[filed] == KIND_CODE["application"]
    used, filed = used[by_application], filed[by_application]
    order = np.lexsort((uses.value[used], filed))
    filed, device = filed[order], uses.value[used][order]
    together = np.flatnonzero((filed[1:] == filed[:-1]) & (device[1:] != device[:-1]))
    if not len(together):
        return joined
    ends = np.unique(np.stack([device[together], device[together + 1]], axis=1), axis=0)
    beside = np.bincount(ends.ravel(), minlength=snapshot.node_count)
    ends = ends[(beside[ends] <= MOST_CO_USED).all(axis=1)]
    label = weak_components(ends[:, 0], ends[:, 1], snapshot.node_count)
    nodes = np.unique(ends)[::-1]
    least = np.empty(snapshot.node_count, dtype=np.int64)
    least[label[nodes]] = nodes  # in falling order, so that the least node of each handset is written last
    joined[nodes] = least[label[nodes]]
    return joined
