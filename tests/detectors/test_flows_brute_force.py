"""Fund flows of random books, against a plain search of every way that money can take, and of every coin's way.

The books are small enough to try everything: up to eight accounts, coins of 1,000 yuan.
"""

import itertools
import random

import pytest
from ringfence.detectors.contract import unit_name
from ringfence.detectors.flows.amounts import amounts
from ringfence.detectors.flows.course import course
from ringfence.detectors.flows.detector import FUND_FLOW
from ringfence.detectors.flows.search import search
from support.flow_books import at
from support.toy import Book
from support.units import by_unit

DAY = 24
COIN = 1_000
GOAL = -1
START = "2026-03-02T10:00"
PARAMS = FUND_FLOW.defaults() | {"least_share": 0.0, "least_back": 0.0}


class Rows:
    """A random book, and its rows as plain lists."""

    def __init__(self, seed, balances=False):
        chance = random.Random(seed)
        accounts = [f"a{i}" for i in range(chance.randint(3, 8))]
        people = [f"P{i}" for i in range(chance.randint(1, 4))]
        self.book, self.moved = Book(), []
        self.restricted = set(chance.sample(accounts, chance.randint(1, 2)))
        self.owners = {account: set() for account in accounts}
        for account in accounts:
            for person in chance.choices(people, k=chance.choice((0, 1, 1, 1, 2))):
                if person not in self.owners[account]:
                    self.book.owns(person, account)
                    self.owners[account].add(person)
        for account in self.restricted:
            self.book.flag(f"account:{account}", "restricted_destination")
        self.loans = [
            (f"L{i}", chance.choice(people), chance.choice(accounts), chance.randint(2, 5), chance.randint(0, 4) * DAY)
            for i in range(chance.randint(1, 2))
        ]
        for loan, person, account, coins, hour in self.loans:
            self.book.person(person).loan(person, loan, coins * COIN, at(START, hour), account)
        held = {account: chance.randint(0, 3) for account in accounts}
        paid = [(hour, "loan", account, coins) for _, _, account, coins, hour in self.loans]
        hours = sorted(chance.randint(0, 12) * DAY for _ in range(chance.randint(3, 12)))
        for hour in hours:
            source, target = chance.sample(accounts, 2)
            for when, _, account, coins in [one for one in paid if one[0] <= hour]:
                held[account] += coins
                paid.remove((when, "loan", account, coins))
            coins = chance.randint(1, 4)
            if balances:
                coins = min(coins, held[source])
            if not coins:
                continue
            held[source] -= coins
            held[target] += coins
            stated = {"balance_after": held[source] * COIN, "to_balance_after": held[target] * COIN}
            stated = {name: value for name, value in stated.items() if balances and chance.random() < 0.8}
            self.book.transferred(source, target, at(START, hour), amount=coins * COIN, **stated)
            self.moved.append((source, target, coins, hour))

    def returned(self, loan, transfer):
        """Whether a transfer brings money of a loan back to its borrower."""
        _, borrower, account, _, _ = loan
        if self.owners[account] and borrower not in self.owners[account]:
            return False
        mine = {account} | {one for one, owners in self.owners.items() if borrower in owners}
        return transfer[1] in mine and transfer[0] not in mine

    def ways(self, loan):
        """Every way of transfers by which money of a loan arrives."""
        _, _, account, coins, hour = loan
        found, queue = [], [((), account, hour)] if account not in self.restricted else []
        while queue:
            way, here, time = queue.pop()
            if len(way) == 10 or (way and here in self.restricted):
                continue
            for number, transfer in enumerate(self.moved):
                source, target, amount, when = transfer
                follows = source == here and time <= when <= time + 7 * DAY and number not in way
                if not follows or amount < 0.05 * coins:
                    continue
                step = (*way, number)
                if target in self.restricted or self.returned(loan, transfer):
                    found.append(step)
                queue.append((step, target, when))
        return found


def as_rows(found, ledger, view, places):
    """Movements as ``(source, target, coins, hour)``."""
    start = int(ledger.time[ledger.payments].min())
    names = [view.name(int(node)).partition(":")[2] for node in range(view.node_count)]
    return sorted(
        (
            names[ledger.source[place]],
            names[ledger.target[place]],
            int(ledger.amount[place]) // (100 * COIN),
            round((int(ledger.time[place]) - start) / 3_600_000),
        )
        for place in places
    )


def shifted(rows, moved):
    """Transfers with hours from the first loan on."""
    first = min(hour for *_, hour in rows.loans)
    return sorted((source, target, coins, hour - first) for source, target, coins, hour in moved)


def test_the_transfers_that_lead_somewhere_are_those_of_every_way():
    arrived = 0
    for seed in range(150):
        rows = Rows(seed)
        view = rows.book.snapshot()
        found = search(view, PARAMS)
        ways = {loan[0]: rows.ways(loan) for loan in rows.loans}
        leads = {number for some in ways.values() for number in itertools.chain(*some)}
        last = {way[-1] for some in ways.values() for way in some}
        told = [place for flow in found.flows for place in flow.leads]
        ends = [place for flow in found.flows for place in flow.arrives if place in set(told)]
        what = f"seed {seed}"
        assert as_rows(found, found.ledger, view, told) == shifted(rows, [rows.moved[n] for n in leads]), what
        assert as_rows(found, found.ledger, view, ends) == shifted(rows, [rows.moved[n] for n in last]), what
        arrived += bool(ends)
    assert arrived > 40


