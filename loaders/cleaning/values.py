"""Typing columns of text: numbers, whole numbers, times, choices, and the shape of ids.

Every function takes a trimmed column and gives what could be read, missing elsewhere; a cell that was there and is
missing now was bad. Work is done on whole columns; only what the usual patterns leave open is looked at one by one.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..schema.columns import fold
from ..vectors import TEXT, blanks, distinct, has_byte, matches, present, printable, spread, text, where

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
_SCIENTIFIC = r"^[+-]?\d{1,3}([.,]\d+)?[eE]\+\d+$|^[+-]?\d[.,]\d+[eE]\d+$"
_FAILED = r"^#(?:N/A|NA|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FORMULA!)$"
_INVISIBLE = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}"
    r"\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}\x{fff0}-\x{fff8}"
    r"\x{1bca0}-\x{1bca3}\x{1d173}-\x{1d17a}\x{e0000}-\x{e0fff}]"
    r"|_x00(?:0[0-8BCDEFbcdef]|1[0-9A-Fa-f]|7[Ff])_"
)
"""Control characters, also as Open XML writes them (``_x000D_``), and Unicode's Default_Ignorable_Code_Point."""
_AS_TEXT = r"^=\"([^\"]*)\"$|^'([0-9][0-9A-Za-z-]*)$"
"""How a spreadsheet is made to take a number for text: ``="0012"`` and ``'0012``."""
_ISO = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?)?$"
_PARTS = (
    r"^(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"\s*(?P<zone>Z|z|[+-]\d{2}:?\d{2})?$"
)
_SHORT_ZONE = r"(\d:\d{2}(?::\d{2}(?:\.\d+)?)?[+-]\d{2})$"
"""A zone in whole hours, as PostgreSQL writes it."""
_COMPACT = (
    r"^(?P<year>(?:19|20|21)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?(?P<fraction>)(?P<zone>)$"
)
_EPOCH = r"^(?:\d{11}|[3-9]\d{11}|\d{13})$"
"""Milliseconds since 1970. Twelve digits that begin as a year does are a calendar time, or none."""
_WHOLE = r"^([0-9]{1,15})(?:\.0+)?$"
"""A whole number, also as a program writes it that took it for a decimal one; up to 15 digits none is lost."""
_SERIAL = r"^\d{5}(\.\d+)?$"
_SERIALS = (20_000, 80_000)
"""Excel serials between these (1954 to 2119) are days; other numbers of five digits are no times."""
_DAY = 86_400_000
_SERIAL_ZERO = -25_569 * _DAY


def visible(column: pa.Array) -> pa.Array:
    r"""Text without characters that nobody sees: control characters, marks of order, of direction and of no width.

    >>> visible(text(["\u202d13812345678\u202c", "a\x00b", "甲\n乙"])).to_pylist()
    ['13812345678', 'ab', '甲\n乙']
    """
    if printable(column) or not matches(column, _INVISIBLE).any():
        return column
    return pc.replace_substring_regex(column, _INVISIBLE, "")


def unwrapped(column: pa.Array) -> pa.Array:
    """Text without what a spreadsheet needs to take it for text.

    >>> unwrapped(text(['="0012"', "'0012", "'tis", "=1+1"])).to_pylist()
    ['0012', '0012', "'tis", '=1+1']
    """
    if not (has_byte(column, "=") or has_byte(column, "'")) or not matches(column, _AS_TEXT).any():
        return column
    return pc.replace_substring_regex(column, _AS_TEXT, r"\1\2")


def numbers(column: pa.Array) -> pa.Array:
    """Decimal numbers, also with thousands commas, full-width digits and in scientific notation.

    >>> numbers(text(["1,234.5", "１２", "1e3", "abc", None])).to_pylist()
    [1234.5, 12.0, 1000.0, None, None]
    """
    sound = matches(column, _NUMBER)
    if not (sound | ~present(column)).all():
        column = where(sound, column, half_width(column))
        grouped = matches(column, _GROUPED)
        column = where(~grouped, column, pc.replace_substring(column, ",", ""))
        sound = matches(column, _NUMBER)
    values = pc.cast(pc.utf8_ltrim(where(sound, column), "+"), pa.float64())
    return pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))


def integers(column: pa.Array) -> pa.Array:
    """Whole numbers, as float64; ``12.0`` is one."""
    values = numbers(column)
    return pc.if_else(pc.equal(values, pc.floor(values)), values, pa.scalar(None, pa.float64()))


def choices(column: pa.Array, words: Mapping[str, tuple[str, ...]], keep: bool) -> pa.Array:
    """Each word as its canonical one; where ``keep``, other words as they stand, else missing."""
    known = {fold(synonym): word for word, synonyms in words.items() for synonym in (word, *synonyms)}
    values, codes = distinct(column)
    return spread(text([known.get(fold(v), v if keep else None) for v in values.to_pylist()]), codes)


def ids(column: pa.Array) -> pa.Array:
    """Ids as they stand, save whole numbers, which have one form; missing where they are in scientific notation.

    >>> ids(text(["7.0", "７", "007", "A7.0", "1E+15"])).to_pylist()
    ['7', '7', '007', 'A7.0', None]
    """
    plain = half_width(column)
    if plain is not column or has_byte(plain, "."):
        column = where(~matches(plain, _WHOLE), column, pc.replace_substring_regex(plain, _WHOLE, r"\1"))
    spoilt = scientific(plain)
    return where(~spoilt, column) if spoilt.any() else column


