"""Questions that follow money from account to account."""

from __future__ import annotations

import numpy as np

from ....graph.kernels.sets import among, distinct
from ....graph.kernels.timed import Rows
from ....graph.kernels.traces import simple_paths, traced
from .figures import by_origin, by_other, id_order, ratio, rounded, totals
from .steps import MOST, Steps

HOPS = 3
"""How many transfers a trace goes over."""


def blocked_device_nearby(steps: Steps, id: int) -> list[list]:
    """Accounts downstream that a blacklisted device signed in to, with the distance and the device."""

    def onward(nodes: np.ndarray, since: np.ndarray | None) -> Rows:
        return steps.out_of(nodes, "transfers", later=since)

    rows = []
    for distance, accounts in enumerate(traced(onward, np.array([id]), HOPS), 1):
        seen = steps.into(accounts, "sign_ins")
        seen = seen.where(among(seen.other, steps.snapshot.ledger.blocked))
        pairs = sorted(set(zip(accounts[seen.origin].tolist(), seen.other.tolist(), strict=True)))
        keys = (steps.keys([pair[end] for pair in pairs]) for end in (0, 1))
        types = (steps.snapshot.ledger.device_types.get(device) for _, device in pairs)
        found = [[account, distance, device, kind] for account, device, kind in zip(*keys, types, strict=True)]
        rows += sorted(found, key=lambda row: (id_order(row[0]), id_order(row[2])))
    return rows


def loans_behind_person(steps: Steps, id: int) -> list[list]:
    """Accounts upstream of a person's into which loans were paid, with the sums of these."""

    def onward(nodes: np.ndarray, since: np.ndarray | None) -> Rows:
        # upstream time runs backwards
        rows = steps.into(nodes, "transfers", earlier=None if since is None else -since)
        return rows._replace(time=-rows.time)

    others = distinct(np.concatenate(traced(onward, steps.accounts_of(id), HOPS)))
    paid = steps.into(others, "deposits")
    rows = [
        [key, *(rounded(steps.loan_sum(set(loans), column)) for column in (0, 1))]
        for key, loans in zip(steps.keys(others), by_origin(paid.other, paid, len(others)), strict=True)
        if loans
    ]
    return sorted(rows, key=lambda row: (-row[1], id_order(row[0])))


def shortest_transfer_path(steps: Steps, id1: int, id2: int) -> int:
    """How many transfers lead from one account to another at least; -1 where none do."""
    reached = np.zeros(steps.snapshot.node_count, bool)
    frontier, distance = np.array([id1]), 0
    while len(frontier):
        reached[frontier] = True
        if reached[id2]:
            return distance
        ahead = distinct(steps.out_of(frontier, "transfers").other)
        frontier, distance = ahead[~reached[ahead]], distance + 1
    return -1


def transfer_traces(steps: Steps, id: int) -> list[list]:
    """The paths of accounts that money went by from a person's accounts, the longest first."""

    def onward(nodes: np.ndarray, since: np.ndarray | None) -> Rows:
        return steps.out_of(nodes, "transfers", later=since, most=MOST)

    found = []
    for paths in reversed(simple_paths(onward, steps.accounts_of(id), HOPS)):
        nodes, place = np.unique(paths, return_inverse=True)
        rank = steps.in_order(nodes)[place].reshape(paths.shape)
        keys = np.array(steps.keys(nodes), dtype=object)[place].reshape(paths.shape)
        found += keys[np.lexsort(rank.T[::-1])].tolist()
    return found


def trace_after_loan(steps: Steps, id: int, threshold: float) -> list[list]:
    """Accounts downstream of a loan by large shares of what flowed into the account before, with what came of it."""
    first = distinct(steps.out_of(np.array([id]), "deposits").other)
    ahead, seen, taken = first, first, []
    least: dict[int, int] = {}
    for distance in range(2, 2 + HOPS):
        rows = steps.out_of(ahead, "transfers", "withdrawals", above=threshold * _flowed_into(steps, ahead, first))
        taken.append(rows)
        reached = distinct(rows.other)
        least |= {node: distance for node in reached.tolist() if node not in least}
        # whoever was gone on from already has no rows that were not taken
        ahead = reached[~among(reached, seen)]
        seen = distinct(np.concatenate((seen, ahead)))
    accounts, rows = by_other(Rows(*map(np.concatenate, zip(*taken, strict=True))))
    loan = steps.loan_sum([id])
    sums = totals(rows, len(accounts)).tolist()
    found = [
        [key, ratio(total, loan), least[account]]
        for key, total, account in zip(steps.keys(accounts), sums, accounts.tolist(), strict=True)
    ]
    return sorted(found, key=lambda row: (-row[2], -row[1], id_order(row[0])))


def _flowed_into(steps: Steps, nodes: np.ndarray, first: np.ndarray) -> np.ndarray:
    """float64 by node: all transfers that came in within the window, and loans paid in where the trace begins."""
    whole = Steps(steps.snapshot, steps.start, steps.end)
    transfers, deposits = (whole.into(nodes, kind, above=-np.inf) for kind in ("transfers", "deposits"))
    steps.unknown += whole.unknown
    return totals(Rows.joined([transfers, deposits.where(among(nodes, first)[deposits.origin])]), len(nodes))
