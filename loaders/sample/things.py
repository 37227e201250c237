"""What people own and use: phones, handsets, accounts, addresses.

Each kind is one long list drawn at once; what somebody needs later, whoever it is, comes from the same list's reserve.
"""

# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import numbers, places, words
from .people import END, People
from .reserve import Reserve

NEVER = 10**12


class Phones:
    """Phone numbers: the first belong to people, one each; the rest is reserve (old numbers, firms, second cards)."""

    def __init__(self, random: np.random.Generator, people: int):
        size = people + people // 4 + 5000
        self.number = numbers.mobiles(random, size)
        self.reserve = Reserve(people, size)
        self.landline: dict[int, str] = {}
        self._drawn = np.sort(self.number)
        self._near: set[int] = set()
        self._random = random

    def new_landlines(self, cities: np.ndarray, first: int | None = None) -> np.ndarray:
        """Landlines of firms, at random or consecutive from ``first``."""
        codes = self.reserve.take(len(cities))
        for step, (code, city) in enumerate(zip(codes.tolist(), cities.tolist(), strict=True)):
            number = int(self._random.integers(2_000_0000, 8_999_9999)) if first is None else first + step
            self.landline[code] = f"{places.AREA_CODE[city]}-{number}"
        return codes

    def new_batch(self, count: int) -> np.ndarray:
        """Mobiles bought together: their numbers lie close to one another."""
        codes = self.reserve.take(count)
        near = self.number[codes[0]] + np.cumsum(self._random.integers(1, 4, count))
        at = np.minimum(np.searchsorted(self._drawn, near), len(self._drawn) - 1)
        for code, number, taken in zip(codes.tolist(), near.tolist(), self._drawn[at] == near, strict=True):
            if not taken and number not in self._near:
                self._near.add(number)
                self.number[code] = number
        return codes

    def text(self, codes: np.ndarray) -> pa.Array:
        """Phones as a book writes them, missing for -1."""
        shown = pa.array(self.number[np.maximum(codes, 0)], mask=codes < 0).cast(pa.string())
        lines = np.array(sorted(self.landline), dtype=np.int64)
        if not len(lines):
            return shown
        at = np.minimum(np.searchsorted(lines, codes), len(lines) - 1)
        texts = pa.array([self.landline[code] for code in lines.tolist()])
        return pc.if_else(pa.array(lines[at] == codes), texts.take(pa.array(at)), shown)


