"""Amounts and dates as people write them, in Chinese and English."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ..model import ALWAYS, FOREVER
from ..times import DEFAULT_ZONE


def money_zh(amount: float, currency: str | None) -> str:
    """An amount in 亿 or 万.

    >>> money_zh(45_000_000, "CNY"), money_zh(320_000_000, None), money_zh(1500, "USD")
    ('4,500万元', '3.2亿元', '1,500USD')
    """
    unit = "元" if currency in (None, "CNY") else currency
    for size, word in ((1e8, "亿"), (1e4, "万")):
        if abs(amount) >= size:
            return f"{_short(amount / size)}{word}{unit}"
    return f"{_short(amount)}{unit}"


def money_en(amount: float, currency: str | None) -> str:
    """An amount in millions or billions.

    >>> money_en(45_000_000, "CNY"), money_en(3_200_000_000, None), money_en(1500, "USD")
    ('CNY 45 million', '3.2 billion', 'USD 1,500')
    """
    unit = f"{currency} " if currency else ""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if abs(amount) >= size:
            return f"{unit}{_short(amount / size)}{word}"
    return f"{unit}{_short(amount)}"


def _short(number: float) -> str:
    text = f"{number:,.2f}"
    return text.rstrip("0").rstrip(".")


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
