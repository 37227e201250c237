"""Fraud rings as a process: an organiser fills a ring over weeks, and each application draws from worn-out pools.

An organiser of the town recruits along acquaintances (kin, friends, colleagues) or buys identities of people from
elsewhere. For every kind of thing that a ring of its shape uses there is a pool of one to four live resources; each
application draws one with the chance of its level, else the member uses what is their own. A resource serves so many
uses and is then replaced, so pools overlap in time. A ring whose members would fall apart into groups without a common
thing makes one more member use a thing of the first group: someone always fetches the others.

Camouflage is a lower chance of a draw, fewer uses of each thing, and more weeks. The difficulty is then read off what
came about: ``ties`` is the mean, over the members, of the kinds in which a member has a thing that another member has
too; ``crowd`` is the mean number of users of the things that have two or more.

- ``easy``: ties of at least 1.75 and crowds of at least 4
- ``medium``: ties of at least 1.4
- ``camouflaged``: the rest
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .book import DAYS, Book, Planted, file, filed_on, moment, seen_at
from .town import Handset, Home, Person, Place

# What the members of a ring of each shape may share.
SHAPES = {
    "accounts_and_contacts": ("account", "contact"),
    "handset_and_place": ("handset", "place"),
    "paper_jobs": ("employer", "contact", "account"),
    "bought_identities": ("handset", "place", "address", "account"),
    "slow_burn": ("handset", "place", "contact", "account"),
    "friends_of_friends": ("place", "contact", "account"),
    "five_in_three_days": ("handset", "ip", "contact", "account"),
}
# Chance of a draw, uses of a thing, weeks from the first to the last recruit.
LEVELS = {"easy": (0.9, 9, 3), "medium": (0.7, 5, 9), "camouflaged": (0.5, 3, 22)}
SIZES = (5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 25, 30, 40)
WORDS = ("朋友", "同事", "表哥", "亲戚", "其他", "")


@dataclass(slots=True, eq=False)
class Thing:
    kind: str
    value: object
    left: int


@dataclass(slots=True, eq=False)
class Ring:
    shape: str
    level: str
    people: list[Person]
    days: list[int]
    draws: list[dict[str, Thing]]


def plant_rings(book: Book, count: int) -> None:
    """So many rings; each fifth is one of five people beside a larger ring, once there is one with a place."""
    shapes = [shape for shape in SHAPES if shape != "five_in_three_days"]
    haunts: list[Place] = []
    for number in range(count):
        if number % 5 == 4 and haunts:
            act(book, five_beside(book), haunts.pop())
            continue
        ring = large_ring(book, shapes[(number - number // 5) % len(shapes)], book.town.rng.choice(list(LEVELS)))
        haunts += haunt(ring)
        act(book, ring)


def haunt(ring: Ring) -> list[Place]:
    """The place that most members of a ring of six or more used, if four did."""
    used = Counter(draw["place"].value for draw in ring.draws if "place" in draw)
    return [place for place, users in used.most_common(1) if users > 3 and len(ring.people) > 5]  # type: ignore[misc]


def large_ring(book: Book, shape: str, level: str) -> Ring:
    rng = book.town.rng
    size = rng.choices(SIZES, [1 / (place + 2) for place in range(len(SIZES))])[0]
    weeks = LEVELS[level][2] if shape != "slow_burn" else min(70, LEVELS[level][2] * 5)
    first = rng.randint(20, DAYS - 40 - weeks * 7)
    people = recruits(book, size, bought=0.9 if shape == "bought_identities" else 0.25)
    days = sorted(first + int(rng.random() * weeks * 7) for _ in people)
    ring = Ring(shape, level, people, days, draws_of(book, SHAPES[shape], size, level))
    hold_together(book, ring.draws)
    return ring


def recruits(book: Book, size: int, bought: float) -> list[Person]:
    """The organiser and those who follow, each brought by one who is in already, or bought."""
    rng = book.town.rng
    people = [organiser(book)]
    while len(people) < size:
        one = bought_identity(book) if rng.random() < bought else acquaintance(book, rng.choice(people))
        if one not in people:
            people.append(one)
    for one in people:
        one.fraud = "ring"
    return people


def organiser(book: Book) -> Person:
    while True:
        one = book.town.rng.choice(book.town.people)
        if 1970 < one.born < 2002 and not one.fraud and not one.student:
            return one


def acquaintance(book: Book, one: Person) -> Person:
    """Someone whom a member knows, not yet in any ring; a bought identity where there is nobody left."""
    known = [other for _, other in one.kin] + one.circle + (one.job.people[:12] if one.job else [])
    free = [other for other in known if not other.fraud and other.born < 2006]
    return book.town.rng.choice(free) if free else bought_identity(book)


def bought_identity(book: Book) -> Person:
    """Papers of someone from elsewhere who has no life in the town, with a number and a card bought for them."""
    rng = book.town.rng
    lat, lon = book.town.point(0.5)
    home = Home(book.town.street() + f"{rng.randint(1, 30)}幢{rng.randint(1, 18)}0{rng.randint(1, 4)}室", lat, lon)
    return book.town.person(home, rng.randint(1968, 2005), rng.random() < 0.7, local=False)


def draws_of(book: Book, kinds: tuple[str, ...], size: int, level: str) -> list[dict[str, Thing]]:
    """What each application takes from the pools, in order of time."""
    rng = book.town.rng
    chance, uses, _ = LEVELS[level]
    live = {kind: [new_thing(book, kind, uses) for _ in range(1 + (size > uses * 2))] for kind in kinds}
    draws = []
    for _ in range(size):
        taken = [kind for kind in kinds if rng.random() < chance] or [rng.choice(kinds)]
        draws.append({kind: draw(book, live[kind], uses) for kind in taken})
    return draws


def draw(book: Book, pool: list[Thing], uses: int) -> Thing:
    """A live thing of the pool; one that is worn out is replaced at once."""
    place = book.town.rng.randrange(len(pool))
    thing = pool[place]
    thing.left -= 1
    if thing.left == 0:
        pool[place] = new_thing(book, thing.kind, uses)
    return thing


def new_thing(book: Book, kind: str, uses: int) -> Thing:
    return Thing(kind, MAKERS[kind](book), max(2, round(book.town.rng.gauss(uses, uses / 4))))


def hold_together(book: Book, draws: list[dict[str, Thing]]) -> None:
    """Members without a thing in common with the first group take one of its things as well."""
    while True:
        group = component(draws)
        apart = [draw for draw in draws if id(draw) not in group]
        if not apart:
            return
        inside = [thing for draw in draws if id(draw) in group for thing in draw.values()]
        thing = book.town.rng.choice(inside)
        apart[0][thing.kind] = thing


def component(draws: list[dict[str, Thing]]) -> set[int]:
    """The draws that hang together with the first."""
    group, things = {id(draws[0])}, set(map(id, draws[0].values()))
    while True:
        more = [draw for draw in draws if id(draw) not in group and things & set(map(id, draw.values()))]
        if not more:
            return group
        group |= set(map(id, more))
        things |= {id(thing) for draw in more for thing in draw.values()}


def five_beside(book: Book) -> Ring:
    """Five people within three days: one handset, one address on the net, one contact, one account that repays."""
    things = {kind: new_thing(book, kind, 99) for kind in SHAPES["five_in_three_days"]}
    day = book.town.rng.randint(60, DAYS - 60)
    people = recruits(book, 5, bought=0.5)
    days = sorted(day + book.town.rng.randrange(3) for _ in people)
    return Ring("five_in_three_days", "easy", people, days, [dict(things) for _ in people])


def act(book: Book, ring: Ring, beside: Place | None = None) -> None:
    """Files the applications of a ring; three of the five beside a larger ring sit in that ring's place."""
    rng = book.town.rng
    for number, (one, day, draw) in enumerate(zip(ring.people, ring.days, ring.draws, strict=True)):
        if ring.level != "easy" and rng.random() < 0.3 and day > 60:
            file(book, one, moment(book, rng.randint(0, day - 40)), risk=0.05)
        apply_with(book, one, day, draw, beside if number < 3 else None)
        if ring.shape != "five_in_three_days" and rng.random() < 0.25:
            apply_with(book, one, min(DAYS - 3, day + rng.randint(5, 40)), draw, None)
    book.planted.append(Planted("fraud_ring", ring.shape, difficulty(ring.draws), ring.people))


