"""Places with a Wi-Fi, and the internet addresses that people are seen from.

A home's broadband changes its address every few weeks, and an address given back comes to another home; a firm's stays;
whoever is on the move comes from a carrier's few addresses, and so does a shopping mall's Wi-Fi.
"""

# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import numbers, places
from .reserve import Reserve
from .things import Addresses

BROADBAND, FIXED, CARRIER = range(3)
_V6 = 3


class Networks:
    """Networks by number: homes, then firms (both as in ``Addresses``), then a reserve.

    Attributes
    ----------
    city, style : int64 by network
    lat, lon : where it stands
    """

    def __init__(self, random: np.random.Generator, addresses: Addresses, reserve: int):
        known = addresses.reserve.next
        size = known + reserve
        self.reserve = Reserve(known, size)
        self.city = np.zeros(size, np.int64)
        self.city[:known] = addresses.city[:known]
        self.lat, self.lon = np.zeros(size), np.zeros(size)
        self.lat[:known], self.lon[:known] = addresses.point(np.arange(known))
        self.style = np.full(size, BROADBAND)
        self.style[addresses.work : known] = np.where(random.random(known - addresses.work) < 0.6, FIXED, BROADBAND)
        self.lease = random.integers(8, 70, size) * 86_400
        self.shift = random.integers(0, 70 * 86_400, size)
        homes = np.bincount(addresses.city[: addresses.work], minlength=places.COUNT)
        self._pool = np.maximum(homes * 6, 600)
        self._gates = 3 + homes // 400

    def new(self, lat: float, lon: float, city: int, style: int = BROADBAND) -> int:
        """A network at a place."""
        code = int(self.reserve.take()[0])
        self.lat[code], self.lon[code], self.city[code], self.style[code] = lat, lon, city, style
        return code

    def ip(self, random: np.random.Generator, network: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Codes of the addresses that networks had at a time."""
        city, style = self.city[network], self.style[network]
        lease = (time + self.shift[network]) // self.lease[network]
        mixed = (network * 2_654_435_761 + lease * 40_503_001 + 12_345) % 1_000_003_637
        index = np.where(style == FIXED, network, mixed % self._pool[city])
        found = city << 40 | style << 36 | index
        return np.where(style == CARRIER, self.gate(random, city), found)

    def gate(self, random: np.random.Generator, city: np.ndarray) -> np.ndarray:
        """Codes of carriers' addresses: few in a city, some far busier than others."""
        index = (random.random(len(city)) ** 2.2 * self._gates[city]).astype(np.int64)
        return city << 40 | CARRIER << 36 | index

    def mobile(self, random: np.random.Generator, person: np.ndarray, city: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Codes of the addresses of people on the move; one in five has an IPv6 of its own for a week."""
        own = city << 40 | _V6 << 36 | (person * 128 + time // (7 * 86_400))
        return np.where(person % 5 == 2, own, self.gate(random, city))


def ip_text(random: np.random.Generator, codes: np.ndarray) -> pa.Array:
    """Internet addresses, missing for codes below 0."""
    used, at = np.unique(codes, return_inverse=True)
    city = np.maximum(used, 0) >> 40
    six = numbers.addresses_v6(random, len(used))
    four = numbers.addresses_v4(random, city)
    shown = pc.if_else(pa.array((used >> 36 & 15) == _V6), six, four)
    shown = pc.if_else(pa.array(used >= 0), shown, pa.scalar(None, pa.string()))
    return shown.take(pa.array(at))


def wifi_text(random: np.random.Generator, codes: np.ndarray) -> pa.Array:
    """Hardware addresses of networks' base stations, missing for codes below 0."""
    used, at = np.unique(codes, return_inverse=True)
    shown = pc.if_else(pa.array(used >= 0), numbers.macs(random, len(used)), pa.scalar(None, pa.string()))
    return shown.take(pa.array(at))
