"""Acting in concert: against all windows, worked by hand, and no more false alarms than the formula promises."""

import math
from itertools import combinations_with_replacement

import numpy as np
import pytest
from ringfence.detectors.rings.concert import FEWEST, MARGIN, TELLING, Concert, concert
from ringfence.graph.model import ALWAYS, FOREVER

EVEN = np.arange(0, 1_000_001, 1000)
"""A book whose applications are spread evenly over a million milliseconds."""


def by_formula(times, calendar, first, last):
    """The surprise of a window, for the best k: the formula as the docstring states it."""
    people = sum(bool(own) for own in times)
    each = sum(map(len, times)) / people
    inside = sum(any(first <= time <= last for time in own) for own in times)
    begin, end = np.interp([first, last], calendar, np.linspace(0, 1, len(calendar)))
    share = max(end - begin, 1 / len(calendar))
    chances = [math.comb(people, k) * each**k * k * share ** (k - 1) for k in range(FEWEST, inside + 1)]
    return max([-math.log(chance * (people - FEWEST + 1)) for chance in chances], default=0.0)


@pytest.mark.parametrize("seed", range(80))
def test_equals_trying_every_window_and_every_k(seed):
    random = np.random.default_rng(seed)
    calendar = np.unique(np.concatenate(([0, 10_000], random.integers(0, 10_000, int(random.integers(1, 60))))))
    most, long = int(random.integers(1, 4)), int(random.choice([20, 300, 10_000]))
    times = [
        random.integers(0, long, int(random.integers(0, most + 1))).tolist() for _ in range(random.integers(1, 12))
    ]
    ends = sorted(time for own in times for time in own)
    found = concert(times, calendar)
    best = max([by_formula(times, calendar, *window) for window in combinations_with_replacement(ends, 2)], default=0.0)
    assert found.surprise == pytest.approx(max(best, 0.0), abs=1e-9), f"seed {seed}"
    if found.surprise:
        assert by_formula(times, calendar, found.first, found.last) == pytest.approx(found.surprise), f"seed {seed}"
    elif ends:
        assert (found.first, found.last) == (ends[0], ends[-1]), f"seed {seed}"


def test_a_case_worked_by_hand():
    # Three people, one application each, within 20,000 of 1,000,000: C(3, 3) x 1 x 3 x 0.02² = 0.0012, one k tried.
    found = concert([[100_000], [110_000], [120_000]], EVEN)
    assert found == (pytest.approx(-math.log(0.0012)), 100_000, 120_000)


def test_of_several_sizes_the_least_likely_counts_and_each_is_paid_for():
    # Four within 10,000 and a fifth far off. k = 3 within 5,000: C(5, 3) x 3 x 0.005² = 0.00075;
    # k = 4 within 10,000: 5 x 4 x 0.01³ = 0.00002; k = 5 within 800,000: 5 x 0.8⁴ > 1. Three k were tried.
    found = concert([[100_000], [105_000], [107_500], [110_000], [900_000]], EVEN)
    assert found == (pytest.approx(-math.log(0.00002 * 3)), 100_000, 110_000)


def test_who_applies_often_is_likelier_to_have_applied_then():
    # Twice as many applications, the others far apart: m = 2, so that 2³ = 8 times as many choices.
    rest = [[300_000], [600_000], [900_000]]
    near = [[100_000], [110_000], [120_000]]
    once, twice = concert(near, EVEN), concert([own + far for own, far in zip(near, rest, strict=True)], EVEN)
    assert once.surprise - twice.surprise == pytest.approx(math.log(8))
    assert (twice.first, twice.last) == (100_000, 120_000)


def test_one_person_is_one_however_often_he_applies():
    assert concert([[100_000 + i for i in range(9)], [500_000], [900_000]], EVEN).surprise == 0


def test_people_without_a_time_are_left_out():
    assert concert([[100_000], [110_000], [120_000], [], []], EVEN) == concert([[100_000], [110_000], [120_000]], EVEN)


