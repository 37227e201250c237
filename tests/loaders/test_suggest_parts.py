"""What a first mapping is made of: headers, looks of values, the row of the header, and the text that is written."""

import csv
import os

import openpyxl
import pytest
from ringfence.graph.errors import UserError
from ringfence.loaders.schema.mapping import parse_mapping
from ringfence.loaders.schema.tables import TABLES
from ringfence.loaders.sources import open_source
from ringfence.loaders.suggest import counts, survey, toml, words
from ringfence.loaders.suggest.fitting import AGAINST, AGREES, fits
from ringfence.loaders.suggest.folding import lexicon, unit
from ringfence.loaders.suggest.headers import header_row
from ringfence.loaders.suggest.looks import look

ID = "11010519491231002X"


def mapped(folder):
    """The mapping of a source, as a load reads it."""
    return parse_mapping(toml(survey(str(folder))), "first", "first.toml")


def rule(mapping, table, column):
    return next(entry.columns[column] for entry in mapping.entries if entry.table == table)


def write(path, *rows, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)


# the list of words


def test_every_word_of_the_list_is_of_a_column_that_there_is():
    listed = lexicon()
    for table in set(listed) - {"abbreviations", "never", "other", "blocked"}:
        for part in set(listed[table]) - {"files", "verbs"}:
            assert set(listed[table][part]) <= set(TABLES[table].all_columns), f"{table}.{part}"


def test_no_word_is_as_good_for_two_columns_of_one_table():
    for table, held in words.table_words().items():
        seen = {}
        for column, levels in held.columns.items():
            for word in levels.get(words.WORD, ()):
                assert seen.setdefault(word, column) == column, f"{table}: {word}"


def test_a_word_about_somebody_else_is_no_match_in_part():
    assert words.strength("登记手机号码", "applicants", "mobile") == words.PART
    assert words.strength("配偶手机号", "applicants", "mobile") == words.NOTHING
    assert words.strength("更新时间", "transfers", "time") == words.NOTHING


# looks


@pytest.mark.parametrize(
    ("table", "column", "value", "other"),
    [
        ("applicants", "mobile", "+86 138-1234-5678", "张三"),
        ("applicants", "cert_no", ID, "13812345678"),
        ("applicants", "email", "a@b.cn", "13812345678"),
        ("applicants", "home_address", "杭州市西湖区文二路8号", "2024-01-02"),
        ("applicants", "bank_card_no", "4111111111111111", ID),
        ("companies", "uscc", "91110000600037341L", "张三"),
        ("companies", "name", "杭州某某有限公司", "2024-01-02"),
        ("applications", "imei", "490154203237518", "13812345678"),
        ("applications", "ip", "115.2.3.4", "zhang"),
        ("applications", "wifi_bssid", "14:cf:92:1e:35:7a", "115.2.3.4"),
        ("applications", "apply_time", "2024/1/2 10:00:00", "P1"),
        ("applications", "apply_time", "202401021000", "张三"),
        ("applications", "gps_lat", "30.25", "120.5"),
        ("loans", "five_class", "关注", "2024-01-02"),
        ("transfers", "amount", "12.50", "6222****"),
    ],
)
def test_a_look_speaks_for_a_column_or_against_it(table, column, value, other):
    held = TABLES[table].all_columns[column]
    assert fits(held, look([value] * 3)) == AGREES
    assert fits(held, look([other] * 3)) == AGAINST


@pytest.mark.parametrize(
    ("table", "column", "value", "other"),
    [
        ("companies", "auditor", "立信会计师事务所", "王建国"),  # who checked the row
        ("companies", "auditor", "致同", "OP0123"),
        ("applications", "lender", "工商银行杭州分行", "杭州分行"),  # a branch of the bank's own
        ("loans", "lender", "宁波银行", "33010"),
        ("relations", "relation", "配偶", "母子公司"),
        ("identifiers", "value", "13812345678", "2024-01-02"),
        ("identifiers", "kind", "手机号", "一类"),
        ("applications", "lender_kind", "非银", "支行"),
    ],
)
def test_a_look_speaks_against_what_the_same_words_also_mean(table, column, value, other):
    held = TABLES[table].all_columns[column]
    assert fits(held, look([value] * 3)) > AGAINST
    assert fits(held, look([other] * 3)) == AGAINST


