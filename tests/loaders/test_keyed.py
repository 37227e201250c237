"""Tokens and digests by column are those of one value after the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ringfence.graph.keys import KeyFile, is_token
from ringfence.loaders.passes.keyed import digests, tokens
from ringfence.loaders.vectors import text


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return KeyFile(b"s" * 32, {1: b"k" * 32}, tmp_path_factory.mktemp("keys") / "keys.json")


@given(values=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=20))
def test_a_column_of_tokens_is_the_token_of_each_value_with_its_first_64_bits(keys, values):
    made, numbers = tokens(keys, "phone", text(values))
    assert made.to_pylist() == [keys.token("phone", value) for value in values]
    assert [f"{number:016x}" for number in numbers.tolist()] == [token[4:20] for token in made.to_pylist()]
    made.validate(full=True)


def test_a_digest_is_the_digits_of_the_token_of_a_row(keys):
    (digest,) = digests(keys, text(['{"amount":1}'])).to_pylist()
    assert "tok_" + digest == keys.token("row", '{"amount":1}')
    assert is_token("tok_" + digest)
