"""``ringfence map``: a first mapping as a file, how sure it is, and that the load takes it as it stands."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from support.book import ringfence

DATA = Path(__file__).parent.parent / "data"
BOOK = DATA / "first-mapping" / "chinese-book" / "in"
PERSONAL = re.compile(r"1[3-9]\d{9}|[1-9]\d{16}[\dX]|62\d{14,17}|王建国|李秀英|文二路")


def loaded(done):
    """Rows read and rows used, by table, as a load says."""
    lines = [line.split() for line in done.stdout.splitlines()]
    return {line[0]: (line[1], line[2]) for line in lines if len(line) == 6 and line[5].isdigit()}


def test_the_mapping_of_a_chinese_book_loads_it(tmp_path):
    done = ringfence("map", str(BOOK), "--out", "first.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "columns: 36 sure, 0 likely, 0 guess, 4 not placed" in done.stderr
    told = ringfence("load", str(BOOK), "--mapping", "first.toml", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert loaded(told) == {
        "applicants": ("12", "12"),
        "applications": ("12", "12"),
        "loans": ("9", "9"),
        "contacts": ("24", "24"),
    }


@pytest.mark.parametrize("folder", ["finbench-driver-example", "finbench-generator"])
def test_the_mapping_of_finbench_loads_what_the_shipped_one_loads(folder, tmp_path):
    done = ringfence("map", str(DATA / folder), "--out", "first.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    mine = ringfence(
        "load", str(DATA / folder), "--mapping", "first.toml", "--store", "sqlite:///mine.db", cwd=tmp_path
    )
    shipped = ringfence(
        "load", str(DATA / folder), "--mapping", "finbench", "--store", "sqlite:///its.db", cwd=tmp_path
    )
    assert mine.returncode == shipped.returncode == 0, mine.stderr
    assert loaded(mine) == loaded(shipped)


def test_without_a_file_it_goes_to_standard_output_and_nothing_is_written(tmp_path):
    done = ringfence("map", str(BOOK), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'amount = {column = "申请金额(万元)", scale = 10000}  # sure' in done.stdout
    assert "skip_rows = 2" in done.stdout
    assert "#   备注: remarks" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_no_personal_value_is_printed(tmp_path):
    done = ringfence("map", str(BOOK), cwd=tmp_path)
    assert not PERSONAL.search(done.stdout + done.stderr)
    shutil.copy(BOOK / "联系人.csv", tmp_path / "联系人.csv")
    rows = (tmp_path / "联系人.csv").read_text("gb18030").splitlines()
    (tmp_path / "联系人.csv").write_text("\n".join(rows[1:]), "gb18030")
    headless = ringfence("map", str(tmp_path), cwd=tmp_path)
    assert headless.returncode == 0, headless.stderr
    assert not PERSONAL.search(headless.stdout + headless.stderr)


def test_a_file_that_is_there_is_written_over_by_force_only(tmp_path):
    (tmp_path / "mine.toml").write_text("# by hand\n", "utf-8")
    done = ringfence("map", str(BOOK), "--out", "mine.toml", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "write over it with --force" in done.stderr
    assert (tmp_path / "mine.toml").read_text("utf-8") == "# by hand\n"
    assert ringfence("map", str(BOOK), "--out", "mine.toml", "--force", cwd=tmp_path).returncode == 0
    assert "[[file]]" in (tmp_path / "mine.toml").read_text("utf-8")


def test_what_cannot_be_read_is_named(tmp_path):
    (tmp_path / "loans.json").write_text("[]", "utf-8")
    (tmp_path / "applicants.csv").write_text("applicant_id,name\nA1,Ann\n", "utf-8")
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    done = ringfence("map", str(tmp_path), cwd=tmp_path)
    assert "# loans.json: .json files cannot be read" in done.stdout
    assert "# broken.xlsx: not a sound workbook" in done.stdout
    assert "files and sheets not read: 2" in done.stderr


def test_a_database_is_mapped_and_its_password_is_not_written(tmp_path):
    with sqlite3.connect(tmp_path / "bank.db") as database:
        database.execute("CREATE TABLE t_customer (cust_no TEXT, cust_name TEXT, mobile_no TEXT)")
        database.execute("INSERT INTO t_customer VALUES ('K1', '张三', '13812345678')")
    done = ringfence("map", f"sqlite:///{tmp_path}/bank.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'match = "t_customer"' in done.stdout
    assert 'mobile = "mobile_no"  # sure' in done.stdout
    refused = ringfence("map", "postgresql://me:secret@127.0.0.1:1/bank", cwd=tmp_path)
    assert refused.returncode == 2
    assert "secret" not in refused.stderr


def test_a_source_that_is_not_there_is_one_line(tmp_path):
    done = ringfence("map", "nowhere", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
