"""What the search for risky clusters can decide alone: one community, with all that its people use."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ..contract import Params, Unit
from ..sharing.surroundings import OWN, used_by
from .population import Known


def units(view: GraphView, known: Known, params: Params) -> list[Unit]:
    """All communities."""
    return _units(view, known, np.arange(len(known.starts) - 1))


def around(view: GraphView, known: Known, params: Params, nodes: np.ndarray) -> list[Unit]:
    """The communities that some nodes belong to, applicants or what they use; of who came after the population was
    measured none is known yet.

    Parameters
    ----------
    nodes : node numbers
    """
    nodes = np.asarray(nodes, dtype=np.int32)
    applicant = KIND_CODE["applicant"]
    users = view.other_ends(nodes[view.kinds[nodes] != applicant], OWN)
    people = distinct(np.concatenate((nodes, users)).astype(np.int32))
    ids = known.shared.frame.names.find_all(view.names(people[view.kinds[people] == applicant]))
    label = distinct(known.label[ids[ids >= 0]])
    return _units(view, known, label[label >= 0])


def _units(view: GraphView, known: Known, numbers: np.ndarray) -> list[Unit]:
    names = known.shared.frame.names
    groups = [view.find_all(names.texts(known.community(number))) for number in numbers.tolist()]
    groups = [distinct(group[group >= 0]) for group in groups]
    return [Unit(group, used_by(view, group).astype(np.int64)) for group in groups if len(group)]
