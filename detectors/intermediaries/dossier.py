"""What is put before an investigator of one intermediary: measures, hubs, source rows, and the bounds that bit.

Nothing is ordered by a store's own numbers: clients stand as they applied, then by name, and relationships by their
uids.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import FOREVER, RELATION_CODE
from ...graph.snapshot import GraphView
from ...graph.words.money import day
from ..contract import Candidate, Draft, Params, Thing, bound, evidence_within
from ..rings.concert import MARGIN
from ..rings.outsiders import outsiders
from ..sharing.facets import DAY
from ..sharing.uses import WAY
from .explained import explanations
from .hubs import Hub
from .population import Known
from .scoring import score
from .search import Search
from .weighing import FACET_OF, OUTCOME, Intermediary
from .wording import HUBS

OWN = [WAY[way] for way in ("handset", "account", "document", "email", "own_phone")]
"""Ways of using what strangers do not share."""
ACQUAINTED = [WAY[way] for way in ("home", "work", "work_phone", "kin", "acquaintance", "contact")]
"""Ways of using what people of one home, workplace or school share."""


def draft(view: GraphView, one: Intermediary, found: Search, known: Known, unit: str, params: Params) -> Draft:
    """An intermediary as the run takes it.

    Parameters
    ----------
    unit : the name of its unit
    """
    clients = _as_they_applied(view, one, found)
    brokers, left_out = _brokers(view, one.hubs, params["max_brokers"])
    things = [_thing(view, hub, clients, found, params["max_named"]) for hub in one.hubs]
    reason = _reason(view, one, found, known, things)
    rows, cut = _rows(view, one, found, params["max_evidence"])
    candidate = Candidate(
        kind="intermediary",
        unit=unit,
        score=score(one.weighed.evidence),
        reason=reason,
        measures=_measures(one, reason),
        things=things,
        explanations=explanations(reason),
        truncated=[
            *_not_compared(one, found, params["max_users"]),
            *_not_named(things, params["max_named"]),
            *left_out,
            *cut,
        ],
    )
    members = [*((node, "client") for node in clients), *((node, "broker") for node in brokers)]
    return Draft(candidate, members, rows)


def _as_they_applied(view: GraphView, one: Intermediary, found: Search) -> dict[int, int]:
    """The clients' nodes in the order in which they first applied, then of their names, with their ids."""
    ids = dict(zip(found.node[one.people].tolist(), one.people.tolist(), strict=True))
    names = dict(zip(ids, view.names(list(ids)), strict=True))
    applied = found.files.applied
    return {node: ids[node] for node in sorted(ids, key=lambda n: (min(applied.get(n, [FOREVER])), names[n]))}


def _brokers(view: GraphView, hubs: Sequence[Hub], most: int) -> tuple[list[int], list[dict]]:
    """The nodes that it works through, those of the weightiest hub first, then by name."""
    nodes: dict[int, None] = {}
    for hub in hubs:
        own = hub.nodes.tolist()
        names = dict(zip(own, view.names(own), strict=True))
        nodes |= dict.fromkeys(sorted(own, key=names.__getitem__))
    skipped = f"{len(nodes) - most} more things that it works through are no members"
    return list(nodes)[:most], [bound("max_brokers", most, skipped)] if len(nodes) > most else []


def _thing(view: GraphView, hub: Hub, clients: dict[int, int], found: Search, most: int) -> Thing:
    names = dict(zip(clients.values(), view.names(list(clients)), strict=True))
    inside = set(hub.people.tolist())
    users, others = hub.users, ()
    if hub.kind not in ("channel", "employer"):
        rest = outsiders(view, found.population, np.array([hub.key]), hub.people, most)
        users, others = len(hub.people) + rest.number, rest.names
    return Thing(
        kind=hub.kind,
        nodes=tuple(sorted(view.names(hub.nodes))),
        members=tuple(names[person] for person in clients.values() if person in inside),
        users=users,
        others=others,
    )


# -- what the wording is made of ----------------------------------------------------------------------------------


def _reason(view: GraphView, one: Intermediary, found: Search, known: Known, things: Sequence[Thing]) -> dict[str, Any]:
    acting, figures = one.days, one.figures
    applied = [found.files.applied.get(node, []) for node in found.node[one.people].tolist()]
    then = [[time for time in own if acting.first <= time <= acting.last] for own in applied]
    return {
        "hubs": _hubs(view, one, things),
        "first": day(acting.first) if acting.telling else None,
        "last": day(acting.last) if acting.telling else None,
        "acted": sum(bool(own) for own in then),
        "applications": sum(map(len, then)),
        "margin": MARGIN // DAY,
        "borrowed": found.files.borrowed_within(found.node[one.people].tolist(), *acting.span())
        if acting.telling
        else {},
        "alike": figures["alike"],
        "of": figures["of"],
        "alike_as": list(figures["of_kind"]) if one.weighed.alike >= OUTCOME and acting.telling else None,
        "borrowers": figures["borrowers"],
        "bad": figures["bad"],
        "book_borrowers": known.borrowers,
        "book_bad": known.failed,
        "also": _also_share(one, found),
        "households": one.shared.households,
        "at_one_shop": figures["at_one_shop"],
        "one_place": _at_one_place(one, found),
    }


