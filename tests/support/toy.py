"""Little graphs for tests, written straight as snapshots: rows in, a snapshot out, no loader between.

A ``Book`` is a list of rows. Its methods add rows as the loader would make them, so a detector cannot tell the
difference; ``snapshot`` writes them down. Books can be shuffled, re-keyed and cut to some of their parties.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import tempfile
import weakref
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
from ringfence.graph.model import ALWAYS, DECLARING, FOREVER, RELATIONS, kind_of
from ringfence.graph.snapshot import Snapshot, open_snapshot
from ringfence.graph.snapshot.overlay import Overlay, Written
from ringfence.graph.snapshot.writing import write_snapshot
from ringfence.graph.times import parse_moment

NOW = parse_moment("2026-06-30")
"""When toy graphs are looked at unless a test says otherwise."""
TIMES = {
    "start_date", "end_date", "released_at", "status_date", "listed_from", "listed_to", "apply_time", "opened_at",
    "disbursed_at", "shipped_at", "delivered_at", "refunded_at",
}  # fmt: skip


def name(party: str) -> str:
    """A node name: ``A`` is short for ``company:A``."""
    return party if ":" in party else f"company:{party}"


@dataclass(frozen=True)
class Tie:
    """One relationship row."""

    relation: str
    source: str
    target: str
    uid: str
    amount: float
    start: int
    end: int
    known: int
    cells: dict
    revision: int = 1
    """At which its load was published: a later version of its ``uid`` is a row with another."""


@dataclass(frozen=True)
class Fact:
    """One fact row; ``node`` is None for rows about no node. Cells of the present state count from ``status`` on."""

    table: str
    node: str | None
    uid: str
    start: int
    end: int
    cells: dict
    known: int = ALWAYS
    status: int = ALWAYS
    revision: int = 1


@dataclass
class Book:
    """The rows of a toy graph. Parties are named by their key alone where they are companies."""

    ties: list[Tie] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    masks: dict[str, str] = field(default_factory=dict)

    # -- rows
    def guarantee(self, guarantor: str, borrower: str, amount: float | None = None, **cells) -> Book:
        """A contract; ``start`` and ``end`` are dates, other cells as the table has them. Returns the book."""
        start, end = _moment(cells.pop("start", None), ALWAYS), _moment(cells.pop("end", None), FOREVER)
        contract = cells.setdefault("contract_id", f"K{len(self.ties) + 1}")
        uid = f"guarantees:{contract}|{name(guarantor)}|{name(borrower)}"
        return self._tie("GUARANTEES", guarantor, borrower, uid, amount, start, end, cells)

    def guarantees(self, text: str, amount: float | None = None, **cells) -> Book:
        """Several contracts: ``"A>B B>C"``."""
        for arc in text.split():
            guarantor, _, borrower = arc.partition(">")
            self.guarantee(guarantor, borrower, amount, **cells)
        return self

    def holds(self, holder: str, company: str, ratio: float, **times) -> Book:
        """A holding."""
        start, end = _moment(times.get("start"), ALWAYS), _moment(times.get("end"), FOREVER)
        uid = f"holdings:{name(holder)}|{name(company)}|{start}"
        return self._tie("HOLDS_SHARE", holder, company, uid, None, start, end, {"ratio": ratio})

    def company(self, key: str, legal_rep: str | None = None, **cells) -> Book:
        """A company's row, with the tie to its legal representative."""
        uid = f"companies:{key}"
        self.facts.append(Fact("companies", name(key), uid, ALWAYS, FOREVER, cells))
        if legal_rep:
            self._tie("CONTROLS", legal_rep, key, f"{uid}/legal_rep_id", None, ALWAYS, FOREVER, {"via": "legal_rep_id"})
        return self

    def person(self, key: str, mobile: str | None = None, **cells) -> Book:
        """An applicant's row, with the tie to the own phone."""
        self.facts.append(Fact("applicants", f"applicant:{key}", f"applicants:{key}", ALWAYS, FOREVER, cells))
        if mobile:
            self._own(key, "HAS_PHONE", f"phone:{mobile}", "mobile", "own")
        return self

    def lives(self, person: str, address: str) -> Book:
        """A home address."""
        return self._own(person, "HAS_ADDRESS", f"address:{address}", "home_address", "own")

    def phone(self, person: str, mobile: str) -> Book:
        """Another own phone."""
        return self._own(person, "HAS_PHONE", f"phone:{mobile}", "mobile", "own")

    def email(self, person: str, address: str) -> Book:
        """An e-mail address."""
        return self._own(person, "HAS_EMAIL", f"email:{address}", "email", "own")

    def identified(self, person: str, number: str) -> Book:
        """An identity document."""
        return self._own(person, "HAS_ID", f"id_document:{number}", "cert_no", "own")

    def owns(self, person: str, account: str) -> Book:
        """A bank card."""
        return self._own(person, "OWNS", f"account:{account}", "bank_card_no")

    def employed(self, person: str, employer: str, phone: str | None = None, address: str | None = None) -> Book:
        """An employer, with its phone and address as the person stated them."""
        self._own(person, "WORKS_AT", f"employer:{employer}", "employer")
        if phone:
            self._own(person, "HAS_PHONE", f"phone:{phone}", "employer_phone", "work")
        if address:
            self._own(person, "HAS_ADDRESS", f"address:{address}", "work_address", "work")
        return self

    def contact(self, person: str, mobile: str, relation: str, name: str | None = None) -> Book:
        """A contact that a person named."""
        uid = f"contacts:{person}|{mobile}"
        cells = {"relation": relation, "name": name}
        return self._tie("LISTS_CONTACT", f"applicant:{person}", f"phone:{mobile}", uid, None, ALWAYS, FOREVER, cells)

    def has(self, person: str, device: str | None = None, wifi: str | None = None) -> Book:
        """A device or a Wi-Fi that is known to be a person's without an application."""
        for relation, kind, key in (("USED_DEVICE", "device", device), ("USED_WIFI", "wifi", wifi)):
            if key:
                uid, cells = f"identifiers:applicant:{person}|{kind}|{key}||", {"via": "identifiers"}
                ends = (f"applicant:{person}", f"{kind}:{key}")
                self._tie(relation, *ends, uid, None, ALWAYS, FOREVER, cells)
        return self

    def related(self, person: str, other: str, relation: str) -> Book:
        """What another applicant is to a person."""
        uid, ends = f"relations:{person}|{other}|{relation}", (f"applicant:{person}", f"applicant:{other}")
        return self._tie("RELATED_TO", *ends, uid, None, ALWAYS, FOREVER, {"relation": relation})

    def application(
        self,
        person: str,
        number: str,
        time: str | None = None,
        device: str | None = None,
        imei: str | None = None,
        wifi: str | None = None,
        ip: str | None = None,
        merchant: str | None = None,
        channel: str | None = None,
        cell: str | None = None,
        **cells,
    ) -> Book:
        """An application, true and known from ``time`` on, with the ties of its columns; ``cell`` is the place it was
        filed from, other cells are as the table has them."""
        node, start = f"application:{number}", _moment(time, ALWAYS)
        uid = f"applications:{number}"
        cells = {"apply_time": start if time else None, **cells}
        self.facts.append(Fact("applications", node, uid, ALWAYS, FOREVER, cells, start))
        ends = (f"applicant:{person}", node, f"{uid}/applicant_id", None, start, FOREVER, {"via": "applicant_id"})
        self._tie("APPLIED", *ends, known=start)
        for relation, column, kind, key in (
            ("USED_DEVICE", "device_id", "device", device),
            ("USED_DEVICE", "imei", "device", imei),
            ("USED_WIFI", "wifi_bssid", "wifi", wifi),
            ("USED_IP", "ip", "ip", ip),
            ("APPLIED_FROM", "place", "address", cell),
            ("AT_MERCHANT", "merchant_no", "merchant", merchant),
            ("VIA_CHANNEL", "channel", "channel", channel),
        ):
            if key:
                tied = "" if relation in ("AT_MERCHANT", "VIA_CHANNEL") else f"/{kind}:{key}"
                ends = (node, f"{kind}:{key}", f"{uid}/{column}{tied}", None, start, FOREVER, {"via": column})
                self._tie(relation, *ends, known=start)
        return self

    def loan(
        self,
        person: str,
        number: str,
        amount: float | None = None,
        time: str | None = None,
        account: str | None = None,
        application: str | None = None,
        merchant: str | None = None,
        **cells,
    ) -> Book:
        """A loan, true and known from ``time`` on, paid out to ``account`` or to ``merchant``; it came of
        ``application``."""
        node, start, uid = f"loan:{number}", _moment(time, ALWAYS), f"loans:{number}"
        self.facts.append(Fact("loans", node, uid, ALWAYS, FOREVER, {"amount": amount, **cells}, start))
        for relation, column, source, target, value in (
            ("BORROWED", "borrower_id", f"applicant:{person}", node, None),
            ("BECAME", "apply_no", application and f"application:{application}", node, None),
            ("DISBURSED_TO", "account_no", node, account and f"account:{account}", amount),
            ("DISBURSED_TO", "merchant_no", node, merchant and f"merchant:{merchant}", amount),
        ):
            if source and target:
                ends = (source, target, f"{uid}/{column}", value, start, FOREVER, {"via": column})
                self._tie(relation, *ends, known=start)
        return self

    def order(
        self, person: str, merchant: str, number: str, time: str | None = None, amount: float | None = None, **cells
    ) -> Book:
        """An order, true and known from when it was paid; ``shipped_at`` and the like are times."""
        start = _moment(time, ALWAYS)
        ends = (f"applicant:{person}", f"merchant:{merchant}", f"orders:{number}", amount, start, FOREVER, cells)
        return self._tie("ORDERED", *ends, known=start)

    def controls(self, party: str, merchant: str) -> Book:
        """The legal representative of a merchant."""
        uid, ends = f"merchants:{merchant}/legal_rep_id", (party, f"merchant:{merchant}")
        return self._tie("CONTROLS", *ends, uid, None, ALWAYS, FOREVER, {"via": "legal_rep_id"})

    def rings_at(self, node: str, mobile: str) -> Book:
        """A phone of anybody's own."""
        uid, cells = f"identifiers:{node}|phone|{mobile}|own|", {"use": "own", "via": "identifiers"}
        return self._tie("HAS_PHONE", node, f"phone:{mobile}", uid, None, ALWAYS, FOREVER, cells)

    def repaid(self, account: str, loan: str, amount: float, time: str) -> Book:
        """A repayment."""
        start = _moment(time, ALWAYS)
        uid = f"repayments:{len(self.ties)}"
        self._tie("REPAID", f"account:{account}", f"loan:{loan}", uid, amount, start, FOREVER, {}, known=start)
        return self

    def overdue(self, loan: str, since: str, dpd: int = 90) -> Book:
        """A row of a loan's history: so many days past due, at and known from a time."""
        start = _moment(since, ALWAYS)
        cells = {"date": start, "dpd": dpd, "five_class": "次级"}
        self.facts.append(
            Fact("loan_history", f"loan:{loan}", f"loan_history:{loan}|{since}", start, FOREVER, cells, start)
        )
        return self

    def card(self, number: str, owner: str | None = None, opened: str | None = None) -> Book:
        """An account's row; it is an applicant's from when it was opened."""
        start, uid = _moment(opened, ALWAYS), f"accounts:{number}"
        cells = {"opened_at": start if opened else None}
        self.facts.append(Fact("accounts", f"account:{number}", uid, ALWAYS, FOREVER, cells, start))
        if owner:
            ends = (f"applicant:{owner}", f"account:{number}", f"{uid}/owner_id", None, start, FOREVER)
            self._tie("OWNS", *ends, {"via": "owner_id"}, known=start)
        return self

    def transferred(
        self,
        source: str,
        target: str,
        time: str | int | None,
        kind: str = "transfer",
        amount: float | None = 5000.0,
        **balances,
    ) -> Book:
        """Money of one account to another; ``balance_after`` and ``to_balance_after`` may be stated."""
        start = _moment(time, ALWAYS)
        uid = f"transfers:{len(self.ties)}"
        ends = (f"account:{source}", f"account:{target}", uid, amount, start, FOREVER, {"kind": kind, **balances})
        return self._tie("TRANSFERRED", *ends, known=start)

    def disbursed(self, loan: str, account: str, amount: float, time: str) -> Book:
        """A part of a loan that is paid out in parts."""
        start = _moment(time, ALWAYS)
        uid = f"disbursements:{len(self.ties)}"
        self._tie("DISBURSED_TO", f"loan:{loan}", f"account:{account}", uid, amount, start, FOREVER, {}, known=start)
        return self

    def merchant(self, key: str, account: str | None = None, category: str | None = None, **cells) -> Book:
        """A merchant's row, with the tie to its account."""
        uid, node = f"merchants:{key}", f"merchant:{key}"
        self.facts.append(Fact("merchants", node, uid, ALWAYS, FOREVER, {"category": category, **cells}))
        return self.account(account, node, f"{uid}/account_no") if account else self

    def account(self, number: str, owner: str, uid: str | None = None) -> Book:
        """An account of anybody; of joint owners, one row for each."""
        uid, node = uid or f"account_owners:{number}|{name(owner)}", f"account:{number}"
        return self._tie("OWNS", owner, node, uid, None, ALWAYS, FOREVER, {})

    def signed_in(self, device: str, account: str, time: str) -> Book:
        """A sign-in."""
        start = _moment(time, ALWAYS)
        uid = f"sign_ins:{len(self.ties)}"
        self._tie("SIGNED_IN", f"device:{device}", f"account:{account}", uid, None, start, FOREVER, {}, known=start)
        return self

    def flag(
        self, node: str, flag: str, source: str = "bureau", since: str | None = None, until: str | None = None
    ) -> Book:
        """A row of flags: ``flag`` on a node, known from ``since`` on and in force until ``until``."""
        start, end = _moment(since, ALWAYS), _moment(until, FOREVER)
        cells = {"flag": flag, "source": source}
        uid = f"flags:{name(node)}|{flag}|{source}|{since or ''}"
        self.facts.append(Fact("flags", name(node), uid, start, end, cells, start))
        return self

    def partner(self, partner_name: str, role: str, **cells) -> Book:
        """A row of a partner list; ``listed_from`` and ``listed_to`` are dates."""
        cells = {key: _moment(value, value) if key in TIMES else value for key, value in cells.items()}
        start, end = cells.get("listed_from", ALWAYS), cells.get("listed_to", FOREVER)
        cells = {"partner_name": partner_name, "role": role, **cells}
        self.facts.append(Fact("partners", None, f"partners:{partner_name}|{role}||{start}", start, end, cells))
        return self

    def _own(self, person: str, relation: str, target: str, column: str, use: str | None = None) -> Book:
        """What a column of a person's row says."""
        uid, cells = f"applicants:{person}/{column}/{target}", {"use": use, "via": column}
        return self._tie(relation, f"applicant:{person}", target, uid, None, ALWAYS, FOREVER, cells)

    def _tie(self, relation, source, target, uid, amount, start, end, cells, known: int | None = None) -> Book:
        if known is None:
            known = start if relation == "GUARANTEES" else ALWAYS
        value = float("nan") if amount is None else float(amount)
        cells = {key: _moment(cell, cell) if key in TIMES else cell for key, cell in cells.items()}
        self.ties.append(Tie(relation, name(source), name(target), uid, value, start, end, known, cells))
        return self

    # -- other books from this one
    def shuffled(self, seed: int) -> Book:
        """The same rows in another order."""
        chance = random.Random(seed)
        return replace(
            self, ties=chance.sample(self.ties, len(self.ties)), facts=chance.sample(self.facts, len(self.facts))
        )

    def rekeyed(self, seed: int) -> tuple[Book, dict[str, str]]:
        """The same book under other keys of what tables declare, and the new name of each node; identifiers keep
        theirs."""
        nodes = sorted(self.nodes())
        keys = random.Random(seed).sample(range(10_000, 90_000), len(nodes))
        new = {
            node: f"{kind_of(node)}:Z{key}" if kind_of(node) in DECLARING else node
            for node, key in zip(nodes, keys, strict=True)
        }
        ties = [
            replace(tie, source=new[tie.source], target=new[tie.target], uid=f"{tie.relation}:{place}")
            for place, tie in enumerate(self.ties)
        ]
        facts = [replace(fact, node=new[fact.node]) if fact.node else fact for fact in self.facts]
        return replace(self, ties=ties, facts=facts), new

    def only(self, nodes: set[str]) -> Book:
        """The rows that touch one of the nodes, and rows about no node."""
        ties = [tie for tie in self.ties if tie.source in nodes or tie.target in nodes]
        return replace(self, ties=ties, facts=[fact for fact in self.facts if fact.node is None or fact.node in nodes])

    def beside(self, other: Book) -> Book:
        """Both books as one."""
        return Book(self.ties + other.ties, self.facts + other.facts, self.masks | other.masks)

    def nodes(self) -> list[str]:
        """Names of all nodes, in order of appearance."""
        ends = (end for tie in self.ties for end in (tie.source, tie.target))
        return list(dict.fromkeys([*(fact.node for fact in self.facts if fact.node), *ends]))

    def published(self, until: float) -> Book:
        """What was published by a revision."""
        ties = [tie for tie in self.ties if tie.revision <= until]
        return replace(self, ties=ties, facts=[fact for fact in self.facts if fact.revision <= until])

    def rows(self, until: float) -> list[tuple[int, Tie]]:
        """The relationships that were published by a revision, each with its place among all."""
        return [(place, tie) for place, tie in enumerate(self.ties) if tie.revision <= until]

    # -- the snapshot
    def overlay(self, until: int, as_of: int) -> tuple[Overlay, list[str]]:
        """A snapshot of what was published by a revision with the rest laid over it; and the names of its nodes."""
        folder = Path(tempfile.mkdtemp(prefix="toy-"))
        write(self, folder / "snapshot", until)
        base = open_snapshot(folder / "snapshot", as_of)
        weakref.finalize(base._files, shutil.rmtree, folder)
        names = dict.fromkeys((*self.published(until).nodes(), *self._later(until).nodes()))
        return Overlay(base, _written(self, until)), list(names)

    def _later(self, until: int) -> Book:
        """The rest, in the order in which an overlay takes it."""
        ties = [tie for tie in self.ties if tie.revision > until]
        facts = [fact for fact in self.facts if fact.revision > until]
        tables = dict.fromkeys(fact.table for fact in facts)
        return Book(
            [tie for relation in RELATIONS for tie in ties if tie.relation == relation],
            [fact for table in tables for fact in facts if fact.table == table],
        )

    def snapshot(self, as_of: int | str = NOW) -> Snapshot:
        """The book as a snapshot seen at ``as_of``; its files go when it does."""
        folder = Path(tempfile.mkdtemp(prefix="toy-"))
        write(self, folder / "snapshot")
        snapshot = open_snapshot(folder / "snapshot", _moment(as_of, NOW))
        weakref.finalize(snapshot._files, shutil.rmtree, folder)
        return snapshot


