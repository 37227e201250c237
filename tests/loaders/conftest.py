"""Stores of every kind for the tests of loading."""

import pytest
from support.loading import LENIENT, Loading
from support.stores import STORES


@pytest.fixture(params=STORES)
def kind(request):
    return request.param


@pytest.fixture
def url(kind, request, tmp_path):
    """A store that is not there yet, of every kind."""
    return f"sqlite:///{tmp_path}/graph.db" if kind == "sqlite" else request.getfixturevalue("neo4j_url")


@pytest.fixture
def loading(tmp_path):
    """A store, and books loaded into it however many of their rows cannot be used."""
    return Loading(tmp_path, LENIENT)
