"""Circles of people who know each other: whom a person's colleague, classmate or friend may be."""

from __future__ import annotations

import numpy as np


class Circle:
    """A division of people into groups, from which mates can be drawn.

    Attributes
    ----------
    group : int64 by person, -1 for none
    """

    def __init__(self, group: np.ndarray):
        self.group = group
        self._order = np.argsort(group, kind="stable")
        self._sorted = group[self._order]
        self._place = np.empty(len(group), np.int64)
        self._place[self._order] = np.arange(len(group))

    def members(self, group: int) -> np.ndarray:
        """The persons of a group."""
        low, high = np.searchsorted(self._sorted, [group, group + 1])
        return self._order[low:high]

    def mates(self, random: np.random.Generator, persons: np.ndarray) -> np.ndarray:
        """Another of each person's own group, -1 where there is none."""
        group = self.group[persons]
        low = np.searchsorted(self._sorted, group, "left")
        high = np.searchsorted(self._sorted, group, "right")
        others = high - low - 1
        step = 1 + (random.random(len(persons)) * others).astype(np.int64)
        found = self._order[low + (self._place[persons] - low + step) % (others + 1)]
        return np.where((group < 0) | (others < 1), -1, found)


def cells(random: np.random.Generator, within: np.ndarray, size: int) -> np.ndarray:
    """int64 by person: small circles of about ``size`` people drawn at random within larger groups (-1: none)."""
    order = np.lexsort((random.random(len(within)), within))
    ranks = np.empty(len(within), np.int64)
    starts = np.searchsorted(within[order], within[order])
    ranks[order] = np.arange(len(within)) - starts
    return np.where(within < 0, -1, within * (len(within) // size + 2) + ranks // size)


def weighted_pick(random: np.random.Generator, group: np.ndarray, weight: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """For each wanted group one of its items by weight, -1 where it has none.

    Parameters
    ----------
    group : the group of each item
    weight : how likely each item is, relative to others of its group
    """
    order = np.argsort(group, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(weight[order])])
    low = np.searchsorted(group[order], wanted, "left")
    high = np.searchsorted(group[order], wanted, "right")
    target = total[low] + random.random(len(wanted)) * (total[high] - total[low])
    at = np.clip(np.searchsorted(total, target, "right") - 1, low, np.maximum(high - 1, low))
    return np.where(high > low, order[np.minimum(at, len(order) - 1)], -1)
