"""How much can, and how much must, have gone along time: known answers, and every way that single coins can take."""

import numpy as np
import pytest
from ringfence.graph.kernels.flow_along_time import OUTSIDE, Balances, Movements, Paid, least, most

KNOWN = {
    (0, 1): [(2, 5), (4, 3), (8, 3)], (0, 2): [(11, 3)], (0, 3): [(18, 1)],
    (1, 2): [(3, 7), (5, 2)], (1, 3): [(17, 9)],
    (2, 0): [(9, 4)], (2, 1): [(7, 4), (10, 2)], (2, 3): [(1, 2), (6, 5)],
    (3, 0): [(15, 6), (19, 2)],
}  # fmt: skip
NO_BALANCES = Balances(*np.zeros((4, 0), np.int64))


def movements(*rows):
    """Rows of source, target, amount and time."""
    return Movements(*np.array(rows, np.int64).reshape(-1, 4).T)


def paid(*rows):
    """Rows of account, amount and time."""
    return Paid(*np.array(rows, np.int64).reshape(-1, 3).T)


def balances(*rows):
    """Rows of account, time, amount, and what left unseen."""
    return Balances(*np.array(rows, np.int64).reshape(-1, 4).T)


def can(first, moved, goal, at_once=True):
    """What can have reached an account, or any of several."""
    arrives = np.isin(moved.target, goal)
    return int(most(first, moved, arrives, at_once)[arrives].sum())


def must(first, moved, goal, known=NO_BALANCES, at_once=True):
    return least(first, moved, np.isin(moved.target, goal), known, at_once)


# -- known answers


def test_money_that_waits_for_a_later_transfer_is_not_missed():
    """From account 1 back to itself six can go. A scan that sends on all it has at once gets only four there."""
    rows = [(*ends, amount, time) for ends, moved in KNOWN.items() for time, amount in moved]
    assert can(paid((1, 100, 0)), movements(*rows), 1) == 6


def test_what_leaves_before_it_came_carries_nothing():
    assert can(paid((0, 10, 5)), movements((0, 1, 10, 4)), 1) == 0
    assert can(paid((0, 10, 1)), movements((0, 1, 10, 4), (1, 2, 10, 3)), 2) == 0


@pytest.mark.parametrize(("at_once", "arrived"), [(True, 10), (False, 0)])
def test_at_one_instant_transfers_follow_each_other_in_either_order_or_not_at_all(at_once, arrived):
    assert can(paid((0, 10, 4)), movements((1, 2, 10, 4), (0, 1, 10, 4)), 2, at_once) == arrived
    assert can(paid((0, 10, 4)), movements((0, 1, 10, 4)), 1, at_once) == arrived
    assert can(paid((0, 10, 4)), movements((0, 1, 10, 5), (1, 2, 10, 6)), 2, at_once) == 10


def test_what_two_loans_pay_into_one_account_arrives_once():
    first = paid((0, 60, 0), (0, 50, 1))
    assert can(first, movements((0, 1, 80, 2), (1, 2, 100, 3)), 2) == 80


def test_money_is_split_merged_and_lessened_by_a_fee():
    moved = movements((0, 1, 60, 1), (0, 2, 40, 1), (1, 3, 59, 2), (2, 3, 39, 2), (3, 4, 97, 3))
    assert can(paid((0, 100, 0)), moved, 4) == 97


def test_money_that_arrived_stays_there():
    """Account 1 is the goal: what it sends on does not arrive a second time."""
    moved = movements((0, 1, 10, 1), (1, 2, 10, 2), (2, 1, 10, 3))
    assert can(paid((0, 10, 0)), moved, 1) == 10


@pytest.mark.parametrize("amount", [2**31 + 1, 2**53 + 1])
def test_amounts_are_exact_at_any_size(amount):
    assert can(paid((0, amount, 0)), movements((0, 1, amount - 1, 1), (0, 1, 1, 2)), 1) == amount
    found = must(paid((0, amount, 1)), movements((0, 1, amount, 2)), 1, balances((0, 1, amount, 0), (0, 2, 0, 0)))
    assert found == (amount, True)


