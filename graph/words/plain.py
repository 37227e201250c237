"""Text that cannot rearrange what stands around it."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Text on one line without control and direction characters, which could rearrange what stands around it.

    >>> plain("甲\\u202e公司\\n")
    '甲公司'
    """
    kept = (" " if character.isspace() else character for character in text)
    joined = "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join(joined.split())
