"""What an investigator would write of a ring, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

from ..money import money_en, money_zh
from .groups import Group
from .shared import Common

THINGS = (
    (("handset",), "部手机", "handset"),
    (("account",), "个账户", "account"),
    (("document",), "个证件号", "identity document"),
    (("email",), "个邮箱", "e-mail address"),
    (("phone",), "个本人手机号", "own phone number"),
    (("contact",), "个称谓不一的联系电话", "contact named in differing words"),
    (("network",), "个网络", "network"),
    (("address", "cell"), "个地址", "address"),
    (("work",), "个单位或单位电话、地址", "employer or its phone or address"),
    (("social",), "个共同熟人电话", "common acquaintance"),
)
"""What may be shared: facets, and what one of them is called."""


@dataclass(frozen=True)
class Story:
    """What the reasons tell of.

    Attributes
    ----------
    people : applicants in the whole book
    equipment : values that members share and that are a shop's
    """

    group: Group
    shared: Common
    measures: dict[str, float]
    people: int
    equipment: int


def reasons(story: Story) -> tuple[str, str]:
    """Who did what, what they share and how rare it is, and which innocent explanations were tried and fail."""
    parts = [_who(story), _what(story), _how_rare(story), _tried(story)]
    zh = "；".join(zh for zh, _ in parts if zh)
    en = "; ".join(en for _, en in parts if en)
    return f"{zh}。", f"{en[0].upper()}{en[1:]}."


def _who(story: Story) -> tuple[str, str]:
    count, times, days = (int(story.measures[name]) for name in ("members", "applications", "days"))
    zh, en = f"{count}名申请人", f"{count} applicants"
    if times:
        zh += f"在{days}天内申请{times}笔" if days > 1 else f"在一天内申请{times}笔"
        en += f" filed {times} applications within {days} days" if days > 1 else f" filed {times} applications in a day"
    if "amount" in story.measures:
        zh += f"，借款合计{money_zh(story.measures['amount'], None)}"
        en += f" and borrowed {money_en(story.measures['amount'], None)} in all"
    return zh, en


def _what(story: Story) -> tuple[str, str]:
    zh, en = [], []
    for facets, word_zh, word_en in THINGS:
        values = story.shared.of(*facets)
        if not values:
            continue
        most = max(len(value.people) for value in values)
        plural = word_en if len(values) == 1 else word_en + ("es" if word_en.endswith("s") else "s")
        zh.append(f"{len(values)}{word_zh}（{'最多' if len(values) > 1 else ''}{most}人共用）")
        en.append(f"{len(values)} {plural} (used by {'up to ' if len(values) > 1 else ''}{most} of them)")
    return f"共用{'、'.join(zh)}", f"they share {', '.join(en)}"


def _how_rare(story: Story) -> tuple[str, str]:
    telling = [value for value in story.shared.values if value.alone]
    outside = max((value.users - len(value.people) for value in telling), default=0)
    if outside <= 0:
        zh, en = "全库无他人使用其中的手机、账户或联系电话", "nobody else in the book uses these"
        zh = f"全库{story.people:,}名申请人中无他人使用" if telling else ""
        en = f"of {story.people:,} applicants in the book nobody else uses them" if telling else ""
    else:
        zh = f"全库{story.people:,}名申请人中，其中每一项最多另有{outside}户使用"
        en = f"of {story.people:,} applicants in the book at most {outside} other households use any of them"
    return zh, en


def _tried(story: Story) -> tuple[str, str]:
    zh, en = [], []
    count, households = int(story.measures["members"]), int(story.measures["households"])
    if households == count:
        zh.append("成员间无亲属关系记录")
        en.append("no two are known to be family")
    else:
        zh.append(f"其中亲属合并后仍有{households}户，同户之间的共用未计")
        en.append(f"family taken as one, they are still {households} households, and nothing inside one was counted")
    places = [value for value in story.shared.values if not value.alone]
    if places:
        most = max(len(value.people) for value in places)
        zh.append(f"同住、同事、同学只能解释地址、网络和熟人（最多{most}人），不能解释其余共用")
        en.append(
            f"one home, workplace or school explains places and acquaintances (up to {most} people), not the rest"
        )
    else:
        zh.append("住址、单位、网络并不相同，同住或同事不能解释")
        en.append("they share no home, workplace or network that would explain it")
    if story.equipment:
        zh.append(f"另有{story.equipment}项属门店设备，已剔除")
        en.append(f"{story.equipment} more shared items are a shop's equipment and were left out")
    return f"已试无辜解释：{'，'.join(zh)}", f"innocent explanations tried: {'; '.join(en)}"
