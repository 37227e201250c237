"""The exact test of risky clusters: by hand, and against all outcomes counted one by one."""

from itertools import product
from math import prod

import numpy as np
import pytest
from ringfence.detectors.clusters.exact import at_least, largest_discovery


def test_so_many_bad_ones_by_hand():
    # of three with 1/2, 1/4 and 1/4: all 1/32; two or more 1/32 + 1/32 + 3/32 + 3/32
    assert at_least([0.5, 0.25, 0.25], 3) == 1 / 32
    assert at_least([0.5, 0.25, 0.25], 2) == pytest.approx(8 / 32)
    assert at_least([0.5, 0.25, 0.25], 0) == 1
    assert at_least([0.5], 2) == 0


@pytest.mark.parametrize("seed", range(20))
def test_so_many_bad_ones_is_the_sum_over_all_outcomes(seed):
    random = np.random.default_rng(seed)
    chances = random.uniform(0.001, 0.9, random.integers(1, 11)).tolist()
    for count in range(len(chances) + 2):
        every = sum(
            prod(chance if bad else 1 - chance for chance, bad in zip(chances, outcome, strict=True))
            for outcome in product((0, 1), repeat=len(chances))
            if sum(outcome) >= count
        )
        assert at_least(chances, count) == pytest.approx(every, rel=1e-9, abs=1e-15), f"seed {seed}, {count} of them"


def test_very_rare_ones_are_no_rounding_of_zero():
    assert at_least([0.01] * 30, 30) == pytest.approx(1e-60)


def test_the_order_of_chances_is_no_matter():
    chances = np.random.default_rng(1).uniform(0.01, 0.2, 40).tolist()
    assert at_least(chances, 7) == at_least(chances[::-1], 7)


def test_discoveries_by_hand():
    # in rising order the third, 0.03, is at most 3/5 of 0.05, and so the second, 0.025, stands, too, though above 2/5
    assert largest_discovery(np.array([0.03, 0.9, 0.004, 0.025, 0.6]), 0.05) == 0.03
    assert largest_discovery(np.array([0.03, 0.9, 0.004, 0.035, 0.6]), 0.05) == 0.004
    assert largest_discovery(np.array([0.02, 0.9, 0.5, 0.4, 0.6]), 0.05) == 0
    assert largest_discovery(np.array([]), 0.05) == 0


@pytest.mark.parametrize("seed", range(20))
def test_discoveries_are_those_of_the_step_up_procedure(seed):
    random = np.random.default_rng(seed)
    chances = np.round(random.uniform(0, 1, 30) ** 4, 4)
    ranked = sorted(chances.tolist())
    stands = [rank for rank, chance in enumerate(ranked, 1) if chance <= 0.05 * rank / 30]
    expected = ranked[max(stands) - 1] if stands else 0.0
    assert largest_discovery(chances, 0.05) == expected, f"seed {seed}"
