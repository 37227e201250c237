"""Values of Python types, as workbooks and databases give them, as exact text."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal


def cell_text(value: object, exact: float = 2.0**53) -> str | None:
    """A value as text: whole numbers without a point, times in ISO form (one with a zone in UTC), true and false.

    Parameters
    ----------
    exact : from here on the last digits of a floating-point number are lost, and it is written in scientific notation,
        so that an identifier does not look as if they were known

    >>> cell_text(2.0), cell_text(1e-07), cell_text(6.222021234567890e18), cell_text(float("nan"))
    ('2', '0.0000001', '6.22202123456789e+18', None)
    >>> cell_text(datetime(2024, 1, 31, 8)), cell_text(date(2024, 1, 31)), cell_text(Decimal("12.00"))
    ('2024-01-31 08:00:00', '2024-01-31', '12')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if abs(value) >= exact:
            digits, _, power = f"{value:.14e}".partition("e")
            return f"{digits.rstrip('0').rstrip('.')}e{power}"
        return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}"
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        text = moment.isoformat(" ", "milliseconds" if value.microsecond else "seconds")
        return text if value.tzinfo is None else text + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    return str(value)


def _decimal(value: Decimal) -> str | None:
    if not value.is_finite():
        return None
    return str(int(value)) if value == value.to_integral_value() else f"{value:f}"
