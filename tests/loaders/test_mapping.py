"""A mapping turns a foreign schema into canonical tables, and says in one line where it is wrong."""

from pathlib import Path

import pytest
from ringfence.graph.errors import UserError
from ringfence.graph.model import PERSONAL_KINDS
from ringfence.loaders.schema.mapping import Mapping, load_mapping, parse_mapping, shipped
from ringfence.loaders.sources import open_source

DATA = Path(__file__).parent.parent / "data"


def mapped(folder, files, mapping):
    """The rows that a mapping makes of some files: ``{table: [{column: text}]}``, missing cells left out."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    tables = {}
    for batch in open_source(folder, parse_mapping(mapping, "bank", "bank.toml")).batches():
        rows = batch.frame.to_dict("records")
        tables.setdefault(batch.table, []).extend(
            {column: cell for column, cell in row.items() if isinstance(cell, str)} for row in rows
        )
    return tables


def person(rules):
    return f'[[file]]\nmatch = "p"\ntable = "applicants"\n[file.columns]\napplicant_id = "id"\n{rules}\n'


# -- what rules do


def test_columns_are_renamed_and_the_first_alternative_that_exists_is_taken(tmp_path):
    rules = person('name = ["姓名", "full name", "alias"]')
    files = {"p.csv": "ID,alias,Full Name\n1,z,Ann\n"}
    assert mapped(tmp_path, files, rules) == {"applicants": [{"applicant_id": "1", "name": "Ann"}]}


def test_a_constant_stands_in_every_row(tmp_path):
    rules = person('region = {value = "north"}')
    rows = [{"applicant_id": "1", "region": "north"}, {"applicant_id": "2", "region": "north"}]
    assert mapped(tmp_path, {"p.csv": "id\n1\n2\n"}, rules) == {"applicants": rows}


def test_a_key_is_joined_from_several_columns_and_blank_where_one_is(tmp_path):
    rules = person('bank_card_no = {join = ["branch", ["no", "number"]], with = "-"}')
    files = {"p.csv": "id,branch,number\n1,SH,007\n2,,8\n3,BJ,\n"}
    assert mapped(tmp_path, files, rules)["applicants"] == [
        {"applicant_id": "1", "bank_card_no": "SH-007"},
        {"applicant_id": "2"},
        {"applicant_id": "3"},
    ]


def test_words_are_replaced_and_others_stay(tmp_path):
    rules = person('cert_type = {column = "t", values = {"A" = "passport", "x" = ""}}')
    rows = mapped(tmp_path, {"p.csv": "id,t\n1, a \n2,B\n3,\n4,X\n"}, rules)["applicants"]
    assert [row.get("cert_type") for row in rows] == ["passport", "B", None, None]


def test_words_not_listed_become_the_other_word(tmp_path):
    rules = person('cert_type = {column = "t", values = {"A" = "passport"}, other = "?"}')
    rows = mapped(tmp_path, {"p.csv": "id,t\n1,A\n2,B\n3,\n"}, rules)["applicants"]
    assert [row.get("cert_type") for row in rows] == ["passport", "?", None]


def test_a_cell_counts_only_when_another_column_says_so(tmp_path):
    rules = person('valid_to = {column = "gone", when = {column = "deleted", equals = "true"}}')
    rows = mapped(tmp_path, {"p.csv": "id,gone,deleted\n1,2020,TRUE\n2,2021,false\n3,2022,\n"}, rules)["applicants"]
    assert [row.get("valid_to") for row in rows] == ["2020", None, None]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ('equals = "Yes"', ["1", "2"]),
        ('equals = ""', ["4"]),
        ('in = ["yes", "no"]', ["1", "2", "3"]),
        ('not = "no"', ["1", "2", "4"]),
        ('not = ["no", ""]', ["1", "2"]),
    ],
)
def test_only_the_rows_that_hold_a_word_are_taken_under_their_own_numbers(tmp_path, where, kept):
    (tmp_path / "p.csv").write_text("id,flag\n1,yes\n2, YES\n3,no\n4,\n")
    text = person("").replace("[file.columns]", f'where = {{column = "flag", {where}}}\n[file.columns]')
    (batch,) = open_source(tmp_path, parse_mapping(text, "bank", "bank.toml")).batches()
    assert batch.frame["applicant_id"].tolist() == kept
    assert batch.rows.tolist() == [int(row) + 1 for row in kept]


def test_optional_columns_may_be_absent(tmp_path):
    rules = person('name = {column = "n", optional = true}\nemail = {join = ["a", "b"], optional = true}')
    assert mapped(tmp_path, {"p.csv": "id,a\n1,x\n"}, rules) == {"applicants": [{"applicant_id": "1"}]}


def test_without_columns_canonical_names_hold(tmp_path):
    rules = '[[file]]\nmatch = "loans_*"\ntable = "loans"\n'
    files = {
        "LOANS_old.csv": "loan_id,Borrower_ID,rate\nL1,C1,5\n",
        "loans_new.csv": "borrower_id,loan_id,dpd\nC2,L2,3\n",
    }
    assert mapped(tmp_path, files, rules)["loans"] == [
        {"loan_id": "L1", "borrower_id": "C1"},
        {"loan_id": "L2", "borrower_id": "C2", "dpd": "3"},
    ]


def test_a_mapping_without_files_leaves_canonical_names(tmp_path):
    files = {"devices.csv": "device_id\nD1\n"}
    assert mapped(tmp_path, files, 'zone = "UTC"') == {"devices": [{"device_id": "D1"}]}


def test_one_file_fills_several_tables_and_several_files_one(tmp_path):
    rules = """
        [[file]]
        match = ["cards", "old_*.csv"]
        table = "accounts"
        columns = {account_no = "no"}
        [[file]]
        match = "cards"
        table = "account_owners"
        columns = {account_no = "no", owner_id = "holder"}
    """
    files = {"cards.csv": "no,holder\n1,A\n", "OLD_2019.csv": "no\n2\n", "old_2020.csv": "no\n3\n"}
    tables = mapped(tmp_path, files, rules)
    assert sorted(row["account_no"] for row in tables["accounts"]) == ["1", "2", "3"]
    assert tables["account_owners"] == [{"account_no": "1", "owner_id": "A"}]


def test_a_delimiter_is_stated_where_the_header_does_not_tell(tmp_path):
    rules = 'delimiter = "^"\n' + person('name = "a,b,c"')
    files = {"p.csv": "id^a,b,c\n1^x,y,z\n"}
    assert mapped(tmp_path, files, rules)["applicants"] == [{"applicant_id": "1", "name": "x,y,z"}]


# -- what it says about the load


def test_defaults_hold_without_a_mapping():
    mapping = Mapping()
    assert mapping == parse_mapping("", "canonical", "x.toml")
    assert (mapping.zone, mapping.data_date, mapping.reject_limit) == ("Asia/Shanghai", None, 0.10)
    assert mapping.privacy == dict.fromkeys(PERSONAL_KINDS, "personal")
    assert (mapping.extract, mapping.plain, mapping.entries) == ({}, {}, ())


def test_a_mapping_states_zone_dates_limits_extracts_and_privacy():
    mapping = parse_mapping(
        """
        zone = "UTC"
        data_date = 2024-01-31
        reject_limit = 0.5
        [extract]
        loans = "full"
        holdings = "delta"
        [privacy]
        default = "internal"
        phone = "personal"
        [[file]]
        match = "a"
        table = "accounts"
        columns = {account_no = {column = "x", plain = true}, bank = "b"}
        """,
        "bank",
        "bank.toml",
    )
    assert (mapping.name, mapping.zone, mapping.data_date) == ("bank", "UTC", "2024-01-31")
    assert mapping.reject_limit == 0.5
    assert mapping.extract == {"loans": "full", "holdings": "delta"}
    assert {kind for kind, word in mapping.privacy.items() if word == "personal"} == {"phone"}
    assert mapping.privacy.keys() == PERSONAL_KINDS
    assert mapping.plain == {"accounts": {"account_no"}}


def test_a_mapping_file_is_found_by_path_and_called_by_its_stem(tmp_path):
    path = tmp_path / "my bank.toml"
    path.write_bytes(b"\xef\xbb\xbfzone = 'UTC'")
    assert (load_mapping(path).name, load_mapping(str(path)).zone) == ("my bank", "UTC")


FILE = '[[file]]\nmatch = "a"\ntable = "loans"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zone = ", "not valid TOML"),
        ('zone = "Mars/Phobos"', "zone 'Mars/Phobos' is not known"),
        ("zone = 8", "zone must be a text"),
        ('zoen = "UTC"', "zoen is not known here"),
        ("data_date = 7", "data_date must be a text"),
        ('delimiter = "||"', "delimiter must be one plain character"),
        ("reject_limit = 10", "reject_limit must be a share"),
        ("reject_limit = true", "reject_limit must be a share"),
        ('extract = "full"', "extract must be a table"),
        ('[extract]\nloans = "all"', "extract.loans must be 'full' or 'delta'"),
        ('[extract]\nlaons = "full"', "extract.laons is not known here"),
        ('[sentinels]\nfax = "1"', "sentinels.fax is not known here"),
        ("[sentinels]\nphone = [4008]", "sentinels.phone must be a text or a list of texts"),
        ('[privacy]\nphone = "secret"', "privacy.phone must be 'personal' or 'internal'"),
        ('[privacy]\nfax = "personal"', "privacy.fax is not known here"),
        ("[file]", "file must be written [[file]]"),
        ('[[file]]\ntable = "loans"', "[[file]] 1.match is missing"),
        ('[[file]]\nmatch = "a"', "[[file]] 1.table is missing"),
        ('[[file]]\nmatch = []\ntable = "loans"', "[[file]] 1.match must be a text or a list of texts"),
        ('[[file]]\nmatch = ""\ntable = "loans"', "[[file]] 1.match must not be empty"),
        ('[[file]]\nmatch = "a"\ntable = "lones"', "[[file]] 1.table 'lones' is not known"),
        (FILE + FILE + 'columns = {loan = "x"}', "[[file]] 2.columns.loan is not known here"),
        (FILE + "columns = {loan_id = 0}", "[[file]] 1.columns.loan_id must be the name of a column or its place"),
        (FILE + "columns = {loan_id = true}", "loan_id must be the name of a column or its place from 1 on"),
        (FILE + "skip_rows = -1", "[[file]] 1.skip_rows must be a whole number from 0 to 100"),
        (FILE + "header = false", "[[file]] 1.header is false, so columns must say which column stands in which"),
        (FILE + 'columns = {lender = {column = "a", scale = 2}}', "lender.scale is for columns of numbers"),
        (FILE + 'columns = {amount = {column = "a", scale = 0}}', "amount.scale must be a number above 0"),
        (FILE + 'columns = {amount = {column = "a", unit = "days"}}', "amount.unit and base are for columns of times"),
        (FILE + 'columns = {due_at = {column = "a", unit = "years"}}', "due_at.unit must be one of milliseconds"),
        (FILE + 'columns = {due_at = {column = "a", base = "2017-01-01"}}', "due_at.unit is missing"),
        (FILE + 'columns = {due_at = {column = "a", unit = "days", base = "soon"}}', "due_at.base must be a date"),
        (FILE + 'columns = {due_at = {column = "a", lookup = {file = "b"}}}', "due_at.lookup.key is missing"),
        (FILE + "columns = {loan_id = {}}", "loan_id needs exactly one of column, join or value"),
        (FILE + 'columns = {loan_id = {column = "a", value = "b"}}', "needs exactly one of column, join"),
        (FILE + 'columns = {loan_id = {join = "a"}}', "loan_id.join must be a list of two or more"),
        (FILE + 'columns = {loan_id = {join = ["a", 0]}}', "loan_id.join must be the name of a column or its place"),
        (FILE + 'columns = {loan_id = {column = "a", values = {x = 1}}}', "loan_id.values.x must be a text"),
        (FILE + 'columns = {loan_id = {column = "a", plain = "yes"}}', "plain must be true or false"),
        (FILE + 'columns = {loan_id = {column = "a", as = "b"}}', "loan_id.as is not known here"),
        (FILE + 'where = {column = "a"}', "where needs exactly one of equals, in or not"),
        (FILE + 'where = {equals = "a"}', "where.column is missing"),
        (FILE + 'where = "a"', "where must be a table"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_its_place(text, said):
    with pytest.raises(UserError) as caught:
        parse_mapping(text, "bank", "bank.toml")
    assert str(caught.value).startswith("bank.toml: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_mapping_is_answered_with_the_shipped_ones():
    with pytest.raises(UserError, match=r"no mapping 'finbanch': .*finbench"):
        load_mapping("finbanch")


def test_a_mapping_that_is_not_utf8_says_so(tmp_path):
    (tmp_path / "m.toml").write_bytes("[[file]]\nmatch = '贷款'".encode("gb18030"))
    with pytest.raises(UserError, match=r"m\.toml: not UTF-8 \(byte 18\)"):
        load_mapping(tmp_path / "m.toml")


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ('name = ["nm", "alias"]', "has no column 'nm' or 'alias', which mapping 'bank' names for applicants.name"),
        ('email = {join = ["id", "b"]}', "has no column 'b'"),
        ('name = {column = "id", when = {column = "w", equals = "1"}}', "has no column 'w'"),
    ],
)
def test_a_mapping_that_names_a_column_which_is_not_there_is_told_so(tmp_path, rules, said):
    with pytest.raises(UserError) as caught:
        mapped(tmp_path, {"p.csv": "id\n1\n"}, person(rules))
    assert str(caught.value).startswith("p.csv " + said.split(" which")[0].rstrip(","))
    assert said in str(caught.value)


def test_a_filter_on_a_column_which_is_not_there_is_told_so(tmp_path):
    text = person("").replace("[file.columns]", 'where = {column = "flag", equals = "1"}\n[file.columns]')
    with pytest.raises(UserError, match=r"p\.csv has no column 'flag'"):
        mapped(tmp_path, {"p.csv": "id\n1\n"}, text)


# -- the shipped mappings


def test_every_shipped_mapping_is_valid():
    assert "finbench" in shipped()
    for name in shipped():
        assert load_mapping(name).name == name


def rows_of(source):
    counts = {}
    for batch in source.batches():
        assert not batch.rejects
        counts[batch.table] = counts.get(batch.table, 0) + batch.read
    return counts


def test_finbench_takes_every_row_of_the_drivers_older_schema():
    source = open_source(DATA / "finbench-driver-example", load_mapping("finbench"))
    assert source.unknown_columns == [("data/Account.csv.gz", "accoutType")]
    assert rows_of(source) == {
        "applicants": 1957,
        "companies": 967,
        "loans": 3465 + 2324 + 1141,
        "accounts": 6200,
        "devices": 1464,
        "account_owners": 4185 + 2015,
        "holdings": 1640 + 3394,
        "disbursements": 8481,
        "guarantees": 916 + 435,
        "sign_ins": 5146,
        "transfers": 37861 + 42069,
        "repayments": 8398,
        "flags": 311 + 79,  # blocked accounts and media; no person or company is blocked
    }


@pytest.fixture(scope="module")
def generated():
    """Every row of the generator's sample: ``{table: [{column: text}]}``, missing cells left out."""
    tables = {}
    for batch in open_source(DATA / "finbench-generator", load_mapping("finbench")).batches():
        for row in batch.frame.to_dict("records"):
            cells = {column: cell for column, cell in row.items() if isinstance(cell, str)}
            tables.setdefault(batch.table, []).append(cells)
    return tables