def test_blank_and_masked_cells_say_nothing():
    held = TABLES["applicants"].all_columns["mobile"]
    assert fits(held, look(["", "无", "\\N"])) == fits(held, look(["138****1234"])) == 0


# headers


def test_units_of_a_header_are_scales():
    assert [unit(header) for header in ("金额(万元)", "余额(单位:亿元)", "比例（%）", "share pct", "金额")] == [
        10_000, 1e8, 0.01, 0.01, None,
    ]  # fmt: skip


def test_the_header_is_found_below_a_title_and_a_blank_row():
    rows = [["担保台账", "", ""], [], ["制表：风险部", "", "2024年6月"], ["甲方", "乙方", "金额"], ["a", "b", "1"]]
    assert header_row(rows) == 3


def test_rows_of_data_are_no_header():
    assert header_row([["13812345678", "张三"], ["13812345679", "李四"]]) is None
    assert header_row([["张三", "李四"], ["王五", "赵六"]]) is None


# what is written


def test_a_unit_above_the_header_scales_amounts(tmp_path):
    write(
        tmp_path / "担保台账.csv",
        ["担保台账", "", ""],
        ["单位：万元", "", ""],
        ["担保人编号", "被担保人编号", "担保金额"],
        ["C1", "C2", "500"],
    )
    mapping = mapped(tmp_path)
    assert mapping.entries[0].skip_rows == 2
    assert rule(mapping, "guarantees", "amount").scale == 10_000


def test_shares_in_percent_are_scaled(tmp_path):
    write(tmp_path / "holdings.csv", ["holder_id", "company_id", "ratio"], ["C1", "C2", "30"], ["C3", "C2", "70"])
    assert float(rule(mapped(tmp_path), "holdings", "ratio").scale) == 0.01


def test_two_columns_of_one_name_are_given_by_their_places(tmp_path):
    head = ["Timestamp", "From Bank", "Account", "To Bank", "Account", "Amount Paid"]
    write(tmp_path / "transactions.csv", head, ["2022/09/01 00:20", "10", "8000EBD30", "20", "8000EBD31", "3697.34"])
    mapping = mapped(tmp_path)
    assert rule(mapping, "transfers", "from_account").parts == ((3,),)
    assert rule(mapping, "transfers", "to_account").parts == ((5,),)


def test_a_statement_goes_both_ways(tmp_path):
    write(
        tmp_path / "银行流水.csv",
        ["交易时间", "本方账号", "对方账号", "收支标志", "交易金额"],
        ["2024-01-01 10:00:00", "6222020200012345675", "6222020200012345683", "支", "10"],
        ["2024-01-02 10:00:00", "6222020200012345675", "6222020200012345683", "收", "20"],
    )
    out, back = mapped(tmp_path).entries
    assert (out.where.values, back.where.values) == ({"支"}, {"收"})
    assert out.columns["from_account"] == back.columns["to_account"]


def test_the_balance_of_a_statement_is_that_of_its_own_account_either_way(tmp_path):
    write(
        tmp_path / "银行流水.csv",
        ["交易时间", "本方账号", "对方账号", "收支标志", "交易金额", "交易后余额"],
        ["2024-01-01 10:00:00", "6222020200012345675", "6222020200012345683", "支", "10", "90.5"],
        ["2024-01-02 10:00:00", "6222020200012345675", "6222020200012345683", "收", "20", "110.5"],
    )
    out, back = mapped(tmp_path).entries
    assert out.columns["balance_after"] == back.columns["to_balance_after"]
    assert "to_balance_after" not in out.columns
    assert "balance_after" not in back.columns


def test_without_a_direction_a_statement_is_a_guess_only(tmp_path):
    write(
        tmp_path / "银行流水.csv",
        ["交易时间", "本方账号", "对方账号", "交易金额", "余额"],
        ["2024-01-01 10:00:00", "6222020200012345675", "6222020200012345683", "10", "90.5"],
    )
    text = toml(survey(str(tmp_path)))
    assert "# guess: from_account" in text
    assert "# guess: balance_after" in text
    assert "transfers needs from_account, to_account" in text
    assert mapped(tmp_path).entries == ()


