"""The balances that bank statements show: the account's whole traffic in the book, in order of time, from what it held.

An account with a statement has its loans paid out to it, instalments paid from it and transfers both ways added up. It
is never overdrawn: what lacks for a payment is put in unseen just before.
"""

from __future__ import annotations

from collections import defaultdict

from .schemes import Later

Event = tuple  # when, order, amount in or out, place of the transfer or -1, whether the account paid


def with_balances(later: Later) -> list[tuple]:
    """The transfers as rows of their table, what was added in order of time, balances where a statement shows them."""
    rows = later.book.rows["transfers"]
    before = [row for row in rows if len(row) == 6]
    rows = before + sorted((row for row in rows if len(row) > 6), key=lambda row: (row[4], row[0]))
    shown: dict[tuple[int, bool], str] = {}
    for account, events in traffic(later, rows).items():
        shown |= balances(events, later.statements[account])
    return [
        (*row, *([""] if len(row) == 6 else []), shown.get((place, True), ""), shown.get((place, False), ""))
        for place, row in enumerate(rows)
    ]


def traffic(later: Later, rows: list[tuple]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for place, (_, source, target, amount, when, *_rest) in enumerate(rows):
        for account, paid in ((source, True), (target, False)):
            if account in later.statements:
                found[account].append((when, 1, -float(amount) if paid else float(amount), place, paid))
    for row in later.book.rows["loans"]:
        if row[11] in later.statements:
            found[row[11]].append((row[9], 0, float(row[6]), -1, False))
    for _, account, amount, when in later.book.rows["repayments"]:
        if account in later.statements:
            found[account].append((when, 2, -float(amount), -1, True))
    return found


def balances(events: list[Event], held: float) -> dict[tuple[int, bool], str]:
    """The balance after each transfer, by its place and whether the account paid."""
    total, shown = held, {}
    for _, _, amount, place, paid in sorted(events):
        total = max(0.0, total + amount)
        if place >= 0:
            shown[place, paid] = f"{total:.2f}"
    return shown
