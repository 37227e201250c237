"""Tokens for a partner institution: two books match under one agreed key, and only under one."""

import json

import pytest
from ringfence.graph.errors import UserError
from ringfence.graph.keys import load_key_file
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.cleaning.identifiers import node_name
from ringfence.loaders.partner_tokens import SHARED_KINDS, agreed_key, partner_token, partner_tokens
from ringfence.loaders.schema.mapping import parse_mapping
from support.stores import STORES

KEY, OTHER = b"5f" * 32, b"a0" * 32
OURS = {
    "applicants": """applicant_id,name,mobile,cert_type,cert_no,email,bank_card_no,home_address
A1,张小明,138 1234 5678,身份证,110105491231002,Zhang@Example.com,6222 0200 0000 1234,上海市 浦东新区 世纪大道1号
A2,李雷,13800138000,护照,AB123456,,,
A3,王五,12345,士官证,南字第0012345号,,,""",
    "companies": "company_id,uscc\nC1,91110108551385082Q",
    "applications": """apply_no,applicant_id,apply_time,device_id,ip,wifi_bssid,gps_lat,gps_lon
P1,A1,2026-01-05,dev-1,2001:db8::1,AA-BB-CC-11-22-33,39.90871,116.39751""",
}
THEIRS = {
    "applicants": """applicant_id,name,mobile,cert_type,cert_no,email,bank_card_no,home_address
X7,张小明,+8613812345678,,11010519491231002X,zhang@example.com,6222020000001234,上海市浦东新区世纪大道1号。
X8,韩梅,13800138000,passport,AB123456,,,
X9,赵六,13900000001,士官证,南字第0012345号,,,""",
    "companies": "company_id,uscc\nK1,91110108551385082Q",
    "applications": """apply_no,applicant_id,apply_time,device_id,ip,wifi_bssid,gps_lat,gps_lon
Q1,X7,2026-02-05,dev-1,2001:db8::99,aa:bb:cc:11:22:33,39.90874,116.39761""",
}
COMMON = [
    "account",
    "address",
    "address",
    "device",
    "email",
    "id_document",
    "id_document",
    "id_document",
    "id_document",
]
COMMON = sorted([*COMMON, "ip", "phone", "wifi"])
"""Kinds of what both books state: a card, a home and a place, an e-mail, an ID in its older and newer form, a passport,
a document of a kind of its own and a company's code; no stop-list phone."""


def institution(folder, tables, url=None):
    """A store with a key file of its own."""
    book = folder / "book"
    book.mkdir(parents=True)
    for table, csv in tables.items():
        (book / f"{table}.csv").write_text(csv + "\n", "utf-8")
    load_key_file(folder / "keys.json")
    store = open_store(url or f"sqlite:///{folder}/graph.db", key_file=folder / "keys.json")
    load(store, book, parse_mapping("reject_limit = 1.0\n", "personal", "personal"))
    return store


@pytest.fixture(params=STORES)
def ours(request, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    url = None if request.param == "sqlite" else request.getfixturevalue("neo4j_url")
    store = institution(tmp_path / "ours", OURS, url)
    yield store
    store.close()


@pytest.fixture
def theirs(tmp_path):
    store = institution(tmp_path / "theirs", THEIRS)
    yield store
    store.close()


def test_two_books_match_under_one_key_and_not_under_two(ours, theirs):
    mine, left_out = partner_tokens(ours, SHARED_KINDS, KEY)
    yours, _ = partner_tokens(theirs, SHARED_KINDS, KEY)
    common = mine.merge(yours, on=["kind", "token"])
    assert common["kind"].tolist() == COMMON
    assert left_out == 1  # 13800138000 is on the stop-list
    under_another, _ = partner_tokens(theirs, SHARED_KINDS, OTHER)
    assert len(under_another) == len(yours) and not set(mine["token"]) & set(under_another["token"])
    # a match leads each institution to its own node, and to nobody else's
    phone = common[common["kind"] == "phone"].iloc[0]
    for store, name in ((ours, phone["node_x"]), (theirs, phone["node_y"])):
        assert name == node_name("phone", "13812345678", store.keys, {"phone": "personal"})
    assert not set(mine["node"]) & set(yours["node"])


def test_a_partner_token_is_the_agreed_keys_alone(theirs):
    frame, _ = partner_tokens(theirs, ["phone"], KEY)
    assert frame["token"].tolist() == sorted(
        partner_token(KEY, "phone", number) for number in ("+8613812345678", "+8613900000001")
    )
    own = {theirs.keys.token("phone", number)[4:] for number in ("+8613812345678", "+8613900000001")}
    assert not own & {token[5:] for token in frame["token"]}


def test_kinds_can_be_chosen_and_names_are_none_of_them(theirs):
    assert set(partner_tokens(theirs, ["email", "ip"], KEY)[0]["kind"]) == {"email", "ip"}
    for kind in ("name", "company", "nothing"):
        with pytest.raises(UserError, match="has no personal values"):
            partner_tokens(theirs, [kind], KEY)


def test_the_agreed_key_comes_from_a_file_or_the_environment(tmp_path, monkeypatch):
    own = load_key_file(tmp_path / "keys.json")
    with pytest.raises(UserError, match="no agreed key"):
        agreed_key(None, own)
    (tmp_path / "agreed").write_bytes(KEY + b"\r\n")
    monkeypatch.setenv("RINGFENCE_PARTNER_KEY", OTHER.decode())
    assert agreed_key(tmp_path / "agreed", own) == KEY and agreed_key(None, own) == OTHER
    with pytest.raises(UserError, match="cannot read the agreed key"):
        agreed_key(tmp_path / "nowhere", own)
    (tmp_path / "agreed").write_text("short")
    with pytest.raises(UserError, match="5 characters"):
        agreed_key(tmp_path / "agreed", own)


def test_the_stores_own_secret_is_refused(tmp_path):
    own = load_key_file(tmp_path / "keys.json")
    secret = json.loads((tmp_path / "keys.json").read_text())["token_secret"]
    for written in (secret, secret.upper()):
        (tmp_path / "agreed").write_text(written + "\n")
        with pytest.raises(UserError, match="own token secret"):
            agreed_key(tmp_path / "agreed", own)
