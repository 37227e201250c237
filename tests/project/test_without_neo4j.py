"""Where no Neo4j server can be had, the tests that want one are named in the last lines, or fail where so asked."""

import os
import subprocess
import sys

TEST = "tests/graph/test_store.py::test_a_new_store_is_empty_at_revision_0"


def run(root, tmp_path, **environment):
    """Run one store test in a process that finds neither Docker nor Maven."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    known = {name: value for name, value in os.environ.items() if not name.startswith(("RINGFENCE_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", TEST]
    return subprocess.run(
        command, cwd=root, env={**known, "PATH": str(tmp_path / "bin"), **environment}, capture_output=True, text=True
    )


def test_they_are_listed_in_the_last_lines(root, tmp_path):
    done = run(root, tmp_path)
    assert done.returncode == 0
    *_, heading, why, test, counts = done.stdout.strip().splitlines()
    assert "1 tests were skipped, no Neo4j server" in heading and "install openjdk-17-jre-headless and maven" in why
    assert test == f"skipped: {TEST}[neo4j]" and "1 passed, 1 skipped" in counts


def test_they_fail_where_a_server_is_required(root, tmp_path):
    done = run(root, tmp_path, RINGFENCE_TEST_REQUIRE_NEO4J="1")
    assert done.returncode == 1 and "no Neo4j server: no Docker that answers" in done.stdout
