"""What an investigator would write of a cash-out merchant, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.money import each_money
from ...graph.words.names import Words, joined
from ..contract import Candidate
from .signs import BURST_DAYS, BURST_TIMES, EARLY, LATE, NAMED_BY, NEAR_LIMIT, SETTLED, SIGNS


def reasons(candidate: Candidate) -> Words:
    """Which loans at the merchant look like cash, by which signs, and which explanations fail."""
    reason = candidate.reason
    told = [_sign(sign, reason) for sign in SIGNS if reason["signs"][sign]]
    zh, en = joined([_what(reason), *told, _tried(candidate)])
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def _what(reason: Mapping[str, Any]) -> Words:
    lent = each_money(reason["lent"]) if reason["lent"] else Words("金额不详", "of unknown amount")
    zh = f"在该商户的{reason['sales']}笔贷款中，{reason['customers']}名客户的{reason['cash']}笔（{lent.zh}）有套现迹象"
    en = (
        f"of {reason['sales']} loans at this merchant, {reason['cash']} of {reason['customers']} customers ({lent.en}) "
    )
    en += "show signs of cashing out"
    if reason["first"]:
        zh, en = (
            f"{zh}，申请日期{reason['first']}至{reason['last']}",
            f"{en}, applied for from {reason['first']} to {reason['last']}",
        )
    return Words(zh, en)


def _sign(sign: str, reason: Mapping[str, Any]) -> Words:
    shown, usual = reason["signs"][sign], reason["usual"][sign]
    words = _SIGNS[sign](reason)
    return Words(
        f"{shown}笔{words.zh}（其他商户估计为{usual:g}%）",
        f"{shown} {words.en} (estimated at {usual:g} % elsewhere)",
    )


def _returned(reason: Mapping[str, Any]) -> Words:
    days, share, middle = reason["back_days"], round(100 * reason["least_back"]), round(100 * reason["back_middle"])
    return Words(
        f"在放款后{days:g}天内由商户或其控制人的账户直接或经一个账户转回借款人，单次不少于贷款的{share}%，"
        f"每笔合计的中位数为贷款的{middle}%",
        f"had money go back to the borrower within {days:g} days, from accounts of the merchant or of who controls it,"
        f" straight or by way of one account, at least {share} % of the loan at once and {middle} % in all in the"
        " median",
    )


_SIGNS = {
    "returned": _returned,
    "refunded": lambda reason: Words("的订单记为已退款", "have an order on record as refunded"),
    "undelivered": lambda reason: Words(
        f"的订单放款{SETTLED}天后仍无发货或送达记录",
        f"have an order that shows no dispatch or delivery, {SETTLED} days after payment",
    ),
    "at_limit": lambda reason: Words(
        f"用到额度的{NEAR_LIMIT:.0%}以上", f"took {NEAR_LIMIT:.0%} of the credit limit or more"
    ),
    "off_hours": lambda reason: Words(
        f"在{LATE}点至次日{EARLY}点申请", f"were applied for between {LATE}:00 and {EARLY}:00"
    ),
    "burst": lambda reason: Words(
        f"申请时前后{BURST_DAYS}天内该商户的贷款达到平时的{BURST_TIMES:g}倍以上",
        f"fell in {BURST_DAYS} days with {BURST_TIMES:g} times as many loans at the merchant as usual, or more",
    ),
    "tied": lambda reason: Words(
        f"的客户填报了商户、其控制人或其他客户的电话，或与该商户至少{NAMED_BY - 1}名其他客户填报同一电话",
        "are of customers who name a phone of the merchant, of who controls it or of another customer, or one that at "
        f"least {NAMED_BY - 1} other customers name",
    ),
}


def _tried(candidate: Candidate) -> Words:
    why = joined(tried.why for tried in candidate.explanations)
    return Words(f"其他解释：{why.zh}", f"other explanations: {why.en}")
