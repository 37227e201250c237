"""Who else uses what a ring shares: the applicants of the whole book who are none of its members."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.snapshot import GraphView
from ..sharing.numbering import Frame
from ..sharing.population import Population


class Outsiders(NamedTuple):
    """The applicants outside of a ring who use a thing: how many; and their names, none where they are too many."""

    number: int
    names: tuple[str, ...]


def outsiders(view: GraphView, population: Population, values: np.ndarray, inside: np.ndarray, most: int) -> Outsiders:
    """Who uses a thing besides the members who do.

    Parameters
    ----------
    values : ids of what the thing is; it is used by whoever uses one of them
    inside : ids of the members who use it
    most : of a thing that more applicants use nobody is named
    """
    values = _whole(values, population.frame)
    users = int(population.holders[values].max())
    if users > most:
        return Outsiders(users - len(inside), ())
    people = np.setdiff1d(np.concatenate([population.held_by(value) for value in values.tolist()]), inside)
    return Outsiders(len(people), tuple(sorted(_names(view, population.frame, people))))


def _whole(values: np.ndarray, frame: Frame) -> np.ndarray:
    """Of a Wi-Fi, its address and the two together, which are one thing, the two together."""
    return np.setdiff1d(values, ends_of(both(values, frame)))


def both(values: np.ndarray, frame: Frame) -> np.ndarray:
    """int64, ascending: those of the values that are a Wi-Fi and an address together, as ``wifi << 32 | ip``."""
    pairs = distinct(values[(values >= len(frame.joined)) & (values < frame.size)])
    return frame.networks[pairs - len(frame.joined)]


def ends_of(pairs: np.ndarray) -> np.ndarray:
    """int64: the ids of the Wi-Fis and of the addresses that ``both`` gives."""
    return np.concatenate((pairs >> 32, pairs & 0xFFFFFFFF))


def _names(view: GraphView, frame: Frame, people: np.ndarray) -> list[str]:
    """Names of applicants by id; whom the frame does not know is numbered behind it, as the view numbers them."""
    later = people[people >= frame.size] - frame.size
    return [*(frame.names.text(person) for person in people[people < frame.size].tolist()), *view.names(later)]
