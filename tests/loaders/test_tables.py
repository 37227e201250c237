"""The canonical tables are those that the documentation promises, column by column."""

from itertools import takewhile

import pytest
from ringfence.graph.model import KINDS, PARTIES, PERSONAL_KINDS
from ringfence.loaders.schema.tables import TABLES, VALIDITY

# required columns are marked with *
PROMISED = {
    "applicants": """applicant_id* name cert_type cert_no mobile email bank_card_no employer employer_phone
        home_address work_address region""",
    "applications": """apply_no* applicant_id* apply_time* product channel salesperson_id amount credit_limit
        term_months device_id imei ip wifi_bssid gps_lat gps_lon merchant_no status lender lender_kind""",
    "identifiers": "owner_id* kind* value* use",
    "relations": "applicant_id* other_id* relation*",
    "contacts": "applicant_id* contact_mobile* contact_name relation",
    "companies": """company_id* name former_names uscc legal_rep_id group_id region industry phone
        registered_address finance_contact_mobile auditor total_assets total_liabilities net_assets status_date""",
    "holdings": "holder_id* company_id* ratio",
    "loans": """loan_id* borrower_id* lender apply_no applied_at product currency amount credit_limit balance
        off_balance_amount disbursed_at due_at account_no merchant_no enhancer guarantee_method five_class dpd
        status_date""",
    "loan_history": "loan_id* date* balance five_class dpd",
    "disbursements": "loan_id* account_no* amount* time*",
    "guarantees": """contract_id guarantor_id* borrower_id* amount currency loan_id liability form cap
        joint_group_id counter_of start_date end_date status released_at status_date guarantee_type""",
    "merchants": """merchant_no* name uscc legal_rep_id phone account_no category region gps_lat gps_lon
        opened_at""",
    "orders": """order_no* applicant_id* merchant_no* amount paid_at shipped_at delivered_at refunded_at
        delivery_address""",
    "accounts": "account_no* owner_id bank opened_at",
    "account_owners": "account_no* owner_id*",
    "devices": "device_id* device_type",
    "sign_ins": "device_id* account_no* time*",
    "transfers": "transfer_id from_account* to_account* amount* time* kind purpose balance_after to_balance_after",
    "repayments": "loan_id* payer_account* amount* time*",
    "flags": "entity_kind* entity_key* flag* source effective_from expires_at",
    "partners": "partner_name* role product listed_from listed_to former_names",
}

KEYS = {
    "contacts": "applicant_id contact_mobile",
    "holdings": "holder_id company_id valid_from",
    "guarantees": "contract_id guarantor_id borrower_id",
    "identifiers": "owner_id kind value use valid_from",
    "relations": "applicant_id other_id relation",
    "account_owners": "account_no owner_id",
    "loan_history": "loan_id date",
    "flags": "entity_kind entity_key flag source effective_from",
    "partners": "partner_name role product listed_from",
    "transfers": "transfer_id",
    "disbursements": "",
    "sign_ins": "",
    "repayments": "",
}


