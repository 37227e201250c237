"""The twelve complex reads of LDBC FinBench by brute force, written from their definitions and from nothing the product
uses: plain loops over plain rows, every walk gone one by one.

Parties are written ``kind:id``, for a person and a company may have one id. A window is open at both ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum


@dataclass
class Book:
    """The rows of a book, deleted ones among them.

    Attributes
    ----------
    transfers, withdrawals : (from, to, amount, time); transfers of loans are transfers
    deposits : (loan, account, amount, time)
    repayments : (account, loan, amount, time)
    owners : (party, account)
    sign_ins : (medium, account, time)
    media : id → (type, whether it is blocked)
    loans : id → (amount, balance)
    applied : (party, loan, time)
    guarantees : (guarantor, whom, time)
    invested : (investor, company, time)
    """

    transfers: list[tuple] = field(default_factory=list)
    withdrawals: list[tuple] = field(default_factory=list)
    deposits: list[tuple] = field(default_factory=list)
    repayments: list[tuple] = field(default_factory=list)
    owners: list[tuple] = field(default_factory=list)
    sign_ins: list[tuple] = field(default_factory=list)
    media: dict[str, tuple] = field(default_factory=dict)
    loans: dict[str, tuple] = field(default_factory=dict)
    applied: list[tuple] = field(default_factory=list)
    guarantees: list[tuple] = field(default_factory=list)
    invested: list[tuple] = field(default_factory=list)


def by_id(key):
    """Where an id stands in order: numbers by their value, before all others."""
    return (0, int(key), key) if key.isdigit() else (1, 0, key)


def rounded(value):
    return round(value, 3)


def ratio(part, whole):
    """-1 where there is nothing to divide by."""
    return rounded(fsum(part) / fsum(whole)) if fsum(whole) else -1


def within(rows, start, end):
    return [row for row in rows if start < row[-1] < end]


def accounts_of(book, party):
    return {account for owner, account in book.owners if owner == party}


def walks(transfers, starts):
    """Every walk of 1 to 3 transfers from some accounts, each later than the one before."""
    found = [[row] for row in transfers if row[0] in starts]
    longer = found
    for _ in range(2):
        longer = [
            [*walk, row] for walk in longer for row in transfers if row[0] == walk[-1][1] and row[3] > walk[-1][3]
        ]
        found = found + longer
    return found


def tcr1(book, id, start, end):
    rows = set()
    for walk in walks(within(book.transfers, start, end), {id}):
        for medium, account, _ in within(book.sign_ins, start, end):
            if account == walk[-1][1] and book.media[medium][1]:
                rows.add((account, len(walk), medium, book.media[medium][0]))
    return [list(row) for row in sorted(rows, key=lambda row: (row[1], by_id(row[0]), by_id(row[2])))]


def tcr2(book, id, start, end):
    transfers = within(book.transfers, start, end)
    mine = accounts_of(book, id)
    others = {walk[0][0] for walk in walks(transfers, {row[0] for row in transfers}) if walk[-1][1] in mine}
    rows = []
    for other in others:
        loans = {row[0] for row in within(book.deposits, start, end) if row[1] == other}
        if loans:
            rows.append([other, *(rounded(fsum(book.loans[loan][place] for loan in loans)) for place in (0, 1))])
    return sorted(rows, key=lambda row: (-row[1], by_id(row[0])))


def tcr3(book, id1, id2, start, end):
    steps, reached = 0, {id1}
    while id2 not in reached:
        wider = reached | {row[1] for row in within(book.transfers, start, end) if row[0] in reached}
        if wider == reached:
            return -1
        steps, reached = steps + 1, wider
    return steps


def tcr4(book, id1, id2, start, end):
    transfers = within(book.transfers, start, end)
    if not any(row[:2] == (id1, id2) for row in transfers):
        return []
    rows = []
    for other in {row[0] for row in transfers if row[1] == id1} - {id1, id2}:
        second = [row[2] for row in transfers if row[:2] == (other, id1)]
        third = [row[2] for row in transfers if row[:2] == (id2, other)]
        if second and third:
            of_both = [(len(part), rounded(fsum(part)), rounded(max(part))) for part in (second, third)]
            rows.append([other, *of_both[0], *of_both[1]])
    return sorted(rows, key=lambda row: (-row[2], -row[5], by_id(row[0])))


def tcr5(book, id, start, end):
    paths = set()
    for walk in walks(within(book.transfers, start, end), accounts_of(book, id)):
        path = (walk[0][0], *(row[1] for row in walk))
        if len(set(path)) == len(path):
            paths.add(path)
    return [list(path) for path in sorted(paths, key=lambda path: (-len(path), [by_id(key) for key in path]))]


def tcr6(book, id, threshold1, threshold2, start, end):
    rows = []
    out = [row for row in within(book.withdrawals, start, end) if row[1] == id and row[2] > threshold2]
    for mid in {row[0] for row in out}:
        received = [row[2] for row in within(book.transfers, start, end) if row[1] == mid and row[2] > threshold1]
        if len(received) > 3:
            rows.append([mid, rounded(fsum(received)), rounded(fsum(row[2] for row in out if row[0] == mid))])
    return sorted(rows, key=lambda row: (-row[2], by_id(row[0])))


def tcr7(book, id, threshold, start, end):
    large = [row for row in within(book.transfers, start, end) if row[2] > threshold]
    into, out = [row for row in large if row[1] == id], [row for row in large if row[0] == id]
    both = [[row[2] for row in rows] for rows in (into, out)]
    return [len({row[0] for row in into}), len({row[1] for row in out}), ratio(*both)]


def tcr8(book, id, threshold, start, end):
    transfers, deposits = within(book.transfers, start, end), within(book.deposits, start, end)
    first = {row[1] for row in deposits if row[0] == id}
    steps = [(number, *row) for number, row in enumerate(transfers + within(book.withdrawals, start, end))]

    def flowed_into(account):
        given = [row[2] for row in deposits if row[1] == account and account in first]
        return fsum(given + [row[2] for row in transfers if row[1] == account])

    ahead, least, last = first, {}, {}
    for distance in (2, 3, 4):
        taken = [step for step in steps if step[1] in ahead and step[3] > threshold * flowed_into(step[1])]
        for step in taken:
            least.setdefault(step[2], distance)
            last.setdefault(step[2], {})[step[0]] = step[3]
        ahead = {step[2] for step in taken}
    rows = [[account, ratio(last[account].values(), [book.loans[id][0]]), least[account]] for account in least]
    return sorted(rows, key=lambda row: (-row[2], -row[1], by_id(row[0])))


def tcr9(book, id, threshold, start, end):
    def amounts(rows, place):
        return [row[2] for row in within(rows, start, end) if row[place] == id and row[2] > threshold]

    deposits, repayments = amounts(book.deposits, 1), amounts(book.repayments, 0)
    into, out = amounts(book.transfers, 1), amounts(book.transfers, 0)
    return [ratio(deposits, repayments), ratio(deposits, out), ratio(into, out)]


def tcr10(book, id1, id2, start, end):
    one, other = ({row[1] for row in within(book.invested, start, end) if row[0] == person} for person in (id1, id2))
    return rounded(len(one & other) / len(one | other)) if one | other else 0


def tcr11(book, id, start, end):
    reached, ahead = set(), {id}
    while ahead:
        ahead = {row[1] for row in within(book.guarantees, start, end) if row[0] in ahead} - reached
        reached |= ahead
    loans = {row[1] for row in within(book.applied, start, end) if row[0] in reached}
    return [rounded(fsum(book.loans[loan][0] for loan in loans)), len(loans)]


def tcr12(book, id, start, end):
    of_companies = {account for owner, account in book.owners if owner.startswith("company:")}
    mine = accounts_of(book, id)
    paid = [row for row in within(book.transfers, start, end) if row[0] in mine and row[1] in of_companies]
    rows = [[to, rounded(fsum(row[2] for row in paid if row[1] == to))] for to in {row[1] for row in paid}]
    return sorted(rows, key=lambda row: (-row[1], by_id(row[0])))


ORACLES = {
    function.__name__: function
    for function in (tcr1, tcr2, tcr3, tcr4, tcr5, tcr6, tcr7, tcr8, tcr9, tcr10, tcr11, tcr12)
}
