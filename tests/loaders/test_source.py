"""Files are matched to tables by name, and handed on table by table."""

import gzip
import itertools
import random

import numpy as np
import pandas as pd
import pytest
from ringfence.graph.errors import UserError
from ringfence.loaders.schema.mapping import Mapping, load_mapping, parse_mapping
from ringfence.loaders.schema.tables import TABLES
from ringfence.loaders.sources import open_source
from ringfence.loaders.sources.raw import RawBatch, RawReject, larger
from support.loading import names

FILES = {
    "applicants.csv": "applicant_id,name\nA1,甲\nA2,乙\n",
    "devices.csv": "device_id\nD1\n",
    "sign_ins.csv": "device_id,account_no,time\nD1,6222,2024-01-01\nD1,6223\n",
}


def fill(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def files_of(source):
    return sorted(source.sizes)


def test_a_folder_of_canonical_tables_needs_no_mapping(tmp_path):
    source = open_source(fill(tmp_path, FILES))
    assert source.tables() == {
        "applicants": {"applicant_id", "name"},
        "devices": {"device_id"},
        "sign_ins": {"device_id", "account_no", "time"},
    }
    assert (source.name, source.mapping) == (str(tmp_path), Mapping())
    assert (source.unknown_columns, source.left_out) == ([], [])


def test_batches_carry_table_file_rows_and_rejects(tmp_path):
    *_, last = open_source(fill(tmp_path, FILES)).batches()
    assert (last.table, last.file, last.read) == ("sign_ins", "sign_ins.csv", 2)
    assert last.frame.to_dict("records") == [{"device_id": "D1", "account_no": "6222", "time": "2024-01-01"}]
    assert (last.rows.tolist(), str(last.rows.dtype)) == ([2], "int64")
    (reject,) = last.rejects
    assert (reject.row, reject.column, reject.reason, reject.value) == (3, None, "malformed_row", "D1,6223")


def test_tables_come_in_their_fixed_order_whatever_the_files_are_called(tmp_path):
    headers = {name: ",".join(column.name for column in table.columns) for name, table in TABLES.items()}
    names = list(TABLES)
    random.Random(4).shuffle(names)
    fill(tmp_path, {f"{name}.csv": f"{headers[name]}\n{',' * headers[name].count(',')}\n" for name in names})
    source = open_source(tmp_path)
    assert [batch.table for batch in source.batches()] == list(TABLES)
    assert [table for table, _ in source.passes] == list(source.tables()) == list(TABLES)


def test_a_file_can_be_read_twice(tmp_path):
    source = open_source(fill(tmp_path, FILES))
    assert [batch.read for batch in source.batches()] == [batch.read for batch in source.batches()] == [2, 1, 2]


def test_formats_are_told_by_suffix_in_any_case(tmp_path):
    fill(tmp_path, {"Applicants.CSV": FILES["applicants.csv"]})
    fill(tmp_path, {"devices.csv.gz": gzip.compress(FILES["devices.csv"].encode())})
    columns = {"loan_id": [1], "borrower_id": [2], "lender": ["工行"]}
    pd.DataFrame(columns).to_parquet(tmp_path / "loans.parquet")
    source = open_source(tmp_path)
    assert files_of(source) == ["Applicants.CSV", "devices.csv.gz", "loans.parquet"]
    assert source.sizes["Applicants.CSV"] == len(FILES["applicants.csv"].encode())
    rows = [batch.frame.to_dict("records") for batch in source.batches() if batch.table == "loans"]
    assert rows == [[{"loan_id": "1", "borrower_id": "2", "lender": "工行"}]]


def test_a_folder_with_the_name_of_a_table_holds_its_parts(tmp_path):
    part = "device_id\nD{}\n"
    files = {f"devices/part-{n}.csv": part.format(n) for n in (1, 2)}
    fill(tmp_path, files | {"devices/_SUCCESS": "", "devices/.part-1.csv.crc": "x", "devices/notes.txt": "x"})
    source = open_source(tmp_path)
    assert [(batch.file, batch.frame["device_id"].tolist()) for batch in source.batches()] == [
        ("devices/part-1.csv", ["D1"]),
        ("devices/part-2.csv", ["D2"]),
    ]
    assert names(source.left_out) == ["devices/notes.txt"]


def test_tables_one_folder_down_are_found(tmp_path):
    fill(
        tmp_path,
        {"README.md": "about", "data/applicants.csv": FILES["applicants.csv"], "data/devices/1.csv": "device_id\n"},
    )
    assert files_of(open_source(tmp_path)) == ["data/applicants.csv", "data/devices/1.csv"]


def test_one_file_is_a_source_too(tmp_path):
    fill(tmp_path, FILES)
    source = open_source(tmp_path / "devices.csv")
    assert list(source.tables()) == ["devices"]
    assert [batch.file for batch in source.batches()] == ["devices.csv"]


def test_one_file_with_a_mapping(tmp_path):
    mapping = parse_mapping('[[file]]\nmatch="cards"\ntable="accounts"\ncolumns={account_no="no"}', "m", "m")
    fill(tmp_path, {"cards.csv": "no,x\n1,2\n"})
    source = open_source(tmp_path / "cards.csv", mapping)
    assert source.tables() == {"accounts": {"account_no"}}
    assert source.unknown_columns == [("cards.csv", "x")]


def test_what_is_unknown_is_reported_and_ignored(tmp_path):
    fill(tmp_path, FILES | {"applicants.csv": "applicant_id,姓名,\nA1,甲,\n", "old/loans.csv": "x", "notes.docx": "x"})
    source = open_source(tmp_path)
    assert source.unknown_columns == [("applicants.csv", "姓名"), ("applicants.csv", "#3")]
    assert names(source.left_out) == ["notes.docx", "old/loans.csv"]
    assert source.tables()["applicants"] == {"applicant_id"}


def test_companions_and_validity_are_known_columns(tmp_path):
    header = "account_no,owner_id,owner_kind,valid_from,valid_to,known_at"
    source = open_source(fill(tmp_path, {"account_owners.csv": header + "\n"}))
    assert source.tables() == {"account_owners": set(header.split(","))}
    assert list(source.batches()) == []


def test_a_required_column_may_stand_in_any_file_of_the_table(tmp_path):
    mapping = parse_mapping('[[file]]\nmatch="loan"\ntable="loans"\n[[file]]\nmatch="apply"\ntable="loans"\n', "m", "m")
    fill(tmp_path, {"loan.csv": "loan_id,balance\nL1,5\n", "apply.csv": "loan_id,borrower_id\nL1,A1\n"})
    source = open_source(tmp_path, mapping)
    assert source.tables() == {"loans": {"loan_id", "balance", "borrower_id"}}
    assert [list(batch.frame) for batch in source.batches()] == [["loan_id", "borrower_id"], ["loan_id", "balance"]]


def test_a_malformed_record_is_rejected_once_by_the_table_that_takes_all_rows(tmp_path):
    fill(tmp_path, {"person.csv": "id,createTime,name,isBlocked\n1,2,x,true\n2,3\n3,4,z,false\n"})
    batches = list(open_source(tmp_path, load_mapping("finbench")).batches())
    assert [(batch.table, batch.read, [reject.row for reject in batch.rejects]) for batch in batches] == [
        ("applicants", 3, [3]),
        ("flags", 1, []),
    ]


def test_a_malformed_record_of_a_file_that_is_only_filtered_is_not_lost(tmp_path):
    mapping = parse_mapping(
        """
        [[file]]
        match = "x"
        table = "devices"
        where = {column = "kind", equals = "device"}
        columns = {device_id = "id"}
        [[file]]
        match = "x"
        table = "accounts"
        where = {column = "kind", equals = "account"}
        columns = {account_no = "id"}
        """,
        "m",
        "m",
    )
    fill(tmp_path, {"x.csv": "id,kind\n1,account\n2\n"})
    batches = list(open_source(tmp_path, mapping).batches())
    assert sum(len(batch.rejects) for batch in batches) == 1
    assert {batch.table: batch.read for batch in batches} == {"accounts": 1, "devices": 1}


def test_large_tables_come_in_pieces_whose_progress_rises(tmp_path):
    rows = "".join(f"D{n},{'x' * 40}\n" for n in range(300_000))
    source = open_source(fill(tmp_path, {"devices.csv": "device_id,device_type\n" + rows}))
    size = source.sizes["devices.csv"]
    batches = list(source.batches())
    assert len(batches) > 2
    done = [batch.bytes_done for batch in batches]
    assert all(0 < earlier <= later <= size for earlier, later in itertools.pairwise(done))
    assert done[0] < size
    assert [row for batch in batches for row in batch.rows] == list(range(2, 300_002))


@pytest.mark.parametrize(
    "files",
    [
        ["devices.csv", "devices.csv.gz"],
        ["devices.csv", "Devices.csv"],
        ["devices.csv", "devices/part-1.csv"],
        ["devices/1.csv", "devices/1.csv.gz"],
    ],
)
def test_the_same_table_twice_is_refused_rather_than_counted_twice(tmp_path, files):
    content = "device_id\nD1\n"
    fill(tmp_path, {name: gzip.compress(content.encode()) if name.endswith("gz") else content for name in files})
    with pytest.raises(UserError, match="bear one name"):
        open_source(tmp_path)


def batch(table, file, rows, columns=("device_id",), rejects=()):
    frame = pd.DataFrame({column: [f"{column} {row}" for row in rows] for column in columns}, dtype="str")
    return RawBatch(
        table, file, frame, np.array(rows), [RawReject(row, None, "malformed_row", "x") for row in rejects], rows[-1]
    )


def test_batches_that_follow_each_other_are_cleaned_as_one_until_they_are_large_enough():
    small = [
        batch("devices", "a.csv", [2, 3]),
        batch("devices", "a.csv", [5, 6], rejects=[4]),
        batch("devices", "a.csv", [7]),
    ]
    first, second = larger(small, 5)
    assert first.frame["device_id"].tolist() == [f"device_id {row}" for row in (2, 3, 5, 6)]
    assert first.frame.index.tolist() == [0, 1, 2, 3]
    assert first.rows.tolist() == [2, 3, 5, 6] and [reject.row for reject in first.rejects] == [4]
    assert first.read == 5 and first.bytes_done == 6
    assert second.rows.tolist() == [7]


def test_batches_of_another_table_file_or_header_are_never_joined():
    apart = [
        batch("devices", "a.csv", [2]),
        batch("devices", "b.csv", [2]),
        batch("accounts", "b.csv", [2]),
        batch("accounts", "b.csv", [3], columns=("account_no", "bank")),
    ]
    assert [one.rows.tolist() for one in larger(apart, 100)] == [[2], [2], [2], [3]]
    assert list(larger([], 100)) == []