def write(book: Book, folder: Path, until: float = math.inf) -> None:
    """Write a book as a snapshot folder: all of it, or what was published by a revision."""
    names = book.published(until).nodes()
    number = {node: place for place, node in enumerate(names)}
    types: dict[str, dict[str, str]] = {}
    edges = []
    for relation in RELATIONS:
        rows = [(place, tie) for place, tie in book.rows(until) if tie.relation == relation]
        types[relation] = _types(tie.cells for _, tie in rows)
        edges.append(
            (
                relation,
                pa.table(
                    {
                        "source": pa.array([number[tie.source] for _, tie in rows], pa.int32()),
                        "target": pa.array([number[tie.target] for _, tie in rows], pa.int32()),
                        "amount": pa.array([tie.amount for _, tie in rows], pa.float64()),
                        "valid_from": pa.array([tie.start for _, tie in rows], pa.int64()),
                        "valid_to": pa.array([tie.end for _, tie in rows], pa.int64()),
                        "known_at": pa.array([tie.known for _, tie in rows], pa.int64()),
                        "revision": pa.array([tie.revision for _, tie in rows], pa.int64()),
                        "file": pa.array([1 for _ in rows], pa.int32()),
                        "row": pa.array([place + 2 for place, _ in rows], pa.int32()),
                        "uid": pa.array([tie.uid for _, tie in rows], pa.string()),
                        "data": pa.array([_json(tie.cells) for _, tie in rows], pa.string()),
                    }
                ),
            )
        )
    facts = []
    held = [(place, fact) for place, fact in enumerate(book.facts) if fact.revision <= until]
    for table in dict.fromkeys(fact.table for _, fact in held):
        rows = [(place, fact) for place, fact in held if fact.table == table]
        types[table] = _types(fact.cells for _, fact in rows)
        facts.append(
            (
                table,
                pa.table(
                    {
                        "node": pa.array([number[fact.node] if fact.node else -1 for _, fact in rows], pa.int32()),
                        "valid_from": pa.array([fact.start for _, fact in rows], pa.int64()),
                        "valid_to": pa.array([fact.end for _, fact in rows], pa.int64()),
                        "known_at": pa.array([fact.known for _, fact in rows], pa.int64()),
                        "revision": pa.array([fact.revision for _, fact in rows], pa.int64()),
                        "status_from": pa.array([fact.status for _, fact in rows], pa.int64()),
                        "file": pa.array([2 for _ in rows], pa.int32()),
                        "row": pa.array([place + 2 for place, _ in rows], pa.int32()),
                        "uid": pa.array([fact.uid for _, fact in rows], pa.string()),
                        "data": pa.array([_json(fact.cells) for _, fact in rows], pa.string()),
                    }
                ),
            )
        )
    write_snapshot(
        folder,
        revision=max((row.revision for row in [*book.ties, *book.facts]), default=1),
        data_date=NOW,
        files={1: "ties.csv", 2: "facts.csv"},
        names=pa.array(names, pa.string()),
        masks=pa.table(
            {"token": pa.array(list(book.masks), pa.string()), "mask": pa.array(list(book.masks.values()), pa.string())}
        ),
        edges=edges,
        facts=facts,
        types=types,
    )


