"""What everybody pays when all settle at once, guarantees included: clearing vectors.

Eisenberg & Noe 2001 ("Systemic risk in financial systems") with contingent claims: a guarantor owes a share of what a
borrower's creditors do not get from the borrower. Amounts are float64; ratios are exact to about ``TOLERANCE``.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from .compiled import frozen, kernel
from .obligations import Obligations

Priority = Literal["pari_passu", "own_first"]
TOLERANCE = 1e-12
"""A ratio that falls by less is taken as settled."""
MOST_WORK = 50_000_000
"""Contracts looked at in one clearing before it is broken off."""


class Clearing(NamedTuple):
    """A clearing vector, as far as it differs from where it was started.

    Attributes
    ----------
    own, calls : float64 by party, the part it pays of its own debt, and of the calls on it
    reached : int64, the parties whose ratios were looked at, in the order of the first look
    work : contracts looked at
    open : how far the ratios could still fall in the next step, 0 where the clearing has converged
    """

    own: np.ndarray
    calls: np.ndarray
    reached: np.ndarray
    work: int
    open: float


def clear(
    owing: Obligations,
    resources: np.ndarray,
    priority: Priority,
    start: Clearing | None = None,
    changed: np.ndarray | None = None,
    most_work: int = MOST_WORK,
) -> Clearing:
    """The greatest clearing vector, by iteration from above: from full payment, or from that of larger resources.

    A party pays what it has: to its own creditors and on calls in proportion (``pari_passu``), or to its own creditors
    first (``own_first``). Of a borrower's shortfall, as far as it is covered, each guarantor is called for its share.

    Parameters
    ----------
    resources : float64 by party, at least 0; infinite where a party can pay whatever it is asked for
    start, changed : a clearing of the same obligations by which everybody pays at least as much, and the parties of
        which ``resources`` have fallen since; from full payment where None
    most_work : contracts looked at before it is broken off; ``open`` of the answer then is above 0, and the payments
        are at least those of the clearing vector
    """
    count = len(owing.debt)
    if start is None:
        own, calls, dirty = np.ones(count), np.ones(count), np.arange(count)
    else:
        own, calls, dirty = start.own.copy(), start.calls.copy(), np.asarray(changed)
    room = _Room(count)
    reached, work, left = _clear(
        owing, frozen(resources, np.float64), priority == "own_first", own, calls, frozen(dirty, np.int64),
        room.queue, room.queued, room.order, room.seen, most_work,
    )  # fmt: skip
    return Clearing(own, calls, room.order[:reached].copy(), int(work), float(left))


class _Room:
    """What one clearing after the other may write on."""

    def __init__(self, count: int):
        self.queue, self.order = np.empty(max(count, 1), np.int64), np.empty(max(count, 1), np.int64)
        self.queued, self.seen = np.zeros(count, np.bool_), np.zeros(count, np.bool_)


class Settled(NamedTuple):
    """What a clearing means for some parties; float64 each.

    Attributes
    ----------
    called, paid : what the party is called for as guarantor, and what it pays on that
    received : what its creditors get from its guarantors
    loss : what its creditors do not get
    """

    called: np.ndarray
    paid: np.ndarray
    received: np.ndarray
    loss: np.ndarray


def settled(owing: Obligations, clearing: Clearing, parties: np.ndarray) -> Settled:
    """What is called, paid and lost at some parties."""
    return Settled(*_settled(owing, clearing.own, clearing.calls, frozen(parties, np.int64)))


def called_on(owing: Obligations, clearing: Clearing, contracts: np.ndarray) -> np.ndarray:
    """float64: what each of some contracts is called for."""
    borrower = owing.borrower[contracts]
    short = np.minimum((1.0 - clearing.own[borrower]) * owing.debt[borrower], owing.cover[borrower])
    return owing.share[contracts] * short


class Sampled(NamedTuple):
    """Losses over many drawings of who defaults.

    Attributes
    ----------
    total : float64 by drawing, the losses of all creditors
    sums, squares : float64 by party, the losses of its creditors over the drawings, and their squares
    failed : int64 by party, in how many drawings it does not pay in full
    open : drawings that did not converge
    """

    total: np.ndarray
    sums: np.ndarray
    squares: np.ndarray
    failed: np.ndarray
    open: int


def sampled(
    owing: Obligations,
    resources: np.ndarray,
    priority: Priority,
    seeds: tuple[np.ndarray, np.ndarray],
    weight: np.ndarray,
    most_work: int = MOST_WORK,
) -> Sampled:
    """Clear once for each drawing, in which the seeds have no resources.

    Parameters
    ----------
    seeds : ``offsets`` and the parties of each drawing, as an adjacency has them
    weight : int64 by drawing, how often it was drawn
    most_work : for each drawing
    """
    base = clear(owing, resources, priority)
    loss = settled(owing, base, np.arange(len(owing.debt))).loss
    room = _Room(len(owing.debt))
    sums, squares, failed = np.zeros(len(loss)), np.zeros(len(loss)), np.zeros(len(loss), np.int64)
    total, unfinished = _sampled(
        owing, np.array(resources, np.float64), priority == "own_first", base.own.copy(), base.calls.copy(),
        frozen(seeds[0], np.int64), frozen(seeds[1], np.int64), frozen(weight, np.int64), loss,
        room.queue, room.queued, room.order, room.seen, most_work, sums, squares, failed,
    )  # fmt: skip
    return Sampled(total, sums, squares, failed, int(unfinished))


@kernel
def _short(owing, own, borrower):
    """What the guarantors of a party are called for."""
    return min((1.0 - own[borrower]) * owing.debt[borrower], owing.cover[borrower])


@kernel
def _called(owing, own, party):
    """What a party is called for."""
    called = 0.0
    for place in range(owing.given.offsets[party], owing.given.offsets[party + 1]):
        borrower = owing.given.neighbours[place]
        if own[borrower] < 1.0:
            called += owing.share[owing.given.edges[place]] * _short(owing, own, borrower)
    return called


@kernel
def _received(owing, own, calls, party):
    """What the guarantors of a party pay to its creditors."""
    if own[party] >= 1.0:
        return 0.0
    short, received = _short(owing, own, party), 0.0
    for place in range(owing.taken.offsets[party], owing.taken.offsets[party + 1]):
        received += calls[owing.taken.neighbours[place]] * owing.share[owing.taken.edges[place]] * short
    return received


@kernel
def _income(owing, own, calls, party):
    """What a party gets as a creditor of others in the net."""
    income = 0.0
    for place in range(owing.lent.offsets[party], owing.lent.offsets[party + 1]):
        debtor = owing.lent.neighbours[place]
        debt = owing.debt[debtor]
        if debt > 0.0:
            paid = own[debtor] + _received(owing, own, calls, debtor) / debt
            income += owing.claim[owing.lent.edges[place]] * min(paid, 1.0)
    return income


@kernel
def _ratios(owing, resources, own_first, own, calls, party):
    """Which part of its own debt, and of the calls on it, a party can pay."""
    has = resources[party] + _income(owing, own, calls, party)
    debt, called = owing.debt[party], _called(owing, own, party)
    if has >= debt + called:
        return 1.0, 1.0
    if not own_first:
        part = has / (debt + called)
        return part, part
    if has < debt:
        return has / debt, 0.0
    return 1.0, (has - debt) / called


@kernel
def _degree(adjacency, party):
    return adjacency.offsets[party + 1] - adjacency.offsets[party]


@kernel
def _clear(owing, resources, own_first, own, calls, dirty, queue, queued, order, seen, most_work):
    """Look at parties whose resources, calls or income fell, and at those whom that concerns, until nobody's ratios
    fall. ``queue`` is a ring; a party is in it at most once."""
    size = queue.size
    head = count = reached = 0
    work = np.int64(0)
    for party in dirty:
        queue[count] = party
        queued[party] = True
        count += 1
    while count > 0 and work <= most_work:
        party = queue[head]
        head = (head + 1) % size
        count -= 1
        queued[party] = False
        if not seen[party]:
            seen[party] = True
            order[reached] = party
            reached += 1
        work += 1 + _degree(owing.given, party) + _degree(owing.lent, party)
        one, other = _ratios(owing, resources, own_first, own, calls, party)
        own_fell, calls_fell = one < own[party] - TOLERANCE, other < calls[party] - TOLERANCE
        if own_fell:
            own[party] = one
            work += _degree(owing.taken, party) + _degree(owing.owed, party)
            head, count = _push(owing.taken, party, queue, queued, head, count)
            head, count = _push(owing.owed, party, queue, queued, head, count)
        if calls_fell:
            calls[party] = other
            head, count = _push_short(owing, own, party, queue, queued, head, count)
    left = 0.0
    while count > 0:
        party = queue[head]
        head = (head + 1) % size
        count -= 1
        queued[party] = False
        one, other = _ratios(owing, resources, own_first, own, calls, party)
        left = max(left, own[party] - one, calls[party] - other)
    for place in range(reached):
        seen[order[place]] = False
    return reached, work, left if left > TOLERANCE else 0.0


@kernel
def _push(adjacency, party, queue, queued, head, count):
    """Put the neighbours of a party at the end of the queue, but those that wait in it already."""
    for place in range(adjacency.offsets[party], adjacency.offsets[party + 1]):
        neighbour = adjacency.neighbours[place]
        if not queued[neighbour]:
            queued[neighbour] = True
            queue[(head + count) % queue.size] = neighbour
            count += 1
    return head, count


@kernel
def _push_short(owing, own, party, queue, queued, head, count):
    """Put at the end of the queue the borrowers whose creditors get less from a guarantor now, so that their loss is
    looked at, and those of the creditors who are in the net."""
    for place in range(owing.given.offsets[party], owing.given.offsets[party + 1]):
        borrower = owing.given.neighbours[place]
        if own[borrower] < 1.0:
            if not queued[borrower]:
                queued[borrower] = True
                queue[(head + count) % queue.size] = borrower
                count += 1
            head, count = _push(owing.owed, borrower, queue, queued, head, count)
    return head, count


@kernel
def _settled(owing, own, calls, parties):
    called, paid = np.empty(parties.size), np.empty(parties.size)
    received, loss = np.empty(parties.size), np.empty(parties.size)
    for place in range(parties.size):
        party = parties[place]
        called[place] = _called(owing, own, party)
        paid[place] = calls[party] * called[place]
        received[place] = _received(owing, own, calls, party)
        loss[place] = max(owing.debt[party] * (1.0 - own[party]) - received[place], 0.0)
    return called, paid, received, loss


@kernel
def _sampled(
    owing, resources, own_first, own, calls, offsets, seeds, weight, base_loss,
    queue, queued, order, seen, most_work, sums, squares, failed,
):  # fmt: skip
    """Each drawing starts from the clearing without defaults and is taken back after it was measured."""
    draws, base_own, base_calls = offsets.size - 1, own.copy(), calls.copy()
    total, all_weight, unfinished = np.empty(draws), np.sum(weight), 0
    base_total = np.sum(base_loss)
    for party in range(base_loss.size):
        sums[party] = base_loss[party] * all_weight
        squares[party] = base_loss[party] ** 2 * all_weight
        failed[party] = all_weight * (own[party] < 1.0 or calls[party] < 1.0)
    for draw in range(draws):
        some = seeds[offsets[draw] : offsets[draw + 1]]
        held = resources[some]
        resources[some] = 0.0
        reached, _, left = _clear(owing, resources, own_first, own, calls, some, queue, queued, order, seen, most_work)
        unfinished += weight[draw] * (left > 0.0)
        total[draw] = base_total
        # Losses change at those reached alone: whoever is short, or has a guarantor who pays less, is among them.
        for place in range(reached):
            party = order[place]
            loss = owing.debt[party] * (1.0 - own[party]) - _received(owing, own, calls, party)
            loss = max(loss, 0.0)
            total[draw] += loss - base_loss[party]
            sums[party] += weight[draw] * (loss - base_loss[party])
            squares[party] += weight[draw] * (loss**2 - base_loss[party] ** 2)
            now, before = own[party] < 1.0 or calls[party] < 1.0, base_own[party] < 1.0 or base_calls[party] < 1.0
            failed[party] += weight[draw] * (int(now) - int(before))
        for place in range(reached):
            party = order[place]
            own[party], calls[party] = base_own[party], base_calls[party]
        resources[some] = held
    return total, unfinished
