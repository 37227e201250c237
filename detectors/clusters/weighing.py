"""How communities fare beside their peers: an exact test for each, by household."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import by_label, distinct
from .exact import DIGITS, at_least
from .peers import OnBook, Peers, chances


class Fared(NamedTuple):
    """How one community fared.

    Attributes
    ----------
    label : its number
    loans : its seasoned loans, but those of households that are not counted
    households, bad : how many households have such a loan, and how many of them a bad one
    expected : how many would have one if they fared as their peers
    chance : how likely so many bad ones or more are then
    uncounted : households left out, in which somebody was the first of all to be confirmed as a fraudster
    young : loans of its people that are not seasoned yet
    """

    label: int
    loans: OnBook
    households: int
    bad: int
    expected: float
    chance: float
    uncounted: int
    young: int


def fared(
    loans: OnBook, young: np.ndarray, named: np.ndarray, label: np.ndarray, home: np.ndarray, known: Peers
) -> list[Fared]:
    """How communities fared that have a seasoned loan, by number.

    Parameters
    ----------
    loans, young : as ``on_book`` gives them
    named : int64 nodes, as ``first_confirmed`` gives them
    label, home : int64 by node, the community of an applicant, -1 for none, and the household
    known : the peers of the whole book
    """
    loans = loans.where(label[loans.person] >= 0)
    group = label[loans.person]
    chance = chances(loans, group, known)
    through = distinct(label[named] << 32 | home[named])
    counted = ~np.isin(group << 32 | home[loans.person], through)
    waiting = np.bincount(label[young] + 1, minlength=int(label.max(initial=-1)) + 2)[1:]
    left_out = np.bincount(through >> 32, minlength=len(waiting))
    found = []
    for number, places in by_label(group).items():
        places = places[counted[places]]
        tested = _tested(loans.where(places), home, chance[places])
        found.append(Fared(number, *tested, int(left_out[number]), int(waiting[number])))
    return found


def _tested(loans: OnBook, home: np.ndarray, chance: np.ndarray) -> tuple[OnBook, int, int, float, float]:
    """A community's loans by household: how many there are, how many bad, how many of these were to be expected, and
    the chance of so many."""
    homes, of = np.unique(home[loans.person], return_inverse=True)
    good = np.bincount(of, np.log1p(-chance), len(homes))
    each = [float(f"{one:.{DIGITS}g}") for one in np.sort(-np.expm1(good))]
    bad = int((np.bincount(of, loans.bad, len(homes)) > 0).sum())
    return loans, len(homes), bad, float(f"{sum(each):.{DIGITS}g}"), at_least(each, bad)
