"""Which transfers may have carried money on: by hand, and against a plain search of every way on random books."""

import itertools

import numpy as np
import pytest
from ringfence.graph.kernels.tracing import Rules, Seeds, outgoing, traces

DAY = 10
RULES = Rules(hops=10, rest=7 * DAY, fan_out=100, most=1000, late=0)
NOBODY = -1


def followed(transfers, start, goals=(), shops=(), owned=None, owner=NOBODY, least=1, rules=RULES, since=0):
    """What is followed from one payment into ``start``: the rows of transfers ``(source, target, amount, time)`` that
    lead to a goal, and those of them that arrive; with all that was told of it."""
    rows = np.array(transfers, np.int64).reshape(-1, 4)
    named = [start, owner, *goals, *shops, *itertools.chain(*(owned or {}).values())]
    accounts = int(max(rows[:, :2].max(initial=0), *named)) + 1
    out = outgoing(*rows.T, accounts)
    goal, shop = (np.isin(np.arange(accounts), list(some)) for some in (goals, shops))
    mine = owned or {}
    offsets = np.cumsum([0, *(len(mine.get(party, ())) for party in range(accounts))])
    held = np.array([account for party in range(accounts) for account in mine.get(party, ())], np.int64)
    seeds = Seeds(np.array([start]), np.array([since]), np.array([least]), np.array([owner]))
    found = traces(out, seeds, goal, shop, (offsets, held), rules)
    row = out.order[found.transfer]
    return set(row[found.leads].tolist()), set(row[found.arrives].tolist()), found


def leads(*args, **settings):
    return followed(*args, **settings)[0]


# -- by hand


def test_money_is_followed_along_times_that_do_not_fall():
    chain = [(0, 1, 9, 5), (1, 2, 9, 6), (2, 3, 9, 6)]
    assert leads(chain, 0, goals=[3]) == {0, 1, 2}
    assert leads([(0, 1, 9, 5), (1, 2, 9, 4)], 0, goals=[2]) == set()


def test_at_one_instant_a_transfer_follows_only_where_the_rules_say_so():
    chain = [(0, 1, 9, 0), (2, 3, 9, 5), (1, 2, 9, 5)]
    assert leads(chain, 0, goals=[3]) == {0, 1, 2}
    apart = RULES._replace(late=1)
    assert leads(chain, 0, goals=[3], rules=apart, since=-1) == set()
    assert leads(chain[:1], 0, goals=[1], rules=apart) == set()
    assert leads(chain[:1], 0, goals=[1], rules=apart, since=-1) == {0}


def test_money_rests_as_long_as_allowed_and_no_longer():
    for wait, found in ((7 * DAY, {0, 1}), (7 * DAY + 1, set())):
        assert leads([(0, 1, 9, 1), (1, 2, 9, 1 + wait)], 0, goals=[2]) == found
    assert leads([(0, 1, 9, 7 * DAY)], 0, goals=[1]) == {0}
    assert leads([(0, 1, 9, 7 * DAY + 1)], 0, goals=[1]) == set()


def test_ten_hops_are_followed_and_eleven_are_not():
    for hops in range(1, 13):
        chain = [(i, i + 1, 9, i) for i in range(hops)]
        assert leads(chain, 0, goals=[hops]) == (set(range(hops)) if hops <= 10 else set())


def test_a_transfer_lies_on_a_way_only_where_the_whole_way_is_short_enough():
    """From account 0 it is one hop to account 3 or three. Four hops reach the goal by the short way alone."""
    rows = [(0, 3, 9, 4), (0, 1, 9, 1), (1, 2, 9, 2), (2, 3, 9, 3), (3, 4, 9, 5), (4, 5, 9, 6), (5, 6, 9, 7)]
    assert leads(rows, 0, goals=[6], rules=RULES._replace(hops=4)) == {0, 4, 5, 6}
    assert leads(rows, 0, goals=[6], rules=RULES._replace(hops=6)) == set(range(7))


