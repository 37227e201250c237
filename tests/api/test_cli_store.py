"""The commands that move a whole store: copy and export."""

import pytest
from ringfence.detectors.registry import DETECTORS
from support.book import ringfence
from support.two_stores import found, state


def test_a_store_is_copied_to_neo4j_and_answers_as_before(book, store_url, neo4j_url, tmp_path):
    done = ringfence("copy", "--from", store_url, "--to", neo4j_url, cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout.splitlines()[-1] == "the copy is at revision 1" and f"{len(DETECTORS)} runs" in done.stdout
    assert state(neo4j_url, tmp_path) == state(store_url, tmp_path)
    assert found(neo4j_url, tmp_path) == found(store_url, tmp_path)
    again = ringfence("copy", "--from", store_url, "--to", neo4j_url, cwd=tmp_path)
    assert again.returncode == 0 and "copied 0 revisions with 0 versions, and 0 runs" in again.stdout


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("sqlite:///none.db", "sqlite:///to.db", "no store at none.db"),
        ("{book}", "sqlite:///no/such/folder/to.db", "does not exist"),
        ("{book}", "mysql://x", "unknown kind of store"),
        ("{book}", "neo4j://127.0.0.1/neo4j", "must name user, host and database"),
    ],
)
def test_a_copy_that_cannot_be_is_told_in_one_line(store_url, tmp_path, source, target, told):
    done = ringfence("copy", "--from", source.format(book=store_url), "--to", target, cwd=tmp_path)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and told in done.stderr, done.stderr
    assert not list(tmp_path.iterdir())


def test_an_export_says_what_to_run(store_url, tmp_path):
    done = ringfence("export", "neo4j-import", "files", "--store", store_url, cwd=tmp_path)
    assert done.returncode == 0 and done.stdout.splitlines()[-1].endswith("run: sh files/import.sh")
    names = {path.name for path in (tmp_path / "files").iterdir()}
    assert {"import.sh", "constraints.cypher", "nodes-Company.csv", "nodes-Company-header.csv"} <= names
    script = (tmp_path / "files" / "import.sh").read_text("utf-8")
    assert all(name in script for name in names if name.endswith(".csv"))
    again = ringfence("export", "neo4j-import", "files", "--store", store_url, cwd=tmp_path)
    assert again.returncode == 2 and "files is not empty" in again.stderr
    other = ringfence("export", "parquet", "other", "--store", store_url, cwd=tmp_path)
    assert other.returncode == 2 and not (tmp_path / "other").exists()
