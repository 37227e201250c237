"""A book and its next month, small but with everything in which loads differ: rows new, changed, unchanged, missing
from a full extract, rejected and doubled, ties that end, loans now paid out in parts.
"""

from pathlib import Path

from ringfence.loaders.schema.mapping import Mapping, parse_mapping

MAPPING_TEXT = 'reject_limit = 0.5\n[extract]\nholdings = "full"\nguarantees = "full"\n'
"""How both are read; every personal kind is personal."""


def mapping() -> Mapping:
    """The mapping of ``MAPPING_TEXT``."""
    return parse_mapping(MAPPING_TEXT, "monthly", "monthly.toml")


def write_month(folder: Path, month: int, people: int) -> Path:
    """One month's tables, the second with changes against the first."""
    later, firms = month > 1, people // 4
    tables = {
        "applicants": ["applicant_id,name,mobile,bank_card_no,home_address"]
        + [
            f"A{i},张{i},{13800000000 + i + (later and i % 7 == 0)},62220200{i:010},某市{i // 3}号"
            for i in range(people + 20 * later)
        ]
        + ["A1,张1,13800000001,,"] * 3
        + [f"A{i},张{i},{13600000000 + i + later * (i % 2)},," for i in range(0, people, 5)],
        "identifiers": ["owner_id,kind,value"]
        + [f"A{i},{kind},{13700000000 + i}" for i in range(people // 3 - 9 * later) for kind in ("phone", "device")],
        "relations": ["applicant_id,other_id,relation"] + [f"A{i},A{i + 1},配偶" for i in range(later, people // 4)],
        "companies": ["company_id,name,net_assets"] + [f"C{i},企业{i},{i * 1000 + month}" for i in range(firms)],
        "applications": ["apply_no,applicant_id,apply_time,device_id,ip"]
        + [
            f"P{i},A{i % (people + firms)},2026-{month:02}-{1 + i % 27:02} 10:00:00,d{i % 97},36.0.{i % 250}.1"
            for i in range(0 if not later else people // 2, people + firms)
        ],
        "loans": ["loan_id,borrower_id,apply_no,account_no,amount,disbursed_at,balance"]
        + [f"L{i},A{i},P{i},62220200{i:010},1000,2026-01-28,{900 - 100 * month}" for i in range(0, people, 2)],
        "guarantees": ["contract_id,guarantor_id,borrower_id,amount"]
        + [f"G{i},C{i % firms},C{(i * 7 + 1) % (firms + 1)},{i}" for i in range(people) if not (later and i % 11 == 0)],
        "holdings": ["holder_id,company_id,ratio"]
        + [f"C{i},C{i + 1},0.{1 + (i + later * (i % 3 == 0)) % 8}" for i in range(people // 8) if i % 5 or not later],
        "transfers": ["from_account,to_account,amount,time"]
        + [
            f"62220200{i % people:010},62220200{i * 31 % people:010},{i}.5,2026-{month:02}-20 08:00:00"
            for i in range(people * 3)
        ],
        "contacts": ["applicant_id,contact_mobile,contact_name"]
        + [f"A{i},{13900000000 + i // 4},李{i}" for i in range(people)],
    }
    if later:
        tables["disbursements"] = ["loan_id,account_no,amount,time"] + [
            f"L{i},62220200{i + 1:010},500,2026-02-{day} 09:00:00" for i in range(0, people, 6) for day in (10, 11)
        ]
    folder.mkdir(parents=True)
    for table, lines in tables.items():
        (folder / f"{table}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder
