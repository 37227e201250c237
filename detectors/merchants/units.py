"""What a merchant can be decided on alone: itself with its sales, and all that its money and its customers touch."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.sets import among, by_label, distinct
from ...graph.model import KIND_CODE, RELATION_CODE
from ...graph.snapshot import GraphView
from ..contract import Params, Unit
from .population import Population
from .sales import read
from .spent import lent, reached


def units(view: GraphView, known: Population, params: Params) -> list[Unit]:
    """All merchants with as many customers as a finding needs."""
    sales = read(view)
    return [
        _unit(view, merchant)
        for merchant, here in by_label(sales.merchant).items()
        if len(distinct(sales.customer[here])) >= params["min_customers"]
    ]


def around(view: GraphView, known: Population, params: Params, nodes: np.ndarray) -> list[Unit]:
    """The units in which some nodes lie: merchants, their customers, and what these filed and borrowed. Who has filed
    there and not borrowed is no customer.

    Parameters
    ----------
    nodes : node numbers
    """
    nodes = distinct(np.asarray(nodes, dtype=np.int64))
    loans = view.only(np.concatenate((nodes, view.other_ends(nodes, ("BORROWED", "BECAME")))), "loan")
    paper = np.concatenate((nodes, loans, view.other_ends(loans, ("BECAME",)))).astype(np.int64)
    near = view.other_ends(paper, ("AT_MERCHANT", "DISBURSED_TO"))
    owners = view.other_ends(reached(view, distinct(view.only(paper, "loan"))), ("OWNS",))
    near = distinct(np.concatenate((nodes, near, owners)).astype(np.int64))
    found = []
    for merchant in near[view.kinds[near] == KIND_CODE["merchant"]].tolist():
        unit = _unit(view, merchant)
        part = view.part(unit.nodes)
        sales = read(part)
        here = unit.nodes[sales.merchant] == merchant
        if len(distinct(sales.customer[here])) >= params["min_customers"]:
            found.append(unit)
    return found


def _unit(view: GraphView, merchant: int) -> Unit:
    """A merchant, who controls it, their accounts and whom these pay; its sales, the customers with their accounts,
    and the phones that all these have or name."""
    one = np.array([merchant])
    filed = view.only(view.other_ends(one, ("AT_MERCHANT",)), "application")
    loans = distinct(np.concatenate((view.other_ends(one, ("DISBURSED_TO",)), view.other_ends(filed, ("BECAME",)))))
    tills = view.only(view.other_ends(one, ("OWNS",)), "account")
    loans = np.concatenate((view.only(loans, "loan"), lent(view, tills)))
    papers = np.concatenate((filed, view.other_ends(loans, ("BECAME",))))
    customers = np.concatenate((view.other_ends(loans, ("BORROWED",)), view.other_ends(papers, ("APPLIED",))))
    paid_to = view.other_ends(loans, ("DISBURSED_TO",))
    side = np.concatenate((one, view.other_ends(one, ("CONTROLS",))))
    accounts = view.only(view.other_ends(np.concatenate((side, customers)), ("OWNS",)), "account")
    own = view.only(view.other_ends(side, ("OWNS",)), "account")
    over = _paid_by(view, own)
    phones = view.other_ends(np.concatenate((side, customers)), ("HAS_PHONE", "LISTS_CONTACT"))
    everything = (one, filed, loans, papers, customers, paid_to, side, accounts, over, phones)
    return Unit(one, distinct(np.concatenate(everything).astype(np.int64)))


def _paid_by(view: GraphView, accounts: np.ndarray) -> np.ndarray:
    """int32: the accounts to which some accounts have paid."""
    positions = view.touching(accounts)
    source, target = view.ends(positions[view.relation_codes(positions) == RELATION_CODE["TRANSFERRED"]])
    return target[among(source.astype(np.int64), distinct(accounts.astype(np.int64)))]
