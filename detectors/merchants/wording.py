"""What an investigator would write of a cash-out merchant, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.money import each_money
from ...graph.words.names import Words, joined
from ..contract import Candidate
from .signs import BURST_DAYS, BURST_TIMES, EARLY, LATE, NEAR_LIMIT, SETTLED, SIGNS, USUAL_DAYS
from .spent import SPENT_DAYS
from .ties import NAMED_BY


def reasons(candidate: Candidate) -> Words:
    """Which loans at the merchant look like cash, by which signs, and which explanations fail."""
    reason = candidate.reason
    told = [_sign(sign, reason) for sign in SIGNS if reason["signs"][sign]]
    spent = [_spent(reason)] if reason["spent"] else []
    zh, en = joined([_what(reason), *spent, *told, _tried(candidate)])
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def _what(reason: Mapping[str, Any]) -> Words:
    lent, cash = _lent(reason), reason["cash"]
    loans = f"{cash} loan{'s' if cash != 1 else ''}"
    zh = f"该商户的{reason['sales']}笔贷款中，{reason['customers']}名客户的{cash}笔（{lent.zh}）有套现迹象"
    whose = f"{reason['customers']} customer{'s' if reason['customers'] != 1 else ''}"
    en = f"of {reason['sales']} loans at this merchant, {loans} of {whose} ({lent.en}) show signs of cashing out"
    if reason["first"]:
        zh = f"{zh}，申请日期{reason['first']}至{reason['last']}"
        en = f"{en}, applied for from {reason['first']} to {reason['last']}"
    return Words(
        f"{zh}（以下括号内为其他商户同类贷款的比率，同业优先，经平滑估计）",
        f"{en} (in brackets how often loans at other merchants do, a smoothed estimate, of its line of business first)",
    )


def _spent(reason: Mapping[str, Any]) -> Words:
    count = reason["spent"]
    return Words(
        f"其中{count}笔到账后{SPENT_DAYS}天内大部分转付该商户",
        f"of {count} of these most was passed on to the merchant within {SPENT_DAYS} days of being paid out",
    )


def _lent(reason: Mapping[str, Any]) -> Words:
    unknown = reason["unknown_amounts"]
    if not reason["lent"]:
        return Words("金额不详", "of unknown amount")
    lent = each_money(reason["lent"])
    if not unknown:
        return lent
    return Words(f"{lent.zh}，另有{unknown}笔金额不详", f"{lent.en}, and {unknown} of unknown amount")


def _sign(sign: str, reason: Mapping[str, Any]) -> Words:
    shown, often, words = reason["signs"][sign], reason["usual"][sign], _SIGNS[sign](reason)
    rate = Words(f"{often:g}%", f"{often:g} %") if often >= 0.1 else Words("不到0.1%", "below 0.1 %")
    return Words(f"{shown}笔{words.zh}（{rate.zh}）", f"{shown} {words.en} ({rate.en})")


def _returned(reason: Mapping[str, Any]) -> Words:
    days, share, middle = reason["back_days"], 100 * reason["least_back"], round(100 * reason["back_middle"])
    return Words(
        f"在放款（或转付）后{days:g}天内有款项由商户或其控制人的账户直接或经一个账户转回借款人，单次不少于贷款的{share:g}%，"
        f"有转回的贷款合计转回比例的中位数为{middle}%",
        f"with money that went back to the borrower within {days:g} days of payment, from accounts of the merchant or "
        f"of who controls it, straight or by way of one account, at least {share:g} % of the loan at once and in the "
        f"median {middle} % of a loan with money back",
    )


_SIGNS = {
    "returned": _returned,
    "refunded": lambda reason: Words("的订单记为已退款", "with an order on record as refunded"),
    "undelivered": lambda reason: Words(
        f"的订单放款（或转付）{SETTLED}天后仍无发货、送达或退款记录",
        f"with an order that shows no dispatch, delivery or refund, more than {SETTLED} days after payment",
    ),
    "at_limit": lambda reason: Words(
        f"用到额度的{NEAR_LIMIT:.0%}以上", f"at {100 * NEAR_LIMIT:g} % of the credit limit or more"
    ),
    "off_hours": lambda reason: Words(
        f"在{LATE}点至次日{EARLY}点申请", f"applied for between {LATE}:00 and {EARLY}:00"
    ),
    "burst": lambda reason: Words(
        f"申请于{BURST_DAYS}天内，期间该商户的贷款达到其（至少{USUAL_DAYS}天的）平均的{BURST_TIMES}倍以上",
        f"applied for in {BURST_DAYS} days with at least {BURST_TIMES} times as many loans at the merchant as on its "
        f"average (over at least {USUAL_DAYS} days)",
    ),
    "tied": lambda reason: Words(
        f"的客户填报了商户、其控制人或其他客户的电话，或与该商户至少{NAMED_BY - 1}名其他客户填报同一电话",
        "of customers who name a phone of the merchant, of who controls it or of another customer, or one that at "
        f"least {NAMED_BY - 1} other customers name",
    ),
}


def _tried(candidate: Candidate) -> Words:
    why = joined(tried.why for tried in candidate.explanations)
    return Words(f"其他解释：{why.zh}", f"other explanations: {why.en}")
