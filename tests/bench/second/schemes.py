"""What frauds by money, by repute and by haste have in common: their truth, whom they fall on, what they file and pay.

They come after the book is written as far as rings, brokers and honest borrowers go, each with a stream of chance of
its own: the rows of before stay as they were, and whether anything is planted changes no innocent group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from .book import END, START, Application, Book, Scheme, file
from .money import grade, history
from .town import Person, Shop

LEVELS = ("easy", "medium", "camouflaged")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Loan(NamedTuple):
    """A loan's row in the book."""

    key: str
    borrower: str
    lender: str
    apply_no: str
    applied: datetime
    product: str
    amount: int
    limit: int
    balance: str
    paid_out: datetime
    due: datetime
    account: str
    merchant: str
    grade: str
    days: int


@dataclass(slots=True, eq=False)
class Later:
    """The book while what comes later is added to it, and whom of its applicants that may still fall on."""

    book: Book
    seed: int
    free: list[Person]
    loans: dict[str, list[Loan]]  # by borrower
    by_person: dict[Person, list[Application]]
    order: dict[Person, int]  # the place of each applicant
    ordinary: list[Shop]  # shops of no restricted trade and no fraud
    alike: list[tuple[str, list]] = field(default_factory=list)  # innocent groups
    quiet: set[Person] = field(default_factory=set)  # whose accounts get no everyday money
    opened: dict[str, date] = field(default_factory=dict)  # when accounts were opened
    statements: dict[str, float] = field(default_factory=dict)  # account whose balances show → what it held at first
    returned: dict[str, datetime] = field(default_factory=dict)  # loan → when part of the goods came back

    @property
    def rng(self) -> Random:
        return self.book.town.rng


def later_in(book: Book, seed: int) -> Later:
    """Honest applicants with numbers and handsets of their own are free to be drawn."""
    bound = {one for _, people in book.innocents for one in people}
    free = [one for one in book.applicants.values() if not one.fraud and one not in bound and one.born < 2006]
    loans: dict[str, list[Loan]] = {}
    for row in book.rows["loans"]:
        loans.setdefault(row[1], []).append(Loan(*row))
    by_person: dict[Person, list[Application]] = {}
    for one in book.applications:
        by_person.setdefault(one.person, []).append(one)
    order = {one: place for place, one in enumerate(book.applicants.values())}
    return Later(book, seed, free, loans, by_person, order, list(book.town.shops))


@contextmanager
def chance_of(later: Later, name: str) -> Iterator[None]:
    """The town's chance is another stream meanwhile, one for each name."""
    town = later.book.town
    before = town.rng
    town.rng = town.numbers.rng = Random(f"{later.seed} {name}")
    later.free.sort(key=lambda one: one.key)
    town.rng.shuffle(later.free)
    yield
    town.rng = town.numbers.rng = before


def draw(later: Later, count: int, fits: Callable[[Person], object] = bool) -> list[Person]:
    """Up to so many free people who fit; they are free no more."""
    found: list[Person] = []
    for one in later.free:
        if len(found) == count:
            break
        if fits(one):
            found.append(one)
    keep(later, found)
    return found


def keep(later: Later, people: list[Person]) -> None:
    """These people have their part now: no other falls on them, and no everyday money reaches their accounts."""
    later.quiet.update(people)
    taken = set(people)
    later.free = [one for one in later.free if one not in taken]


def plant(later: Later, scheme: Scheme, people: list[Person]) -> None:
    later.book.schemes.append(scheme)
    for one in people:
        one.fraud = one.fraud or scheme.kind
    keep(later, people)


def turns(later: Later, count: int) -> range:
    """The running numbers by which shapes and levels take turns; seeds begin at different ones."""
    return range(later.seed * 5, later.seed * 5 + count)


def list_contact(one: Person, other: Person, word: str) -> None:
    """Under the other's name, unless the number is listed already."""
    if other.phone not in {mobile for mobile, *_ in one.contacts}:
        one.contacts.append((other.phone, other.name, word))


def node(one: Person) -> str:
    return f"applicant:{one.key}"


def pay(
    later: Later, source: str, target: str, amount: float, when: datetime, kind: str = "transfer", purpose: str = ""
) -> None:
    """One transfer, where it falls into the time of the book."""
    if amount > 0 and when < END:
        key = later.book.town.numbers.key("TR", 10)
        later.book.row("transfers", key, source, target, f"{amount:.2f}", when, kind, purpose)


def open_account(later: Later, owner: str, kind: str, opened: datetime) -> str:
    account = later.book.town.account(owner, kind)
    later.opened[account] = opened.date()
    return account


def file_later(later: Later, person: Person, when: datetime, **given) -> Application:
    """An application of someone who is an applicant already."""
    one = file(later.book, person, when, **given)
    one.later, one.status = True, "已拒绝"
    if later.rng.random() < 0.3:
        later.book.row("sign_ins", one.device, person.card, when)
    return one


def grant(
    later: Later, one: Application, paid_out: datetime, account: str = "", stops: int = 0, amount: int = 0
) -> Loan:
    """The loan of an application: paid back month by month, or until it stops after so many instalments less one."""
    one.status = "已放款"
    book, made = later.book, min(one.term, int((END - paid_out) / timedelta(days=30)))
    quits = stops - 1 if stops else one.term
    months, made = made, min(made, quits)
    amount, days = amount or one.amount, late_days(paid_out, quits, one.term)
    loan = Loan(
        book.town.numbers.key("LN", 10), one.person.key, one.lender, one.key, one.when, one.product, amount,
        max(one.limit, one.amount), f"{amount * (1 - made / one.term):.2f}", paid_out,
        paid_out + one.term * 30 * DAY, "" if one.shop else account or one.person.card,
        one.shop.key if one.shop else "", grade(days), days,
    )  # fmt: skip
    book.row("loans", *loan)
    for month in range(1, made + 1):
        due = paid_out + month * 30 * DAY + timedelta(minutes=later.rng.randrange(600))
        if due < END:
            book.row("repayments", loan.key, one.person.card, f"{amount * 1.08 / one.term:.2f}", due)
    history(book, loan.key, amount, one.term, paid_out, quits, months)
    later.loans.setdefault(one.person.key, []).append(loan)
    return loan


def late_days(paid_out: datetime, quits: int, term: int) -> int:
    """Days past due at the end of the book of a loan that is paid no more after so many months."""
    return max(0, (END - paid_out - (quits + 1) * 30 * DAY).days) if quits < term else 0


def day_of(later: Later, first: int = 60, last: int = 660) -> datetime:
    """A moment of a waking hour on some day of the book."""
    rng = later.rng
    return START + timedelta(days=rng.randint(first, last), hours=rng.randint(8, 21), seconds=rng.randrange(3600))


def owed_elsewhere(later: Later, person: Person, amount: int, since: datetime, settled: datetime, card: str) -> None:
    """A loan of another lender, paid off at once from a card; how it was paid until then the book does not hold."""
    lender, key = later.rng.choice(("联众小贷", "江畔银行", "杭银消费金融")), later.book.town.numbers.key("LN", 10)
    due = since + 360 * DAY
    loan = Loan(key, person.key, lender, "", since, "现金贷", amount, amount, "0.00", since, due, "", "", "正常", 0)
    later.book.row("loans", *loan)
    later.book.row("repayments", key, card, f"{amount * 1.01:.2f}", settled)
