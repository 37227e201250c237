"""What an investigator would write of speed and place, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.money import each_money, money
from ...graph.words.names import COMMA, Words, joined
from ..contract import Candidate
from .limits import EVER, Limit

KEYS = {
    "person": (Words("同一人", "one person"), "名申请人", "applicants"),
    "id_document": (Words("同一证件", "one identity document"), "个证件", "identity documents"),
    "phone": (Words("同一本人手机号", "one phone given as own"), "个本人手机号", "phones given as own"),
    "device": (Words("同一部手机", "one handset"), "部手机（门店设备除外）", "handsets, those of shops left out"),
    "card": (
        Words("同一银行卡", "one bank card"),
        "张银行卡（商户及单位账户除外）",
        "bank cards, those of shops and employers left out",
    ),
}
"""What applications are counted on: what it is called, and what all of the book are called."""
COUNTS = {
    "applications": ("申请{}笔", "{} applications", "笔"),
    "lenders": ("向{}家机构申请", "applications to {} lenders", "家"),
    "people": ("供{}人申请", "applications of {} people", "人"),
    "devices": ("用{}部手机申请", "applications on {} handsets", "部"),
    "phones": ("用{}个本人手机号申请", "applications with {} own phones", "个"),
    "names": ("以{}个姓名申请", "applications under {} names", "个"),
}
LENDERS = {
    "any": Words("", ""),
    "bank": Words("（银行）", " to banks"),
    "nonbank": Words("（非银机构）", " to non-banks"),
}
UNITS = {"hour": "小时", "day": "天", "month": "个月"}
OF = {
    "draws": ("名借款人", "borrowers"),
    "new_card": ("张开户日期已知的收款卡", "cards that received loans and whose opening is on record"),
    "night_card": ("张开户日期已知的收款卡", "cards that received loans and whose opening is on record"),
    "moved_out": ("笔已放款贷款", "loans paid out"),
    "polishing": ("名借款人", "borrowers"),
    "far": ("名在门店申请且有定位的申请人", "people who applied at shops from a known position"),
}
"""Of what those are counted who show a sign."""


def reasons(candidate: Candidate) -> Words:
    """Each sign with its figures and how rare it is, and the innocent explanations that were tried."""
    told = [_SAID.get(sign["sign"], _limit)(sign) for sign in candidate.reason["signs"]]
    zh, en = joined([*told, *_tried(candidate)])
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def _limit(sign: Mapping[str, Any]) -> Words:
    keys = joined((KEYS[key][0] for key in sign["keys"]), Words("、", " and "))
    zh, en, unit = COUNTS[sign["count_of"]]
    lenders, window = LENDERS[sign["lender_kind"]], _window(sign["window"])
    have = "have" if len(sign["keys"]) > 1 else "has"
    _, all_zh, all_en = KEYS[sign["keys"][0]]
    return Words(
        f"{keys.zh}{window.zh}{zh.format(sign['count'])}{lenders.zh}（{_days(sign).zh}，限额{sign['limit']}{unit}，"
        f"{_rare(sign, all_zh, all_en).zh}）",
        f"{keys.en} {have} {en.format(sign['count'])}{lenders.en}{window.en} ({_days(sign).en}, the limit is "
        f"{sign['limit']}, {_rare(sign, all_zh, all_en).en})",
    )


def counted_words(limit: Limit, count: int) -> Words:
    """How many of what a limit counts there are, on what, within which time."""
    key, lenders, window = KEYS[limit.key][0], LENDERS[limit.lender_kind], _window(limit.window)
    return Words(
        f"{key.zh}{window.zh}最多{COUNTS[limit.count][0].format(count)}{lenders.zh}",
        f"{key.en}{window.en}, {limit.count}{lenders.en} counted: {count}",
    )


def _window(window: str) -> Words:
    if window == EVER:
        return Words("历次", " at any time")
    number, unit = window.split()
    return Words(f"{number}{UNITS[unit.removesuffix('s')]}内", f" within {window}")


def _days(sign: Mapping[str, Any]) -> Words:
    first, last = sign["first"], sign["last"]
    return Words(first, f"on {first}") if first == last else Words(f"{first}至{last}", f"from {first} to {last}")


def _rare(sign: Mapping[str, Any], zh: str, en: str) -> Words:
    of, count = f"{sign['of']:,}", f"{sign['reached']:,}"
    return Words(f"全库{of}{zh}中{count}例", f"as {'does' if count == '1' else 'do'} {count} of {of} {en}")


def _sign(sign: Mapping[str, Any], zh: str, en: str) -> Words:
    rare = _rare(sign, *OF[sign["sign"]])
    return Words(f"{zh}（{_days(sign).zh}，{rare.zh}）", f"{en} ({_days(sign).en}, {rare.en})")


def _drawn(sign: Mapping[str, Any]) -> Words:
    if not sign["amount"]:
        return Words("", "")
    amount = each_money(sign["amount"])
    return Words(f"共{amount.zh}", f" of {amount.en} in all")


def _loans(count: int) -> str:
    return f"{count} loan{'s' if count > 1 else ''}"


def _several(sign: Mapping[str, Any]) -> Words:
    drawn, count = _drawn(sign), sign["count"]
    return _sign(sign, f"24小时内支用贷款{count}笔{drawn.zh}", f"{_loans(count)}{drawn.en} drawn within 24 hours")


def _card(sign: Mapping[str, Any]) -> Words:
    drawn, count, opened = _drawn(sign), sign["count"], sign["opened"]
    night = sign["sign"] == "night_card"
    return _sign(
        sign,
        f"{opened}{'夜间' if night else ''}新开的银行卡24小时内收到放款{count}笔{drawn.zh}",
        f"a card opened {'at night ' if night else ''}on {opened} received {_loans(count)}{drawn.en} within 24 hours",
    )


def _moved(sign: Mapping[str, Any]) -> Words:
    drawn, moved = _drawn(sign), money(sign["moved"])
    return _sign(
        sign,
        f"用满额度的贷款{drawn.zh}到账后{sign['hours']}小时内转出{moved.zh}",
        f"of a loan{drawn.en} that takes the whole limit {moved.en} was moved out within {sign['hours']} hours",
    )


def _polishing(sign: Mapping[str, Any]) -> Words:
    gap, small, count = round(sign["gap"] / 86_400_000), money(sign["small"]), sign["count"]
    return _sign(
        sign,
        f"全部{count}笔贷款均不超过{small.zh}，约每{gap}天一笔，间隔规律，疑似信用美容",
        f"all {_loans(count)} are of {small.en} or less, one about every {gap} days, as if to polish a record",
    )


def _far(sign: Mapping[str, Any]) -> Words:
    km = round(sign["count"])
    return _sign(
        sign, f"在门店申请时定位距门店约{km:,}公里", f"an application at a shop was made about {km:,} km from it"
    )


_SAID = {
    "draws": _several,
    "new_card": _card,
    "night_card": _card,
    "moved_out": _moved,
    "polishing": _polishing,
    "far": _far,
}


def _tried(candidate: Candidate) -> list[Words]:
    fits = joined((tried.why for tried in candidate.explanations if tried.fits), COMMA)
    fails = joined((tried.why for tried in candidate.explanations if not tried.fits), Words("；", "; "))
    told = [Words(f"可能的无辜解释：{fits.zh}", f"an innocent explanation that fits: {fits.en}")] if fits.zh else []
    return [*told, Words(f"无辜解释逐一排除：{fails.zh}", f"innocent explanations that fail: {fails.en}")][
        : len(told) + bool(fails.zh)
    ]
