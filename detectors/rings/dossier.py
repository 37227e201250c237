"""What is put before an investigator of one ring: measures, source rows, reasons, and the bounds that bit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import ALWAYS, FOREVER
from ...graph.snapshot import Edges, GraphView
from ..contract import Candidate, bound
from ..sharing.common import Common
from ..sharing.facets import DAY, PAIR_FACET
from ..sharing.population import Population
from ..sharing.uses import Uses
from .concert import Concert
from .groups import Group
from .scoring import chance, cycles, score
from .wording import Story, reasons

BESIDE = 3
"""So many members must use what too many others use, too, for it to stand beside the evidence."""


class Files:
    """What is on file of people, by node: when they applied, and when they borrowed how much."""

    def __init__(self, snapshot: GraphView, nodes: np.ndarray):
        wanted = np.zeros(snapshot.node_count, dtype=bool)
        wanted[nodes] = True
        applied, borrowed = (snapshot.edges(relation) for relation in ("APPLIED", "BORROWED"))
        applied = applied.where(wanted[applied.source] & (applied.valid_from > ALWAYS))
        borrowed = borrowed.where(wanted[borrowed.source])
        amounts, currencies = _amounts(snapshot, borrowed)
        self.applied: dict[int, list[int]] = {}
        for person, time in zip(applied.source.tolist(), applied.valid_from.tolist(), strict=True):
            self.applied.setdefault(person, []).append(time)
        self.borrowed: dict[int, list[tuple[int, float, str | None]]] = {}
        rows = zip(borrowed.source.tolist(), borrowed.valid_from.tolist(), amounts, currencies, strict=True)
        for person, time, amount, currency in rows:
            if not math.isnan(amount):
                self.borrowed.setdefault(person, []).append((time, amount, currency))


def _amounts(snapshot: GraphView, borrowed: Edges) -> tuple[list[float], list[str | None]]:
    """The amount of each loan borrowed, NaN where none is known, and its currency, None where none is on record."""
    loans = snapshot.facts("loans", borrowed.target.tolist()).set_index("node")
    columns = loans.reindex(borrowed.target, columns=["amount", "currency"]).astype(object)
    amounts, currencies = (columns[name].where(columns[name].notna(), None).tolist() for name in columns)
    return [math.nan if amount is None else float(amount) for amount in amounts], currencies


@dataclass(frozen=True)
class Dossier:
    """A ring and what is known of it.

    Attributes
    ----------
    uses : everything the members use, explained or not
    members : their nodes
    """

    group: Group
    shared: Common
    acting: Concert
    uses: Uses
    members: list[int]
    files: Files
    population: Population

    def candidate(self, snapshot: GraphView, evidence: float, params: dict[str, Any]) -> Candidate:
        """The ring as the run takes it. Nothing in it is ordered by a store's own numbers, which differ from store to
        store: members stand as they applied, then by name, and relationships by their uids.

        Parameters
        ----------
        evidence : what it comes to
        """
        measures = self._measures()
        rows, truncated = self._rows(snapshot, params["max_evidence"])
        equipment = self.uses.where(self.population.excused[self.uses.value])
        alike = len(_values_of(equipment, 2))
        currency = self._currency()
        story = Story(self.shared, measures, self.population.people, alike, self.group.cut_from, currency)
        zh, en = reasons(story)
        return Candidate(
            kind="fraud_ring",
            members=[(member, "member") for member in self._as_they_applied(snapshot)],
            evidence=rows,
            score=score(evidence),
            measures=measures,
            reason_zh=zh,
            reason_en=en,
            truncated=[*self._split(params["max_members"]), *self._not_compared(params["max_users"]), *truncated],
        )

    def _measures(self) -> dict[str, float]:
        shared, acting = self.shared, self.acting
        first, last = acting.span()
        times = [time for member in self.members for time in self.files.applied.get(member, ())]
        amounts = [amount for time, amount, _ in self._loans() if first <= time <= last]
        pieces = shared.tied
        measures: dict[str, float] = {
            "members": len(self.members),
            "households": shared.households,
            "shared_values": len(shared.values),
            "handsets": len(shared.of("handset")),
            "accounts": len(shared.of("account")),
            "phones": len(shared.of("phone")),
            "documents": len(shared.of("document")),
            "emails": len(shared.of("email")),
            "contacts": len(shared.of("alias", "contact")),
            "acquaintances": len(shared.of("social")),
            "addresses": len(shared.of("address", "cell")),
            "networks": len(shared.of("network")),
            "employers": len(shared.of("work")),
            "ties": len({pair for value in shared.values for pair in combinations(value.people.tolist(), 2)}),
            "cycles_of_ties": cycles(pieces, len(self.members)),
            "strength": chance(pieces, len(self.members), self.population.people),
            "applications": sum(first <= time <= last for time in times),
            "days": math.ceil((acting.last - acting.first) / DAY),
            "concert": round(acting.surprise / math.log(10), 2),
        }
        return measures | ({"amount": math.fsum(amounts)} if amounts else {})

    def _loans(self) -> list[tuple[int, float, str | None]]:
        return [loan for member in self.members for loan in self.files.borrowed.get(member, ())]

    def _currency(self) -> str | None:
        """The currency of all that was borrowed; None where it is not on record, or differs."""
        currencies = {currency for _, _, currency in self._loans()}
        return currencies.pop() if len(currencies) == 1 else None

    def _as_they_applied(self, snapshot: GraphView) -> list[int]:
        names = dict(zip(self.members, snapshot.names(self.members), strict=True))
        return sorted(self.members, key=lambda member: (min(self.files.applied.get(member, [FOREVER])), names[member]))

    def _rows(self, snapshot: GraphView, limit: int) -> tuple[np.ndarray, list[dict]]:
        """Positions of the ties to what is shared, the telling ones first, then to what too many others share too."""
        hubs = self.uses.where(~self.population.excused[self.uses.value])
        hubs = hubs.where(np.isin(hubs.value, _values_of(hubs, BESIDE)))
        users = self.population.users
        telling = [(value.order, self.shared.uses.where(value.rows)) for value in self.shared.values]
        beside = [((users[value],), hubs.where(hubs.value == value)) for value in distinct(hubs.value)]
        positions: dict[int, None] = {}
        for values in (telling, beside):
            by_uid = [(order, *_by_uid(snapshot, uses)) for order, uses in values]
            for _, _, uses in sorted(by_uid, key=lambda value: value[:2]):
                positions |= dict.fromkeys(np.stack([uses.via, uses.position], axis=1).ravel().tolist())
        positions.pop(-1, None)
        rows = np.fromiter(positions, dtype=np.int64)
        if len(rows) <= limit:
            return rows, []
        skipped = f"{len(rows) - limit} further relationships of the same people as evidence"
        return rows[:limit], [bound("max_evidence", limit, skipped)]

    def _split(self, limit: int) -> list[dict]:
        if self.group.cut_from:
            skipped = f"a group of {self.group.cut_from} applicants was taken apart at its weaker ties"
        elif len(self.group.people) > limit:
            skipped = f"a group of {len(self.group.people)} applicants whose ties are all alike was not taken apart"
        else:
            return []
        return [bound("max_members", limit, skipped, could_change=True)]

    def _not_compared(self, limit: int) -> list[dict]:
        """Values of too many users to compare, of a facet in which so many could still be telling."""
        facet = np.diagonal(PAIR_FACET[0])[self.uses.way]
        telling = (facet >= 0) & (self.population.weight[facet, -1] > 0)
        known = self.population.users[self.uses.value] > limit
        large = self.uses.where(telling & known & ~self.population.excused[self.uses.value])
        count = len(_values_of(large, 2))
        skipped = f"{count} values of more users that members share"
        return [bound("max_users", limit, skipped, could_change=True)] if count else []


def _by_uid(snapshot: GraphView, uses: Uses) -> tuple[list[tuple[str, str]], Uses]:
    """Uses by the uids of the relationships that say so, and these."""
    via = np.where(uses.via < 0, uses.position, uses.via)
    uids = list(zip(snapshot.uids(uses.position), snapshot.uids(via), strict=True))
    order = sorted(range(len(uids)), key=uids.__getitem__)
    return [uids[place] for place in order], uses.where(np.array(order, dtype=np.int64))


def _values_of(uses: Uses, least: int) -> np.ndarray:
    """The values that so many people use."""
    keys = np.unique(np.stack([uses.value, uses.person], axis=1), axis=0)
    values, people = np.unique(keys[:, 0], return_counts=True)
    return values[people >= least]
