"""Why an applicant is in a ring or in none: what the search for rings decided, as plain data.

Nothing is decided here. What ties two people, how they were bound and what their group came to is read from the search;
only why a thing that two people use ties them not is told apart, by what the population says of it.
"""

from __future__ import annotations

import math

import numpy as np

from ...graph.kernels.coincidence import Ties, added_up
from ...graph.kernels.sets import distinct
from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing.facets import FACET, FACETS, PAIR_FACET, RULES
from ..sharing.population import Population
from ..sharing.uses import WAY, WAYS, Uses
from .decided import (
    COMMON,
    HOUSEHOLD,
    NAMED,
    PASSING,
    PAYER,
    RECYCLED,
    SHOP,
    STRENGTHS,
    TOO_MANY,
    UNTIED,
    WAYS_DIFFER,
    Both,
    Nearest,
    Pair,
    Partner,
    Standing,
    Untied,
    Use,
    Why,
)
from .outsiders import both
from .search import Search
from .weighing import Weighed


def why(view: GraphView, found: Search, params: Params, person: int) -> Why:
    """What was decided on an applicant.

    Parameters
    ----------
    found : what ``search`` found in the view, with these parameters
    person : the applicant's node
    """
    asked = _Asked(view, found, params, person)
    group, ring, split_from = asked.standing()
    return Why(
        household=asked.household(),
        used=len(distinct(asked.mine.value)),
        uses=asked.uses(),
        partners=asked.partners(),
        group=group,
        ring=ring,
        split_from=split_from,
        nearest=asked.nearest(),
        people=found.population.people,
    )


def pair(view: GraphView, found: Search, params: Params, one: int, other: int) -> Pair:
    """What was decided on two applicants; the arguments are as for ``why``."""
    asked, partner = (_Asked(view, found, params, person) for person in (one, other))
    name = view.name(other)
    family = found.population.household
    return Pair(
        partner=next((tied for tied in asked.partners() if tied.name == name), None),
        things=asked.both(partner),
        one_household=bool(family[asked.id] == family[partner.id]),
        one_group=min(asked.place, partner.place) >= 0 and bool(np.ptp(found.label[[asked.place, partner.place]]) == 0),
    )


