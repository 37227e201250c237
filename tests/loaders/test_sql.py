"""Tables of a database: matched by name, read exactly, in one picture, and without a trace of the password."""

import logging
import sqlite3
import sys
import time

import psycopg
import pytest
from ringfence.graph.errors import UserError
from ringfence.loaders import load
from ringfence.loaders.schema.mapping import parse_mapping
from ringfence.loaders.sources import open_source
from support.book import ringfence
from support.loading import Loading
from support.postgres_server import PASSWORD

MAPPING = """
[privacy]
default = "internal"

[[file]]
match = "risk.t_loan"
table = "loans"
where = {column = "void", not = "true"}
[file.columns]
loan_id = "id"
borrower_id = "客户号"
borrower_kind = {value = "applicant"}
amount = "amount"
disbursed_at = "paid"
valid_to = "ended"

[[file]]
match = "v_person"
table = "applicants"
columns = {applicant_id = "id", mobile = "phone"}
"""


@pytest.fixture
def database(postgres_url):
    """A connection to the database, emptied first."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS risk CASCADE")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        yield connection


@pytest.fixture
def book(database):
    database.execute("CREATE SCHEMA risk")
    database.execute(
        'CREATE TABLE risk.t_loan (id numeric(20, 0) PRIMARY KEY, "客户号" text, amount numeric(12, 2), '
        "paid timestamptz, ended timestamp, void boolean, blob bytea)"
    )
    database.execute(
        "INSERT INTO risk.t_loan SELECT 6222021234567890000 + n, 'A' || n, n + 0.5, "
        "'2024-01-31 08:00:00+08'::timestamptz + n * interval '1 hour', 'infinity', n = 3, 'x' "
        "FROM generate_series(1, 3) n"
    )
    database.execute(
        "CREATE VIEW v_person AS SELECT 'A' || n AS id, 13812345670 + n AS phone FROM generate_series(1, 2) n"
    )
    return database


def records(url, mapping=None):
    found = {}
    for batch in open_source(url, mapping).batches():
        rows = batch.frame.astype(object).where(batch.frame.notna(), None).to_dict("records")
        found.setdefault((batch.table, batch.file), {}).update(zip(batch.rows.tolist(), rows, strict=True))
    return found


def test_tables_and_views_are_read_as_the_mapping_says(book, postgres_url):
    found = records(postgres_url, parse_mapping(MAPPING, "bank", "bank"))
    assert found == {
        ("applicants", "v_person"): {
            2: {"applicant_id": "A1", "mobile": "13812345671"},
            3: {"applicant_id": "A2", "mobile": "13812345672"},
        },
        ("loans", "risk.t_loan"): {
            row: {
                "loan_id": f"622202123456789000{row - 1}",
                "borrower_id": f"A{row - 1}",
                "borrower_kind": "applicant",
                "amount": f"{row - 1}.50",
                "disbursed_at": f"2024-01-31 0{row - 1}:00:00+00",
                "valid_to": None,
            }
            for row in (2, 3)
        },
    }


def test_a_load_from_a_database_is_a_load(book, postgres_url, tmp_path):
    loading = Loading(tmp_path)
    report = load(loading.store, postgres_url, parse_mapping(MAPPING, "bank", "bank"))
    assert report.tables["loans"] == {"read": 2, "used": 2, "unchanged": 0, "duplicate": 0, "rejected": 0}
    assert loading.edges("BORROWED") == [
        ("applicant:A1", "loan:6222021234567890001"),
        ("applicant:A2", "loan:6222021234567890002"),
    ]
    again = load(loading.store, postgres_url, parse_mapping(MAPPING, "bank", "bank"))
    assert again.tables["loans"]["unchanged"] == 2


def test_canonical_names_need_no_mapping(database, postgres_url):
    database.execute("CREATE TABLE devices (device_id text, device_type text)")
    database.execute("CREATE MATERIALIZED VIEW accounts AS SELECT 1 AS account_no")
    database.execute("CREATE TABLE something_else (x int)")
    database.execute("INSERT INTO devices VALUES ('D1', NULL)")
    assert records(postgres_url) == {
        ("devices", "devices"): {2: {"device_id": "D1", "device_type": None}},
        ("accounts", "accounts"): {2: {"account_no": "1"}},
    }


def test_all_tables_are_read_in_one_picture(database, postgres_url):
    database.execute("CREATE TABLE accounts (account_no text)")
    database.execute("CREATE TABLE devices (device_id text)")
    database.execute("INSERT INTO accounts VALUES ('1')")
    database.execute("INSERT INTO devices VALUES ('D1')")
    batches = open_source(postgres_url).batches()
    first = next(batches)
    database.execute("INSERT INTO accounts VALUES ('2')")
    database.execute("INSERT INTO devices VALUES ('D2')")
    assert [first.read, *(batch.read for batch in batches)] == [1, 1]
    others = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    until = time.monotonic() + 10  # the server takes a moment to notice
    while database.execute(others).fetchone() != (0,):
        assert time.monotonic() < until, "the connection stays open no longer than the rows are read"
        time.sleep(0.05)


def test_rows_come_through_a_cursor_on_the_server_in_the_order_of_the_key(database, postgres_url):
    database.execute("CREATE TABLE devices (device_id text PRIMARY KEY)")
    database.execute("INSERT INTO devices SELECT 'D' || lpad(n::text, 6, '0') FROM generate_series(50000, 1, -1) n")
    batches = open_source(postgres_url).batches()
    first = next(batches)
    (cursors,) = database.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'FETCH FORWARD%' AND pid <> pg_backend_pid()"
    ).fetchone()
    assert cursors == 1
    rest = list(batches)
    assert [len(first.frame), *(len(batch.frame) for batch in rest)] == [20000, 20000, 10000]
    assert first.frame["device_id"].tolist() == [f"D{n:06}" for n in range(1, 20001)]
    assert rest[-1].rows.tolist()[-1] == 50001


def test_sqlite_is_a_database_too(tmp_path):
    with sqlite3.connect(tmp_path / "bank.db") as connection:
        connection.execute(
            "CREATE TABLE loans (loan_id TEXT PRIMARY KEY, borrower_id INTEGER, amount REAL, lender BLOB)"
        )
        connection.executemany(
            "INSERT INTO loans VALUES (?, ?, ?, ?)", [("L2", 2, 1e20, b"x"), ("L1", 2**62, 2.0, None)]
        )
    url = f"sqlite:///{tmp_path}/bank.db"
    assert records(url) == {
        ("loans", "loans"): {
            2: {"loan_id": "L1", "borrower_id": str(2**62), "amount": "2", "lender": None},
            3: {"loan_id": "L2", "borrower_id": "2", "amount": "1e+20", "lender": "x"},
        }
    }


# -- the password


def test_the_password_is_nowhere_to_be_found(database, postgres_url, tmp_path):
    database.execute("CREATE TABLE devices (device_id text)")
    database.execute("INSERT INTO devices VALUES ('D1'), (NULL), ('D2'), ('D3')")
    (tmp_path / "m.toml").write_text("reject_limit = 1.0\n")
    done = ringfence("load", postgres_url, "--mapping", "m.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "postgresql://bank@127.0.0.1:" in done.stdout
    for command in (("status",), ("rejects", "--format", "csv")):
        done = ringfence(*command, cwd=tmp_path)
        assert done.returncode == 0 and PASSWORD not in done.stdout + done.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "ringfence.db" for path in written)
    assert [path.name for path in written if PASSWORD.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace(PASSWORD, PASSWORD + "x"),
        lambda url: url.replace("/postgres", "/nothing"),
        lambda url: url.replace(PASSWORD, PASSWORD + "@x"),
        lambda url: url.replace("@127.0.0.1:", "@127.0.0.1:x"),
        lambda url: url.replace("postgresql://", "postgresql+none://"),
        lambda url: url.replace("postgresql://", "nothing://"),
        lambda url: url.split("@")[1].join(["postgresql://", f"?user=bank&password={PASSWORD}x"]),
    ],
)
def test_a_failure_does_not_tell_the_password(postgres_url, change, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(UserError) as failure:
        open_source(change(postgres_url))
    assert PASSWORD not in str(failure.value) and "\n" not in str(failure.value)
    assert PASSWORD not in caplog.text
    done = ringfence("load", change(postgres_url), cwd=tmp_path, RINGFENCE_DEBUG="1")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert PASSWORD not in done.stdout + done.stderr


def test_a_failure_while_reading_does_not_tell_it_either(database, postgres_url, tmp_path):
    database.execute("CREATE VIEW devices AS SELECT (1 / n)::text AS device_id FROM generate_series(-1, 1) n")
    done = ringfence("load", postgres_url, cwd=tmp_path)
    assert done.returncode == 2 and "division by zero" in done.stderr
    assert PASSWORD not in done.stderr


# -- what the user can mend


def test_a_database_without_known_tables_says_what_it_has(database, postgres_url):
    database.execute("CREATE TABLE t_loan (x int)")
    with pytest.raises(UserError, match=r"found t_loan\); say with --mapping which table is which"):
        open_source(postgres_url)


def test_a_missing_column_is_told_before_anything_is_read(database, postgres_url):
    database.execute("CREATE TABLE loans (loan_id text)")
    with pytest.raises(UserError, match="table 'loans' lacks its required column 'borrower_id' in loans"):
        open_source(postgres_url)


def test_a_driver_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(
        UserError, match=r"driver 'psycopg' is not installed; run: pip install 'ringfence\[postgresql\]'"
    ):
        open_source("postgresql://u@h/d")
    with pytest.raises(UserError, match="driver 'MySQLdb' is not installed; install the package that brings it"):
        open_source("mysql://u@h/d")


LOOKED_UP = """
[[file]]
match = "tx"
table = "transfers"
[file.columns]
from_account = {column = "src", lookup = {file = "core.acct", key = "id", value = "no"}}
to_account = {column = "dst", lookup = {file = "core.acct", key = "id", value = "no"}}
amount = "amt"
time = "t"
"""


def test_an_id_is_looked_up_in_another_table(database, postgres_url):
    database.execute("CREATE SCHEMA core")
    database.execute("CREATE TABLE core.acct (id int, no text)")
    database.execute("INSERT INTO core.acct SELECT n, '6222' || n FROM generate_series(1, 30000) n")
    database.execute("CREATE TABLE tx (src int, dst int, amt numeric, t date)")
    database.execute("INSERT INTO tx SELECT n, n + 1, 5, '2024-01-31' FROM generate_series(1, 30000) n")
    database.execute("CREATE TABLE other (a int)")
    source = open_source(postgres_url, parse_mapping(LOOKED_UP, "m", "m"))
    frames = [batch.frame for batch in source.batches()]
    assert [tuple(frame.iloc[-1][["from_account", "to_account"]]) for frame in frames][-1] == ("622230000", "#N/A")
    assert [name for name, _ in source.left_out] == ["other"]
