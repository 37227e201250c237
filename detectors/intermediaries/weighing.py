"""What speaks for some people as clients of an intermediary, and what explains them otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ...graph.kernels.sets import among, distinct
from ...graph.model import ALWAYS
from ...graph.snapshot import GraphView
from ...graph.times import parse_moment
from ...graph.words.money import day
from ..contract import Params
from ..rings.concert import Concert, concert
from ..rings.files import Files
from ..sharing.common import TIED_TWICE, Common, common
from ..sharing.facets import DAY, FACET
from ..sharing.numbering import NodeOf
from ..sharing.population import Population, comparable
from ..sharing.uses import WAY, Uses
from .hubs import OWN_THINGS, PLACES, Hub, people_of
from .population import Known
from .signs import Made, Outcomes, alike, chance_of_alike, chance_of_bad, made

FACET_OF = {name: name for name in OWN_THINGS} | {"contact": "alias", "network": "network"}
NEXT_NUMBER = 3.0
"""What each phone that follows the one before it adds, from the third on, in natural logarithms."""
CONFIRMED = 0.5
"""How much of what shows otherwise the default of the clients may add."""
OUTCOME = 3.0
"""Evidence from which on the default of a channel's clients, or how alike their applications are, is a sign."""
OUTCOME_OF_PLACE = 6.0
"""The same of the people of one place, who often apply in one season, and of those who come within days, as to a
promotion."""
SUDDEN = 30.0
"""A burst of a channel as rare as this needs neither default nor applications that are alike."""
OTHERS = 5
"""So many clients at other times show the pace of a channel."""
PROMOTION = 3 * DAY
"""A promotion lasts no longer."""
SOON = 7 * DAY
"""Few clients are an intermediary's only where they came within this time."""
SOME_AT_SHOP, SEVERAL_AT_SHOP = 0.35, 4
"""Where so large a part of those who use one handset applied at one merchant, and so many, it is the shop's, which
often is not named."""
SAME_SHOP = 0.5
"""Where more of the clients applied at one merchant or on shops' handsets, it is merchants who brought them."""
ONE_PLACE = 0.8
"""Where so many of the clients have one home, workplace or school in common, that explains a contact."""


@dataclass(frozen=True)
class Weighed:
    """What speaks for one hub, or for several together, in natural logarithms of rarity.

    Attributes
    ----------
    tie : that so many use one thing
    acting : the time within which they applied
    template : that the phones of their employers follow one another
    bad, alike : how many have defaulted, and how like one another their applications are
    """

    tie: float
    acting: Concert
    template: float
    bad: float
    alike: float

    @property
    def evidence(self) -> float:
        """All in all: default confirms what shows otherwise, and makes no intermediary of people who merely fail."""
        shown = self.acting.surprise + self.template + self.alike
        return self.tie + shown + min(self.bad, shown * CONFIRMED)


@dataclass(frozen=True)
class Intermediary:
    """What was found.

    Attributes
    ----------
    people : int64 ids of the clients, ascending
    hubs : what they came through, the weightiest first
    days : the burst from the beginning of its first day to the end of its last
    shared : what they share beside it and with it
    tied : how many of them share something else with another
    figures : ``borrowers``, and ``bad`` ones among them; ``alike``, how many applications are of one product, term and
        amount, ``of`` how many, by ``of_kind``; ``at_one_shop``, how many applied at the merchant that most did;
        ``on_equipment``, how many on a shop's handset
    """

    people: np.ndarray
    hubs: list[Hub]
    weighed: Weighed
    days: Concert
    shared: Common
    tied: int
    figures: Mapping[str, Any]


