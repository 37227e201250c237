"""Whatever a cell holds, an identifier function answers; two valid ids never become one, two spellings of one do."""

import string

import pandas as pd
import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ringfence.loaders.cleaning import check_digits
from ringfence.loaders.cleaning.documents import document, proved
from ringfence.loaders.cleaning.identifiers import (
    NO_LINK,
    normal_form,
    normal_values,
    normalise,
    place_cells,
    read,
    sentinels,
)
from ringfence.loaders.cleaning.usual import usual
from ringfence.loaders.cleaning.values import half_width, normal_width, visible
from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

KINDS = sorted(sentinels())
FORMS = ["", "身份证", "护照", "台胞证", "外国人永久居留证", "军官证", "uscc", "card", "1", " ", "\x1f"]

# what real cells are made of: digits in three scripts, separators, letters, marks nobody sees, spreadsheet habits
DIGITS, BLANKS, SIGNS, LETTERS = "0123456789０１９٣፩²①½", " \t\u3000\u00a0", "-－—().·/:;,+*#'=\"", "ABXxNEe转号无"
HABITS = ["+86", "0086", "E+17", ".0", "cell:", "passport:", "tok_", "ext", "1.1E+17"]
UNSEEN = "\x00\x1f\u202d\ufeff\u0301"
pieces = st.sampled_from([*DIGITS, *BLANKS, *SIGNS, *LETTERS, *HABITS, *UNSEEN])
cells = st.one_of(st.text(), st.lists(pieces, max_size=20).map("".join), st.lists(pieces, min_size=8).map("".join))


@given(st.sampled_from(KINDS), cells, st.sampled_from(FORMS), st.booleans())
@example("account", "፩" * 16, "card", False)
def test_any_text_has_an_answer(kind, value, form, plain):
    key, flag = normalise(kind, pd.Series([value], dtype="str"), plain=plain, forms=form).iloc[0]
    assert pd.isna(key) or isinstance(key, str)
    assert pd.isna(flag) or flag in ("sentinel", "invalid", "landline", "luhn", "unreadable")
    assert pd.isna(key) or pd.isna(flag) or flag != "unreadable"


@given(st.sampled_from(KINDS), st.lists(cells, min_size=2, max_size=6), st.sampled_from(FORMS))
def test_a_value_has_one_key_whatever_stands_beside_it(kind, values, form):
    column, forms = pa.array(values, pa.large_string()), pa.array([form] * len(values), pa.large_string())
    keys, flags = normal_values(kind, column, forms, plain=False)
    for place in range(len(values)):
        alone = normal_values(kind, column.slice(place, 1), forms.slice(place, 1), plain=False)
        assert (keys[place].as_py(), flags[place].as_py()) == (alone[0][0].as_py(), alone[1][0].as_py())


HEX = "0123456789abcdefABCDEF"
written = st.one_of(
    cells,
    st.text("0123456789", min_size=3, max_size=20),
    st.from_regex(r"\A(?:\+86|0086|86|0)?1[0-9]{10}\Z|\A0[0-9]{2,3}-?[0-9]{7,8}\Z", alphabet="0123456789+-"),
    st.from_regex(
        r"\A[0-9]{1,3}(\.[0-9]{1,3}){3}\Z|\A(cell:)?[0-9]{1,3}\.[0-9]{3},[0-9]{1,3}\Z", alphabet="0123456789.cel:,"
    ),
    st.from_regex(r"\A[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}\Z|\A[0-9a-fA-F]{14,17}\Z", alphabet=HEX + ":"),
    st.from_regex(r"\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", alphabet=HEX + "-"),
    st.from_regex(r"\A[!-~]{1,5}@[!-~]{1,5}\.[a-zA-Z.]{1,3}\Z", alphabet=string.printable),
    st.text("张村路号 ABab12-İΣ\u0301\u200a\u2028が豈", max_size=12),
)


