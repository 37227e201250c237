"""Where money stops on its way: columns along time, and an account to which money comes back."""

from itertools import pairwise

from ringfence.api.layout.lanes import lanes
from ringfence.api.layout.stops import columns, stops


def column_of(moves):
    found = columns(stops(moves))
    return {f"{node}{visit or ''}": column for (node, visit), column in found.items()}


def test_each_transfer_leads_one_column_further():
    assert column_of([("L", "a"), ("a", "b"), ("b", "x")]) == {"L": 0, "a": 1, "b": 2, "x": 3}


def test_ways_that_merge_stand_left_of_where_they_merge():
    moves = [("L", "a"), ("M", "b"), ("a", "c"), ("b", "c"), ("c", "x"), ("a", "x")]
    assert column_of(moves) == {"L": 0, "M": 0, "a": 1, "b": 1, "c": 2, "x": 3}


def test_an_account_to_which_money_comes_back_stands_again_at_the_right():
    assert column_of([("L", "a"), ("a", "b"), ("b", "a"), ("a", "x")]) == {"L": 0, "a": 1, "b": 2, "a1": 3, "x": 4}


def test_a_split_enters_boxes_of_one_column_and_no_two_boxes_or_labels_touch():
    drawn = stops([("L", "a"), *(("a", f"m{n}") for n in range(5)), *((f"m{n}", "x") for n in range(5))])
    column = columns(drawn)
    laid = lanes(column, drawn, [80.0] * len(drawn), 138.0)
    middle = sorted((top, top + high) for stop, (_, top, high) in laid.boxes.items() if column[stop] == 2)
    assert len(middle) == 5 and all(above[1] < below[0] for above, below in pairwise(middle))
    leaving = sorted(way.start[1] for way, (start, _) in zip(laid.ways, drawn, strict=True) if start == ("a", 0))
    assert all(below - above >= 36 for above, below in pairwise(leaving))
    assert all(way.start[0] < way.level < way.end[0] for way in laid.ways)
