"""What only the whole graph knows of guarantees: who guarantees by trade, who belongs together, what is typical."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.kernels.texts import Texts
from ...graph.snapshot import GraphView
from ..contract import Params
from .groups import BY_GROUP_ID, BY_HOLDING, build_ties
from .net import Net, build_net, licensed_guarantors, main_currency
from .portfolio import enhanced_share


@dataclass(frozen=True)
class Population:
    """What only the whole graph knows of the net; it speaks of parties by name.

    Attributes
    ----------
    licensed : names of companies that guarantee by trade
    parties : names of the parties to contracts in force
    group : int64 by party, the number of the group it belongs to in the contracted view; -1 where it is alone
    owner : the same for groups by group id and holdings alone
    unit : int64 by party, the number of its unit
    typical : median amount of the contracts in force; 1 where no amount is known
    currency : the currency most contracts are in
    enhanced_share : the part of the book's balance that guarantors and insurers enhance, None where it is not known
    """

    licensed: Texts
    parties: Texts
    group: np.ndarray
    owner: np.ndarray
    unit: np.ndarray
    typical: float
    currency: str | None
    enhanced_share: float | None

    def of(self, column: np.ndarray, names: list[str]) -> np.ndarray:
        """A column by party, for parties of these names; -1 for those it does not know."""
        places = self.parties.find_all(names)
        return np.where(places >= 0, column[places], -1) if len(column) else np.full(len(names), -1)


def population(view: GraphView, params: Params) -> Population:
    """Licensed guarantors, groups, units, what a typical contract covers, and what is enhanced of the book."""
    licensed = Texts.of(sorted(licensed_guarantors(view)))
    currency = main_currency(view.edges("GUARANTEES"))
    net = build_net(view, licensed, currency)
    ties = build_ties(view)
    known = net.amount[~np.isnan(net.amount) & (net.amount > 0)]
    group = _shared(ties.label(net.parties))
    return Population(
        licensed,
        Texts.of(net.names),
        group,
        _shared(ties.label(net.parties, (BY_GROUP_ID, BY_HOLDING))),
        unit_labels(net, group),
        float(np.median(known)) if len(known) else 1.0,
        currency,
        enhanced_share(view),
    )


def unit_labels(net: Net, group: np.ndarray) -> np.ndarray:
    """int64 by party: a number for each weak component of the contracts, with those that groups and joint groups tie
    to it.

    Parameters
    ----------
    group : by party, as in ``Population``
    """
    count, joint = len(net.parties), len(net.joint_names)
    grouped, named = np.flatnonzero(group >= 0), np.flatnonzero(net.joint >= 0)
    # groups and joint groups are points beside the parties
    one = np.concatenate((net.guarantor, grouped, net.guarantor[named]))
    other = np.concatenate((net.borrower, count + joint + group[grouped], count + net.joint[named]))
    points = count + joint + int(group.max(initial=-1)) + 1
    return weak_components(one, other, points)[:count].astype(np.int64)


def _shared(label: np.ndarray) -> np.ndarray:
    """Labels that two or more bear, numbered from 0; -1 for the others."""
    shared = np.bincount(label, minlength=1)[label] > 1
    numbers = np.full(len(label), -1, dtype=np.int64)
    numbers[shared] = np.unique(label[shared], return_inverse=True)[1]
    return numbers