def _hubs(view: GraphView, one: Intermediary, things: Sequence[Thing]) -> list[dict[str, Any]]:
    """Hubs by kind: how many, how many clients came through the one that most did, and how many others use it."""
    told = []
    for kind in HUBS:
        pairs = [(hub, thing) for hub, thing in zip(one.hubs, things, strict=True) if hub.kind == kind]
        if not pairs:
            continue
        hub, thing = max(pairs, key=lambda pair: (len(pair[0].people), pair[1].nodes))
        count = len(pairs) if kind != "employer" else len({node for _, own in pairs for node in own.nodes})
        said = {"kind": kind, "count": count, "most": len(hub.people), "others": thing.users - len(hub.people)}
        told.append(said | {"names": hub.names, "run": hub.run} | (_money(view, hub) if kind == "account" else {}))
    return told


def _money(view: GraphView, hub: Hub) -> dict[str, int]:
    """For how many an account repaid, whose loans were paid into it, and whose own it is said to be."""
    codes = view.relation_codes(hub.ties.position)
    return {
        name: len(distinct(hub.ties.person[codes == RELATION_CODE[relation]]))
        for name, relation in (("repaid", "REPAID"), ("paid", "DISBURSED_TO"), ("own", "OWNS"))
    }


def _also_share(one: Intermediary, found: Search) -> int:
    """How many of the clients share with another what strangers do not, beside the hubs."""
    keys = [hub.key for hub in one.hubs if hub.kind in FACET_OF]
    some = found.uses.where(np.isin(found.uses.person, one.people) & np.isin(found.uses.way, OWN))
    some = some.where(~np.isin(some.value, keys))
    pairs = distinct(some.value << 32 | some.person)
    values, users = np.unique(pairs >> 32, return_counts=True)
    return len(distinct(pairs[np.isin(pairs >> 32, values[users > 1])] & 0xFFFFFFFF))


def _at_one_place(one: Intermediary, found: Search) -> int:
    """How many clients share one home, employer or contact that is no hub, of the one that most share."""
    keys = [hub.key for hub in one.hubs if hub.kind in FACET_OF]
    some = found.uses.where(np.isin(found.uses.person, one.people) & np.isin(found.uses.way, ACQUAINTED))
    pairs = distinct((some.value << 32 | some.person)[~np.isin(some.value, keys)])
    return int(np.unique(pairs >> 32, return_counts=True)[1].max(initial=0))


def _measures(one: Intermediary, reason: dict[str, Any]) -> dict[str, float]:
    acting = one.days
    kinds = {hub["kind"]: hub for hub in reason["hubs"]}
    borrowed = list(reason["borrowed"].values())
    measures: dict[str, float] = {
        "clients": len(one.people),
        "households": one.shared.households,
        **{f"{kind}s" if kind != "address" else "addresses": kinds.get(kind, {}).get("count", 0) for kind in HUBS},
        "surnames": kinds.get("contact", {}).get("names", 0),
        "consecutive_phones": kinds.get("employer", {}).get("run", 0),
        "applications": reason["applications"],
        "days": math.ceil((acting.last - acting.first) / DAY),
        "concert": round(acting.surprise / math.log(10), 2),
        "applications_alike": reason["alike"],
        "borrowers": reason["borrowers"],
        "bad_borrowers": reason["bad"],
        "tied_otherwise": reason["also"],
    }
    return measures | ({"amount": borrowed[0]} if len(borrowed) == 1 else {})


# -- rows and bounds ----------------------------------------------------------------------------------------------


def _rows(view: GraphView, one: Intermediary, found: Search, limit: int) -> tuple[np.ndarray, list[dict]]:
    """Positions of the ties to the hubs, the weightiest first, then of the bad loans."""
    positions: dict[int, None] = {}
    for hub in one.hubs:
        ties = hub.ties
        for place in view.uid_order(ties.position).tolist():
            positions |= dict.fromkeys((int(ties.via[place]), int(ties.position[place])))
    bad = found.bad_loans.positions[np.isin(found.bad_loans.source, found.node[one.people])]
    positions |= dict.fromkeys(bad[view.uid_order(bad)].tolist())
    positions.pop(-1, None)
    rows = np.fromiter(positions, dtype=np.int64)
    return evidence_within(rows, limit, "further relationships of the same people as evidence")


def _not_compared(one: Intermediary, found: Search, limit: int) -> list[dict]:
    """Handsets and accounts of too many users that clients share."""
    some = found.uses.where(np.isin(found.uses.person, one.people))
    own = np.isin(some.way, [WAY["handset"], WAY["account"]])
    large = own & (found.population.users[some.value] > limit) & ~found.population.excused[some.value]
    pairs = distinct(some.value[large] << 32 | some.person[large]) >> 32
    count = int((np.unique(pairs, return_counts=True)[1] > 1).sum())
    skipped = f"{count} values of more users that clients share"
    return [bound("max_users", limit, skipped, could_change=True)] if count else []


def _not_named(things: Sequence[Thing], limit: int) -> list[dict]:
    kinds = ("channel", "employer")
    count = sum(t.kind not in kinds and t.users > len(t.members) and not t.others for t in things)
    skipped = f"who else uses {count} things of more users"
    return [bound("max_named", limit, skipped)] if count else []
