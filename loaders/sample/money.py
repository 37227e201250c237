"""Money moving between accounts: wages, purchases, friends and families, firms; and whatever schemes add to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .ledger import PURPOSE, Ledger
from .people import DAYS

if TYPE_CHECKING:
    from .world import World


def everyday(world: World, ledger: Ledger, random: np.random.Generator) -> None:
    """Wages for every fourth applicant, purchases, withdrawals, rents, and money among friends and in families."""
    people, who = world.people, world.people.who
    paid = who[(people.employer[who] >= 0) & (random.random(len(who)) < 0.25)]
    firm = people.employer[paid]
    purse: dict[int, int] = {one: world.accounts.new("", -1) for one in np.unique(firm).tolist()}
    source = np.array([purse[one] for one in firm.tolist()], dtype=np.int64)
    wage = np.exp(random.normal(8.7, 0.4, len(paid)))
    begin = random.integers(0, 10, len(paid))
    for month in range(0, 18, 2):
        day = (month + begin) % 18 * 30 + 9 + firm % 12
        time = day * 86_400 + 36_000 + random.integers(0, 20_000, len(paid))
        kept = random.random(len(paid)) < 0.7
        ledger.pay_all(
            source[kept], paid[kept], (wage * random.normal(1, 0.05, len(paid)))[kept], time[kept], "payroll", "工资"
        )
    buyer = random.choice(who, int(len(who) * 1.6))
    shop = world.merchants.account[
        random.choice(len(world.merchants.city), len(buyer), p=world.merchants.weight / world.merchants.weight.sum())
    ]
    ledger.pay_all(buyer, shop, np.exp(random.normal(4.6, 1.1, len(buyer))), _any_time(random, len(buyer)), "purchase")
    _shops_pay(world, ledger, random, buyer, shop)
    giver = random.choice(who, int(len(who) * 0.9))
    for circle in (people.friends, people.homes):
        mate = circle.mates(random, giver)
        known = mate >= 0
        purpose = np.array([PURPOSE[word] for word in ("", "生活费", "往来款", "房租")])[
            random.integers(0, 4, int(known.sum()))
        ]
        ledger.pay_all(
            giver[known],
            mate[known],
            np.exp(random.normal(6.2, 1.1, int(known.sum()))),
            _any_time(random, int(known.sum())),
            "transfer",
            purpose,
        )
    signs = random.choice(who, int(len(who) * 0.8))
    time = _any_time(random, len(signs))
    mate = people.homes.mates(random, signs)
    user = np.where((random.random(len(signs)) < 0.04) & (mate >= 0), mate, signs)
    ledger.sign_ins.append((world.handsets.device(world.handsets.of(user, time), time), signs, time))


def _shops_pay(world: World, ledger: Ledger, random: np.random.Generator, buyer: np.ndarray, shop: np.ndarray) -> None:
    """What shops pay: refunds and rebates to customers, takings to the owner, wages to staff."""
    some = random.random(len(buyer)) < 0.03
    count = int(some.sum())
    amount, time = np.exp(random.normal(5.6, 1.2, count)), _any_time(random, count)
    refund = random.random(count) < 0.6
    ledger.pay_all(shop[some][refund], buyer[some][refund], amount[refund], time[refund], "refund", "退款")
    ledger.pay_all(shop[some][~refund], buyer[some][~refund], amount[~refund], time[~refund], "transfer")
    merchants = world.merchants
    one = np.repeat(np.arange(len(merchants.city)), 8)
    taken = np.exp(random.normal(9.5, 0.9, len(one)))
    ledger.pay_all(merchants.account[one], merchants.owner[one], taken, _any_time(random, len(one)), "transfer", "货款")
    staff = random.choice(world.people.who, len(merchants.city) * 3)
    one = np.repeat(np.arange(len(merchants.city)), 3)
    for month in range(2, 18, 3):
        time = month * 30 * 86_400 + random.integers(0, 5 * 86_400, len(one))
        wage = np.exp(random.normal(8.4, 0.3, len(one)))
        ledger.pay_all(merchants.account[one], staff, wage, time, "payroll", "工资")


def _any_time(random: np.random.Generator, count: int) -> np.ndarray:
    return random.integers(0, DAYS, count) * 86_400 + (random.beta(3, 2.2, count) * 86_399).astype(np.int64)
