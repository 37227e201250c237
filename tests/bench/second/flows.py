"""Loans whose money goes where it must not: by whose hands, how long it lies, what is mixed with it, where it ends.

- ``straight``: by the borrower's own other account to a restricted one
- ``through_hands``: from hand to hand, each keeps a fee
- ``split_and_merge``: in parts to several, from them to one who takes it there
- ``mixed_with_salary``: it lies with wages in the accounts it passes, and their balances show
- ``purchase``: spent in a shop of a restricted trade
- ``new_for_old``: a part repays an older loan elsewhere, the rest goes on
- ``other_card``: by other people's accounts back to the borrower's other card within a week
- ``through_the_spouse``: the spouse takes it there

Camouflage is more hands, longer waits, less of the loan, hands whose owner no one knows. Times ascend strictly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .book import END, START, Scheme
from .places import Restricted
from .schemes import (
    DAY,
    LEVELS,
    Later,
    Loan,
    draw,
    keep,
    node,
    open_account,
    owed_elsewhere,
    pay,
    plant,
    turns,
)
from .town import Person

SHAPES = (
    "straight", "through_hands", "split_and_merge", "other_card", "mixed_with_salary", "purchase", "new_for_old",
    "through_the_spouse",
)  # fmt: skip
SHARE = {"easy": (0.94, 0.99), "medium": (0.75, 0.9), "camouflaged": (0.55, 0.7)}
WAIT = {"easy": (0.2, 3), "medium": (5, 16), "camouflaged": (18, 32)}  # hours at each hand
HANDS = {"easy": 1, "medium": 3, "camouflaged": 5}
UNKNOWN = {"easy": 0.0, "medium": 0.15, "camouflaged": 0.35}  # chance that a hand's owner is on no record


@dataclass(slots=True, eq=False)
class Trail:
    """The loan's money on its way: where it lies, how much of it, since when."""

    borrower: Person
    loan: Loan
    level: str
    account: str
    left: float
    when: datetime
    hands: list[Person] = field(default_factory=list)


def plant_flows(later: Later, count: int, where: Restricted) -> None:
    for number in turns(later, count):
        shape = SHAPES[number % len(SHAPES)]
        trail = start(later, LEVELS[number % 3], shape)
        if trail:
            WAYS[shape](later, trail, where)
            note(later, shape, trail)


def start(later: Later, level: str, shape: str) -> Trail | None:
    """A free borrower whose one loan was paid to their own card, and the share of it that goes on."""

    def fits(one: Person) -> bool:
        loans = later.loans.get(one.key, [])
        married = any(word == "配偶" and not other.fraud for word, other in one.kin)
        return len(loans) == 1 and fit_loan(loans[0], one) and (shape != "through_the_spouse" or married)

    found = draw(later, 1, fits)
    if not found:
        return None
    [loan] = later.loans[found[0].key]
    share = later.rng.uniform(*SHARE[level])
    return Trail(found[0], loan, level, loan.account, round(loan.amount * share, 2), loan.paid_out)


def fit_loan(loan: Loan, one: Person) -> bool:
    """A loan to the card, after the book has begun and a month before it ends."""
    return loan.account == one.card and loan.amount >= 4000 and START + 40 * DAY < loan.paid_out < END - 30 * DAY


def note(later: Later, shape: str, trail: Trail) -> None:
    members = [(node(trail.borrower), "borrower")] + [(node(one), "mule") for one in trail.hands]
    scheme = Scheme("fund_flow", shape, trail.level, members, float(trail.loan.amount), trail.loan.paid_out, trail.when)
    plant(later, scheme, [trail.borrower, *trail.hands])


def wait(later: Later, trail: Trail) -> timedelta:
    return timedelta(seconds=round(later.rng.uniform(*WAIT[trail.level]) * 3600))


def go(later: Later, trail: Trail, target: str, kind: str = "transfer") -> None:
    """All that is left goes on to an account after a wait."""
    trail.when += wait(later, trail)
    pay(later, trail.account, target, trail.left, trail.when, kind)
    trail.account = target


def fee(later: Later, trail: Trail) -> None:
    """What a hand keeps for itself."""
    trail.left = round(trail.left * (1 - later.rng.uniform(0.005, 0.03)), 2)


