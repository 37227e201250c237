"""Innocent groups that nobody had to make: large households, a shop's customers on its tablet, a busy shop, a mall's
Wi-Fi, the staff of large firms who name its line, an honest salesperson's customers.

They are found in the finished applications, those of schemes left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .world import World

LARGE_HOUSEHOLD = 4
"""Applicants from which on a household is listed."""
_SHOP, _BUSY, _MALL, _LINE, _LARGE, _DEALER = 5, 25, 5, 8, 25, 30


def notice(world: World) -> None:
    """List them all."""
    a, merchants = world.applications, world.merchants
    honest = np.flatnonzero(a.scheme[: a.count] < 0)
    person = a.person[honest]
    _households(world)
    handset = world.handsets.handset_of(a.device[honest])
    tablets = np.unique(merchants.tablet[merchants.tablet >= 0])
    at = np.isin(handset, tablets)
    _list(world, "shop_equipment", handset[at], person[at], _SHOP)
    schemes = world.truth.planted
    bent = np.array([at for scheme in schemes for kind, at, _ in scheme.members if kind == "merchant"], dtype=np.int64)
    spent = (a.merchant[honest] >= 0) & (a.approve[honest] == 1) & ~np.isin(a.merchant[honest], bent)
    _list(world, "busy_shop", a.merchant[honest][spent], person[spent], _BUSY, "merchant")
    seen = np.isin(a.wifi[honest], world.malls)
    _list(world, "mall", a.wifi[honest][seen], person[seen], _MALL)
    who = world.people.who
    calls = np.isin(world.work_phone[who], world.firm_phone)
    for twin, least, most in (("hr_line", _LINE, _LARGE), ("large_employer", _LARGE, len(who) + 1)):
        _list(world, twin, world.work_phone[who][calls], who[calls], least, below=most)
    sold = (a.salesperson[honest] >= 0) & ~np.isin(a.salesperson[honest], world.bent_salespeople)
    _list(world, "honest_dealer", a.salesperson[honest][sold], person[sold], _DEALER)


def _households(world: World) -> None:
    people, who = world.people, world.people.who
    family = people.family[people.household[who]]
    for twin, kin in (("household", family), ("flatmates", ~family)):
        _list(world, twin, people.household[who][kin], who[kin], LARGE_HOUSEHOLD)


def _list(
    world: World, twin: str, thing: np.ndarray, person: np.ndarray, least: int, kind: str = "", below: int = 10**9
) -> None:
    """One group for each thing that so many persons have in common, with the thing where it is a party."""
    pairs = np.unique(np.stack([thing, person], axis=1), axis=0)
    things, first, count = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    chosen = (count >= least) & (count < below)
    for one, start, size in zip(things[chosen].tolist(), first[chosen].tolist(), count[chosen].tolist(), strict=True):
        world.truth.spare(twin, pairs[start : start + size, 1].tolist(), [(kind, one)] if kind else None)
