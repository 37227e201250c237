"""Who owes what: debts, and the guarantees that stand behind them, as clearing takes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .adjacency import Adjacency, forward
from .compiled import frozen


class Obligations(NamedTuple):
    """Who owes what.

    Attributes
    ----------
    debt : float64 by party, what it owes on its own account, to creditors inside and outside
    guarantor, borrower : int32 by contract
    share : float64 by contract, its part of all that the borrower's guarantors cover; they add up to 1
    cover : float64 by party, what its guarantors cover in all
    given, taken : contracts by guarantor and by borrower
    claim : float64 by claim, the part of the debtor's own debt that it owes to a party of the net
    owed, lent : claims by debtor and by creditor
    """

    debt: np.ndarray
    guarantor: np.ndarray
    borrower: np.ndarray
    share: np.ndarray
    cover: np.ndarray
    given: Adjacency
    taken: Adjacency
    claim: np.ndarray
    owed: Adjacency
    lent: Adjacency


def obligations(
    debt: np.ndarray,
    guarantor: np.ndarray,
    borrower: np.ndarray,
    cap: np.ndarray,
    claims: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
) -> Obligations:
    """Debts and contracts as ``clear`` takes them.

    Parameters
    ----------
    debt : float64[n], at least 0
    guarantor, borrower : int32[m]
    cap : float64[m], the most each contract covers, at least 0
    claims : ``debtor, creditor, amount`` of debts inside the net, which ``debt`` includes
    """
    count, no_ids = len(debt), np.zeros(0, np.int32)
    debtor, creditor, claim = claims or (no_ids, no_ids, np.zeros(0))
    cover = np.bincount(borrower, cap, count)
    of = cover[borrower]
    share = np.divide(cap, of, out=np.zeros(len(cap)), where=of > 0)
    return Obligations(
        frozen(debt, np.float64),
        frozen(guarantor, np.int32),
        frozen(borrower, np.int32),
        frozen(share, np.float64),
        frozen(cover, np.float64),
        _frozen(forward(guarantor, borrower, count)),
        _frozen(forward(borrower, guarantor, count)),
        frozen(claim, np.float64),
        _frozen(forward(debtor, creditor, count)),
        _frozen(forward(creditor, debtor, count)),
    )


def _frozen(adjacency: Adjacency) -> Adjacency:
    offsets, neighbours, edges = adjacency
    return Adjacency(frozen(offsets, np.int64), frozen(neighbours, np.int32), frozen(edges, np.int64))
