"""ZIP archives of CSV files: read where they lie, whatever made them."""

import gzip
import zipfile

import pytest
from ringfence.graph.errors import UserError
from ringfence.loaders.schema.mapping import parse_mapping
from ringfence.loaders.sources import open_source
from support.loading import names

DEVICES = "device_id\nD1\nD2\n"


def archive(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def read(path, mapping=None):
    source = open_source(path, mapping)
    found = {}
    for batch in source.batches():
        found.setdefault((batch.table, batch.file), []).extend(batch.frame.iloc[:, 0].tolist())
        assert 0 <= batch.bytes_done <= source.sizes[batch.file]
    return found


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_belong_to_the_table_whose_name_they_bear(tmp_path, compression):
    members = {
        "2026/devices.csv": DEVICES,
        "2026/accounts.csv.gz": gzip.compress("account_no,bank\n1,工行\n".encode("gb18030")),
        "__MACOSX/._devices.csv": "x",
        "2026/readme.txt": "x",
    }
    path = archive(tmp_path / "book.zip", members, compression)
    assert (
        read(path)
        == read(tmp_path)
        == {
            ("accounts", "book.zip/2026/accounts.csv.gz"): ["1"],
            ("devices", "book.zip/2026/devices.csv"): ["D1", "D2"],
        }
    )
    assert names(open_source(path).left_out) == ["book.zip/2026/readme.txt"]


@pytest.mark.parametrize("name", ["devices.zip", "devices.csv.zip", "Devices.ZIP"])
def test_members_of_an_archive_that_bears_a_tables_name_are_its_parts(tmp_path, name):
    path = archive(tmp_path / name, {"1.csv": DEVICES, "2.csv": "device_id\nD3\n"})
    assert read(path) == {("devices", f"{name}/1.csv"): ["D1", "D2"], ("devices", f"{name}/2.csv"): ["D3"]}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_names_of_members_are_read_whatever_packed_them(tmp_path, encoding):
    path = archive(tmp_path / "x.zip", {"aaaaaaaaaaaa.csv": DEVICES})
    name = "设备表".encode(encoding)
    path.write_bytes(path.read_bytes().replace(b"aaaaaaaaaaaa.csv", name.ljust(12, b"_") + b".csv"))
    mapping = parse_mapping('[[file]]\nmatch = "设备表*"\ntable = "devices"\n', "m", "m")
    ((_, file),) = read(path, mapping)
    assert file.startswith("x.zip/设备表")


def test_a_file_beside_an_archive_that_holds_its_table_would_count_twice(tmp_path):
    archive(tmp_path / "book.zip", {"devices.csv": DEVICES})
    (tmp_path / "devices.csv").write_text(DEVICES)
    with pytest.raises(UserError, match="bear one name"):
        open_source(tmp_path)


def test_an_archive_in_a_folder_of_parts_holds_parts(tmp_path):
    (tmp_path / "devices").mkdir()
    archive(tmp_path / "devices" / "march.zip", {"1.csv": DEVICES})
    assert read(tmp_path) == {("devices", "devices/march.zip/1.csv"): ["D1", "D2"]}


def test_the_encoding_error_names_row_and_byte(tmp_path):
    archive(tmp_path / "book.zip", {"devices.csv": b"device_id\nD1\n\xff\n"})
    with pytest.raises(UserError, match=r"book\.zip/devices\.csv: row 3, byte 13"):
        open_source(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_what_is_no_archive_is_one_clear_line(tmp_path, content):
    (tmp_path / "devices.zip").write_bytes(content)
    with pytest.raises(UserError, match=r"devices\.zip: not a sound ZIP archive"):
        open_source(tmp_path)


def test_a_member_without_a_name_is_told(tmp_path):
    path = archive(tmp_path / "devices.zip", {"~named~": DEVICES}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"~named~", b"\0named~"))
    with pytest.raises(UserError, match=r"devices\.zip: not a sound ZIP archive \(a file in it has no name\)"):
        open_source(path)


def test_changed_data_are_told_by_their_checksum(tmp_path):
    path = archive(tmp_path / "devices.zip", {"1.csv": DEVICES}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"D2", b"D9", 1))
    with pytest.raises(UserError, match=r"devices\.zip/1\.csv: the ZIP data are damaged"):
        open_source(path)


def test_a_locked_member_and_one_of_another_format_say_what_to_do(tmp_path):
    path = archive(tmp_path / "devices.zip", {"1.csv": DEVICES})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"1\.csv: locked with a password"):
        open_source(path)
    archive(path, {"devices.parquet": b"x"})
    with pytest.raises(UserError, match=r"devices\.parquet: only \.csv and \.csv\.gz are read inside an archive"):
        open_source(path)


def test_a_directory_that_points_nowhere_is_told(tmp_path):
    path = archive(tmp_path / "devices.zip", {"1.csv": DEVICES})
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02") + 42
    data[place : place + 4] = b"\xff\xff\xff\x7f"
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"devices\.zip/1\.csv: the ZIP data are damaged"):
        open_source(path)