@given(st.sampled_from(KINDS), st.lists(written, min_size=1, max_size=8), st.sampled_from(FORMS))
def test_what_a_pattern_says_is_what_reading_one_by_one_says(kind, values, form):
    column = half_width(visible(pa.array([normal_width(value) for value in values], pa.large_string())))
    known, keys, flags = usual(kind, column, pa.array([form] * len(values), pa.large_string()))
    stopped = [value.lower() in sentinels()[kind] for value in column.to_pylist()]
    for place in range(len(values)):
        if known[place] and not stopped[place]:
            key, flag = read(kind, column[place].as_py(), form)
            assert keys[place].as_py() == key
            assert flags[place].as_py() == flag or flag in ("sentinel", "luhn")


@given(st.sampled_from(KINDS), cells)
def test_a_normal_form_is_its_own(kind, value):
    once = normal_form(kind, value)
    assert normal_form(kind, once) == once


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_cell_is_its_own_normal_form(lat, lon):
    key = place_cells(pa.array([lat]), pa.array([lon]))[0].as_py()
    assert normal_form("address", key) == key


@given(st.floats(1e15, 1e300), st.sampled_from([".1E", ".15E", ".0e", ".3e"]), st.booleans())
def test_a_number_in_scientific_notation_is_never_a_key(number, form, wide):
    written = format(number, form)
    if wide:
        written = written.translate({ord(c): ord(c) + 0xFEE0 for c in string.digits + "+.Ee"})
    for kind in ("phone", "account", "device", "id_document"):
        key, flag = normalise(kind, pd.Series([written], dtype="str")).iloc[0]
        assert pd.isna(key) and flag == "unreadable", written


# -- two ids, two keys; two spellings, one key


def digits(count):
    return st.text(string.digits, min_size=count, max_size=count)


def resident_ids(*regions):
    days = st.dates(pd.Timestamp("1900-01-01").date(), pd.Timestamp("2020-12-31").date())
    bodies = st.builds(lambda r, d, n: f"{r}{d:%Y%m%d}{n}", st.sampled_from(regions), days, digits(3))
    return bodies.map(lambda body: body + mod_11_2.calc_check_digit(body))


codes = st.from_regex(r"\A[159AN][123][1-6][0-9]{5}[0-9A-HJ-NPQRTUWXY]{9}\Z")
VALID = {
    "phone": st.one_of(
        st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
        st.from_regex(r"\A0(10|2[0-9])-[2-9][0-9]{7}\Z"),
        st.from_regex(r"\A0[3-9][0-9]{2}-[2-9][0-9]{6,7}\Z"),
        st.from_regex(r"\A400[0-9]{7}\Z"),
        st.from_regex(r"\A95[0-9]{3}\Z"),
        st.from_regex(r"\A\+852[569][0-9]{7}\Z").filter(lambda n: phonenumbers.is_valid_number(phonenumbers.parse(n))),
    ),
    "id_document": st.one_of(
        resident_ids("110105", "440301", "320102"),
        resident_ids("810000", "820000", "830000"),
        resident_ids("911840", "931152"),
        # of digits alone, one that does not begin with 9 could be a mistyped resident ID
        codes.map(lambda body: body + uscc.calc_check_digit(body)).filter(
            lambda n: n[0] == "9" or not n[:17].isdigit()
        ),
        st.from_regex(r"\AE[A-Z0-9][0-9]{7}\Z"),
        st.from_regex(r"\A[HM][0-9]{8}\Z"),
    ),
    "account": st.one_of(
        digits(15).map(lambda body: body + luhn.calc_check_digit(body)),
        digits(18),
        st.from_regex(r"\A[A-Z]-[0-9/]{3,6}\Z"),
    ),
    "device": st.one_of(digits(15), st.from_regex(r"\A[0-9a-f]{16}\Z"), st.uuids().map(str)),
    "wifi": st.from_regex(r"\A([0-9a-f]{2}:){5}[0-9a-f]{2}\Z"),
    "ip": st.ip_addresses(v=4).map(str),
    "email": st.from_regex(r"\A[a-z0-9.]{1,6}@[a-z]{1,4}\.cn\Z"),
    "address": st.from_regex(r"\A北京市[0-9]{1,2}号[0-9]{1,2}-[0-9]{1,3}\Z"),
}
"""Valid ids in the form that two of them are compared in: equal as text exactly where they are one."""


def full_width(text):
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in string.digits + string.ascii_letters + "-"})


