"""Little graphs for tests, written straight as snapshots: rows in, a snapshot out, no loader between.

A ``Book`` is a list of rows. Its methods add rows as the loader would make them, so a detector cannot tell the
difference; ``snapshot`` writes them down. Books can be shuffled, re-keyed and cut to some of their parties.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import weakref
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
from ringfence.graph.model import ALWAYS, FOREVER, RELATIONS
from ringfence.graph.snapshot import Snapshot, open_snapshot
from ringfence.graph.snapshot_writer import write_snapshot
from ringfence.graph.times import parse_moment

NOW = parse_moment("2026-06-30")
"""When toy graphs are looked at unless a test says otherwise."""
TIMES = {"start_date", "end_date", "released_at", "status_date", "listed_from", "listed_to"}


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


@dataclass(frozen=True)
class Fact:
    """One fact row; ``node`` is None for rows about no node."""

    table: str
    node: str | None
    uid: str
    start: int
    end: int
    cells: dict


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
        uid = f"applicants:{key}"
        self.facts.append(Fact("applicants", f"applicant:{key}", uid, ALWAYS, FOREVER, cells))
        if mobile:
            phone = f"phone:{mobile}"
            cells = {"use": "own", "via": "mobile"}
            self._tie("HAS_PHONE", f"applicant:{key}", phone, f"{uid}/mobile/{phone}", None, ALWAYS, FOREVER, cells)
        return self

    def contact(self, person: str, mobile: str, relation: str) -> Book:
        """A contact that a person named."""
        uid = f"contacts:{person}|{mobile}"
        cells = {"relation": relation}
        return self._tie("LISTS_CONTACT", f"applicant:{person}", f"phone:{mobile}", uid, None, ALWAYS, FOREVER, cells)

    def partner(self, partner_name: str, role: str, **cells) -> Book:
        """A row of a partner list; ``listed_from`` and ``listed_to`` are dates."""
        cells = {key: _moment(value, value) if key in TIMES else value for key, value in cells.items()}
        start, end = cells.get("listed_from", ALWAYS), cells.get("listed_to", FOREVER)
        cells = {"partner_name": partner_name, "role": role, **cells}
        self.facts.append(Fact("partners", None, f"partners:{partner_name}|{role}||{start}", start, end, cells))
        return self

    def _tie(self, relation, source, target, uid, amount, start, end, cells) -> Book:
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
        """The same book under other party keys, and the new name of each node."""
        nodes = sorted(self.nodes())
        keys = random.Random(seed).sample(range(10_000, 90_000), len(nodes))
        new = {
            node: f"{node.partition(':')[0]}:Z{key}" if node.split(":")[0] != "phone" else node
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

    # -- the snapshot
    def snapshot(self, as_of: int | str = NOW) -> Snapshot:
        """The book as a snapshot seen at ``as_of``; its files go when it does."""
        folder = Path(tempfile.mkdtemp(prefix="toy-"))
        write(self, folder / "snapshot")
        snapshot = open_snapshot(folder / "snapshot", _moment(as_of, NOW))
        weakref.finalize(snapshot._shared, shutil.rmtree, folder)
        return snapshot


def write(book: Book, folder: Path) -> None:
    """Write a book as a snapshot folder."""
    names = book.nodes()
    number = {node: place for place, node in enumerate(names)}
    types: dict[str, dict[str, str]] = {}
    edges = []
    for relation in RELATIONS:
        rows = [(place, tie) for place, tie in enumerate(book.ties) if tie.relation == relation]
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
                        "superseded_at": pa.array([FOREVER for _ in rows], pa.int64()),
                        "file": pa.array([1 for _ in rows], pa.int32()),
                        "row": pa.array([place + 2 for place, _ in rows], pa.int32()),
                        "uid": pa.array([tie.uid for _, tie in rows], pa.string()),
                        "data": pa.array([_json(tie.cells) for _, tie in rows], pa.string()),
                    }
                ),
            )
        )
    facts = []
    for table in dict.fromkeys(fact.table for fact in book.facts):
        rows = [(place, fact) for place, fact in enumerate(book.facts) if fact.table == table]
        types[table] = _types(fact.cells for _, fact in rows)
        facts.append(
            (
                table,
                pa.table(
                    {
                        "node": pa.array([number[fact.node] if fact.node else -1 for _, fact in rows], pa.int32()),
                        "valid_from": pa.array([fact.start for _, fact in rows], pa.int64()),
                        "valid_to": pa.array([fact.end for _, fact in rows], pa.int64()),
                        "known_at": pa.array([ALWAYS for _ in rows], pa.int64()),
                        "superseded_at": pa.array([FOREVER for _ in rows], pa.int64()),
                        "status_from": pa.array([ALWAYS for _ in rows], pa.int64()),
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
        revision=1,
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
