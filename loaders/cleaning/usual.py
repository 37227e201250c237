"""Identifiers as they are usually written: a pattern alone gives their keys, whole columns at once.

What no pattern takes, ``identifiers`` reads one by one; where both can, both say the same.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..vectors import TEXT, blanks, joined, matches, where
from .documents import proved

_MOBILE = r"^(?:\+86|0086|86|0)?1[3-9][0-9]{9}$"
"""With the country's prefix, or the 0 that long-distance calls once took (no area code begins with 013 to 019)."""
_LANDLINE = r"^0(?:10|2[0-9]|[3-9][0-9]{2})-?[2-9][0-9]{6,7}$"
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_SPECIAL = r"^(?:0|10|100|127|169|172|192)\."
"""Networks that hold addresses which are used again in every house."""
_HAN = r"\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{20000}-\x{2ebe0}"
_SPACE = r"\x09-\x0d\x1c-\x20\x85\pZ"
_PATTERNS = {
    "account": r"^[0-9]+$",
    "ip": rf"^{_BYTE}(?:\.{_BYTE}){{3}}$",
    "wifi": r"^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$",
    "name": rf"^[^{_SPACE}]+$",
    "employer": rf"^[^{_SPACE}]+(?: [^{_SPACE}]+)*$",
    "channel": rf"^[^{_SPACE}]+(?: [^{_SPACE}]+)*$",
    # the key is the value in lower case
    "device": r"(?i)^(?:[0-9a-f]{14,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
    "address": rf"^(?:[0-9A-Za-z{_HAN}]+|cell:[0-9.,\-]+)$",
    "email": r"^[!-?A-~]+@[!-?A-~]+\.[!-\-/-?A-~]+$",
}
_LOWERED = ("device", "address", "email")


def usual(kind: str, values: pa.Array, forms: pa.Array) -> tuple[np.ndarray, pa.Array, pa.Array]:
    """Of which values a pattern gives the key, the keys and the flags; what these are of other values means nothing.

    Parameters
    ----------
    values : half-width and trimmed, none missing
    forms : as ``identifiers.normalise`` takes them
    """
    flags = blanks(len(values))
    if kind == "phone":
        return _phones(values)
    if kind == "id_document":
        return proved(values, forms), values, flags
    if kind not in _PATTERNS:
        return np.zeros(len(values), dtype=bool), values, flags
    known = matches(values, _PATTERNS[kind])
    if kind == "ip":
        known &= ~matches(values, _SPECIAL)
    return known, pc.utf8_lower(values) if kind in _LOWERED else values, flags


def _phones(values: pa.Array) -> tuple[np.ndarray, pa.Array, pa.Array]:
    mobile, landline = matches(values, _MOBILE), matches(values, _LANDLINE)
    digits = pc.utf8_slice_codeunits(values, -11)
    if landline.any():
        digits = where(~landline, digits, pc.replace_substring_regex(values, "^0|-", ""))
    flags = where(landline, pa.scalar("landline", TEXT), pa.scalar(None, TEXT))
    return mobile | landline, joined(["+86", digits]), flags
