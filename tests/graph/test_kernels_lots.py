"""Whose money leaves a mixed account, by either convention: by hand, and against lots kept cent by cent."""

import numpy as np
import pytest
from ringfence.graph.kernels.lots import OUTSIDE, UNSTATED, Events, carried


def events(*rows):
    """Rows of source, target, amount, and where they matter whether it is traced and what balances are stated."""
    whole = [(*row, *(False, UNSTATED, UNSTATED)[len(row) - 3 :]) for row in rows]
    source, target, amount, traced, source_after, target_after = np.array(whole, np.int64).reshape(-1, 6).T
    return Events(source, target, amount, traced.astype(bool), source_after, target_after)


def told(rows, pro_rata=False):
    found = events(*rows)
    accounts = int(max(found.source.max(), found.target.max())) + 1
    return carried(found, accounts, pro_rata).tolist()


SPENT = [("Paul", 10), ("Michael", 10), (None, -10), ("Karen", 10), (None, -10)]
"""Three people pay ten each into an account, and ten are spent after the second and after the third."""


def still_there(whose, pro_rata):
    """How much of somebody's ten is left in the end."""
    rows = [
        (OUTSIDE, 0, amount, name == whose) if amount > 0 else (0, OUTSIDE, -amount, False) for name, amount in SPENT
    ]
    part = told(rows, pro_rata)
    return 10 - part[2] - part[4]


@pytest.mark.parametrize(("pro_rata", "left"), [(False, [0, 0, 10]), (True, [2.5, 2.5, 5])])
def test_what_is_left_of_three_payments(pro_rata, left):
    assert [still_there(name, pro_rata) for name in ("Paul", "Michael", "Karen")] == left


def test_traced_money_keeps_its_place_in_the_queue_of_the_next_account():
    """Five of the loan follow five of others into account 1, and so leave it after them."""
    rows = [(OUTSIDE, 0, 5, False), (OUTSIDE, 0, 5, True), (0, 1, 10), (1, 2, 6), (1, 2, 4)]
    assert told(rows) == [0, 5, 5, 1, 4]
    assert told(rows, pro_rata=True) == [0, 5, 5, 3, 2]


@pytest.mark.parametrize("pro_rata", [False, True])
def test_what_leaves_beyond_what_is_on_record_came_in_unseen(pro_rata):
    assert told([(OUTSIDE, 0, 10, True), (0, 1, 15), (1, 2, 15)], pro_rata) == [10, 10, 10]


def test_the_first_stated_balance_tells_what_was_there_before_all():
    """The account holds 60 behind the third row, so it held 50 before the loan: these leave first."""
    rows = [(OUTSIDE, 0, 50, True), (0, 1, 30), (0, 1, 10, False, 60, UNSTATED), (0, 1, 60)]
    assert told(rows) == [50, 0, 0, 50]
    assert told(rows, pro_rata=True) == [50, 15, 5, 30]


def test_money_that_left_unseen_was_the_oldest():
    """Ten are traced, ten are not; five are gone when the balance is stated."""
    rows = [(OUTSIDE, 0, 10, True, UNSTATED, 10), (OUTSIDE, 0, 10, False), (0, 1, 10, False, 5, UNSTATED)]
    assert told(rows) == [10, 0, 5]
    assert told(rows, pro_rata=True) == [10, 0, 5]


def test_money_that_came_unseen_is_the_newest():
    rows = [(OUTSIDE, 0, 10, True, UNSTATED, 10), (0, 1, 15, False, 5, UNSTATED), (0, 1, 5)]
    assert told(rows) == [10, 10, 0]
    assert told(rows, pro_rata=True) == [10, 7.5, 2.5]


def test_the_balance_of_the_account_that_receives_counts_too():
    """Account 1 held five when the loan's ten came."""
    rows = [(OUTSIDE, 0, 10, True), (0, 1, 10, False, UNSTATED, 15), (1, 2, 5), (1, 2, 10)]
    assert told(rows) == [10, 10, 0, 10]


@pytest.mark.parametrize("amount", [2**31 + 1, 2**53 - 1])
def test_large_amounts_lose_nothing(amount):
    rows = [(OUTSIDE, 0, amount, True), (0, 1, amount), (1, 0, amount), (0, 1, amount)]
    assert told(rows) == told(rows, pro_rata=True) == [amount] * 4


def test_an_account_that_pays_itself_keeps_what_it_has():
    assert told([(OUTSIDE, 0, 10, True), (0, 0, 10), (0, 1, 10)]) == [10, 10, 10]


def cent_by_cent(rows):
    """The same by a plain list of cents for each account, oldest first, without balances."""
    accounts, found = {}, []
    for source, target, amount, traced in rows:
        if source == OUTSIDE:
            moved = [traced] * amount
        else:
            mine = accounts.setdefault(source, [])
            moved, accounts[source] = mine[:amount], mine[amount:]
            moved = moved + [False] * (amount - len(moved))
        found.append(sum(moved))
        accounts.setdefault(target, []).extend(moved)
    return found


def shares(rows):
    """The same in proportion, as pairs of what an account holds and how much of it is traced."""
    accounts, found = {}, []
    for source, target, amount, traced in rows:
        held, mine = accounts.get(source, (0, 0))
        part = amount * traced if source == OUTSIDE else mine * min(1, amount / held) if held else 0
        accounts[source] = (max(held - amount, 0), mine - part)
        held, mine = accounts.get(target, (0, 0))
        accounts[target] = (held + amount, mine + part)
        found.append(part)
    return found


def test_random_accounts_equal_lots_kept_cent_by_cent():
    for seed in range(300):
        random = np.random.default_rng(seed)
        count = int(random.integers(1, 6))
        rows = []
        for _ in range(int(random.integers(1, 40))):
            source, target = random.integers(-1, count, 2).tolist()
            rows.append((source, target, int(random.integers(0, 30)), bool(source < 0 and random.random() < 0.5)))
        found = events(*rows)
        assert carried(found, count).tolist() == cent_by_cent(rows), f"seed {seed}"
        assert carried(found, count, pro_rata=True) == pytest.approx(shares(rows)), f"seed {seed}"


@pytest.mark.parametrize("pro_rata", [False, True])
def test_no_event_carries_more_than_it_moves_and_nothing_is_made(pro_rata):
    for seed in range(200):
        random = np.random.default_rng(seed)
        count, size = 4, 40
        stated = [np.where(random.random(size) < 0.3, random.integers(0, 60, size), UNSTATED) for _ in range(2)]
        source, target = random.integers(-1, count, (2, size))
        found = Events(source, target, random.integers(0, 30, size), random.random(size) < 0.3, *stated)
        part = carried(found, count, pro_rata)
        assert (part >= 0).all(), f"seed {seed}"
        assert (part <= found.amount + 1e-9).all(), f"seed {seed}"
        came, left = np.zeros(count), np.zeros(count)
        for event in range(size):
            if source[event] >= 0:
                left[source[event]] += part[event]
                assert left[source[event]] <= came[source[event]] + 1e-9, f"seed {seed}"
            if target[event] >= 0:
                came[target[event]] += part[event]
