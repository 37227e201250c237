"""Books for questions about money: the same rows for the oracle, for a toy graph and as CSV, random ones among them."""

import csv
import gzip
from datetime import UTC, datetime

import numpy as np
from oracles.questions import Book
from ringfence.graph.model import ALWAYS, FOREVER
from support import toy

DAY = 86_400_000
START = 1_577_836_800_000
"""The first instant of 2020."""


def at(day):
    """Epoch milliseconds of a day of 2020, the first being 0."""
    return START + int(day * DAY)


def snapshot(book):
    """The rows as a toy graph. Every third row has ended since: it counts all the same."""
    made = toy.Book()
    for relation, kinds, rows, kind in (
        ("TRANSFERRED", ("account", "account"), book.transfers, "transfer"),
        ("TRANSFERRED", ("account", "account"), book.withdrawals, "withdrawal"),
        ("DISBURSED_TO", ("loan", "account"), book.deposits, None),
        ("REPAID", ("account", "loan"), book.repayments, None),
        ("SIGNED_IN", ("device", "account"), [(*row[:2], None, row[2]) for row in book.sign_ins], None),
        ("OWNS", (None, "account"), [(*row, None, ALWAYS) for row in book.owners], None),
        ("BORROWED", (None, "loan"), [(*row[:2], None, row[2]) for row in book.applied], None),
        ("GUARANTEES", (None, None), [(*row[:2], None, row[2]) for row in book.guarantees], None),
        ("HOLDS_SHARE", (None, "company"), [(*row[:2], None, row[2]) for row in book.invested], None),
    ):
        for number, (source, target, amount, time) in enumerate(rows):
            ends = [end if kind is None else f"{kind}:{end}" for kind, end in zip(kinds, (source, target), strict=True)]
            uid, end = f"{relation}:{kind}:{number}", FOREVER if number % 3 else max(time, START) + DAY
            made._tie(relation, *ends, uid, amount, time, end, {"kind": kind})
    for loan, (amount, balance) in book.loans.items():
        cells = {"amount": amount, "balance": balance}
        made.facts.append(toy.Fact("loans", f"loan:{loan}", f"loans:{loan}", ALWAYS, FOREVER, cells))
    for medium, (kind, blocked) in book.media.items():
        cells = {"device_type": kind}
        made.facts.append(toy.Fact("devices", f"device:{medium}", f"devices:{medium}", ALWAYS, FOREVER, cells))
        if blocked:
            made.flag(f"device:{medium}", "blacklist", until="2020-01-02")
    for key in sorted({owner for owner, _ in book.owners} | {end for row in book.guarantees for end in row[:2]}):
        table = {"applicant": "applicants", "company": "companies"}[key.partition(":")[0]]
        made.facts.append(toy.Fact(table, key, f"{table}:{key}", ALWAYS, FOREVER, {}))
    return made.snapshot()


def tables(book):
    """The rows as canonical tables, CSV text by table."""
    parties = {end for rows in (book.owners, book.applied, book.invested) for end, *_ in rows}
    parties |= {end for row in book.guarantees for end in row[:2]}
    split = [party.partition(":")[::2] for party in sorted(parties)]
    companies = {key for kind, key in split if kind == "company"} | {row[1] for row in book.invested}
    moves = [(*row, kind) for rows, kind in _moves(book) for row in rows]
    applied = {loan: (party, time) for party, loan, time in book.applied}
    return {
        "applicants": _csv("applicant_id,name", [(key, "张三") for kind, key in split if kind == "applicant"]),
        "companies": _csv("company_id,name", [(key, "甲公司") for key in sorted(companies)]),
        "loans": _csv(
            "loan_id,borrower_id,borrower_kind,amount,balance,applied_at",
            [(loan, *_key_kind(applied[loan][0]), *sums, applied[loan][1]) for loan, sums in book.loans.items()],
        ),
        "disbursements": _csv("loan_id,account_no,amount,time", book.deposits),
        "repayments": _csv("payer_account,loan_id,amount,time", book.repayments),
        "transfers": _csv("from_account,to_account,amount,time,kind", moves),
        "account_owners": _csv(
            "owner_id,owner_kind,account_no", [(*_key_kind(owner), account) for owner, account in book.owners]
        ),
        "devices": _csv("device_id,device_type", [(medium, kind) for medium, (kind, _) in book.media.items()]),
        "flags": _csv(
            "entity_kind,entity_key,flag,source",
            [("device", medium, "blacklist", "list") for medium, (_, blocked) in book.media.items() if blocked],
        ),
        "sign_ins": _csv("device_id,account_no,time", book.sign_ins),
        "guarantees": _csv(
            "guarantor_id,guarantor_kind,borrower_id,borrower_kind,start_date",
            [(*_key_kind(row[0]), *_key_kind(row[1]), row[2]) for row in book.guarantees],
        ),
        "holdings": _csv(
            "holder_id,holder_kind,company_id,valid_from",
            [(*_key_kind(holder), company, time) for holder, company, time in book.invested],
        ),
    }


def _moves(book):
    return (book.transfers, "transfer"), (book.withdrawals, "withdrawal")


def _key_kind(party):
    kind, _, key = party.partition(":")
    return key, kind


def _csv(header, rows):
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)])


