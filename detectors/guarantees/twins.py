"""Innocent explanations of a guarantee structure, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...graph.kernels.sets import distinct
from .groups import Ties
from .net import Net
from .view import Structure

FARMERS = "farmers_joint_group"
PARENT = "parent_subsidiary"
CONTROLLER = "controller_spouse"
COUNTER = "counter_guarantee"


@dataclass
class Background:
    """What is known of the parties beside their contracts.

    Attributes
    ----------
    person : bool by party, it is a natural person
    owner : int64 by party, a number that parties of one group by group id or holdings share, -1 for none
    family : by party, who controls it, is controlled by it, or is kin to it, with the relationships that say so
    answered : (guarantor, borrower) pairs whose borrower gave the guarantor a counter-guarantee
    in_joint : bool by contract, it belongs to a joint group
    """

    person: np.ndarray
    owner: np.ndarray
    family: dict[int, dict[int, list[int]]]
    answered: set[tuple[int, int]]
    in_joint: np.ndarray = field(default_factory=lambda: np.array([], dtype=bool))


def innocent_twin(structure: Structure, members: np.ndarray, net: Net, known: Background) -> str | None:
    """The innocent explanation that fits the whole structure, None where none does.

    - ``farmers_joint_group`` 农户联保: natural persons, bound by joint groups and nothing else
    - ``controller_spouse``: a controller, family and the controller's own companies, and no one else
    - ``parent_subsidiary``: all of one group by group id or by holdings of more than half
    - ``counter_guarantee`` 反担保: every guarantee is secured by a counter-guarantee of the borrower
    """
    person = known.person[members]
    if person.all() and known.in_joint[structure.rows].all():
        return FARMERS
    if person.any() and not person.all() and _one_family(members.tolist(), known.family):
        return CONTROLLER
    owner = known.owner[members]
    if owner[0] >= 0 and (owner == owner[0]).all():
        return PARENT
    if known.answered:
        rows = structure.rows
        pairs = zip(net.guarantor[rows].tolist(), net.borrower[rows].tolist(), strict=True)
        if all(pair in known.answered for pair in pairs):
            return COUNTER
    return None


def proof(twin: str, members: np.ndarray, net: Net, ties: Ties, known: Background) -> np.ndarray:
    """Positions of the relationships an innocent explanation rests on, beside the structure's own contracts."""
    found: list[int] = []
    if twin == CONTROLLER:
        inside = set(members.tolist())
        for party in inside:
            for other, positions in known.family.get(party, {}).items():
                if other in inside:
                    found.extend(positions)
    elif twin == PARENT:
        found.extend(ties.position[ties.between(net.parties[members].tolist())].tolist())
    elif twin == COUNTER:
        found.extend(net.position[net.counters_among(members)].tolist())
    return distinct(np.array([position for position in found if position >= 0], dtype=np.int64))


def _one_family(members: list[int], family: dict[int, dict[int, list[int]]]) -> bool:
    inside = set(members)
    reached, waiting = {members[0]}, [members[0]]
    while waiting:
        after = (family.get(waiting.pop(), {}).keys() & inside) - reached
        reached |= after
        waiting.extend(after)
    return len(reached) == len(inside)
