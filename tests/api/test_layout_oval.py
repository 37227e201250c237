"""A ring's places: people around, things inside, nothing on anything, and the same whatever the order of its rows."""

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ringfence.api.layout.oval import oval

PERSON, THING = (70.0, 52.0), (150.0, 58.0)


def random_ring(seed, people=None):
    chance = random.Random(seed)
    people = [f"applicant:{i:03}" for i in range(people or chance.randint(1, 24))]
    things = [f"device:{i:03}" for i in range(chance.randint(0, 14))]
    users = {thing: chance.sample(people, min(len(people), chance.randint(2, 6))) for thing in things}
    ties = {(person, thing): 1 / len(users[thing]) for thing in things for person in users[thing]}
    links = [tuple(chance.sample(people, 2)) for _ in range(chance.randint(0, 4))] if len(people) > 1 else []
    boxes = {person: (PERSON[0] + chance.uniform(0, 20), PERSON[1]) for person in people}
    return boxes | {thing: (THING[0], THING[1] + chance.uniform(0, 14)) for thing in things}, things, ties, links


def overlapping(points, sizes):
    return [
        (a, b)
        for a, b in itertools.combinations(points, 2)
        if all(abs(points[a][i] - points[b][i]) < (sizes[a][i] + sizes[b][i]) / 2 - 0.2 for i in (0, 1))
    ]


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_everyone_and_everything_has_its_own_place(seed):
    sizes, things, ties, links = random_ring(seed)
    points, around = oval(sizes, things, ties, links)
    assert set(points) == set(sizes) and sorted(around) == sorted(set(sizes) - set(things))
    assert not overlapping(points, sizes), f"seed {seed}"


@pytest.mark.parametrize("people", [60, 150])
def test_large_rings_do_not_overlap_either(people):
    sizes, things, ties, links = random_ring(people, people)
    assert not overlapping(oval(sizes, things, ties, links)[0], sizes)


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_the_order_of_nodes_ties_and_links_changes_nothing(seed):
    sizes, things, ties, links = random_ring(seed)
    chance = random.Random(seed + 1)
    again = oval(
        {node: sizes[node] for node in chance.sample(list(sizes), len(sizes))},
        chance.sample(things, len(things)),
        dict(chance.sample(list(ties.items()), len(ties))),
        chance.sample(links, len(links)),
    )
    assert again == oval(sizes, things, ties, links), f"seed {seed}"


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_people_stand_outside_of_what_they_share(seed):
    """The people's corners make a polygon; no thing reaches out of it."""
    sizes, things, ties, links = random_ring(seed, 12)
    points, around = oval(sizes, things, ties, links)
    corners = [points[person] for person in around]
    for thing in things:
        (x, y), (wide, high) = points[thing], sizes[thing]
        for px, py in itertools.product((x - wide / 2, x + wide / 2), (y - high / 2, y + high / 2)):
            for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
                assert (bx - ax) * (py - ay) - (by - ay) * (px - ax) > 0, f"seed {seed}"


def test_people_stand_clockwise_from_the_top_in_the_order_told():
    sizes, things, ties, links = random_ring(5, 16)
    points, around = oval(sizes, things, ties, links)
    turns = [math.atan2(points[p][0], -points[p][1]) % (2 * math.pi) for p in around]
    assert turns == sorted(turns)


def test_those_who_share_stand_beside_each_other_and_what_they_share_near_them():
    groups = ["ADGJ", "BEHK", "CFIL"]
    ties = {(f"applicant:{p}", f"device:{n}"): 0.5 for n, group in enumerate(groups) for p in group}
    sizes = {person: PERSON for person, _ in ties} | {thing: THING for _, thing in ties}
    points, around = oval(sizes, ["device:0", "device:1", "device:2"], ties, [])
    place = {person[-1]: number for number, person in enumerate(around)}
    for number, group in enumerate(groups):
        assert any(all((place[p] - place[first]) % 12 < 4 for p in group) for first in group), around
        mean = [sum(points[f"applicant:{p}"][i] for p in group) / 4 for i in (0, 1)]
        nearest = min(range(3), key=lambda n: math.dist(points[f"device:{n}"], mean))
        assert nearest == number


def test_no_tie_runs_over_another_thing_where_there_is_room():
    ties = {(f"applicant:{p}", f"device:{t}"): 1.0 for t, group in enumerate(("AB", "CD", "EF")) for p in group}
    ties |= {(f"applicant:{p}", "device:9"): 1.0 for p in "ABCDEF"}
    sizes = {person: PERSON for person, _ in ties} | {thing: THING for _, thing in ties}
    points, _ = oval(sizes, sorted({thing for _, thing in ties}), ties, [])
    for person, thing in ties:
        for other in {thing for _, thing in ties} - {thing}:
            for part in range(1, 100):
                at = [points[person][i] + (points[thing][i] - points[person][i]) * part / 100 for i in (0, 1)]
                assert any(abs(at[i] - points[other][i]) > THING[i] / 2 for i in (0, 1)), (person, thing, other)


@pytest.mark.parametrize("seed", range(4))
def test_another_key_file_leaves_the_places_as_they_were(seed):
    """Things are told apart by who shares them, not by their tokens."""

    def places(tokens):
        things = [f"device:tok_{token:032x}" for token in tokens]
        ties = {(f"applicant:{p}", things[n]): 1.0 for n in range(5) for p in range(n, n + 3)}
        sizes = {person: PERSON for person, _ in ties} | dict.fromkeys(things, THING)
        points, around = oval(sizes, things, ties, [])
        return [points[node] for node in [*around, *things]], around

    assert places(random.Random(seed).sample(range(100), 5)) == places([1, 2, 3, 4, 5]), f"seed {seed}"
