"""What is put before an investigator of one ring: measures, what is shared, source rows, and the bounds that bit.

Nothing is ordered by a store's own numbers, which differ from store to store: members stand as they applied, then by
name, and relationships by their uids.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import FOREVER
from ...graph.snapshot import GraphView
from ..contract import Candidate, Draft, Params, Thing, bound, evidence_within
from ..sharing.facets import DAY, FACETS, PAIR_FACET
from ..sharing.population import Population
from ..sharing.uses import WAY, Uses
from .concert import MARGIN
from .explained import Tried, explanations
from .outsiders import both, ends_of, outsiders
from .scoring import chance, cycles, score
from .weighing import Ring
from .wording import shared_words

BESIDE = 3
"""So many members must use what too many others use, too, for it to stand beside the evidence."""
PLACES = [WAY[way] for way in ("network", "cell", "home", "work", "work_phone")]
"""Ways of using what belongs to a home, a place of work or one of study."""


def draft(
    view: GraphView, ring: Ring, population: Population, unit: str, kin: Collection[tuple[int, int]], params: Params
) -> Draft:
    """A ring as the run takes it.

    Parameters
    ----------
    unit : the name of its unit
    kin : pairs of members who are said to be family, as ``said_to_be_kin`` gives them
    """
    used = [*_telling(view, ring), *_beside(view, ring, population)]
    members = _as_they_applied(view, ring)
    rows, cut = _rows(used, params["max_evidence"])
    things = _things(view, ring, members, used, population, params["max_named"])
    candidate = Candidate(
        kind="fraud_ring",
        unit=unit,
        score=score(ring.evidence),
        reason=_reason(ring, things, population),
        measures=_measures(ring, population),
        things=things,
        explanations=explanations(ring.shared, _tried(ring, things, population, kin)),
        truncated=[
            *_split(ring, params["max_members"]),
            *_not_compared(ring, population, params["max_users"]),
            *_not_named(things, params["max_named"]),
            *cut,
        ],
    )
    return Draft(candidate, [(member, "member") for member in members], rows)


def _reason(ring: Ring, things: Sequence[Thing], population: Population) -> dict:
    """What the wording is made of, beside the measures."""
    first, last = ring.acting.first, ring.acting.last
    return {
        "people": population.people,
        "cut_from": ring.group.cut_from,
        "acted": sum(any(first <= time <= last for time in ring.files.applied.get(m, ())) for m in ring.members),
        "margin": MARGIN // DAY if ring.acting.telling else None,
        "borrowed": ring.files.borrowed_within(ring.members, *ring.acting.span()),
        "shared": shared_words(things[: len(ring.shared.values)]),
    }


def _tried(ring: Ring, things: Sequence[Thing], population: Population, kin: Collection[tuple[int, int]]) -> Tried:
    """What the innocent explanations are held against."""
    home = dict(zip(ring.members, ring.shared.household.tolist(), strict=True))
    excused = population.excused[ring.uses.value]
    account, counted = ring.uses.way == WAY["account"], ends_of(both(_told(ring), population.frame))
    equipment = _values_of(ring.uses.where(excused & ~account & _no_pair(ring.uses, population)), 2)
    places = ring.uses.where(np.isin(ring.uses.way, PLACES) & ~excused)
    _, together = _users(places)
    together = [
        *together[together > 1].tolist(),
        *(len(thing.members) for thing in things if thing.kind in ("social", "known")),
    ]
    return Tried(
        members=len(ring.members),
        disbelieved=sum(one in home and other in home and home[one] != home[other] for one, other in kin),
        place=max(together, default=0),
        equipment=len(np.setdiff1d(equipment, counted)),
        accounts=len(_values_of(ring.uses.where(excused & account), 2)),
    )


def _no_pair(uses: Uses, population: Population) -> np.ndarray:
    """bool by use: of no Wi-Fi together with an address, which are counted by themselves."""
    frame = population.frame
    return (uses.value < len(frame.joined)) | (uses.value >= frame.size)


def _measures(ring: Ring, population: Population) -> dict[str, float]:
    shared, acting, members = ring.shared, ring.acting, ring.members
    times = [time for member in members for time in ring.files.applied.get(member, ())]
    borrowed = list(ring.files.borrowed_within(members, *acting.span()).values())
    measures: dict[str, float] = {
        "members": len(members),
        "households": shared.households,
        "shared_values": len(shared.values),
        "handsets": len(shared.of("handset")),
        "accounts": len(shared.of("account")),
        "phones": len(shared.of("phone")),
        "documents": len(shared.of("document")),
        "emails": len(shared.of("email")),
        "contacts": len(shared.of("alias", "contact", "listed")),
        "acquaintances": len(shared.of("social", "known")),
        "addresses": len(shared.of("address", "cell")),
        "networks": len(shared.of("network")),
        "employers": len(shared.of("work")),
        "ties": len({pair for value in shared.values for pair in combinations(value.people.tolist(), 2)}),
        "cycles_of_ties": cycles(shared.tied, len(members)),
        "strength": chance(shared.tied, len(members), population.people),
        "applications": sum(acting.first <= time <= acting.last for time in times),
        "days": math.ceil((acting.last - acting.first) / DAY),
        "concert": round(acting.surprise / math.log(10), 2),
    }
    return measures | ({"amount": borrowed[0]} if len(borrowed) == 1 else {})


def _as_they_applied(view: GraphView, ring: Ring) -> list[int]:
    names = dict(zip(ring.members, view.names(ring.members), strict=True))
    applied = ring.files.applied
    return sorted(ring.members, key=lambda member: (min(applied.get(member, [FOREVER])), names[member]))


# -- what they use -------------------------------------------------------------------------------------------------


class _Used(NamedTuple):
    """What several members use: its id, how it is shared, and the uses by the uids of their rows."""

    value: int
    facet: str
    uses: Uses


def _telling(view: GraphView, ring: Ring) -> list[_Used]:
    """What they share, the weightiest first."""
    found = [(value.order, *_by_uid(view, ring.shared.uses.where(value.rows)), value) for value in ring.shared.values]
    found.sort(key=lambda one: one[:2])
    return [_Used(value.value, value.name, uses) for _, _, uses, value in found]


def _beside(view: GraphView, ring: Ring, population: Population) -> list[_Used]:
    """What too many others share as well, the least used first."""
    hubs = ring.uses.where(~population.excused[ring.uses.value] & ~np.isin(ring.uses.value, _told(ring)))
    values = _values_of(hubs, BESIDE)
    found = [(int(population.users[value]), *_by_uid(view, hubs.where(hubs.value == value)), value) for value in values]
    found.sort(key=lambda one: one[:2])
    return [_Used(int(value), FACETS[_facet(uses)], uses) for _, _, uses, value in found]


def _told(ring: Ring) -> np.ndarray:
    """int64: the values that are evidence, as often as they are used."""
    return np.concatenate([ring.shared.uses.value[value.rows] for value in ring.shared.values])


def _facet(uses: Uses) -> int:
    """The facet that most pairs of people make who use one value."""
    kinds = PAIR_FACET[0][uses.way[:, None], uses.way][uses.person[:, None] != uses.person]
    return int(np.bincount(kinds[kinds >= 0], minlength=1).argmax())


def _things(
    view: GraphView,
    ring: Ring,
    members: Sequence[int],
    used: Sequence[_Used],
    population: Population,
    most: int,
) -> list[Thing]:
    """What is used, each thing with its users among the members, in the members' order, and those outside."""
    names = dict(zip(members, view.names(members), strict=True))
    node = dict(zip(ring.shared.people.tolist(), ring.members, strict=True))
    order = {member: place for place, member in enumerate(members)}
    things = []
    for one in used:
        inside = distinct(one.uses.person)
        others = outsiders(view, population, one.uses.value, inside, most)
        things.append(
            Thing(
                kind=one.facet,
                nodes=_nodes(view, one, population),
                members=tuple(names[n] for n in sorted((node[p] for p in inside.tolist()), key=order.__getitem__)),
                users=len(inside) + others.number,
                others=others.names,
            )
        )
    return things


