"""The numbers of nodes: one for each name, however they are looked up."""

import sqlite3
from contextlib import closing

import numpy as np
import pandas.util
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ringfence.graph.store.sqlite import numbers as node_numbers
from ringfence.graph.store.sqlite.numbers import held_in_memory, looked_up

BATCHES = st.lists(st.lists(st.text("abc", max_size=3), max_size=20, unique=True), max_size=12)


def empty():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE nodes (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    return connection


def names(*values):
    return pa.array(values, pa.large_string())


def in_table(connection):
    return dict(connection.execute("SELECT name, id FROM nodes"))


@pytest.fixture(params=[looked_up, held_in_memory], scope="module")
def way(request):
    return request.param


def test_a_name_keeps_its_number_and_a_new_one_gets_the_next(way):
    with closing(empty()) as connection:
        numbers = way(connection)
        assert sorted(numbers(names("phone:1", "loan:1"))) == [1, 2]
        first = in_table(connection)
        assert numbers(names("loan:1", "device:1", "phone:1")).tolist() == [first["loan:1"], 3, first["phone:1"]]
        assert numbers(names()).tolist() == []
        assert in_table(connection) == {**first, "device:1": 3}


def test_nodes_that_others_have_added_keep_their_numbers(way):
    with closing(empty()) as connection:
        connection.execute("INSERT INTO nodes VALUES (7, 'loan:7')")  # by a load that broke off
        numbers = way(connection)
        assert numbers(names("loan:8", "loan:7")).tolist() == [8, 7]
        connection.execute("INSERT INTO nodes VALUES (9, 'loan:9')")  # by a small write in between
        assert numbers(names("loan:9", "loan:10", "loan:8")).tolist() == [9, 10, 8]


@given(batches=BATCHES)
def test_every_name_has_one_number_and_every_number_one_name(way, batches):
    given_to = {}
    with closing(empty()) as connection:
        numbers = way(connection)
        for batch in batches:
            for name, number in zip(batch, numbers(names(*batch)).tolist(), strict=True):
                assert given_to.setdefault(name, number) == number
        assert in_table(connection) == given_to
        assert len(set(given_to.values())) == len(given_to)


@given(batches=BATCHES)
def test_names_whose_hashes_begin_alike_are_told_apart(batches):
    hash_array, (first, _) = pandas.util.hash_array, node_numbers._HASH_KEYS

    def weak(values, hash_key, categorize):
        hashes = hash_array(values, hash_key=hash_key, categorize=categorize)
        return hashes % np.uint64(4) if hash_key == first else hashes

    with pytest.MonkeyPatch.context() as patch, closing(empty()) as connection:
        patch.setattr(pandas.util, "hash_array", weak)
        numbers, given_to = held_in_memory(connection), {}
        for batch in batches:
            given_to.update(zip(batch, numbers(names(*batch)).tolist(), strict=True))
        assert in_table(connection) == given_to
