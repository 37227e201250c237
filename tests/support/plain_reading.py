"""A toy book read row by row in plain Python: what every view of it must show. Nothing of the product's rules is used.

``random_book`` makes books with what the rules tell apart: several versions of a row, published and known in whatever
order, closed, withdrawn and not yet known ones, states, ties and events, flags, self-loops and parallels, rows about no
node, and cells of the present state.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from ringfence.graph.model import ALWAYS, FOREVER
from support.toy import Book, Fact, Tie

STATES = {"GUARANTEES", "HOLDS_SHARE", "CONTROLS", "SAME_AS", "BECAME", "BORROWED"}
"""Relations that count only while in force."""
PRESENT = {"status", "balance"}
"""Cells that describe the present state."""
TIMES = range(-1, 7)
"""The moments at which a random book may change are among these, and one before and one behind."""


@dataclass(frozen=True)
class Reading:
    """What shows of a book at a moment to whoever sees some of its nodes.

    Attributes
    ----------
    nodes : names of those nodes
    """

    book: Book
    nodes: tuple[str, ...]
    as_of: int

    def at(self, as_of: int) -> Reading:
        return replace(self, as_of=as_of)

    @cached_property
    def within(self) -> dict[int, Tie]:
        """Every version of a relationship with both ends among the nodes, by its place in the book."""
        return {
            place: tie
            for place, tie in enumerate(self.book.ties)
            if tie.source in self.nodes and tie.target in self.nodes
        }

    @cached_property
    def visible(self) -> dict[int, Tie]:
        """Those that show."""
        return {place: tie for place, tie in self.within.items() if self._latest(tie) and self._counts(tie)}

    @cached_property
    def linking(self) -> dict[int, Tie]:
        """Those that show and tell that their ends belong together."""
        return {place: tie for place, tie in self.visible.items() if tie.cells.get("flag") is None}

    @cached_property
    def facts(self) -> dict[int, Fact]:
        """The rows about the nodes, and those about no node, that hold; by their place in the book."""
        return {
            place: fact
            for place, fact in enumerate(self.book.facts)
            if (fact.node is None or fact.node in self.nodes)
            and self._latest(fact)
            and fact.start <= self.as_of < fact.end
        }

    @property
    def shown(self) -> set[str]:
        """The nodes that a row states or that a relationship ends at."""
        ends = {end for tie in self.visible.values() for end in (tie.source, tie.target)}
        return ends | {fact.node for fact in self.facts.values() if fact.node}

    def touching(self, node: str) -> list[int]:
        """The places of all versions of relationships of a node."""
        return [place for place, tie in self.within.items() if node in (tie.source, tie.target)]

    def cells(self, fact: Fact) -> dict:
        """What a row says, blank cells left out."""
        return {
            name: cell
            for name, cell in fact.cells.items()
            if cell is not None and not (name in PRESENT and self.as_of < fact.status)
        }

    def _counts(self, tie: Tie) -> bool:
        if tie.end == ALWAYS:  # its row states it no longer, and it never was
            return False
        return tie.relation not in STATES or tie.start <= self.as_of < tie.end

    def _latest(self, row: Tie | Fact) -> bool:
        """Is it, of the versions of its row that are known, the one known last, of those the one published last?"""
        known = [other for other in self._versions(row) if other.known <= self.as_of]
        return bool(known) and max(known, key=lambda other: (other.known, other.revision)) is row

    def _versions(self, row: Tie | Fact) -> Iterable[Tie | Fact]:
        rows = self.book.ties if isinstance(row, Tie) else self.book.facts
        return (other for other in rows if other.uid == row.uid and _of(other) == _of(row))


def _of(row: Tie | Fact) -> str:
    return row.relation if isinstance(row, Tie) else row.table


def random_book(seed: int) -> Book:
    """A book of as many rows as the seed allows, none for 0."""
    chance = random.Random(seed)
    book = Book(masks={f"tok_{number:032x}": f"13{number}****{number}" for number in range(min(seed, 5))})
    people, companies = [f"applicant:人{n}" for n in range(4)], [f"company:C{n}" for n in range(4)]
    phones = [f"phone:{token}" for token in book.masks] or ["phone:1"]
    accounts = [f"account:B{n}" for n in range(3)]
    for _ in range(seed * 6):
        relation, sources, targets = chance.choice(
            [
                ("HAS_PHONE", people + companies, phones),
                ("TRANSFERRED", accounts, accounts),
                ("GUARANTEES", companies, companies),
                ("OWNS", people, accounts),
            ]
        )
        source, target = chance.choice(sources), chance.choice(targets)
        uid = f"{relation}:{chance.randrange(99)}|{source}|{target}"
        for known, start, end, revision in _versions(chance):
            cells = {
                "flag": chance.choice([None, None, "landline"]) if relation == "HAS_PHONE" else None,
                "via": chance.choice(["mobile", "号码", None]),
                "start_date": chance.choice([None, 5]),
                "ratio": chance.choice([None, 0.25]),
            }
            amount = chance.choice([math.nan, 0.0, 7.5])
            book.ties.append(Tie(relation, source, target, uid, amount, start, end, known, cells, revision))
    for _ in range(seed * 4):
        table, node = chance.choice(
            [
                ("applicants", chance.choice(people)),
                ("companies", chance.choice(companies)),
                ("flags", chance.choice(people + companies + phones)),
                ("partners", None),
            ]
        )
        uid = f"{table}:{chance.randrange(99)}|{node}"
        for known, start, end, revision in _versions(chance):
            cells = {
                "name": chance.choice(["甲", "乙", None]),
                "status": chance.choice(["open", None]),
                "balance": chance.choice([1.5, None]),
                "apply_time": chance.choice([3, None]),
            }
            status = chance.choice([ALWAYS, 2, 4])
            book.facts.append(Fact(table, node, uid, start, end, cells, known, status, revision))
    book.ties[:] = {(tie.uid, tie.revision): tie for tie in book.ties}.values()  # a load writes a row once
    book.facts[:] = {(fact.uid, fact.revision): fact for fact in book.facts}.values()
    return book.shuffled(seed)


def _versions(chance: random.Random) -> list[tuple[int, int, int, int]]:
    """Times known, begun and ended of some versions of a row, and when they were published."""
    return [
        (
            chance.choice([ALWAYS, 0, 1, 2, 3, 4]),
            chance.choice([ALWAYS, ALWAYS, 0, 2, 3]),
            chance.choice([ALWAYS, 3, 4, FOREVER, FOREVER, FOREVER]),
            revision,
        )
        for revision in chance.sample(range(1, 6), chance.choice([1, 1, 1, 2, 3]))
    ]
