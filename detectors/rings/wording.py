"""What an investigator would write of a ring, in Chinese and English."""

from __future__ import annotations

from ...graph.words.money import money
from ...graph.words.names import Words, joined
from ..contract import Candidate
from ..sharing.common import Common

THINGS = (
    (("handset",), "部手机", "handset", "handsets"),
    (("account",), "个账户", "account", "accounts"),
    (("document",), "个证件号", "identity document", "identity documents"),
    (("email",), "个邮箱", "e-mail address", "e-mail addresses"),
    (("phone",), "个本人手机号", "own phone number", "own phone numbers"),
    (("alias",), "个姓名说法不一的联系电话", "contact under differing names", "contacts under differing names"),
    (("contact",), "个联系电话", "contact", "contacts"),
    (("network",), "个网络", "network", "networks"),
    (("address", "cell"), "个地址", "address", "addresses"),
    (("work",), "项单位信息", "detail of an employer", "details of employers"),
    (("social",), "个熟人电话", "acquaintance", "acquaintances"),
)
"""What may be shared: facets, and what one and several of them are called."""


def shared_words(shared: Common) -> list[dict]:
    """What is shared, facet by facet, as ``reasons`` words it: ``{"facets", "values", "most"}``, ``most`` being the
    people of the value that most of them share."""
    found = []
    for facets, *_ in THINGS:
        if values := shared.of(*facets):
            most = max(len(value.people) for value in values)
            found.append({"facets": list(facets), "values": len(values), "most": most})
    return found


def reasons(candidate: Candidate) -> Words:
    """Who did what, what they share and how rare it is, and which innocent explanations were tried and fail."""
    parts = [_who(candidate), _what(candidate), _how_rare(candidate), _tried(candidate)]
    zh, en = joined(parts)
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def _who(candidate: Candidate) -> Words:
    measures, reason = candidate.measures, candidate.reason
    count, times, days = (int(measures[name]) for name in ("members", "applications", "days"))
    zh, en = f"{count}名申请人", f"{count} applicants"
    if times:
        zh += f"{days}天内申请{times}笔" if days > 1 else f"一天内申请{times}笔"
        en += f" filed {times} applications within {days} days" if days > 1 else f" filed {times} applications in a day"
    if reason["borrowed"]:
        borrowed = _borrowed(reason["borrowed"])
        zh += f"，借款{borrowed.zh}"
        en += f" and borrowed {borrowed.en}"
    if reason["cut_from"]:
        zh += f"（由相连的{reason['cut_from']}人中分出）"
        en += f" (part of {reason['cut_from']} who hang together)"
    return Words(zh, en)


def _borrowed(amounts: dict[str, float]) -> Words:
    """Amounts by the code of their currency: where there are several, each by itself, never added."""
    told = [money(amount, code) for code, amount in amounts.items()]
    if len(told) > 1 and "" in amounts:
        told[-1] = Words(f"{told[-1].zh}（币种不详）", f"{told[-1].en} in a currency not on record")
    return joined(told, Words("、", " and "))


def _what(candidate: Candidate) -> Words:
    zh, en = [], []
    names = {facets: rest for facets, *rest in THINGS}
    for shared in candidate.reason["shared"]:
        word, one, several = names[tuple(shared["facets"])]
        count, most = shared["values"], shared["most"]
        zh.append(f"{count}{word}（{'最多' if count > 1 else ''}{most}人）")
        en.append(f"{count} {several} (up to {most} people)" if count > 1 else f"1 {one} ({most} people)")
    return Words(f"共用{'、'.join(zh)}", f"they share {', '.join(en)}")


def _how_rare(candidate: Candidate) -> Words:
    people, outside = candidate.reason["people"], candidate.reason["outside"]
    if outside <= 0:
        return Words(
            f"全库{people:,}名申请人中再无他人使用",
            f"of {people:,} applicants in the book nobody else uses these",
        )
    return Words(
        f"全库{people:,}名申请人中，其中任何一项最多另有{outside}户使用",
        f"of {people:,} applicants in the book at most {outside} other households use any of these",
    )


def _tried(candidate: Candidate) -> Words:
    """What was tried, and why it does not explain the ring."""
    why = joined(tried.why for tried in candidate.explanations)
    return Words(f"无辜解释逐一排除：{why.zh}", f"innocent explanations that fail: {why.en}")
