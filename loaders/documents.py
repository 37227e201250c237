"""Identity documents of people and companies: which kind a number is of, and whether it can exist.

Sources: GB 11643 (resident ID) and GB 32100 (unified social credit code), both with check characters after ISO 7064.
"""

from __future__ import annotations

import re
from datetime import date

from .clean import normal_width
from .mapping import fold

_RESIDENT = re.compile(r"^\d{17}[\dX]$")
_OLD_RESIDENT = re.compile(r"^\d{15}$")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_REGIONS = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 91}
)
_USCC = re.compile(r"^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$")
_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPES = {
    "passport": re.compile(r"^(?:E[0-9A-Z]\d{7}|[DGPS]\d{8}|(?:DE|SE|PE)\d{7}|1[45]\d{7})$"),
    "travel_permit": re.compile(r"^[HM]\d{8}(?:\d{2})?$"),
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
_TYPES = {fold(word): kind for kind, words in _WORDS.items() for word in words}


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
    kind = _TYPES.get(fold(cert_type), "other" if cert_type else "")
    shape, key = _recognised(number)
    if kind == "uscc":
        return number, None if _is_uscc(number) else "invalid"
    if shape and (not kind or kind == shape or kind == "other" or {kind, shape} <= {"resident", "permit", "foreign"}):
        return key, None
    if not kind or kind in ("resident", "permit") or re.fullmatch(r"\d{15}|\d{17}[\dX]", number) or len(number) < 5:
        return number, "invalid"
    return f"{kind if kind != 'other' else fold(cert_type)}:{number}", None


def _recognised(number: str) -> tuple[str | None, str]:
    """The kind that a number's shape and check digit prove, and its key."""
    if _OLD_RESIDENT.match(number) and _born(f"19{number[6:12]}") and int(number[:2]) in _REGIONS:
        body = f"{number[:6]}19{number[6:]}"
        return "resident", body + _check(body)
    if _RESIDENT.match(number) and _check(number[:17]) == number[17] and _born(number[6:14]):
        if number[0] == "9":
            return "foreign", number
        if int(number[:2]) in _REGIONS:
            return ("permit" if number[:2] in ("81", "82", "83") else "resident"), number
    # one in 31 mistyped resident IDs would pass for a company of digits alone; those begin with 9 almost always
    if _is_uscc(number) and (number[0] == "9" or not _RESIDENT.match(number)):
        return "uscc", number
    return next((kind for kind, shape in _SHAPES.items() if shape.match(number)), None), number


def _check(body: str) -> str:
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _born(day: str) -> bool:
    try:
        return date(1850, 1, 1) <= date(int(day[:4]), int(day[4:6]), int(day[6:])) <= date(2100, 1, 1)
    except ValueError:
        return False


def _is_uscc(number: str) -> bool:
    if not _USCC.match(number):
        return False
    total = sum(_USCC_CHARACTERS.index(character) * pow(3, place, 31) for place, character in enumerate(number[:17]))
    return _USCC_CHARACTERS[(31 - total % 31) % 31] == number[17]