def apply_with(book: Book, one: Person, day: int, draw: dict[str, Thing], beside: Place | None) -> None:
    """One application with the things drawn; all else is the member's own."""
    when = moment(book, day)
    values = {kind: thing.value for kind, thing in draw.items()}
    given: dict = {"risk": 0.65, "approval": 0.8, "planted": True}
    place = beside or values.get("place")
    if isinstance(place, Place):
        given |= seen_at(book, place, when, shown=1.0 if beside else 0.7)
    if isinstance(handset := values.get("handset"), Handset):
        given |= filed_on(handset)
    if "ip" in values:
        given["ip"] = values["ip"]
    if "account" in values:
        given |= {"payer": values["account"], "collector": values["account"], "approval": 1.0}
    declare(book, one, values)
    file(book, one, when, **given)


def declare(book: Book, one: Person, values: dict) -> None:
    """What the form says in place of the member's own life."""
    if "address" in values:
        one.declared["home_address"] = values["address"]
    if "employer" in values:
        name, phone, place = values["employer"]
        one.declared |= {"employer": name, "employer_phone": phone, "work_address": place}
    if "contact" in values:
        mobile, surname = values["contact"]
        one.contacts.append((mobile, surname + book.town.numbers.given_name(), book.town.rng.choice(WORDS)))


def difficulty(draws: list[dict[str, Thing]]) -> str:
    """The level that what is shared comes to, as the text above defines it."""
    users = Counter(id(thing) for draw in draws for thing in draw.values())
    ties = sum(users[id(thing)] > 1 for draw in draws for thing in draw.values()) / len(draws)
    crowds = [count for count in users.values() if count > 1]
    if ties >= 1.75 and sum(crowds) / len(crowds) >= 4:
        return "easy"
    return "medium" if ties >= 1.4 else "camouflaged"


def hideout(book: Book) -> Place:
    """A rented room with a line of its own."""
    return book.town.premises(f"{book.town.street()}{book.town.rng.randint(1, 20)}幢")


def paper_firm(book: Book) -> tuple[str, str, str]:
    numbers = book.town.numbers
    name = numbers.fresh(lambda: f"杭州{numbers.given_name()}{book.town.rng.choice('盛泰隆')}贸易有限公司")
    return name, numbers.mobile(), book.town.street()


MAKERS = {
    "handset": lambda book: book.town.handset(),
    "place": hideout,
    "ip": lambda book: book.town.numbers.public_ip(),
    "contact": lambda book: (book.town.numbers.mobile(), book.town.numbers.surname()),
    "account": lambda book: book.town.account("", ""),
    "address": lambda book: f"{book.town.street()}{book.town.rng.randint(1, 20)}幢{book.town.rng.randint(1, 25)}01室",
    "employer": paper_firm,
}