def hand(later: Later, trail: Trail) -> str:
    """The new account of someone who lends it; a person on record is part of the scheme."""
    opened = trail.loan.paid_out - later.rng.randint(3, 250) * DAY
    if later.rng.random() < UNKNOWN[trail.level]:
        return open_account(later, "", "", opened)
    [one] = draw(later, 1)
    trail.hands.append(one)
    return open_account(later, one.key, "", opened)


def through(later: Later, trail: Trail, count: int) -> None:
    for _ in range(count):
        go(later, trail, hand(later, trail))
        fee(later, trail)


def straight(later: Later, trail: Trail, where: Restricted) -> None:
    own = trail.borrower.second_card or open_account(later, trail.borrower.key, "", trail.loan.paid_out - 90 * DAY)
    if trail.level != "easy":
        go(later, trail, own)
    go(later, trail, later.rng.choice(where.accounts))


def through_hands(later: Later, trail: Trail, where: Restricted) -> None:
    through(later, trail, HANDS[trail.level])
    go(later, trail, later.rng.choice(where.accounts))


def split_and_merge(later: Later, trail: Trail, where: Restricted) -> None:
    """Several take a part each at their own time; one waits for all of them."""
    count = HANDS[trail.level] + 1
    last, collector = trail.when, hand(later, trail)
    part, arrived = round(trail.left / count, 2), 0.0
    for _ in range(count):
        branch = Trail(trail.borrower, trail.loan, trail.level, trail.account, part, trail.when)
        through(later, branch, 1)
        go(later, branch, collector)
        trail.hands += branch.hands
        last, arrived = max(last, branch.when), arrived + branch.left
    trail.account, trail.left, trail.when = collector, round(arrived, 2), last
    fee(later, trail)
    go(later, trail, later.rng.choice(where.accounts))


def mixed_with_salary(later: Later, trail: Trail, where: Restricted) -> None:
    """Each hand has wages of its own in the account; what goes on is some of both, and statements show it."""
    later.statements[trail.account] = later.rng.uniform(50, 900)
    for _ in range(max(1, HANDS[trail.level] - 2)):
        account = hand(later, trail)
        paid = trail.when - later.rng.randint(1, 3) * DAY
        wages = later.rng.uniform(0.15, 0.4) * trail.left
        pay(later, later.rng.choice(later.book.town.employers).account, account, wages, paid, "payroll")
        later.statements[account] = later.rng.uniform(20, 400)
        go(later, trail, account)
        fee(later, trail)
    go(later, trail, later.rng.choice(where.accounts))


def purchase(later: Later, trail: Trail, where: Restricted) -> None:
    through(later, trail, HANDS[trail.level] // 2)
    go(later, trail, later.rng.choice(where.shops).account, "purchase")


def new_for_old(later: Later, trail: Trail, where: Restricted) -> None:
    """A third repays what was owed elsewhere, the rest goes on by a hand."""
    trail.when += wait(later, trail)
    old = round(trail.left * 0.33 / 1.01)
    owed_elsewhere(later, trail.borrower, old, trail.loan.paid_out - 200 * DAY, trail.when, trail.account)
    trail.left = round(trail.left * 0.66, 2)
    through(later, trail, 1 + HANDS[trail.level] // 3)
    go(later, trail, later.rng.choice(where.accounts))


def other_card(later: Later, trail: Trail, where: Restricted) -> None:
    own = open_account(later, trail.borrower.key, "", trail.loan.paid_out - later.rng.randint(20, 300) * DAY)
    through(later, trail, min(3, HANDS[trail.level]))
    go(later, trail, own)


def through_the_spouse(later: Later, trail: Trail, where: Restricted) -> None:
    spouse = next(other for word, other in trail.borrower.kin if word == "配偶")
    if spouse.key in later.book.applicants:
        trail.hands.append(spouse)
    keep(later, [spouse])
    through(later, trail, HANDS[trail.level] // 2)
    go(later, trail, open_account(later, spouse.key, "", trail.loan.paid_out - 300 * DAY))
    go(later, trail, later.rng.choice(where.accounts))


WAYS = {
    "straight": straight,
    "through_hands": through_hands,
    "split_and_merge": split_and_merge,
    "mixed_with_salary": mixed_with_salary,
    "purchase": purchase,
    "new_for_old": new_for_old,
    "other_card": other_card,
    "through_the_spouse": through_the_spouse,
}
