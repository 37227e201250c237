"""What lies around people: everything they use, and who else uses it; at the cost of what they have."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among, distinct, laid_out
from ...graph.model import KIND_CODE, RELATION_CODE
from ...graph.snapshot import GraphView
from .population import Population

OWN = (
    "APPLIED", "BORROWED", "OWNS", "HAS_PHONE", "HAS_EMAIL", "HAS_ADDRESS", "HAS_ID", "LISTS_CONTACT", "WORKS_AT",
    "USED_DEVICE", "USED_WIFI",
)  # fmt: skip
"""What leads from a person to what is used, or to what it is used by."""
CARRIED = ("USED_DEVICE", "USED_IP", "USED_WIFI", "APPLIED_FROM", "AT_MERCHANT", "BECAME", "DISBURSED_TO", "REPAID")
"""What leads from an application or a loan to what is used by it."""
SIGNED_IN = ("SIGNED_IN",)
"""What leads from an account to what is used by it."""


def used_by(view: GraphView, people: np.ndarray) -> np.ndarray:
    """int32 nodes, ascending: people, what they use, and the applications, loans and accounts by which they do.

    Parameters
    ----------
    people : node numbers of applicants
    """
    own = view.other_ends(people, OWN)
    carried = view.other_ends(view.only(own, "application", "loan", "account"), (*CARRIED, *SIGNED_IN))
    return distinct(
        np.concatenate((people, own, carried[view.kinds[carried] != KIND_CODE["applicant"]])).astype(np.int32)
    )


CELL = len(KIND_CODE)
"""The kind, so to say, of an address that is but the place where somebody applied."""


class Reach(NamedTuple):
    """Which of the things that people use lead to others.

    Attributes
    ----------
    least : of how many users at least, in the whole book
    most : int64 by kind, ``CELL`` the last, of how many at most; 0 where none of the kind does
    pairs : whether a Wi-Fi together with an internet address does, too
    """

    least: int
    most: np.ndarray
    pairs: bool


_MAKES = {
    "device": ("handset",),
    "account": ("account",),
    "id_document": ("document",),
    "email": ("email",),
    "ip": ("network",),
    "wifi": ("network",),
    "address": ("address", "work"),
    "employer": ("work",),
}
"""The facets that sharing something of a kind makes; of a phone it may be any, and to be named by it tells, too."""


def telling(population: Population) -> Reach:
    """What is rare enough in the book for sharing it to say anything."""
    limits, most = population.hub_limits(), np.full(CELL + 1, population.weight.shape[1] - 1)
    for kind, facets in _MAKES.items():
        most[KIND_CODE[kind]] = max(limits[name] for name in facets)
    most[CELL] = limits["cell"]
    return Reach(2, most, True)


def beside(view: GraphView, population: Population, people: np.ndarray, reach: Reach) -> np.ndarray:
    """int32 nodes, ascending: people, and all applicants to whom what they use leads."""
    used = whole_handsets(view, used_by(view, people))
    kinds = view.kinds[used]
    kinds[(kinds == KIND_CODE["address"]) & ~among(used, view.other_ends(people, ("HAS_ADDRESS",)))] = CELL
    shared = used[_leads(population, view.places_in(population.frame.names, used), kinds, reach)]
    carriers = view.other_ends(shared, (*CARRIED, *SIGNED_IN))
    if reach.pairs:
        carriers = np.concatenate((carriers, _on_networks(view, population, view.only(used, "application"), reach)))
    near = (people, carriers, view.other_ends(shared, OWN), view.other_ends(carriers, OWN))
    return view.only(distinct(np.concatenate(near).astype(np.int32)), "applicant")


def _leads(population: Population, numbers: np.ndarray, kinds: np.ndarray, reach: Reach) -> np.ndarray:
    """bool: as many use it as the reach says, and no innocent cause explains it; unknown things do."""
    known = numbers >= 0
    value = population.frame.joined[np.where(known, numbers, 0)] if len(population.frame.joined) else numbers
    return ~known | _within(population, value, reach.least, np.where(known, reach.most[kinds], 0))


def _within(population: Population, value: np.ndarray, least: int, most: np.ndarray | int) -> np.ndarray:
    if not len(population.users):
        return np.zeros(len(value), dtype=bool)
    users = population.users[value]
    return (least <= users) & (users <= most) & ~population.excused[value]


def _on_networks(view: GraphView, population: Population, filed: np.ndarray, reach: Reach) -> np.ndarray:
    """int32: the applications that were filed by way of one Wi-Fi and one internet address with some of these. They
    are sought where the fewer are: at the Wi-Fi or at the address."""
    _, wifi, ip = _networks(view, filed)
    met = [view.places_in(population.frame.names, end) for end in (wifi, ip)]
    led = _pair_leads(population, met[0], met[1], reach)
    wifi, ip = wifi[led], ip[led]
    rarer = np.where(view.degrees(wifi) <= view.degrees(ip), wifi, ip)
    by = view.only(view.other_ends(distinct(rarer), ("USED_WIFI", "USED_IP")), "application")
    other, its_wifi, its_ip = _networks(view, by)
    return other[among(its_wifi << 32 | its_ip, distinct(wifi << 32 | ip))]


def _pair_leads(population: Population, wifi: np.ndarray, ip: np.ndarray, reach: Reach) -> np.ndarray:
    """bool: so does a Wi-Fi with an address, by their places in the frame. Of what the frame does not know the one or
    the other leads already."""
    frame, key = population.frame, wifi << 32 | ip
    met = (wifi >= 0) & (ip >= 0)
    rank = np.searchsorted(frame.networks, np.where(met, key, 0))
    known = met & among(key, frame.networks)
    value = np.where(known, len(frame.joined) + rank, 0)
    return met & (~known | _within(population, value, reach.least, int(reach.most[KIND_CODE["wifi"]])))


def _networks(view: GraphView, filed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Applications, each with every Wi-Fi and every internet address by way of which it was filed: int64 nodes."""
    filed = distinct(filed)
    which, positions = view.of_each(filed)
    codes, links, target = view.relation_codes(positions), view.links(positions), view.ends(positions)[1]
    wifi, ip = (np.flatnonzero(links & (codes == RELATION_CODE[name])) for name in ("USED_WIFI", "USED_IP"))
    low, high = np.searchsorted(which[ip], which[wifi]), np.searchsorted(which[ip], which[wifi], side="right")
    one, other = np.repeat(wifi, high - low), ip[laid_out(low, high)]
    return filed[which[one]].astype(np.int64), target[one].astype(np.int64), target[other].astype(np.int64)


def whole_handsets(view: GraphView, used: np.ndarray) -> np.ndarray:
    """With the other ids of each handset: devices that an application used together with one of these, and so on."""
    while True:
        by = view.only(view.other_ends(view.only(used, "device"), ("USED_DEVICE",)), "application")
        more = distinct(np.concatenate((used, view.other_ends(by, ("USED_DEVICE",)))))
        if len(more) == len(used):
            return used
        used = more
