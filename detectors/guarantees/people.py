"""What people call a party, and which persons stand behind a company."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...graph.model import KIND_CODE
from ...graph.snapshot import Edges, GraphView
from ...graph.words.kin import KIN, RELATIVES


def party_labels(snapshot: GraphView, parties: np.ndarray) -> list[str]:
    """What people call each party: a company's or merchant's name, a person's masked name and number, else the key.

    Parameters
    ----------
    parties : node numbers, ascending
    """
    keys = [name.partition(":")[2] for name in snapshot.names(parties)]
    labels = list(keys)
    for table in ("companies", "merchants", "applicants"):
        frame = snapshot.facts(table, parties.tolist())
        if "name" not in frame:
            continue
        frame = frame.loc[frame["name"].notna()]
        places = np.searchsorted(parties, np.asarray(frame["node"])).tolist()
        for place, name in zip(places, frame["name"].tolist(), strict=True):
            labels[place] = _person(snapshot, name, keys[place]) if table == "applicants" else name
    return labels


def _person(snapshot: GraphView, name: str, key: str) -> str:
    shown = snapshot.mask(name) if name.startswith("tok_") else name
    return f"{shown}（{key}）" if shown else key


def families(snapshot: GraphView, parties: np.ndarray, control: Sequence[Edges]) -> dict[tuple[int, int], list[int]]:
    """Pairs of party numbers of whom the one controls the other or is kin to it, with the relationships that say so.

    Parameters
    ----------
    parties : node numbers, ascending
    control : relationships that mean control, by law or by majority
    """
    member = np.zeros(snapshot.node_count, dtype=bool)
    member[parties] = True
    rows = []
    for edges in control:
        among = edges.where(member[edges.source] & member[edges.target])
        rows += zip(among.source.tolist(), among.target.tolist(), among.positions[:, None].tolist(), strict=True)
    number = {node: place for place, node in enumerate(parties.tolist())}
    found: dict[tuple[int, int], list[int]] = {}
    for one, other, positions in [*rows, *_kin(snapshot, member)]:
        if one != other:
            found.setdefault((number[one], number[other]), []).extend(positions)
    return found


def _kin(snapshot: GraphView, member: np.ndarray) -> list[tuple[int, int, list[int]]]:
    """Persons among the members of whom the one named the other's own phone as that of a family member, or who are
    on record as kin."""
    persons = member & (snapshot.kinds == KIND_CODE["applicant"])
    if not persons.any():
        return []
    related = snapshot.ties("RELATED_TO")
    related = related.where(persons[related.source] & persons[related.target])
    related = related.where(np.asarray(related.column("relation").isin(KIN | RELATIVES), dtype=bool))
    named = snapshot.ties("LISTS_CONTACT")
    named = named.where(persons[named.source] & np.asarray(named.column("relation").isin(KIN | RELATIVES)))
    owned = snapshot.ties("HAS_PHONE")
    owned = owned.where(persons[owned.source] & np.asarray(owned.column("use") != "work"))
    owners: dict[int, list[tuple[int, int]]] = {}
    for person, phone, position in zip(*_lists(owned), strict=True):
        owners.setdefault(phone, []).append((person, position))
    by_phone = [
        (person, owner, [position, own])
        for person, phone, position in zip(*_lists(named), strict=True)
        for owner, own in owners.get(phone, ())
    ]
    return by_phone + [(one, other, [position]) for one, other, position in zip(*_lists(related), strict=True)]


def _lists(edges: Edges) -> tuple[list[int], list[int], list[int]]:
    return edges.source.tolist(), edges.target.tolist(), edges.positions.tolist()
