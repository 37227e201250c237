"""What an investigator would write of a risky cluster, in Chinese and English."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...graph.words.names import Words, joined
from ..contract import Candidate
from ..sharing.outcomes import LATE
from .peers import SEASONED


def reasons(candidate: Candidate) -> Words:
    """Who is tied how, how their loans fare, how their peers' do, how rare that is, and which explanations fail."""
    reason = candidate.reason
    parts = [_who(reason), _fared(reason), _uncounted(reason), _chance(reason), _near(candidate), _tried(candidate)]
    zh, en = joined(part for part in parts if part is not None)
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def _who(reason: Mapping[str, Any]) -> Words:
    members, ties, named = reason["members"], reason["ties"], reason["named"]
    return Words(
        f"{members}名申请人之间有{ties}对联系，其中{named}对以本人手机号列为联系人，其余为共用信息",
        f"between {members} applicants there are {ties} ties: of {named} pairs one names the other's own phone as a "
        "contact's, the rest share something",
    )


def _fared(reason: Mapping[str, Any]) -> Words:
    households, bad, loans, expected = reason["households"], reason["bad"], reason["loans"], reason["expected"]
    return Words(
        f"其中{households}户有放款满{SEASONED}天的贷款（{loans}笔），{bad}户已不良（曾逾期超过{LATE}天、分类次级及以下，"
        f"或借款人已确认欺诈）；同产品、同放款月份、同地区的其他贷款推算应为{expected:.1f}户",
        f"{households} of their households have loans that have been on book for {SEASONED} days ({loans}), {bad} of "
        f"them a bad one (over {LATE} days past due at some time, classed substandard or worse, or of a confirmed "
        f"fraudster); as other loans of the same product, month and region fare, it would be {expected:.1f}",
    )


def _uncounted(reason: Mapping[str, Any]) -> Words | None:
    count = reason["uncounted"]
    if not count:
        return None
    return Words(
        f"另有{count}户因含最先被确认欺诈的成员而未计入",
        f"{count} more {'household is' if count == 1 else 'households are'} not counted, in which a member was the "
        "first to be confirmed as a fraudster",
    )


def _chance(reason: Mapping[str, Any]) -> Words:
    chance, tests, share = _rarity(reason["chance"]), reason["tests"], f"{100 * reason['false_share']:g}"
    return Words(
        f"凑巧达到或超过此数的概率为{chance.zh}，全库共检验{tests}个群体，按错误发现率不超过{share}%校正后仍成立",
        f"the chance of so many or more is {chance.en}; {tests} communities of the book were tested, and it stands "
        f"where no more than {share} % of those told may be there by chance",
    )


def _rarity(chance: float) -> Words:
    """A chance as people read it.

    >>> _rarity(0.000123).en, _rarity(0.0).zh
    ('1 in 8,130', '不到一亿分之一')
    """
    if chance < 1e-8:
        return Words("不到一亿分之一", "less than 1 in 100,000,000")
    parts = math.floor(1 / chance)
    return Words(f"约{parts:,}分之一", f"1 in {parts:,}")


def _near(candidate: Candidate) -> Words | None:
    first, second = (int(candidate.measures[name]) for name in ("first_degree", "second_degree"))
    if not first and not second:
        return None
    return Words(
        f"一度触黑{first}人，二度触黑{second}人（与已确认欺诈者直接有联系，或经一人相连）",
        f"{first} of them are tied to a confirmed fraudster, and {second} through one other person",
    )


def _tried(candidate: Candidate) -> Words:
    why = joined(tried.why for tried in candidate.explanations)
    return Words(f"无辜解释逐一排除：{why.zh}", f"innocent explanations that fail: {why.en}")
