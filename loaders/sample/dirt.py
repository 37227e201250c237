"""Dirt: what clerks, forms, exports and spreadsheets do to real tables, at the rates they do it.

Every row of a table has the same chance, whatever it holds.
"""

# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_TEXT = pa.string()
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

BLANK = 0.01
"""Share of cells left blank in columns that may be blank."""
TWICE = {
    "applicants": 0.004,
    "applications": 0.004,
    "contacts": 0.006,
    "loans": 0.003,
    "transfers": 0.003,
    "orders": 0.004,
    "loan_history": 0.002,
    "guarantees": 0.006,
}
"""Share of rows exported twice, by table; of tables without a key none are, for there they would count twice."""
_STRANGERS = {"applications": "applicant_id", "contacts": "applicant_id", "orders": "applicant_id"}
_UNKNOWN = 0.002


def _plus86(value: str, random: np.random.Generator) -> str:
    return random.choice(["+86", "+86 ", "0086", "86-"]) + value if "-" not in value else value


def _spaced(value: str, random: np.random.Generator) -> str:
    mark = random.choice([" ", "-"])
    return value if "-" in value or len(value) != 11 else mark.join((value[:3], value[3:7], value[7:]))


def _wide(value: str, random: np.random.Generator) -> str:
    return value.translate(_WIDE)


def _short_id(value: str, random: np.random.Generator) -> str:
    return value[:6] + value[8:17] if value[6:8] == "19" else value


def _scientific(value: str, random: np.random.Generator) -> str:
    return f"{float(value):.5E}" if value.isdigit() else value


def _slashes(value: str, random: np.random.Generator) -> str:
    day, _, time = value.partition(" ")
    year, month, of_month = day.split("-")
    return f"{year}/{int(month)}/{int(of_month)} {time.lstrip('0') if not time.startswith('00') else time[1:]}".strip()


def _grouped(value: str, random: np.random.Generator) -> str:
    return f"{float(value):,.2f}"


def _as(*words: str) -> Callable[[str, np.random.Generator], str]:
    return lambda value, random: str(random.choice(words))


_PHONE = ((0.004, _plus86), (0.004, _spaced), (0.002, _wide), (0.003, _as("13800138000", "无", "11111111111")))
_CARD = ((0.004, _spaced), (0.001, _scientific))
_CELLS = {
    ("applicants", "mobile"): _PHONE,
    ("applicants", "employer_phone"): _PHONE,
    ("contacts", "contact_mobile"): (*_PHONE, (0.0005, _scientific)),
    ("applicants", "cert_no"): (
        (0.004, _short_id),
        (0.001, _scientific),
        (0.002, _wide),
        (0.001, lambda v, r: v[:-1] + "0"),
    ),
    ("applicants", "bank_card_no"): _CARD,
    ("applicants", "home_address"): ((0.004, _as("同身份证", "家")), (0.003, lambda v, r: v.replace("号", "号 "))),
    ("applicants", "work_address"): ((0.004, _as("无", "同上")),),
    ("applicants", "employer"): ((0.005, _as("自由职业", "无", "公司")),),
    ("applicants", "email"): ((0.004, _as("123@qq.com", "无")),),
    ("applications", "apply_time"): ((0.01, _slashes), (0.002, _as("不详", "2026-13-45", "0000-00-00 00:00:00"))),
    ("applications", "amount"): ((0.004, _grouped), (0.002, _as("一万元", "待定"))),
    ("applications", "imei"): ((0.004, _as("000000000000000", "012345678912345")), (0.001, _scientific)),
    ("applications", "wifi_bssid"): ((0.02, _as("02:00:00:00:00:00")), (0.004, lambda v, r: v.upper())),
    ("applications", "ip"): ((0.003, _as("127.0.0.1", "0.0.0.0")),),
    ("applications", "gps_lat"): ((0.002, _as("0", "999")),),
    ("loans", "disbursed_at"): ((0.004, _slashes), (0.001, _as("未知"))),
    ("loans", "dpd"): ((0.002, _as("逾期")),),
    ("transfers", "amount"): ((0.003, _grouped), (0.002, _as("--", "见附件"))),
    ("transfers", "time"): ((0.003, _slashes), (0.001, _as("不详"))),
    ("repayments", "amount"): ((0.001, _as("不详")),),
    ("orders", "delivered_at"): ((0.003, _as("未签收")),),
    ("guarantees", "liability"): ((0.01, _as("连带责任保证", "连带")),),
    ("companies", "net_assets"): ((0.01, _as("不详")),),
}
"""By table and column, how often a cell that is not blank is written how."""
_MAY_BE_BLANK = {
    "applicants": ("name", "cert_type", "cert_no", "mobile", "email", "employer", "region"),
    "applications": ("amount", "credit_limit", "channel", "device_id", "ip", "term_months", "status"),
    "contacts": ("contact_name", "relation"),
    "loans": ("lender", "product", "five_class", "due_at", "credit_limit"),
    "transfers": ("kind", "purpose"),
    "orders": ("delivery_address", "amount"),
    "guarantees": ("liability",),
    "accounts": ("bank", "opened_at"),
    "companies": ("region", "industry", "total_assets"),
}


def soil(random: np.random.Generator, table: str, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """A table with its dirt: cells written otherwise or left blank, rows twice, rows about people nobody knows."""
    columns = dict(columns)
    for name in _MAY_BE_BLANK.get(table, ()):
        columns[name] = pc.if_else(
            pa.array(random.random(len(columns[name])) < BLANK), pa.scalar(None, _TEXT), columns[name]
        )
    for (of, name), ways in _CELLS.items():
        if of == table:
            columns[name] = _rewritten(random, columns[name], ways)
    if table in _STRANGERS:
        columns[_STRANGERS[table]] = _of_strangers(random, columns[_STRANGERS[table]])
    count = len(next(iter(columns.values())))
    twice = np.flatnonzero(random.random(count) < TWICE.get(table, 0))
    order = pa.array(random.permutation(np.concatenate([np.arange(count), twice])))
    return {name: column.take(order) for name, column in columns.items()}


def _rewritten(random: np.random.Generator, column: pa.Array, ways: tuple) -> pa.Array:
    chance, low = random.random(len(column)), 0.0
    chance = np.where(column.is_valid().to_numpy(zero_copy_only=False), chance, 1.0)
    for rate, how in ways:
        chosen = (chance >= low) & (chance < low + rate)
        low += rate
        if chosen.any():
            values = column.filter(pa.array(chosen)).to_pylist()
            column = pc.replace_with_mask(column, pa.array(chosen), pa.array([how(v, random) for v in values], _TEXT))
    return column


def _of_strangers(random: np.random.Generator, column: pa.Array) -> pa.Array:
    chosen = random.random(len(column)) < _UNKNOWN
    if not chosen.any():
        return column
    letter = column[0].as_py()[0]
    strange = [f"{letter}{number:010d}" for number in random.integers(0, 10**10, int(chosen.sum())).tolist()]
    return pc.replace_with_mask(column, pa.array(chosen), pa.array(strange, _TEXT))