def grouped(text, gap):
    return gap.join(text[start : start + 4] for start in range(0, len(text), 4))


ANY = {
    "as it is": lambda text: text,
    "full width": full_width,
    "padded": lambda text: f" \u3000{text}\t",
    "marked": lambda text: f"\u202d{text}\u202c",
}
SPELLINGS = {
    "phone": {
        "mobile +86": lambda text: f"+86 {grouped(text, ' ')}" if len(text) == 11 and text[0] == "1" else text,
        "mobile 0086": lambda text: f"0086-{text}" if len(text) == 11 and text[0] == "1" else text,
        "mobile 0": lambda text: f"0{text}" if len(text) == 11 and text[0] == "1" else text,
        "landline": lambda text: f"({text.replace('-', ') ')}" if text[0] == "0" else text,
        "decimal": lambda text: text + ".0" if text.isdigit() and text[0] == "1" else text,
    },
    "id_document": {"lower": str.lower, "blanks": lambda text: grouped(text, " ")},
    "account": {
        "blanks": lambda text: grouped(text, " ") if text.isdigit() else text,
        "dashes": lambda text: grouped(text, "-") if text.isdigit() else text,
    },
    "device": {"upper": lambda text: text.upper() if not text.isdigit() else text},
    "wifi": {
        "upper": str.upper,
        "dashes": lambda text: text.replace(":", "-"),
        "bare": lambda text: text.replace(":", ""),
    },
    "ip": {"mapped": lambda text: f"::ffff:{text}"},
    "email": {"upper": str.upper},
    "address": {"blanks": lambda text: text.replace("号", "号 "), "commas": lambda text: text.replace("市", "市，")},
}


def spelled(kind):
    return st.tuples(VALID[kind], st.sampled_from(sorted((ANY | SPELLINGS[kind]).items())))


def key_of(kind, text):
    key, flag = normalise(kind, pd.Series([text], dtype="str")).iloc[0]
    assert pd.isna(flag) or flag in ("landline", "sentinel"), (text, flag)
    return key


@pytest.mark.parametrize("kind", sorted(VALID))
def test_two_valid_ids_are_one_node_exactly_where_they_are_one(kind):
    @given(st.tuples(spelled(kind), spelled(kind)))
    def one_node(pair):
        (one, (_, write)), (other, (_, rewrite)) = pair
        keys = key_of(kind, write(one)), key_of(kind, rewrite(other))
        assert (keys[0] == keys[1]) == (one == other), (write(one), rewrite(other), keys)
        assert key_of(kind, rewrite(one)) == keys[0], "another spelling"

    one_node()


@given(resident_ids("110105", "440301"), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_a_slip_of_one_digit_is_found_and_links_no_one(number, place, digit):
    slipped = number[:place] + digit + number[place + 1 :]
    key, flag = document(slipped, "身份证")
    assert (key, flag) == (number, None) if slipped == number else flag == "invalid"
    assert "invalid" in NO_LINK


@given(st.lists(digits(17), min_size=1), st.data())
def test_check_digits_by_column_are_those_of_python_stdnum(bodies, data):
    people = [body + data.draw(st.sampled_from("0123456789X")) for body in bodies]
    assert check_digits.resident(pa.array(people)).tolist() == [mod_11_2.is_valid(number) for number in people]
    cards = [body[data.draw(st.integers(0, 5)) :] for body in bodies]
    assert check_digits.card(pa.array(cards)).tolist() == [luhn.is_valid(number) for number in cards]


@given(st.lists(codes, min_size=1), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_check_characters_by_column_are_those_of_python_stdnum(bodies, last):
    right = [uscc.calc_check_digit(body) == last for body in bodies]
    assert check_digits.uscc(pa.array([body + last for body in bodies])).tolist() == right


@given(st.lists(st.one_of(resident_ids("110105", "810000", "911840"), digits(18)), min_size=1), st.sampled_from(FORMS))
def test_what_a_column_proves_is_what_each_number_proves(numbers, form):
    found = proved(pa.array(numbers, pa.large_string()), pa.array([form] * len(numbers), pa.large_string())).tolist()
    for number, sound in zip(numbers, found, strict=True):
        assert not sound or document(number, form) == (number, None)
