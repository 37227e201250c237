"""Guarantee structures in the words of a risk manager, in Chinese and English."""

from __future__ import annotations

import numpy as np

from ...graph.words.money import day, money
from ...graph.words.names import COMMA, Words, joined
from ..contract import Candidate
from .net import Net
from .twins import WHY
from .view import Structure

NAMED = 4
"""How many parties a sentence names before it says how many there are."""
PATH = 12
"""Parties of a chain or ring that a sentence spells out."""

HOW = {
    "legal_rep": Words("同一法定代表人", "same legal representative"),
    "holding": Words("持股超过50%", "holding above 50 %"),
}
"""What puts parties in one group, beside a group id."""


def reason_of(structure: Structure, members: np.ndarray, net: Net, currency: str | None, merged: list[dict]) -> dict:
    """What ``reasons`` is made of, beside the measures.

    Parameters
    ----------
    currency : of the amounts
    merged : ``{"names", "ids", "how"}`` of the groups that the contracted view takes as one
    """
    focus = [net.labels[party] for party in structure.focus]
    return {
        "names": sorted([net.labels[party] for party in members.tolist()])[:NAMED],
        "parties": len(members),
        "focus": focus if structure.path else sorted(focus)[:NAMED],
        "joint_name": structure.joint_name,
        "currency": currency,
        "first": day(int(net.start[structure.rows].min())),
        "last": day(int(net.end[structure.rows].max())),
        "merged": merged,
    }


def reasons(candidate: Candidate) -> Words:
    """What an investigator would write of a structure."""
    parts = [_WORDS[candidate.kind](candidate), _contracts(candidate)]
    if candidate.kind == "guarantee_chain":
        parts.append(_downstream(candidate))
    zh, en = joined(parts)
    if merged := candidate.reason["merged"]:
        told = joined(map(_group, merged))
        zh = f"按集团合并后：{zh}；合并：{told.zh}"
        en = f"With groups taken as one: {en}; taken as one: {told.en}"
    if twin := candidate.innocent_twin:
        zh, en = f"{zh}；{WHY[twin][0].zh}", f"{en}; {WHY[twin][0].en}"
    return Words(f"{zh}。", f"{en}.")


def _group(group: dict) -> Words:
    """Members that the contracted view takes as one, and why."""
    names, ids = group["names"], group["ids"]
    why = [Words(f"集团号{'、'.join(ids)}", f"group {', '.join(ids)}")] if ids else []
    how = joined([*why, *(HOW[name] for name in group["how"])], COMMA)
    return Words(f"{'、'.join(names)}（{how.zh}）", f"{', '.join(names)} ({how.en})")


def _members(candidate: Candidate) -> Words:
    """The members as the subject of a sentence."""
    names, count = candidate.reason["names"], candidate.reason["parties"]
    zh, en = "、".join(names), ", ".join(names)
    return Words(f"{zh}等{count}户", f"{en} and {count - NAMED} more") if count > NAMED else Words(zh, en)


def _mutual(candidate: Candidate) -> Words:
    names = _members(candidate)
    return Words(f"{names.zh}互相担保", f"{names.en} guarantee each other")


def _joint(candidate: Candidate) -> Words:
    names, count, joint = _members(candidate), candidate.reason["parties"], candidate.reason["joint_name"]
    if joint is None:
        return Words(
            f"{names.zh}两两互保，构成{count}户联保",
            f"{names.en} all guarantee one another: a joint group of {count} without a group number",
        )
    return Words(f"联保组{joint}：{names.zh}，共{count}户", f"joint group {joint}: {names.en}, {count} parties")


def _cycle(candidate: Candidate) -> Words:
    names, count, measures = _members(candidate), candidate.reason["parties"], candidate.measures
    more = any("cycle" in bound["bound"] for bound in candidate.truncated)
    at_least = Words("至少", "at least ") if more else Words("", "")
    pairs, cycles = int(measures["mutual_pairs"]), int(measures["cycles"])
    shortest, longest = int(measures["shortest_cycle"]), int(measures["longest_cycle"])
    if cycles <= 1:
        return Words(
            f"{names.zh}循环担保，{shortest}户一环",
            f"{names.en} guarantee one another in a cycle of {shortest}",
        )
    return Words(
        f"{names.zh}循环担保，共{count}户，内含{pairs}对互保，{at_least.zh}{cycles}个担保环"
        f"（最短{shortest}户，最长{longest}户）",
        f"{names.en} guarantee one another in a round of {count}, with {pairs} mutual pairs and "
        f"{at_least.en}{cycles} cycles (of {shortest} to {longest} parties)",
    )


