"""Tokens, ciphertexts and masks, and the file they hang on."""

import hashlib
import hmac
import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ringfence.graph.errors import UserError
from ringfence.graph.keys import KeyFile, default_path, is_token, keyed_hashes, load_key_file, mask


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return load_key_file(tmp_path_factory.mktemp("k") / "keys.json")


def test_the_file_is_made_on_first_use_for_its_owner_only_and_asks_for_a_backup(tmp_path, capsys):
    path = tmp_path / "deep" / "keys.json"
    first = load_key_file(path)
    assert "back it up" in capsys.readouterr().err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = load_key_file(path)
    assert capsys.readouterr().err == ""
    assert again.token("phone", "1") == first.token("phone", "1")
    assert again.decrypt(first.encrypt("张三")) == "张三"


def test_where_the_file_is_can_be_said(monkeypatch, tmp_path):
    monkeypatch.setenv("RINGFENCE_KEY_FILE", str(tmp_path / "named.json"))
    assert default_path() == tmp_path / "named.json"
    monkeypatch.delenv("RINGFENCE_KEY_FILE")
    assert default_path().name == "keys.json" and "ringfence" in default_path().parts


def test_one_secret_gives_one_token_whatever_the_encryption_key(tmp_path):
    a, b = KeyFile(b"s" * 32, {1: b"k" * 32}, tmp_path), KeyFile(b"s" * 32, {1: b"k" * 32, 2: b"l" * 32}, tmp_path)
    assert a.token("phone", "1") == b.token("phone", "1") and a.fingerprint == b.fingerprint
    assert a.token("phone", "1") != KeyFile(b"t" * 32, {1: b"k" * 32}, tmp_path).token("phone", "1")
    assert a.token("phone", "1") != a.token("device", "1")
    assert b.decrypt(a.encrypt("x")) == "x" and b.encrypt("x").startswith("aesgcm.2.")
    with pytest.raises(UserError, match=r"no encryption key aesgcm\.2"):
        a.decrypt(b.encrypt("x"))


def test_values_come_to_the_same_alone_and_together(keys):
    values = ["", "1", "+8613812345678", "张三", "x" * 200]
    hashes = keys.hashes("phone", values)
    shown = ["tok_" + hashes[at : at + 16].hex() for at in range(0, len(hashes), 32)]
    assert shown == [keys.token("phone", value) for value in values]
    assert [keys.decrypt(cipher) for cipher in keys.encrypt_all(values)] == values
    assert len(set(keys.encrypt_all(["x"] * 100))) == 100  # a nonce each


@pytest.mark.parametrize("length", [0, 32, 64, 65, 200])
def test_a_keyed_hash_is_an_hmac_sha_256_whatever_the_length_of_the_key(length):
    key = bytes(range(length))
    expected = [hmac.new(key, f"phone\0{value}".encode(), hashlib.sha256).digest() for value in ("1", "张三")]
    assert keyed_hashes(key, "phone", ["1", "张三"]) == expected


def test_a_ciphertext_written_by_an_earlier_version_is_read(tmp_path):
    keys = KeyFile(b"s" * 32, {1: b"k" * 32}, tmp_path)
    assert keys.decrypt("aesgcm.1.iAzkLyYF9GPRsK0N7h3la2PiqZqfXsdVNWymiEa45QqzJw==") == "张三"
    assert keys.token("phone", "+8613812345678") == "tok_79496b5844bebccca8c1efc4e1f0ad1f"


def test_an_altered_ciphertext_is_refused(keys):
    sealed = keys.encrypt("13812345678")
    assert "13812345678" not in sealed
    broken = sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1]
    with pytest.raises(UserError, match="altered"):
        keys.decrypt(broken)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"format": 1, "token_secret": "zz", "encryption_keys": {}}'])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(UserError, match="damaged"):
        load_key_file(path)
    assert path.read_text() == content


def test_a_file_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"format": 9}))
    with pytest.raises(UserError, match="another version"):
        load_key_file(path)


def test_a_folder_in_its_place_is_an_error_of_one_line(tmp_path):
    with pytest.raises(UserError, match="cannot use key file"):
        load_key_file(tmp_path)


@given(st.binary(max_size=40))
def test_whatever_is_sealed_comes_back(content):
    keys = KeyFile(b"s" * 32, {1: b"k" * 32}, default_path())
    assert keys.unseal(keys.seal(content)) == content
    with pytest.raises(UserError, match="altered"):
        keys.unseal(keys.seal(content)[:-1] + b"?" + b"?")


@given(st.text(max_size=40))
def test_whatever_is_encrypted_comes_back(text):
    keys = KeyFile(b"s" * 32, {1: b"k" * 32}, default_path())
    assert keys.decrypt(keys.encrypt(text)) == text
    assert is_token(keys.token("phone", text)) and not is_token(text[:35])


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "+8613812345678", "138****5678"),
        ("phone", "12", "****2"),
        ("id_document", "110101199003074477", "110101********4477"),
        ("id_document", "E12345678", "****5678"),
        ("account", "6222020000001234", "****1234"),
        ("account", "123", "****3"),
        ("name", "张小明", "张*"),
        ("name", "欧阳锋", "欧阳*"),
        ("name", "欧阳", "欧*"),
        ("email", "zhang@example.com", "z***@example.com"),
        ("ip", "203.0.113.9", "203.0.*.*"),
        ("ip", "2001:db8::/64", "2001:d****"),
        ("address", "上海市浦东新区世纪大道1号", "上海市浦东新****"),
        ("device", "860000000012345", "****2345"),
        ("name", "", "****"),
        ("phone", "", "****"),
    ],
)
def test_masks(kind, value, shown):
    assert mask(kind, value) == shown


@given(
    st.sampled_from(["phone", "id_document", "account", "name", "email", "ip", "address", "device", "wifi"]),
    st.text(st.characters(exclude_characters="*"), min_size=2, max_size=30),
)
def test_a_mask_never_shows_the_whole_value(kind, value):
    assert value not in mask(kind, value)
