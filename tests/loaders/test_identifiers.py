"""What makes two spellings one node, and which values link no one."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ringfence.graph.keys import load_key_file
from ringfence.loaders.cleaning.documents import document
from ringfence.loaders.cleaning.identifiers import node_name, normal_form, normalise, place_cells, sentinels
from stdnum.cn import ric, uscc


def one(kind, value, **options):
    frame = normalise(kind, pd.Series([value], dtype="str"), **options)
    key, flag = frame.iloc[0]
    return (None if pd.isna(key) else key), (None if pd.isna(flag) else flag)


# -- phones


@pytest.mark.parametrize(
    "written",
    [
        *("13812345678", "138-1234-5678", "+86 138 1234 5678", "0086 13812345678", "8613812345678", "１３８12345678"),
        *("013812345678", "0138 1234 5678", "13812345678.0", "\u202d13812345678\u202c", "+86-138.1234.5678"),
    ],
)
def test_a_mobile_is_one_however_it_is_written(written):
    assert one("phone", written) == ("+8613812345678", None)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("010-62345678", "+861062345678"),
        ("(0755) 8888 1234", "+8675588881234"),
        ("+86 10 6234 5678", "+861062345678"),
        ("400-800-8820", "+864008008820"),
        ("95588", "+8695588"),
        ("010-62345678-8001", "+861062345678;ext=8001"),
        ("010-62345678转8001", "+861062345678;ext=8001"),
    ],
)
def test_a_landline_is_kept_and_flagged(written, key):
    assert one("phone", written) == (key, "landline")


def test_phones_of_other_places_are_known_by_their_plus():
    assert one("phone", "+852 9123 4567") == ("+85291234567", None)
    assert one("phone", "00852 9123 4567") == ("+85291234567", None)
    assert one("phone", "555-123-4567")[1] == "invalid"


@pytest.mark.parametrize("written", ["13800138000", "+86 138-0013-8000", "11111111111", "00000000", "无", "本人"])
def test_phones_that_say_nothing_are_sentinels(written):
    assert one("phone", written)[1] == "sentinel"


# -- documents


def test_a_resident_id_needs_its_check_digit_and_the_older_form_is_converted():
    assert one("id_document", "11010519491231002x") == ("11010519491231002X", None)
    assert one("id_document", "110105491231002") == ("11010519491231002X", None)
    assert one("id_document", "110105194912310021")[1] == "invalid"
    assert one("id_document", "110105194902310029")[1] == "invalid", "no 31 February"


@given(
    st.sampled_from(["110105", "440301", "810000", "820000", "830000"]),
    st.dates(pd.Timestamp("1900-01-01").date(), pd.Timestamp("2020-12-31").date()),
    st.integers(0, 999),
)
def test_check_digits_of_resident_ids_agree_with_python_stdnum(region, born, number):
    body = f"{region}{born:%Y%m%d}{number:03}"
    right = ric.calc_check_digit(body + "0")
    wrong = "0" if right != "0" else "1"
    assert document(body + right, "") == (body + right, None)
    assert document(body + wrong, "")[1] == "invalid"


@given(st.from_regex(r"\A[159N][123][1-6][0-9]{5}[0-9A-HJ-NPQRTUWXY]{9}\Z"))
def test_check_characters_of_companies_agree_with_python_stdnum(body):
    right = uscc.calc_check_digit(body)
    wrong = "0" if right != "0" else "1"
    assert document(body + right, "uscc") == (body + right, None)
    assert document(body + wrong, "uscc")[1] == "invalid"


def test_a_document_that_a_book_calls_a_card_is_no_bank_card():
    assert one("id_document", "440524188001010014", forms="card") == ("440524188001010014", None)


def test_documents_of_two_kinds_with_one_number_are_two():
    kinds = pd.Series(["护照", "台胞证", "军官证"], dtype="str")
    keys = normalise("id_document", pd.Series(["12345678"] * 3, dtype="str"), forms=kinds)["key"]
    assert keys.nunique() == 3


def test_the_kind_of_a_passport_is_told_by_its_shape_or_by_the_book():
    assert document("e12345678", "") == document("E12345678", "护照") == ("E12345678", None)
    assert document("X1234567", "passport") == ("passport:X1234567", None)
    assert document("passport:X1234567", "") == ("passport:X1234567", None), "a key given raw is its own normal form"
    assert document("1234", "身份证")[1] == "invalid"


# -- cards, devices, networks


def test_a_card_number_is_its_digits_and_a_luhn_failure_only_warns():
    assert one("account", "6222 0200-0000 1234") == ("6222020000001234", None)
    assert one("account", "4111111111111111", forms="card") == ("4111111111111111", None)
    assert one("account", "4111111111111112", forms="card") == ("4111111111111112", "luhn")
    assert one("account", "A-100") == ("A-100", None)


def test_a_point_or_a_stroke_may_part_two_numbers():
    assert one("account", "12/34")[0] != one("account", "1/234")[0] != one("account", "1234")[0]
    assert one("account", "622202.1234") == ("622202.1234", None)


def test_a_number_kept_as_a_decimal_one_is_whole_while_no_digit_is_lost():
    assert one("account", "622202000000123.0") == ("622202000000123", None)
    assert one("account", "6222020000001234.0") == (None, "unreadable")
    assert one("device", "860123456789014.0") == ("860123456789014", None)
    assert one("id_document", "110105491231002.0") == ("11010519491231002X", None)


def test_ids_beyond_2_to_the_53_stay_exact():
    assert one("account", "4613937818241074769")[0] == "4613937818241074769"


def test_devices_keep_their_ids_and_zeros_say_nothing():
    assert one("device", "86-012345-678901-4") == ("860123456789014", None)
    assert one("device", "ABCDEF01-2345-6789") == ("abcdef01-2345-6789", None)
    assert one("device", "dev-A") == ("dev-A", None)
    assert one("device", "000000000000000")[1] == "sentinel"
    assert one("device", "00000000-0000-0000-0000-000000000000")[1] == "sentinel"


def test_ipv6_is_matched_by_its_network():
    assert one("ip", "2001:db8:1:2:3:4:5:6") == one("ip", "2001:DB8:1:2::9") == ("2001:db8:1:2::/64", None)
    assert one("ip", "::ffff:1.2.3.4") == one("ip", "1.2.3.4") == ("1.2.3.4", None)
    assert one("ip", "2001:db8:1:3::9")[0] != "2001:db8:1:2::/64"
    assert one("ip", "1.2.3.999")[1] == "invalid"
    assert one("ip", "127.0.0.1")[1] == "sentinel"


def test_a_mac_address_is_one_however_it_is_written():
    assert one("wifi", "AA-BB-CC-00-11-22") == one("wifi", "aabb.cc00.1122") == ("aa:bb:cc:00:11:22", None)
    assert one("wifi", "02:00:00:00:00:00")[1] == "sentinel"


# -- words


def test_addresses_are_matched_without_blanks_and_punctuation():
    assert one("address", "北京市 朝阳区，建国路88号") == one("address", "北京市朝阳区建国路８８号")


def test_a_wrong_merge_of_addresses_is_worse_than_a_missed_one():
    assert one("address", "1-12号")[0] != one("address", "11-2号")[0]
    assert one("address", "建国路88号3-201")[0] != one("address", "建国路88号3201")[0]
    assert one("address", "12 34th Street")[0] != one("address", "1 234th Street")[0]


def test_email_and_employer():
    assert one("email", "A.B@Example.COM") == ("a.b@example.com", None)
    assert one("email", "nobody")[1] == "invalid"
    assert one("employer", "某某　公司") == one("employer", "某某 公司") == ("某某 公司", None)
    assert one("employer", "自由职业")[1] == "sentinel"


def test_place_cells_are_about_a_hundred_metres():
    import pyarrow as pa

    near = place_cells(pa.array([39.90874, 39.90882, 39.9101, None]), pa.array([116.39742, 116.39738, 116.3974, 1.0]))
    assert near[0] == near[1] != near[2]
    assert near[3].as_py() is None
    assert one("address", near[0].as_py())[0] == near[0].as_py()
    assert one("address", place_cells(pa.array([-0.0001]), pa.array([0.0]))[0].as_py())[1] == "sentinel"


# -- all kinds alike


@pytest.mark.parametrize("kind", ["phone", "id_document", "account", "device"])
def test_a_number_in_scientific_notation_is_unreadable(kind):
    for written in ("1.1E+17", "1.1e+17", "１.１Ｅ＋１７", "110.1E+15", "1,1E+17", " 1.1E+17 "):
        assert one(kind, written) == (None, "unreadable")


def test_plain_text_is_taken_as_it_stands():
    for kind, value in (("phone", "555-555-5555"), ("phone", "13800138000"), ("account", "1.1E+17")):
        assert one(kind, value, plain=True) == (value, None)


@pytest.mark.parametrize("kind", sorted(sentinels()))
def test_every_entry_of_the_stop_list_is_in_normal_form_and_found(kind):
    for value in sentinels()[kind]:
        key, flag = one(kind, value)
        assert flag == "sentinel", f"{kind} {value!r} becomes {key!r}, which is not listed"


@given(st.sampled_from(["phone", "account", "device", "ip", "wifi", "email", "employer", "channel", "name"]), st.text())
def test_a_normal_form_is_its_own_normal_form(kind, value):
    once = normal_form(kind, value)
    assert normal_form(kind, once) == once


def test_a_node_given_raw_is_named_as_a_load_names_it():
    keys = load_key_file()
    personal, internal = {"phone": "personal"}, {"phone": "internal"}
    name = node_name("phone", "138 1234 5678", keys, personal)
    assert name == f"phone:{keys.token('phone', '+8613812345678')}"
    assert node_name("phone", name.removeprefix("phone:"), keys, personal) == name, "a token stays as it is"
    assert node_name("phone", "138 1234 5678", keys, internal) == "phone:+8613812345678"
    assert node_name("company", "C 1", keys, personal) == "company:C 1"
