"""Merchants and salespeople: where credit is spent, and who brings applications in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import places, words
from .networks import BROADBAND, FIXED, Networks
from .people import People
from .things import Accounts, Handsets, Phones

CATEGORIES = tuple(words.SHOPS)
DIGITAL, CARS, DECORATION, ONLINE, BEAUTY = range(5)


@dataclass
class Merchants:
    """Shops by number.

    Attributes
    ----------
    network : its Wi-Fi
    tablet : the handset customers apply on, -1 where they use their own
    account, phone : codes; ``owner`` is a person
    states_itself : share of the applications filed there that carry its number
    """

    city: np.ndarray
    category: np.ndarray
    weight: np.ndarray
    network: np.ndarray
    tablet: np.ndarray
    account: np.ndarray
    phone: np.ndarray
    owner: np.ndarray
    states_itself: np.ndarray
    opened: np.ndarray
    word: np.ndarray

    def names(self) -> list[str]:
        """Names over the shops' doors."""
        head, tail, found = words.BUSINESS_HEAD, words.BUSINESS_TAIL, []
        for city, category, word in zip(self.city, self.category, self.word, strict=True):
            kinds = words.SHOPS[CATEGORIES[category]]
            style = head[word % len(head)] + tail[word // 31 % len(tail)]
            place = places.NAME[city].removesuffix("市")
            found.append(f"{place}{style}{kinds[word // 700 % len(kinds)]}")
        return found


def open_shops(
    random: np.random.Generator,
    applicants: int,
    people: People,
    phones: Phones,
    handsets: Handsets,
    accounts: Accounts,
    networks: Networks,
) -> Merchants:
    """One shop for every hundred applicants, of every category, some far busier than others; three in five have a
    tablet."""
    count = max(applicants // 100, 40)
    city = random.choice(places.COUNT, count, p=places.WEIGHT)
    category = random.choice(5, count, p=(0.5, 0.12, 0.12, 0.14, 0.12))
    category[random.permutation(count)[:5]] = np.arange(5)
    lat, lon = places.scatter(random, city, 0.05)
    style = np.where(random.random(count) < 0.5, FIXED, BROADBAND)
    tablet = np.full(count, -1)
    with_tablet = (random.random(count) < 0.6) & (category != ONLINE)
    tablet[with_tablet] = handsets.reserve.take(int(with_tablet.sum()))
    return Merchants(
        city=city,
        category=category,
        weight=random.pareto(1.2, count) + 0.2,
        network=np.array([networks.new(*at) for at in zip(lat, lon, city, style, strict=True)]),
        tablet=tablet,
        account=np.array([accounts.new("merchant", number) for number in range(count)]),
        phone=phones.reserve.take(count),
        owner=random.integers(0, len(people), count),
        states_itself=np.where(random.random(count) < 0.15, 0.6, 0.99),
        opened=-random.integers(0, 2000, count),
        word=random.integers(0, 10**6, count),
    )


@dataclass
class Salespeople:
    """Who brings applications in, by number: their city, how many they bring, and the channel they work for."""

    city: np.ndarray
    weight: np.ndarray
    channel: np.ndarray

    @classmethod
    def hire(cls, random: np.random.Generator, applicants: int) -> Salespeople:
        """One for every 120 applicants."""
        count = max(applicants // 120, 40)
        city = random.choice(places.COUNT, count, p=places.WEIGHT)
        return cls(city, random.pareto(1.4, count) + 0.3, random.integers(0, 5, count) * places.COUNT + city)


def channel_names() -> list[str]:
    """All channels: platforms first, then the dealers of each city."""
    dealers = ("门店", "车商渠道", "合作经销商", "线下直营部", "代理商")
    return [*words.PLATFORMS, *(place.removesuffix("市") + dealer for dealer in dealers for place in places.NAME)]
