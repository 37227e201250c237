"""New nodes come into a picture around what they hang on; what stands there does not move, and nothing overlaps."""

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ringfence.api.layout.around import around

BOX = (90.0, 40.0)


def overlapping(points, sizes):
    return [
        (a, b)
        for a, b in itertools.combinations(points, 2)
        if all(abs(points[a][i] - points[b][i]) < (sizes[a][i] + sizes[b][i]) / 2 for i in (0, 1))
    ]


def random_picture(seed):
    """Nodes with places far apart, and new ones tied to them or to each other."""
    chance = random.Random(seed)
    placed = {f"company:{i}": (i % 3 * 260.0, i // 3 * 190.0) for i in range(chance.randint(0, 7))}
    new = [f"phone:{i}" for i in range(chance.randint(1, 30))]
    nodes = [*placed, *new]
    ties = [(chance.choice(nodes), chance.choice(nodes)) for _ in range(chance.randint(0, 40))]
    return placed, dict.fromkeys(nodes, BOX), ties


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_new_nodes_stand_clear_of_all_others_whatever_the_order(seed):
    placed, sizes, ties = random_picture(seed)
    found = around(sizes, placed, ties)
    assert found.keys() == sizes.keys() - placed.keys(), f"seed {seed}"
    assert not overlapping(placed | found, sizes), f"seed {seed}"
    chance = random.Random(seed)
    shuffled = {node: sizes[node] for node in chance.sample([*sizes], len(sizes))}
    assert around(shuffled, placed, chance.sample(ties, len(ties))) == found, f"seed {seed}"


def test_a_node_stands_beside_the_one_it_hangs_on():
    placed = {"company:A": (0.0, 0.0), "company:B": (900.0, 0.0)}
    found = around(dict.fromkeys([*placed, "phone:1", "phone:2"], BOX), placed, [("company:B", "phone:1")])
    assert math.dist(found["phone:1"], placed["company:B"]) < 200


def test_a_node_of_two_stands_between_them():
    placed = {"company:A": (0.0, 0.0), "company:B": (400.0, 0.0)}
    ties = [("company:A", "phone:1"), ("company:B", "phone:1")]
    x, y = around(dict.fromkeys([*placed, "phone:1"], BOX), placed, ties)["phone:1"]
    assert 0 < x < 400
    assert abs(y) < 150


def test_neighbours_go_to_the_side_where_there_is_room():
    """A has its only neighbour on the left, so what comes in goes right."""
    placed = {"company:A": (0.0, 0.0), "company:B": (-200.0, 0.0)}
    ties = [("company:A", "company:B"), ("company:A", "phone:1")]
    assert around(dict.fromkeys([*placed, "phone:1"], BOX), placed, ties)["phone:1"][0] > 0


def test_what_hangs_on_nothing_stands_under_the_picture():
    placed = {"company:A": (0.0, 0.0), "company:B": (300.0, 80.0)}
    found = around(dict.fromkeys([*placed, "phone:1"], BOX), placed, [])
    assert found["phone:1"][1] > 80 + BOX[1]


def test_an_empty_picture_is_laid_out_as_any_other():
    found = around(dict.fromkeys(["company:A", "phone:1"], BOX), {}, [("company:A", "phone:1")])
    assert len(found) == 2


@pytest.mark.parametrize("count", [399])
def test_a_full_star_keeps_its_middle_and_overlaps_nowhere(count):
    nodes = [f"phone:{i:03}" for i in range(count)]
    sizes = dict.fromkeys(["company:A", *nodes], BOX)
    placed = {"company:A": (5.0, 7.0)}
    found = around(sizes, placed, [("company:A", node) for node in nodes])
    assert "company:A" not in found
    assert not overlapping(placed | found, sizes)
