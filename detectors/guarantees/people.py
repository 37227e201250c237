"""What people call a party, and which persons stand behind a company."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...graph.model import KIND_CODE
from ...graph.snapshot import Edges, Snapshot

KIN = frozenset({"配偶", "夫妻", "丈夫", "妻子", "父母", "父亲", "母亲", "子女", "儿子", "女儿", "兄弟姐妹", "spouse"})
"""Relations to a contact that make them family."""


def party_labels(snapshot: Snapshot, parties: np.ndarray) -> list[str]:
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


def _person(snapshot: Snapshot, name: str, key: str) -> str:
    shown = snapshot.mask(name) if name.startswith("tok_") else name
    return f"{shown}（{key}）" if shown else key


def families(
    snapshot: Snapshot, parties: np.ndarray, ties: Sequence[tuple[np.ndarray, np.ndarray]]
) -> set[tuple[int, int]]:
    """Pairs of party numbers of whom the one controls the other, by law or by majority, or is kin to a controller.

    Parameters
    ----------
    parties : node numbers, ascending
    ties : nodes of those who control and of what they control
    """
    member = np.zeros(snapshot.node_count, dtype=bool)
    member[parties] = True
    ends = [(one[member[one] & member[other]], other[member[one] & member[other]]) for one, other in ties]
    ends.append(_kin(snapshot, member))
    return {
        pair
        for one, other in ends
        for pair in zip(np.searchsorted(parties, one).tolist(), np.searchsorted(parties, other).tolist(), strict=True)
    }


def _kin(snapshot: Snapshot, member: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Persons among the members of whom the one named the other's own phone as that of a family member."""
    persons = member & (snapshot.kinds == KIND_CODE["applicant"])
    if not persons.any():
        return np.array([], dtype=np.int64), np.array([], dtype=np.int64)
    named = _linking(snapshot, "LISTS_CONTACT", persons)
    named = named.where(np.asarray(named.column("relation").isin(KIN)))
    owned = _linking(snapshot, "HAS_PHONE", persons)
    owned = owned.where(np.asarray(owned.column("use") != "work"))
    owners: dict[int, list[int]] = {}
    for person, phone in zip(owned.source.tolist(), owned.target.tolist(), strict=True):
        owners.setdefault(phone, []).append(person)
    pairs = [
        (person, owner)
        for person, phone in zip(named.source.tolist(), named.target.tolist(), strict=True)
        for owner in owners.get(phone, ())
        if owner != person
    ]
    one, other = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return one, other


def _linking(snapshot: Snapshot, relation: str, persons: np.ndarray) -> Edges:
    """The ties of these persons that link."""
    edges = snapshot.edges(relation)
    edges = edges.where(persons[edges.source])
    return edges.where(snapshot.links(edges.positions))
