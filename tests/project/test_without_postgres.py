"""Where PostgreSQL is not installed, the tests that want it are named in the last lines, or fail where so asked."""

import os
import subprocess
import sys

TEST = "tests/loaders/test_sql.py::test_canonical_names_need_no_mapping"


def run(root, tmp_path, **environment):
    """Run one test of a load from a database in a process that finds no server's programs."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("RINGFENCE_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", TEST]
    missing = {"RINGFENCE_TEST_POSTGRES": str(tmp_path)}
    return subprocess.run(command, cwd=root, env={**known, **missing, **environment}, capture_output=True, text=True)


def test_they_are_listed_in_the_last_lines(root, tmp_path):
    done = run(root, tmp_path)
    assert done.returncode == 0
    *_, heading, why, test, counts = done.stdout.strip().splitlines()
    assert "1 tests were skipped, no PostgreSQL server" in heading and why.endswith("apt-get install -y postgresql")
    assert test == f"skipped: {TEST}" and "1 skipped" in counts


def test_they_fail_where_a_server_is_required(root, tmp_path):
    done = run(root, tmp_path, RINGFENCE_TEST_REQUIRE_POSTGRESQL="1")
    assert done.returncode == 1 and "no PostgreSQL server: no PostgreSQL here" in done.stdout
