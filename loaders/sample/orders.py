"""Orders: what financed customers bought, when it was shipped and where it went."""

# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from . import numbers
from .applications import CAR, WEB
from .people import END
from .tables import Columns, Keys, amounts, moments

if TYPE_CHECKING:
    from .ledger import Loans
    from .world import World

_NEVER = -(10**11)


def orders(world: World, keys: Keys, loans: Loans, random: np.random.Generator) -> Columns:
    """Rows of ``orders``: one for each loan spent at a shop; a few are refunded, a few are never shipped."""
    a = world.applications
    loan = np.flatnonzero((a.merchant[loans.row] >= 0) & (a.product[loans.row] != -1))
    row = loans.row[loan]
    count, product = len(row), a.product[row]
    paid = loans.disbursed[loan] + random.integers(30, 600, count)
    far = product == WEB
    shipped = paid + np.where(far, random.gamma(2, 40_000, count), random.gamma(2, 900, count)).astype(np.int64)
    delivered = shipped + np.where(far, random.gamma(3, 60_000, count), np.where(product == CAR, 250_000, 600)).astype(
        np.int64
    )
    lost = world.unshipped[row] | (random.random(count) < 0.015)
    refunded = ~lost & (random.random(count) < 0.02)
    back = delivered + random.gamma(2, 150_000, count).astype(np.int64)

    def shown(time: np.ndarray, known: np.ndarray) -> pa.Array:
        return moments(np.where(known & (time < END), time, _NEVER))

    address = np.where(far | (random.random(count) < 0.1), world.home[loans.person[loan]], -1)
    always = np.ones(count, bool)
    return {
        "order_no": numbers.ids(random, "", count, 15),
        "applicant_id": keys.applicant.take(pa.array(loans.person[loan])),
        "merchant_no": keys.merchant.take(pa.array(a.merchant[row])),
        "amount": amounts(loans.amount[loan]),
        "paid_at": shown(paid, always),
        "shipped_at": shown(shipped, ~lost),
        "delivered_at": shown(delivered, ~lost),
        "refunded_at": shown(back, refunded),
        "delivery_address": world.addresses.text(address),
    }
