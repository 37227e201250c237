"""Identity documents of people and companies: which kind a number is of, and whether it can exist.

Sources: GB 11643 (resident ID) and GB 32100 (unified social credit code). Columns are proved by array arithmetic;
what that leaves open is looked at one by one, with the check digits of python-stdnum. Its whole checks are wrong for
China: they know no residence permits (81, 82, 83), no foreign permanent residents (9…), no 15 digits, and no social
credit code that begins with a letter (N…, rural collectives).
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from ..schema.columns import fold
from ..vectors import distinct, matches
from . import check_digits
from .values import normal_width

_RESIDENT = re.compile(check_digits.RESIDENT)
_OLD_RESIDENT = re.compile(r"^[1-9][0-9]{14}$")
_REGIONS = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 91}
)
_USCC = re.compile(check_digits.USCC)
_SHAPES = {
    "passport": re.compile(r"(?a)^(?:E[0-9A-Z]\d{7}|[DGPS]\d{8}|(?:DE|SE|PE)\d{7}|1[45]\d{7})$"),
    "travel_permit": re.compile(r"(?a)^[HM]\d{8}(?:\d{2})?$"),
}
"""Documents that their shape alone tells: Chinese passports, permits of Hong Kong and Macau residents."""
_WORDS = {
    "resident": (
        "身份证",
        "居民身份证",
        "二代身份证",
        "临时身份证",
        "户口本",
        "id card",
        "id_card",
        "idcard",
        "resident",
    ),
    "permit": ("港澳台居民居住证", "港澳居民居住证", "台湾居民居住证", "居住证", "residence permit"),
    "foreign": ("外国人永久居留证", "外国人永久居留身份证", "永久居留证"),
    "passport": ("护照", "中国护照", "外国护照", "passport"),
    "travel_permit": ("港澳居民来往内地通行证", "回乡证", "台湾居民来往大陆通行证", "台胞证", "travel permit"),
    "uscc": ("统一社会信用代码", "uscc"),
}
_PERSONAL = {"resident", "permit", "foreign"}
"""Kinds that share one form, and that books often confuse."""
_TYPES = {fold(word): kind for kind, words in _WORDS.items() for word in words}


def proved(values: pa.Array, cert_types: pa.Array) -> np.ndarray:
    """bool by value: its check digit and its kind prove it as it stands, so that it is its own key without a flag.

    Parameters
    ----------
    values, cert_types : as ``document`` takes them; none missing

    >>> proved(pa.array(["11010519491231002X", "11010519491231002X"]), pa.array(["", "护照"]))
    array([ True, False])
    """
    words, codes = distinct(cert_types)
    kinds = np.array([_kind(word) for word in words.to_pylist()], dtype=object)[codes]
    result = np.zeros(len(values), dtype=bool)
    persons = np.flatnonzero(np.isin(kinds, ("", "other", *_PERSONAL)) & matches(values, check_digits.RESIDENT))
    numbers = values.take(pa.array(persons))
    places = pc.utf8_slice_codeunits(numbers, 0, 2).cast(pa.int64()).to_numpy(zero_copy_only=False)
    known = np.isin(places, list(_REGIONS)) | (places >= 90)
    result[persons] = known & check_digits.resident(numbers) & check_digits.born(numbers)
    companies = np.flatnonzero((kinds == "uscc") & matches(values, check_digits.USCC))
    result[companies] = check_digits.uscc(values.take(pa.array(companies)))
    return result


def document(value: str, cert_type: str) -> tuple[str, str | None]:
    """Key and flag (``invalid`` or None) of a document's number.

    Parameters
    ----------
    value : the number, half-width
    cert_type : the kind of document in words, or as a book codes it; ``uscc`` for a company's; empty where not stated

    >>> document("11010519491231002x", "身份证"), document("110105491231002", "")
    (('11010519491231002X', None), ('11010519491231002X', None))
    >>> document("E12345678", "护照"), document("AB123456", "护照"), document("110105194912310021", "")
    (('E12345678', None), ('passport:AB123456', None), ('110105194912310021', 'invalid'))
    """
    number = normal_width(re.sub(r"[\s\-()]", "", value).upper()) or value
    stated, _, rest = value.partition(":")
    if rest and stated and not cert_type:
        key, flag = document(rest, stated)
        return (number, flag) if flag else (key, flag)
    kind = _kind(cert_type)
    shape, key = _recognised(number)
    if kind == "uscc":
        return number, None if _is_uscc(number) else "invalid"
    if shape and (not kind or kind == shape or kind == "other" or {kind, shape} <= _PERSONAL):
        return key, None
    if not kind or kind in ("resident", "permit") or re.fullmatch(r"(?a)\d{15}|\d{17}[\dX]", number) or len(number) < 5:
        return number, "invalid"
    return f"{kind if kind != 'other' else fold(cert_type)}:{number}", None


def _kind(cert_type: str) -> str:
    return _TYPES.get(fold(cert_type), "other" if cert_type else "")


def _recognised(number: str) -> tuple[str | None, str]:
    """The kind that a number's shape and check digit prove, and its key."""
    if _OLD_RESIDENT.match(number) and _born(f"19{number[6:12]}") and int(number[:2]) in _REGIONS:
        body = f"{number[:6]}19{number[6:]}"
        return "resident", body + mod_11_2.calc_check_digit(body)
    if _RESIDENT.match(number) and mod_11_2.is_valid(number) and _born(number[6:14]):
        if number[0] == "9":
            return "foreign", number
        if int(number[:2]) in _REGIONS:
            return ("permit" if number[:2] in ("81", "82", "83") else "resident"), number
    # one in 31 mistyped resident IDs would pass for a company of digits alone; those begin with 9 almost always
    if _is_uscc(number) and (number[0] == "9" or not _RESIDENT.match(number)):
        return "uscc", number
    return next((kind for kind, shape in _SHAPES.items() if shape.match(number)), None), number


def _born(day: str) -> bool:
    try:
        return date(1850, 1, 1) <= date(int(day[:4]), int(day[4:6]), int(day[6:])) <= date(2100, 1, 1)
    except ValueError:
        return False


def _is_uscc(number: str) -> bool:
    return _USCC.match(number) is not None and uscc.calc_check_digit(number[:17]) == number[17]
