"""Guarantee structures in the words of a risk manager, in Chinese and English."""

from __future__ import annotations

from heapq import nsmallest
from typing import NamedTuple

import numpy as np

from ...graph.words.money import day, money
from .net import Net
from .twins import CONTROLLER, COUNTER, FARMERS, PARENT
from .view import Structure

NAMED = 4
"""How many parties a sentence names before it says how many there are."""
PATH = 12
"""Parties of a chain or ring that a sentence spells out."""

TWINS = {
    FARMERS: (
        "成员均为自然人，且只有联保关系，符合农户联保",
        "all are natural persons bound by the joint group only, as in farmers' joint lending",
    ),
    CONTROLLER: (
        "成员仅为企业、其实际控制人及亲属，属常见的增信安排",
        "only companies, their controller and family: a usual way to support one's own company",
    ),
    PARENT: ("成员同属一个集团（母子公司），属集团内部担保", "all belong to one group (parent and subsidiaries)"),
    COUNTER: ("各笔担保均有反担保", "every guarantee is secured by a counter-guarantee"),
}


class Merged(NamedTuple):
    """Parties that the contracted view takes as one: their names, and why in both languages."""

    names: list[str]
    zh: str
    en: str


def reasons(
    structure: Structure,
    members: np.ndarray,
    measures: dict[str, float],
    net: Net,
    currency: str | None,
    twin: str | None,
    merged: list[Merged],
) -> tuple[str, str]:
    """What an investigator would write of a structure: ``(Chinese, English)``."""
    zh, en = _WORDS[structure.kind](structure, _Names(structure, members, net), measures)
    contracts_zh, contracts_en = _contracts(structure, measures, net, currency)
    zh, en = f"{zh}；{contracts_zh}", f"{en}; {contracts_en}"
    if structure.kind == "guarantee_chain":
        more_zh, more_en = _downstream(structure, measures, net, currency)
        zh, en = f"{zh}；{more_zh}", f"{en}; {more_en}"
    if merged:
        zh = "按集团合并后：" + zh + "；合并：" + "；".join(f"{'、'.join(m.names)}（{m.zh}）" for m in merged)
        en = "With groups taken as one: " + en + "; taken as one: "
        en += "; ".join(f"{', '.join(m.names)} ({m.en})" for m in merged)
    if twin:
        zh, en = f"{zh}；{TWINS[twin][0]}", f"{en}; {TWINS[twin][1]}"
    return f"{zh}。", f"{en}."


class _Names:
    """The members' names, those worth naming first in front."""

    def __init__(self, structure: Structure, members: np.ndarray, net: Net):
        self.count = len(members)
        self.focus = [net.labels[party] for party in structure.focus]
        self.labels = [net.labels[party] for party in members]

    def first(self, some: list[str] | None = None) -> list[str]:
        """At most ``NAMED`` of the names, in order of the alphabet."""
        return nsmallest(NAMED, self.labels if some is None else some)

    def zh(self) -> str:
        """The members as the subject of a sentence."""
        names = "、".join(self.first())
        return f"{names}等{self.count}户" if self.count > NAMED else f"{names}"

    def en(self) -> str:
        """The members as the subject of a sentence."""
        names = ", ".join(self.first())
        return f"{names} and {self.count - NAMED} more" if self.count > NAMED else names


def _mutual(structure: Structure, names: _Names, measures: dict[str, float]) -> tuple[str, str]:
    return f"{names.zh()}互相担保", f"{names.en()} guarantee each other"


def _joint(structure: Structure, names: _Names, measures: dict[str, float]) -> tuple[str, str]:
    if structure.joint_name is None:
        return (
            f"{names.zh()}两两互保，构成{names.count}户联保",
            f"{names.en()} all guarantee one another: a joint group of {names.count} without a group number",
        )
    return (
        f"联保组{structure.joint_name}：{names.zh()}，共{names.count}户",
        f"joint group {structure.joint_name}: {names.en()}, {names.count} parties",
    )


