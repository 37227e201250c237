"""Rows about companies: their figures, holdings, loans and guarantees, and the partners that enhance loans."""

# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from . import lending, numbers, places, words
from .companies import LICENSED, Corporate
from .people import DAYS
from .tables import Columns, Keys, amounts, days, moments, pick

_TEXT = pa.string()


@dataclass
class CorporateLoans:
    """Loans to companies, by number."""

    company: np.ndarray
    amount: np.ndarray
    disbursed: np.ndarray
    years: np.ndarray
    overdue: np.ndarray
    account: np.ndarray


def companies(corporate: Corporate, keys: Keys, random: np.random.Generator) -> Columns:
    """Rows of ``companies``."""
    count = len(corporate)
    industries = [industry for _, industry in words.TRADES]
    industry = np.array(industries, dtype=object)[corporate.trade]
    industry[corporate.licensed] = LICENSED
    groups = numbers.ids(random, "G", corporate.groups + 1, 5)
    return {
        "company_id": keys.company,
        "name": pa.array(corporate.names(), _TEXT),
        "uscc": pa.array(numbers.credit_codes(random, places.ID_PREFIX[corporate.city] * 100 + 2)),
        "legal_rep_id": keys.applicant.take(pa.array(corporate.rep, mask=corporate.rep < 0)),
        "group_id": pick(groups, corporate.group),
        "region": pick(places.NAME, corporate.city),
        "industry": pa.array(industry, _TEXT),
        "total_assets": amounts(corporate.assets),
        "total_liabilities": amounts(corporate.assets - corporate.net),
        "net_assets": amounts(corporate.net),
        "status_date": days(np.full(count, DAYS - 91)),
    }


def holdings(corporate: Corporate, keys: Keys) -> Columns:
    """Rows of ``holdings``."""
    return {
        "holder_id": pa.array([keys.of(kind, holder) for kind, holder, _, _ in corporate.holdings], _TEXT),
        "company_id": pa.array([keys.of("company", company) for _, _, company, _ in corporate.holdings], _TEXT),
        "ratio": pa.array([f"{ratio:.2f}" for *_, ratio in corporate.holdings], _TEXT),
    }


def borrow(corporate: Corporate, random: np.random.Generator, accounts: np.ndarray) -> CorporateLoans:
    """One or two loans of each company that is no licensed guarantor."""
    company = np.repeat(
        np.arange(len(corporate)), np.where(corporate.licensed, 0, random.integers(1, 3, len(corporate)))
    )
    count = len(company)
    return CorporateLoans(
        company,
        np.round(np.maximum(corporate.assets[company] * random.uniform(0.05, 0.3, count), 100_000), -4),
        random.integers(10, DAYS - 5, count) * 86_400 + random.integers(32_000, 60_000, count),
        random.integers(1, 4, count),
        np.where(random.random(count) < 0.05, random.integers(5, 300, count), 0),
        accounts[company],
    )


