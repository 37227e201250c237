"""Employers whose texts differ by a suffix, and those who each name a phone of such an employer that no other does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...graph.kernels.sets import distinct, laid_out
from ...graph.snapshot import Edges, GraphView
from ..contract import Params
from .hubs import Hub, Ties
from .population import Known
from .templates import in_turn

OWN_PHONES = 0.8
"""Colleagues name one phone of their employer; where so many have one each, jobs follow a template."""


def employer_hubs(view: GraphView, known: Known, numbers: np.ndarray, params: Params) -> Iterator[Hub]:
    """The templates of employers, each with those who name a phone of their own; what a part of a book does not show
    whole is left out."""
    works = view.edges("WORKS_AT")
    template = _template(known, numbers[works.target])
    some = known.as_hubs(template, params)
    works, template = works.where(some), template[some]
    order = np.lexsort((works.source, template))
    works, template = works.where(order), template[order]
    phones = _work_phones(view, distinct(works.source))
    promising = np.isin(template, _of_own_phones(works, template, phones, params["min_clients"]))
    works, template = works.where(promising), template[promising]
    for number, low, high in _runs(template):
        rows = works.where(np.arange(low, high))
        if len(distinct(rows.source)) < known.staff[number]:
            continue
        named = phones.where(laid_out(*_places(phones.source, distinct(rows.source))))
        own, count = np.unique(named.target, return_counts=True)
        single = named.where(np.isin(named.target, own[count == 1]))
        holders, people = len(distinct(single.source)), len(distinct(named.source))
        hub = _employer(view, numbers, number, int(known.staff[number]), rows, single)
        if hub.run >= params["min_clients"]:
            yield hub.among(_in_turn(hub))
        elif holders >= OWN_PHONES * people:
            yield hub


def _in_turn(hub: Hub) -> np.ndarray:
    """int64 ids, ascending: the clients whose phones follow one another; the others may work where they say."""
    run = set(in_turn([(prefix, number) for _, prefix, number in hub.phones]))
    return np.array(sorted({one for one, *phone in hub.phones if tuple(phone) in run}), dtype=np.int64)


def _of_own_phones(works: Edges, template: np.ndarray, phones: Edges, least: int) -> np.ndarray:
    """int64: the templates of which at least so many people name a phone that no other of it does."""
    order = np.argsort(works.source, kind="stable")
    person, number = works.source[order], template[order]
    low, high = _places(person, phones.source)
    row = np.repeat(np.arange(len(phones)), high - low)
    at = laid_out(low, high)
    keys, first, count = np.unique(number[at] << 32 | phones.target[row], return_index=True, return_counts=True)
    single = distinct((keys >> 32 << 32 | phones.source[row[first]])[count == 1]) >> 32
    found, people = np.unique(single, return_counts=True)
    return found[people >= least]


def _places(ordered: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where in what is in order and may hold each several times each of ``wanted`` begins, and where it ends."""
    return np.searchsorted(ordered, wanted, side="left"), np.searchsorted(ordered, wanted, side="right")


def _employer(view: GraphView, numbers: np.ndarray, number: int, staff: int, works: Edges, phones: Edges) -> Hub:
    """A template of employers, of those who name a phone of their own.

    Parameters
    ----------
    phones : the phones that one applicant each names
    """
    works = works.where(np.isin(works.source, phones.source))
    count, nothing = len(works) + len(phones), np.full(len(works) + len(phones), -1, dtype=np.int64)
    node = np.full(count, -1, dtype=np.int64)
    node[: len(works)] = works.target
    person = numbers[np.concatenate((works.source, phones.source))]
    position = np.concatenate((works.positions, phones.positions))
    time = np.concatenate((works.valid_from, phones.valid_from))
    keys = [name.partition(":")[2] for name in view.names(phones.target)]
    shown = zip(numbers[phones.source].tolist(), (view.mask(key) or key for key in keys), strict=True)
    seen = tuple((one, text[:-4].rstrip("*"), int(text[-4:])) for one, text in shown if text[-4:].isdigit())
    return Hub("employer", number, distinct(person), staff, Ties(person, node, position, nothing, time, nothing), seen)


def _template(known: Known, ids: np.ndarray) -> np.ndarray:
    """int64 by id: the template, -1 for what the book does not know."""
    met = ids < len(known.template)
    return np.where(met, known.template[np.where(met, ids, 0)], -1)


def _runs(labels: np.ndarray) -> Iterator[tuple[int, int, int]]:
    starts = np.flatnonzero(np.diff(labels, prepend=-1))
    ends = np.append(starts[1:], len(labels))[: len(starts)]
    yield from zip(labels[starts].tolist(), starts.tolist(), ends.tolist(), strict=True)


def _work_phones(view: GraphView, people: np.ndarray) -> Edges:
    """The phones that people name as their employers', landlines too, by holder."""
    wanted = np.zeros(view.node_count, dtype=bool)
    wanted[people] = True
    named = view.edges("HAS_PHONE")
    named = named.where(wanted[named.source])
    named = named.where(np.asarray(named.column("use") == "work", dtype=bool))
    named = named.where(np.array([flag in (None, "landline") for flag in view.flags(named.positions)], dtype=bool))
    return named.where(np.argsort(named.source, kind="stable"))
