"""The supervisory table of guarantee circles, and the totals by which it ties out to the loans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from ...graph.kernels.sets import distinct
from .figures import share
from .inside import inside
from .ledger import loan_balances
from .survey import Survey

BUCKETS = ((2, "2户"), (3, "3—5户"), (6, "6—10户"), (11, "11—50户"), (51, "51—200户"), (201, "200户以上"))
"""The least number of parties of each size of circle, and what it is called."""

_Cell = Callable[[dict], Any]


def _of(name: str) -> _Cell:
    return lambda row: row[name]


def _part(name: str, whole: str = "balance") -> _Cell:
    return lambda row: share(row[name], row[whole])


COLUMNS: dict[str, _Cell] = {
    "担保圈编号": _of("id"),
    "担保圈名称": _of("name"),
    "规模分档": _of("bucket"),
    "等级": _of("grade"),
    "币种": _of("currency"),
    "所属地区": _of("region"),
    "涉及企业个数": _of("companies"),
    "涉及主体个数": _of("parties"),
    "贷款行家数": _of("lenders"),
    "担保关系条数": _of("arcs"),
    "担保圈贷款余额": _of("balance"),
    "被担保贷款余额": _of("guaranteed_balance"),
    "资产总额": _of("assets"),
    "负债总额": _of("liabilities"),
    "担保贷款/净资产": _part("guaranteed_balance", "net_assets"),
    "互保贷款余额": _of("mutual_balance"),
    "互保占比": _part("mutual_balance"),
    "核心客户贷款余额": _of("core_balance"),
    "核心客户占比": _part("core_balance"),
    "最大三家余额": _of("top3_balance"),
    "最大三家占比": _part("top3_balance"),
    "不良余额": _of("bad_balance"),
    "不良率": _part("bad_balance"),
    "关注类": _of("watch_balance"),
    "逾期90天以内": _of("late_balance"),
    "表外余额": _of("off_balance"),
    "缺口：分类不详笔数": _of("class_unknown"),
    "缺口：分类不详余额": _of("class_unknown_balance"),
    "缺口：贷款行不详笔数": _of("lender_unknown"),
    "缺口：余额不详笔数": _of("balance_unknown"),
    "缺口：逾期天数不详笔数": _of("dpd_unknown"),
    "缺口：其他币种笔数": _of("other_currency"),
    "缺口：币种不详笔数": _of("currency_unstated"),
    "缺口：无财务数据企业数": _of("without_financials"),
    "缺口：未写明贷款的合同份数": _of("contract_without_loan"),
}
"""The columns of the table, each with what stands in it."""

GLOSSES = {
    "担保圈编号": "Circle's id",
    "担保圈名称": "Circle",
    "规模分档": "Size",
    "等级": "Grade",
    "币种": "Currency",
    "所属地区": "Region",
    "涉及企业个数": "Companies",
    "涉及主体个数": "Parties",
    "贷款行家数": "Lenders",
    "担保关系条数": "Guarantees",
    "担保圈贷款余额": "Balance of the circle",
    "被担保贷款余额": "Guaranteed balance",
    "资产总额": "Assets",
    "负债总额": "Liabilities",
    "担保贷款/净资产": "Guaranteed balance / net assets",
    "互保贷款余额": "Balance guaranteed around",
    "互保占比": "Share guaranteed around",
    "核心客户贷款余额": "Balance of core enterprises",
    "核心客户占比": "Share of core enterprises",
    "最大三家余额": "Balance of the largest three",
    "最大三家占比": "Share of the largest three",
    "不良余额": "Non-performing balance",
    "不良率": "Non-performing share",
    "关注类": "Special-mention balance",
    "逾期90天以内": "Balance 1–90 days past due",
    "表外余额": "Off-balance-sheet amount",
    "缺口：分类不详笔数": "Gap: loans of unknown class",
    "缺口：分类不详余额": "Gap: balance of unknown class",
    "缺口：贷款行不详笔数": "Gap: loans of unknown lender",
    "缺口：余额不详笔数": "Gap: loans of unknown balance",
    "缺口：逾期天数不详笔数": "Gap: loans of unknown days past due",
    "缺口：其他币种笔数": "Gap: loans in another currency",
    "缺口：币种不详笔数": "Gap: loans of unknown currency",
    "缺口：无财务数据企业数": "Gap: companies without balance sheet",
    "缺口：未写明贷款的合同份数": "Gap: contracts that name no loan",
}
"""What each column is called in English, beside the regulator's own name."""