class _Asked:
    """One applicant, in the numbers of a search.

    Attributes
    ----------
    id, place : of the person in the frame, and among those whom things may tie; -1 where nothing may
    mine : what the person uses
    """

    def __init__(self, view: GraphView, found: Search, params: Params, person: int):
        self.view, self.found, self.params = view, found, params
        self.id = found.node.id_of(person)
        place = int(np.searchsorted(found.compared.people, self.id))
        inside = place < len(found.compared.people) and found.compared.people[place] == self.id
        self.place = place if inside else -1
        self.mine = found.uses.where(found.uses.person == self.id)

    def household(self) -> tuple[str, ...]:
        family = self.found.population.household
        users = distinct(self.found.uses.person)
        same = users[(family[users] == family[self.id]) & (users != self.id)]
        return self._names(same)

    # -- what ties the person to others

    def _own_ties(self) -> Ties:
        ties = self.found.compared.ties
        own = (ties.first == self.place) | (ties.second == self.place)
        return Ties(*(column[own] for column in ties))

    def partners(self) -> tuple[Partner, ...]:
        ties = self._own_ties()
        sums = added_up(ties, np.arange(len(self.found.compared.people)), np.array(RULES))
        partner = np.where(ties.first == self.place, ties.second, ties.first)
        found = []
        for first, second, total, things in zip(sums.first, sums.second, sums.total, sums.things, strict=True):
            other = int(second if first == self.place else first)
            with_him = partner == other
            facets = tuple(FACETS[facet] for facet in np.sort(ties.facet[with_him]).tolist())
            near = round(float(ties.near[with_him].max()), 3)
            found.append(Partner(self._people([other])[0], facets, float(total), near, int(things)))
        return tuple(sorted(found, key=lambda one: (-one.strength, one.name)))

    def uses(self) -> tuple[Use, ...]:
        population, ties = self.found.population, self._own_ties()
        shared = distinct(self.mine.value)
        shared = shared[population.holders[shared] > 1]
        used = self.found.uses.where(np.isin(self.found.uses.value, shared))
        found = [self._use(value, used.where(used.value == value), ties) for value in shared.tolist()]
        return tuple(sorted(found, key=lambda one: (one.facet is None, -one.weight, one.users, one.nodes)))

    def _use(self, value: int, used: Uses, ties: Ties) -> Use:
        """A thing by all uses of it."""
        population, compared = self.found.population, self.found.compared
        own = used.where(used.person == self.id)
        here = np.flatnonzero(compared.values[ties.value] == value) if len(ties.value) else ties.value
        ends = np.where(ties.first[here] == self.place, ties.second[here], ties.first[here])
        users = int(population.users[value])
        best = max(zip(ties.weight[here].tolist(), (-ties.facet[here]).tolist(), strict=True), default=None)
        others = np.setdiff1d(used.person, np.append(compared.people[ends], self.id))
        return Use(
            nodes=self._nodes(own),
            way=WAYS[own.way.min()],
            facet=None if best is None else FACETS[-int(best[1])],
            users=int(population.holders[value]),
            households=users,
            weight=0.0 if best is None else round(float(best[0]), 3),
            by_chance=None if best is None else float(f"{math.exp(-best[0]):.3g}"),
            ties=self._people(np.sort(ends).tolist()),
            untied=self._untied(value, used, others),
        )

    def _untied(self, value: int, used: Uses, others: np.ndarray) -> tuple[Untied, ...]:
        """The users of a thing whom it does not tie to the person, reason by reason."""
        people, way, label = _as_compared(used)
        mine = int(np.flatnonzero(people == self.id)[0])
        among = np.isin(people, others)
        one, theirs = (self.id, int(way[mine]), int(label[mine])), (people[among], way[among], label[among])
        reasons = _reasons(self.found.population, value, one, theirs)
        some = {why: people[among][reasons == why] for why in UNTIED if (reasons == why).any()}
        return tuple(
            Untied(why, len(those), self._names(those) if len(those) <= NAMED else ()) for why, those in some.items()
        )

    def both(self, partner: _Asked) -> tuple[Both, ...]:
        """All that a person and another one use."""
        population, ties = self.found.population, self._own_ties()
        ends = np.where(ties.first == self.place, ties.second, ties.first) == partner.place
        values = self.found.compared.values[ties.value]
        found = []
        for value in np.intersect1d(self.mine.value, partner.mine.value).tolist():
            here = np.flatnonzero(ends & (values == value))
            pair = [_as_compared(person.mine.where(person.mine.value == value)) for person in (self, partner)]
            (_, way, label), (_, other_way, other_label) = pair
            one = self.id, int(way[0]), int(label[0])
            reason = _reasons(population, value, one, (np.array([partner.id]), other_way, other_label))[0]
            used = self.found.uses.where((self.found.uses.value == value) & self._of(partner))
            found.append(
                Both(
                    nodes=self._nodes(used),
                    ways=(WAYS[way[0]], WAYS[other_way[0]]),
                    facet=FACETS[ties.facet[here[0]]] if len(here) else None,
                    weight=round(float(ties.weight[here[0]]), 3) if len(here) else 0.0,
                    untied=None if len(here) else str(reason),
                    users=int(population.holders[value]),
                    households=int(population.users[value]),
                )
            )
        return tuple(sorted(found, key=lambda one: (-one.weight, one.users, one.nodes)))

    def _of(self, partner: _Asked) -> np.ndarray:
        return (self.found.uses.person == self.id) | (self.found.uses.person == partner.id)

    # -- how the person was bound

    def standing(self) -> tuple[Standing | None, Standing | None, int]:
        """The person's group; the ring that left the person behind; and the size of the group that was split."""
        weighed = [one for one in self.found.weighed if self.place in one.people or self.place in one.left]
        left = next((one for one in weighed if not one.lacks and self.place in one.left), None)
        last = next((one for one in reversed(weighed) if one is not left), None)
        bound = np.flatnonzero(self.found.label == self.found.label[self.place]) if self.place >= 0 else np.array([])
        split_from = 0
        if last is None and left is None and len(bound) > 1:
            if len(bound) > self.params["max_members"]:
                split_from = len(bound)
            else:
                parts = self.found.weigh(self.view, bound, self.params)
                last = next(one for one in parts if self.place in one.people or self.place in one.left)
        group, ring = (None if one is None else self._standing(one) for one in (last, left))
        return group, ring, split_from

    def _standing(self, weighed: Weighed) -> Standing:
        acting = weighed.acting
        return Standing(
            members=self._people(weighed.group.people.tolist()),
            staying=len(weighed.people),
            is_ring=not weighed.lacks,
            acted=self.place not in weighed.left,
            evidence=round(weighed.evidence, 3),
            surprise=round(acting.surprise, 3),
            first=acting.first if acting.telling else None,
            last=acting.last if acting.telling else None,
            lacks=tuple(weighed.lacks),
        )

    def nearest(self) -> Nearest | None:
        best = None
        for stage in self.found.stages if self.place >= 0 else ():
            between, label = stage.offers(self.params), stage.label
            own = label[self.place]
            for at in np.flatnonzero((between.first == own) | (between.second == own)).tolist():
                other = between.second[at] if between.first[at] == own else between.first[at]
                if self.found.label[np.flatnonzero(label == other)[0]] == self.found.label[self.place]:
                    continue  # a later round joined them
                total, asked = float(between.total[at]), float(between.asked[at])
                key = (-math.inf if math.isinf(asked) else total - asked, total)
                if best is None or key > best[0]:
                    told = total, float(between.sizes[at]), asked, int(between.things[at])
                    best = key, np.flatnonzero(label == other), told
        if best is None:
            return None
        _, members, (total, sizes, asked, things) = best
        group = self._people(members.tolist())
        by = next((name for name in STRENGTHS if self.params[name] == asked), None)
        return Nearest(group, round(total, 3), round(sizes, 3), None if by is None else asked, by, things)

    # -- names

    def _people(self, places: list[int]) -> tuple[str, ...]:
        return self._names(self.found.compared.people[places])

    def _names(self, people: np.ndarray) -> tuple[str, ...]:
        return tuple(sorted(self.view.names(self.found.node[people]))) if len(people) else ()

    def _nodes(self, used: Uses) -> tuple[str, ...]:
        frame = self.found.population.frame
        names = dict.fromkeys(self.view.names(distinct(used.node)))
        return tuple(names | dict.fromkeys(frame.names.text(pair & 0xFFFFFFFF) for pair in both(used.value, frame)))


