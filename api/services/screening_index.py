"""The findings of the latest nightly runs by what they are about, so that who touches one is found at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...detectors.sharing.surroundings import CARRIED, OWN
from ...graph.model import RELATION_CODE
from ...graph.snapshot import GraphView


@dataclass(frozen=True)
class Touched:
    """Findings that an application touches.

    Attributes
    ----------
    by_person : those that have one of its applicants for a member
    by_thing : the others, each with the things by which it is touched
    """

    by_person: list[dict]
    by_thing: list[tuple[dict, list[str]]]


@dataclass(frozen=True)
class Index:
    """Findings by the names of their members and things.

    Attributes
    ----------
    runs : the numbers of the runs that they are of
    """

    runs: tuple[int, ...]
    _member: Mapping[str, list[dict]]
    _thing: Mapping[str, list[dict]]

    @classmethod
    def of(cls, runs: tuple[int, ...], findings: Iterable[dict]) -> Index:
        """The index of some findings, in their JSON shape."""
        member: dict[str, list[dict]] = {}
        thing: dict[str, list[dict]] = {}
        for finding in findings:
            for one in finding["members"]:
                (thing if one["role"] == "broker" else member).setdefault(one["node"], []).append(finding)
            for node in {node for one in finding["things"] for node in one["nodes"]}:
                thing.setdefault(node, []).append(finding)
        return cls(runs, member, thing)

    def touched(self, view: GraphView, people: np.ndarray) -> Touched:
        """The findings that some applicants are members of, or whose things they use."""
        own = {id(one): one for name in view.names(people) for one in self._member.get(name, ())}
        through: dict[int, tuple[dict, list[str]]] = {}
        for name in view.names(used(view, people)):
            for one in self._thing.get(name, ()):
                if id(one) not in own:
                    things = through.setdefault(id(one), (one, []))[1]
                    things.extend([name] if name not in things else [])
        return Touched(list(own.values()), list(through.values()))


def used(view: GraphView, people: np.ndarray) -> np.ndarray:
    """int32, ascending: what people use, straight or by what they filed, as far as it links anyone."""
    own = _linked(view, people, OWN)
    filed = view.only(own, "application", "loan")
    return np.unique(np.concatenate((own, _linked(view, filed, (*CARRIED, "VIA_CHANNEL"))))).astype(np.int32)


def _linked(view: GraphView, nodes: np.ndarray, relations: Sequence[str]) -> np.ndarray:
    which, positions = view.of_each(nodes)
    codes = [RELATION_CODE[name] for name in relations]
    here = np.isin(view.relation_codes(positions), codes) & view.links(positions)
    source, target = view.ends(positions[here])
    return np.where(source == np.asarray(nodes)[which[here]], target, source)
