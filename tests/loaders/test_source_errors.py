"""What the user can mend is said in one line that says what to do, before anything is read into a table."""

import gzip
import os

import pandas as pd
import pytest
from ringfence.graph.errors import UserError
from ringfence.loaders.schema.tables import TABLES
from ringfence.loaders.sources import open_source


def said(path):
    """What opening and reading a source says."""
    with pytest.raises(UserError) as caught:
        for _ in open_source(path).batches():
            pass
    message = str(caught.value)
    assert "\n" not in message
    return message


def put(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_a_missing_source(tmp_path):
    assert said(tmp_path / "nowhere") == f"{tmp_path}/nowhere: there is no such file or folder; check the path"


def test_an_empty_folder(tmp_path):
    assert said(tmp_path).startswith(f"{tmp_path}: the folder is empty; name files applicants|companies|")


def test_a_folder_with_no_known_table_names_the_known_ones_and_the_mapping_option(tmp_path):
    put(tmp_path, "Kunden.csv", "id\n1\n")
    message = said(put(tmp_path, "sub/notes.txt", "x"))
    assert "no file of a known table (found Kunden.csv, sub/notes.txt)" in message
    assert all(name in message for name in TABLES)
    assert "--mapping" in message


def test_a_folder_with_no_file_that_the_mapping_names(tmp_path):
    from ringfence.loaders.schema.mapping import load_mapping

    with pytest.raises(UserError, match=r"found clients\.csv.*; mapping 'finbench' looks for person, company"):
        open_source(put(tmp_path, "clients.csv", "id\n1\n"), load_mapping("finbench"))


def test_several_deliveries_in_one_folder(tmp_path):
    put(tmp_path, "2024-01/devices.csv", "device_id\n1\n")
    put(tmp_path, "2024-02/devices.csv", "device_id\n1\n")
    assert "tables lie in several of its folders (2024-01, 2024-02); name one of them" in said(tmp_path)


def test_one_file_of_no_known_table_or_format(tmp_path):
    put(tmp_path, "x.csv", "id\n1\n")
    put(tmp_path, "loans.xls", "id\n1\n")
    assert "no file of a known table (found x.csv)" in said(tmp_path / "x.csv")
    assert "with suffix .csv.gz|.csv|.parquet" in said(tmp_path / "x.csv")
    assert said(tmp_path / "loans.xls").endswith(".xls files cannot be read; if it holds a table, save it as .xlsx")


@pytest.mark.parametrize("content", ["", "\n\n", " \n", "\ufeff"])
def test_a_file_without_even_a_header(tmp_path, content):
    message = said(put(tmp_path, "loans.csv", content))
    assert message == "loans.csv: the file is empty; it needs a header line with the names of its columns"


def test_two_columns_of_one_name(tmp_path):
    assert "columns 1 and 3 are both called 'loan_id'; remove one, or say in a mapping which place counts" in said(
        put(tmp_path, "loans.csv", "loan_id,borrower_id, loan_id\n1,2,3\n")
    )


def test_two_parquet_columns_of_one_name(tmp_path):
    pd.DataFrame({"loan_id": [1], "loan_id ": [2]}).to_parquet(tmp_path / "loans.parquet")
    assert said(tmp_path).startswith("loans.parquet: columns 1 and 2 are both called 'loan_id'; remove one, or say")


def test_a_missing_required_column_names_table_column_and_files(tmp_path):
    put(tmp_path, "loans/1.csv", "loan_id,amount\nL1,5\n")
    put(tmp_path, "loans/2.csv", "loan_id\nL1\n")
    assert said(tmp_path).startswith(
        "table 'loans' lacks its required column 'borrower_id' in loans/1.csv, loans/2.csv; "
    )


def test_undecodable_bytes_are_named_by_row_and_byte(tmp_path):
    content = 'applicant_id,name\nA1,"甲\n乙"\n\nA2,'.encode()
    message = said(put(tmp_path, "applicants.csv", content + b"\xff\xfe,\n"))
    assert f"applicants.csv: row 3, byte {len(content)} " in message
    assert "is not valid UTF-8 nor GB18030; save the file as UTF-8" in message


def test_undecodable_bytes_far_into_a_compressed_gb18030_file(tmp_path):
    content = b"applicant_id,name\n" + "A,张\n".encode("gb18030") * 400_000
    message = said(put(tmp_path, "applicants.csv.gz", gzip.compress(content + b"B,\x80\n", 1)))
    assert f"applicants.csv.gz: row 400002, byte {len(content) + 2} " in message


def test_a_mark_for_utf8_is_binding(tmp_path):
    content = b"\xef\xbb\xbfdevice_id\n" + "张".encode("gb18030")
    assert "row 2, byte 13 (counted from 0) is not valid UTF-8;" in said(put(tmp_path, "devices.csv", content))


SOUND = gzip.compress(b"device_id\n" + b"".join(b"D%d\n" % n for n in range(10_000)))


@pytest.mark.parametrize(
    "content",
    [b"device_id\nD1\n", SOUND[:-20], SOUND[: len(SOUND) // 2], SOUND[:200] + b"\0" * 50 + SOUND[250:], SOUND[:3]],
    ids=["no gzip", "end cut", "half", "bytes changed", "header only"],
)
def test_damaged_gzip(tmp_path, content):
    message = said(put(tmp_path, "devices.csv.gz", content))
    assert message.startswith("devices.csv.gz: the gzip data are damaged (")
    assert message.endswith("); fetch the file again")


@pytest.fixture
def parquet(tmp_path):
    path = tmp_path / "devices.parquet"
    frame = pd.DataFrame({"device_id": [f"D{n}" for n in range(50_000)]})
    frame.to_parquet(path, write_page_checksum=True, use_dictionary=False)
    return path


@pytest.mark.parametrize("damage", ["cut", "empty", "no parquet", "page"])
def test_damaged_parquet(parquet, damage):
    content = parquet.read_bytes()
    middle = len(content) // 2
    parquet.write_bytes(
        {
            "cut": content[:-100],
            "empty": b"",
            "no parquet": b"device_id\nD1\n",
            "page": content[:middle] + b"\0" * 100 + content[middle + 100 :],
        }[damage]
    )
    message = said(parquet.parent)
    assert message.startswith("devices.parquet: not a sound Parquet file (")
    assert message.endswith("); fetch or write it again")


def test_a_parquet_column_that_is_no_text(tmp_path):
    pd.DataFrame({"device_id": [[1, 2]]}).to_parquet(tmp_path / "devices.parquet")
    message = said(tmp_path)
    assert message.startswith("devices.parquet: column 'device_id' (list<")
    assert message.endswith("cannot be read as text; write it as text")


def test_a_parquet_column_whose_text_is_broken(tmp_path):
    path = tmp_path / "devices.parquet"
    pd.DataFrame({"device_id": ["D1", "中"]}).to_parquet(path, compression=None)
    path.write_bytes(path.read_bytes().replace("中".encode(), b"\xff\xff\xff"))
    assert said(tmp_path).startswith("devices.parquet: column 'device_id' (")


def test_a_header_that_never_ends(tmp_path):
    message = said(put(tmp_path, "devices.csv", '"' + "x" * 200_000))
    assert message.startswith("devices.csv: the header line cannot be read (")


def test_a_folder_in_the_place_of_a_file_is_no_file(tmp_path):
    (tmp_path / "devices.csv").mkdir()
    assert "the folder is empty" in said(tmp_path)


@pytest.mark.parametrize("name", ["devices.csv", "parts/devices.csv", "devices.parquet", "devices.xlsx", "devices.zip"])
@pytest.mark.parametrize("named", [True, False])
def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path, name, named):
    put(tmp_path, "loans.csv", "loan_id\nL1\n")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    os.mkfifo(tmp_path / name)
    place = (tmp_path / name) if named else (tmp_path / name).parent
    assert said(place).startswith(f"{(tmp_path / name).name}: a pipe or a device, and a source is read twice; write it")


def test_a_link_that_leads_nowhere_is_not_passed_over(tmp_path):
    put(tmp_path, "loans.csv", "loan_id\nL1\n")
    (tmp_path / "devices.csv").symlink_to(tmp_path / "gone")
    assert said(tmp_path) == "devices.csv: cannot be read (No such file or directory); check the file"


def test_a_file_that_goes_away_while_it_is_read(tmp_path):
    put(tmp_path, "devices.csv", "device_id\nD1\n")
    source = open_source(tmp_path)
    (tmp_path / "devices.csv").unlink()
    with pytest.raises(UserError, match=r"devices\.csv: cannot be read \(No such file or directory\)"):
        list(source.batches())
