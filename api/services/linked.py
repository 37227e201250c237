"""How two parties are linked: every tie between them, each route over others, and what the detector makes of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ...detectors.rings.decided import Both, Pair
from ...detectors.rings.why import pair
from ...detectors.rings.why_words import SHARED_AS, UNTIED_WORDS
from ...graph.errors import UserError
from ...graph.model import KINDS, PARTIES, kind_of
from ...graph.snapshot import GraphView
from ...graph.store import Store
from ...graph.words.names import KIND_WORDS, RELATION_WORDS, SHARED_WORDS
from .names import safe
from .network import FOLLOWED, Network, network
from .nodes import path, place_of, relationships, shown
from .routes import Route, links, routes, shared
from .set_aside import links_no_one
from .why import Decisions

ROUTES = 10
"""Most routes in an answer."""
LONGEST = 20
"""The longest link, in relationships, that is looked for where there is neither tie nor route."""
THINGS = 5
"""Most things listed of one link of a route."""
ROWS = 10
"""Most rows listed of one tie."""


def linked(
    store: Store,
    snapshot: GraphView,
    one: tuple[str, str],
    other: tuple[str, str],
    as_of: int | None = None,
) -> dict:
    """Every tie between two parties, and each route between them over one other or two.

    ``{"from", "to", "ties", "together", "one_household", "one_group", "routes", "routes_found", "link", "links_no_one",
    "truncated"}`` and what ``Decisions.asked`` gives. Ties and routes stand by how many parties use the rarest thing of
    their weakest link; those with a hub come last. ``together`` is what ties two applicants as the detector of rings
    weighs it. Where there is neither tie nor route, ``link`` is a shortest one of any kind, as ``path`` finds it.

    Parameters
    ----------
    one, other : a node's name and what was written for it
    as_of : as for ``Decisions``

    Raises
    ------
    UserError : the store has no such node, or it is no party
    """
    numbers = [_party(snapshot, *end) for end in (one, other)]
    if numbers[0] == numbers[1]:
        raise UserError(f"{safe(one[1], one[0])} is named twice: name two parties, or one alone")
    known = Decisions(store, snapshot, as_of)
    decided = pair(snapshot, known.search, known.params, *numbers)
    tell = _Teller(snapshot, known)
    common = shared(tell.net, *numbers)
    apart = tell.net.where(~np.isin(tell.net.thing, common))
    found = routes(apart, numbers[0], numbers[1], ROUTES, snapshot.names)
    ties = [tell.tie(thing, numbers, decided) for thing in common]
    ties += [tell.both(thing) for thing in decided.things if len(thing.nodes) > 1 and _is_both(thing)]
    over = [tell.route(route, links(apart, route)) for route in found.best]
    return {
        "from": tell.node(numbers[0]),
        "to": tell.node(numbers[1]),
        **known.asked(),
        "ties": sorted(ties, key=lambda tie: (tie["hub"], tie["users"], tie["kind"], _uids(tie))),
        "together": decided.partner
        and {name: getattr(decided.partner, name) for name in ("strength", "near", "things", "facets")},
        "one_household": decided.one_household,
        "one_group": decided.one_group,
        "routes": over,
        "routes_found": found.found,
        "link": None if ties or over else path(snapshot, one, other, LONGEST),
        "links_no_one": [tied for number in numbers for tied in links_no_one(snapshot, number)],
        "truncated": _truncated(found.found, len(found.not_followed)),
    }


def _party(snapshot: GraphView, name: str, text: str) -> int:
    number = place_of(snapshot, name, text)
    if kind_of(name) not in PARTIES:
        hint = f"name two of {', '.join(PARTIES)}; 'ringfence path' links nodes of any kind"
        raise UserError(f"{safe(text, name)} is no party: {hint}")
    return number


def _is_both(thing: Both) -> bool:
    """Whether it is a Wi-Fi together with an internet address, which the network has one by one."""
    return {kind_of(node) for node in thing.nodes} == {"wifi", "ip"}


def _uids(tie: dict) -> list[str]:
    return [row["uid"] for row in tie["rows"]] or [item["node"] for item in tie["nodes"]]


def _truncated(found: int, hubs: int) -> list[dict]:
    told = []
    if found > ROUTES:
        told.append({"bound": "routes", "limit": ROUTES, "skipped": found - ROUTES, "could_change": False})
    if hubs:
        skipped = f"routes on from {hubs} things of more users"
        told.append({"bound": "users_followed", "limit": FOLLOWED, "skipped": skipped, "could_change": True})
    return told


class _Teller:
    """Says what things, links and routes are, as people see them."""

    def __init__(self, snapshot: GraphView, known: Decisions):
        self._snapshot = snapshot
        self.net: Network = network(snapshot, known.population)

    def node(self, number: int) -> dict:
        return self._nodes([number])[0]

    def _nodes(self, numbers: list[int]) -> list[dict]:
        return shown(self._snapshot, self._snapshot.names(numbers))

    def thing(self, thing: int, parties: list[int]) -> dict[str, Any]:
        """A thing: what it is, as these parties use it, and how many use it in all."""
        used = self._used(thing, parties)
        numbers = sorted({int(node) for node in used.node if node >= 0})
        users, hub = int(self.net.users[thing]), bool(self.net.hub[thing])
        if not numbers:
            relation = self._snapshot.relation(int(used.position[0]))
            return {"kind": relation, **RELATION_WORDS[relation]._asdict(), "nodes": [], "users": users, "hub": hub}
        kind = KINDS[self._snapshot.kinds[numbers[0]]]
        words = SHARED_WORDS["handset"] if len(numbers) > 1 and kind == "device" else KIND_WORDS[kind]
        told = {"kind": kind, "zh": words.zh, "en": words.en.lower() if words.en != "IP" else words.en}
        return {**told, "nodes": self._nodes(numbers), "users": users, "hub": hub}

    def _used(self, thing: int, parties: list[int]) -> Network:
        parts = [self.net.of(party) for party in parties]
        parts = [part.where(part.thing == thing) for part in parts]
        names = ("party", "thing", "node", "side", "position", "via")
        return self.net._replace(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})

    def tie(self, thing: int, parties: list[int], decided: Pair) -> dict:
        """A tie between the two: a thing, its rows, and what the detector makes of it."""
        told = self.thing(thing, parties)
        nodes = {item["node"] for item in told["nodes"]}
        weighed = next((both for both in decided.things if nodes & {*both.nodes} and not _is_both(both)), None)
        rows = self._rows(self._used(thing, parties))
        return {**told, **_weighed(weighed), "rows": rows[:ROWS], "rows_found": len(rows)}

    def both(self, thing: Both) -> dict:
        """A Wi-Fi together with an internet address; its rows are those of the two."""
        words = SHARED_AS["network"]
        told = {"kind": "network", **words._asdict(), "nodes": shown(self._snapshot, thing.nodes), "users": thing.users}
        return {**told, "hub": thing.untied == "common", **_weighed(thing), "rows": [], "rows_found": 0}

    def _rows(self, used: Network) -> list[dict]:
        """The rows that say so, each with the party that it speaks of and the node between, party by party."""
        found = []
        rows = relationships(self._snapshot, used.position[used.position >= 0])
        for row, via, party in zip(rows, *(part[used.position >= 0] for part in (used.via, used.party)), strict=True):
            by = None if via < 0 else self._between(int(via), int(party))
            found.append({"of": self._snapshot.name(int(party)), "by": by, **row})
        unique = {(row["of"] if row["by"] else "", row["uid"]): row for row in found}
        return sorted(unique.values(), key=lambda row: (row["of"], row["uid"]))

    def _between(self, via: int, party: int) -> str:
        source, target = (int(end[0]) for end in self._snapshot.ends(np.array([via])))
        return self._snapshot.name(target if source == party else source)

    def route(self, route: Route, shared_by: list[list[int]]) -> dict:
        """A route: its parties, and of each link the rarest things.

        Parameters
        ----------
        shared_by : what each two in a row share, the rarest first
        """
        told = []
        for (one, other), things in zip(pairwise(route.parties), shared_by, strict=True):
            some = [self.thing(thing, [one, other]) for thing in things[:THINGS]]
            told.append({"things": some, "more": len(things) - len(some)})
        parties = self._nodes([*route.parties])
        return {"parties": parties, "weakest": route.weakest, "hub": route.hub, "links": told}


def _weighed(both: Both | None) -> dict:
    """What the detector of rings makes of a thing that two applicants use."""
    if both is None:
        return {"facet": None, "weight": None, "untied": None}
    untied = both.untied and {"why": both.untied, **UNTIED_WORDS[both.untied]._asdict()}
    return {"facet": both.facet, "weight": both.weight, "untied": untied}
