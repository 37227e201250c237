"""The notebooks run from top to bottom, and what they claim in words they assert in code."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ON_NEO4J = "05_your_own_cypher_and_pandas"


def execute(path):
    """Run a notebook in a kernel of its own."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem != ON_NEO4J], ids=lambda path: path.stem)
def test_a_notebook_runs(path):
    execute(path)


def test_the_notebook_of_cypher_runs_on_a_server(neo4j_url, monkeypatch):
    monkeypatch.setenv("RINGFENCE_STORE", neo4j_url)
    execute(FOLDER / f"{ON_NEO4J}.ipynb")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in cells)


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_all_of_them_are_named(page):
    named = re.findall(r"\((?:\.\./)?notebooks/(\w+)\.ipynb\)", (ROOT / page).read_text("utf-8"))
    assert sorted(named) == [path.stem for path in NOTEBOOKS] and len(named) == 5
