"""What an investigator would write of a flow, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...graph.words.money import each_money, money
from ...graph.words.names import Words, joined
from ..contract import Candidate


def reasons(candidate: Candidate) -> Words:
    """Whose money went where by which way, how much of it, what speaks for intent, and which explanations fail."""
    reason = candidate.reason
    parts = [_way(reason), _amounts(reason), _rest(reason), *_signs(reason), _at_once(reason), _tried(candidate)]
    zh, en = joined(part for part in parts if part is not None)
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def _way(reason: Mapping[str, Any]) -> Words:
    lent = each_money(reason["lent"])
    within = _within(reason["days"])
    by, where = _by(reason), _where(reason)
    loans = _count(reason["loans"], "loan")
    whose = "1 borrower" if reason["borrowers"] == 1 else f"{reason['borrowers']} borrowers"
    return Words(
        f"{reason['borrowers']}名借款人的{reason['loans']}笔贷款（{lent.zh}）放款后{within.zh}，款项{by.zh}{where.zh}",
        f"{within.en} of {loans} of {whose} ({lent.en}) being paid out, money went {by.en}{where.en}",
    )


def _within(days: int) -> Words:
    return Words(f"{days}天内", f"within {days} days") if days > 1 else Words("一天内", "within a day")


def _by(reason: Mapping[str, Any]) -> Words:
    others, nobodys, transfers = reason["others"], reason["nobodys"], reason["transfers"]
    if not transfers:
        return Words("直接", "straight ")
    zh, en = [], []
    if others:
        zh.append(f"{others}名他人的账户")
        en.append(f"accounts of {others} other{'s' if others > 1 else ''}")
    if nobodys:
        zh.append(f"{nobodys}个无户主记录的账户")
        en.append(f"{_count(nobodys, 'account')} of no known owner")
    via = Words(f"经{'和'.join(zh)}", f" by way of {' and '.join(en)}") if zh else Words("", "")
    return Words(f"{via.zh}以{transfers}笔转账", f"in {_count(transfers, 'transfer')}{via.en} ")


def _where(reason: Mapping[str, Any]) -> Words:
    zh, en = [], []
    if reason["restricted"]:
        zh.append(f"到达{reason['restricted']}个受限账户")
        en.append(f"to {_count(reason['restricted'], 'restricted account')}")
    if reason["returned"]:
        zh.append("回到借款人本人账户")
        en.append(f"back to {'accounts' if reason['borrowers'] > 1 else 'an account'} of the borrower's own")
    return Words("并".join(zh), " and ".join(en))


def _amounts(reason: Mapping[str, Any]) -> Words:
    can, convention, rule = money(reason["can"]), money(reason["convention"]), reason["rule"]
    zh = f"到达的款项最多可有{can.zh}来自贷款，按{rule[0]}计为{convention.zh}"
    en = f"at most {can.en} of what arrived can be the loans' money; {rule[1]}, it is {convention.en}"
    if reason["must"] is None:
        return Words(
            f"{zh}；余额记录不足，无法判断其中多少必为贷款资金",
            f"{en}; balances on record do not tell how much of it must be",
        )
    must = money(reason["must"])
    return Words(f"{zh}，其中{must.zh}必为贷款资金", f"{en}; {must.en} of it must be")


def _rest(reason: Mapping[str, Any]) -> Words | None:
    if not reason["transfers"]:
        return None
    hours = reason["rest_hours"]
    zh = f"{hours}小时" if hours <= 48 else f"{-(-hours // 24)}天"
    en = _count(hours, "hour") if hours <= 48 else f"{-(-hours // 24)} days"
    return Words(f"每次转出前停留不超过{zh}", f"it rested no longer than {en} before each transfer")


def _signs(reason: Mapping[str, Any]) -> list[Words]:
    found = []
    if reason["loans"] > 1:
        found.append(Words("这些贷款的路径有共同的转账", "the ways of these loans have transfers in common"))
    if reason["repaid_old"]:
        old = money(reason["repaid_old"])
        rule = reason["rule"]
        found.append(
            Words(
                f"按{rule[0]}，另有{old.zh}用于归还借款人的其他贷款",
                f"{rule[1]}, another {old.en} repaid other loans of the borrowers",
            )
        )
    if reason["repaid_for"] > 1:
        count = reason["repaid_for"]
        found.append(
            Words(
                f"款项经过的账户曾为另外{count}人还款", f"accounts that it passed repaid loans of {count} other people"
            )
        )
    return found


def _at_once(reason: Mapping[str, Any]) -> Words | None:
    if not (reason["at_once"] and reason["follows_at_once"]):
        return None
    return Words("同一时刻的转账按可相互衔接计算", "of transfers at one instant, either may follow the other")


def _tried(candidate: Candidate) -> Words:
    why = joined(tried.why for tried in candidate.explanations)
    return Words(f"其他解释：{why.zh}", f"other explanations: {why.en}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"
