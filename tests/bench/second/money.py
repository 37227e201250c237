"""Loans and money: who is granted a loan, which account pays it back, who falls behind, what wages came in.

A loan goes bad with the chance its application carries; a bad one stops after a few instalments, a fraudulent one after
none or one. Of the good ones a tenth are late by days. Most repay from their own card; a few from a spouse's, a
parent's or a child's; some employers keep the instalment back from the wages and pay it from the wages account.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .book import END, Application, Book
from .town import Person

MONTH = timedelta(days=30)
# Instalments that a bad loan still pays: by whether another account pays for the borrower, and whether it is a fraud.
STOPS = {
    (False, False): (1, 2, 3, 4, 6),
    (False, True): (0, 0, 1, 2),
    (True, False): (1, 2, 3),
    (True, True): (1, 1, 2),
}


def lend(book: Book) -> None:
    """Decides every application in order of time and follows each loan to the end of the book."""
    book.applications.sort(key=lambda one: (one.when, one.key))
    payers: dict[Person, str] = {}
    for one in book.applications:
        granted = book.town.rng.random() < one.approval and one.when < END - timedelta(days=4)
        one.status = "已放款" if granted else "已拒绝"
        if granted:
            follow(book, one, payers)
    for one in book.applicants.values():
        if one.job and book.town.rng.random() < 0.5:
            wages(book, one)


def follow(book: Book, one: Application, payers: dict[Person, str]) -> None:
    rng = book.town.rng
    loan = book.town.numbers.key("LN", 10)
    paid_out = one.when + timedelta(hours=rng.randint(1, 70))
    bad = rng.random() < one.risk
    quits = rng.choice(STOPS[bool(one.payer), one.risk > 0.3]) if bad else one.term
    months = min(one.term, int((END - paid_out) / MONTH))
    made = min(months, quits)
    payer = one.payer or payers.setdefault(one.person, usual_payer(book, one.person))
    instalment = round(one.amount * 1.08 / one.term, 2)
    for month in range(1, made + 1):
        late = rng.randint(1, 12) if month > 1 and rng.random() < 0.1 else 0
        due = paid_out + month * MONTH + timedelta(days=late, minutes=rng.randrange(600))
        if due < END:
            account = payer if one.payer or rng.random() < 0.95 else one.person.second_card or one.person.card
            book.row("repayments", loan, account, f"{instalment:.2f}", due)
    days = max(0, (END - paid_out - (quits + 1) * MONTH).days) if bad and months > quits else 0
    history(book, loan, one.amount, one.term, paid_out, quits, months)
    left = one.amount * (1 - made / one.term)
    book.row(
        "loans", loan, one.person.key, "", one.key, one.when, one.product, one.amount, one.amount, f"{left:.2f}",
        paid_out, paid_out + one.term * MONTH, "" if one.shop else one.person.card,
        one.shop.key if one.shop and one.told_shop else "", grade(days), days,
    )  # fmt: skip
    if one.collector:
        book.row(
            "transfers", book.town.numbers.key("TR", 10), one.person.card, one.collector,
            f"{one.amount * rng.uniform(0.5, 0.95):.2f}", paid_out + timedelta(hours=rng.randint(1, 40)), "transfer",
        )  # fmt: skip


def grade(days: int) -> str:
    return (
        "正常" if days == 0 else "关注" if days <= 90 else "次级" if days <= 180 else "可疑" if days <= 360 else "损失"
    )


def history(book: Book, loan: str, amount: int, term: int, paid_out: datetime, quits: int, months: int) -> None:
    """Month by month what was left and how far behind; a loan that was paid off has no more months."""
    for month in range(1, min(months, term + 6) + 1):
        made = min(month, quits)
        days = max(0, (month - quits - 1) * 30) if quits < term else 0
        left = amount * (1 - made / term)
        book.row("loan_history", loan, (paid_out + month * MONTH).date(), f"{left:.2f}", grade(days), days)


def usual_payer(book: Book, person: Person) -> str:
    """The account that a person's instalments come from."""
    rng = book.town.rng
    chance = rng.random()
    family = [other for word, other in person.kin if word in ("配偶", "父母", "子女") and not other.fraud]
    if person.job and person.job.repays and chance < 0.5:
        return person.job.account
    if family and chance < (0.25 if person.born > 1999 or person.born < 1962 else 0.06):
        return rng.choice(family).card
    return person.card


def wages(book: Book, one: Person) -> None:
    """Three months of wages before the end of the book, as a statement handed in shows them."""
    assert one.job
    pay = book.town.rng.lognormvariate(8.7, 0.35)
    for month in (4, 5, 6):
        number = book.town.numbers.key("TR", 10)
        book.row("transfers", number, one.job.account, one.card, f"{pay:.2f}", datetime(2026, month, 10, 9), "payroll")