class Weighing:
    """What hubs are weighed with."""

    def __init__(
        self,
        view: GraphView,
        known: Known,
        population: Population,
        uses: Uses,
        went: Outcomes,
        node: NodeOf,
        everybody: np.ndarray,
        params: Params,
    ):
        self._view, self._known, self._population, self._node, self._params = view, known, population, node, params
        self.uses = uses.where(among(uses.person, everybody))
        self._weighed = self.uses.where(comparable(population, self.uses))
        self._went = went
        self._filed = _filed(view, node[everybody])
        self.files = Files(view, node[everybody])
        self._of: dict[tuple[str, int], Weighed] = {}

    @cached_property
    def _made(self) -> Made:
        return made(self._view, self._filed.application)

    def order(self, hub: Hub) -> tuple:
        """The weightiest hub first."""
        return -round(self.hub(hub).evidence, 6), *self.size(hub)

    def size(self, hub: Hub) -> tuple:
        """The largest hub first."""
        return -len(hub.people), hub.kind, min(self._view.names(hub.nodes))

    def hub(self, hub: Hub) -> Weighed:
        """What speaks for one hub."""
        key = (hub.kind, hub.key)
        if key not in self._of:
            self._of[key] = self._weigh(hub.people, [hub], self._acting(hub))
        return self._of[key]

    def _weigh(self, people: np.ndarray, hubs: Sequence[Hub], acting: Concert) -> Weighed:
        """What speaks for some people as clients of hubs."""
        borrowers, bad = self.outcome(people)
        return Weighed(
            tie=max((self._tie(hub) for hub in hubs), default=0.0),
            acting=acting,
            template=max(max(hub.run - 2, 0) * NEXT_NUMBER for hub in hubs),
            bad=chance_of_bad(borrowers, bad, self._known.usual),
            alike=0.0,
        )

    def _tie(self, hub: Hub) -> float:
        if hub.kind not in FACET_OF:
            return 0.0
        users = int(self._population.users[hub.key])
        return float(self._population.weight[FACET[FACET_OF[hub.kind]], users])

    def _acting(self, hub: Hub) -> Concert:
        """The least likely burst: of a channel's clients as the whole book knows it, of others here."""
        if hub.kind == "channel":
            known = self._known.bursts
            at = int(np.searchsorted(known.channel, hub.key))
            return Concert(float(known.surprise[at]), int(known.first[at]), int(known.last[at]))
        borrowers, bad = self.outcome(hub.people)
        if hub.kind in PLACES and chance_of_bad(borrowers, bad, self._known.usual) < OUTCOME:
            return Concert(0.0, 0, 0)  # people of one place often apply in one season
        return concert(self._times(hub, hub.people), self._population.calendar)

    def _times(self, hub: Hub, people: np.ndarray) -> list[list[int]]:
        """When each applied: with a handset, or at all."""
        nodes = self._node[people].tolist()
        if hub.kind == "handset":
            known = hub.ties.where(hub.ties.time > ALWAYS)
            return [distinct(known.time[known.person == person]).tolist() for person in people.tolist()]
        return [self.files.applied.get(node, []) for node in nodes]

    def outcome(self, people: np.ndarray) -> tuple[int, int]:
        """How many of some people have borrowed, and how many of these are bad."""
        nodes = self._node[people]
        return int(self._went.borrowers[nodes].sum()), int(self._went.bad[nodes].sum())

    def group(self, hubs: list[Hub]) -> Intermediary | None:
        """The intermediary that hubs are, None where they are none."""
        people = people_of(hubs)
        acting = max((self.hub(hub).acting for hub in hubs), key=lambda one: one.surprise)
        if acting.telling:
            people = people[self._then(people, hubs, acting)]
        hubs = [cut for hub in hubs if len((cut := hub.among(people)).people) > 1]
        if len(people) < self._params["min_clients"] or not hubs:
            return None
        places = all(hub.kind in PLACES for hub in hubs)
        if len(people) < self._params["many"] and (places or acting.last - acting.first > SOON):
            return None
        days = _whole_days(acting)
        figures = self._figures(people, days)
        weighed = replace(
            self._weigh(people, hubs, acting),
            alike=chance_of_alike(figures["of"], figures["alike"], self._known.alike),
        )
        if weighed.evidence < self._params["least_evidence"]:
            return None
        shared = common(people, self._population, self._weighed.where(np.isin(self._weighed.person, people)))
        tied = len(self._otherwise_tied(shared, hubs))
        few = shared.households < self._params["min_clients"]
        if few or tied >= TIED_TWICE * len(people) or _explained(hubs, weighed, shared, figures):
            return None
        return Intermediary(people, hubs, weighed, days, shared, tied, figures)

    def _then(self, people: np.ndarray, hubs: Sequence[Hub], acting: Concert) -> np.ndarray:
        """bool by person: who applied with the others, or carries a sign of its own."""
        first, last = acting.span()
        applied = (self.files.applied.get(node, []) for node in self._node[people].tolist())
        then = np.array([any(first <= at <= last for at in own) for own in applied], dtype=bool)
        own = people_of([hub for hub in hubs if hub.kind in (*OWN_THINGS, "contact")])
        return then | (self._went.bad[self._node[people]] & np.isin(people, own))

    def _otherwise_tied(self, shared: Common, hubs: Sequence[Hub]) -> np.ndarray:
        """Those who share with another what is none of the hubs and no place explains, or more than one hub."""
        keys = {hub.key for hub in hubs if hub.kind in FACET_OF}
        alone = [value for value in shared.values if value.alone]
        others = [value.people for value in alone if value.value not in keys]
        none = shared.people[:0]
        people, things = np.unique(np.concatenate([none, *(value.people for value in alone)]), return_counts=True)
        return distinct(np.concatenate([people[things > 1], *others]))

    def _figures(self, people: np.ndarray, acting: Concert) -> dict[str, Any]:
        borrowers, bad = self.outcome(people)
        first, last = acting.span()
        filed = self._filed.where(np.isin(self._filed.person, self._node[people]))
        then = (first <= filed.time) & (filed.time <= last)
        count, kind = alike(self._made, filed.application[then])
        found = {"borrowers": borrowers, "bad": bad, "alike": count, "of": int(then.sum()), "of_kind": kind}
        return found | {"at_one_shop": self._at_one_shop(people), "on_equipment": self._on_equipment(people)}

    def _on_equipment(self, people: np.ndarray) -> int:
        some = self.uses.where((self.uses.way == WAY["handset"]) & np.isin(self.uses.person, people))
        return len(distinct(some.person[self._population.excused[some.value]]))

    def _at_one_shop(self, people: np.ndarray) -> int:
        filed = self._filed.where(np.isin(self._filed.person, self._node[people]) & (self._filed.merchant >= 0))
        at = distinct(filed.merchant << 32 | filed.person) >> 32
        return int(np.unique(at, return_counts=True)[1].max(initial=0))