class Handsets:
    """Handsets, their hardware numbers, and the ids that installations of the app gave them.

    A person's first handset has the person's number. A *device* is one installation on one handset.
    """

    def __init__(self, random: np.random.Generator, people: int):
        self.size = size = people + people // 2 + 5000
        self.reserve = Reserve(people, size)
        self.apple = random.random(size) < 0.22
        self.model = random.integers(0, 60, size)
        self.imei_hidden = self.apple | (random.random(size) < 0.5)
        self.reinstalled = np.where(random.random(size) < 0.15, random.integers(0, END, size), NEVER)
        self.changed = np.where(random.random(people) < 0.22, random.integers(0, END, people), NEVER)
        self.later = np.full(people, -1)
        self.later[self.changed < NEVER] = self.reserve.take(int((self.changed < NEVER).sum()))
        self.resets: list[int] = []
        self._random = random

    def of(self, person: np.ndarray, time: np.ndarray) -> np.ndarray:
        """The handset of each person at a time."""
        return np.where(time >= self.changed[person], self.later[person], person)

    def device(self, handset: np.ndarray, time: np.ndarray) -> np.ndarray:
        """The installation on each handset at a time."""
        return handset + np.where(time >= self.reinstalled[handset], self.size, 0)

    def reset(self, handset: int) -> int:
        """A new installation on a handset that was wiped."""
        self.resets.append(handset)
        return 2 * self.size + len(self.resets) - 1

    def handset_of(self, device: np.ndarray) -> np.ndarray:
        """The handset of each installation."""
        resets = np.array([*self.resets, 0])
        return np.where(device >= 2 * self.size, resets[np.maximum(device - 2 * self.size, 0)], device % self.size)

    def texts(self, devices: np.ndarray, random: np.random.Generator) -> tuple[pa.Array, pa.Array, pa.Array]:
        """Device id, hardware number (missing where phones hide it) and model of installations, all different."""
        handset = self.handset_of(devices)
        used, at = np.unique(handset, return_inverse=True)
        imei = numbers.imeis(random, len(used))
        shown = pa.array(imei[at], mask=self.imei_hidden[handset]).cast(pa.string())
        makers, apples = np.array(words.PHONES, dtype=object), np.array(words.APPLE, dtype=object)
        model = self.model[handset]
        plain = makers[model % len(makers)] + np.array([f" {n}" for n in range(6)], dtype=object)[model // 10]
        kind = np.where(self.apple[handset], apples[model % len(apples)], plain)
        return numbers.device_ids(random, self.apple[handset]), shown, pa.array(kind, pa.string())


class Accounts:
    """Bank accounts and cards: a person's first card, then the second ones, then a reserve whose owners are told.

    Attributes
    ----------
    opened : day of the book on which it was opened, before 0 for most; two second cards in five are new
    owner : by account, ``(kind, number)`` where it is no person's own card
    """

    def __init__(self, random: np.random.Generator, people: int):
        self.people = people
        self.size = 2 * people + people // 2 + 5000
        self.bank = random.choice(len(words.BANKS), self.size, p=(0.2, 0.19, 0.12, 0.18, 0.06, 0.12, 0.06, 0.05, 0.02))
        self.number = numbers.cards(random, self.bank)
        self.opened = -(random.gamma(1.5, 900, self.size)).astype(np.int64) - 5
        lately = np.arange(people, 2 * people)[random.random(people) < 0.4]
        self.opened[lately] = random.integers(0, END // 86_400, len(lately))
        self.reserve = Reserve(2 * people, self.size)
        self.owner: dict[int, tuple[str, int]] = {}

    def new(self, kind: str, owner: int, opened: int | None = None) -> int:
        """One more account of a person, company or merchant (kind ``""``: nobody in the book)."""
        code = int(self.reserve.take()[0])
        if kind:
            self.owner[code] = (kind, owner)
        if opened is not None:
            self.opened[code] = opened
        return code

    def second(self, person: np.ndarray) -> np.ndarray:
        """The second card of each person."""
        return person + self.people


class Addresses:
    """Places that have an address: homes first, then the firms' premises, then a reserve."""

    def __init__(self, random: np.random.Generator, people: People, work_city: np.ndarray):
        homes = len(people.home_city)
        extra = homes // 4 + 3000
        self.work = homes
        self.reserve = Reserve(homes + len(work_city), homes + len(work_city) + extra)
        nowhere = random.choice(places.COUNT, extra, p=places.WEIGHT)
        self.city = np.concatenate([people.home_city, work_city, nowhere])
        size = len(self.city)
        self.rural = np.concatenate([people.rural, np.zeros(len(work_city) + extra, bool)])
        self.office = np.zeros(size, bool)
        self.office[homes : homes + len(work_city)] = True
        estates = max(homes // 60, 40)
        self.estate = (random.pareto(0.9, size) * estates / 20).astype(np.int64) % estates
        self.door = random.integers(0, 10**6, size)
        self.exact = random.random(size) < 0.6
        self._layout = random.integers(0, 10**6, (estates, places.COUNT))
        lat, lon = places.scatter(random, np.tile(np.arange(places.COUNT), estates), 0.06)
        self._middle = np.stack([lat, lon], axis=1).reshape(estates, places.COUNT, 2)
        self._off = random.normal(0, 0.0006, (size, 2))

    def point(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Latitude and longitude of addresses; those of one estate or village lie together."""
        middle = self._middle[self.estate[codes], self.city[codes]] + self._off[codes]
        return middle[:, 0], middle[:, 1]

    def text(self, codes: np.ndarray) -> pa.Array:
        """Addresses as people write them, missing for -1."""
        used, at = np.unique(np.maximum(codes, 0), return_inverse=True)
        layout, door = self._layout[self.estate[used], self.city[used]], self.door[used]

        def word(pool: tuple[str, ...], number: np.ndarray) -> pa.Array:
            return pa.array(pool).take(pa.array(number % len(pool)))

        def count(number: np.ndarray) -> pa.Array:
            return pa.array(number).cast(pa.string())

        city = pa.array(places.NAME).take(pa.array(self.city[used]))
        province = pa.array(places.PROVINCE).take(pa.array(self.city[used]))
        same = pc.equal(city, province)
        town = numbers.joined(pc.if_else(same, "", province), city, word(words.DISTRICTS, layout))
        street = numbers.joined(town, word(words.STREETS, layout // 10), count(layout // 240 % 300 + 1), "号")
        flat = numbers.joined(
            street, word(words.ESTATES, layout // 7), count(door % 24 + 1), "栋", count(door // 24 % 4 + 1), "单元",
            count((door // 96 % 28 + 1) * 100 + door // 3000 % 4 + 1), "室",
        )  # fmt: skip
        office = numbers.joined(street, count(door % 12 + 1), "号楼", count(door // 24 % 20 + 1), "层")
        village = numbers.joined(
            town, word(words.TOWNS, layout // 10), word(words.VILLAGES, layout // 110), count(layout % 8 + 1), "组"
        )
        village = pc.if_else(pa.array(self.exact[used]), numbers.joined(village, count(door % 90 + 1), "号"), village)
        texts = pc.if_else(pa.array(self.office[used]), office, pc.if_else(pa.array(self.rural[used]), village, flat))
        return pc.if_else(pa.array(codes >= 0), texts.take(pa.array(at)), pa.scalar(None, pa.string()))
