"""Text becomes numbers, times and words; what cannot be read stays missing, and nothing raises."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ringfence.graph.times import parse_moment, to_iso
from ringfence.loaders.cleaning import values as clean
from ringfence.loaders.vectors import TEXT, json_rows, text, trimmed


def read_times(*texts, zone="Asia/Shanghai"):
    return [to_iso(moment, "UTC") for moment in clean.times(text(texts), zone).to_pylist()]


def read_time(value, zone="Asia/Shanghai"):
    return read_times(value, zone=zone)[0]


# -- times


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-31", "2026-03-30T16:00:00+00:00"),
        ("2026-03-31 08:30:00", "2026-03-31T00:30:00+00:00"),
        ("2026-03-31T08:30", "2026-03-31T00:30:00+00:00"),
        ("2026-03-31 08:30:00.06", "2026-03-31T00:30:00.060000+00:00"),
        ("2026-03-31T08:30:00.123456", "2026-03-31T00:30:00.123000+00:00"),
        ("2026-03-31T08:30:00Z", "2026-03-31T08:30:00+00:00"),
        ("2026-03-31T08:30:00-05:30", "2026-03-31T14:00:00+00:00"),
        ("2026-03-31 08:30:00 +0800", "2026-03-31T00:30:00+00:00"),
        ("2026/3/1 8:05:09", "2026-03-01T00:05:09+00:00"),
        ("2026/3/1", "2026-02-28T16:00:00+00:00"),
        ("20260331", "2026-03-30T16:00:00+00:00"),
        ("45000", "2023-03-14T16:00:00+00:00"),
        ("45000.354166666664", "2023-03-15T00:30:00+00:00"),
        ("1774886400000", "2026-03-30T16:00:00+00:00"),
        ("２０２６－03－31", "2026-03-30T16:00:00+00:00"),
        ("9999-12-31", "9999-12-30T16:00:00+00:00"),
    ],
)
def test_times_are_read_in_every_form_that_is_promised(written, meant):
    expected = datetime.fromisoformat(meant)
    moment = clean.times(text([written]), "Asia/Shanghai").to_pylist()[0]
    assert moment == round(expected.timestamp() * 1000), to_iso(moment)


@pytest.mark.parametrize(
    "written",
    ["2026-02-30", "2026-13-01", "2026-03-31 25:00:00", "2026", "12345", "99999", "0000-00-00", "yesterday", "1.5E+12"],
)
def test_what_is_no_time_is_missing(written):
    assert read_time(written) is None


def test_one_bad_time_does_not_spoil_its_column():
    assert read_times("2026-03-31", "2026-02-30", None, "2026-04-01", zone="UTC") == [
        "2026-03-31T00:00:00+00:00",
        None,
        None,
        "2026-04-01T00:00:00+00:00",
    ]


def test_a_time_without_zone_is_in_the_zone_of_the_mapping():
    assert read_time("2026-03-31", zone="UTC") == "2026-03-31T00:00:00+00:00"
    assert read_time("2026-07-01", zone="America/New_York") == "2026-07-01T04:00:00+00:00"


def test_of_an_hour_that_came_twice_the_first_is_meant():
    # clocks in New York went back from 2:00 to 1:00 on 1 November 2026
    assert read_time("2026-11-01 01:30:00", zone="America/New_York") == "2026-11-01T05:30:00+00:00"


@given(
    st.datetimes(datetime(1992, 1, 1), datetime(2100, 1, 1), allow_imaginary=False),
    st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York"]),
)
def test_columns_of_times_are_read_as_single_times_are(moment, zone):
    written = moment.isoformat(sep=" ", timespec="milliseconds")
    assert clean.times(text([written]), zone).to_pylist() == [parse_moment(written, zone)]


@given(st.integers(-(10**12), 4 * 10**12), st.integers(-14 * 60, 14 * 60))
def test_a_stated_zone_counts_whatever_the_zone_of_the_mapping(millis, minutes):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
    offset = timedelta(minutes=minutes)
    written = moment.astimezone(ZoneInfo("UTC")) + offset
    sign, shift = ("+", offset) if minutes >= 0 else ("-", -offset)
    hours, rest = divmod(int(shift.total_seconds()) // 60, 60)
    value = f"{written:%Y-%m-%dT%H:%M:%S}.{millis % 1000:03}{sign}{hours:02}:{rest:02}"
    assert clean.times(text([value]), "Asia/Shanghai").to_pylist() == [millis]


# -- numbers and words


def test_numbers_are_read_with_commas_in_full_width_and_in_scientific_notation():
    written = ["1,234.50", "１２３", "1.5e3", "+5", ".5", "-3", "0"]
    assert clean.numbers(text(written)).to_pylist() == [1234.5, 123, 1500, 5, 0.5, -3, 0]


@pytest.mark.parametrize("written", ["abc", "1,23", "1 2", "NaN", "inf", "1e999", "5万", "0x10", "1_000", ""])
def test_what_is_no_number_is_missing(written):
    assert clean.numbers(text([written, "7"])).to_pylist() == [None, 7]


def test_a_whole_number_may_have_a_point_but_no_fraction():
    assert clean.integers(text(["12", "12.0", "12.5", "x"])).to_pylist() == [12, 12, None, None]


def test_choices_know_their_synonyms_in_any_case_and_only_open_ones_keep_other_words():
    words = {"transfer": ("转账",), "refund": ("退款",)}
    column = text(["转账", "REFUND", "gift", None])
    assert clean.choices(column, words, keep=False).to_pylist() == ["transfer", "refund", None, None]
    assert clean.choices(column, words, keep=True).to_pylist() == ["transfer", "refund", "gift", None]


@pytest.mark.parametrize("written", ["1.1E+17", "1.1e+17", "6.22202E18", "1E+17"])
def test_an_id_in_scientific_notation_is_no_id(written):
    assert clean.ids(text([written])).to_pylist() == [None]


@pytest.mark.parametrize("written", ["12E5", "E123", "1E5", "110000000000000001", "A-1.1E+17"])
def test_ids_that_only_look_a_little_like_numbers_stay(written):
    assert clean.ids(text([written])).to_pylist() == [written]


@given(
    st.lists(
        st.tuples(
            st.none() | st.text(max_size=6),
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
            st.none() | st.integers(-(2**62), 2**62),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_rows_of_cells_are_written_as_json_that_reads_back_exactly(rows):
    import json

    import pyarrow as pa

    names = ("文", "number", "time")
    columns = {
        "文": text([row[0] for row in rows]),
        "number": pa.array([row[1] for row in rows], pa.float64()),
        "time": pa.array([row[2] for row in rows], pa.int64()),
    }
    expected = [{name: cell for name, cell in zip(names, row, strict=True) if cell is not None} for row in rows]
    written = json_rows(columns).to_pylist()
    assert [json.loads(line) for line in written] == expected
    assert np.all([list(json.loads(line)) == list(cells) for line, cells in zip(written, expected, strict=True)])


def test_an_empty_cell_is_missing_whatever_bytes_lie_under_cells_that_are_missing():
    buffers = [pa.py_buffer(b"\x02"), pa.py_buffer(np.array([0, 1, 1], dtype=np.int64)), pa.py_buffer(b"x")]
    column = pa.Array.from_buffers(TEXT, 2, buffers)
    assert column.to_pylist() == [None, ""]
    assert trimmed(column).to_pylist() == [None, None]