def test_no_loans_and_no_transfers_bring_nothing():
    nothing = movements()
    assert len(most(paid(), nothing, np.zeros(0, bool))) == 0
    assert can(paid((0, 5, 1)), nothing, 1) == 0


# -- must


def test_in_the_plain_case_an_outflow_holds_what_other_money_does_not_explain():
    """Balance 30, loan 100, then 20 more, then 130 go out: 130 - 30 - 20 of it is the loan's."""
    known = balances((0, 1, 130, 0), (0, 2, 150, 0), (0, 3, 20, 0))
    assert must(paid((0, 100, 1)), movements((0, 1, 130, 3)), 1, known) == (80, True)


def test_where_other_money_explains_the_outflow_nothing_must_be_the_loans():
    """Loan 100, then 200 more, then 100 go out."""
    known = balances((0, 1, 100, 0), (0, 2, 300, 0), (0, 3, 200, 0))
    assert must(paid((0, 100, 1)), movements((0, 1, 100, 3)), 1, known) == (0, True)


def test_without_balances_nothing_is_known():
    assert must(paid((0, 100, 1)), movements((0, 1, 100, 3)), 1) == (0, False)


def test_what_may_have_left_unseen_or_with_another_transfer_need_not_have_arrived():
    known = balances((0, 1, 100, 0), (0, 3, 0, 30))
    assert must(paid((0, 100, 1)), movements((0, 1, 70, 3)), 1, known) == (70, True)
    known = balances((0, 1, 100, 0), (0, 2, 90, 0), (0, 3, 0, 0))
    moved = movements((0, OUTSIDE, 10, 2), (0, 1, 90, 3))
    assert must(paid((0, 100, 1)), moved, 1, known) == (90, True)


def test_what_left_unseen_while_nothing_moved_on_record_counts_too():
    known = balances((0, 1, 100, 0), (0, 2, 60, 40), (0, 3, 0, 0))
    assert must(paid((0, 100, 1)), movements((0, 1, 60, 3)), 1, known) == (60, True)


def test_what_must_have_gone_by_way_of_another_account_counts():
    """Account 1 held 40 before the 100 came, and sends 120 on: 80 are the loan's, if all of it went there."""
    known = balances((0, 1, 100, 0), (0, 2, 0, 0), (1, 2, 140, 0), (1, 3, 20, 0))
    moved = movements((0, 1, 100, 2), (1, 2, 120, 3))
    assert must(paid((0, 100, 1)), moved, 2, known) == (80, True)


def test_one_account_without_balances_leaves_open_what_it_kept():
    known = balances((0, 1, 100, 0), (0, 2, 0, 0))
    assert must(paid((0, 100, 1)), movements((0, 1, 100, 2), (1, 2, 100, 3)), 2, known) == (0, False)


# -- every way that single coins can take


def together(coins, rows, at_once):
    """Every state after the transfers of one instant: coins by account, ``None`` for the goal and ``OUTSIDE``."""
    start = (tuple(coins), tuple(row[2] for row in rows), (0,) * len(coins))
    seen, queue = {start}, [start]
    for held, room, landed in queue:
        for which, (source, target, _) in enumerate(rows):
            if not room[which] or not held[source]:
                continue
            new_held, new_landed, new_room = list(held), list(landed), list(room)
            new_held[source] -= 1
            (new_held if at_once else new_landed)[target] += 1
            new_room[which] -= 1
            state = (tuple(new_held), tuple(new_room), tuple(new_landed))
            if state not in seen:
                seen.add(state)
                queue.append(state)
    return {tuple(map(sum, zip(held, landed, strict=True))) for held, _, landed in seen}


