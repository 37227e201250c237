"""Pictures are placed here: the same graph looks the same, whatever the order of its rows; nothing hides anything."""

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ringfence.api.layout.arcs import Arc, curve, route
from ringfence.api.layout.placing import layout

BOX = (110.0, 44.0)


def sizes(nodes, box=BOX):
    return dict.fromkeys(nodes, box)


def overlapping(points, sizes):
    return [
        (a, b)
        for a, b in itertools.combinations(points, 2)
        if abs(points[a][0] - points[b][0]) < (sizes[a][0] + sizes[b][0]) / 2
        and abs(points[a][1] - points[b][1]) < (sizes[a][1] + sizes[b][1]) / 2
    ]


def random_graph(seed):
    chance = random.Random(seed)
    nodes = [f"company:{i:02}" for i in range(chance.randint(1, 26))]
    arcs = [(chance.choice(nodes), chance.choice(nodes)) for _ in range(chance.randint(0, 2 * len(nodes)))]
    boxes = {node: (chance.uniform(30, 160), chance.uniform(20, 80)) for node in nodes}
    return nodes, arcs, boxes


@given(st.integers(0, 10**6), st.booleans())
def test_the_order_of_nodes_and_arcs_changes_nothing(seed, flow):
    nodes, arcs, boxes = random_graph(seed)
    chance = random.Random(seed + 1)
    shuffled = {node: boxes[node] for node in chance.sample(nodes, len(nodes))}
    again = layout(shuffled, chance.sample(arcs, len(arcs)), flow=flow)
    assert again == layout(boxes, arcs, flow=flow), f"seed {seed}"


@given(st.integers(0, 10**6), st.booleans())
@example(1360, True)  # a ring of nodes of unequal size, turned towards its neighbours
def test_every_node_has_its_own_place(seed, flow):
    nodes, arcs, boxes = random_graph(seed)
    points = layout(boxes, arcs, flow=flow)
    assert set(points) == set(nodes)
    assert not overlapping(points, boxes), f"seed {seed}"


