"""Innocent explanations of a guarantee structure, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.words.names import Words
from ..contract import Explanation
from .groups import Ties
from .net import Net
from .view import Structure

FARMERS = "farmers_joint_group"
PARENT = "parent_subsidiary"
CONTROLLER = "controller_spouse"
COUNTER = "counter_guarantee"

TWINS = {
    FARMERS: Words("农户联保", "farmers' joint group"),
    PARENT: Words("母公司与子公司", "parent and subsidiary"),
    CONTROLLER: Words("实际控制人及其亲属", "controller and family"),
    COUNTER: Words("反担保", "counter-guarantee"),
}
"""Innocent explanations by what ``innocent_twin`` says."""
WHY = {
    FARMERS: (
        Words(
            "成员均为自然人，且只有联保关系，符合农户联保",
            "all are natural persons bound by the joint group only, as in farmers' joint lending",
        ),
        Words(
            "成员并非均为只有联保关系的自然人，不符合农户联保",
            "not all are natural persons bound by a joint group only, as in farmers' joint lending",
        ),
    ),
    CONTROLLER: (
        Words(
            "成员仅为企业、其实际控制人及亲属，属常见的增信安排",
            "only companies, their controller and family: a usual way to support one's own company",
        ),
        Words(
            "成员不限于企业、其实际控制人及亲属",
            "they are not only companies, their controller and family, as far as is on record",
        ),
    ),
    PARENT: (
        Words("成员同属一个集团（母子公司），属集团内部担保", "all belong to one group (parent and subsidiaries)"),
        Words(
            "按在案的集团号和持股，成员不全属一个集团",
            "by group ids and holdings on record they do not all belong to one group",
        ),
    ),
    COUNTER: (
        Words("各笔担保均有反担保", "every guarantee is secured by a counter-guarantee"),
        Words("并非各笔担保均有反担保", "not every guarantee is secured by a counter-guarantee"),
    ),
}
"""Why each fits, and why it does not."""


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


def explanations(structure: Structure, members: np.ndarray, net: Net, known: Background) -> list[Explanation]:
    """The innocent explanations of a whole structure, and whether each fits.

    - ``farmers_joint_group`` 农户联保: natural persons, bound by joint groups and nothing else
    - ``controller_spouse``: a controller, family and the controller's own companies, and no one else
    - ``parent_subsidiary``: all of one group by group id or by holdings of more than half
    - ``counter_guarantee`` 反担保: every guarantee is secured by a counter-guarantee of the borrower
    """
    person, owner = known.person[members], known.owner[members]
    pairs = zip(net.guarantor[structure.rows].tolist(), net.borrower[structure.rows].tolist(), strict=True)
    fits = {
        FARMERS: bool(person.all() and known.in_joint[structure.rows].all()),
        CONTROLLER: bool(person.any() and not person.all()) and _one_family(members.tolist(), known.family),
        PARENT: bool(owner[0] >= 0 and (owner == owner[0]).all()),
        COUNTER: bool(known.answered) and all(pair in known.answered for pair in pairs),
    }
    return [Explanation(twin, fit, WHY[twin][0 if fit else 1]) for twin, fit in fits.items()]


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
