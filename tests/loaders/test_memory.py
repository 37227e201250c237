"""Reading takes no more memory for a larger input, whatever its format."""

import gzip
import subprocess
import sys
import zipfile
from contextlib import contextmanager

import openpyxl
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

HEADER = ("transfer_id", "from_account", "to_account", "amount", "time", "purpose")
NOTE = "转账用途说明" * 12
QUICK, LONG = (250_000, 650_000), (500_000, 2_500_000)
"""Rows of two files of one content; a row is about 290 bytes of text."""
GROUP = 25_000
"""Rows of a row group of the Parquet file."""
MAY_GROW = 70
"""MiB, of the 115 or more that the text of the larger file is longer: buffers fill until they are all in use."""

READ = """
import sys
from pathlib import Path
from ringfence.loaders.schema.mapping import parse_mapping
from ringfence.loaders.sources import open_source
mapping = parse_mapping('[[file]]\\nmatch = "*"\\ntable = "transfers"\\n', "all", "all")
rows = sum(batch.read for batch in open_source(sys.argv[1], mapping).batches())
# what getrusage says begins with the size of the process that started this one
(most,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(rows, most)
"""


def record(n):
    return (
        f"T{n:09}",
        f"6222{n % 9973:012}",
        f"6228{n * 7 % 9973:012}",
        n % 1000 + 0.5,
        "2026-03-01",
        f"{NOTE}{n % 7}",
    )


def lines(count):
    yield ",".join(HEADER) + "\n"
    for n in range(count):
        yield ",".join(map(str, record(n))) + "\n"


@contextmanager
def csv_file(folder, count, encoding="utf-8", spoil=""):
    path = folder / "transfers.csv"
    with path.open("w", encoding=encoding) as file:
        for number, line in enumerate(lines(count)):
            file.write(spoil if spoil and number == 3 else line)
    yield path


@contextmanager
def gzip_file(folder, count):
    path = folder / "transfers.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        file.writelines(lines(count))
    yield path


@contextmanager
def zip_file(folder, count):
    with csv_file(folder, count, "gb18030") as path, zipfile.ZipFile(folder / "transfers.zip", "w") as archive:
        archive.write(path, "transfers.csv", zipfile.ZIP_DEFLATED, 1)
    path.unlink()
    yield folder / "transfers.zip"


@contextmanager
def parquet_file(folder, count):
    path = folder / "transfers.parquet"
    schema = pa.schema([(name, pa.float64() if name == "amount" else pa.string()) for name in HEADER])
    with pq.ParquetWriter(path, schema, use_dictionary=False) as writer:
        for start in range(0, count, GROUP):
            columns = zip(*map(record, range(start, start + GROUP)), strict=True)
            writer.write_table(pa.table(dict(zip(HEADER, columns, strict=True)), schema))
    yield path


@contextmanager
def workbook(folder, count):
    """A tenth of the rows: a workbook takes long to read, and holds a million at most."""
    path = folder / "transfers.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("transfers")
    sheet.append(HEADER)
    for n in range(count // 10):
        sheet.append((n, *record(n % 1000)[1:]))
    book.save(path)
    yield path


READERS = {
    "csv": csv_file,
    "csv in GB18030": lambda folder, count: csv_file(folder, count, "gb18030"),
    "csv with a quotation mark left open": lambda folder, count: csv_file(folder, count, spoil='T,"x,1,2,3,4\n'),
    "csv.gz": gzip_file,
    "zip": zip_file,
    "parquet": parquet_file,
    "xlsx": workbook,
}


def peak(source):
    """Rows read, and the MiB that the process reading them took at most."""
    done = subprocess.run([sys.executable, "-c", READ, str(source)], capture_output=True, text=True, check=True)
    rows, size = map(int, done.stdout.split())
    return rows, size / 1024


def assert_flat(peaks):
    small, large = peaks.values()
    print(peaks)
    assert large - small < MAY_GROW, peaks


@pytest.mark.parametrize("name", [name for name in READERS if name != "xlsx"])
def test_a_longer_file_takes_no_more_memory(tmp_path, name):
    assert_flat(peaks_of_files(tmp_path, name, QUICK))


@pytest.mark.soak
@pytest.mark.parametrize("name", READERS)
def test_nor_does_a_much_longer_one(tmp_path, name):
    assert_flat(peaks_of_files(tmp_path, name, LONG))


def peaks_of_files(folder, name, counts):
    peaks = {}
    for count in counts:
        with READERS[name](folder, count) as path:
            rows, peaks[count] = peak(path)
            assert rows == (count // 10 if name == "xlsx" else count)
    return peaks


def test_a_table_of_a_database_five_times_as_long_takes_no_more_memory(postgres_url):
    peaks = {}
    for count in QUICK:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
            columns = f"'T' || n, '6222' || n, '6228' || n, n % 1000 + 0.5, timestamp '2026-03-01', '{NOTE}'"
            connection.execute(f"CREATE TABLE transfers ({' text, '.join(HEADER)} text)")
            connection.execute(f"INSERT INTO transfers SELECT {columns} FROM generate_series(1, {count}) n")
        rows, peaks[count] = peak(postgres_url)
        assert rows == count
    assert_flat(peaks)