def _nodes(view: GraphView, used: _Used, population: Population) -> tuple[str, ...]:
    """The names of what stands for a thing, in the order of its rows; of a Wi-Fi and an
    address together, both."""
    names = dict.fromkeys(view.names(used.uses.node))
    frame = population.frame
    addresses = both(used.uses.value, frame) & 0xFFFFFFFF
    return tuple(names | dict.fromkeys(frame.names.text(address) for address in addresses.tolist()))


def _rows(used: Sequence[_Used], limit: int) -> tuple[np.ndarray, list[dict]]:
    """Positions of the ties to what is shared, in its order."""
    positions: dict[int, None] = {}
    for one in used:
        positions |= dict.fromkeys(np.stack([one.uses.via, one.uses.position], axis=1).ravel().tolist())
    positions.pop(-1, None)
    rows = np.fromiter(positions, dtype=np.int64)
    return evidence_within(rows, limit, "further relationships of the same people as evidence")


def _by_uid(view: GraphView, uses: Uses) -> tuple[list[tuple[str, str]], Uses]:
    """The uids of the relationships that say so, in order, and the uses in that order."""
    via = np.where(uses.via < 0, uses.position, uses.via)
    uids = list(zip(view.uids(uses.position), view.uids(via), strict=True))
    order = sorted(range(len(uids)), key=uids.__getitem__)
    return [uids[place] for place in order], uses.where(np.array(order, dtype=np.int64))


# -- bounds --------------------------------------------------------------------------------------------------------


def _split(ring: Ring, limit: int) -> list[dict]:
    group = ring.group
    if group.cut_from:
        skipped = f"a group of {group.cut_from} applicants was taken apart at its weaker ties"
    elif len(group.people) > limit:
        skipped = f"a group of {len(group.people)} applicants whose ties are all alike was not taken apart"
    else:
        return []
    return [bound("max_members", limit, skipped, could_change=True)]


def _not_compared(ring: Ring, population: Population, limit: int) -> list[dict]:
    """Values of too many users to compare, of a facet in which so many could still be telling."""
    facet = np.diagonal(PAIR_FACET[0])[ring.uses.way]
    telling = (facet >= 0) & (population.weight[facet, -1] > 0)
    known = population.users[ring.uses.value] > limit
    large = ring.uses.where(telling & known & ~population.excused[ring.uses.value])
    count = len(_values_of(large, 2))
    skipped = f"{count} values of more users that members share"
    return [bound("max_users", limit, skipped, could_change=True)] if count else []


def _not_named(things: Sequence[Thing], limit: int) -> list[dict]:
    count = sum(thing.users > len(thing.members) and not thing.others for thing in things)
    skipped = f"who else uses {count} things of more users"
    return [bound("max_named", limit, skipped)] if count else []


def _values_of(uses: Uses, least: int) -> np.ndarray:
    """The values that so many people use."""
    values, people = _users(uses)
    return values[people >= least]


def _users(uses: Uses) -> tuple[np.ndarray, np.ndarray]:
    """Values, and how many people use each."""
    keys = np.unique(np.stack([uses.value, uses.person], axis=1), axis=0)
    return np.unique(keys[:, 0], return_counts=True)
