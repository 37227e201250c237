"""What of a request may be repeated, in the audit log or in an answer, before anybody has looked at it."""

from __future__ import annotations

import re

_REPEATABLE = re.compile(
    r"[A-Za-z_-]{1,40}\d{0,2}|-?\d{1,7}(\.\d{1,4})?|1\d{12}"
    r"|\d{4}-\d\d-\d\d([T ][\d:.]{1,15}([+ -][\d:]{4,5}|Z)?)?"
)


def repeatable(text: str) -> bool:
    """Whether a text is a word, a number of up to seven digits, epoch milliseconds, a date or a time. Any other may be
    a raw personal value in the wrong place.

    >>> [repeatable(text) for text in ("fraud_ring", "2026-03-31", "13812345678", "张三")]
    [True, True, False, False]
    """
    return _REPEATABLE.fullmatch(text) is not None
