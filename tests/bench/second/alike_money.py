"""People whose money moves as a fraud's would, and who do nothing wrong.

- ``own_savings``: a borrower takes savings of long ago to securities; the statement shows that they were there
- ``investor``: wages go on to securities from an account that no loan ever reached
- ``money_before_loan``: the money was at the restricted place before the loan came, by the borrower or by a friend
- ``family_money``: relatives pay each other small sums to and fro
- ``consolidator``: a new loan pays off dearer ones elsewhere
- ``honest_refund``: a purchase from own money is taken back
- ``new_salary_card``: a card opened for a new job takes in one loan and then wages
- ``returns_shop``: a shop takes back part of what it delivered, weeks after the loan
"""

from __future__ import annotations

from datetime import datetime

from .book import END, START
from .places import Restricted
from .schemes import DAY, HOUR, Later, Loan, day_of, draw, file_later, grant, keep, open_account, owed_elsewhere, pay
from .town import Person, Shop

# Innocent groups for each 20,000 applicants.
RATES = {"own_savings": 40, "investor": 300, "money_before_loan": 30, "family_money": 60, "consolidator": 30,
         "honest_refund": 60, "new_salary_card": 30, "returns_shop": 4}  # fmt: skip


def moving_innocents(later: Later, applicants: int, where: Restricted) -> None:
    for twin, rate in RATES.items():
        for _ in range(max(1, round(rate * applicants / 20_000))):
            if group := MAKERS[twin](later, where):
                later.alike.append((twin, group))


def card_loan(later: Later, one: Person) -> Loan | None:
    """The person's only loan, if it was paid to the card within the middle of the book."""
    loans = later.loans.get(one.key, [])
    middle = len(loans) == 1 and START + 60 * DAY < loans[0].paid_out < END - 60 * DAY
    return loans[0] if middle and loans[0].account == one.card else None


def borrower(later: Later) -> tuple[Person, Loan] | None:
    for one in draw(later, 1, lambda one: card_loan(later, one)):
        loan = card_loan(later, one)
        return (one, loan) if loan else None
    return None


def own_savings(later: Later, where: Restricted) -> list[Person]:
    found = borrower(later)
    if not found:
        return []
    (one, loan), rng = found, later.rng
    later.statements[one.card] = saved = rng.uniform(1.5, 5) * loan.amount
    spend(later, one.card, rng.uniform(30, 300), loan.paid_out - rng.randint(2, 20) * DAY)
    pay(
        later,
        one.card,
        rng.choice(where.accounts),
        saved * rng.uniform(0.3, 0.6),
        loan.paid_out + rng.randint(5, 500) * HOUR,
    )
    spend(later, one.card, loan.amount * rng.uniform(0.2, 0.6), loan.paid_out + rng.randint(600, 900) * HOUR)
    return [one]


def spend(later: Later, account: str, amount: float, when: datetime) -> None:
    """An ordinary purchase of that size."""
    pay(later, account, later.rng.choice(later.ordinary).account, amount, when, "purchase")


def investor(later: Later, where: Restricted) -> list[Person]:
    """Some take wages to a restricted account month by month, some spend them in a shop of such a trade."""
    [one] = draw(later, 1, lambda one: one.job)
    assert one.job
    rng, first = later.rng, day_of(later, 30, 560)
    account = open_account(later, one.key, "", first - 40 * DAY)
    pays = rng.uniform(5000, 16_000)
    for month in range(rng.randint(1, 4)):
        paid = first + month * 30 * DAY
        pay(later, one.job.account, account, pays, paid, "payroll")
        shop = rng.random() < 0.3
        target = rng.choice(where.shops).account if shop else rng.choice(where.accounts)
        pay(
            later,
            account,
            target,
            pays * rng.uniform(0.2, 0.9),
            paid + rng.randint(2, 200) * HOUR,
            "purchase" if shop else "transfer",
        )
    return [one]


def money_before_loan(later: Later, where: Restricted) -> list[Person]:
    found = borrower(later)
    if not found:
        return []
    (one, loan), rng = found, later.rng
    amount, before = loan.amount * rng.uniform(0.7, 1.0), loan.paid_out - rng.randint(2, 90) * HOUR
    if rng.random() < 0.5:
        pay(later, one.card, rng.choice(where.accounts), amount, before)
    else:
        friend = open_account(later, "", "", before - 300 * DAY)
        pay(later, one.card, friend, amount, before - 20 * HOUR)
        pay(later, friend, rng.choice(where.accounts), amount, before)
        pay(later, one.card, friend, loan.amount * 0.2, loan.paid_out + 30 * HOUR)
    spend(later, one.card, loan.amount * rng.uniform(0.3, 0.7), loan.paid_out + rng.randint(2, 90) * HOUR)
    return [one]


