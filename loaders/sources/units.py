"""Numbers of a file brought to the product's units: amounts scaled, times counted from a base, serials of workbooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

import pandas as pd

from ..cleaning.values import normal_width
from ..schema.columns import UNITS


def scaled(texts: pd.Series, factor: Decimal) -> pd.Series:
    """Numbers multiplied exactly; what is no number stays as it is.

    >>> scaled(pd.Series(["8", "1,200.5", "8%", "无", None]), Decimal("0.01")).tolist()[:4]
    ['0.08', '12.005', '0.08', '无']
    """
    return _each(texts, lambda number: f"{number * factor:f}")


def counted(texts: pd.Series, base: datetime, unit: str) -> pd.Series:
    """Numbers of a unit as times from a base on, in ISO form; what is no number stays as it is.

    Parameters
    ----------
    base : where it states no zone, neither do the times
    unit : one of ``columns.UNITS``

    >>> counted(pd.Series(["25", "soon"]), datetime(2017, 1, 1), "hours").tolist()
    ['2017-01-02T01:00:00.000', 'soon']
    """

    def moment(number: Decimal) -> str:
        time = base + timedelta(milliseconds=int(number * UNITS[unit]))
        return time.isoformat(timespec="milliseconds")

    return _each(texts, moment)


def moved(texts: pd.Series, days: int) -> pd.Series:
    """Serials of days counted from another day; what is no serial stays as it is.

    >>> moved(pd.Series(["43830", "43830.5", "2024-01-01", "20240101"]), 1462).tolist()
    ['45292', '45292.5', '2024-01-01', '20240101']
    """
    return _each(texts, lambda number: f"{number + days:f}" if number < 100_000 else None)


def _each(texts: pd.Series, convert: Callable[[Decimal], str | None]) -> pd.Series:
    """Each distinct number converted once; blank cells stay blank."""
    known = {text: _converted(text, convert) for text in texts.dropna().unique()}
    return texts.map(known).astype(texts.dtype)


def _converted(text: str, convert: Callable[[Decimal], str | None]) -> str:
    plain = normal_width(text).replace(",", "").removesuffix("%")
    try:
        number = Decimal(plain)
        return (convert(number) if number.is_finite() else None) or text
    except (InvalidOperation, OverflowError):
        return text