def test_a_balance_that_says_neither_whose_nor_when_is_never_sure(tmp_path):
    write(
        tmp_path / "转账流水.csv",
        ["付款账号", "收款账号", "交易金额", "交易时间", "余额", "对方余额"],
        ["6222020200012345675", "6222020200012345683", "10.5", "2024-01-01 10:00:00", "90.5", "20.5"],
    )
    lines = toml(survey(str(tmp_path))).splitlines()
    assert [line.split("  # ")[1][:6] for line in lines if "balance_after = " in line] == ["likely", "likely"]


def test_numbers_that_companies_alone_bear_are_never_surely_applicants(tmp_path):
    write(tmp_path / "企业信息.csv", ["企业编号", "企业名称"], ["C1", "甲有限公司"], ["C2", "乙有限公司"])
    write(tmp_path / "客户关系.csv", ["客户号", "关系人客户号", "关系类型"], ["C1", "C2", "01"])
    lines = toml(survey(str(tmp_path))).splitlines()
    assert any(line.startswith("other_id = ") for line in lines)
    assert not [line for line in lines if line.startswith(("applicant_id", "other_id")) and "# sure" in line]


def test_relatives_with_phones_are_contacts_and_those_with_numbers_are_relations(tmp_path):
    named = ["客户号", "亲属姓名", "亲属手机号", "亲属关系"]
    write(tmp_path / "亲属信息.csv", named, ["K1", "李四", "13812345678", "父母"])
    write(tmp_path / "家庭成员.csv", ["客户号", "家庭成员客户号", "家庭关系"], ["K1", "K2", "父母"])
    tables = {entry.match: entry.table for entry in mapped(tmp_path).entries if entry.table != "applicants"}
    assert tables == {("亲属信息",): "contacts", ("家庭成员",): "relations"}


def test_who_looks_after_a_customer_is_nothing(tmp_path):
    write(tmp_path / "客户信息.csv", ["客户号", "姓名", "客户经理工号"], ["K1", "张三", "GH1027"])
    assert "#   客户经理工号: who wrote the row" in toml(survey(str(tmp_path)))


def test_kinds_of_parties_are_said_where_two_tables_declare_parties(tmp_path):
    write(tmp_path / "person.csv", ["personId", "personName"], ["1", "Ann"])
    write(tmp_path / "company.csv", ["companyId", "companyName"], ["1", "Pine Ltd"])
    write(tmp_path / "companyGuarantee.csv", ["fromId", "toId", "createTime"], ["1", "1", "2024-01-01"])
    mapping = mapped(tmp_path)
    assert rule(mapping, "guarantees", "guarantor_kind").value == "company"
    assert rule(mapping, "guarantees", "borrower_kind").value == "company"


def test_an_entry_that_lacks_what_its_table_requires_is_a_comment(tmp_path):
    write(tmp_path / "借据.csv", ["借据号", "贷款余额", "五级分类"], ["J1", "100", "正常"])
    found = survey(str(tmp_path))
    assert "# loans needs borrower_id, and nothing was found for it" in toml(found)
    assert mapped(tmp_path).entries == ()
    assert counts(found)["sure"] == 0


def test_of_two_columns_that_could_be_one_neither_is_sure(tmp_path):
    write(
        tmp_path / "客户信息.csv",
        ["客户号", "姓名", "手机号", "移动电话"],
        ["K1", "张三", "13812345678", "13912345678"],
    )
    lines = [line for line in toml(survey(str(tmp_path))).splitlines() if line.startswith("mobile = ")]
    assert len(lines) == 1
    assert "# likely" in lines[0]


def test_values_that_contradict_the_header_make_it_a_guess(tmp_path):
    write(tmp_path / "客户信息.csv", ["客户号", "姓名", "手机号"], ["K1", "张三", "李四"], ["K2", "王五", "赵六"])
    assert "# guess: mobile" in toml(survey(str(tmp_path)))


