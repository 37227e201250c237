"""What guarantee structures can be decided on alone: contracts that hang together, with what ties their parties."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.sets import among, by_label, distinct
from ...graph.snapshot import GraphView
from ..contract import Params, Unit
from .groups import Ties, build_ties
from .net import build_net
from .population import Population, unit_labels

BESIDE = ("CONTROLS", "HOLDS_SHARE", "HAS_PHONE", "LISTS_CONTACT")
"""What tells of parties beside their contracts: who stands behind them, and who is kin to whom."""


def units(view: GraphView, known: Population, params: Params) -> list[Unit]:
    """All weak components of the contracts in force, with those that groups and joint groups tie to them."""
    net = build_net(view, known.licensed, known.currency)
    label = unit_labels(net, known.of(known.group, net.names))
    return _units(view, net.parties, label)


def around(view: GraphView, known: Population, params: Params, nodes: np.ndarray) -> list[Unit]:
    """The units in which some nodes lie: those of the population, as far as it knows them, with what the view adds.

    Parameters
    ----------
    nodes : node numbers of parties
    """
    parties = distinct(np.asarray(nodes, dtype=np.int64))
    while True:
        label = known.of(known.unit, view.names(parties))
        places = np.flatnonzero(np.isin(known.unit, label[label >= 0])) if (label >= 0).any() else label[:0]
        together = view.find_all(known.parties.texts(places))
        near = view.other_ends(parties, ("GUARANTEES",))
        grown = distinct(np.concatenate((parties, together[together >= 0], near)).astype(np.int64))
        if len(grown) == len(parties):
            break
        parties = grown
    if not len(near):  # nor has any of them a contract
        return []
    part = view.part(parties)
    net = build_net(part, known.licensed, known.currency)
    label = unit_labels(net, known.of(known.group, net.names))
    own = distinct(parties).astype(np.int64)[net.parties]
    wanted = np.isin(label, label[among(own, np.sort(nodes))])
    return _units(view, own, np.where(wanted, label, -1))


def _units(view: GraphView, parties: np.ndarray, label: np.ndarray) -> list[Unit]:
    """The parties of each label of 0 and above as a unit, with the nodes that tie them into groups and families."""
    if not (label >= 0).any():
        return []
    ties = build_ties(view)
    groups = [np.sort(parties[places]) for places in by_label(label).values()]
    return [Unit(group, _with_ties(view, ties, group)) for group in groups]


def _with_ties(view: GraphView, ties: Ties, parties: np.ndarray) -> np.ndarray:
    """Parties with all nodes of the groups they belong to, and with what tells of them."""
    members = distinct(np.concatenate((parties, ties.grouped_with(parties, view.node_count))))
    return distinct(np.concatenate((members, view.other_ends(members, BESIDE))).astype(np.int64))
