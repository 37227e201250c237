"""The search: what reaches a limit and has no innocent explanation, person by person and group by group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import distinct
from ...graph.snapshot import GraphView
from ..contract import Params
from ..sharing.households import LARGEST_HOME
from ..sharing.population import Population
from ..sharing.surnames import surname_codes
from .filed import Filed, ending_at, texts
from .hits import Hit
from .population import Known, hits


@dataclass(frozen=True)
class Shown:
    """A person or a group, and all signs that they show.

    Attributes
    ----------
    people : nodes of the applicants, ascending
    hits : in the order of the table, then of ``SIGNS``; those of smaller groups within this one last
    """

    people: tuple[int, ...]
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Found:
    """What a search finds.

    Attributes
    ----------
    shown : by the names of the people
    people : int64 nodes of all who show a sign, ascending
    label : int64 by person, the number of the unit
    """

    filed: Filed
    shown: list[Shown]
    people: np.ndarray
    label: np.ndarray


def search(view: GraphView, known: Known, params: Params) -> Found:
    """All persons and groups of a view that show a sign."""
    filed, seen = hits(view, known, params)
    kept = [hit for hit in seen if not explained(filed, known.shared, hit)]
    shown = _shown(view, kept)
    people = distinct(np.array([node for one in shown for node in one.people], dtype=np.int64))
    ends = [(one.people[0], node) for one in shown for node in one.people]
    one, other = np.searchsorted(people, np.array(ends, dtype=np.int64).reshape(-1, 2).T)
    return Found(filed, shown, people, weak_components(one, other, len(people)).astype(np.int64))


def _shown(view: GraphView, kept: Sequence[Hit]) -> list[Shown]:
    """Signs of the same people are one; so are those of a group with those of groups within it."""
    by_people: dict[tuple[int, ...], list[Hit]] = defaultdict(list)
    for hit in kept:
        by_people[hit.people].append(hit)
    nodes = sorted({node for people in by_people for node in people})
    names = dict(zip(nodes, view.names(nodes), strict=True))
    ordered = sorted(by_people, key=lambda people: (-len(people), [names[node] for node in people]))
    into: dict[tuple[int, ...], list[Hit]] = {}
    holding: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for people in ordered:
        group = by_people[people][0].persons > 1
        larger = next((one for one in holding[people[0]] if set(people) <= set(one)), None) if group else None
        into.setdefault(larger or people, []).extend(by_people[people])
        if group and not larger:
            for node in people:
                holding[node].append(people)
    return [Shown(people, tuple(some)) for people, some in into.items()]


def explained(filed: Filed, shared: Population, hit: Hit) -> bool:
    """Whether an innocent cause explains that several share a thing: a family, or the counter of a shop. One document
    under several names is nobody's innocence."""
    if hit.persons == 1 or not hit.limit or hit.limit.count == "names":
        return False
    return one_family(filed, shared, hit) or (hit.limit.key == "device" and at_one_shop(filed, hit)[0])


def one_family(filed: Filed, shared: Population, hit: Hit) -> bool:
    """They are one household; or beside the phone that they give as their own all have a surname, a home, a network or
    an acquaintance in common, or one of two names the other as a contact."""
    on_phone = hit.limit is not None and hit.limit.key == "phone"
    if households(filed, shared, hit) == 1:
        return True
    return on_phone and (_one_surname(filed, hit) or _named(filed, hit) or _live_together(filed, shared, hit))


def households(filed: Filed, shared: Population, hit: Hit) -> int:
    """How many households they are, as the whole book knows them."""
    number = filed.number[np.array(hit.people)]
    known = number < len(shared.household)
    return len(distinct(np.where(known, shared.household[np.where(known, number, 0)], number)))


def _one_surname(filed: Filed, hit: Hit) -> bool:
    names = texts(filed.view, "applicants", np.array(hit.people), "name")
    codes = surname_codes(filed.view, [name or None for name in names])
    return codes[0] >= 0 and len(distinct(codes)) == 1


def _named(filed: Filed, hit: Hit) -> bool:
    """Whether one of two names the phone as a contact's, or a contact by the other's name."""
    view, people = filed.view, np.array(hit.people)
    ties = ending_at(view, people, "LISTS_CONTACT")
    who, phone = view.ends(ties)
    if hit.persons > 2 or np.isin(phone, hit.things).any():
        return hit.persons == 2
    names = dict(zip(hit.people, texts(view, "applicants", people, "name"), strict=True))
    called = (view.relationship(position)["data"].get("name") for position in ties.tolist())
    pairs = zip(who.tolist(), called, strict=True)
    return any(name and name in {names[one] for one in names if one != lister} for lister, name in pairs)


def _live_together(filed: Filed, shared: Population, hit: Hit) -> bool:
    view, who, what = filed.view, [], []
    for relation in ("HAS_ADDRESS", "LISTS_CONTACT"):
        source, target = view.ends(_at_home(filed, ending_at(view, hit.people, relation)))
        who, what = [*who, source], [*what, target]
    filed_by = np.flatnonzero(np.isin(filed.applicant, hit.people))
    for relation in ("USED_WIFI", "USED_IP"):
        source, target = view.ends(ending_at(view, filed.node[filed_by], relation))
        who, what = [*who, filed.applicant[filed.row_of[source]]], [*what, target]
    thing, person = np.concatenate(what), np.concatenate(who)
    number = filed.number[thing]
    known = number < len(shared.users)
    few = ~known | (shared.users[np.where(known, number, 0)] <= LARGEST_HOME)
    return _most(thing[few], person[few]) == len(hit.people)


def _at_home(filed: Filed, ties: np.ndarray) -> np.ndarray:
    """Without what is of the place of work."""
    use = (filed.view.relationship(position)["data"].get("use") for position in ties.tolist())
    return ties[np.array([one != "work" for one in use], dtype=bool)]


def at_one_shop(filed: Filed, hit: Hit) -> tuple[bool, int]:
    """Whether most applied at one merchant, so that the handset is of its counter; and how many did at most."""
    application, merchant = filed.view.ends(
        ending_at(filed.view, filed.node[hit.figures["applications"]], "AT_MERCHANT")
    )
    most = _most(merchant, filed.person[filed.applicant[filed.row_of[application]]])
    return 2 * most > hit.persons, most


def _most(thing: np.ndarray, who: np.ndarray) -> int:
    """How many different people one thing has, of that which has most."""
    pairs = distinct(thing.astype(np.int64) << 32 | who)
    return int(np.unique(pairs >> 32, return_counts=True)[1].max(initial=0))
