"""Cycles of transfers along ascending times, against trying every sequence."""

import numpy as np
import pytest
from ringfence.graph.kernels.time_cycles import time_cycles
from ringfence.graph.kernels.tracing import outgoing


def found(rows, shortest=2, longest=6, window=100, **bounds):
    """The cycles of transfers ``(source, target, time)``, each as the places of its rows; and the answer whole."""
    source, target, time = (np.array(column) for column in zip(*rows, strict=True))
    out = outgoing(source, target, np.ones(len(rows), int), time, int(max(source.max(), target.max())) + 1)
    answer = time_cycles(out, shortest, longest, window, **bounds)
    cycles = [
        tuple(out.order[answer.transfers[low:high]].tolist())
        for low, high in zip(answer.offsets[:-1], answer.offsets[1:], strict=True)
    ]
    return cycles, answer


def tried(rows, shortest, longest, window):
    """The same by trying every sequence of transfers."""
    cycles = []

    def go_on(path, passed):
        for place, (source, target, time) in enumerate(rows):
            last = rows[path[-1]]
            if source != last[1] or not last[2] < time <= rows[path[0]][2] + window or len(path) == longest:
                continue
            if target == passed[0] and len(path) + 1 >= shortest:
                cycles.append((*path, place))
            elif target not in passed:
                go_on([*path, place], [*passed, target])

    for place, (source, target, _) in enumerate(rows):
        if source != target:
            go_on([place], [source, target])
    return cycles


@pytest.mark.parametrize("seed", range(80))
def test_equals_trying_every_sequence(seed):
    random = np.random.default_rng(seed)
    accounts, count = int(random.integers(2, 8)), int(random.integers(1, 30))
    rows = list(
        zip(
            random.integers(0, accounts, count).tolist(),
            random.integers(0, accounts, count).tolist(),
            random.integers(0, 12, count).tolist(),
            strict=True,
        )
    )
    shortest = int(random.integers(2, 4))
    longest, window = int(random.integers(shortest, 7)), int(random.integers(1, 12))
    cycles, answer = found(rows, shortest, longest, window)
    assert len(set(cycles)) == len(cycles), f"seed {seed}: one twice"
    assert sorted(cycles) == sorted(tried(rows, shortest, longest, window)), f"seed {seed}"
    assert not len(answer.cut) and not answer.busy


def test_a_cycle_is_found_once_from_its_first_transfer():
    assert found([(0, 1, 1), (1, 2, 2), (2, 0, 3)])[0] == [(0, 1, 2)]


def test_times_must_ascend():
    assert found([(0, 1, 1), (1, 2, 3), (2, 0, 2)])[0] == []
    assert found([(0, 1, 1), (1, 2, 2), (2, 0, 2)])[0] == []


def test_the_last_transfer_is_within_the_window_of_the_first():
    rows = [(0, 1, 1), (1, 2, 2), (2, 0, 31)]
    assert found(rows, window=30)[0] == [(0, 1, 2)]
    assert found(rows, window=29)[0] == []


def test_lengths_are_those_asked_for():
    rows = [(0, 1, 1), (1, 0, 2), (1, 2, 3), (2, 0, 4)]
    assert found(rows, 2, 2)[0] == [(0, 1)]
    assert found(rows, 3, 3)[0] == [(0, 2, 3)]


def test_parallel_transfers_make_a_cycle_each():
    rows = [(0, 1, 1), (0, 1, 2), (1, 2, 3), (2, 0, 4)]
    assert sorted(found(rows, 3, 3)[0]) == [(0, 2, 3), (1, 2, 3)]


def test_no_account_is_passed_twice_and_a_transfer_to_itself_makes_none():
    assert found([(0, 1, 1), (1, 2, 2), (2, 1, 3), (1, 0, 4)], 3, 4)[0] == []
    assert found([(0, 0, 1), (0, 0, 2)])[0] == []


def test_a_busy_account_is_not_followed_and_that_is_told():
    rows = [(0, 1, 1), (1, 0, 5), *((1, 2, 2) for _ in range(4)), (2, 0, 4)]
    assert len(found(rows)[0]) == 5
    for busy in (rows, [(target, source, 10 - time) for source, target, time in rows]):
        cycles, answer = found(busy, fan_out=3)
        assert answer.busy and len(cycles) < 5


def test_bounds_on_the_number_of_cycles_are_told_by_the_transfer_they_bit_at():
    rows = [(0, 1, 1), *((1, 0, time) for time in range(2, 10))]
    cycles, answer = found(rows, most_each=3)
    assert len(cycles) == 3 and answer.cut.tolist() == [0]
    cycles, answer = found(rows, most=2)
    assert len(cycles) == 2 and len(answer.cut)


def test_without_transfers_there_is_none():
    none = np.zeros(0, int)
    assert len(time_cycles(outgoing(none, none, none, none, 3), 2, 6, 10).transfers) == 0


@pytest.mark.parametrize(("shortest", "longest"), [(1, 3), (4, 3), (2, 17)])
def test_lengths_that_nobody_can_ask_for(shortest, longest):
    none = np.zeros(0, int)
    with pytest.raises(ValueError, match="choose 2 to 16"):
        time_cycles(outgoing(none, none, none, none, 1), shortest, longest, 10)