def _explained(hubs: Sequence[Hub], weighed: Weighed, shared: Common, figures: Mapping[str, Any]) -> bool:
    """Whether an innocent cause explains it: a channel that merely brings many at once, whose loans are as good as any
    and whose applications differ; a merchant; a large employer; acquaintances."""
    kinds, people = {hub.kind for hub in hubs}, len(shared.people)
    brief = weighed.acting.last - weighed.acting.first <= PROMOTION
    least = OUTCOME if "channel" in kinds and not brief else OUTCOME_OF_PLACE
    good = max(weighed.bad, weighed.alike) < least or not weighed.acting.telling
    if kinds <= {"channel", *PLACES} and good and not _sudden(hubs, weighed.acting):
        return True
    in_shops = max(figures["at_one_shop"], figures["on_equipment"]) > SAME_SHOP * people
    if kinds <= {"channel", "employer", *PLACES} and in_shops:
        return True
    if kinds <= {"handset", *PLACES} and figures["at_one_shop"] >= max(SOME_AT_SHOP * people, SEVERAL_AT_SHOP):
        return True
    if kinds <= {"employer", *PLACES} and max(weighed.acting.surprise, weighed.bad, weighed.alike) < OUTCOME:
        return True
    if kinds <= {"contact", *PLACES}:
        return at_one_place(shared, hubs) >= ONE_PLACE * people
    return False


def _whole_days(acting: Concert) -> Concert:
    """The same from the beginning of the first day to the end of the last: people read dates."""
    first, last = (parse_moment(str(day(time))) if acting.telling else time for time in acting[1:])
    return acting._replace(first=first, last=last + DAY - 1 if acting.telling else last)


def _sudden(hubs: Sequence[Hub], acting: Concert) -> bool:
    """Whether a channel with clients of its own pace beside it has a burst that no promotion day and no beginning
    explains."""
    paced = any(hub.kind == "channel" and hub.users - len(hub.people) >= OTHERS for hub in hubs)
    return paced and acting.surprise >= SUDDEN and acting.last - acting.first > PROMOTION


def at_one_place(shared: Common, hubs: Sequence[Hub]) -> int:
    """How many people one home, workplace, school or circle of acquaintances joins, of the largest; but for hubs."""
    keys = {hub.key for hub in hubs}
    rest = replace(shared, values=[value for value in shared.values if value.value not in keys])
    return max((len(piece.people) for piece in rest.tied if not piece.alone), default=0)


class _Filed(NamedTuple):
    """Applications: who filed them, when, and at which merchant, -1 where at none; arrays of one length."""

    person: np.ndarray
    application: np.ndarray
    time: np.ndarray
    merchant: np.ndarray

    def where(self, mask: np.ndarray) -> _Filed:
        """Those for which ``mask`` holds."""
        return _Filed(*(column[mask] for column in self))


def _filed(view: GraphView, nodes: np.ndarray) -> _Filed:
    wanted = np.zeros(view.node_count, dtype=bool)
    wanted[nodes] = True
    applied, at = view.edges("APPLIED"), view.edges("AT_MERCHANT")
    applied = applied.where(wanted[applied.source])
    merchant = np.full(view.node_count, -1, dtype=np.int64)
    merchant[at.source] = at.target
    return _Filed(applied.source.astype(np.int64), applied.target, applied.valid_from, merchant[applied.target])
