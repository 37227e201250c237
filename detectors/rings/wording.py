"""What an investigator would write of a ring, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence

from ...graph.model import kind_of
from ...graph.words.money import each_money
from ...graph.words.names import Words, joined
from ..contract import Candidate, Thing

BOTH = "network of both"
"""A network that is a Wi-Fi together with an internet address: only who used both at once uses it."""
THINGS = (
    (("handset",), "部手机", "handset", "handsets"),
    (("account",), "个账户", "account", "accounts"),
    (("document",), "个证件号", "identity document", "identity documents"),
    (("email",), "个邮箱", "e-mail address", "e-mail addresses"),
    (
        ("phone",),
        "个多人报作本人的手机号",
        "phone number that several give as their own",
        "phone numbers that several give as their own",
    ),
    (("alias",), "个姓名说法不一的联系电话", "contact under differing names", "contacts under differing names"),
    (("contact", "listed"), "个联系电话", "contact", "contacts"),
    ((BOTH,), "个Wi-Fi连同IP", "Wi-Fi with its internet address", "Wi-Fis with their internet addresses"),
    (("network",), "个网络", "network", "networks"),
    (("address", "cell"), "个地址", "address", "addresses"),
    (("work",), "项单位信息", "detail of an employer", "details of employers"),
    (("social", "known"), "个熟人电话", "acquaintance", "acquaintances"),
)
"""What may be shared: facets, and what one and several of them are called."""


def shared_words(things: Sequence[Thing]) -> list[dict]:
    """What is shared, sort by sort, as ``reasons`` words it.

    Returns
    -------
    ``{"facets", "values", "most", "alone", "others"}``: how many things; the members who share the one that most of
    them share; how many of the things no other applicant uses; and how many others use the one that most others do
    """
    found = []
    for facets, *_ in THINGS:
        some = [thing for thing in things if _sort(thing) in facets]
        if some:
            others = [thing.users - len(thing.members) for thing in some]
            most = max(len(thing.members) for thing in some)
            counts = {"values": len(some), "most": most, "alone": others.count(0), "others": max(others)}
            found.append({"facets": list(facets), **counts})
    return found


def _sort(thing: Thing) -> str:
    kinds = {kind_of(node) for node in thing.nodes}
    return BOTH if thing.kind == "network" and kinds == {"wifi", "ip"} else thing.kind


def reasons(candidate: Candidate) -> Words:
    """Who did what, what they share and who else uses it, and which innocent explanations were tried and fail."""
    parts = [_who(candidate), _what(candidate), _others(candidate), _tried(candidate)]
    zh, en = joined(parts)
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def _who(candidate: Candidate) -> Words:
    measures, reason = candidate.measures, candidate.reason
    count, times, days = (int(measures[name]) for name in ("members", "applications", "days"))
    zh, en = f"{count}名申请人", f"{count} applicants"
    if times:
        if reason["acted"] < count:
            zh, en = f"{zh}中{reason['acted']}名", f"{reason['acted']} of {en}"
        filed = f"filed {times} applications" if times > 1 else "filed 1 application"
        zh += f"{days}天内申请{times}笔" if days > 1 else f"一天内申请{times}笔"
        en += f" {filed} within {days} days" if days > 1 else f" {filed} within a day"
    if reason["borrowed"]:
        borrowed, margin = each_money(reason["borrowed"]), reason["margin"]
        zh += f"，连同前后{margin}天共借款{borrowed.zh}" if margin else f"，历次共借款{borrowed.zh}"
        en += f" and borrowed {borrowed.en} "
        en += f"from {margin} days before to {margin} days after" if margin else "in all"
    if reason["cut_from"]:
        zh += f"（由相连的{reason['cut_from']}人中分出）"
        en += f" (part of {reason['cut_from']} who hang together)"
    return Words(zh, en)


def _what(candidate: Candidate) -> Words:
    zh, en = [], []
    names = {facets: rest for facets, *rest in THINGS}
    for shared in candidate.reason["shared"]:
        word, one, several = names[tuple(shared["facets"])]
        count, most = shared["values"], shared["most"]
        used = _used_by_one(shared["others"]) if count == 1 else _used_by_each(count, shared["alone"], shared["others"])
        zh.append(f"{count}{word}（{'最多' if count > 1 else ''}{most}人，{used.zh}）")
        people = f"{'up to ' if count > 1 else ''}{most} people"
        en.append(f"{count} {several if count > 1 else one} ({people}, {used.en})")
    return Words(f"共用{'、'.join(zh)}", f"they share {', '.join(en)}")


def _used_by_one(others: int) -> Words:
    if not others:
        return Words("无他人使用", "used by nobody else")
    return Words(f"另有{others}人使用", f"used by {_people(others)} too")


def _used_by_each(count: int, alone: int, others: int) -> Words:
    """Who else uses several things: said of each of them."""
    if alone == count:
        return Words("均无他人使用", "none used by anybody else")
    if not alone:
        return Words(f"均另有他人使用，最多{others}人", f"each used by others too, at most {others}")
    return Words(
        f"其中{alone}项无他人使用，其余最多另有{others}人使用",
        f"{alone} used by nobody else, the rest by at most {_people(others)} too",
    )


def _people(others: int) -> str:
    return f"{others} other{'s' if others > 1 else ''}"


def _others(candidate: Candidate) -> Words:
    people = candidate.reason["people"]
    return Words(
        f"他人按全库{people:,}名有信息可比的申请人统计",
        f"others are counted among all {people:,} applicants of the book who state or use anything",
    )


def _tried(candidate: Candidate) -> Words:
    """What was tried, and why it does not explain the ring."""
    why = joined(tried.why for tried in candidate.explanations)
    return Words(f"无辜解释逐一排除：{why.zh}", f"innocent explanations that fail: {why.en}")
