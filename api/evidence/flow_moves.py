"""The evidence of a fund flow as moves of money: who paid whom what when, and what the accounts are in it.

Rows say it all: payments of loans, transfers, who borrowed what, whose the accounts are. Which accounts money must
not go to, the finding says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...graph.model import kind_of
from ..layout.stops import Stop, stops

MOVES = ("DISBURSED_TO", "TRANSFERRED")
RESTRICTED = "restricted_account"
"""What a finding calls an account among its things that loan money must not go to."""
ARROWS = 48
"""The most arrows that a picture shows."""


@dataclass(frozen=True)
class Move:
    """One payment or transfer.

    Attributes
    ----------
    number : its place by time, from 1
    source, target : loan or account
    row : its row of evidence
    """

    number: int
    source: str
    target: str
    row: Mapping

    @property
    def amount(self) -> float | None:
        """What was moved; None where that is not on record."""
        return self.row.get("amount")

    @property
    def time(self) -> int | None:
        """When; None where the row is no longer on record."""
        return self.row.get("valid_from")


@dataclass(frozen=True)
class Place:
    """What a loan or account is in a flow.

    Attributes
    ----------
    sort : ``loan``, ``restricted``, ``own`` (of a borrower), ``other`` (of somebody else), ``nobody`` (nobody is known)
    owners : who borrowed the loan or owns the account, by name
    """

    sort: str
    owners: tuple[str, ...]


@dataclass(frozen=True)
class Arrow:
    """Moves from one stop to another: one, or in a flow of many all of them together."""

    start: Stop
    end: Stop
    moves: tuple[Move, ...]

    @property
    def amount(self) -> float:
        """What its moves come to, as far as that is on record."""
        return sum(move.amount or 0.0 for move in self.moves)


def moves(rows: Sequence[Mapping]) -> list[Move]:
    """The moves of money among rows of evidence, by time; of those at one instant money comes before it goes on."""
    moved = [row for row in rows if row["relation"] in MOVES]
    moved.sort(key=lambda row: row.get("valid_from", float("inf")))
    accounts = _only_accounts(rows)
    target = {row["target"]: accounts.get(row["target"]) or row["target"] for row in moved}
    ordered: list[Mapping] = []
    reached: set[str] = set()
    while moved:
        now = [row for row in moved if row.get("valid_from") == moved[0].get("valid_from")]
        row = next((row for row in now if kind_of(row["source"]) == "loan" or row["source"] in reached), now[0])
        moved.remove(row)
        ordered.append(row)
        reached.add(target[row["target"]])
    return [Move(number, row["source"], target[row["target"]], row) for number, row in enumerate(ordered, start=1)]


def places(found: Iterable[Move], finding: Mapping, rows: Sequence[Mapping]) -> dict[str, Place]:
    """What each loan and account that money moved between is."""
    borrowers = {member["node"] for member in finding["members"] if member["role"] == "borrower"}
    restricted = {node for thing in finding["things"] if thing["kind"] == RESTRICTED for node in thing["nodes"]}
    owners = owners_of(rows)
    return {
        node: Place(_sort(node, owners.get(node, ()), borrowers, restricted), owners.get(node, ()))
        for move in found
        for node in (move.source, move.target)
    }


def arrows(found: Sequence[Move], known: Mapping[str, Place]) -> list[Arrow]:
    """What is drawn of moves: each of them; where they are too many, those between the same two stops as one; and where
    these are too many still, the largest arrivals with the largest moves that led to them."""
    drawn = [
        Arrow(*ends, (move,))
        for ends, move in zip(stops([(move.source, move.target) for move in found]), found, strict=True)
    ]
    if len(drawn) <= ARROWS:
        return drawn
    together: dict[tuple[Stop, Stop], list[Move]] = {}
    for arrow in drawn:
        together.setdefault((arrow.start, arrow.end), []).extend(arrow.moves)
    drawn = [Arrow(*ends, tuple(some)) for ends, some in together.items()]
    return drawn if len(drawn) <= ARROWS else _telling(drawn, known)


def owners_of(rows: Sequence[Mapping]) -> dict[str, tuple[str, ...]]:
    """Who owns each account and borrowed each loan, by the rows that say so."""
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["relation"] in ("OWNS", "BORROWED"):
            found.setdefault(row["target"], set()).add(row["source"])
    return {node: tuple(sorted(owners)) for node, owners in found.items()}


def _only_accounts(rows: Sequence[Mapping]) -> dict[str, str]:
    """The account of each merchant that has one: a loan may be paid to a merchant by name."""
    owned: dict[str, set[str]] = {}
    for row in rows:
        if row["relation"] == "OWNS" and kind_of(row["source"]) == "merchant":
            owned.setdefault(row["source"], set()).add(row["target"])
    return {shop: next(iter(accounts)) for shop, accounts in owned.items() if len(accounts) == 1}


def _sort(node: str, owners: Sequence[str], borrowers: set[str], restricted: set[str]) -> str:
    if kind_of(node) == "loan":
        return "loan"
    if node in restricted:
        return "restricted"
    if borrowers.intersection(owners):
        return "own"
    return "other" if owners else "nobody"


def _telling(drawn: Sequence[Arrow], known: Mapping[str, Place]) -> list[Arrow]:
    onward = {arrow.start for arrow in drawn}
    into: dict[Stop, Arrow] = {}
    for arrow in drawn:
        if arrow.end not in into or arrow.amount > into[arrow.end].amount:
            into[arrow.end] = arrow
    kept: dict[tuple[Stop, Stop], Arrow] = {}
    order = sorted(drawn, key=lambda arrow: (not _is_arrival(arrow, known, onward), -arrow.amount))
    for arrow in order:
        way = _way_to(arrow, into)
        if len(kept.keys() | way.keys()) <= ARROWS:
            kept |= way
    return [arrow for arrow in drawn if (arrow.start, arrow.end) in kept]


def _is_arrival(arrow: Arrow, known: Mapping[str, Place], onward: set[Stop]) -> bool:
    return known[arrow.end[0]].sort == "restricted" or arrow.end not in onward


def _way_to(arrow: Arrow, into: Mapping[Stop, Arrow]) -> dict[tuple[Stop, Stop], Arrow]:
    """An arrow with the largest ones that lead to it, one after the other."""
    way = {(arrow.start, arrow.end): arrow}
    while arrow.start in into:
        arrow = into[arrow.start]
        way[arrow.start, arrow.end] = arrow
    return way
