"""What an investigator would write of an intermediary, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.money import money
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
    return Words(
        f"{count}{word}（{upto.zh}{most}人{used.zh}）", f"{count} {several if count > 1 else one} ({upto.en}{most} {used.en})"
    )


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
    return Words(f"{used.zh}；{told.zh}", f"{used.en}; {told.en}")


def _contact(hub: Mapping[str, Any]) -> Words:
    used = _used(hub)
    zh, en = used.zh.replace("使用", "填报", 1), used.en
    if hub["count"] > 1:
        return Words(zh, en)
    return Words(f"{zh}；所称机主姓氏有{hub['names']}种", f"{en}; they call its holder by {hub['names']} surnames")


def _channel(hub: Mapping[str, Any]) -> Words:
    brought = hub["most"] + hub["others"]
    return Words(f"经其进件，其客户共{brought}人", f"of its {brought} clients" if hub["count"] == 1 else f"of {brought}")


def _employers(hub: Mapping[str, Any]) -> Words:
    zh, en = "填报，单位电话各不相同", "of them, each with another phone of the employer"
    if hub["run"] > 1:
        zh += f"，其中{hub['run']}个号码可见的前段相同、尾号依次相差不超过{GAP}"
        en += f", {hub['run']} of which show the same beginning and endings no more than {GAP} apart one after the other"
    return Words(zh, en)


_SAID = {"account": _account, "contact": _contact, "channel": _channel, "employer": _employers}


def _when(reason: Mapping[str, Any]) -> Words | None:
    if not reason["first"]:
        return None
    acted, times, first, last = (reason[name] for name in ("acted", "applications", "first", "last"))
    applications = f"{times} applications" if times > 1 else "1 application"
    zh = f"其中{acted}人在{first}至{last}申请{times}笔" if first != last else f"其中{acted}人在{first}一天内申请{times}笔"
    en = f"{acted} of them filed {applications} "
    en += f"from {first} to {last}" if first != last else f"on {first}"
    if reason["borrowed"]:
        borrowed, margin = _borrowed(reason["borrowed"]), reason["margin"]
        zh += f"，连同前后{margin}天共借款{borrowed.zh}"
        en += f" and borrowed {borrowed.en} from {margin} days before to {margin} days after"
    return Words(zh, en)


def _borrowed(amounts: Mapping[str, float]) -> Words:
    told = [money(amount, code) for code, amount in amounts.items()]
    if len(told) > 1 and "" in amounts:
        told[-1] = Words(f"{told[-1].zh}（币种不详）", f"{told[-1].en} in a currency not on record")
    return joined(told, Words("、", " and "))


def _alike(reason: Mapping[str, Any]) -> Words | None:
    if not reason["alike_as"]:
        return None
    product, term, amount = reason["alike_as"]
    each = money(amount)
    return Words(
        f"这段时间及前后{reason['margin']}天的{reason['of']}笔申请中，{reason['alike']}笔同为“{product}”、{term}个月、"
        f"金额{each.zh}（申请未载币种）",
        f"of the {reason['of']} applications of that time and {reason['margin']} days before and after, {reason['alike']} "
        f"are all for “{product}” over {term} months and an amount of {each.en} (no currency stated)",
    )


def _bad(reason: Mapping[str, Any]) -> Words | None:
    borrowers, bad = reason["borrowers"], reason["bad"]
    if not borrowers:
        return None
    if not bad:
        return Words(f"其中{borrowers}名借款人，未发现不良", f"{borrowers} of them have borrowed, and none is known to be bad")
    share = 100 * reason["book_bad"] / reason["book_borrowers"]
    return Words(
        f"其中{borrowers}名借款人，{bad}人已知不良（曾逾期超过30天、分类次级及以下，或被标记逾期、黑名单、确认欺诈），"
        f"全库{reason['book_borrowers']:,}名借款人中占{share:.1f}%",
        f"{borrowers} of them have borrowed, of whom {bad} {'is' if bad == 1 else 'are'} known to be bad (over 30 days past due, classed substandard "
        f"or worse, or flagged as overdue, blacklisted or confirmed fraud), as are {share:.1f} % of all "
        f"{reason['book_borrowers']:,} borrowers of the book",
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
