"""Cash-out merchants: shops that sell nothing, and turn consumer credit into cash for a cut.

Customers come in bursts at odd hours, take nearly all of their limit, get most of it back from the shop within days,
and no goods are shipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .applications import GOODS, LESSONS, WEB
from .contacts import CODE
from .people import DAYS
from .rings import stage
from .settings import Setting, plan
from .shops import BEAUTY, DIGITAL, ONLINE
from .world import start_day

if TYPE_CHECKING:
    from .ledger import Ledger
    from .world import World

APPLICANTS_PER_SHOP = 4000
_BURSTS = {"easy": (1, 3), "medium": (2, 5), "camouflaged": (5, 9)}
_NIGHT = {"easy": 0.7, "medium": 0.45, "camouflaged": 0.2}
_BACK = {"easy": 0.95, "medium": 0.75, "camouflaged": 0.5}
_TIED = {"easy": 0.5, "medium": 0.3, "camouflaged": 0.2}
_PRODUCT = {DIGITAL: GOODS, ONLINE: WEB, BEAUTY: LESSONS}


def plant_cashout(world: World, random: np.random.Generator, setting: Setting) -> None:
    """One bent shop for every 4,000 applicants in the usual setting, each a different one."""
    able = random.permutation(np.flatnonzero(np.isin(world.merchants.category, list(_PRODUCT))))
    for shop, difficulty in zip(
        able.tolist(), plan(random, setting, world.applicants, APPLICANTS_PER_SHOP), strict=False
    ):
        _plant(world, random, shop, difficulty)


def _plant(world: World, random: np.random.Generator, shop: int, difficulty: str) -> None:
    a, merchants = world.applications, world.merchants
    count = int(random.integers(10, max(min(40, world.applicants // 60), 14)))
    persons = world.crowd.take(world.free, count, int(merchants.city[shop]))
    members = [("merchant", shop, "merchant"), *(("applicant", int(one), "customer") for one in persons)]
    scheme = world.truth.plant("cashout_merchant", "never_shipped", difficulty, members)
    times = _bursts(random, count, difficulty)
    rows = stage(world, random, persons, times, scheme, (_PRODUCT[int(merchants.category[shop])],))
    a.product[rows], a.merchant[rows] = _PRODUCT[int(merchants.category[shop])], shop
    a.amount[rows] = np.round(a.limit[rows] * random.uniform(0.93, 1.0, count) / 10) * 10
    a.limit[rows] = np.maximum(a.limit[rows], a.amount[rows])
    a.bad[rows] = {"easy": 0.5, "medium": 0.4, "camouflaged": 0.3}[difficulty]
    world.unshipped[rows] = random.random(count) < {"easy": 0.95, "medium": 0.8, "camouflaged": 0.55}[difficulty]
    tied = persons[random.random(count) < _TIED[difficulty]]
    relation = np.array([CODE[word] for word in ("朋友", "其他", "亲属", "")])[random.integers(0, 4, len(tied))]
    phone = merchants.phone[shop] if random.random() < 0.5 else merchants.owner[shop]
    world.contacts.add(tied, np.full(len(tied), phone), np.full(len(tied), merchants.owner[shop]), relation)
    back = rows[random.random(count) < _BACK[difficulty]]
    share = random.uniform(0.82, 0.95)
    gaps = random.integers(1800, 4 * 86_400, len(back))

    def give_back(ledger: Ledger) -> None:
        for row, gap in zip(back.tolist(), gaps.tolist(), strict=True):
            for loan in ledger.of_rows(np.array([row])).tolist():
                given = ledger.loans
                ledger.pay(
                    int(merchants.account[shop]), int(given.person[loan]), float(given.amount[loan]) * share,
                    int(given.disbursed[loan]) + gap, "refund" if gap % 7 == 0 else "transfer",
                )  # fmt: skip

    world.after_lending.append(give_back)


def _bursts(random: np.random.Generator, count: int, difficulty: str) -> np.ndarray:
    bursts = int(random.integers(*_BURSTS[difficulty]))
    days = start_day(random, bursts * 30) + np.arange(bursts) * random.integers(12, 30, bursts)
    day = np.minimum(days[random.integers(0, bursts, count)] + random.integers(0, 3, count), DAYS - 3)
    night = random.random(count) < _NIGHT[difficulty]
    hour = np.where(night, np.array([22, 23, 0, 1, 2])[random.integers(0, 5, count)], random.integers(10, 21, count))
    return day * 86_400 + hour * 3600 + random.integers(0, 3600, count)
