"""What every test shares: reproducible examples in CI, and nothing of the user's own touched."""

import os
import shutil
from contextlib import ExitStack, contextmanager
from functools import cache

import hypothesis
import pytest
import typer.testing
from support.neo4j_server import Unavailable, any_server, empty_database
from support.postgres_server import postgres_server

# Read as this is imported: tests run with no variable of these names.
REQUIRED = {name: os.environ.get(f"RINGFENCE_TEST_REQUIRE_{name.upper()}") == "1" for name in ("Neo4j", "PostgreSQL")}

hypothesis.settings.register_profile("ringfence", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("ringfence")


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory):
    """Tests, and the processes they start, work under a key file of this run and no setting of the user's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("RINGFENCE_")]:
            patch.delenv(name)
        patch.setenv("RINGFENCE_KEY_FILE", str(tmp_path_factory.mktemp("keys") / "keys.json"))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session", autouse=True)
def one_command_line():
    """The command line is built once in a process; to build it costs as much as most commands do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", cache(typer.testing._get_command))
        yield


@pytest.fixture(scope="session")
def server_or_skip():
    """Takes what starts a server, and its name unless it is Neo4j; where none can be had, the test is skipped, or fails
    where that was asked for."""
    return _server_or_skip


@pytest.fixture(scope="session")
def neo4j_server(own_settings, server_or_skip):
    """The URL of a database on a real server, one for each test process; its password is in the environment."""
    with pytest.MonkeyPatch.context() as patch, server_or_skip(any_server()) as (url, password):
        patch.setenv("RINGFENCE_NEO4J_PASSWORD", password)
        yield url


@pytest.fixture(scope="session")
def postgres_url(own_settings, server_or_skip):
    """The URL, with password, of a database on a real server, one for each test process."""
    with server_or_skip(postgres_server(), "PostgreSQL") as url:
        yield url


@contextmanager
def _server_or_skip(server, name="Neo4j"):
    with ExitStack() as stack:
        try:
            given = stack.enter_context(server)
        except Unavailable as error:
            if REQUIRED[name]:
                pytest.fail(f"no {name} server: {error}")
            pytest.skip(f"no {name} server: {error}")
        yield given


@pytest.fixture
def neo4j_url(neo4j_server):
    """The URL of an empty database."""
    empty_database(neo4j_server)
    return neo4j_server


def pytest_terminal_summary(terminalreporter):
    """What was not run for want of a server is said last, and by name."""
    for name in REQUIRED:
        no_server = f"no {name} server"
        skipped = [report for report in terminalreporter.getreports("skipped") if no_server in str(report.longrepr)]
        if skipped:
            terminalreporter.section(f"{len(skipped)} tests were skipped, {no_server}")
            terminalreporter.line(skipped[0].longrepr[2].partition(f"{no_server}: ")[2])
            for report in skipped:
                terminalreporter.line(f"skipped: {report.nodeid}")


@pytest.fixture(scope="session")
def chromium():
    """The path of the browser that opens what we write; without one the test fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("no Chromium to open the file with: apt-get install -y chromium fonts-noto-cjk")
    return path