def scientific(column: pa.Array) -> np.ndarray:
    """bool by row: is it a number in scientific notation, as spreadsheets write long ones?"""
    column = half_width(column)
    if not (has_byte(column, "e") or has_byte(column, "E")):
        return np.zeros(len(column), dtype=bool)
    return matches(column, _SCIENTIFIC)


def failed(column: pa.Array) -> np.ndarray:
    """bool by row: is it what a spreadsheet shows of a formula that failed, or that was never computed?"""
    if not has_byte(column, "#"):
        return np.zeros(len(column), dtype=bool)
    return matches(pc.utf8_upper(column), _FAILED)


def times(column: pa.Array, zone: str) -> pa.Array:
    """Epoch milliseconds of ISO times, ``Y/M/D h:mm:ss``, ``YYYYMMDD[hhmm[ss]]``, Excel serials and epoch
    milliseconds.

    Parameters
    ----------
    column : trimmed text
    zone : IANA name of the zone of times that state none; where clocks were put back, the first of the two is meant
    """
    usual = matches(column, _ISO)
    try:
        moments = _moments(pc.cast(where(usual, column), pa.timestamp("ms")).cast(pa.int64()), zone)
    except pa.ArrowInvalid:  # a 30 February or a 25th hour among them
        moments, usual = blanks(len(column), pa.int64()), np.zeros(len(column), dtype=bool)
    if (usual | ~present(column)).all():
        return moments
    values, codes = distinct(where(~usual, column))
    return pc.coalesce(moments, spread(_any_times(half_width(values), zone), codes))


def _any_times(column: pa.Array, zone: str) -> pa.Array:
    column = pc.replace_substring_regex(column, _SHORT_ZONE, r"\1:00")
    parts, compact = pc.extract_regex(column, _PARTS), pc.extract_regex(column, _COMPACT)
    local, stated, offset = _civil(parts)
    local_compact, _, _ = _civil(compact)
    local = pc.coalesce(local, local_compact, _serials(column))
    absolute = np.where(present(stated), offset, 0)
    moments = pc.if_else(
        stated.is_valid(), pc.subtract(local, pa.array(absolute)), _moments(where(~present(stated), local), zone)
    )
    return pc.coalesce(moments, pc.cast(where(matches(column, _EPOCH), column), pa.int64()))


def _serials(column: pa.Array) -> pa.Array:
    days = pc.cast(where(matches(column, _SERIAL), column), pa.float64()).to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        sound = (days >= _SERIALS[0]) & (days < _SERIALS[1])
    millis = np.round(np.where(sound, days, 0) * _DAY).astype(np.int64) + _SERIAL_ZERO
    return pa.array(millis, mask=~sound)


def _civil(parts: pa.StructArray) -> tuple[pa.Array, pa.Array, np.ndarray]:
    """Local milliseconds of year to fraction, the zone text where stated, and its offset in milliseconds."""
    found = parts.is_valid().to_numpy(zero_copy_only=False)

    def part(name: str) -> np.ndarray:
        column = parts.field(name)
        filled = where(found & present(column), column).cast(TEXT)
        return _integers_or_zero(pc.if_else(pc.equal(filled, ""), None, filled))

    year, month, day = part("year"), part("month"), part("day")
    hour, minute, second = part("hour"), part("minute"), part("second")
    sound = found & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    sound &= (hour < 24) & (minute < 60) & (second < 60)
    months = np.where(sound, (year - 1970) * 12 + month - 1, 0).astype("M8[M]")
    dates = months.astype("M8[D]") + np.where(sound, day - 1, 0)
    sound &= dates.astype("M8[M]") == months
    fraction = where(found, parts.field("fraction")).cast(TEXT).fill_null("")
    millis = _integers_or_zero(pc.utf8_slice_codeunits(pc.utf8_rpad(fraction, 3, "0"), 0, 3))
    local = dates.astype("M8[ms]").astype(np.int64) + ((hour * 60 + minute) * 60 + second) * 1000 + millis
    zone = pc.if_else(pc.equal(parts.field("zone"), ""), None, parts.field("zone"))
    stated = where(found & present(zone), zone).cast(TEXT)
    digits = pc.replace_substring(stated, ":", "").fill_null("")
    ahead = _integers_or_zero(pc.utf8_slice_codeunits(digits, 1, 3)) * 60
    ahead += _integers_or_zero(pc.utf8_slice_codeunits(digits, 3, 5))
    offset = np.where(matches(stated, r"^-"), -ahead, ahead) * 60_000
    return pa.array(local, mask=~sound), stated, offset


def _integers_or_zero(column: pa.Array) -> np.ndarray:
    return pc.cast(where(matches(column, r"^\d+$"), column), pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)


def _moments(local: pa.Array, zone: str) -> pa.Array:
    """Epoch milliseconds of local ones."""
    import pandas as pd

    if zone == "UTC":
        return local
    missing = ~present(local)
    naive = pd.DatetimeIndex(local.fill_null(0).to_numpy(zero_copy_only=False).astype("M8[ms]"))
    first = np.ones(len(naive), dtype=bool)
    moments = naive.tz_localize(ZoneInfo(zone), ambiguous=first, nonexistent="shift_forward")
    return pa.array(moments.as_unit("ms").asi8, mask=missing)


def normal_width(value: str) -> str:
    """Full-width letters, digits and signs as the usual ones (NFKC), no white space around."""
    return unicodedata.normalize("NFKC", value).strip()


def half_width(column: pa.Array) -> pa.Array:
    """``normal_width`` of a column, save the white space around."""
    return column if pc.all(pc.string_is_ascii(column)).as_py() in (True, None) else pc.utf8_normalize(column, "NFKC")
