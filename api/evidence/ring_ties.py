"""A ring's evidence folded: which people share which things, and how often.

Applications, loans and accounts signed in on stand between a person and what is shared: they are folded into the
tie. What is one thing to an investigator is one here: the device id and imei of a handset (used in one application),
the Wi-Fi and IP of one place (used in exactly the same applications). A phone that one of the people owns and others
only list as a contact is no shared thing but leads from each of those to its owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import networkx as nx

from ...graph.model import kind_of
from .sharers import CARRIERS, Sharers

OUTWARD = 0.2
"""Who follows a thing from one member to another of its users meets a fellow member this often or less: such a hub
says more of the book than of the ring, and is folded into a note."""

Rows = list[Mapping]


@dataclass(frozen=True)
class Shared:
    """A thing that people share.

    Attributes
    ----------
    nodes : what stands for it in the graph, one node or, for a handset or a network, several; sorted
    uses : by person, by what carried it (an application, a loan, an account; empty for a tie of the person's own),
        the rows that say so
    count : how many of the whole graph use it; None where that is unknown
    """

    nodes: tuple[str, ...]
    uses: Mapping[str, Mapping[str, Rows]]
    count: Sharers | None

    @property
    def name(self) -> str:
        """Its node's name, the first of several."""
        return self.nodes[0]

    @property
    def others(self) -> int | None:
        """How many outside of the ring use it: the fewer, the more the tie says. None where that is unknown."""
        return None if self.count is None else self.count.everyone - self.count.inside

    @property
    def hub(self) -> bool:
        """Whether it leads outward far more often than back into the ring; see ``OUTWARD``."""
        return self.count is not None and self.count.inside - 1 < OUTWARD * (self.count.everyone - 1)


@dataclass(frozen=True)
class Folded:
    """A ring's evidence as ties.

    Attributes
    ----------
    people : members, and other people and companies in the evidence; sorted
    shared : what is drawn, by name
    hubs : what more people use than a picture could show, most used first
    links : by source and target, rows by which one person leads to another: a contact, a guarantee
    alone : how many things only one of the people has
    unplaced : how many rows of evidence are part of none of these
    """

    people: list[str]
    shared: list[Shared]
    hubs: list[Shared]
    links: Mapping[tuple[str, str], Rows]
    alone: int
    unplaced: int


@dataclass
class _Reading:
    """What is gathered while rows are read.

    Attributes
    ----------
    held : by carrier, by person, the rows that say whose it is
    through : by thing, by carrier, rows
    own : by thing, by person, rows
    links : as in ``Folded``
    """

    held: dict[str, dict[str, Rows]] = field(default_factory=dict)
    through: dict[str, dict[str, Rows]] = field(default_factory=dict)
    own: dict[str, dict[str, Rows]] = field(default_factory=dict)
    links: dict[tuple[str, str], Rows] = field(default_factory=dict)


def fold(members: Iterable[str], rows: Sequence[Mapping], count: Callable[[Sequence[str]], Sharers | None]) -> Folded:
    """Who shares what, from a ring's members and its evidence.

    Parameters
    ----------
    members : names of nodes
    rows : relationships as ``GraphView.relationship`` gives them
    count : how many use what some nodes stand for together
    """
    rows = sorted(rows, key=_standing)
    ends = {row[end] for row in rows for end in ("source", "target")}
    people = {*members, *(end for end in ends if kind_of(end) in ("applicant", "company"))}
    read = _read(rows, people)
    uses = _uses(read)
    for phone, owner in _contacts(uses).items():
        for person, carried in uses.pop(phone).items():
            if person != owner:
                read.links.setdefault((person, owner), []).extend(row for part in carried.values() for row in part)
                # The row that says whose phone it is belongs to the link as well.
                read.links[person, owner] += read.own[phone][owner]
    things = [_merged(nodes, uses, count) for nodes in _same_things(read, uses)]
    common = [thing for thing in things if len(thing.uses) > 1]
    drawn, hubs = _without_hubs(common, {person for link in read.links for person in link})
    placed = [
        *(part for thing in things for carried in thing.uses.values() for part in carried.values()),
        *read.links.values(),
    ]
    told = {_key(row) for part in placed for row in part}
    return Folded(
        people=sorted(people),
        shared=drawn,
        hubs=hubs,
        links=dict(sorted(read.links.items())),
        alone=len(things) - len(common),
        unplaced=sum(_key(row) not in told for row in rows),
    )


def _standing(row: Mapping) -> tuple:
    """Rows in order of where they stand in their files, before any name that may be a token."""
    return str(row["file"]), row["row"], row["relation"], row["uid"]


def _key(row: Mapping) -> tuple:
    return row["source"], row["target"], row["relation"], row["uid"], row["file"], row["row"]


def _read(rows: Sequence[Mapping], people: set[str]) -> _Reading:
    read = _Reading()
    for row in rows:
        source, target = row["source"], row["target"]
        if source in people and target in people:
            read.links.setdefault((source, target), []).append(row)
        elif source in people:
            kind = kind_of(target)
            if kind in CARRIERS or kind == "account":
                read.held.setdefault(target, {}).setdefault(source, []).append(row)
            if kind not in CARRIERS:
                read.own.setdefault(target, {}).setdefault(source, []).append(row)
        elif kind_of(source) in CARRIERS:
            if kind_of(target) not in CARRIERS:
                read.through.setdefault(target, {}).setdefault(source, []).append(row)
        elif kind_of(target) in CARRIERS or row["relation"] == "SIGNED_IN":
            read.through.setdefault(source, {}).setdefault(target, []).append(row)
    return read


def _uses(read: _Reading) -> dict[str, dict[str, dict[str, Rows]]]:
    """By thing, by person, by carrier, the rows of each use."""
    uses: dict[str, dict[str, dict[str, Rows]]] = {}
    for thing, owners in read.own.items():
        for person, rows in owners.items():
            uses.setdefault(thing, {}).setdefault(person, {})[""] = list(rows)
    for thing, carriers in read.through.items():
        for carrier, rows in carriers.items():
            for person, holding in read.held.get(carrier, {}).items():
                uses.setdefault(thing, {}).setdefault(person, {})[carrier] = [*holding, *rows]
    return uses


def _contacts(uses: Mapping[str, Mapping[str, Mapping[str, Rows]]]) -> dict[str, str]:
    """Phones that lead from those who list them to the one person who owns them."""
    found = {}
    for thing, by_person in uses.items():
        owners = []
        for person, carried in by_person.items():
            relations = {row["relation"] for rows in carried.values() for row in rows}
            if relations != {"LISTS_CONTACT"}:
                own = all(row.get("data", {}).get("use") != "work" for row in carried.get("", []))
                owners.append(person if own and relations <= {"HAS_PHONE", "LISTS_CONTACT"} else "")
        if kind_of(thing) == "phone" and len(owners) == 1 and owners[0] and len(by_person) > 1:
            found[thing] = owners[0]
    return found


def _same_things(read: _Reading, uses: Mapping[str, object]) -> list[tuple[str, ...]]:
    """The nodes of each thing; those of a handset, and of a place's network, together."""
    graph = nx.Graph()
    graph.add_nodes_from(uses)
    at: dict[str, list[str]] = {}
    networks: dict[frozenset[str], list[str]] = {}
    for thing in uses:
        applications = frozenset(c for c in read.through.get(thing, {}) if kind_of(c) == "application")
        if kind_of(thing) == "device":
            for application in applications:
                at.setdefault(application, []).append(thing)
        elif kind_of(thing) in ("wifi", "ip") and applications:
            networks.setdefault(applications, []).append(thing)
    for devices in at.values():
        nx.add_path(graph, devices)
    for same in networks.values():
        # Only a pair of both is one place: two IPs of one application would be two.
        if sorted(map(kind_of, same)) == ["ip", "wifi"]:
            nx.add_path(graph, same)
    return sorted(tuple(sorted(part)) for part in nx.connected_components(graph))


def _merged(
    nodes: tuple[str, ...],
    uses: Mapping[str, Mapping[str, Mapping[str, Rows]]],
    count: Callable[[Sequence[str]], Sharers | None],
) -> Shared:
    merged: dict[str, dict[str, Rows]] = {}
    for node in nodes:
        for person, carried in uses[node].items():
            for carrier, rows in carried.items():
                at = merged.setdefault(person, {}).setdefault(carrier, [])
                at += [row for row in rows if row not in at]
    uses_of = {
        person: {carrier: sorted(rows, key=_standing) for carrier, rows in merged[person].items()}
        for person in sorted(merged)
    }
    return Shared(nodes, uses_of, count(nodes) if len(merged) > 1 else None)


def _without_hubs(common: Sequence[Shared], linked: set[str]) -> tuple[list[Shared], list[Shared]]:
    """What is drawn, and the hubs that are not; a hub is drawn where one of the people would stand there without a
    tie, the least used first."""
    drawn = [thing for thing in common if not thing.hub]
    tied = linked.union(*(thing.uses for thing in drawn))
    hubs = []
    # By whom it is used before what it is called, which may be a token.
    order = {thing.name: (thing.others, kind_of(thing.name), sorted(thing.uses), thing.nodes) for thing in common}
    for hub in sorted((thing for thing in common if thing.hub), key=lambda thing: order[thing.name]):
        if tied.issuperset(hub.uses):
            hubs.append(hub)
        else:
            drawn.append(hub)
            tied.update(hub.uses)
    return sorted(drawn, key=lambda thing: thing.nodes), hubs[::-1]