def table(found: Survey) -> dict:
    """``{"currency", "columns", "rows", "buckets", "totals"}``: a row for each circle, in the order of the
    survey; how many circles there are of each size, with their balance; and the totals.

    Totals count each loan once, also where parts of one large circle share it, and tie out to the loans of the book:
    ``balance`` of the book = in circles + outside, both in the table's currency.
    """
    rows = [circle_row(found, i) for i in range(len(found.rows))]
    return {
        "currency": found.ledger.currency,
        "columns": [*COLUMNS],
        "rows": [cells(row) for row in rows],
        "buckets": _buckets(rows),
        "totals": _totals(found),
    }


def cells(row: dict) -> dict:
    """The row of the table for what ``circle_row`` says of a circle."""
    return {column: cell(row) for column, cell in COLUMNS.items()}


def circle_row(found: Survey, place: int) -> dict:
    """What is said of one circle: who it is, and its figures."""
    finding, circle, row = found.findings[place], found.circles[place], found.rows[place]
    return {
        "id": finding.id,
        "view": finding.view,
        "name": _name(found, circle.members),
        "region": _region(found, circle.members),
        "bucket": [name for least, name in BUCKETS if len(circle.members) >= least][-1],
        "currency": found.ledger.currency,
        "score": finding.score,
        "colour": finding.colour,
        **row,
    }


def _name(found: Survey, members: np.ndarray) -> str:
    """The one who owes most, the first by name of equals, and how many they are."""
    first = min(members.tolist(), key=lambda one: (-found.ledger.owes[one], found.net.labels[one]))
    return f"{found.net.labels[first]}等{len(members)}户担保圈"


def _region(found: Survey, members: np.ndarray) -> str | None:
    """Where most of them are; None where that is on record of none."""
    counts = Counter(region for region in found.ledger.region[members] if region is not None)
    return min(counts, key=lambda region: (-counts[region], region), default=None)


def _buckets(rows: list[dict]) -> list[dict]:
    return [
        {
            "bucket": name,
            "circles": sum(row["bucket"] == name for row in rows),
            "parties": sum(row["parties"] for row in rows if row["bucket"] == name),
            "balance": round(sum(row["balance"] or 0 for row in rows if row["bucket"] == name), 2),
        }
        for _, name in BUCKETS
    ]


def _totals(found: Survey) -> dict:
    ledger = found.ledger
    what = inside(found.net, ledger, [circle.members for circle in found.circles])
    held = distinct(what.loans.place)
    times = np.bincount(what.loans.place, minlength=len(ledger.loan))
    book = _book(found)
    in_circles = round(float(np.nansum(ledger.balance[held])), 2)
    return {
        "circles": len(found.circles),
        "loans_in_circles": len(held),
        "loans_in_several_circles": int((times > 1).sum()),
        "balance_in_circles": in_circles,
        "loans": book["loans"],
        "balance": book["balance"],
        "loans_outside": book["loans"] - len(held),
        "balance_outside": round(book["balance"] - in_circles, 2),
        "balance_unknown": book["balance_unknown"],
        "other_currency": book["other_currency"],
    }


def _book(found: Survey) -> dict:
    """All loans of the book in the ledger's currency, with those that are in no sum."""
    balance, foreign = loan_balances(found.view, found.ledger.currency)
    return {
        "loans": len(balance),
        "balance": round(float(np.nansum(balance)), 2),
        "balance_unknown": int((np.isnan(balance) & ~foreign).sum()),
        "other_currency": int(foreign.sum()),
    }
