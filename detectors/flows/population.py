"""What only the whole book knows of its money: how much is lent and over how long, and who pays into restricted
accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.kernels.texts import Texts
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ..contract import Params
from .destinations import destinations
from .ledger import read


@dataclass(frozen=True)
class Population:
    """What the whole book says.

    Attributes
    ----------
    payments : how often loans were paid out to known borrowers
    owned : whether anybody in the book is known to own an account
    span : milliseconds from the first movement to the last
    restricted : the accounts that loan money must not reach, in the order of their names
    payers : int64 by restricted account, how many accounts ever paid into it
    """

    payments: int
    owned: bool
    span: int
    restricted: Texts
    payers: np.ndarray

    def paid_into(self, account: str) -> int:
        """How many accounts ever paid into a restricted account; 0 for one that the population does not know."""
        place = self.restricted.find(account)
        return int(self.payers[place]) if place >= 0 else 0


def measure(view: GraphView, params: Params) -> Population:
    """Measure a book."""
    ledger, where = read(view), destinations(view, params["restricted_categories"])
    accounts = np.flatnonzero(where.restricted & (view.kinds == KIND_CODE["account"]))
    here = where.restricted[ledger.out.target]
    pairs = distinct((ledger.out.target[here].astype(np.int64) << 32) | ledger.out.source[here])
    count = np.bincount(pairs >> 32, minlength=view.node_count)
    names = dict(zip(view.names(accounts), accounts.tolist(), strict=True))
    return Population(
        payments=len(ledger.payments),
        owned=len(ledger.owns) > 0,
        span=int(np.ptp(ledger.time)) if len(ledger.time) else 0,
        restricted=Texts.of(sorted(names)),
        payers=count[[names[name] for name in sorted(names)]],
    )