def test_fewer_than_three_are_no_concert():
    assert concert([[5], [5]], EVEN) == (0.0, 5, 5)
    assert concert([], EVEN) == (0.0, 0, 0)
    assert concert([[], []], EVEN) == (0.0, 0, 0)
    assert concert([[5], [6], [9]], np.array([], dtype=np.int64)) == (0.0, 5, 9)


def test_at_one_moment_the_calendar_is_as_fine_as_it_can_tell():
    # Nobody can be closer than one of its 1,001 steps: 3 x (1 / 1001)².
    assert concert([[5_000]] * 3, EVEN).surprise == pytest.approx(-math.log(3 / 1001**2))


def test_a_season_makes_nobody_suspect():
    # Nine in ten of the book's applications fall on one promotion day of a thousand days.
    rest = np.linspace(0, 1_000_000, 101)
    calendar = np.sort(np.concatenate((rest, np.linspace(500_000, 501_000, 900)))).astype(np.int64)
    group = [[500_000 + 100 * i] for i in range(10)]
    assert concert(group, calendar).surprise == 0
    # Ten on an ordinary day, or on that day in another book.
    ordinary = [[200_000 + 100 * i] for i in range(10)]
    assert concert(ordinary, calendar).surprise > 40
    assert concert(group, EVEN).surprise > 40


def test_a_busier_half_year_counts_for_what_it_is():
    # Nine in ten applications in the second half: its days are nine times as long by the book's clock.
    calendar = np.interp(np.linspace(0, 1, 1001), [0, 0.1, 1], [0, 500_000, 1_000_000]).astype(np.int64)
    quiet, busy = (concert([[start], [start + 1000], [start + 2000]], calendar) for start in (200_000, 700_000))
    assert quiet.surprise == pytest.approx(-math.log(3 * 0.0010**2), abs=0.01)  # not below one step: 0.0004
    assert busy.surprise == pytest.approx(-math.log(3 * 0.0036**2), abs=0.01)


def test_a_telling_concert_leaves_a_margin_and_others_bound_nothing():
    assert Concert(TELLING, 10**10, 10**10 + 5).span() == (10**10 - MARGIN, 10**10 + 5 + MARGIN)
    assert Concert(TELLING - 0.01, 10**10, 10**10 + 5).span() == (ALWAYS, FOREVER)
    assert MARGIN == 30 * 24 * 3600 * 1000


@pytest.mark.parametrize(("people", "each"), [(3, 1), (5, 1), (12, 1), (5, 3), (8, "some")])
def test_false_alarms_are_no_more_than_promised(people, each):
    """Of groups whose times are uniform, a surprise of x or more has at most the chance e^-x."""
    seed, draws = 20261, 3000
    random = np.random.default_rng(seed)
    calendar = np.linspace(0, 10**9, 1001).astype(np.int64)
    found = np.empty(draws)
    for draw in range(draws):
        # "some": between one and four each, so that people are not alike
        counts = random.integers(1, 5, people) if each == "some" else np.full(people, each)
        found[draw] = concert([random.integers(0, 10**9, count).tolist() for count in counts], calendar).surprise
    for surprise in (2.0, 4.0):
        promised = math.exp(-surprise)
        share, error = (found >= surprise).mean(), math.sqrt(promised * (1 - promised) / draws)
        assert share <= promised + 4 * error, f"seed {seed}: {share} of {draws} at {surprise}, promised {promised}"
    if (people, each) == (3, 1):
        # Three within a share w of the time have the chance 3 w² - 2 w³ exactly: the bound is close, and no idle one.
        share = math.sqrt(math.exp(-2) / 3)
        exact = 3 * share**2 - 2 * share**3
        error = math.sqrt(exact * (1 - exact) / draws)
        assert (found >= 2).mean() == pytest.approx(exact, abs=4 * error), f"seed {seed}"