def random_book(seed):
    """A small random book: few accounts, so that there are cycles, self-transfers, parallel and simultaneous rows."""
    random = np.random.default_rng(seed)
    accounts = [f"{number}" if seed % 2 else f"a{number}" for number in range(9, 9 + int(random.integers(3, 8)))]
    persons, companies = ([f"{kind}:{number}" for number in range(1, 5)] for kind in ("applicant", "company"))
    loans, media = [f"L{number}" for number in range(1, 5)], [f"m{number}" for number in range(1, 4)]

    def draw(count, *choices):
        return [tuple(choice[random.integers(len(choice))] for choice in choices) for _ in range(count)]

    days = [at(day) for day in range(8)]
    amounts = [round(float(amount), 2) for amount in random.gamma(2, 100, 12)]
    count = int(random.integers(3, 22))
    everyone = persons + companies
    return Book(
        transfers=draw(count, accounts, accounts, amounts, days),
        withdrawals=draw(count // 2, accounts, accounts, amounts, days),
        deposits=draw(6, loans, accounts, amounts, days),
        repayments=draw(4, accounts, loans, amounts, days),
        owners=draw(6, everyone, accounts),
        sign_ins=draw(8, media, accounts, days),
        media={
            medium: (kind, bool(random.integers(2)))
            for medium, (kind,) in zip(media, draw(3, ["POS", "PHONE"]), strict=True)
        },
        loans={loan: tuple(amounts[place : place + 2]) for place, loan in enumerate(loans)},
        applied=[(party, loan, time) for loan, (party, time) in zip(loans, draw(4, everyone, days), strict=True)],
        guarantees=draw(8, persons, everyone, days),
        invested=draw(10, persons, [company.partition(":")[2] for company in companies], days),
    )


def random_questions(book, seed):
    """Each question once with random parameters that the book knows, as ``(number, parameters)``."""
    random = np.random.default_rng(seed)
    accounts = sorted({end for row in book.transfers for end in row[:2]})
    known = {end for row in book.guarantees for end in row[:2]} | {owner for owner, _ in book.owners}
    persons = sorted(party for party in known if party.startswith("applicant:"))

    def one(of):
        return of[random.integers(len(of))]

    def window():
        start, end = sorted(random.choice(np.arange(-1, 9), 2, replace=False).tolist())
        return {"start": at(start), "end": at(end)}

    def share():
        return round(float(random.uniform(0, 300)), 2)

    return [
        ("tcr1", {"id": one(accounts), **window()}),
        ("tcr2", {"id": one(persons), **window()}),
        ("tcr3", {"id1": one(accounts), "id2": one(accounts), **window()}),
        ("tcr4", {"id1": one(accounts), "id2": one(accounts), **window()}),
        ("tcr5", {"id": one(persons), **window()}),
        ("tcr6", {"id": one(accounts), "threshold1": share() / 4, "threshold2": share() / 4, **window()}),
        ("tcr7", {"id": one(accounts), "threshold": share(), **window()}),
        ("tcr8", {"id": one(list(book.loans)), "threshold": float(random.choice([0, 0.1, 0.5, 1])), **window()}),
        ("tcr9", {"id": one(accounts), "threshold": share(), **window()}),
        ("tcr10", {"id1": one(persons), "id2": one(persons), **window()}),
        ("tcr11", {"id": one(persons), **window()}),
        ("tcr12", {"id": one(persons), **window()}),
    ]


def sample_book(folder):
    """The rows of the sample of FinBench's driver, read straight from its files; owners whom it does not declare own
    nothing, as loading says of each."""

    def rows(table, *columns):
        with gzip.open(folder / "data" / f"{table}.csv.gz", "rt", encoding="utf-8") as file:
            return [tuple(row[column] for column in columns) for row in csv.DictReader(file, delimiter="|")]

    def timed(table, *columns):
        return [(*row[:-1], _millis(row[-1])) for row in rows(table, *columns, "createTime")]

    def money(table, *columns):
        return [(*row[:2], float(row[2]), row[3]) for row in timed(table, *columns, "amount")]

    def of(kind, table, *columns):
        return [(f"{kind}:{row[0]}", *row[1:]) for row in timed(table, *columns)]

    people = {f"applicant:{key}" for (key,) in rows("Person", "personId")}
    people |= {f"company:{key}" for (key,) in rows("Company", "companyId")}
    owned = of("applicant", "PersonOwnAccount", "personId", "accountId")
    owned += of("company", "CompanyOwnAccount", "companyId", "accountId")
    applied = of("applicant", "PersonApplyLoan", "personId", "loanId")
    applied += of("company", "CompanyApplyLoan", "companyId", "loanId")
    sureties = [
        (f"{kind}:{one}", f"{kind}:{other}", time)
        for kind, table in (("applicant", "PersonGuaranteePerson"), ("company", "CompanyGuaranteeCompany"))
        for one, other, time in timed(table, "fromId", "toId")
    ]
    media = rows("Medium", "mediumId", "mediumType", "isBlocked")
    loans = rows("Loan", "loanId", "loanAmount", "balance")
    return Book(
        transfers=money("AccountTransferAccount", "fromId", "toId"),
        withdrawals=money("AccountWithdrawAccount", "fromId", "toId"),
        deposits=money("LoanDepositAccount", "loanId", "accountId"),
        repayments=money("AccountRepayLoan", "accountId", "loanId"),
        owners=[(owner, account) for owner, account, _ in owned if owner in people],
        sign_ins=timed("MediumSignInAccount", "mediumId", "accountId"),
        media={medium: (kind, blocked == "true") for medium, kind, blocked in media},
        loans={loan: (float(amount), float(balance)) for loan, amount, balance in loans},
        applied=applied,
        guarantees=sureties,
        invested=of("applicant", "PersonInvestCompany", "investorId", "companyId"),
    )


def _millis(text):
    return round(datetime.fromisoformat(text.strip()).replace(tzinfo=UTC).timestamp() * 1000)
