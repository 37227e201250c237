"""What an investigator would write of an intermediary, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.money import each_money, money
from ...graph.words.names import COMMA, Words, joined
from ..contract import Candidate
from .templates import GAP

HUBS = {
    "handset": ("部手机", "handset", "handsets"),
    "account": ("个账户", "account", "accounts"),
    "phone": ("个本人手机号", "own phone number", "own phone numbers"),
    "email": ("个邮箱", "e-mail address", "e-mail addresses"),
    "contact": ("个联系电话", "contact's phone", "contacts' phones"),
    "channel": ("个渠道或销售", "channel or salesperson", "channels or salespeople"),
    "employer": ("个开头相同的单位名称", "employer", "employers whose names begin alike"),
    "network": ("个Wi-Fi或IP", "Wi-Fi or internet address", "Wi-Fis and internet addresses"),
    "address": ("个地址", "address", "addresses"),
}
"""What an intermediary works through, and what one and several of them are called."""


def reasons(candidate: Candidate) -> Words:
    """Who came through what, when, what they carry, what ties them otherwise, and which explanations fail."""
    reason = candidate.reason
    parts = [_what(candidate), _when(reason), _alike(reason), _bad(reason), _ties(reason), _tried(candidate)]
    zh, en = joined(part for part in parts if part is not None)
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def _what(candidate: Candidate) -> Words:
    clients, reason = int(candidate.measures["clients"]), candidate.reason
    hubs = joined((_hub(hub) for hub in reason["hubs"]), COMMA)
    return Words(f"{clients}名申请人背后是{hubs.zh}", f"behind {clients} applicants stand {hubs.en}")


def _hub(hub: Mapping[str, Any]) -> Words:
    word, one, several = HUBS[hub["kind"]]
    count, most = hub["count"], hub["most"]
    used = _SAID.get(hub["kind"], _used)(hub)
    upto = Words("最多", "up to ") if count > 1 and hub["kind"] != "employer" else Words("", "")
    named = several if count > 1 else one
    return Words(f"{count}{word}（{upto.zh}{most}人{used.zh}）", f"{count} {named} ({upto.en}{most} {used.en})")


def _used(hub: Mapping[str, Any]) -> Words:
    others = hub["others"]
    if not others:
        return Words("使用，无他人使用", "of them, and nobody else")
    return Words(f"使用，另有{others}人使用", f"of them, and {_people(others)}")


def _account(hub: Mapping[str, Any]) -> Words:
    used = _used(hub)
    uses = [
        Words(f"为{hub['repaid']}人还款", f"it repaid for {hub['repaid']}"),
        Words(f"收{hub['paid']}人的放款", f"loans of {hub['paid']} were paid into it"),
        Words(f"{hub['own']}人称为本人账户", f"{hub['own']} state it as their own"),
    ]
    told = joined(
        (words for words, count in zip(uses, (hub["repaid"], hub["paid"], hub["own"]), strict=True) if count), COMMA
    )
    if hub["count"] > 1 or not told.zh:
        return used
    return Words(f"{used.zh}，{told.zh}", f"{used.en}, {told.en}")


def _contact(hub: Mapping[str, Any]) -> Words:
    used = _used(hub)
    zh, en = used.zh.replace("使用", "填报", 1), used.en
    if hub["count"] > 1:
        return Words(zh, en)
    return Words(f"{zh}，所称机主姓氏有{hub['names']}种", f"{en}, they call its holder by {hub['names']} surnames")


def _channel(hub: Mapping[str, Any]) -> Words:
    brought = hub["most"] + hub["others"]
    en = f"of its {brought} clients" if hub["count"] == 1 else f"of {brought} clients"
    return Words(f"经其进件，其客户共{brought}人", en)


def _employers(hub: Mapping[str, Any]) -> Words:
    zh, en = "填报，单位电话各不相同", "of them, each with another phone of the employer"
    if hub["run"] > 1:
        zh += f"，其中{hub['run']}个号码可见的前段相同、尾号依次相差不超过{GAP}"
        en += f", {hub['run']} of which begin alike as far as shown and end no more than {GAP} apart in turn"
    return Words(zh, en)


_SAID = {"account": _account, "contact": _contact, "channel": _channel, "employer": _employers}


def _when(reason: Mapping[str, Any]) -> Words | None:
    if not reason["first"]:
        return None
    acted, times, first, last = (reason[name] for name in ("acted", "applications", "first", "last"))
    applications = f"{times} applications" if times > 1 else "1 application"
    then = (
        Words(f"{first}至{last}", f"from {first} to {last}")
        if first != last
        else Words(f"{first}一天内", f"on {first}")
    )
    zh, en = f"其中{acted}人在{then.zh}申请{times}笔", f"{acted} of them filed {applications} {then.en}"
    if reason["borrowed"]:
        borrowed, margin = each_money(reason["borrowed"]), reason["margin"]
        zh += f"，连同前后{margin}天共借款{borrowed.zh}"
        en += f" and borrowed {borrowed.en} from {margin} days before to {margin} days after"
    return Words(zh, en)


def _alike(reason: Mapping[str, Any]) -> Words | None:
    if not reason["alike_as"]:
        return None
    (product, term, amount), margin, of, alike = (reason[name] for name in ("alike_as", "margin", "of", "alike"))
    each = money(amount)
    return Words(
        f"这段时间及前后{margin}天的{of}笔申请中，{alike}笔同为“{product}”、{term}个月、金额{each.zh}（申请未载币种）",
        f"of the {of} applications of that time and {margin} days before and after, {alike} are all for “{product}” "
        f"over {term} months and an amount of {each.en} (no currency stated)",
    )


def _bad(reason: Mapping[str, Any]) -> Words | None:
    borrowers, bad = reason["borrowers"], reason["bad"]
    if not borrowers:
        return None
    if not bad:
        return Words(
            f"其中{borrowers}名借款人，未发现不良", f"{borrowers} of them have borrowed, none is known to be bad"
        )
    share, of = 100 * reason["book_bad"] / reason["book_borrowers"], f"{reason['book_borrowers']:,}"
    are = "is" if bad == 1 else "are"
    return Words(
        f"其中{borrowers}名借款人，{bad}人已知不良（曾逾期超过30天、分类次级及以下，或被标记逾期、黑名单、确认欺诈），"
        f"全库{of}名借款人中占{share:.1f}%",
        f"{borrowers} of them have borrowed, of whom {bad} {are} known to be bad (over 30 days past due, classed "
        f"substandard or worse, or flagged as overdue, blacklisted or confirmed fraud), as are {share:.1f} % of all "
        f"{of} borrowers of the book",
    )


def _ties(reason: Mapping[str, Any]) -> Words:
    also = reason["also"]
    if not also:
        return Words(
            "此外未发现他们之间共用手机、账户、证件、邮箱或本人手机号",
            "beyond that, no two are known to share a handset, account, identity document, e-mail address or own phone",
        )
    return Words(
        f"此外有{also}人之间还共用手机、账户、证件、邮箱或本人手机号，其余的人未发现",
        f"beyond that, {also} share a handset, account, identity document, e-mail address or own phone with another of "
        "them, the rest are not known to",
    )


def _people(others: int) -> str:
    return f"{others} other{'s' if others > 1 else ''}"


def _tried(candidate: Candidate) -> Words:
    why = joined(tried.why for tried in candidate.explanations)
    return Words(f"无辜解释逐一排除：{why.zh}", f"innocent explanations that fail: {why.en}")
