"""What the page of a guarantee circle shows beside its evidence: figures, who holds it together, a default, the cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...graph.words.money import money
from ...graph.words.names import Words
from ...graph.words.plain import plain
from .circle_words import AMOUNTS, COLUMNS, CONDITIONS, FIGURES, LEVELS, SHARED, SHARES, UNKNOWN
from .marks import Marks

_BALANCES = ("余额", "总额", "关注类", "逾期90天以内")
_PARTS = ("占比", "不良率", "净资产")


def marks_of(report: Mapping) -> Marks:
    """What stands out in the picture of a circle."""
    arcs = [arc for item in report["cut"]["guarantees"] for arc in item["arcs"]]
    return Marks(
        key=frozenset(one["node"] for one in report["key_nodes"]),
        core=frozenset(one["node"] for one in report["core_enterprises"]),
        cut=frozenset((arc["guarantor"], arc["borrower"]) for arc in arcs),
    )


def circle_page(report: Mapping) -> dict[str, Any]:
    """What the template shows of ``guarantee_report.report``."""
    currency = report["currency"]
    name = {one["node"]: plain(one["name"]) for one in report["members"]}
    return {
        "name": plain(report["name"]),
        "grade": report["grade"],
        "figures": [(words, _figure(key, report[key], currency)) for key, words in FIGURES.items()],
        "row": [
            (Words(column, COLUMNS[column]), _cell(column, value, currency))
            for column, value in report["table"].items()
        ],
        "parties": _parties(report, currency),
        "hidden": [
            {
                "by": SHARED[one["by"]],
                "value": plain(str(one["value"])),
                "who": "、".join(name[node] for node in one["members"]),
                "users": one["users"],
            }
            for one in report["hidden_groups"]
        ],
        "contradictions": [one | {"loan": plain(one["loan"].partition(":")[2])} for one in report["contradictions"]],
        **_cascade(report, name, currency),
        **_cut(report["cut"], currency),
    }


def _figure(key: str, value: float | None, currency: str | None) -> Words:
    if value is None:
        return UNKNOWN
    if key in AMOUNTS:
        return money(value, currency)
    return Words(f"{value:.1%}" if key in SHARES else f"{value:,.0f}", "")


def _cell(column: str, value: Any, currency: str | None) -> Words:
    """A cell of the supervisory table: amounts in full beside 万 and 亿, shares as percent."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return Words(plain(value), "")
    if column.endswith(_PARTS):
        return Words(f"{value:.1%}", "")
    return money(value, currency) if column.endswith(_BALANCES) else Words(f"{value:,.0f}", "")


def _amount(value: float | None, unknown: int, currency: str | None) -> Words:
    """A sum of amounts of which some may not be on record."""
    if value is None or (not value and unknown):
        return UNKNOWN
    zh, en = money(value, currency)
    return Words(f"{zh}，另{unknown}份不详", f"{en}, {unknown} more unknown") if unknown else Words(zh, en)


def _parties(report: Mapping, currency: str | None) -> list[dict[str, Any]]:
    """Parties of whom something is to be said, each with all of it."""
    found: dict[str, dict[str, Any]] = {}

    def say(one: Mapping, zh: str, en: str) -> None:
        party = found.setdefault(one["node"], {"name": plain(one["name"]), "node": one["node"], "said": []})
        party["said"].append(Words(zh, en))

    for one in report["key_nodes"]:
        zh, en = ("、".join(map(str, one["parts"])), ", ".join(map(str, one["parts"])))
        say(one, f"★ 缺之则圈散为{zh}户各部分", f"key: without it the circle falls into parts of {en}")
    for one in report["core_enterprises"]:
        met = [CONDITIONS[name] for name in one["conditions"]]
        near = ", ".join(f"{hand}: {one[f'within_{hand}']}" for hand in (1, 2, 3))
        zh, en = "、".join(words.zh for words in met), ", ".join(words.en for words in met)
        say(
            one,
            f"◆ 核心企业（{zh}）；一、二、三手关联方 {near}",
            f"core enterprise ({en}); parties within hands {near}",
        )
    for one in report["over_guarantee"]:
        given = _amount(one["guaranteed"], one["amount_unknown"], currency)
        share = UNKNOWN if one["ratio"] is None else Words(f"{one['ratio']:.0%}", f"{one['ratio']:.0%}")
        own, level = money(one["net_assets"], currency), LEVELS[one["level"]]
        say(
            one,
            f"{level.zh}：为{one['guarantees_for']}户担保{given.zh}，净资产{own.zh}，比例{share.zh}",
            f"{level.en}: guarantees {given.en} for {one['guarantees_for']}, net assets {own.en}, ratio {share.en}",
        )
    return list(found.values())


def _cascade(report: Mapping, name: Mapping[str, str], currency: str | None) -> dict[str, Any]:
    fall = report["cascade"]
    return {
        "defaults": [
            one
            | {"label": plain(one["label"])}
            | {"called": _amount(one["called"], one["calls_of_unknown_amount"], currency)}
            for one in report["defaults"]
        ],
        "fall": Words(plain(fall["reason_zh"]), plain(fall["reason_en"])),
        "steps": [
            {
                "round": step["round"],
                "calls": [
                    (name[call["guarantor"]], name[call["by"]], _known(call["amount"], currency))
                    for call in step["calls"]
                ],
                "failed": [
                    (name[one["node"]], *(_known(one[key], currency) for key in ("called", "net_assets", "paid")))
                    for one in step["failed"]
                ],
            }
            for step in fall["rounds"]
        ],
        "standing": [
            (name[one["node"]], *(_known(one[key], currency) for key in ("called", "net_assets", "paid")))
            for one in fall["standing"]
        ],
        "gaps": _gaps(fall["gaps"]),
    }  # fmt: skip


def _known(value: float | None, currency: str | None) -> Words:
    return UNKNOWN if value is None else money(value, currency)


def _gaps(gaps: Iterable[Mapping]) -> list[Words]:
    return [Words(plain(gap["zh"]), plain(gap["en"])) for gap in gaps]


def _cut(cut: Mapping, currency: str | None) -> dict[str, Any]:
    return {
        "cut": Words(plain(cut["reason_zh"]), plain(cut["reason_en"])),
        "replaced": [
            {
                "arcs": [plain(label) for label in item["labels"]],
                "joint": plain(item["joint_group"] or ""),
                "contracts": len(item["contracts"]),
                "amount": _amount(item["amount"], item["amount_unknown"], currency),
            }
            for item in cut["guarantees"]
        ],
    }