def test_finbench_fills_every_table_from_the_generators_schema(generated):
    assert {table: len(rows) for table, rows in generated.items()} == {
        "applicants": 4,
        "companies": 3,
        "loans": 4,
        "accounts": 6,
        "devices": 2,
        "account_owners": 6,
        "holdings": 4,
        "disbursements": 3,
        "guarantees": 5,
        "sign_ins": 4,
        "transfers": 7,
        "repayments": 1,
        "flags": 4,
    }


def test_finbench_parties_keep_their_quirks(generated):
    first, _, third, fourth = generated["applicants"]
    assert first == {
        "applicant_id": "1",
        "name": "Ortega, Ana",
        "region": "Spain Cadiz",
        "known_at": "1577836800123",
    }
    assert third["name"] == 'Chen "Cc" Wei'
    assert "region" not in fourth
    assert generated["companies"][0] == {
        "company_id": "1",
        "name": "Harbour Tools Ltd",
        "region": "China Ningbo",
        "industry": "hardware",
        "known_at": "1577840400001",
    }


def test_finbench_counts_a_deletion_only_where_it_is_explicit(generated):
    ended = {row["account_no"]: row.get("valid_to") for row in generated["accounts"]}
    assert {account for account, end in ended.items() if end} == {"4611686018427387907"}
    assert [row["valid_to"] for row in generated["transfers"] if "valid_to" in row] == ["1609459200000"]
    assert [row["valid_to"] for row in generated["sign_ins"] if "valid_to" in row] == ["1609459200000"]
    assert [row["owner_id"] for row in generated["account_owners"] if "valid_to" in row] == ["4398046511106"]


