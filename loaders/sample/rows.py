"""Rows that grow as the world is made: applications, a table of numbers with room for more, and contacts."""

from __future__ import annotations

import numpy as np

_WHOLE = {
    "person": -1, "time": 0, "product": -1, "channel": -1, "salesperson": -1, "merchant": -1, "device": -1,
    "ip": -1, "wifi": -1, "term": 0, "approve": -1, "pay_to": -1, "repay_from": -1, "scheme": -1, "delay": -1,
}  # fmt: skip
_REAL = {"amount": 0.0, "limit": 0.0, "lat": np.nan, "lon": np.nan, "bad": np.nan}


class Applications:
    """Columns of numbers by name; rows below ``count`` are in use.

    Attributes
    ----------
    approve : 1 or 0 where it is settled, -1 where the usual chances hold
    bad : the chance that the loan goes bad, where it is not the usual one
    pay_to, repay_from : accounts, where not the borrower's own
    scheme : number of the planted scheme it belongs to, -1 for none; never written
    delay : seconds from application to payment, where not the usual ones
    """

    person: np.ndarray
    time: np.ndarray
    product: np.ndarray
    channel: np.ndarray
    salesperson: np.ndarray
    merchant: np.ndarray
    device: np.ndarray
    ip: np.ndarray
    wifi: np.ndarray
    term: np.ndarray
    approve: np.ndarray
    pay_to: np.ndarray
    repay_from: np.ndarray
    scheme: np.ndarray
    delay: np.ndarray
    amount: np.ndarray
    limit: np.ndarray
    lat: np.ndarray
    lon: np.ndarray
    bad: np.ndarray

    def __init__(self, count: int, capacity: int):
        self.count, self.capacity = count, capacity
        for name, blank in _WHOLE.items():
            setattr(self, name, np.full(capacity, blank, np.int64))
        for name, blank in _REAL.items():
            setattr(self, name, np.full(capacity, blank, np.float64))

    def add(self, persons: np.ndarray, times: np.ndarray) -> np.ndarray:
        """Rows for more applications, still to be filed."""
        rows = np.arange(self.count, self.count + len(persons))
        if self.count + len(persons) > self.capacity:
            raise RuntimeError("no room for more applications")
        self.count += len(persons)
        self.person[rows], self.time[rows] = persons, times
        return rows


class Contacts:
    """Who named which phone as what; ``named`` is the person whose name stands there, -1 for none."""

    def __init__(self) -> None:
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []

    def add(self, person: np.ndarray, phone: np.ndarray, named: np.ndarray, relation: np.ndarray) -> None:
        """More rows."""
        self._parts.append((person, phone, named, relation))

    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Person, phone, named and relation of all rows, one for each person and phone: the one added last."""
        person, phone, named, relation = (np.concatenate(part)[::-1] for part in zip(*self._parts, strict=True))
        _, first = np.unique(np.stack([person, phone], axis=1), axis=0, return_index=True)
        return person[first], phone[first], named[first], relation[first]
