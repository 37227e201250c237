"""What an investigator would write of why an applicant is in no ring, in Chinese and English."""

from __future__ import annotations

from ...graph.words.names import Words
from ..contract import Params
from ..sharing.facets import DAY, PASSING, RECYCLED
from .decided import Nearest, Standing
from .weighing import Lack

USED_AS = {
    "handset": Words("手机", "handset"),
    "account": Words("账户", "account"),
    "document": Words("证件", "identity document"),
    "email": Words("邮箱", "e-mail address"),
    "own_phone": Words("本人手机号", "own phone number"),
    "network": Words("网络", "network"),
    "cell": Words("申请地点", "place of application"),
    "home": Words("住址", "home address"),
    "work": Words("单位", "place of work"),
    "work_phone": Words("单位电话", "employer's phone"),
    "kin": Words("亲属联系人", "contact named as family"),
    "acquaintance": Words("熟人联系人", "contact named as an acquaintance"),
    "contact": Words("联系人", "contact"),
}
"""How somebody uses a thing, by ``sharing.uses.WAYS``."""
SHARED_AS = {
    "handset": Words("手机", "handset"),
    "account": Words("账户", "account"),
    "document": Words("证件号", "identity document"),
    "email": Words("邮箱", "e-mail address"),
    "phone": Words("本人手机号", "own phone number"),
    "alias": Words("姓名说法不一的联系电话", "contact under differing names"),
    "contact": Words("联系电话", "contact"),
    "listed": Words("一方列为联系人的本人手机号", "own phone of one, listed by the other"),
    "social": Words("熟人电话", "acquaintance"),
    "known": Words("一方列为熟人的本人手机号", "own phone of one, an acquaintance to the other"),
    "network": Words("网络", "network"),
    "cell": Words("申请地点", "place of application"),
    "address": Words("地址", "address"),
    "work": Words("单位信息", "detail of an employer"),
}
"""How two people share a thing, by facet."""
UNTIED_WORDS = {
    "shop_equipment": Words("门店设备", "a shop's equipment"),
    "business_account": Words("商户的或发放工资的账户", "a shop's account, or one that pays wages"),
    "household": Words("同一户", "of the same household"),
    "max_users": Words("使用人数超过逐一比对的上限", "more users than are compared with each other"),
    "ways_differ": Words("用法互不相干", "used in ways that have nothing to do with each other"),
    "common": Words("过于常见，凑巧即可相同", "so common that chance explains it"),
    "recycled": Words(
        f"前后使用相隔超过{RECYCLED // DAY}天，视为二次放号",
        f"used more than {RECYCLED // DAY} days apart: a recycled number",
    ),
    "passing_network": Words(
        f"前后使用相隔超过{PASSING // DAY}天，网络地址已另作分配",
        f"used more than {PASSING // DAY} days apart: a network address goes to others in between",
    ),
}
"""Why a thing ties some of its users not, by ``decided.UNTIED``."""


def lack_words(lack: Lack, group: Standing, params: Params) -> Words:
    """What a group is short of to be a ring, and by how much."""
    has, asked = (f"{value:.1f}" if lack.what == "evidence" else f"{value:.0f}" for value in (lack.has, lack.asked))
    if lack.what == "members":
        return Words(f"成员{has}人，至少需{asked}人", f"{has} members of at least {asked}")
    if lack.what == "households":
        return Words(f"分属{has}户，至少需{asked}户", f"{has} households of at least {asked}")
    if lack.what == "together":
        return Words(
            f"{len(group.members)}人中只有{has}人在集中时段内申请，至少需{asked}人",
            f"{has} of its {len(group.members)} applied within the time of the concert, of at least {asked}",
        )
    if lack.what == "tied_twice":
        return Words(
            f"有两项以上联系的只有{has}人，至少需{asked}人，如同只围绕一个枢纽",
            f"{has} of its people hold two things or more, of at least {asked}: as where one hub ties all",
        )
    if lack.what == "rarity":
        return Words(
            f"凑巧这样相连的罕见程度为{lack.has:.1f}，至少需{lack.asked:.1f}（6：一百万个同样大的库中约有一例）",
            f"ties as rare by chance as {lack.has:.1f}, of at least {lack.asked:.1f} "
            "(6: one case in a million books as large)",
        )
    if lack.what == "unexplained":
        return Words("近似有无辜解释，且未集中申请", "an innocent cause is near, and they did not apply in concert")
    if lack.what == "beside_hub":
        return Words(
            f"不共用同一枢纽的只有{has}人，至少需{asked}人",
            f"{has} of its people do not share the one thing that most share, of at least {asked}",
        )
    near = lack.asked > params["least_evidence"]
    zh, en = (
        ("（近似有无辜解释，要求提高一半）", ", half as much again, for an innocent cause is near")
        if near
        else ("", "")
    )
    return Words(f"证据合计{has}，需{asked}{zh}", f"evidence {has} of {asked}{en}")


def nearest_words(nearest: Nearest) -> Words:
    """What ties a person, or the person's group, to the one that came nearest to be joined with it, and what was
    asked."""
    count = len(nearest.members)
    zh = f"最接近的{count}人群体" if count > 1 else "最接近的另一人"
    en = f"the nearest other group, of {count}," if count > 1 else "the nearest other person"
    if nearest.asked is None:
        return Words(
            f"与{zh}只有一项联系，单独这一项不足以归为一组",
            f"a single thing in common with {en} is not enough by itself",
        )
    things = "a single thing" if nearest.things == 1 else f"{nearest.things} things"
    ties, come = ("ties", "comes") if nearest.things == 1 else ("tie", "come")
    whole, total, asked = nearest.total + nearest.sizes, nearest.total, nearest.asked
    less = Words("", "")
    if nearest.sizes:
        less = Words(f"，扣除人数因素{nearest.sizes:.1f}后为{total:.1f}", f", less {nearest.sizes:.1f} for their sizes")
    return Words(
        f"与{zh}的{nearest.things}项联系合计{whole:.1f}{less.zh}，{nearest.by}要求{asked:.1f}",
        f"{things} that {ties} to {en} {come} to {whole:.1f}{less.en}, of the {asked:.1f} that {nearest.by} asks",
    )