def loans(
    given: CorporateLoans,
    corporate: Corporate,
    keys: Keys,
    ids: pa.Array,
    names: list[str],
    text: pa.Array,
    random: np.random.Generator,
) -> Columns:
    """Rows of ``loans`` to companies.

    Parameters
    ----------
    ids, text : the loans' numbers and their accounts
    names : of companies
    """
    count = len(given.company)
    overdue = np.minimum(given.overdue, np.maximum(DAYS - given.disbursed // 86_400 - 30, 0))
    day = given.disbursed // 86_400
    enhancer: list[str | None] = [None] * count
    of_company = {contract.borrower[1]: contract.guarantor[1] for contract in corporate.contracts
                  if contract.guarantor[0] == "company" and corporate.licensed[contract.guarantor[1]]}  # fmt: skip
    guaranteed = {contract.borrower[1] for contract in corporate.contracts if contract.borrower[0] == "company"}
    for at, one in enumerate(given.company.tolist()):
        if one in of_company:
            enhancer[at] = names[of_company[one]]
    method = ["保证" if one in guaranteed else "抵押" if one % 3 else "信用" for one in given.company.tolist()]
    return {
        "loan_id": ids,
        "borrower_id": keys.company.take(pa.array(given.company)),
        "lender": pick(words.LENDERS, random.integers(0, len(words.LENDERS), count)),
        "applied_at": moments(given.disbursed - random.integers(3, 40, count) * 86_400),
        "product": pa.array(np.array(["流动资金贷款", "经营贷", "项目贷款"])[random.integers(0, 3, count)]),
        "amount": amounts(given.amount),
        "credit_limit": amounts(given.amount * 1.2),
        "balance": amounts(np.round(given.amount * random.uniform(0.2, 1.0, count), -3)),
        "disbursed_at": moments(given.disbursed),
        "due_at": days(day + given.years * 365),
        "account_no": text,
        "five_class": pick(lending.CLASSES, lending.five_class(overdue)),
        "dpd": pa.array(overdue).cast(_TEXT),
        "status_date": days(np.full(count, DAYS - 1)),
        "off_balance_amount": amounts(np.where(random.random(count) < 0.2, np.round(given.amount * 0.3, -4), np.nan)),
        "enhancer": pa.array(enhancer, _TEXT),
        "guarantee_method": pa.array(method, _TEXT),
    }


def guarantees(
    corporate: Corporate, given: CorporateLoans, ids: pa.Array, keys: Keys, random: np.random.Generator
) -> Columns:
    """Rows of ``guarantees``."""
    contracts = corporate.contracts
    count = len(contracts)
    numbered = numbers.ids(random, "B", count, 9)
    joints = numbers.ids(random, "LB", corporate.joints + 1, 6)
    first_loan = {one: at for at, one in reversed(list(enumerate(given.company.tolist())))}
    maximum = random.random(count) < 0.3
    named = random.random(count) < 0.6
    loan = np.array([first_loan.get(c.borrower[1], -1) if c.borrower[0] == "company" else -1 for c in contracts])
    amount = np.array([contract.amount for contract in contracts])
    over = np.array([contract.released is not None for contract in contracts])
    done = np.array([contract.end < DAYS for contract in contracts])
    return {
        "contract_id": numbered,
        "guarantor_id": pa.array([keys.of(*contract.guarantor) for contract in contracts]),
        "borrower_id": pa.array([keys.of(*contract.borrower) for contract in contracts]),
        "amount": amounts(amount),
        "loan_id": pick(ids, np.where(named, loan, -1)),
        "liability": pa.array(np.where(random.random(count) < 0.85, "joint_several", "general")),
        "form": pa.array(np.where(maximum, "maximum", "single")),
        "cap": amounts(np.where(maximum, amount, np.nan)),
        "joint_group_id": pick(joints, np.array([contract.joint for contract in contracts])),
        "counter_of": pick(numbered, np.array([contract.counter_of for contract in contracts])),
        "start_date": days(np.array([contract.start for contract in contracts])),
        "end_date": days(np.array([contract.end for contract in contracts])),
        "status": pa.array(np.where(over, "已解除", np.where(done, "已结清", "有效"))),
        "released_at": pick(
            days(np.array([contract.released or 0 for contract in contracts])),
            np.where(over, np.arange(count), -1),
        ),
        "status_date": days(np.full(count, DAYS - 1)),
    }


def partners(corporate: Corporate, names: list[str]) -> Columns:
    """Rows of ``partners``: licensed guarantors, an insurer, and the platforms that bring borrowers."""
    guarantors = [names[at] for at in np.flatnonzero(corporate.licensed)]
    rows = [(name, "融资担保") for name in guarantors] + [("东岭财产保险", "保险增信")]
    rows += [(name, "助贷平台") for name in words.PLATFORMS[2:]]
    return {
        "partner_name": pa.array([name for name, _ in rows]),
        "role": pa.array([role for _, role in rows]),
        "product": pa.array(["现金贷"] * len(rows)),
        "listed_from": days(np.full(len(rows), -400)),
    }