@pytest.mark.parametrize("shape", ["star", "tree", "grid", "dense"])
def test_four_hundred_nodes_still_do_not_overlap(shape):
    nodes = [f"company:{i:03}" for i in range(400)]
    chance = random.Random(5)
    arcs = {
        "star": [(nodes[0], node) for node in nodes[1:]],
        "tree": [(nodes[(i - 1) // 3], nodes[i]) for i in range(1, 400)],
        "grid": [(nodes[i], nodes[i + step]) for i in range(380) for step in (1, 20)],
        "dense": [(chance.choice(nodes), chance.choice(nodes)) for _ in range(3000)],
    }[shape]
    assert not overlapping(layout(sizes(nodes), arcs), sizes(nodes))


def test_a_cycle_stands_on_a_circle_in_its_own_order_clockwise():
    cycle = ["company:D", "company:A", "company:E", "company:B", "company:C"]
    points = layout(sizes(cycle), list(zip(cycle, cycle[1:] + cycle[:1], strict=True)))
    cx, cy = (sum(points[n][i] for n in cycle) / 5 for i in (0, 1))
    radii = [math.dist(points[n], (cx, cy)) for n in cycle]
    assert max(radii) - min(radii) < 1
    angles = [math.atan2(points[n][1] - cy, points[n][0] - cx) for n in cycle]
    steps = [(b - a) % (2 * math.pi) for a, b in zip(angles, angles[1:] + angles[:1], strict=True)]
    assert steps == pytest.approx([2 * math.pi / 5] * 5, abs=0.01)


def test_a_cycle_through_all_is_found_behind_paths_that_do_not_close():
    # a-b-d-e-c-f also goes through all, but f does not lead back to a.
    arcs = [("a", "b"), ("b", "d"), ("b", "e"), ("c", "f"), ("d", "a"), ("d", "b"), ("d", "e"), ("e", "c"), ("f", "d")]
    points = layout(sizes("abcdef"), arcs)
    around = sorted("abcdef", key=lambda n: math.atan2(points[n][1], points[n][0]))
    assert all(arc in arcs for arc in zip(around, around[1:] + around[:1], strict=True)), around


def test_a_joint_group_stands_on_a_circle():
    group = [f"applicant:P{i}" for i in range(6)]
    points = layout(sizes(group), list(itertools.permutations(group, 2)))
    radii = [math.dist(points[n], (0, 0)) for n in group]
    assert max(radii) - min(radii) < 1


def test_a_mutual_pair_stands_side_by_side():
    points = layout(sizes("ab"), [("a", "b"), ("b", "a")])
    assert points["a"][1] == points["b"][1]
    assert points["b"][0] - points["a"][0] > BOX[0] + 80


def test_a_chain_runs_from_left_to_right():
    chain = [f"company:{c}" for c in "GBHAFCDEI"]
    points = layout(sizes(chain), itertools.pairwise(chain))
    xs = [points[node][0] for node in chain]
    assert xs == sorted(xs) and len({points[node][1] for node in chain}) == 1


@given(st.integers(0, 10**6))
def test_guarantees_without_a_cycle_all_point_to_the_right(seed):
    chance = random.Random(seed)
    nodes = [f"company:{i:02}" for i in chance.sample(range(99), 12)]
    arcs = [(a, b) for a, b in itertools.combinations(nodes, 2) if chance.random() < 0.2]
    points = layout(sizes(nodes), arcs)
    assert all(points[source][0] < points[target][0] for source, target in arcs), f"seed {seed}"


def test_a_chain_hung_on_a_cycle_leaves_the_circle_whole():
    ring = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]
    points = layout(sizes("abcdefg"), [*ring, ("e", "a"), ("c", "f"), ("f", "g")])
    cx, cy = (sum(points[n][i] for n in "abcd") / 4 for i in (0, 1))
    radii = [math.dist(points[n], (cx, cy)) for n in "abcd"]
    assert max(radii) - min(radii) < 1
    assert points["e"][0] < min(points[n][0] for n in "abcd")
    assert min("abcd", key=lambda n: math.dist(points["e"], points[n])) == "a"
    assert min("abcd", key=lambda n: math.dist(points["f"], points[n])) == "c"
    assert max(points[n][0] for n in "abcd") < points["f"][0] < points["g"][0]


def test_a_chain_too_long_for_one_row_goes_on_in_a_second():
    chain = [f"company:{i:02}" for i in range(24)]
    points = layout(sizes(chain), itertools.pairwise(chain))
    width = max(x for x, _ in points.values()) - min(x for x, _ in points.values())
    assert width < 2200
    lengths = [math.dist(points[a], points[b]) for a, b in itertools.pairwise(chain)]
    assert max(lengths) < 2 * min(lengths)


@pytest.mark.parametrize("seed", range(5))
def test_another_key_file_leaves_the_picture_as_it_was(seed):
    """One person with five devices, which others share: how many tells the devices apart, their tokens do not."""

    def picture(tokens):
        devices = [f"device:tok_{token:032x}" for token in tokens]
        arcs = [("applicant:A", device) for device in devices]
        arcs += [(f"applicant:{i}{j}", devices[i]) for i in range(5) for j in range(i)]
        people = sorted({source for source, _ in arcs})
        points = layout(sizes([*people, *devices]), arcs, flow=False)
        return [points[node] for node in [*people, *devices]]

    assert picture(random.Random(seed).sample(range(100), 5)) == picture([1, 2, 3, 4, 5]), f"seed {seed}"


# -- arcs and labels


def routed(arcs, points, label=(60.0, 18.0)):
    return route([Arc(*arc, label) for arc in arcs], points, sizes(points))


def apart(a, b, label=(60.0, 18.0)):
    return abs(a[0] - b[0]) >= label[0] or abs(a[1] - b[1]) >= label[1]


def test_mutual_arcs_bow_apart_so_that_both_labels_can_be_read():
    points = layout(sizes("ab"), [("a", "b"), ("b", "a")])
    there, back = routed([("a", "b"), ("b", "a")], points)
    assert there.roundness == back.roundness != 0
    assert apart(there.label, back.label)


def test_parallel_arcs_of_two_relations_bow_apart():
    points = layout(sizes("ab"), [("a", "b")])
    one, other = routed([("a", "b"), ("a", "b")], points)
    assert one.roundness == -other.roundness != 0
    assert apart(one.label, other.label)


def test_an_arc_alone_is_straight_and_bows_only_around_a_node_in_its_way():
    points = {"a": (0.0, 0.0), "b": (200.0, 0.0), "c": (400.0, 0.0)}
    near, around = routed([("a", "b"), ("a", "c")], points)
    assert near.roundness == 0 != around.roundness
    line = curve(points["a"], points["c"], around.roundness, np.linspace(0, 1, 101))
    assert not [p for p in line if abs(p[0] - 200) < BOX[0] / 2 and abs(p[1]) < BOX[1] / 2]


def test_no_label_covers_a_node_or_another_label():
    six = [f"applicant:P{i}" for i in range(6)]
    for nodes, arcs in (
        ("abcde", [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "a"), ("b", "e")]),
        (six, list(itertools.combinations(six, 2))),
    ):
        points = layout(sizes(nodes), arcs, gap=110)
        spots = [way.label for way in routed(arcs, points)]
        assert len(spots) == len(arcs)
        assert all(apart(a, b) for a, b in itertools.combinations(spots, 2))
        assert not [
            s for s in spots for p in points.values() if not apart(s, p, ((60 + BOX[0]) / 2, (18 + BOX[1]) / 2))
        ]


def test_a_self_guarantee_has_its_label_above_it():
    (loop,) = routed([("a", "a")], {"a": (0.0, 0.0)})
    assert loop.label[0] == 0 and loop.label[1] < -BOX[1] / 2
