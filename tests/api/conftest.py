"""What the tests of this room share: a store that holds the little book."""

from pathlib import Path

import pytest
from support.book import ringfence, write_book


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
