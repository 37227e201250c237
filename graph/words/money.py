"""Amounts, currencies and days as people write them, in Chinese and English."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ..model import ALWAYS, FOREVER
from ..times import DEFAULT_ZONE
from .names import Words, joined
from .plain import plain

CURRENCIES = {
    "CNY": Words("元", "CNY"),
    "USD": Words("美元", "USD"),
    "HKD": Words("港元", "HKD"),
    "EUR": Words("欧元", "EUR"),
    "JPY": Words("日元", "JPY"),
    "GBP": Words("英镑", "GBP"),
}
_CURRENCY_CODES = {
    "RMB": "CNY", "人民币": "CNY", "人民币元": "CNY", "人民币(元)": "CNY", "RMB元": "CNY", "元": "CNY", "156": "CNY",
    "美元": "USD", "港元": "HKD", "港币": "HKD", "欧元": "EUR", "日元": "JPY", "英镑": "GBP",
}  # fmt: skip


def money(amount: float, currency: str | None = None) -> Words:
    """An amount in 万 and 亿, and in full, with its currency where that is on record.

    >>> money(120_000_000, "CNY")
    Words(zh='1.2亿元', en='CNY 120,000,000')
    >>> money(85_000)
    Words(zh='8.5万', en='85,000')
    """
    words = currency_words(currency)
    return Words(_in_wan(amount) + words.zh, f"{words.en} {_in_full(amount)}".strip())


def each_money(amounts: Mapping[str, float]) -> Words:
    """Amounts by the code of their currency, as ``currency_code`` gives it: where there are several, each by itself,
    never added.

    >>> each_money({"CNY": 85_000.0, "": 200.0}).en
    'CNY 85,000 and 200 in a currency not on record'
    """
    told = [money(amount, code) for code, amount in amounts.items()]
    if len(told) > 1 and "" in amounts:
        told[-1] = Words(f"{told[-1].zh}（币种不详）", f"{told[-1].en} in a currency not on record")
    return joined(told, Words("、", " and "))


def by_currency(amounts: Iterable[tuple[float, Any]]) -> dict[str, float]:
    """Sums by the code of the currency, exact in any order; that of no currency on record comes last.

    Parameters
    ----------
    amounts : each with its currency as it is written, anything but a text where none is on record

    >>> by_currency([(1.5, None), (2.0, "人民币"), (3.0, "CNY")])
    {'CNY': 5.0, '': 1.5}
    """
    found: dict[str, list[float]] = {}
    for amount, currency in amounts:
        found.setdefault(currency_code(currency if isinstance(currency, str) else None), []).append(amount)
    return {code: math.fsum(found[code]) for code in sorted(found, key=lambda code: (not code, code))}


def currency_words(currency: str | None) -> Words:
    """What stands behind (Chinese) or before (English) an amount; nothing where no currency is on record."""
    code = currency_code(currency)
    return CURRENCIES.get(code, Words(f" {code}", code)) if code else Words("", "")


def currency_code(currency: str | None) -> str:
    """The code of a currency however it is written; empty where none is on record.

    >>> currency_code("人民币"), currency_code("usd"), currency_code(None)
    ('CNY', 'USD', '')
    """
    code = plain(currency or "").upper()
    return _CURRENCY_CODES.get(code, code)


def _in_wan(amount: float) -> str:
    for unit, name in ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")):
        # What rounds up to one of the next unit is written as one of it: 9999.996万 is 1亿.
        if round(abs(amount) / (unit / 1e4), 2) >= 1e4:
            return f"{_short(amount / unit)}{name}"
    return _in_full(amount)


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _in_full(amount: float) -> str:
    return f"{amount:,.2f}".removesuffix(".00")


@lru_cache(maxsize=65_536)
def day(millis: int) -> str | None:
    """The day of a time, None for one that is open.

    >>> day(1774886400000)
    '2026-03-31'
    """
    if millis in (ALWAYS, FOREVER):
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
    return moment.astimezone(ZoneInfo(DEFAULT_ZONE)).date().isoformat()
