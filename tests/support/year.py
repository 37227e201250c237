"""A year of a small lender as its systems show it, month by month: the same year for full and for delta extracts.

Everything that ends, ends by leaving the tables (full extracts) or by a row that says so (delta extracts).
"""

import random
from dataclasses import dataclass, field

MONTHS = range(1, 13)
STATES = ("applicants", "companies", "holdings", "guarantees", "accounts", "loans", "merchants", "flags", "partners")
"""Tables whose rows last; the others hold what happened."""
COLUMNS = {
    "applicants": "applicant_id,name,mobile,employer,valid_from",
    "companies": "company_id,name,former_names,legal_rep_id,net_assets,status_date,valid_from",
    "holdings": "holder_id,company_id,ratio,valid_to",
    "guarantees": "contract_id,guarantor_id,borrower_id,amount,status,released_at,status_date",
    "accounts": "account_no,owner_id,bank",
    "loans": "loan_id,borrower_id,amount,disbursed_at,account_no,balance,five_class,status_date",
    "merchants": "merchant_no,name,legal_rep_id,opened_at",
    "flags": "entity_kind,entity_key,flag,source,effective_from,expires_at",
    "partners": "partner_name,role,product,listed_from,listed_to,former_names",
    "applications": "apply_no,applicant_id,apply_time,device_id",
    "loan_history": "loan_id,date,balance,five_class",
    "transfers": "transfer_id,from_account,to_account,amount,time,known_at",
    "repayments": "loan_id,payer_account,amount,time",
}


def month_end(month: int) -> str:
    """The day of a month's extract."""
    return f"2025-{month:02}-28"


