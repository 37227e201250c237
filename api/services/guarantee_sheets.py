"""The supervisory table as a workbook."""

from __future__ import annotations

from .workbook import content

TOTALS = {
    "circles": "担保圈个数",
    "loans_in_circles": "圈内贷款笔数",
    "loans_in_several_circles": "同属数个担保圈的贷款笔数",
    "balance_in_circles": "圈内贷款余额",
    "loans": "全部贷款笔数",
    "balance": "全部贷款余额",
    "loans_outside": "圈外贷款笔数",
    "balance_outside": "圈外贷款余额",
    "balance_unknown": "余额不详的贷款笔数",
    "other_currency": "其他币种的贷款笔数",
}
"""What the totals are called."""


def table_workbook(told: dict) -> bytes:
    """The table, its sizes and its totals, a sheet each."""
    rows = ([row[column] for column in told["columns"]] for row in told["rows"])
    sizes = ([one["bucket"], one["circles"], one["parties"], one["balance"]] for one in told["buckets"])
    totals = ([TOTALS[name], value] for name, value in told["totals"].items())
    return content(
        ("担保圈统计表", told["columns"], rows),
        ("规模分档", ("规模", "担保圈个数", "主体个数", "贷款余额"), sizes),
        ("合计", ("项目", "数值"), totals),
    )
