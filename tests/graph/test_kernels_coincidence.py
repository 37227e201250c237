"""What pairs share, weighed: worked cases, and brute force on random holdings."""

import math
from collections import defaultdict

import numpy as np
import pytest
from ringfence.graph.kernels.coincidence import (
    EACH,
    ONCE,
    PLACE,
    SESSION,
    Holding,
    Moments,
    Scale,
    added_up,
    closeness,
    coincidences,
)

NEVER = (np.iinfo(np.int64).max, np.iinfo(np.int64).min)
FOREVER = np.iinfo(np.int64).max


def scale(rules, weights, apart=None, facet=None):
    """A scale in which a way makes the facet of its number with itself alone; weights are by facet, for any degree."""
    facets = len(rules)
    if facet is None:
        facet = np.repeat(np.where(np.eye(facets, dtype=bool), np.arange(facets), -1)[None], 2, axis=0)
    weight = np.repeat(np.array(weights, dtype=np.float32)[:, None], 10, axis=1)
    return Scale(
        facet,
        np.array(rules),
        weight,
        np.array(apart or [FOREVER] * facets),
        10.0,
        1000.0,
        0.5,
    )


def held(*rows):
    """Holdings from ``(holder, value, way)`` or ``(holder, value, way, time)``, sorted; none has a label."""
    rows = sorted((*row[:3], -1, *NEVER) if len(row) == 3 else (*row[:3], -1, row[3], row[3]) for row in rows)
    return Holding(*(np.array(column) for column in zip(*rows, strict=True)))


def moments(*times):
    """When each holder did something."""
    offsets = np.cumsum([0, *map(len, times)])
    return Moments(offsets, np.array([time for own in times for time in sorted(own)], dtype=np.int64))


def compared(holding, scale, group=None, label=None, acts=None):
    """``{(first, second): total}`` of pairs with two things or more, and the lone counts."""
    holders = np.arange(holding.holder.max() + 1)
    degree = np.full(holding.value.max() + 1, 2)
    acts = acts or moments(*([] for _ in holders))
    ties, lone = coincidences(holding, holders if group is None else np.array(group), degree, acts, scale)
    return pairs(added_up(ties, holders if label is None else np.array(label), scale.rule)), lone


def pairs(sums):
    """The pairs with two things or more, with their totals."""
    rows = zip(*(column.tolist() for column in sums), strict=True)
    return {(one, other): pytest.approx(total, abs=2e-3) for one, other, total, things, *_ in rows if things >= 2}


def test_two_values_of_a_facet_that_counts_each_make_a_pair():
    found, _ = compared(held((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0), (2, 1, 0)), scale([EACH], [2.0]))
    assert found == {(0, 1): 4.0}


def test_of_a_facet_that_counts_once_the_best_is_taken_and_one_thing_makes_no_pair():
    rows = [(h, v, 0) for h in (0, 1) for v in (0, 1, 2)]
    assert compared(held(*rows), scale([ONCE], [2.0]))[0] == {}
    found, _ = compared(held(*rows, (0, 3, 1), (1, 3, 1)), scale([ONCE, EACH], [2.0, 1.5]))
    assert found == {(0, 1): 3.5}


def test_places_count_once_together_and_a_session_not_beside_the_first_facet():
    """Facets: handset, place, session. Without the handset the better of place and session counts."""
    rules, weights = [EACH, PLACE, SESSION, ONCE], [3.0, 1.0, 2.0, 0.5]
    without = [(h, v, v) for h in (0, 1) for v in (1, 2, 3)]
    assert compared(held(*without), scale(rules, weights))[0] == {(0, 1): 2.5}
    handset = [(h, v, v) for h in (0, 1) for v in (0, 2)]
    assert compared(held(*handset), scale(rules, weights))[0] == {}
    at_home = [(h, v, v) for h in (0, 1) for v in (0, 1, 2)]
    assert compared(held(*at_home), scale(rules, weights))[0] == {(0, 1): 4.0}