def family_money(later: Later, where: Restricted) -> list[Person]:
    """What goes to and fro within a week is far below three tenths of any loan of theirs."""
    free = set(later.free)
    pair = next(([one, other] for one in later.free for _, other in one.kin if other in free), [])
    if not pair:
        return []
    keep(later, pair)
    rng = later.rng
    least = min((loan.amount for one in pair for loan in later.loans.get(one.key, ())), default=3000)
    first = day_of(later, 30, 500)
    for week in range(rng.randint(4, 9)):
        source, target = pair if rng.random() < 0.5 else pair[::-1]
        amount = least * rng.uniform(0.03, 0.12)
        pay(
            later, source.card, target.card, amount, first + week * 8 * DAY + rng.randrange(60) * HOUR, purpose="生活费"
        )
    return pair


def consolidator(later: Later, where: Restricted) -> list[Person]:
    found = borrower(later)
    if not found:
        return []
    (one, loan), rng = found, later.rng
    when = loan.paid_out + rng.randint(1, 40) * HOUR
    for _ in range(count := rng.randint(2, 3)):
        amount = round(loan.amount * 0.9 / count)
        owed_elsewhere(later, one, amount, loan.paid_out - rng.randint(90, 300) * DAY, when, one.card)
    return [one]


def honest_refund(later: Later, where: Restricted) -> list[Person]:
    """Bought by someone who owes nothing, or small beside what they owe."""
    [one] = draw(later, 1)
    rng, when = later.rng, day_of(later)
    least = min((loan.amount for loan in later.loans.get(one.key, ())), default=0)
    amount = least * rng.uniform(0.05, 0.2) if least else rng.uniform(300, 5000)
    shop = rng.choice(later.ordinary)
    pay(later, one.card, shop.account, amount, when, "purchase")
    pay(later, shop.account, one.card, amount, when + rng.randint(20, 150) * HOUR, "refund")
    return [one]


def new_salary_card(later: Later, where: Restricted) -> list[Person]:
    [one] = draw(later, 1, lambda one: one.job)
    assert one.job
    first = day_of(later, 60, 500).replace(hour=9)
    card = open_account(later, one.key, "", first)
    filed = file_later(later, one, first - 2 * DAY, amount=later.rng.randrange(30, 120) * 100)
    grant(later, filed, first + later.rng.randint(1, 9) * HOUR, card)
    for month in range(1, 5):
        pay(later, one.job.account, card, later.rng.uniform(5000, 12_000), first + month * 30 * DAY, "payroll")
    return [one]


def returns_shop(later: Later, where: Restricted) -> list[Person | Shop]:
    """Part of the goods comes back two to four weeks after the loan, and that part's money by refund."""
    rng = later.rng
    shops = {shop.key: shop for shop in later.ordinary if not shop.head}
    buyers: dict[str, list[tuple[Person, Loan]]] = {}
    for one in later.free:
        for loan in later.loans.get(one.key, ()):
            if loan.merchant in shops and loan.paid_out < END - 60 * DAY:
                buyers.setdefault(loan.merchant, []).append((one, loan))
    large = [key for key, found in buyers.items() if len(found) >= 4]
    if not large:
        return []
    shop = shops[rng.choice(large)]
    taken = dict(buyers[shop.key][:12])
    for one, loan in taken.items():
        back = loan.paid_out + rng.randint(14, 28) * DAY
        later.returned[loan.key] = back
        pay(later, shop.account, one.card, loan.amount * rng.uniform(0.15, 0.6), back + 5 * HOUR, "refund")
    keep(later, list(taken))
    return [shop, *taken]


MAKERS = {
    "own_savings": own_savings,
    "investor": investor,
    "money_before_loan": money_before_loan,
    "family_money": family_money,
    "consolidator": consolidator,
    "honest_refund": honest_refund,
    "new_salary_card": new_salary_card,
    "returns_shop": returns_shop,
}