def test_what_leads_nowhere_and_what_is_too_small_is_left_out():
    rows = [(0, 1, 9, 1), (0, 2, 9, 1), (1, 3, 5, 2), (1, 3, 4, 2)]
    assert leads(rows, 0, goals=[3]) == {0, 2, 3}
    assert leads(rows, 0, goals=[3], least=5) == {0, 2}


def test_money_is_not_followed_from_where_it_must_not_go():
    rows = [(0, 1, 9, 1), (1, 2, 9, 2), (2, 3, 9, 3)]
    assert followed(rows, 0, goals=[1, 3])[:2] == ({0}, {0})


def test_money_comes_back_to_any_account_of_the_owner_by_way_of_somebody_elses():
    rows = [(0, 1, 9, 1), (1, 0, 9, 2), (1, 5, 9, 2)]
    owned = {4: [0, 5]}
    assert followed(rows, 0, owned=owned, owner=4)[:2] == ({0, 1, 2}, {1, 2})
    assert leads([(0, 5, 9, 1)], 0, owned=owned, owner=4) == set()
    assert leads([(0, 5, 9, 1), (5, 0, 9, 2)], 0, owned=owned, owner=4) == set()
    assert leads(rows, 0, owned=owned, owner=NOBODY) == set()


def test_from_a_shop_money_is_followed_only_back_to_the_owner():
    rows = [(0, 1, 9, 1), (1, 0, 9, 2), (1, 2, 9, 2), (2, 3, 9, 3)]
    assert leads(rows, 0, goals=[3], shops=[1], owned={4: [0]}, owner=4) == {0, 1}


def test_an_account_that_is_too_busy_is_not_followed_and_is_named():
    rows = [(0, 1, 9, 1), (0, 2, 9, 1), *((1, 3, 9, 2 + i) for i in range(6)), (2, 3, 9, 2)]
    found, _, told = followed(rows, 0, goals=[3], rules=RULES._replace(fan_out=5))
    assert found == {1, 8}
    assert told.busy.tolist() == [[0], [1]]
    assert followed(rows, 0, goals=[3], rules=RULES._replace(fan_out=6))[0] == set(range(9))


def test_only_transfers_within_the_time_make_an_account_busy():
    rows = [(0, 1, 9, 1), *((1, 2, 9, 1000 + i) for i in range(6)), (1, 3, 9, 2)]
    assert leads(rows, 0, goals=[3], rules=RULES._replace(fan_out=5)) == {0, 7}


def test_so_many_transfers_are_followed_and_no_more():
    rows = [(0, 1, 9, 1), (0, 2, 9, 2), (0, 3, 9, 3), (1, 4, 9, 4)]
    found, _, told = followed(rows, 0, goals=[2], rules=RULES._replace(most=3))
    assert (found, told.stopped.tolist()) == ({1}, [True])
    found, _, told = followed(rows, 0, goals=[2], rules=RULES._replace(most=4))
    assert (found, told.stopped.tolist()) == ({1}, [False])


def test_many_busy_accounts_and_many_transfers_are_all_told():
    """More than the room that the search begins with."""
    rows = [(0, i, 9, 1) for i in range(1, 41)] + [(i, 41 + k, 9, 2) for i in range(1, 41) for k in range(40)]
    _, arrives, told = followed([*rows, (0, 99, 9, 1)], 0, goals=[99], rules=RULES._replace(fan_out=41, most=5000))
    assert (len(told.transfer), len(arrives)) == (41 + 1600, 1)
    _, _, told = followed([*rows, (0, 99, 9, 1)], 0, goals=[99], rules=RULES._replace(fan_out=41, most=5000, rest=9))
    busy = [(0, i, 9, 1) for i in range(1, 41)] + [(i, 50, 9, 2 + k) for i in range(1, 41) for k in range(45)]
    _, _, told = followed([*busy, (0, 51, 9, 1)], 0, goals=[51], rules=RULES._replace(fan_out=41))
    assert told.busy.tolist() == [[0] * 40, list(range(1, 41))]


