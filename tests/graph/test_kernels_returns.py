"""Money that comes back straight or by way of one more account, against trying every transfer."""

import numpy as np
import pytest
from ringfence.graph.kernels.returns import Groups, moves, returns


def found(rows, givers, takers, since=0, until=100, least=1, accounts=10):
    """What comes back of transfers ``(source, target, amount, time)`` in one case, as pairs of places of rows."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    money = moves(*columns, accounts)
    sides = [Groups(np.array([0, len(side)]), np.array(sorted(side), dtype=np.int64)) for side in (givers, takers)]
    back = returns(money, *sides, *(np.array([bound]) for bound in (since, until, least)))
    return [(int(money.order[one]), int(money.order[other])) for one, other in zip(back.first, back.last, strict=True)]


def tried(rows, givers, takers, since, until, least):
    """The last transfers of it, by trying all."""
    counts = [row[2] >= least and since <= row[3] <= until for row in rows]
    last = set()
    for place, (source, target, _, time) in enumerate(rows):
        if not counts[place] or target not in takers or source in takers:
            continue
        by_one_more = any(
            counts[other] and row[0] in givers and row[1] == source and row[3] <= time for other, row in enumerate(rows)
        )
        if source in givers or by_one_more:
            last.add(place)
    return last


@pytest.mark.parametrize("seed", range(100))
def test_equals_trying_every_transfer(seed):
    random = np.random.default_rng(seed)
    rows = [
        (int(random.integers(6)), int(random.integers(6)), int(random.integers(1, 6)), int(random.integers(12)))
        for _ in range(int(random.integers(1, 25)))
    ]
    givers, takers = {0, 1}, {4, 5}
    since, least = int(random.integers(0, 6)), int(random.integers(1, 4))
    until = since + int(random.integers(0, 8))
    pairs = found(rows, givers, takers, since, until, least)
    assert {last for _, last in pairs} == tried(rows, givers, takers, since, until, least), f"seed {seed}"
    for first, last in pairs:
        assert first == last or (rows[first][0] in givers and rows[first][1] == rows[last][0]), f"seed {seed}"
        assert since <= rows[first][3] <= rows[last][3] <= until, f"seed {seed}"


def test_straight_it_is_one_transfer():
    assert found([(0, 4, 9, 5)], {0}, {4}) == [(0, 0)]


def test_by_one_more_account_the_latest_payment_before_is_told():
    rows = [(0, 2, 9, 1), (0, 2, 9, 3), (0, 2, 9, 7), (2, 4, 9, 5)]
    assert found(rows, {0}, {4}) == [(1, 3)]


def test_amounts_and_times_count_at_their_limits():
    rows = [(0, 4, 5, 10)]
    assert found(rows, {0}, {4}, since=10, until=10, least=5) == [(0, 0)]
    assert found(rows, {0}, {4}, least=6) == found(rows, {0}, {4}, since=11) == found(rows, {0}, {4}, until=9) == []


def test_what_takers_pay_each_other_came_back_before():
    assert found([(0, 4, 9, 1), (4, 5, 9, 2)], {0}, {4, 5}) == [(0, 0)]


def test_two_more_accounts_are_too_many():
    assert found([(0, 2, 9, 1), (2, 3, 9, 2), (3, 4, 9, 3)], {0}, {4}) == []