def test_there_are_exactly_the_promised_tables():
    assert set(TABLES) == set(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
def test_a_table_has_the_promised_columns_and_requires_the_bold_ones(name):
    promised = PROMISED[name].split()
    table = TABLES[name]
    assert [column.name for column in table.columns] == [word.rstrip("*") for word in promised]
    assert list(table.required) == [word.rstrip("*") for word in promised if word.endswith("*")]


@pytest.mark.parametrize("name", PROMISED)
def test_a_table_is_keyed_by_its_first_required_column_unless_promised_otherwise(name):
    table = TABLES[name]
    assert list(table.key) == KEYS.get(name, table.required[0]).split()
    assert set(table.key) <= set(table.all_columns)


def test_contracts_and_transfers_without_their_number_have_no_key():
    assert {name: table.key_needs for name, table in TABLES.items() if table.key_needs} == {
        "guarantees": "contract_id",
        "transfers": "transfer_id",
    }


def test_tables_that_declare_a_kind_do_so_in_their_key():
    assert {table.declares: table.key[0] for table in TABLES.values() if table.declares} == {
        "applicant": "applicant_id",
        "company": "company_id",
        "merchant": "merchant_no",
        "application": "apply_no",
        "loan": "loan_id",
        "account": "account_no",
        "device": "device_id",
    }


@pytest.mark.parametrize("name", PROMISED)
def test_what_a_table_refers_to_is_declared_by_itself_or_an_earlier_table(name):
    earlier = {table.declares for table in takewhile(lambda table: table.name != name, TABLES.values())}
    for column in TABLES[name].columns:
        if column.type == "ref" and column.required:
            assert column.kind in earlier | {TABLES[name].declares}, column.name


def test_every_table_may_carry_validity():
    for table in TABLES.values():
        assert list(table.all_columns)[-3:] == ["valid_from", "valid_to", "known_at"]
    assert {column.type for column in VALIDITY} == {"time"}


def test_columns_that_name_a_party_have_a_companion_that_says_which():
    companions = {
        (table.name, column.name): (column.companion, column.kinds)
        for table in TABLES.values()
        for column in table.columns
        if column.type == "party"
    }
    borrower = ("applicant", "company")
    assert companions == {
        ("companies", "legal_rep_id"): ("legal_rep_kind", borrower),
        ("merchants", "legal_rep_id"): ("legal_rep_kind", borrower),
        ("loans", "borrower_id"): ("borrower_kind", borrower),
        ("accounts", "owner_id"): ("owner_kind", PARTIES),
        ("account_owners", "owner_id"): ("owner_kind", PARTIES),
        ("identifiers", "owner_id"): ("owner_kind", PARTIES),
        ("holdings", "holder_id"): ("holder_kind", PARTIES),
        ("guarantees", "guarantor_id"): ("guarantor_kind", PARTIES),
        ("guarantees", "borrower_id"): ("borrower_kind", PARTIES),
    }
    for (table, _), (companion, kinds) in companions.items():
        assert tuple(TABLES[table].all_columns[companion].words) == kinds


def test_columns_that_hold_a_key_of_any_of_some_kinds_have_one_too():
    companions = {
        (table.name, column.name): (column.companion, column.kinds)
        for table in TABLES.values()
        for column in table.columns
        if column.type == "node"
    }
    identifiers = ("phone", "email", "address", "id_document", "account", "device", "wifi", "employer")
    assert companions == {
        ("flags", "entity_key"): ("entity_kind", KINDS),
        ("identifiers", "value"): ("kind", identifiers),
    }
    for (table, _), (companion, kinds) in companions.items():
        assert tuple(TABLES[table].all_columns[companion].words) == kinds


def test_every_column_says_what_it_is_and_fits_its_type():
    for table in TABLES.values():
        assert table.description
        for column in table.all_columns.values():
            place = f"{table.name}.{column.name}"
            assert column.description, place
            assert bool(column.words) == (column.type == "choice"), place
            assert bool(column.kinds) == (column.type in ("party", "node")), place
            assert (column.kind in KINDS) == (column.type in ("ref", "identifier")), place


def test_identifiers_make_personal_nodes_or_employers_and_channels():
    made = {column.kind for table in TABLES.values() for column in table.columns if column.type == "identifier"}
    assert made == (PERSONAL_KINDS - {"name"}) | {"employer", "channel"}


def test_no_word_of_a_choice_stands_for_two_things():
    for table in TABLES.values():
        for column in table.all_columns.values():
            words = [word for canonical, others in column.words.items() for word in (canonical, *others)]
            assert len(words) == len({word.casefold() for word in words}), f"{table.name}.{column.name}"


@pytest.mark.parametrize(
    ("table", "column", "word", "canonical"),
    [
        ("guarantees", "liability", "一般", "general"),
        ("guarantees", "liability", "连带", "joint_several"),
        ("guarantees", "form", "最高额", "maximum"),
        ("transfers", "kind", "转账", "transfer"),
        ("transfers", "kind", "取现", "withdrawal"),
        ("transfers", "kind", "消费", "purchase"),
        ("transfers", "kind", "代发", "payroll"),
        ("transfers", "kind", "退款", "refund"),
        ("applications", "lender_kind", "银行", "bank"),
        ("applications", "lender_kind", "非银", "nonbank"),
        ("identifiers", "kind", "手机", "phone"),
        ("identifiers", "kind", "银行卡", "account"),
        ("identifiers", "kind", "单位", "employer"),
    ],
)
def test_choices_know_the_chinese_words(table, column, word, canonical):
    assert word in TABLES[table].all_columns[column].words[canonical]


def test_chinese_books_name_states_classes_and_roles_in_chinese():
    assert list(TABLES["guarantees"].all_columns["status"].words) == ["有效", "已结清", "已解除"]
    assert list(TABLES["loans"].all_columns["five_class"].words) == ["正常", "关注", "次级", "可疑", "损失"]
    assert list(TABLES["partners"].all_columns["role"].words) == ["助贷平台", "融资担保", "保险增信"]


def test_rows_are_dated_by_their_own_time():
    assert {name: table.own_time for name, table in TABLES.items() if len(table.own_time) > 1} == {
        "merchants": ("opened_at", "valid_from"),
        "applications": ("apply_time", "valid_from"),
        "loans": ("disbursed_at", "applied_at", "valid_from"),
        "accounts": ("opened_at", "valid_from"),
        "loan_history": ("date", "valid_from"),
        "disbursements": ("time", "valid_from"),
        "guarantees": ("start_date", "valid_from"),
        "orders": ("paid_at", "valid_from"),
        "sign_ins": ("time", "valid_from"),
        "transfers": ("time", "valid_from"),
        "repayments": ("time", "valid_from"),
        "flags": ("effective_from", "valid_from"),
        "partners": ("listed_from", "valid_from"),
    }


def test_events_and_no_other_times_date_a_load():
    assert {(name, column) for name, table in TABLES.items() for column in table.data_date} == {
        ("applications", "apply_time"),
        ("loans", "disbursed_at"),
        ("orders", "paid_at"),
        ("disbursements", "time"),
        ("sign_ins", "time"),
        ("transfers", "time"),
        ("repayments", "time"),
        ("loan_history", "date"),
    }
