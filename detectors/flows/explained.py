"""The innocent explanations that are tried of a flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.money import money
from ...graph.words.names import Words
from ..contract import Explanation

OWN_MONEY, FAMILY, REFUND = "own_money", "family", "refund"
TWINS = {
    OWN_MONEY: Words("自有资金", "money of one's own"),
    FAMILY: Words("亲属间往来", "money within a family"),
    REFUND: Words("退货退款", "a refund"),
}
"""What looks like a flow and is none; what one of them explains is not reported."""


def explanations(reason: Mapping[str, Any]) -> list[Explanation]:
    """What was tried, in this order, and whether it fits.

    Parameters
    ----------
    reason : as the dossier gives it
    """
    tried = [Explanation(OWN_MONEY, not reason["told"], _own_money(reason))]
    if reason["back"]:
        tried += [
            Explanation(FAMILY, reason["kin"], _family(reason)),
            Explanation(REFUND, reason["refunded"] and reason["short_of"] is None, _refund(reason)),
        ]
    return tried


def _own_money(reason: Mapping[str, Any]) -> Words:
    other, rule = money(reason["can"] - reason["convention"]), reason["rule"]
    zh, en = (
        f"自有资金：按{rule[0]}，其中{other.zh}为账户里的其他资金",
        f"own money: {rule[1]}, {other.en} of it was other money in these accounts",
    )
    if reason["by_convention"] or not reason["told"]:
        return Words(zh, en)
    if reason["by_merchant"]:
        return Words(
            f"{zh}；但款项正是付给该商户后转回的",
            f"{en}; yet it came back from the merchant to whom it had been paid",
        )
    return Words(
        f"{zh}；但按各账户平时的转账，这样依次转出凑巧发生的次数预计不到{_few(reason['by_chance'])}次",
        f"{en}; yet by what these accounts send otherwise, fewer than {_few(reason['by_chance'])} such ways are to be "
        "expected in the book by chance",
    )


def _few(number: float) -> str:
    """A number above it in plain digits: 0.05, 0.001, at least a millionth.

    >>> _few(0.03), _few(0.0004), _few(1e-12)
    ('0.05', '0.001', '0.000001')
    """
    for least in (0.000001, 0.00001, 0.0001, 0.001, 0.01):
        if number < least:
            return f"{least:f}".rstrip("0")
    return "0.05"


def _family(reason: Mapping[str, Any]) -> Words:
    if reason["kin"]:
        return Words(
            "亲属间往来：经手的人都是借款人亲属", "a family: all whose accounts it passed are kin of the borrower"
        )
    return Words(
        "亲属间往来：未发现经手的人都是借款人亲属",
        "a family: those whose accounts it passed are not all known as kin of the borrower",
    )


def _refund(reason: Mapping[str, Any]) -> Words:
    if reason["short_of"] is not None:
        price = money(reason["short_of"])
        return Words(
            f"退货退款：转回的都记为退款，但少于订单金额{price.zh}，而订单没有发货或送达记录",
            f"a refund: all that came back is on record as one, yet it falls short of the {price.en} of the order, and "
            "no goods are on record as sent",
        )
    if reason["refunded"]:
        return Words("退货退款：转回的都记为退款", "a refund: all that came back is on record as one")
    return Words("退货退款：转回的并非都记为退款", "a refund: not all that came back is on record as one")
