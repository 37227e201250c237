"""Examples in docstrings are true."""

import doctest
import importlib

import pytest


@pytest.fixture(scope="module")
def modules(root, room_sources):
    """Every module of the rooms, imported by its installed name."""
    names = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in room_sources]
    found = [importlib.import_module(f"ringfence.{name}") for name in names if not name.endswith("__main__")]
    assert {str(root / "graph" / "model.py")} <= {str(module.__file__) for module in found}, (
        "another copy of ringfence is installed here: run make install"
    )
    return found


def test_every_example_gives_what_it_says(modules):
    results = {module.__name__: doctest.testmod(module) for module in modules}
    assert sum(result.attempted for result in results.values()) > 0
    assert [name for name, result in results.items() if result.failed] == []
