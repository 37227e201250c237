"""What an investigator would write of a ring, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

from ...graph.words.money import money
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


@dataclass(frozen=True)
class Story:
    """What the reasons tell of.

    Attributes
    ----------
    people : applicants in the whole book
    equipment : how many things that members share are a shop's
    cut_from : as in ``Group``
    currency : of all that was borrowed; None where it is not on record, or differs
    """

    shared: Common
    measures: dict[str, float]
    people: int
    equipment: int
    cut_from: int
    currency: str | None


def reasons(story: Story) -> tuple[str, str]:
    """Who did what, what they share and how rare it is, and which innocent explanations were tried and fail."""
    parts = [_who(story), _what(story), _how_rare(story), _tried(story)]
    en = "; ".join(en for _, en in parts)
    return f"{'；'.join(zh for zh, _ in parts)}。", f"{en[0].upper()}{en[1:]}."


def _who(story: Story) -> tuple[str, str]:
    count, times, days = (int(story.measures[name]) for name in ("members", "applications", "days"))
    zh, en = f"{count}名申请人", f"{count} applicants"
    if times:
        zh += f"{days}天内申请{times}笔" if days > 1 else f"一天内申请{times}笔"
        en += f" filed {times} applications within {days} days" if days > 1 else f" filed {times} applications in a day"
    if "amount" in story.measures:
        zh += f"，借款{money(story.measures['amount'], story.currency).zh}"
        en += f" and borrowed {money(story.measures['amount'], story.currency).en}"
    if story.cut_from:
        zh += f"（由相连的{story.cut_from}人中分出）"
        en += f" (part of {story.cut_from} who hang together)"
    return zh, en


def _what(story: Story) -> tuple[str, str]:
    zh, en = [], []
    for facets, word, one, several in THINGS:
        values = story.shared.of(*facets)
        if values:
            most = max(len(value.people) for value in values)
            zh.append(f"{len(values)}{word}（{'最多' if len(values) > 1 else ''}{most}人）")
            en.append(
                f"{len(values)} {several} (up to {most} people)" if len(values) > 1 else f"1 {one} ({most} people)"
            )
    return f"共用{'、'.join(zh)}", f"they share {', '.join(en)}"


def _how_rare(story: Story) -> tuple[str, str]:
    telling = [value for value in story.shared.values if value.alone] or story.shared.values
    outside = max(value.users - value.homes for value in telling)
    if outside <= 0:
        return (
            f"全库{story.people:,}名申请人中再无他人使用",
            f"of {story.people:,} applicants in the book nobody else uses these",
        )
    return (
        f"全库{story.people:,}名申请人中，其中任何一项最多另有{outside}户使用",
        f"of {story.people:,} applicants in the book at most {outside} other households use any of these",
    )


def _tried(story: Story) -> tuple[str, str]:
    """What was tried, and why it does not explain the ring."""
    count, households = int(story.measures["members"]), int(story.measures["households"])
    zh, en = ["成员之间没有亲属关系"], ["family: no two are known to be kin"]
    if households < count:
        zh = [f"亲属只占一部分，合并后仍有{households}户，同户共用未计"]
        en = [f"family: taken as one they are still {households} households, and nothing inside one was counted"]
    places = [value for value in story.shared.values if not value.alone]
    telling = [value for value in story.shared.values if value.alone]
    if places and telling:
        most = max(len(value.people) for value in places)
        zh.append(f"同住、同事或同学至多解释地址、单位、网络和熟人（最多{most}人），解释不了其余共用")
        en.append(
            f"one home, workplace or school: that explains places and acquaintances (up to {most} people), no more"
        )
    elif telling:
        zh.append("未见共同的住处、单位或网络，同住、同事或同学解释不了")
        en.append("one home, workplace or school: they have none in common")
    if story.equipment:
        zh.append(f"另共用{story.equipment}项门店设备，已剔除，不影响结论")
        en.append(f"shop equipment: {story.equipment} more things they share are a shop's, and were left out")
    elif story.shared.of("handset"):
        zh.append("所用手机不是门店设备")
        en.append("shop equipment: the handsets are used at no one shop")
    return f"无辜解释逐一排除：{'；'.join(zh)}", f"innocent explanations that fail: {'; '.join(en)}"