def _as_compared(used: Uses) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The people who use a thing, ascending, the way in which each does, and the surname that each gives its holder, as
    they are compared."""
    order = np.lexsort((used.label, used.way, used.person))
    people, first = np.unique(used.person[order], return_index=True)
    return people, used.way[order][first], used.label[order][first]


def _reasons(
    population: Population, value: int, one: tuple[int, int, int], other: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> np.ndarray:
    """Why a thing ties a person not to others whom it does not tie to the person: one of ``UNTIED`` for each.

    Parameters
    ----------
    one, other : who they are, the way in which they use it, and the surname that they give its holder
    """
    person, way, label = one
    people, ways, labels = other
    users = int(population.users[value])
    differ = ((labels >= 0) & (label >= 0) & (labels != label)).astype(int)
    facet = PAIR_FACET[differ, way, ways]
    weight = population.weight[facet, min(users, population.weight.shape[1] - 1)]
    tried = {
        SHOP: np.full(len(people), population.excused[value] and way != WAY["account"]),
        PAYER: np.full(len(people), population.excused[value]),
        HOUSEHOLD: population.household[people] == population.household[person],
        TOO_MANY: np.full(len(people), users >= population.weight.shape[1]),
        WAYS_DIFFER: facet < 0,
        COMMON: weight <= 0,
        RECYCLED: facet == FACET["phone"],
    }
    return np.select(list(tried.values()), list(tried), PASSING)