def test_pairs_of_one_group_are_passed_over():
    rows = held((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0))
    assert compared(rows, scale([EACH], [2.0]), group=[7, 7])[0] == {}


def test_groups_are_tied_by_what_any_of_them_share_each_value_once():
    """0 and 1 are one group: with 2 they share value 0 (both do) and value 1 (only 1 does)."""
    rows = held((0, 0, 0), (1, 0, 0), (2, 0, 0), (1, 1, 0), (2, 1, 0))
    assert compared(rows, scale([EACH], [2.0]), label=[5, 5, 6])[0] == {(5, 6): 4.0}


def test_people_who_act_close_in_time_weigh_more_once():
    """The nearest of their acts are 5 apart, the least of 2 x 1 gaps; chance has 2 x 2 x 995 / 1000² for that."""
    rows = held((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0))
    more = math.log(0.5 * math.exp(-5 / 10) / 10 / (2 * 2 * 995 / 1000**2) + 0.5)
    assert closeness(5.0, 2.0, 10.0, 1000.0, 0.5) == pytest.approx(more)
    assert compared(rows, scale([EACH], [2.0]), acts=moments([10, 500], [505]))[0] == {(0, 1): 4.0 + more}
    assert compared(rows, scale([EACH], [2.0]), acts=moments([10], []))[0] == {(0, 1): 4.0}


def test_uses_too_far_apart_in_time_are_not_shared():
    late = held((0, 0, 0, 100), (1, 0, 0, 900), (0, 1, 1), (1, 1, 1))
    assert compared(late, scale([EACH, EACH], [2.0, 1.0], apart=[799, FOREVER]))[0] == {}
    assert len(compared(late, scale([EACH, EACH], [2.0, 1.0], apart=[800, FOREVER]))[0]) == 1


def test_holders_who_call_a_value_differently_share_it_in_another_way():
    rows = held((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0))
    called = scale([EACH, EACH], [2.0, 1.0], facet=np.array([[[0, -1], [-1, -1]], [[1, -1], [-1, -1]]]))
    assert compared(rows, called)[0] == {(0, 1): 4.0}
    assert compared(rows._replace(label=np.array([7, 7, 8, -1])), called)[0] == {(0, 1): 3.0}


def test_two_groups_are_slightly_tied_where_one_of_each_holds_all_that_ties_them():
    def slight(*rows):
        """Whether the groups of holders 0 and 1, and of 2 and 3, are so tied."""
        holding = held(*rows)
        weigh = scale([EACH, PLACE], [2.0, 1.0])
        holders = np.arange(4)
        degree = np.full(holding.value.max() + 1, 2)
        ties, _ = coincidences(holding, holders, degree, moments(*([] for _ in holders)), weigh)
        return added_up(ties, np.array([0, 0, 1, 1]), weigh.rule).slight.tolist()

    assert slight((0, 0, 0), (2, 0, 0)) == [True]
    assert slight((0, 0, 0), (1, 0, 0), (2, 0, 0)) == [False]
    assert slight((0, 0, 0), (2, 0, 0), (0, 1, 0), (2, 1, 0)) == [False], "two things"
    assert slight((0, 0, 1), (2, 0, 1), (0, 1, 1), (2, 1, 1)) == [True], "two places are one thing"


def test_a_pair_is_alone_with_one_facet_or_with_several_that_are_one_thing():
    rules, weights = [EACH, PLACE, SESSION], [1.0, 1.0, 1.0]

    def lone(*rows):
        return compared(held(*rows), scale(rules, weights))[1][:, 2].tolist()

    assert lone((0, 0, 0), (1, 0, 0)) == [1, 0, 0]
    assert lone(*[(h, v, v) for h in (0, 1) for v in (1, 2)]) == [0, 1, 1]
    assert lone(*[(h, v, v) for h in (0, 1) for v in (0, 2)]) == [1, 0, 0]
    assert lone(*[(h, v, v) for h in (0, 1) for v in (0, 1)]) == [0, 0, 0]