def test_accounts_and_owners_that_are_none_are_refused():
    out, nobody = outgoing(*np.array([[0, 1, 9, 1]]).T, 2), (np.zeros(3, int), np.zeros(0, int))
    for start, owner, what in ((2, NOBODY, "account"), (0, 2, "owner")):
        seeds = Seeds(*(np.array([value]) for value in (start, 0, 1, owner)))
        with pytest.raises(ValueError, match=f"{what} holds ids outside"):
            traces(out, seeds, np.zeros(2, bool), np.zeros(2, bool), nobody, RULES)


# -- every way, by a plain search


def ways(rows, start, since, goals, shops, mine, back, least, rules):
    """Every walk of transfers that carries money to a goal or back, by trying all of them. What a shop pays out goes
    back, or to an account from which it goes back."""
    found, queue = [], [((), start, since, False)]
    while queue:
        way, at, time, bound = queue.pop()
        if len(way) == rules.hops or (way and at in goals):
            continue
        for number, (source, target, amount, when) in enumerate(rows):
            if source != at or amount < least or not time + rules.late <= when <= time + rules.rest:
                continue
            returned = back and target in mine and source not in mine
            paid_out = at in shops and not returned
            if (bound and not returned) or (paid_out and target in goals) or number in way:
                continue
            step = (*way, number)
            if target in goals or returned:
                found.append(step)
            queue.append((step, target, when, paid_out))
    return found


def test_random_books_give_what_a_search_of_every_way_gives():
    arrived = 0
    for seed in range(1000):
        random = np.random.default_rng(seed)
        accounts, size = int(random.integers(2, 6)), int(random.integers(4, 15))
        rows = [
            (int(random.integers(accounts)), int(random.integers(accounts)), int(random.integers(1, 6)), int(time))
            for time in random.integers(0, 9, size)
        ]
        rows = [row for row in rows if row[0] != row[1]]
        rules = Rules(int(random.integers(1, 7)), int(random.integers(1, 9)), 100, 1000, int(random.integers(0, 2)))
        goals = set(random.choice(accounts, int(random.integers(0, 3))).tolist())
        shops = set(random.choice(accounts, int(random.integers(0, 2))).tolist()) - goals
        start, least, since = int(random.integers(accounts)), int(random.integers(1, 3)), int(random.integers(0, 3))
        mine, back = {int(random.integers(accounts))}, bool(random.random() < 0.5)
        mine = mine - {start} if start in shops else mine | {start}
        if start in goals:
            continue
        found = ways(rows, start, since, goals, shops, mine, back, least, rules)
        owner, owned = (0, {0: sorted(mine)}) if back else (NOBODY, {})
        lead, arrives, _ = followed(rows, start, goals, shops, owned, owner, least, rules, since)
        led = set(itertools.chain(*found))
        # where transfers of one instant follow each other, one may also lead to what it came from
        assert led <= lead if start in shops and not rules.late else led == lead, f"seed {seed}"
        assert arrives == {way[-1] for way in found}, f"seed {seed}"
        arrived += bool(found)
    assert arrived > 100


def test_each_of_many_payments_is_followed_by_itself():
    for seed in range(30):
        random = np.random.default_rng(seed)
        rows = np.column_stack([random.integers(0, 12, (60, 2)), random.integers(1, 9, 60), random.integers(0, 90, 60)])
        out = outgoing(*rows.T, 12)
        goal, shop = np.arange(12) == 11, np.zeros(12, bool)
        owned = (np.arange(13), np.arange(12))
        start, since = random.integers(0, 11, 20), random.integers(0, 60, 20)
        seeds = Seeds(start, since, np.full(20, 2), start)
        together = traces(out, seeds, goal, shop, owned, RULES)
        for one in range(20):
            alone = traces(out, Seeds(*(column[[one]] for column in seeds)), goal, shop, owned, RULES)
            mine = together.seed == one
            for column in ("transfer", "leads", "arrives"):
                assert getattr(together, column)[mine].tolist() == getattr(alone, column).tolist(), f"seed {seed}"
