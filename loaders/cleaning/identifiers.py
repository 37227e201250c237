"""Normal forms of identifiers: what makes two spellings one node, and which values link no one.

=============  =================================================================================================

id_document    resident ID: 18 digits with check digit, the older 15 converted; HK/Macau/Taiwan residence permits
               (81, 82, 83) and foreign permanent residents (9…) likewise; USCC: 18 characters with check character;
               passports and travel permits by their shape; any other kind of document that ``cert_type`` names keeps
               that name in its key, ``<cert_type>:<number>``, so that equal numbers of two kinds are two documents
phone          mobiles to E.164; landlines and service numbers too, flagged
account        digits without blanks and dashes; as it stands where it has letters
device         IMEI as digits; other ids as they stand, hexadecimal ones in lower case
ip             IPv4; IPv6 by its /64
wifi           a MAC address in lower case with colons; other names in lower case
address        NFKC in lower case, without white space and punctuation, but a dash where it parts two digits or letters
               (``1-12`` is not ``11-2``); a place is the cell of 0.001 degrees (about 100 m) around it
email          lower case
employer       NFKC, runs of white space as one blank; channels likewise; persons' names without white space
=============  =================================================================================================


Flags: ``sentinel`` (on the stop-list) and ``invalid`` (no such number can exist, or it is masked) link no one;
``landline`` is shared by many; ``luhn`` only warns: a card number whose check digit is wrong still links.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Set
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from stdnum import luhn

from ...graph.keys import KeyFile, is_token
from ..vectors import TEXT, has_byte, matches, paired, present, spread, text, where
from . import check_digits
from .documents import document
from .usual import usual
from .values import failed, half_width, normal_width, scientific, visible

if TYPE_CHECKING:
    import pandas as pd

CELL_DIGITS = 3
"""Decimals of a degree that name a place cell: 0.001° is about 111 m north to south, in China 60 to 100 m across."""

NO_LINK = ("sentinel", "invalid")
"""Flags of values that link no one: each row that has one gets a node of its own."""

_MOBILE = re.compile(r"(?a)^0?(1[3-9]\d{9})$")
_HOTLINE = re.compile(r"(?a)^(?:[48]00\d{7}|9[56]\d{3,6}|11[02479]|12[02]|1[0-2]\d{3})$")
_LANDLINE = re.compile(r"(?a)^0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}$")
_SEPARATORS = re.compile(r"[\s\-‐‑–—−().·/]+")
_EVERYWHERE = [
    ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # private
        *("100.64.0.0/10", "64:ff9b::/96"),  # behind a carrier's gate: CGNAT, NAT64
        *("127.0.0.0/8", "169.254.0.0/16", "fe80::/10", "fc00::/7"),  # the machine, the cable, the house
    )
]
"""Networks whose addresses are used again in every house (IANA's special-purpose registries)."""
_GAPS = re.compile(r"[\s\-‐‑–—−]+")
"""What parts groups of digits. A point or a stroke may be part of the number: ``12/34`` is not ``1/234``."""
_PUNCTUATION = re.compile(r"[\W_]+")
_FLOAT = r"^([0-9]{1,15})\.0+$"
"""A whole number that a program kept as a decimal one; up to 15 digits none is lost."""
_LONG_FLOAT = r"^[0-9]{16,}\.0+$"
_MASKED = r"(?i)[*•●×]{2}|[0-9]x{3,}[0-9]|^[^*]\*$"
"""Signs in place of what is not shown: a masked value names thousands."""
_NUMBERS = ("phone", "account", "device", "id_document")


def normalise(kind: str, values: pd.Series, plain: bool = False, forms: pd.Series | str | None = None) -> pd.DataFrame:
    """Node keys of identifiers of one kind, by column.

    Parameters
    ----------
    kind : kind of node
    values : text, missing where blank
    plain : take the text as it is: no normal form, no check, no stop-list
    forms : of an ``id_document``: the column of ``cert_type``, or ``uscc`` for all; of an ``account``: ``card``

    Returns
    -------
    columns ``key`` (missing where blank or unreadable) and ``flag`` (missing where there is nothing to say;
    ``unreadable`` for a number in scientific notation or the error of a formula), with the index of ``values``
    """
    import pandas as pd

    column = text(values)
    form = text([forms] * len(column)) if forms is None or isinstance(forms, str) else text(forms)
    stated, distinct_values, codes = paired(form, column)
    keys, flags = normal_values(kind, distinct_values, stated, plain)
    frame = {"key": spread(keys, codes).to_pandas(), "flag": spread(flags, codes).to_pandas()}
    return pd.DataFrame(frame).set_index(values.index)


def normal_values(
    kind: str, values: pa.Array, forms: pa.Array, plain: bool, own: Set[str] = frozenset()
) -> tuple[pa.Array, pa.Array]:
    """``normalise`` of values of which none is missing, best of distinct ones: keys and flags.

    Parameters
    ----------
    own : normal forms that link no one either, as those of the stop-list
    """
    if plain or kind not in _NORMAL:
        return values, pa.nulls(len(values), TEXT)
    values = pc.utf8_trim_whitespace(half_width(visible(values)))
    unreadable = scientific(values) | failed(values)
    if kind in _NUMBERS and has_byte(values, "."):
        unreadable = unreadable | matches(values, _LONG_FLOAT)
        values = pc.replace_substring_regex(values, _FLOAT, r"\1")
    known, keys, flags = usual(kind, values, forms)
    known &= ~(unreadable | _means_nothing(kind, values))
    if kind == "account":
        flags = where(~_bad_card(values, forms), flags, pa.scalar("luhn", TEXT))
    if not known.all():
        others = np.flatnonzero(~known)
        texts, stated = values.take(pa.array(others)).to_pylist(), forms.take(pa.array(others)).to_pylist()
        pairs = [read(kind, value, form) for value, form in zip(texts, stated, strict=True)]
        codes = np.full(len(values), -1)
        codes[others] = np.arange(len(others))
        keys = where(known, keys, spread(text([key for key, _ in pairs]), codes))
        flags = where(known, flags, spread(text([flag for _, flag in pairs]), codes))
    flags = where(~matches(values, _MASKED), flags, pa.scalar("invalid", TEXT))
    flags = where(~_is_sentinel(kind, keys, own), flags, pa.scalar("sentinel", TEXT))
    if unreadable.any():
        keys, flags = where(~unreadable, keys), where(~unreadable, flags, pa.scalar("unreadable", TEXT))
    return keys, flags


def masked(column: pa.Array) -> np.ndarray:
    """bool by row: does the value have signs in place of what is not shown?"""
    return matches(half_width(column), _MASKED)


def read(kind: str, value: str, form: str) -> tuple[str, str | None]:
    """Key and flag of one value, half-width and trimmed, as ``usual`` gives them where a pattern does."""
    key, flag = _NORMAL[kind](value, form)
    if value.lower() in sentinels()[kind]:
        return value, flag  # a word of the stop-list may be all punctuation
    # letters may compose once what stood between them is gone
    return key if key.isascii() else normal_width(key), flag


def normal_form(kind: str, value: str) -> str:
    """The node key of one value given raw, before it becomes a token.

    >>> normal_form("phone", "138 1234-5678"), normal_form("ip", "2001:DB8::1")
    ('+8613812345678', '2001:db8::/64')
    """
    return normal_forms(kind, text([value]))[0].as_py()


def normal_forms(kind: str, values: pa.Array) -> pa.Array:
    """``normal_form`` of many values, best of distinct ones."""
    values = pc.utf8_trim_whitespace(values)
    keys, _ = normal_values(kind, values, text([""] * len(values)), plain=False)
    return where(present(keys) & ~matches(keys, "^$"), keys, values)


def node_name(kind: str, value: str, keys: KeyFile, privacy: Mapping[str, str]) -> str:
    """The name of the node that a value given raw stands for; a token, or a kind that is not personal, stays as it is.

    Parameters
    ----------
    privacy : ``{kind: "personal" | "internal"}`` as the store holds them
    """
    if is_token(value) or kind not in privacy or privacy[kind] == "internal":
        return f"{kind}:{value.strip() if kind not in _NORMAL or is_token(value) else normal_form(kind, value)}"
    return f"{kind}:{keys.token(kind, normal_form(kind, value))}"


def place_cells(latitude: pa.Array, longitude: pa.Array) -> pa.Array:
    """The address keys of the place cells of coordinates in degrees, missing where one of the two is.

    >>> place_cells(pa.array([39.90871]), pa.array([116.39751]))[0].as_py()
    'cell:39.909,116.398'
    """
    pairs = zip(latitude.to_pylist(), longitude.to_pylist(), strict=True)
    return text(
        # adding 0.0 makes one zero of the two
        [
            None
            if lat is None or lon is None
            else f"cell:{round(lat, CELL_DIGITS) + 0.0:.{CELL_DIGITS}f},{round(lon, CELL_DIGITS) + 0.0:.{CELL_DIGITS}f}"
            for lat, lon in pairs
        ]
    )


@cache
def sentinels() -> dict[str, frozenset[str]]:
    """The reviewed stop-list by kind, the words for any kind included."""
    listed = tomllib.loads(Path(__file__).with_name("sentinels.toml").read_text("utf-8"))
    common = listed.pop("any")
    kinds = {*listed, *_NORMAL}
    return {kind: frozenset([*common, *listed.get(kind, [])]) for kind in kinds}


def _bad_card(values: pa.Array, forms: pa.Array) -> np.ndarray:
    """bool by value: is it a card number of digits alone whose length or check digit is wrong?"""
    cards = np.flatnonzero(matches(forms, "^card$") & matches(values, r"^[0-9]+$"))
    sized = cards[matches(values.take(pa.array(cards)), check_digits.CARD)]
    sound = sized[check_digits.card(values.take(pa.array(sized)))]
    bad = np.zeros(len(values), dtype=bool)
    bad[cards] = True
    bad[sound] = False
    return bad


def _means_nothing(kind: str, values: pa.Array) -> np.ndarray:
    """bool by value: does the stop-list have it as it is written, or is it what programs send for no id?"""
    listed = sentinels()[kind] | (_hashes_of_nothing() if kind == "device" else frozenset())
    return pc.is_in(pc.utf8_lower(values), value_set=text(sorted(listed))).to_numpy(zero_copy_only=False)


def _is_sentinel(kind: str, keys: pa.Array, own: Set[str]) -> np.ndarray:
    listed = text(sorted(sentinels()[kind] | own))
    found = pc.or_(pc.is_in(keys, value_set=listed), pc.is_in(pc.utf8_lower(keys), value_set=listed))
    found = found.to_numpy(zero_copy_only=False)
    if kind in _REPEATED:
        digits = pc.replace_substring_regex(keys, r"^\+86|^\+|[\s\-]", "")
        runs = "|".join(f"{digit}{{{_REPEATED[kind]},}}" for digit in range(1, 10))
        found = found | matches(digits, f"^(?:0+|{runs})$")
    return found


def _phone(value: str, _: str) -> tuple[str, str | None]:
    number, extension = _without_extension(value)
    digits = _SEPARATORS.sub("", number)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif re.match(r"(?a)^861[3-9]\d{9}$", digits):
        digits = "+" + digits
    domestic = digits.removeprefix("+86")
    if mobile := _MOBILE.match(domestic):
        return "+86" + mobile[1], None
    if _HOTLINE.match(domestic) or _LANDLINE.match(domestic):
        return "+86" + domestic.lstrip("0") + extension, "landline"
    return _foreign_phone(digits, extension) or (value, "invalid")


def _without_extension(value: str) -> tuple[str, str]:
    parts = re.match(r"(?ai)^(.*?\d{7,8})\s*(?:转|ext\.?|x|[-#*,])\s*(\d{1,6})$", value)
    if parts is None or len(_SEPARATORS.sub("", parts[1])) < 10 or re.match(r"(?a)^[+\d\s-]*1[3-9][\d\s-]+$", value):
        return value, ""
    return parts[1], f";ext={parts[2]}"


def _foreign_phone(digits: str, extension: str) -> tuple[str, str | None] | None:
    """Key and flag of a number that patterns leave open: another country's, or +86 without its trunk 0."""
    if not re.match(r"(?a)^\+\d{6,15}$", digits):
        return None
    import phonenumbers
    from phonenumbers import PhoneNumberType

    try:
        number = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    mobile = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return (key, None) if phonenumbers.number_type(number) in mobile else (key + extension, "landline")


def _account(value: str, form: str) -> tuple[str, str | None]:
    digits = _GAPS.sub("", value)
    if not re.match(r"^[0-9]+$", digits):
        return value, None
    bad_card = form == "card" and not (12 <= len(digits) <= 19 and luhn.is_valid(digits))
    return digits, "luhn" if bad_card else None


def _device(value: str, _: str) -> tuple[str, str | None]:
    digits = _GAPS.sub("", value)
    if re.match(r"^[0-9]{14,16}$", digits):
        return digits, None
    if value.lower() in _hashes_of_nothing():
        return value.lower(), "sentinel"
    return (value.lower() if re.match(r"^[0-9A-Fa-f-]{14,}$", value) else value), None


@cache
def _hashes_of_nothing() -> frozenset[str]:
    """What programs send that hash an id they were not given: the empty text, zeros, a word for nothing."""
    zeros = ("0", "0" * 14, "0" * 15, "0" * 16, "0" * 32, "00000000-0000-0000-0000-000000000000", "02:00:00:00:00:00")
    return frozenset(
        hashlib.new(name, nothing.encode(), usedforsecurity=False).hexdigest()
        for name in ("md5", "sha1", "sha256")
        for nothing in ("", *zeros, "null", "unknown")
    )


def _ip(value: str, _: str) -> tuple[str, str | None]:
    try:
        address = ip_address(value)
    except ValueError:
        return value, "invalid"
    address = address if address.version == 4 else address.ipv4_mapped or address
    flag = "sentinel" if any(address in network for network in _EVERYWHERE) else None
    return str(address) if address.version == 4 else f"{ip_address(int(address) >> 64 << 64)}/64", flag


def _wifi(value: str, _: str) -> tuple[str, str | None]:
    digits = re.sub(r"[:.\-\s]", "", value.lower())
    if re.match(r"^[0-9a-f]{12}$", digits):
        return ":".join(digits[i : i + 2] for i in range(0, 12, 2)), None
    return value.lower(), None


def _address(value: str, _: str) -> tuple[str, str | None]:
    if value.startswith("cell:"):
        return value, None
    lower = value.lower()

    def gap(run: re.Match) -> str:
        before, after = lower[run.start() - 1 : run.start()], lower[run.end() : run.end() + 1]
        parts = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
        return "-" if parts and not run[0].isspace() else " " if parts else ""

    # the blank between two Latin words or numbers parts them too
    return _PUNCTUATION.sub(gap, lower).strip("- ") or lower, None


def _email(value: str, _: str) -> tuple[str, str | None]:
    key = value.lower()
    return key, None if re.match(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", key) else "invalid"


def _words(value: str, _: str) -> tuple[str, str | None]:
    return " ".join(value.split()), None


def _name(value: str, _: str) -> tuple[str, str | None]:
    return "".join(value.split()), None


_NORMAL = {
    "phone": _phone,
    "id_document": document,
    "account": _account,
    "device": _device,
    "ip": _ip,
    "wifi": _wifi,
    "address": _address,
    "email": _email,
    "employer": _words,
    "channel": _words,
    "name": _name,
}
_REPEATED = {"phone": 5, "id_document": 8, "account": 8, "device": 8}
"""Kinds in which a number of one digit repeated is a sentinel, and how long it must be; zeros at any length."""
