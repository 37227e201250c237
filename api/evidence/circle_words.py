"""What the figures of a guarantee circle are called on its page, in both languages."""

from __future__ import annotations

from ...graph.words.names import Words

FIGURES = {
    "contract_sum": Words("担保合同金额", "sum of contracts"),
    "contracts": Words("担保合同份数", "contracts"),
    "contract_amount_unknown": Words("金额不详的合同", "contracts of unknown amount"),
    "contract_other_currency": Words("其他币种的合同", "contracts in another currency"),
    "contract_never_in_force": Words("止期不晚于起期的合同", "contracts that end before they begin"),
    "loans": Words("贷款笔数", "loans"),
    "circulating": Words("循环担保金额", "amount that only goes round"),
    "circulating_share": Words("循环占比", "share that only goes round"),
    "reciprocity": Words("互担比例", "share of relations that are answered"),
    "largest_guarantor_share": Words("最大担保人占比", "share of the largest guarantor"),
    "net_assets": Words("净资产", "net assets"),
    "over_watch": Words("担保超关注线的主体", "parties above the watch line"),
    "over_hold": Words("担保超限的主体", "parties above the limit"),
    "over_unknown": Words("净资产不详的担保人", "guarantors without net assets on record"),
    "class_contradicts_dpd": Words("分类与逾期矛盾的贷款", "loans whose class contradicts days past due"),
}
"""Figures beside those of the supervisory table."""
AMOUNTS = frozenset({"contract_sum", "circulating", "net_assets"})
SHARES = frozenset({"circulating_share", "reciprocity", "largest_guarantor_share"})

COLUMNS = {
    "担保圈编号": "circle",
    "担保圈名称": "name",
    "规模分档": "size",
    "等级": "grade",
    "币种": "currency",
    "所属地区": "region",
    "涉及企业个数": "companies",
    "涉及主体个数": "parties",
    "贷款行家数": "lenders",
    "担保关系条数": "guarantee relations",
    "担保圈贷款余额": "loan balance",
    "被担保贷款余额": "guaranteed balance",
    "资产总额": "total assets",
    "负债总额": "total liabilities",
    "担保贷款/净资产": "guaranteed balance / net assets",
    "互保贷款余额": "mutually guaranteed balance",
    "互保占比": "its share",
    "核心客户贷款余额": "balance of core enterprises",
    "核心客户占比": "its share",
    "最大三家余额": "balance of the largest three",
    "最大三家占比": "its share",
    "不良余额": "bad balance",
    "不良率": "bad share",
    "关注类": "special-mention balance",
    "逾期90天以内": "overdue up to 90 days",
    "表外余额": "off-balance amount",
    "缺口：分类不详笔数": "gap: loans of unknown class",
    "缺口：分类不详余额": "gap: their balance",
    "缺口：贷款行不详笔数": "gap: loans of unknown lender",
    "缺口：余额不详笔数": "gap: loans of unknown balance",
    "缺口：逾期天数不详笔数": "gap: loans of unknown days past due",
    "缺口：其他币种笔数": "gap: loans in another currency",
    "缺口：币种不详笔数": "gap: loans without currency",
    "缺口：无财务数据企业数": "gap: companies without financials",
    "缺口：未写明贷款的合同份数": "gap: contracts that name no loan",
}
"""The columns of the supervisory table in English."""
CONDITIONS = {
    "a": Words("担保关系多", "many guarantee relations"),
    "b": Words("担保金额大", "large guarantees"),
    "c": Words("控制多家企业", "controls several companies"),
}
"""Conditions of a core enterprise."""
SHARED = {
    "registered_address": Words("注册地址", "registered address"),
    "phone": Words("电话", "phone"),
    "finance_contact": Words("财务联系人", "finance contact"),
    "auditor": Words("审计机构", "auditor"),
}
"""What companies of a hidden group share."""
LEVELS = {"watch": Words("关注", "watch"), "hold": Words("超限", "hold")}
UNKNOWN = Words("不详", "unknown")
