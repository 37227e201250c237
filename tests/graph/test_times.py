"""Times as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ringfence.graph.errors import UserError
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.times import parse_moment, to_iso


def test_a_date_is_its_first_instant_in_the_zone():
    assert parse_moment("2026-03-31") == parse_moment("2026-03-30T16:00:00+00:00")
    assert parse_moment("2026-03-31", zone="UTC") == parse_moment("2026-03-31T00:00:00Z")
    assert parse_moment("2026/03/31 08:30:00") == parse_moment("2026-03-31T00:30:00Z")
    assert parse_moment(" 1774886400000 ") == 1774886400000


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "31.03.2026", "2026-02-30", "９"])
def test_what_is_no_time_says_what_to_write(text):
    with pytest.raises(UserError, match="unreadable time"):
        parse_moment(text)


def test_what_is_open_has_no_iso_form():
    assert to_iso(None) is to_iso(ALWAYS) is to_iso(FOREVER) is None
    assert to_iso(1774886400001) == "2026-03-31T00:00:00.001+08:00"


@given(st.integers(min_value=-(10**12), max_value=4 * 10**12))
def test_iso_and_back(millis):
    assert parse_moment(to_iso(millis)) == millis