def test_parts_of_a_table_and_files_of_one_make_are_one_entry(tmp_path):
    for number in (1, 2):
        write(
            tmp_path / "transfers" / f"part-{number}.csv",
            ["from_account", "to_account", "amount", "time"],
            ["1", "2", "3", "2024-01-01"],
        )
        write(tmp_path / f"loans_202{number}.csv", ["loan_id", "borrower_id"], [f"L{number}", "K1"])
    matches = sorted(entry.match for entry in mapped(tmp_path).entries if entry.table in ("loans", "transfers"))
    assert matches == [("loans_2021", "loans_2022"), ("transfers",)]


def test_sheets_of_a_workbook_are_entries_by_their_names(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "客户"
    book.active.append(["客户号", "姓名"])
    book.active.append(["K1", "张三"])
    book.create_sheet("借据").append(["借据号", "客户号"])
    book["借据"].append(["J1", "K1"])
    book.create_sheet("说明").append(["本表由系统导出"])
    book.save(tmp_path / "全部.xlsx")
    assert {entry.match for entry in mapped(tmp_path).entries} == {("客户",), ("借据",)}
    assert "全部.xlsx/说明: nothing in it looks like a table" in toml(survey(str(tmp_path)))


def test_odd_names_of_files_and_columns_are_written_soundly(tmp_path):
    write(tmp_path / "loans [new].csv", ['loan "id"', "borrower_id", "a\\b"], ["L1", "K1", "x"])
    write(tmp_path / "applicants.csv", ["applicant_id", "na\nme"], ["K1", "Ann"])
    mapping = mapped(tmp_path)
    assert ("loans [[]new]",) in {entry.match for entry in mapping.entries}


def test_no_value_of_a_file_without_header_is_shown(tmp_path):
    write(tmp_path / "客户.csv", ["13812345678", "张三丰", ID], ["13912345678", "李四光", ID])
    text = toml(survey(str(tmp_path)))
    assert not any(value in text for value in ("13812345678", "张三丰", ID))


def test_names_of_persons_are_no_header_even_beside_a_word_that_is_known(tmp_path):
    rows = [["张三丰", "银行", "甲"], ["李四光", "公司", "乙"], ["王五", "银行", "丙"]]
    assert header_row(rows) is None
    write(tmp_path / "客户.csv", *rows)
    assert "张三丰" not in toml(survey(str(tmp_path)))


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(UserError, match="there is nothing in it"):
        survey(str(tmp_path))


def test_tables_in_several_folders_are_an_error_and_in_one_are_found(tmp_path):
    write(tmp_path / "may" / "applicants.csv", ["applicant_id", "name"], ["K1", "Ann"])
    write(tmp_path / "may" / "companies.csv", ["company_id", "name"], ["C1", "Pine Ltd"])
    assert {entry.table for entry in mapped(tmp_path).entries} == {"applicants", "companies"}
    write(tmp_path / "june" / "applicants.csv", ["applicant_id", "name"], ["K1", "Ann"])
    write(tmp_path / "june" / "companies.csv", ["company_id", "name"], ["C1", "Pine Ltd"])
    with pytest.raises(UserError, match="several of its folders"):
        survey(str(tmp_path))


def test_a_source_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UserError, match="no such file or folder"):
        survey(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("gone")], ids=["pipe", "broken link"])
@pytest.mark.parametrize("name", ["loans.csv", "loans.xlsx", "loans.zip", "loans.parquet", "loans/part-0.csv"])
@pytest.mark.parametrize("named", [True, False])
def test_what_is_no_file_ends_in_the_error_of_a_load_and_is_not_waited_for(tmp_path, make, name, named):
    write(tmp_path / "devices.csv", ["device_id"], ["D1"])
    (tmp_path / name).parent.mkdir(exist_ok=True)
    make(tmp_path / name)
    said = []
    for look_at in (open_source, survey):
        with pytest.raises(UserError) as caught:
            look_at(str(tmp_path / name if named else tmp_path))
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "\n" not in said[0]