def _cycle(structure: Structure, names: _Names, measures: dict[str, float]) -> tuple[str, str]:
    more = any("cycle" in bound["bound"] for bound in structure.truncated)
    at_least_zh, at_least_en = ("至少", "at least ") if more else ("", "")
    pairs, cycles = int(measures["mutual_pairs"]), int(measures["cycles"])
    shortest, longest = int(measures["shortest_cycle"]), int(measures["longest_cycle"])
    if cycles <= 1:
        return (
            f"{names.zh()}循环担保，{shortest}户一环",
            f"{names.en()} guarantee one another in a cycle of {shortest}",
        )
    return (
        f"{names.zh()}循环担保，共{names.count}户，内含{pairs}对互保，{at_least_zh}{cycles}个担保环"
        f"（最短{shortest}户，最长{longest}户）",
        f"{names.en()} guarantee one another in a round of {names.count}, with {pairs} mutual pairs and "
        f"{at_least_en}{cycles} cycles (of {shortest} to {longest} parties)",
    )


def _chain(structure: Structure, names: _Names, measures: dict[str, float]) -> tuple[str, str]:
    length, path = int(measures["longest_chain"]), names.focus
    if len(path) > PATH:
        path = [*path[: PATH - 2], "…", path[-1]]
    return (
        f"担保链长{length}层：{'→'.join(path)}；相连共{names.count}户",
        f"a chain of {length} guarantees: {' → '.join(path)}; {names.count} parties hang together",
    )


def _circle(structure: Structure, names: _Names, measures: dict[str, float]) -> tuple[str, str]:
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
    core = names.first(names.focus)
    arcs = int(measures["arcs"])
    zh_text = f"担保圈{names.count}户、{arcs}条担保关系：{'，'.join(zh)}；核心：{'、'.join(core)}"
    en_text = (
        f"a guarantee circle of {names.count} parties and {arcs} guarantees: {', '.join(en)}; core: {', '.join(core)}"
    )
    if whole := int(measures.get("circle_parties", 0)):
        zh_text += f"（{whole}户大担保圈的一个核心及其直接关联方）"
        en_text += f" (one core, with those next to it, of a circle of {whole})"
    return zh_text, en_text


_WORDS = {
    "guarantee_mutual": _mutual,
    "guarantee_joint": _joint,
    "guarantee_cycle": _cycle,
    "guarantee_chain": _chain,
    "guarantee_circle": _circle,
}


def _contracts(structure: Structure, measures: dict[str, float], net: Net, currency: str | None) -> tuple[str, str]:
    count, unknown = int(measures["contracts"]), int(measures["amount_unknown"])
    foreign = int(measures["contracts_other_currency"])
    zh, en = f"有效合同{count}份", f"{count} contract{'s' * (count > 1)} in force"
    if unknown == count:
        zh, en = f"{zh}，金额均不详", f"{en}, amounts unknown"
    else:
        if count > foreign + unknown:
            zh += f"，合计{money(measures['amount'], currency).zh}"
            en += f", {money(measures['amount'], currency).en} in all"
        if unknown:
            zh, en = f"{zh}，另有{unknown}份金额不详", f"{en}, {unknown} of unknown amount besides"
        if foreign:
            zh, en = f"{zh}，另有{foreign}份为其他币种", f"{en}, {foreign} in other currencies besides"
    first, last = day(int(net.start[structure.rows].min())), day(int(net.end[structure.rows].max()))
    if first:
        zh, en = f"{zh}，最早始于{first}", f"{en}, the earliest from {first}"
    if last:
        zh, en = f"{zh}，最晚至{last}", f"{en}, the last until {last}"
    return zh, en


def _downstream(structure: Structure, measures: dict[str, float], net: Net, currency: str | None) -> tuple[str, str]:
    parties, unknown = int(measures["downstream_parties"]), int(measures["downstream_amount_unknown"])
    amount = measures.get("downstream_amount")
    head = net.labels[structure.focus[0]]
    zh, en = f"链首{head}下游{parties}户", f"{parties} parties downstream of {head}"
    if amount is not None:
        zh += f"，担保{money(amount, currency).zh}"
        en += f", {money(amount, currency).en} guaranteed"
    if unknown:
        zh, en = f"{zh}，{unknown}份金额不详", f"{en}, {unknown} contracts of unknown amount"
    return zh, en
