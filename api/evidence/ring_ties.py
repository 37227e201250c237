"""A ring's evidence folded: which people share which things, and how often.

Applications, loans and accounts signed in on stand between a person and what is shared: they are folded into the
tie. What is one thing, who shares it and how many use it in the whole book, the detector has found and the finding
says. A phone that one of the people owns and others only list as a contact is no shared thing but leads from each of
those to its owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...graph.model import kind_of

OUTWARD = 0.2
"""A thing is a hub where fewer than this share of its other users are members: it says more of the book than of the
ring, and is folded into a note."""

CARRIERS = ("application", "loan")
"""Kinds through which a person uses an identifier."""

Rows = list[Mapping]


@dataclass(frozen=True)
class Shared:
    """A thing that people share.

    Attributes
    ----------
    nodes : what stands for it in the graph, one node or, for a handset or a network, several; sorted
    uses : by person, by what carried it (an application, a loan, an account; empty for a tie of the person's own),
        the rows that say so
    inside, everyone : how many members, and how many of the whole book, use it
    outsiders : those who are no members, as far as they are named
    """

    nodes: tuple[str, ...]
    uses: Mapping[str, Mapping[str, Rows]]
    inside: int
    everyone: int
    outsiders: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its node's name, or its nodes' names: two things may have a node in common."""
        return " ".join(self.nodes)

    @property
    def others(self) -> int:
        """How many outside of the ring use it: the fewer, the more the tie says."""
        return self.everyone - self.inside

    @property
    def hub(self) -> bool:
        """Whether it leads outward far more often than back into the ring; see ``OUTWARD``."""
        return self.inside - 1 < OUTWARD * (self.everyone - 1)


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


def fold(members: Iterable[str], rows: Sequence[Mapping], things: Sequence[Mapping]) -> Folded:
    """Who shares what, from a ring's members, its evidence and the things that the finding names.

    Parameters
    ----------
    members : names of nodes
    rows : relationships as ``GraphView.relationship`` gives them
    things : as a finding has them
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
    common = [thing for thing in (_shared(thing, uses) for thing in things) if len(thing.uses) > 1]
    drawn, hubs = _without_hubs(common, {person for link in read.links for person in link})
    placed = [
        *(part for by_person in uses.values() for carried in by_person.values() for part in carried.values()),
        *read.links.values(),
    ]
    told = {_key(row) for part in placed for row in part}
    named = {node for thing in common for node in thing.nodes}
    return Folded(
        people=sorted(people),
        shared=drawn,
        hubs=hubs,
        links=dict(sorted(read.links.items())),
        alone=len(uses.keys() - named),
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


def _shared(thing: Mapping, uses: Mapping[str, Mapping[str, Mapping[str, Rows]]]) -> Shared:
    """A thing of the finding, with the rows by which its members use it."""
    merged: dict[str, dict[str, Rows]] = {}
    for node in thing["nodes"]:
        for person, carried in uses.get(node, {}).items():
            if person in thing["members"]:
                for carrier, rows in carried.items():
                    at = merged.setdefault(person, {}).setdefault(carrier, [])
                    at += [row for row in rows if row not in at]
    ordered = {
        person: {carrier: sorted(rows, key=_standing) for carrier, rows in merged[person].items()}
        for person in sorted(merged)
    }
    return Shared(
        tuple(sorted(thing["nodes"])), ordered, len(thing["members"]), thing["users"], (*thing.get("others", ()),)
    )


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