def test_finbench_blocked_things_are_blacklisted(generated):
    assert {(row["entity_kind"], row["entity_key"], row["effective_from"]) for row in generated["flags"]} == {
        ("applicant", "4398046511105", "1577923200456"),
        ("company", "4398046511110", "1577926800002"),
        ("account", "4611686018427387906", "1578182460100"),
        ("device", "13194139533314", "1578268860000"),
    }
    assert {(row["flag"], row["source"]) for row in generated["flags"]} == {("blacklist", "finbench")}


def test_finbench_loans_come_from_the_loan_and_from_who_applied(generated):
    loan = [row for row in generated["loans"] if row["loan_id"] == "4611686018427388001"]
    assert {"borrower_id": "1", "borrower_kind": "applicant", "lender": "First Harbour Bank"}.items() <= (
        loan[0] | loan[1]
    ).items()
    assert {"amount": "50000.25", "balance": "12000.5"}.items() <= (loan[0] | loan[1]).items()
    assert {row["known_at"] for row in loan} == {"1580515200000"}
    assert not any("disbursed_at" in row for row in generated["loans"])


def test_finbench_money_moves_by_kind_and_to_itself(generated):
    kinds = [row["kind"] for row in generated["transfers"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {"transfer": 5, "loan_transfer": 1, "withdrawal": 1}
    assert [row["amount"] for row in generated["transfers"] if row["from_account"] == row["to_account"]] == ["10.0"]
    assert not any("transfer_id" in row for row in generated["transfers"])
    own = [row for row in generated["holdings"] if row["holder_id"] == row["company_id"]]
    assert own == [
        {
            "holder_id": "8796093022211",
            "holder_kind": "company",
            "company_id": "8796093022211",
            "ratio": "0.05",
            "valid_from": "1583539200000",
        }
    ]


def test_finbench_is_internal_plain_and_in_utc():
    mapping = load_mapping("finbench")
    assert mapping.zone == "UTC"
    assert set(mapping.privacy.values()) == {"internal"}
    accounts_and_devices = {
        ("accounts", "account_no"),
        ("account_owners", "account_no"),
        ("sign_ins", "account_no"),
        ("sign_ins", "device_id"),
        ("devices", "device_id"),
        ("transfers", "from_account"),
        ("transfers", "to_account"),
        ("disbursements", "account_no"),
        ("repayments", "payer_account"),
        ("flags", "entity_key"),
    }
    assert {(table, column) for table, columns in mapping.plain.items() for column in columns} == (accounts_and_devices)


def test_the_gists_two_cards_of_one_number_stay_two():
    source = open_source(DATA / "neo4j-bankfraud-gist", load_mapping(DATA / "neo4j-bankfraud-gist" / "mapping.toml"))
    rows = {batch.table: batch.frame for batch in source.batches()}
    assert len(rows["applicants"]) == 3
    assert len(rows["accounts"]) == rows["accounts"]["account_no"].nunique() == 5
    assert rows["loans"]["credit_limit"].dropna().tolist() == ["5000", "4000"]


# -- units and look-ups


def test_numbers_are_scaled_exactly_and_what_is_none_stays(tmp_path):
    rules = '[[file]]\nmatch = "h"\ntable = "holdings"\n[file.columns]\nholder_id = "h"\ncompany_id = "c"\n'
    files = {"h.csv": "h,c,股比%\n1,2,8\n1,3,33.3\n1,4,8%\n1,5,约半\n1,6,\n"}
    rows = mapped(tmp_path, files, rules + 'ratio = {column = "股比%", scale = 0.01}\n')["holdings"]
    assert [row.get("ratio") for row in rows] == ["0.08", "0.333", "0.08", "约半", None]


def test_amounts_in_ten_thousands_become_yuan(tmp_path):
    rules = '[[file]]\nmatch = "l"\ntable = "loans"\n[file.columns]\nloan_id = "id"\nborrower_id = "b"\n'
    files = {"l.csv": 'id,b,余额(万元)\nL1,A,"1,200.5"\nL2,A,0.1\nL3,A,１２\n'}
    rows = mapped(tmp_path, files, rules + 'balance = {column = "余额(万元)", scale = 10000}\n')["loans"]
    assert [row["balance"] for row in rows] == ["12005000.0", "1000.0", "120000"]


@pytest.mark.parametrize(
    ("option", "number", "read"),
    [
        ('unit = "hours", base = "2017-01-01"', "25", "2017-01-02T01:00:00.000"),
        ('unit = "days", base = 2017-01-01', "1.5", "2017-01-02T12:00:00.000"),
        ('unit = "minutes", base = 2017-01-01T08:00:00+08:00', "1", "2017-01-01T08:01:00.000+08:00"),
        ('unit = "seconds"', "1700000000", "2023-11-14T22:13:20.000+00:00"),
        ('unit = "milliseconds"', "1700000000123", "2023-11-14T22:13:20.123+00:00"),
        ('unit = "days"', "soon", "soon"),
        ('unit = "days"', "1e300", "1e300"),
    ],
)
def test_times_may_be_counted_from_a_base(tmp_path, option, number, read):
    rules = person(f'known_at = {{column = "step", {option}}}')
    assert mapped(tmp_path, {"p.csv": f"id,step\n1,{number}\n"}, rules)["applicants"][0]["known_at"] == read


TRANSFERS = """
[[file]]
match = "tx"
table = "transfers"
[file.columns]
from_account = {column = "src", lookup = {file = "acct*", key = "id", value = "no"}}
to_account = {column = "dst", lookup = {file = "acct*", key = "id", value = 2}}
amount = "amt"
time = "t"
"""


def test_an_id_is_looked_up_in_another_file(tmp_path):
    files = {
        "tx.csv": "src,dst,amt,t\n1,2,5,2024-01-01\n2.0, 1 ,6,2024-01-01\n3,,7,2024-01-01\n",
        "acct1.csv": "id,no,x\n1,6222,\n1,6222,\n",
        "acct2.csv": "id,no,x\n2,6223,\n,6224,\n",
    }
    rows = mapped(tmp_path, files, TRANSFERS)["transfers"]
    assert [(row["from_account"], row.get("to_account")) for row in rows] == [
        ("6222", "6223"), ("6223", "6222"), ("#N/A", None),
    ]  # fmt: skip


def test_a_file_that_is_only_looked_up_in_is_known_and_its_other_columns_are_named(tmp_path):
    mapped(tmp_path, {"tx.csv": "src,dst,amt,t\n", "acct.csv": "台账\nid,no,x\n1,2,3\n"}, TRANSFERS)
    source = open_source(tmp_path, parse_mapping(TRANSFERS, "m", "m"))
    assert (source.unknown_columns, source.left_out) == (
        [("acct.csv", "x")],
        [("acct.csv", "1 row above its header; it holds no record")],
    )


def test_a_file_may_be_a_table_and_be_looked_up_in(tmp_path):
    entry = '[[file]]\nmatch = "acct"\ntable = "accounts"\ncolumns = {account_no = "no"}\n'
    files = {"tx.csv": "src,dst,amt,t\n1,1,5,2024-01-01\n", "acct.csv": "id,no\n1,6222\n"}
    rows = mapped(tmp_path, files, TRANSFERS + entry)
    assert (rows["accounts"], rows["transfers"][0]["to_account"]) == ([{"account_no": "6222"}], "6222")


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        (
            {"acct.csv": "id,no\n1,2\n1,3\n"},
            "looks up in 'acct*', where ids have several values (1 of them)",
        ),
        ({"acct.csv": "nr,no\n1,2\n"}, "acct.csv has no column 'id', which mapping 'bank' looks up"),
        ({}, "mapping 'bank' looks up in 'acct*', and no file of the source is called so"),
    ],
)
def test_a_look_up_that_cannot_be_made_is_told(tmp_path, accounts, said):
    with pytest.raises(UserError) as caught:
        mapped(tmp_path, {"tx.csv": "src,dst,amt,t\n1,1,5,2024-01-01\n", **accounts}, TRANSFERS)
    assert said in str(caught.value)
