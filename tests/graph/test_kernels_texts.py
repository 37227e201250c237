"""Texts found in a column of texts, beside a dictionary: one at once and compiled, whatever the column is made of."""

import random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ringfence.graph.kernels import texts as module
from ringfence.graph.kernels.texts import Texts

# Texts that begin alike, end where others go on, and stand on either side of where UTF-16 would order them otherwise.
characters = st.sampled_from(["a", "b", "\0", "é", "号", "\uffff", "𠮷", "\U0010ffff"])
text = st.text(characters, max_size=4) | st.text(max_size=8)
columns = st.lists(text, unique=True, max_size=20)


def sorted_column(column, dtype):
    """The texts as a file of them holds them: in rising order, so that no order is kept beside them."""
    encoded = [one.encode() for one in sorted(column)]
    ends = np.cumsum([0, *map(len, encoded)]).astype(dtype)
    return sorted(column), Texts(ends, np.frombuffer(b"".join(encoded), dtype=np.uint8))


def ordered_column(column, dtype):
    """The texts in the order given, with the order that they rise in beside them."""
    made = Texts.of(column)
    return column, Texts(made.ends.astype(dtype), made.data, made.order.astype(dtype))


forms = pytest.mark.parametrize("form", [sorted_column, ordered_column])
dtypes = pytest.mark.parametrize("dtype", [np.int32, np.int64])


@pytest.fixture(params=["one by one", "compiled"], scope="module")
def way(request):
    """Texts are sought one by one, or all at once compiled, however few they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FEW", 1 << 30 if request.param == "one by one" else 0)
        yield request.param


@forms
@dtypes
@given(columns, st.lists(text, max_size=20), st.randoms(use_true_random=False))
@example(column=[], others=["", "a"], chance=random.Random(1))
@example(column=[""], others=["\0"], chance=random.Random(1))
@example(column=["ab", "a", "abc", ""], others=["b", "aa"], chance=random.Random(1))
@example(column=["\U0010ffff", "\uffff", "𠮷"], others=["号"], chance=random.Random(1))
def test_each_text_is_found_where_a_dictionary_has_it(way, form, dtype, column, others, chance):
    column, made = form(column, dtype)
    place = {one: number for number, one in enumerate(column)}
    # a few of the column, so that a search has to leap over the rest; some twice, and in no order
    sought = chance.choices([*others, *column], k=chance.randint(1, 8)) if others or column else []
    expected = [place.get(one, -1) for one in sought]
    found = made.find_all(sought)
    assert found.tolist() == expected
    assert found.dtype == np.int64
    assert [made.find(one) for one in sought] == expected


@forms
@dtypes
@given(columns, st.data())
def test_a_text_is_read_where_it_stands(form, dtype, column, data):
    column, made = form(column, dtype)
    assert len(made) == len(column)
    assert [made.text(place) for place in range(len(made))] == column
    places = data.draw(st.lists(st.integers(0, len(column) - 1), max_size=30)) if column else []
    assert made.texts(places) == [column[place] for place in places]
    assert made.texts(np.array(places, dtype=np.int64)) == made.texts(places)


@given(columns)
def test_a_column_of_texts_keeps_their_places_and_knows_their_order(column):
    made = Texts.of(iter(column))
    assert made.texts(range(len(made))) == column
    assert made.texts(made.order) == sorted(column)


def test_no_text_is_sought(way):
    found = Texts.of(["a"]).find_all([])
    assert found.tolist() == []
    assert found.dtype == np.int64


def test_the_beginning_and_the_continuation_of_a_text_are_other_texts(way):
    made = Texts.of(["phone:138"])
    assert made.find_all(["phone:13", "phone:138", "phone:1380", "phone:138\0", ""]).tolist() == [-1, 0, -1, -1, -1]


def test_half_a_surrogate_pair_is_no_text_of_a_column(way):
    """JSON can say it (``"\\ud842"``), UTF-8 cannot."""
    made = Texts.of(["𠮷", "a"])
    assert made.find_all(["\ud842", "a\udfb7", "𠮷"]).tolist() == [-1, -1, 0]
    assert made.find("\ud842") == -1


@pytest.mark.parametrize("seed", range(5))
def test_many_texts_are_found_among_more_as_few_are(seed):
    chance = random.Random(seed)
    column = [f"{kind}:{number}" for number in range(1000) for kind in ("applicant", "phone")]
    chance.shuffle(column)
    held = column[:1500]
    sought = chance.sample(column, 10 ** chance.randint(2, 3))
    assert len(sought) > module.FEW
    place = {one: number for number, one in enumerate(held)}
    assert Texts.of(held).find_all(sought).tolist() == [place.get(one, -1) for one in sought]