def outcomes(first, rows, accounts, at_once, most_held=None):
    """How many coins can have ended in the goal, which is the account behind the last; a set.

    Parameters
    ----------
    most_held : by time, the most coins that each account can hold behind it
    """
    states = {(0,) * (accounts + 1)}
    for time in sorted({row[3] for row in rows} | {row[2] for row in first}):
        came = [sum(amount for account, amount, when in first if (account, when) == (a, time)) for a in range(accounts)]
        here = [row[:3] for row in rows if row[3] == time]
        after = set()
        for state in states:
            if at_once:
                after |= together([held + more for held, more in zip(state, [*came, 0], strict=True)], here, True)
            else:
                moved = together(state, here, False)
                after |= {tuple(held + more for held, more in zip(one, [*came, 0], strict=True)) for one in moved}
        if most_held:
            after = {one for one in after if all(held <= top for held, top in zip(one, most_held[time], strict=False))}
        states = after
    return {state[accounts] for state in states}


def random_rows(random, accounts):
    """Payments and transfers of few coins; account ``accounts`` is the goal, from where nothing comes back."""
    size, times = int(random.integers(1, 9)), int(random.integers(1, 7))
    rows = []
    for _ in range(size):
        source, target = random.choice(accounts + 1, 2, replace=False).tolist()
        if source < accounts:
            rows.append((source, target, int(random.integers(0, 4)), int(random.integers(0, times))))
    payments = [
        (int(random.integers(0, accounts)), int(random.integers(1, 4)), int(random.integers(0, times)))
        for _ in range(int(random.integers(1, 3)))
    ]
    return payments, rows


@pytest.mark.parametrize("at_once", [True, False])
def test_as_much_can_have_arrived_as_coins_could_carry_at_best(at_once):
    for seed in range(300):
        accounts = 3
        payments, rows = random_rows(np.random.default_rng(seed), accounts)
        best = max(outcomes(payments, rows, accounts, at_once))
        assert can(paid(*payments), movements(*rows), accounts, at_once) == best, f"seed {seed}"


def balances_of(payments, rows, accounts, at_once):
    """By time, what each account holds behind it, if it held just enough before all."""
    times = sorted({row[3] for row in rows} | {row[2] for row in payments})
    came, left = np.zeros((2, len(times), accounts + 1), int)
    for account, amount, time in payments:
        came[times.index(time), account] += amount
    for source, target, amount, time in rows:
        left[times.index(time), source] += amount
        came[times.index(time), target] += amount
    behind = np.cumsum(came - left, axis=0)
    opening = np.maximum(-(behind if at_once else behind - came).min(axis=0), 0)
    return {time: (opening + held)[:accounts].tolist() for time, held in zip(times, behind, strict=True)}


@pytest.mark.parametrize("at_once", [True, False])
def test_as_much_must_have_arrived_as_coins_had_to_carry_at_worst(at_once):
    """Books in which everything is seen: each account's balance is what came in and did not leave."""
    some = 0
    for seed in range(400):
        accounts = 3
        payments, rows = random_rows(np.random.default_rng(seed), accounts)
        held = balances_of(payments, rows, accounts, at_once)
        known = [(account, time, held[time][account], 0) for time in held for account in range(accounts)]
        worst = min(outcomes(payments, rows, accounts, at_once, held))
        found = must(paid(*payments), movements(*rows), accounts, balances(*known), at_once)
        assert found == (worst, True), f"seed {seed}"
        some += worst > 0
    assert some > 20


@pytest.mark.parametrize("at_once", [True, False])
def test_nothing_is_created_and_what_leaves_came_before(at_once):
    for seed in range(200):
        random = np.random.default_rng(seed)
        accounts, size = 6, 60
        source, target = random.integers(0, accounts, (2, size))
        moved = Movements(source, target, random.integers(0, 2**40, size), random.integers(0, 12, size))
        first = Paid(random.integers(0, accounts, 3), random.integers(1, 2**41, 3), random.integers(0, 6, 3))
        arrives = target == 5
        along = most(first, moved, arrives, at_once)
        assert (along >= 0).all() and (along <= moved.amount).all(), f"seed {seed}"
        for account in range(accounts):
            for time in range(12):
                came = first.amount[(first.account == account) & (first.time < time + at_once)].sum()
                into = (target == account) & ~arrives & (moved.time < time + at_once)
                left = along[(source == account) & (moved.time <= time)].sum()
                assert left <= came + along[into].sum(), f"seed {seed}"
        assert along[arrives].sum() <= first.amount.sum(), f"seed {seed}"
