"""Many rows into a table of SQLite: as if they had been inserted one by one."""

import sqlite3

import pytest
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.store.sqlite.inserting import insert_rows


def _stored(cells: dict, count: int) -> list[tuple]:
    connection = sqlite3.connect(":memory:")
    columns = ", ".join(["number INTEGER PRIMARY KEY", *cells])
    connection.execute(f"CREATE TABLE rows ({columns})")
    insert_rows(connection, "INSERT INTO rows", cells, count)
    return connection.execute("SELECT * FROM rows ORDER BY number").fetchall()


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 40])
def test_rows_are_stored_in_their_order_however_many_there_are(count):
    texts, numbers = [f"r{place}" for place in range(count)], list(range(count))
    cells = {"text": texts, "load": 7, "amount": None, "value": numbers}

    expected = [(place + 1, f"r{place}", 7, None, place) for place in range(count)]
    assert _stored(cells, count) == expected


def test_the_first_and_the_last_moment_stand_in_all_rows_exactly():
    cells = {"text": ["a"], "begun": ALWAYS, "ended": FOREVER, "least": -(2**63), "most": 2**63 - 1}

    assert _stored(cells, 1) == [(1, "a", ALWAYS, FOREVER, -(2**63), 2**63 - 1)]


def test_a_missing_number_is_stored_as_null():
    assert _stored({"amount": [1.5, float("nan")]}, 2) == [(1, 1.5), (2, None)]


def test_values_are_never_read_as_part_of_the_statement():
    texts = ["'); DROP TABLE rows; --", "?", "\x00"]

    assert [row[1] for row in _stored({"text": texts}, 3)] == texts