@dataclass
class Year:
    """What the systems show at one month's end after the other.

    Parameters
    ----------
    full : rows that end leave their table; else a row says so

    Attributes
    ----------
    now : rows of the tables of ``STATES`` by their key, as they stand
    past : rows of the other tables, all that happened
    new : the lines that a delta extract of the month holds, by table
    """

    seed: int
    full: bool
    month: int = 0
    now: dict[str, dict[str, list]] = field(default_factory=lambda: {table: {} for table in STATES})
    past: dict[str, list[list]] = field(default_factory=dict)
    new: dict[str, list[list]] = field(default_factory=dict)

    def __post_init__(self):
        self.chance = random.Random(self.seed)

    def next_month(self) -> None:
        """Let a month pass."""
        self.month += 1
        self.new = {}
        for _ in range(6 if self.month == 1 else 2):
            self._comes()
        for _ in range(0 if self.month == 1 else 5):
            self._changes()
        if self.month > 1:
            self._ends()
        self._happens()

    def extract(self) -> dict[str, str]:
        """The month's extract as CSV text by table: all rows of full tables, of others what is new or changed."""
        states = {table: list(rows.values()) for table, rows in self.now.items()} if self.full else {}
        return _csv({**self.new, **states})

    def all_known(self) -> dict[str, str]:
        """All that the systems show now, in one delivery: what lasts as it stands, and all that happened."""
        return _csv({**{table: list(rows.values()) for table, rows in self.now.items()}, **self.past})

    # -- what may become of it
    def _put(self, table, key, *cells):
        row = [*key.split("|"), *cells]
        self.now[table][key] = row
        self.new.setdefault(table, []).append(row)

    def _set(self, table, key, **cells):
        row, names = list(self.now[table][key]), COLUMNS[table].split(",")
        for name, value in cells.items():
            row[names.index(name)] = value
        self.now[table][key] = row
        self.new.setdefault(table, [])
        self.new[table] = [other for other in self.new[table] if other[: key.count("|") + 1] != key.split("|")] + [row]

    def _happen(self, table, *row):
        self.past.setdefault(table, []).append(list(row))
        self.new.setdefault(table, []).append(list(row))

    def _any(self, table):
        return self.chance.choice(sorted(self.now[table]))

    def _day(self):
        return f"2025-{self.month:02}-{self.chance.randrange(1, 28):02}"

    def _phone(self):
        return str(13800000000 + self.chance.randrange(30))

    def _comes(self):
        n = len(self.now["applicants"])
        person, firm, contract = f"A{n}", f"C{n}", f"G{n}"
        # a party without a time would be known always, whichever load declares it first
        since = f"2025-{self.month:02}-01"
        self._put("applicants", person, f"名{n}", self._phone(), self.chance.choice(["", "甲厂", "乙厂"]), since)
        self._put("companies", firm, f"企业{n}", "", self._any("applicants"), n * 100, "", since)
        self._put("accounts", f"62220000{n:08}", person, self.chance.choice(["", "工行", "农行"]))
        self._put("merchants", f"M{n}", f"商户{n}", self._any("applicants"), since)
        borrower, date = self._any("companies"), self._day()
        self._put("loans", f"L{n}", borrower, 1000, f"{date} 09:00:00", self._any("accounts"), 1000, "正常", "")
        self._put("guarantees", contract, self._any("companies"), borrower, n + 1, "有效", "", "")
        key = f"{self._any('companies')}|{firm}"
        self._put("holdings", key, f"0.{1 + n % 9}", "")
        until = f"2026-0{1 + n % 9}-01" if n % 2 else f"2025-{min(self.month + 2, 12):02}-15"
        self._put("flags", f"applicant|{person}|overdue|bank|{date}", until)
        role = self.chance.choice(["融资担保", "保险增信", "助贷平台"])
        self._put("partners", f"担保{n}|{role}|贷|{date}", "", "")

    def _changes(self):
        what = self.chance.randrange(9)
        if what == 0:
            self._set("applicants", self._any("applicants"), mobile=self._phone())
        elif what == 1:
            firm = self._any("companies")
            dated = self._day() if self.chance.random() < 0.5 else ""
            self._set("companies", firm, net_assets=self.chance.randrange(1000), status_date=dated)
        elif what == 2:
            firm = self._any("companies")
            self._set("companies", firm, name=f"新{self.month}{firm}", former_names=self.now["companies"][firm][1])
        elif what == 3:
            self._set("companies", self._any("companies"), legal_rep_id=self._any("applicants"))
        elif what == 4:
            self._set("holdings", self._any("holdings"), ratio=f"0.{self.chance.randrange(1, 9)}")
        elif what == 5:
            self._set("guarantees", self._any("guarantees"), amount=self.chance.randrange(100))
        elif what == 6:
            self._set("accounts", self._any("accounts"), owner_id=self._any("applicants"))
        elif what == 7:
            self._set(
                "loans", self._any("loans"), balance=self.chance.randrange(1000), five_class="次级", status_date=""
            )
        else:
            self._set("merchants", self._any("merchants"), legal_rep_id=self._any("applicants"))

    def _ends(self):
        holding, contract, partner = self._any("holdings"), self._any("guarantees"), self._any("partners")
        if self.full:
            for table, key in (("holdings", holding), ("guarantees", contract), ("partners", partner)):
                del self.now[table][key]
                self.new[table] = [row for row in self.new.get(table, []) if "|".join(map(str, row))[: len(key)] != key]
            if self.month % 3 == 0:  # it is back under another name, and says which one it had
                name, role, product, _ = partner.split("|")
                self._put("partners", f"新{name}|{role}|{product}|{self._day()}", "", name)
            return
        self._set("holdings", holding, valid_to=month_end(self.month))
        dated = self._day() if self.month % 2 else ""
        self._set("guarantees", contract, status="已解除", released_at=dated)
        self._set("partners", partner, listed_to=month_end(self.month))

    def _happens(self):
        for n in range(4):
            number = f"{self.month}-{n}"
            device = f"d{self.chance.randrange(9)}"
            self._happen("applications", f"P{number}", self._any("applicants"), f"{self._day()} 10:00:00", device)
            ends = self._any("accounts"), self._any("accounts")
            self._happen("transfers", f"T{number}", *ends, n + 1, f"{self._day()} 11:00:00", "")
            self._happen("repayments", self._any("loans"), self._any("accounts"), n + 1, f"{self._day()} 12:00:00")
        if self.month > 1:  # one that came late: it says since when it is known
            day = f"2025-{self.month - 1:02}-20 11:00:00"
            ends = self._any("accounts"), self._any("accounts")
            self._happen("transfers", f"T{self.month}-late", *ends, 9, day, month_end(self.month))
        for key, row in self.now["loans"].items():
            self._happen("loan_history", key, month_end(self.month), row[5], row[6])


def _csv(tables):
    return {
        table: "\n".join([COLUMNS[table], *(",".join(map(str, row)) for row in rows)])
        for table, rows in tables.items()
        if rows
    }
