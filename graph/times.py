"""Times as whole milliseconds since the epoch, and the words people write for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from .errors import UserError
from .model import ALWAYS, FOREVER

DEFAULT_ZONE = "Asia/Shanghai"
"""What a time without a zone means unless a mapping says otherwise."""


def parse_moment(text: str, zone: str = DEFAULT_ZONE) -> int:
    """Epoch milliseconds of an ISO date or time, or of milliseconds written in digits; a date is its first instant.

    >>> parse_moment("2026-03-31") == parse_moment("2026-03-30T16:00:00Z")
    True
    >>> parse_moment("1774886400000")
    1774886400000

    Raises
    ------
    UserError : the text is no such time
    """
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) >= 11:
        return int(text)
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
        return to_millis(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)))
    except (ValueError, OverflowError):
        raise UserError(
            f"unreadable time {text!r}: write a date like 2026-03-31 or a time like 2026-03-31T08:00:00+08:00"
        ) from None


def to_millis(moment: datetime) -> int:
    """Epoch milliseconds of a time with a zone."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def to_iso(millis: int | None, zone: str = DEFAULT_ZONE) -> str | None:
    """ISO time with zone; None for what is open (``ALWAYS``, ``FOREVER``) or unknown.

    >>> to_iso(1774886400000)
    '2026-03-31T00:00:00+08:00'
    """
    if millis is None or millis in (ALWAYS, FOREVER):
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(millis))
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds" if millis % 1000 else "seconds")


def today(zone: str = DEFAULT_ZONE) -> int:
    """The first instant of this day, in epoch milliseconds."""
    now = datetime.now(ZoneInfo(zone))
    return to_millis(now.replace(hour=0, minute=0, second=0, microsecond=0))