def _chain(candidate: Candidate) -> Words:
    length, path, count = (
        int(candidate.measures["longest_chain"]),
        candidate.reason["focus"],
        candidate.reason["parties"],
    )
    if len(path) > PATH:
        path = [*path[: PATH - 2], "…", path[-1]]
    return Words(
        f"担保链长{length}层：{'→'.join(path)}；相连共{count}户",
        f"a chain of {length} guarantees: {' → '.join(path)}; {count} parties hang together",
    )


def _circle(candidate: Candidate) -> Words:
    measures, count, core = candidate.measures, candidate.reason["parties"], candidate.reason["focus"]
    rounds, joint = int(measures["strong_components"]), int(measures.get("joint_groups", 0))
    zh, en = [], []
    if rounds:
        inside = int(measures["parties_in_cycles"])
        zh.append(f"含{rounds}处循环或互保（涉及{inside}户）")
        en.append(f"{rounds} mutual or cyclic part{'s' * (rounds > 1)} ({inside} parties)")
    if joint:
        zh.append(f"{joint}个联保组")
        en.append(f"{joint} joint group{'s' * (joint > 1)}")
    if not zh:
        zh.append(f"每户平均{measures['arcs_per_party']:.2f}条担保关系，无循环")
        en.append(f"{measures['arcs_per_party']:.2f} guarantees a party, no cycle")
    arcs = int(measures["arcs"])
    zh_text = f"担保圈{count}户、{arcs}条担保关系：{'，'.join(zh)}；核心：{'、'.join(core)}"
    en_text = f"a guarantee circle of {count} parties and {arcs} guarantees: {', '.join(en)}; core: {', '.join(core)}"
    if whole := int(measures.get("circle_parties", 0)):
        zh_text += f"（属{whole}户大担保圈的一部分：{int(measures['cores'])}个核心及其关联方）"
        en_text += f" (part of a circle of {whole}: {int(measures['cores'])} of its cores, with those near them)"
    return Words(zh_text, en_text)


def _over(candidate: Candidate) -> Words:
    names, measures = _members(candidate), candidate.measures
    count, own = int(measures["borrowers"]), money(measures["net_assets"], candidate.reason["currency"])
    limit = f"{measures['over_limit']:.0%}"
    held = Words("限额", "limit") if measures["on_hold"] else Words("关注线", "watch line")
    if "over_ratio" not in measures:
        return Words(
            f"{names.zh}净资产{own.zh}，已无净资产，仍为{count}户提供担保",
            f"{names.en} guarantees {count} others and has no net assets left ({own.en})",
        )
    share = f"{measures['over_ratio']:.0%}"
    return Words(
        f"{names.zh}为{count}户提供担保，占其净资产{own.zh}的{share}，超过{limit}的{held.zh}",
        f"{names.en} guarantees {count} others for {share} of its net assets of {own.en}, above {limit}, the {held.en}",
    )


_WORDS = {
    "guarantee_mutual": _mutual,
    "guarantee_joint": _joint,
    "guarantee_cycle": _cycle,
    "guarantee_chain": _chain,
    "guarantee_circle": _circle,
    "guarantee_over": _over,
}


def _contracts(candidate: Candidate) -> Words:
    measures, reason = candidate.measures, candidate.reason
    count, unknown = int(measures["contracts"]), int(measures["amount_unknown"])
    foreign = int(measures["contracts_other_currency"])
    zh, en = f"有效合同{count}份", f"{count} contract{'s' * (count > 1)} in force"
    if unknown == count:
        zh, en = f"{zh}，金额均不详", f"{en}, amounts unknown"
    else:
        if count > foreign + unknown:
            amount = money(measures["amount"], reason["currency"])
            zh += f"，合计{amount.zh}"
            en += f", {amount.en} in all"
        if unknown:
            zh, en = f"{zh}，另有{unknown}份金额不详", f"{en}, {unknown} of unknown amount besides"
        if foreign:
            zh, en = f"{zh}，另有{foreign}份为其他币种", f"{en}, {foreign} in other currencies besides"
    if first := reason["first"]:
        zh, en = f"{zh}，最早始于{first}", f"{en}, the earliest from {first}"
    if last := reason["last"]:
        zh, en = f"{zh}，最晚至{last}", f"{en}, the last until {last}"
    return Words(zh, en)


def _downstream(candidate: Candidate) -> Words:
    measures, head = candidate.measures, candidate.reason["focus"][0]
    parties, unknown = int(measures["downstream_parties"]), int(measures["downstream_amount_unknown"])
    zh, en = f"链首{head}下游{parties}户", f"{parties} parties downstream of {head}"
    if "downstream_amount" in measures:
        amount = money(measures["downstream_amount"], candidate.reason["currency"])
        zh += f"，担保{amount.zh}"
        en += f", {amount.en} guaranteed"
    if unknown:
        zh, en = f"{zh}，{unknown}份金额不详", f"{en}, {unknown} contracts of unknown amount"
    return Words(zh, en)