def _written(book: Book, until: int) -> Written:
    """What a book holds that was published after a revision."""
    ties = [(place, tie) for place, tie in enumerate(book.ties) if tie.revision > until]
    facts = [(place, fact) for place, fact in enumerate(book.facts) if fact.revision > until]
    types = {
        tie.relation: _types(other.cells for other in book.ties if other.relation == tie.relation) for _, tie in ties
    }
    types |= {fact.table: _types(other.cells for other in book.facts if other.table == fact.table) for _, fact in facts}
    return Written(
        revision=max((row.revision for row in [*book.ties, *book.facts]), default=1),
        data_date=NOW,
        relationships={
            relation: pd.DataFrame([_tie_row(place, tie) for place, tie in ties if tie.relation == relation])
            for relation in {tie.relation for _, tie in ties}
        },
        facts={
            table: pd.DataFrame([_fact_row(place, fact) for place, fact in facts if fact.table == table])
            for table in dict.fromkeys(fact.table for _, fact in facts)
        },
        types=types,
        files={1: "ties.csv", 2: "facts.csv"},
        masks=book.masks,
    )


def _tie_row(place: int, tie: Tie) -> dict:
    ends = {"uid": tie.uid, "source": tie.source, "target": tie.target, "amount": tie.amount}
    times = {"valid_from": tie.start, "valid_to": tie.end, "known_at": tie.known, "revision": tie.revision}
    return {**ends, **times, "data": _json(tie.cells), "file": 1, "row": place + 2}


def _fact_row(place: int, fact: Fact) -> dict:
    times = {"valid_from": fact.start, "valid_to": fact.end, "known_at": fact.known, "status_from": fact.status}
    told = {"uid": fact.uid, "node": fact.node, "data": _json(fact.cells), "revision": fact.revision}
    return {**told, **times, "file": 2, "row": place + 2}


def _moment(value: int | str | None, default: int) -> int:
    if value is None:
        return default
    return parse_moment(value) if isinstance(value, str) else value


def _json(cells: dict) -> str:
    return json.dumps({key: cell for key, cell in cells.items() if cell is not None}, ensure_ascii=False)


def _types(rows) -> dict[str, str]:
    types = {}
    for cells in rows:
        for key, cell in cells.items():
            if cell is not None:
                types[key] = "time" if key in TIMES else "text" if isinstance(cell, str) else "number"
    return types
