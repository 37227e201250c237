"""From applications to loans: who is approved, what is paid out and paid back, and how loans stand at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import places, words
from .applications import BASE_RISK, CAR, DECOR, GOODS, LESSONS, WEB
from .ledger import MONTH, Loans
from .people import DAYS, END, FIRST_DAY

if TYPE_CHECKING:
    from .world import World

CLASSES = ("正常", "关注", "次级", "可疑", "损失")
_AT_SHOP = (GOODS, CAR, DECOR, LESSONS, WEB)


def lend(world: World, random: np.random.Generator) -> Loans:
    """Decide on every application and pay the approved ones out; the application's ``approve`` says the answer."""
    a, people = world.applications, world.people
    rows = np.arange(a.count)
    chance = np.where(a.amount[rows] > 2.5 * 30_000, 0.5, 0.62)
    decided = np.where(a.approve[rows] >= 0, a.approve[rows], random.random(a.count) < chance)
    wait = np.where(random.random(a.count) < 0.6, random.gamma(2, 1200, a.count), random.gamma(2, 50_000, a.count))
    wait = np.where(a.delay[rows] >= 0, a.delay[rows], wait.astype(np.int64) + 300)
    disbursed = a.time[rows] + wait
    decided = np.where((decided == 1) & (disbursed >= END), -1, decided)
    a.approve[rows] = decided
    row = rows[decided == 1]
    person, product = a.person[row], a.product[row]
    count = len(row)
    latent = np.exp(random.normal(0, 0.5, count) - 0.125)
    channel = 0.7 + (a.channel[row] * 7919 % 11) / 15
    risk = np.clip(BASE_RISK[product] * places.RISK[people.city[person]] * channel * latent, 0, 0.6)
    goes_bad = random.random(count) < np.where(np.isnan(a.bad[row]), risk, a.bad[row])
    early = ~np.isnan(a.bad[row])
    term = a.term[row]
    stops = 1 + np.where(early, random.geometric(0.6, count) - 1, (random.random(count) ** 0.7 * term).astype(np.int64))
    # somebody else's account shows only where it pays at least once
    stops = np.where(a.repay_from[row] >= 0, np.maximum(stops, 2), stops)
    second = world.accounts.second(person)
    has_second = world.accounts.opened[second] * 86_400 < disbursed[row]
    own = np.where((random.random(count) < 0.12) & has_second, second, person)
    at_shop = np.isin(product, _AT_SHOP) & (a.merchant[row] >= 0)
    kin = people.homes.mates(random, person)
    payer = np.where((random.random(count) < 0.03) & (kin >= 0), kin, own)
    friend = people.friends.mates(random, person)
    payer = np.where((random.random(count) < 0.006) & (friend >= 0), friend, payer)
    to = np.where((random.random(count) < 0.012) & (kin >= 0), kin, own)
    return Loans(
        row=row, person=person, amount=a.amount[row], disbursed=disbursed[row], term=term,
        lender=np.minimum(random.geometric(0.5, count) - 1, len(words.LENDERS) - 1),
        account=np.where(a.pay_to[row] >= 0, a.pay_to[row], np.where(at_shop, -1, to)),
        payer=np.where(a.repay_from[row] >= 0, a.repay_from[row], payer),
        stops=np.where(goes_bad, np.minimum(stops, term), term + 1),
        settles=np.where(~goes_bad & (random.random(count) < 0.06) & (term > 3), 3, term),
    )  # fmt: skip


def repayments(loans: Loans, random: np.random.Generator) -> dict[str, np.ndarray]:
    """Instalments that were paid: number of the loan, paying account, amount, time."""
    months = np.minimum(np.maximum((END - loans.disbursed) // MONTH, 0), np.minimum(loans.stops - 1, loans.settles))
    months = months.astype(np.int64)
    loan = np.repeat(np.arange(len(months)), months)
    number = np.arange(len(loan)) - np.repeat(np.cumsum(months) - months, months) + 1
    amount = loans.amount[loan] / loans.term[loan] * (1 + 0.012 * loans.term[loan] / 2)
    rest = loans.amount[loan] * (1 - (number - 1) / loans.term[loan])
    amount = np.where((number == loans.settles[loan]) & (number < loans.term[loan]), rest, amount)
    late = np.where(
        random.random(len(loan)) < 0.1, random.integers(1, 14, len(loan)), -random.integers(0, 3, len(loan))
    )
    time = (
        loans.disbursed[loan]
        + (number * MONTH).astype(np.int64)
        + late * 86_400
        + random.integers(-20_000, 20_000, len(loan))
    )
    kept = (time < END) & (time > loans.disbursed[loan])
    return {
        "loan": loan[kept],
        "account": loans.payer[loan][kept],
        "amount": np.round(amount, 2)[kept],
        "time": time[kept],
    }


def history(loans: Loans, random: np.random.Generator) -> dict[str, np.ndarray]:
    """How three loans in ten stood at the end of each month: number, day of the book, balance, days past due."""
    last = FIRST_DAY.astype("datetime64[M]") + np.arange(1, DAYS // 30 + 1)
    day_ends = (last.astype("datetime64[D]") - FIRST_DAY).astype(np.int64) - 1
    day_ends = day_ends[day_ends < DAYS]
    some = np.flatnonzero(random.random(len(loans.row)) < 0.3)
    parts = []
    for day in day_ends.tolist():
        at = (day + 1) * 86_400 - 1
        here = some[(loans.disbursed[some] <= at)]
        parts.append((here, np.full(len(here), day), loans.balance(at)[here], loans.overdue(at)[here]))
    loan, day, balance, overdue = (np.concatenate(part) for part in zip(*parts, strict=True))
    return {"loan": loan, "day": day, "balance": balance, "overdue": overdue}


def five_class(overdue: np.ndarray) -> np.ndarray:
    """Codes of the five-class grade for days past due."""
    return np.searchsorted([1, 91, 181, 271], overdue, side="right")
