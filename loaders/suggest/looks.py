"""What a sample of a column's values looks like, as shares of the cells that say something; no value is kept."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..cleaning import blanks, check_digits, values
from ..cleaning.identifiers import normal_values
from ..vectors import distinct, matches, present, text, trimmed

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖董袁潘蒋蔡杜叶苏魏吕丁沈姚卢姜崔钟谭陆汪范廖贾夏"
)
"""Common surnames, save those that begin other words as well."""
_PATTERNS = {
    "mobile": r"^(?:\+?86|0086|0)?[\s-]*1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?:\.0)?$",
    "landline": r"^(?:\+?86[\s-]?)?\(?0(?:10|2\d|[3-9]\d{2})\)?[\s-]?[2-9]\d{6,7}"
    r"(?:\s*(?:转|ext\.?|x|[-#*,])\s*\d{1,6})?$"
    r"|^[48]00[\s-]?\d{3}[\s-]?\d{4}$",
    "foreign_phone": r"^\+[\d\s-]{7,20}$|^\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}$",
    "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "ip": r"^(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7})$",
    "mac": r"^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$",
    "imei": r"^\d{15}$",
    "card": r"^(?:\d{4}[\s-]?){3,4}\d{0,7}$",
    "code": r"^[A-Za-z0-9][A-Za-z0-9_\-:./#{}]*$",
    "digits": r"^\d+(?:\.0)?$",
    "fraction": r"^[+-]?\d*\.\d*[1-9]\d*$",
    "civil": r"^\d{4}[-/.年]\d{1,2}[-/.月]\d|^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$",
    "day": r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$|^(?:19|20)\d{6}$",
    "clock": r"^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$",
    "seconds": r"^1[0-9]{9}$",
    "person": r"^[\p{Han}]{2,4}(?:·[\p{Han}]+)?$",
    "surname": rf"^[{SURNAMES}]\p{{Han}}{{1,2}}$",
    "staff": r"^[A-Za-z]{0,4}[_-]?\d{2,10}$",
    "branch": r"^[^行]{1,8}(?:分行|支行|分理处|营业部|营业室|网点|分公司)$",
    "corporate": r"(?i)公司|企业|集团|控股|控制|股权|股东|上下游|供应链|subsidiary|parent company|affiliate|supplier",
    "han": r"\p{Han}",
    "company": r"(?i)(?:公司|集团|厂|合作社|商行|经营部|事务所|中心|银行|医院|学校|大学|局|企业|合伙)(?:[(（].*)?$"
    r"|\b(?:ltd|llc|inc|corp|plc|gmbh|co|company|group|sons|bank)\.?$",
    "address": r"[省市区县州旗].*[路街道巷弄镇乡村号室栋幢楼组]|(?:路|街|巷|弄|村|大道).*\d+"
    r"|^\d+\s+\w+.*\b(?:st|street|rd|road|ave|avenue|lane|dr|drive|blvd)\b",
    "boolean": r"(?i)^(?:true|false|t|f|y|n|yes|no|是|否)$",
    "masked": r"\*{2,}|•{2,}|^[^*]\*$|(?i)\dx{3,}\d",
    "percent_sign": r"^[+-]?\d+(?:\.\d+)?\s*[%%]$",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """Shares of cells, 0 to 1, by pattern.

    Attributes
    ----------
    count : cells that say something
    distinct : different values among them
    shares : by name of a pattern
    low, high : the least and the greatest number
    words : the different values, folded, where they are few: to be compared with known words, never shown
    """

    count: int
    distinct: int
    shares: Mapping[str, float]
    low: float = 0.0
    high: float = 0.0
    words: frozenset[str] = frozenset()

    def mostly(self, *names: str, share: float = 0.8) -> bool:
        """Whether most cells have one of these patterns."""
        return self.count > 0 and sum(self.shares[name] for name in names) >= share

    def hardly(self, *names: str, share: float = 0.2) -> bool:
        """Whether next to no cell has one of these patterns."""
        return self.count > 0 and sum(self.shares[name] for name in names) <= share


_FEW = 40
_BARE_TIME = r"^\d{5}(?:\.\d+)?$|^(?:19|20)\d{6}(?:\d{4}(?:\d\d)?)?$|^(?:1\d|2[0-2])\d{11}$"
"""Times without a sign between their parts: serials of days, digits of a calendar, milliseconds of this century."""


def look(cells: Sequence[str | None]) -> Look:
    """What the cells of a column look like."""
    column = blanks.stated(trimmed(values.unwrapped(values.visible(text(cells)))))
    column = pc.drop_null(values.half_width(column))
    column = column.filter(pa.array(~values.failed(column)))
    if not len(column):
        return Look(0, 0, dict.fromkeys(_NAMES, 0.0))
    found = {name: matches(column, pattern) for name, pattern in _PATTERNS.items()}
    found |= _checked(column, found)
    amounts = values.numbers(column)
    numeric = present(amounts)
    known, _ = distinct(column)
    limits = pc.min_max(amounts).as_py()
    return Look(
        len(column),
        len(known),
        {name: float(np.mean(held)) for name, held in (found | {"number": numeric}).items()},
        limits["min"] or 0.0,
        limits["max"] or 0.0,
        frozenset(word.casefold() for word in known.to_pylist()) if len(known) <= _FEW else frozenset(),
    )


_NAMES = (*_PATTERNS, "number", "whole", "time", "resident", "uscc", "document")


def _checked(column: pa.Array, found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What patterns alone do not tell: check digits, and times."""
    upper = pc.utf8_upper(column)
    flags = normal_values("id_document", upper, text([""] * len(column)), plain=False)[1]
    sound = ~present(flags)
    uscc = _where(upper, check_digits.USCC, check_digits.uscc)
    resident = sound & matches(upper, r"^\d{15}$|^\d{17}[\dX]$")
    card = found["card"] & _where(pc.replace_substring_regex(column, r"[\s-]", ""), r"^\d{15,19}$", check_digits.card)
    imei = found["imei"] & _where(column, r"^\d{15}$", check_digits.card)
    moment = present(values.times(column, "UTC")) & ~found["mobile"] & ~(found["digits"] & resident)
    return {
        "uscc": uscc,
        "resident": resident,
        "document": sound,
        "card": card,
        "imei": imei,
        "time": moment & (found["civil"] | matches(column, _BARE_TIME)),
        "whole": present(values.integers(column)),
    }


def _where(column: pa.Array, shape: str, check) -> np.ndarray:
    """bool by cell: has it the shape, and is its check digit right?"""
    shaped = np.flatnonzero(matches(column, shape))
    sound = np.zeros(len(column), dtype=bool)
    if len(shaped):
        sound[shaped] = check(column.take(pa.array(shaped)))
    return sound
