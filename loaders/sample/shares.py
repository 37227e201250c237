"""What the members of a scheme share, and how each thing comes into their applications.

A share is a kind of thing and the members who use one and the same of it. Things come from where everybody's come
from: a member's own handset or home, or the reserve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import places
from .contacts import CODE
from .ledger import Ledger
from .people import END

if TYPE_CHECKING:
    from .world import World

SINGLE = ("handset", "network", "payout", "repay", "card", "home", "employer", "work_phone")
"""Kinds of which an application or a person has one; a person can name many contacts."""
_MONTH_AND_A_HALF = 45 * 86_400
_RELATIONS = np.array([CODE[word] for word in ("朋友", "同事", "亲属", "兄弟姐妹", "同学", "老乡", "其他", "父母", "")])


@dataclass
class Share:
    """``members`` (positions in the cast) who use one and the same thing of a kind."""

    kind: str
    members: np.ndarray


@dataclass
class Cast:
    """The members of a scheme with the application each files for it, in the order of filing.

    Attributes
    ----------
    careful : handsets are wiped between uses
    used : what was shared, for those who stand outside: ``(kind, thing)``
    """

    persons: np.ndarray
    rows: np.ndarray
    city: int
    careful: bool
    used: list[tuple[str, int]]


def hand_out(world: World, random: np.random.Generator, cast: Cast, shares: list[Share]) -> None:
    """Put every shared thing into the applications of those who share it."""
    for share in shares:
        persons, rows = cast.persons[share.members], cast.rows[share.members]
        thing = _HANDED[share.kind](world, random, cast, persons, rows)
        cast.used.append((share.kind, thing))


def _handset(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray, rows: np.ndarray) -> int:
    a, handsets = world.applications, world.handsets
    first = a.time[rows].min()
    own = int(handsets.of(persons[:1], np.array([first]))[0])
    handset = own if random.random() < 0.5 else int(handsets.reserve.take()[0])
    use_handset(world, random, handset, rows, cast.careful)
    _sign_in(world, random, rows, persons)
    return handset


def use_handset(world: World, random: np.random.Generator, handset: int, rows: np.ndarray, careful: bool) -> None:
    """Applications are filed on one handset, which careful people wipe before most uses where that leaves a trace."""
    a = world.applications
    a.device[rows] = world.handsets.device(np.full(len(rows), handset), a.time[rows])
    if careful and not world.handsets.imei_hidden[handset]:
        for row in rows[random.random(len(rows)) < 0.7].tolist():
            a.device[row] = world.handsets.reset(handset)


def _network(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray, rows: np.ndarray) -> int:
    if random.random() < 0.5:
        network = int(world.people.household[persons[0]])
    else:
        lat, lon = places.scatter(random, np.array([cast.city]), 0.05)
        network = world.networks.new(float(lat[0]), float(lon[0]), cast.city)
    use_network(world, random, network, rows, seen=1.0 if cast.careful else 0.85)
    return network


def use_network(world: World, random: np.random.Generator, network: int, rows: np.ndarray, seen: float = 0.85) -> None:
    """Applications are filed from one place; its Wi-Fi is seen in most of them."""
    a, networks = world.applications, world.networks
    a.ip[rows] = networks.ip(random, np.full(len(rows), network), a.time[rows])
    a.wifi[rows] = np.where(random.random(len(rows)) < seen, network, -1)
    shown = random.random(len(rows)) < 0.7
    a.lat[rows] = np.where(shown, networks.lat[network] + random.normal(0, 0.0003, len(rows)), np.nan)
    a.lon[rows] = np.where(shown, networks.lon[network] + random.normal(0, 0.0003, len(rows)), np.nan)


def _account_of_one(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray) -> int:
    if random.random() < 0.3:
        return int(persons[0])
    owner = int(persons[random.integers(0, len(persons))]) if random.random() < 0.6 else -1
    opened = None
    if random.random() < 0.5:
        first = int(world.applications.time[cast.rows].min()) // 86_400
        opened = first - int(random.integers(2, 90))
    return world.accounts.new("applicant" if owner >= 0 else "", owner, opened)


def _payout(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray, rows: np.ndarray) -> int:
    account = _account_of_one(world, random, cast, persons)
    world.applications.pay_to[rows] = account
    world.applications.approve[rows] = 1
    return account


def _repay(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray, rows: np.ndarray) -> int:
    """One account pays for all; what was lent too late to be paid back within the book is at least paid out to it."""
    account, a = _account_of_one(world, random, cast, persons), world.applications
    late = a.time[rows] > END - _MONTH_AND_A_HALF
    a.repay_from[rows] = account
    a.pay_to[rows[late]] = account
    a.approve[rows] = 1
    return account


def _card(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray, rows: np.ndarray) -> int:
    account = _account_of_one(world, random, cast, persons)
    world.card[persons] = account
    return account


def _home(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray, rows: np.ndarray) -> int:
    if random.random() < 0.4:
        address = int(world.people.household[persons[0]])
    else:
        address = int(world.addresses.reserve.take()[0])
        world.addresses.city[address] = cast.city
    world.home[persons] = address
    return address


def _employer(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray, rows: np.ndarray) -> int:
    firm = int(world.employers.reserve.take()[0])
    world.employers.city[firm] = cast.city
    world.employer[persons] = firm
    world.work_phone[persons] = _burner(world, random, cast)
    address = int(world.addresses.reserve.take()[0])
    world.addresses.city[address] = cast.city
    world.addresses.office[address] = True
    world.workplace[persons] = np.where(random.random(len(persons)) < 0.7, address, world.workplace[persons])
    return firm


def _work_phone(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray, rows: np.ndarray) -> int:
    phone = _burner(world, random, cast)
    world.work_phone[persons] = phone
    return phone


def _contact(world: World, random: np.random.Generator, cast: Cast, persons: np.ndarray, rows: np.ndarray) -> int:
    phone = _burner(world, random, cast)
    list_contact(world, random, persons, phone)
    return phone


def list_contact(world: World, random: np.random.Generator, persons: np.ndarray, phone: int) -> None:
    """Each person names a phone as a contact, under whatever name and relation comes to mind."""
    named = random.integers(0, len(world.people), len(persons))
    named = np.where(random.random(len(persons)) < 0.4, named[0], named)
    relation = _RELATIONS[random.integers(0, len(_RELATIONS), len(persons))]
    world.contacts.add(persons, np.full(len(persons), phone), named, relation)


def _burner(world: World, random: np.random.Generator, cast: Cast) -> int:
    """A phone for such ends: a friend's, or one bought for it."""
    if random.random() < 0.5:
        friends = world.people.friends.mates(random, cast.persons[:1])
        if friends[0] >= 0 and friends[0] not in cast.persons:
            return int(friends[0])
    return int(world.phones.reserve.take()[0])


def _sign_in(world: World, random: np.random.Generator, rows: np.ndarray, persons: np.ndarray) -> None:
    a = world.applications
    some = random.random(len(rows)) < 0.3
    devices, cards = a.device[rows][some], persons[some]
    times = a.time[rows][some] + random.integers(60, 80_000, int(some.sum()))

    def sign(ledger: Ledger) -> None:
        ledger.sign_ins.append((devices, cards, times))

    world.after_lending.append(sign)


_HANDED = {
    "handset": _handset, "network": _network, "payout": _payout, "repay": _repay, "card": _card, "home": _home,
    "employer": _employer, "work_phone": _work_phone, "contact": _contact,
}  # fmt: skip
