"""What the tests of this room share: a store that holds the little book, a browser that opens evidence files."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from ringfence.api.cli import app
from ringfence.api.evidence.page import evidence_page, write_page
from support.book import ringfence, write_book
from support.console import browsing, local_browser, served_console
from support.picture import offline_browser
from typer.testing import CliRunner


@pytest.fixture(scope="session")
def book(tmp_path_factory) -> Path:
    """A folder whose ``ringfence.db`` holds the book, with the detectors run on it."""
    folder = tmp_path_factory.mktemp("book")
    write_book(folder / "tables")
    for command in (("load", "tables"), ("detect",)):
        done = ringfence(*command, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def store_url(book) -> str:
    """The URL of the book's store."""
    return f"sqlite:///{book / 'ringfence.db'}"


@pytest.fixture
def run(store_url):
    """Run a command on the book's store, in this process."""

    def command(*arguments, stdin=None):
        return CliRunner().invoke(app, [*arguments, "--store", store_url], input=stdin)

    return command


@pytest.fixture(scope="module")
def browser(chromium):
    with offline_browser(chromium) as context:
        yield context


@pytest.fixture
def opened(browser, tmp_path):
    """Writes a finding's file, opens it, and tells what the browser saw."""
    pages = []

    def _open(finding, snapshot):
        path = tmp_path / f"证据 {len(pages)}.html"
        write_page(evidence_page(finding, snapshot), path)
        page = browser.new_page()
        pages.append(page)
        seen = SimpleNamespace(page=page, path=path, requests=[], messages=[], dialogs=[])
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("console", lambda message: seen.messages.append(message.text))
        page.on("pageerror", lambda error: seen.messages.append(str(error)))
        page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(path.as_uri())
        page.wait_for_selector("#picture[data-drawn]")
        seen.nodes = json.loads(page.text_content("#nodes"))
        seen.edges = json.loads(page.text_content("#edges"))
        return seen

    yield _open
    for page in pages:
        page.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """A real service over a small book, for the console."""
    with served_console(tmp_path_factory.mktemp("console")) as served:
        yield served


@pytest.fixture(scope="module")
def console_browser(chromium):
    with local_browser(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def signed_in(console_browser, served):
    with browsing(console_browser, served) as seen:
        seen.sign_in(language="zh")
        yield seen


@pytest.fixture
def seen(signed_in):
    """An investigator's browser; each test begins on a page of its own and ends without a message."""
    yield signed_in
    told, signed_in.messages[:] = [*signed_in.messages], []
    assert (told, signed_in.dialogs, signed_in.strangers()) == ([], [], [])
