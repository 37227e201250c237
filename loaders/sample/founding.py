"""How the honest world is made: people with homes, jobs, phones and contacts, who file applications."""

from __future__ import annotations

import numpy as np

from . import places
from .applications import file, first_round
from .contacts import name_people
from .networks import CARRIER, Networks
from .people import Employers, People, populate
from .shops import Salespeople, open_shops
from .things import Accounts, Addresses, Handsets, Phones
from .truth import Truth
from .world import Crowd, World


def honest_world(random: np.random.Generator, applicants: int) -> World:
    """A world without any fraud: people with homes, jobs, phones and contacts, who have filed applications."""
    employers = Employers.draw(random, applicants)
    people = populate(random, applicants, employers)
    count = len(people)
    phones, handsets, accounts = Phones(random, count), Handsets(random, count), Accounts(random, count)
    addresses = Addresses(random, people, employers.city[: employers.firms])
    networks = Networks(random, addresses, applicants // 3 + 3000)
    merchants = open_shops(random, applicants, people, phones, handsets, accounts, networks)
    malls_city = np.repeat(np.arange(places.COUNT), 1 + (places.WEIGHT * 40).astype(int))
    at = zip(*places.scatter(random, malls_city, 0.03), malls_city, strict=True)
    malls = np.array([networks.new(lat, lon, int(city), CARRIER) for lat, lon, city in at])
    old_phone = np.full(count, -1)
    changed = np.flatnonzero(random.random(count) < 0.04)
    old_phone[changed] = phones.reserve.take(len(changed))
    landline = random.random(employers.firms) < 0.8
    firm_phone = np.full(employers.firms, -1)
    firm_phone[landline] = phones.new_landlines(employers.city[: employers.firms][landline])
    firm_phone[~landline] = phones.reserve.take(int((~landline).sum()))
    job = people.employer
    filed = first_round(random, people.who)
    restricted = np.array([accounts.new("", -1) for _ in range(3 + applicants // 2000)])
    told = random.random(count)
    world = World(
        applicants=applicants, people=people, employers=employers, phones=phones, handsets=handsets,
        accounts=accounts, addresses=addresses, networks=networks, merchants=merchants,
        salespeople=Salespeople.hire(random, applicants), malls=malls, malls_city=malls_city, firm_phone=firm_phone,
        old_phone=old_phone, applications=filed,
        mobile=_own_or_kin(random, people, 0.008),
        card=np.where(random.random(count) < 0.93, _own_or_kin(random, people, 0.008), -1),
        home=people.household.copy(), employer=job.copy(),
        work_phone=np.where((job >= 0) & (told < 0.7), firm_phone[job], -1),
        workplace=np.where((job >= 0) & (told > 0.3), addresses.work + job, -1),
        restricted=restricted, unshipped=np.zeros(filed.capacity, bool), free=np.zeros(count, bool), truth=Truth(),
        crowd=Crowd(random, people.who, people.city),
    )  # fmt: skip
    world.free[people.who] = True
    file(world, random, np.arange(world.applications.count))
    name_people(world, random, people.who)
    world.index_rows()
    return world


def _own_or_kin(random: np.random.Generator, people: People, share: float) -> np.ndarray:
    """By person, whose phone or card is stated: one's own, but for a few who state that of somebody at home."""
    own = np.arange(len(people))
    mate = people.homes.mates(random, own)
    return np.where((random.random(len(own)) < share) & (mate >= 0), mate, own)