def oracle(rows, group, degree, acts, scale):
    """Totals and lone counts, by comparing all pairs of holders."""
    by_holder = defaultdict(dict)
    for row in zip(*(column.tolist() for column in rows), strict=True):
        by_holder[row[0]][row[1]] = row[2:]
    totals, lone = {}, np.zeros(scale.weight.shape, dtype=int)
    for one in by_holder:
        for other in by_holder:
            if one >= other or group[one] == group[other]:
                continue
            shared = []
            for value in by_holder[one].keys() & by_holder[other].keys():
                way, label, first, last = by_holder[one][value]
                way2, label2, first2, last2 = by_holder[other][value]
                facet = scale.facet[int(min(label, label2) >= 0 and label != label2), way, way2]
                timed = first <= last and first2 <= last2
                gap = max(first - last2, first2 - last, 0) if timed else 0
                if facet >= 0 and gap <= scale.apart[facet]:
                    shared.append((facet, scale.rule[facet], float(scale.weight[facet, degree[value]]), degree[value]))
            handset = any(facet == 0 for facet, *_ in shared)
            handset_tie = any(facet == 0 and w > 0 for facet, _, w, _ in shared)
            each = [w for _, rule, w, _ in shared if rule == EACH and w > 0]
            once = max((w for _, rule, w, _ in shared if rule == ONCE and w > 0), default=0)
            somewhere = [w for _, rule, w, _ in shared if rule == PLACE or (rule == SESSION and not handset_tie)]
            place = max(0, *somewhere, 0)
            if len(each) + (once > 0) + (place > 0) >= 2:
                near = 0.0
                if acts[one] and acts[other]:
                    gap = min(abs(a - b) for a in acts[one] for b in acts[other])
                    tries = len(acts[one]) * len(acts[other])
                    near = closeness(float(gap), float(tries), scale.pace, scale.span, scale.together)
                totals[one, other] = pytest.approx(sum(each) + once + place + near, abs=2e-3)
            counted = [(f, r, d) for f, r, _, d in shared if r != SESSION or not handset]
            places = any(rule in (PLACE, SESSION) for _, rule, _ in counted)
            if len({f for f, rule, _ in counted if rule in (EACH, ONCE)}) + places == 1:
                for facet in {facet for facet, _, _ in counted}:
                    lone[facet, min(d for f, _, d in counted if f == facet)] += 1
    return totals, lone


@pytest.mark.parametrize("seed", range(60))
def test_equals_comparing_all_pairs(seed):
    random = np.random.default_rng(seed)
    facets, ways, holders, values = 5, 4, int(random.integers(2, 30)), int(random.integers(1, 20))
    facet = random.integers(-1, facets, (2, ways, ways))
    facet = np.triu(facet) + np.triu(facet, 1).transpose(0, 2, 1)
    tried = scale(
        [EACH, *random.integers(0, 4, facets - 1)],
        random.uniform(-1, 3, facets),
        apart=random.choice([50, 400, FOREVER], facets).tolist(),
        facet=facet,
    )
    tried = tried._replace(weight=random.uniform(-1, 3, (facets, 10)).astype(np.float32))
    keys = np.unique(random.integers(0, holders * values, int(random.integers(1, 150))))
    first = random.integers(0, 1000, len(keys))
    last = first + random.integers(0, 100, len(keys))
    unknown = random.random(len(keys)) < 0.3
    first, last = np.where(unknown, NEVER[0], first), np.where(unknown, NEVER[1], last)
    way, label = random.integers(0, ways, len(keys)), random.integers(-1, 3, len(keys))
    rows = Holding(keys // values, keys % values, way, label, first, last)
    group = random.integers(0, holders, holders)
    degree = random.integers(2, 10, values)
    acts = [random.integers(0, 1000, random.integers(0, 4)).tolist() for _ in range(holders)]
    ties, found_lone = coincidences(rows, group, degree, moments(*acts), tried)
    totals, lone = oracle(rows, group, degree, acts, tried)
    assert pairs(added_up(ties, np.arange(holders), tried.rule)) == totals, f"seed {seed}"
    assert found_lone.tolist() == lone.tolist(), f"seed {seed}"
