"""Whether the look of values speaks for a canonical column or against it."""

from __future__ import annotations

from ..schema.columns import Column, fold
from .looks import Look

AGREES, SPEAKS, SILENT, AGAINST = 2, 1, 0, -1
"""The look proves the type; it fits it, as it would fit others; it says nothing; it contradicts."""


def fits(column: Column, look: Look) -> int:
    """How the look of a column's values stands to a canonical column."""
    if not look.count:
        return SILENT
    return _BY_TYPE.get(column.type, _text)(column, look)


def _number(column: Column, look: Look) -> int:
    if look.mostly("mobile", "resident", share=0.5) or look.mostly("civil", share=0.5):
        return AGAINST
    if column.name == "ratio" and look.mostly("percent_sign", "number", share=0.9):
        return SPEAKS if look.high <= 100 else AGAINST
    if not look.mostly("number", share=0.9):
        return AGAINST
    if column.within is None:
        return AGREES if look.shares["fraction"] > 0.05 else SPEAKS
    return _within(column, look)


def _within(column: Column, look: Look) -> int:
    low, high = column.within or (0, 0)
    inside = low <= look.low and look.high <= high
    return (AGREES if look.shares["fraction"] > 0.5 else SPEAKS) if inside else AGAINST


def _integer(column: Column, look: Look) -> int:
    return SPEAKS if look.mostly("whole", share=0.9) and look.high < 100_000 else AGAINST


def _time(column: Column, look: Look) -> int:
    if look.mostly("time", share=0.9):
        return AGREES if look.shares["civil"] > 0.5 or look.low > 1e9 else SPEAKS
    return SPEAKS if look.mostly("seconds", share=0.9) else AGAINST


def _choice(column: Column, look: Look) -> int:
    known = {fold(word) for one, others in column.words.items() for word in (one, *others)}
    if look.mostly("civil", "fraction", "mobile", share=0.5):
        return AGAINST
    if look.words & known:
        return AGREES
    return SILENT if column.open and look.words else AGAINST


def _name(column: Column, look: Look) -> int:
    if _numeric(look) or look.mostly("email", "civil", "boolean", "address", share=0.5):
        return AGAINST
    if look.mostly("company", share=0.5):
        return AGAINST
    return AGREES if look.mostly("person") and look.distinct > 0.3 * look.count else SILENT


def _text(column: Column, look: Look) -> int:
    if column.name in ("name", "partner_name"):
        if _numeric(look) or look.mostly("civil", share=0.5):
            return AGAINST
        return AGREES if look.mostly("company", share=0.5) else SILENT
    if column.name.endswith(("_id", "_no")) or column.name == "counter_of":
        return _key(look)
    wrong = ("civil", "mobile", "resident", "fraction", *_INSTEAD.get(column.name, ()))
    return AGAINST if look.mostly(*wrong, share=0.5) else SILENT


_INSTEAD = {
    "auditor": ("surname", "staff"),
    "lender": ("surname", "staff", "branch"),
    "relation": ("corporate",),
}
"""What stands in columns that bear the same words for something else: who checked the row, which branch of the bank,
what companies are to each other."""


def _node(column: Column, look: Look) -> int:
    """Of the key of any kind of node: mobiles and documents among them."""
    return AGAINST if look.mostly("civil", "boolean", "fraction", share=0.5) else SILENT


def _key(look: Look) -> int:
    """Of a number of something: any text but a time, an amount, an address or a yes."""
    if look.shares["fraction"] > 0.05 or look.mostly("address", "boolean", "email", "percent_sign", share=0.5):
        return AGAINST
    if look.mostly("civil", share=0.5) and look.hardly("digits"):
        return AGAINST
    return SPEAKS if look.mostly("code") else SILENT


def _party(column: Column, look: Look) -> int:
    if look.mostly("mobile", "card", "resident", share=0.5):
        return AGAINST
    return _key(look)


def _ref(column: Column, look: Look) -> int:
    companies = look.mostly("company", share=0.5) and column.kind != "company"
    if companies or look.mostly("mobile", share=0.5):
        return AGAINST
    return _key(look)


def _identifier(column: Column, look: Look) -> int:
    return _BY_KIND[column.kind or ""](column, look)


def _phone(column: Column, look: Look) -> int:
    if look.mostly("mobile", "landline", "foreign_phone", share=0.5):
        return AGREES
    if look.mostly("email", "resident", "uscc", "civil", "ip", "mac", "address", "company", "person", share=0.3):
        return AGAINST
    return SILENT if look.mostly("masked", share=0.3) or look.mostly("digits") else AGAINST


def _document(column: Column, look: Look) -> int:
    companies = column.name == "uscc"
    if look.mostly("uscc" if companies else "resident", share=0.5):
        return AGREES
    if look.mostly(
        "mobile", "email", "civil", "fraction", "person", "company", "address", "ip", "mac", "boolean", share=0.3
    ):
        return AGAINST
    return SILENT


def _account(column: Column, look: Look) -> int:
    if look.mostly("mobile", "resident", "uscc", "email", "person", "company", "ip", "mac", share=0.3):
        return AGAINST
    if _key(look) == AGAINST:
        return AGAINST
    return AGREES if look.mostly("card", share=0.5) else SPEAKS if look.mostly("code") else SILENT


def _device(column: Column, look: Look) -> int:
    if column.name == "imei" and look.mostly("imei", share=0.5):
        return AGREES
    if look.mostly("mobile", "resident", "uscc", "email", "person", "company", "ip", share=0.3):
        return AGAINST
    return _key(look)


def _ip(column: Column, look: Look) -> int:
    return AGREES if look.mostly("ip", share=0.6) else SILENT if look.mostly("masked", share=0.3) else AGAINST


def _wifi(column: Column, look: Look) -> int:
    if look.mostly("mac", share=0.6):
        return AGREES
    return AGAINST if look.mostly("ip", "mobile", "civil", "number", share=0.3) else SILENT


def _address(column: Column, look: Look) -> int:
    if look.mostly("address", share=0.5):
        return AGREES
    return AGAINST if _numeric(look) or look.mostly("email", "civil", "ip", "mac", share=0.3) else SILENT


def _email(column: Column, look: Look) -> int:
    return AGREES if look.mostly("email", share=0.6) else SILENT if look.mostly("masked", share=0.3) else AGAINST


def _words(column: Column, look: Look) -> int:
    if column.kind == "employer" and look.mostly("company", share=0.4):
        return AGREES
    wrong = look.mostly("mobile", "landline", "resident", "civil", "fraction", "email", share=0.3)
    return AGAINST if wrong or (column.kind == "employer" and _numeric(look)) else SILENT


def _numeric(look: Look) -> bool:
    return look.mostly("number", share=0.5) or look.mostly("mobile", "landline", "foreign_phone", "resident", share=0.5)


_BY_TYPE = {
    "number": _number,
    "integer": _integer,
    "time": _time,
    "choice": _choice,
    "personal_name": _name,
    "party": _party,
    "ref": _ref,
    "identifier": _identifier,
    "node": _node,
}
_BY_KIND = {
    "phone": _phone,
    "id_document": _document,
    "account": _account,
    "device": _device,
    "ip": _ip,
    "wifi": _wifi,
    "address": _address,
    "email": _email,
    "employer": _words,
    "channel": _words,
}
