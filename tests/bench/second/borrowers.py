"""Those who borrow honestly: who applies and when, in which shop or through whom, what befalls numbers.

Borrowing is catching: a relative, a neighbour or a colleague of someone who applied is likelier to apply, weeks apart.
"""

from __future__ import annotations

from datetime import timedelta

from .book import DAYS, PROMOTIONS, START, Application, Book, file, filed_on, moment, own_way, seen_at, some_day
from .town import WARES, Person, Shop

AGENT_SHARE = 0.05


def ordinary_borrowers(book: Book, count: int) -> None:
    """So many people who take no part in a fraud apply, each once or a few times."""
    make_agents(book, max(1, count // 2500))
    plan = plan_of(book, count)
    change_hands(book, plan)
    for person, days in plan.items():
        for day in days:
            apply(book, person, day)


def plan_of(book: Book, count: int) -> dict[Person, list[int]]:
    """Who applies, with their days in order."""
    rng, plan = book.town.rng, {}
    adults = [one for one in book.town.people if not one.fraud and one.born < 2007 and one.key not in book.applicants]
    while len(plan) < count:
        person, day = rng.choice(adults), some_day(book)
        while person and person not in plan and len(plan) < count:
            times = rng.choices((1, 2, 3, 4), (70, 20, 7, 3))[0]
            plan[person] = sorted({day, *(some_day(book) for _ in range(times - 1))})
            person, day = infected(book, person), min(DAYS - 5, day + int(rng.expovariate(1 / 40)))
    return plan


def infected(book: Book, person: Person) -> Person | None:
    """Someone close who hears of the loan, if any."""
    rng = book.town.rng
    if rng.random() > (0.45 if person.student or person.home.village or person.registered else 0.22):
        return None
    near = [other for _, other in person.kin] + person.home.people[:8]
    pool = near if near and rng.random() < 0.6 else person.circle
    one = rng.choice(pool) if pool else None
    return None if one is None or one.fraud or one.key in book.applicants else one


def change_hands(book: Book, plan: dict[Person, list[int]]) -> None:
    """Handsets are sold on and numbers given out anew, from one who applied to a stranger who applies later."""
    rng = book.town.rng
    early = [one for one, days in plan.items() if days[-1] < 330]
    late = [one for one, days in plan.items() if days[0] > 450]
    pairs = min(len(early), len(late), max(4, len(plan) // 120))
    for giver, taker in zip(rng.sample(early, pairs), rng.sample(late, pairs), strict=True):
        if rng.random() < 0.5:
            taker.handset = sold_on(book, giver)
            book.innocents.append(("second_hand_handset", [giver, taker]))
        else:
            taker.phone = giver.phone
            book.innocents.append(("recycled_number", [giver, taker]))
    for one in rng.sample(list(plan), len(plan) // 25):
        one.old_phone = book.town.numbers.mobile()
    for one in rng.sample(list(plan), len(plan) // 8):
        one.second_card = book.town.account(one.key, "")


def sold_on(book: Book, giver: Person):
    """The giver's handset; where it was wiped, apps have a new name for it and its imei stays."""
    handset = book.town.handset(giver.handset.model)
    giver.handset.tells_imei = handset.tells_imei = True
    handset.imei = giver.handset.imei
    handset.device = giver.handset.device if book.town.rng.random() < 0.3 else handset.device
    return handset


def apply(book: Book, person: Person, day: int) -> Application:
    rng = book.town.rng
    when = moment(book, day)
    date = START + timedelta(days=day)
    promotion = (date.month, date.day) in PROMOTIONS
    if rng.random() < (0.6 if promotion else 0.22):
        sizes = [shop.size for shop in book.town.shops]
        return in_store(book, rng.choices(book.town.shops, sizes)[0], person, when, promotion)
    if rng.random() < AGENT_SHARE:
        return through_agent(book, person, when)
    return file(book, person, when)


def in_store(book: Book, shop: Shop, person: Person, when, promotion: bool) -> Application:
    """Bought on credit: mostly on the shop's tablet, else on the customer's handset over the shop's Wi-Fi."""
    rng = book.town.rng
    when = when.replace(hour=rng.randint(10, 21))
    on_tablet = rng.random() < (0.35 if promotion else 0.65)
    handset = filed_on(rng.choice(shop.tablets)) if on_tablet else filed_on(person.handset)
    return file(
        book, person, when, **handset, **{"lat": "", "lon": ""} | seen_at(book, shop.place, when),
        product=f"{shop.ware}分期", channel="门店", shop=shop, salesperson=rng.choice(shop.sellers),
        told_shop=rng.random() < 0.98, amount=max(800, round(WARES[shop.ware] * rng.lognormvariate(0, 0.4), -2)),
    )  # fmt: skip


def make_agents(book: Book, count: int) -> None:
    """Honest agents: a salesperson's number each, half of them with a work tablet they carry to their clients."""
    for _ in range(count):
        tablet = book.town.handset("业务平板") if book.town.rng.random() < 0.5 else None
        book.agents[book.town.numbers.key("XS", 5)] = tablet


def through_agent(book: Book, person: Person, when) -> Application:
    rng = book.town.rng
    agent = rng.choice(list(book.agents))
    tablet = book.agents[agent]
    given = own_way(book, person, when) | {"salesperson": agent, "channel": "线下代理"}
    if tablet and rng.random() < 0.5:
        given |= filed_on(tablet)
    return file(book, person, when, **given)
