"""What an answer about contagion or cutting says in words, and what it says is not on record."""

from __future__ import annotations

from ...graph.words.money import money
from ...graph.words.names import COMMA, Words, joined
from .exposures import Gap

GAPS = {
    "amount_unknown": Words("{n}份担保合同金额不详，未计入金额", "contracts of unknown amount, in no sum: {n}"),
    "amount_unusable": Words(
        "{n}份担保合同金额为负或不可能，已剔除", "contracts with a negative or impossible amount, left out: {n}"
    ),
    "contracts_other_currency": Words(
        "{n}份担保合同为其他币种（{c}），已剔除", "contracts in another currency ({c}), left out: {n}"
    ),
    "contracts_no_currency": Words(
        "{n}份担保合同未注明币种，按本币种计", "contracts without currency, taken to be in this one: {n}"
    ),
    "self_guarantees": Words("{n}份自我担保，已剔除", "guarantees of a party for itself, left out: {n}"),
    "counter_guarantees": Words("{n}份反担保，不参与传导", "counter-guarantees, they take no part: {n}"),
    "licensed_contracts": Words(
        "{n}份融资担保机构的担保，不参与传导", "contracts of guarantors by trade, they take no part: {n}"
    ),
    "never_in_force": Words(
        "{n}份担保合同止期不晚于起期，从未生效", "contracts that end no later than they begin, never in force: {n}"
    ),
    "no_net_assets": Words(
        "{n}户无净资产记录：除非被设为违约，视为不倒并足额代偿",
        "parties without net assets on record, they fail only where they are said to, and otherwise stand: {n}",
    ),
    "no_loans": Words(
        "{n}户被担保人无贷款记录，自身债务按0计",
        "borrowers without a loan on record, no own debt is known of them: {n}",
    ),
    "balance_unknown": Words("{n}笔贷款余额不详，未计入", "loans of unknown balance, in no sum: {n}"),
    "balance_unusable": Words(
        "{n}笔贷款余额为负或不可能，已剔除", "loans with a negative or impossible balance, left out: {n}"
    ),
    "loans_other_currency": Words(
        "{n}笔贷款为其他币种（{c}），已剔除", "loans in another currency ({c}), left out: {n}"
    ),
    "loans_no_currency": Words(
        "{n}笔贷款未注明币种，按本币种计", "loans without currency, taken to be in this one: {n}"
    ),
    "no_grade": Words("{n}户无五级分类，按正常类违约率计", "parties without a grade, the rate of the best grade: {n}"),
    "not_in_net": Words("{n}户设为违约者无有效担保关系", "parties said to default have no guarantee in force: {n}"),
}
"""What is not on record or left out, with how many (``n``) and in which currency (``c``)."""


def told(gap: Gap) -> dict:
    """A gap as answers hold it."""
    zh, en = (text.format(n=gap.number, c=gap.currency) for text in GAPS[gap.name])
    return {"gap": gap.name, "currency": gap.currency or None, "count": gap.number, "zh": zh, "en": en}


def cascade_words(defaults: list[str], failed: int, rounds: int, called: float, paid: float, currency: str) -> Words:
    """What a cascade comes to."""
    zh, en = "、".join(defaults), ", ".join(defaults)
    all_called, all_paid = money(called, currency), money(paid, currency)
    parts = [Words(f"若{zh}违约", f"if {en} default{'s' * (len(defaults) == 1)}")]
    if failed:
        parts.append(
            Words(f"另有{failed}户经{rounds}轮传导倒下", f"{failed} more fail, in {rounds} round{'s' * (rounds > 1)}")
        )
    else:
        parts.append(Words("无其他主体倒下", "nobody else fails"))
    parts.append(Words(f"担保人被要求代偿{all_called.zh}", f"guarantors are called for {all_called.en}"))
    parts.append(Words(f"可代偿{all_paid.zh}", f"and are known to pay {all_paid.en}"))
    return _sentence(parts)


def clearing_words(defaults: list[str], failed: int, loss: float, before: float, currency: str) -> Words:
    """What a clearing comes to."""
    zh, en = "、".join(defaults), ", ".join(defaults)
    now, then = money(loss, currency), money(before, currency)
    return _sentence(
        [
            Words(f"若{zh}违约", f"if {en} default{'s' * (len(defaults) == 1)}"),
            Words(f"另有{failed}户不能足额偿付", f"{failed} more cannot pay in full"),
            Words(f"债权人损失{now.zh}（违约前{then.zh}）", f"creditors lose {now.en} ({then.en} before)"),
        ]
    )


def expected_words(parties: int, draws: int, mean: float, low: float, high: float, currency: str) -> Words:
    """What a simulation comes to."""
    loss, least, most = (money(round(amount, 2), currency) for amount in (mean, max(low, 0.0), high))
    return _sentence(
        [
            Words(
                f"{parties}户一年内随机违约，模拟{draws}次", f"{parties} parties default by chance, {draws} drawings"
            ),
            Words(
                f"债权人预期损失{loss.zh}（95%区间{least.zh}至{most.zh}）",
                f"creditors lose {loss.en} on average (95 % interval {least.en} to {most.en})",
            ),
        ]
    )


def cut_words(guarantees: int, amount: float, unknown: int, exact: bool, gap: float, currency: str) -> Words:
    """What taking apart comes to."""
    if not guarantees:
        return Words("无循环，无需拆圈。", "There is no cycle to take apart.")
    cost = money(amount, currency)
    parts = [
        Words(
            f"置换{guarantees}项担保即可消除全部循环，合计{cost.zh}",
            f"replacing {guarantees} guarantee{'s' * (guarantees > 1)} of {cost.en} in all leaves no cycle",
        )
    ]
    if unknown:
        parts.append(Words(f"其中{unknown}份金额不详", f"{unknown} of their contracts are of unknown amount"))
    if exact:
        parts.append(Words("已证明为最小", "no cheaper choice exists"))
    else:
        parts.append(Words(f"距下界至多{gap:.1%}", f"a cheaper choice may exist, by {gap:.1%} at most"))
    return _sentence(parts)


def _sentence(parts: list[Words]) -> Words:
    zh, _ = joined(parts, Words("，", ""))
    _, en = joined(parts, COMMA)
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")