def coins_that_arrive(payments, moved, arrives):
    """The most coins that can have arrived, by trying every way of every coin: transfers ``(source, target, coins,
    time)``, of which those in ``arrives`` end it."""
    states = {()}
    times = sorted({row[3] for row in moved} | {row[2] for row in payments})
    for time in times:
        came = [account for account, coins, when in payments if when == time for _ in range(coins)]
        here = [number for number, row in enumerate(moved) if row[3] == time]
        seen = {(tuple(sorted([*state, *came])), tuple(moved[n][2] for n in here)) for state in states}
        queue = list(seen)
        for held, room in queue:
            for which, number in enumerate(here):
                source, target = moved[number][:2]
                if not room[which] or source not in held:
                    continue
                rest = list(held)
                rest.remove(source)
                rest.append(GOAL if number in arrives else target)
                left = (*room[:which], room[which] - 1, *room[which + 1 :])
                state = (tuple(sorted(rest)), left)
                if state not in seen:
                    seen.add(state)
                    queue.append(state)
        states = {held for held, _ in seen}
    return max(held.count(GOAL) for held in states)


def test_what_can_have_arrived_is_what_coins_could_carry_at_best():
    some = 0
    for seed in range(120):
        rows = Rows(seed)
        view = rows.book.snapshot()
        found = search(view, PARAMS)
        for flow in found.flows:
            ledger = found.ledger
            plain = [
                (int(ledger.source[place]), int(ledger.target[place]), int(ledger.amount[place]) // (100 * COIN),
                 int(ledger.time[place]))
                for place in flow.leads
            ]  # fmt: skip
            payments = [
                (int(ledger.target[place]), int(ledger.amount[place]) // (100 * COIN), int(ledger.time[place]))
                for place in flow.payments
                if place not in flow.arrives
            ]
            arrives = {number for number, place in enumerate(flow.leads) if place in flow.arrives}
            direct = sum(int(ledger.amount[place]) for place in flow.payments if place in flow.arrives)
            best = coins_that_arrive(payments, plain, arrives) if payments else 0
            sums = amounts(ledger, found.where, flow, course(view, ledger, found.where, flow, PARAMS), PARAMS)
            assert sums.can == best * 100 * COIN + direct, f"seed {seed}"
            some += best > 0
    assert some > 30


@pytest.mark.parametrize("balances", [False, True])
@pytest.mark.parametrize("pro_rata", [0, 1])
def test_what_must_have_arrived_is_no_more_than_the_convention_and_that_no_more_than_what_can(balances, pro_rata):
    known = 0
    for seed in range(150):
        view, params = Rows(seed, balances).book.snapshot(), PARAMS | {"pro_rata": pro_rata}
        found = search(view, params)
        for flow in found.flows:
            sums = amounts(
                found.ledger, found.where, flow, course(view, found.ledger, found.where, flow, params), params
            )
            for one in (sums, *sums.arrived):
                assert 0 <= (one.must or 0) <= one.convention <= one.can <= sums.lent, f"seed {seed}"
            known += bool(sums.must) and not len(set(flow.payments) & set(flow.arrives))
            assert sums.can <= sum(one.can for one in sums.arrived), f"seed {seed}"
            assert sums.convention <= sum(one.convention for one in sums.arrived), f"seed {seed}"
    assert (known > 10) == balances


def test_a_unit_alone_gives_what_it_gives_in_a_random_book_and_is_around_its_parties():
    """Somebody by whose account other people's money went lies in their unit too."""
    held = 0
    for seed in range(60):
        book, what = Book(), f"seed {seed}"
        for part in range(3):
            book = book.beside(Rows(100 * seed + part).book.rekeyed(part)[0])
        view, params = book.snapshot(), FUND_FLOW.defaults()
        known = FUND_FLOW.population(view, params)
        whole = by_unit(FUND_FLOW.detect(view, known, params))
        units = {unit_name(view, unit.parties): unit for unit in FUND_FLOW.units(view, known, params)}
        assert set(whole) <= set(units), what
        every = {tuple(map(tuple, unit)) for unit in units.values()}
        for name, unit in units.items():
            alone = by_unit(FUND_FLOW.detect(view.part(unit.nodes), known, params))
            assert alone.get(name) == whole.get(name), what
            around = {tuple(map(tuple, one)) for one in FUND_FLOW.around(view, known, params, unit.parties)}
            assert tuple(map(tuple, unit)) in around, what
            assert around <= every, what
            held += name in whole
    assert held > 30


def test_the_order_of_rows_does_not_matter():
    for seed in range(40):
        book = Rows(seed, balances=seed % 2 == 0).book
        told = []
        for other in (book, book.shuffled(1), book.shuffled(2)):
            view = other.snapshot()
            known = FUND_FLOW.population(view, PARAMS)
            told.append(sorted(map(repr, _without_rows(FUND_FLOW.detect(view, known, PARAMS)))))
        assert told[0] == told[1] == told[2], f"seed {seed}"


def _without_rows(candidates):
    """Candidates without the places of their rows, which are not those of the other book."""
    for candidate in candidates:
        for row in candidate.evidence:
            del row["row"]
        yield candidate
