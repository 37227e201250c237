"""Cascades of calls, by hand and against trying every step anew."""

import random

import numpy as np
from oracles import contagion as oracle
from ringfence.graph.kernels.cascade import UNKNOWN, UNLIMITED, calls, cascade


def fall(contracts, capital, seeds):
    """The cascade over ``(guarantor, borrower, amount)``."""
    guarantor, borrower, amount = np.array(contracts, np.int64).reshape(-1, 3).T
    by = calls(guarantor, borrower, amount, len(capital))
    return cascade(by, np.array(capital), np.array(seeds))


def failed(found):
    """The step in which each failed, by party."""
    pairs = zip(found.parties.tolist(), found.round.tolist(), strict=True)
    return {party: step for party, step in pairs if step >= 0}


def test_each_failure_calls_the_next_guarantor_for_the_full_amount():
    """B stands for A, C for B; net assets of 50 and 30 do not bear 100."""
    found = fall([(1, 0, 100), (2, 1, 100)], [-100, 50, 30], [0])
    assert failed(found) == {0: 0, 1: 1, 2: 2}
    assert found.called.tolist() == [0, 100, 100]
    assert (found.contracts.tolist(), found.called_in.tolist()) == ([0, 1], [1, 2])


def test_a_call_of_exactly_what_a_party_has_does_not_bring_it_down():
    assert failed(fall([(1, 0, 100)], [0, 100], [0])) == {0: 0}
    assert failed(fall([(1, 0, 101)], [0, 100], [0])) == {0: 0, 1: 1}


def test_calls_add_up_over_steps():
    """C bears the call for A, and not that for B in the next step."""
    found = fall([(1, 0, 60), (2, 0, 60), (2, 1, 60)], [0, 50, 100], [0])
    assert failed(found) == {0: 0, 1: 1, 2: 2}
    assert found.called.tolist() == [0, 60, 120]


def test_a_guarantor_whose_capital_nobody_knows_stands_and_an_unknown_amount_adds_nothing():
    found = fall([(1, 0, 10**12), (2, 0, UNKNOWN)], [0, UNLIMITED, 0], [0])
    assert failed(found) == {0: 0}
    assert (found.parties.tolist(), found.called.tolist()) == ([0, 1, 2], [0, 10**12, 0])


def test_sums_beyond_64_bits_stop_at_the_largest_number():
    found = fall([(1, 0, 2**62)] * 3, [0, 2**62], [0])
    assert failed(found) == {0: 0, 1: 1}
    assert found.called.tolist() == [0, 2**63 - 1]


def test_a_round_comes_back_to_its_seed_and_ends():
    found = fall([(1, 0, 5), (0, 1, 5)], [0, 0], [0])
    assert failed(found) == {0: 0, 1: 1}
    assert found.called.tolist() == [5, 5]


def test_no_contracts_and_no_seeds():
    assert fall([], [1], [0]).parties.tolist() == [0]
    assert fall([(0, 1, 5)], [1, 1], []).parties.tolist() == []


def test_only_what_is_reached_is_looked_at():
    """A component beside the seed's is not in the answer."""
    found = fall([(1, 0, 5), (3, 2, 5)], [0, 0, 0, 0], [0])
    assert sorted(found.parties.tolist()) == [0, 1]


def test_random_nets_fall_as_they_do_step_by_step():
    for seed in range(300):
        chance = random.Random(seed)
        count = chance.randint(1, 9)
        contracts = [
            (chance.randrange(count), chance.randrange(count), chance.randint(0, 20))
            for _ in range(chance.randint(0, 25))
        ]
        capital = [chance.randint(-5, 40) for _ in range(count)]
        seeds = chance.sample(range(count), chance.randint(1, count))
        found = fall(contracts, capital, seeds)
        expected, called = oracle.cascade(contracts, capital, seeds)
        assert failed(found) == expected, f"seed {seed}"
        of_called = dict(zip(found.parties.tolist(), found.called.tolist(), strict=True))
        assert {party: amount for party, amount in of_called.items() if party in called} == called, f"seed {seed}"
