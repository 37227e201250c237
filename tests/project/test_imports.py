"""Knowledge runs one way, no two files need each other, and rooms are known by their installed names.

Detectors and loaders know the graph, and the api knows all three.
"""

import ast
import json

import networkx as nx

MAY_IMPORT = {
    "graph": {"graph"},
    "loaders": {"loaders", "graph"},
    "detectors": {"detectors", "graph"},
    "api": {"api", "detectors", "loaders", "graph"},
}


def absolute_imports(source):
    """``(line, dotted name)`` of every import that names its package in full."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, str(node.module)


def relative_imports(source, package):
    """``(line, dotted name)`` of every relative import, resolved from the package the source lies in."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level > 0:
            base = package[: len(package) - node.level + 1]
            stem = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{stem}.{alias.name}") for alias in node.names)


def wrong_directions(source, name):
    """Imports that a room's file may not have: of a room it must not know, or of any by absolute name."""
    package = ("ringfence", *name.split("/")[:-1])
    room = package[1]
    for line, target in relative_imports(source, package):
        other = target.split(".")[1]
        if other not in MAY_IMPORT[room]:
            yield f"{name}:{line}: {room} must not import {other}"
    for line, target in absolute_imports(source):
        if target.split(".")[0] == "ringfence":
            yield f"{name}:{line}: inside the rooms imports are relative, and {target} is not"


def module_of(name):
    """The dotted name of a room's file."""
    parts = ("ringfence", *name.removesuffix(".py").split("/"))
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def needs(sources):
    """Which file imports which, wherever in it: ``{file: files}``.

    Parameters
    ----------
    sources : by a room's file its text
    """
    files = {module_of(name): name for name in sources}
    found = {}
    for name, source in sources.items():
        package = ("ringfence", *name.split("/")[:-1])
        targets = {target for _, target in relative_imports(source, package)}
        # what is imported is a file, or stands in one
        found[name] = {files.get(target) or files.get(target.rpartition(".")[0]) for target in targets} - {name, None}
    return found


def circles(sources):
    """Files that need each other, over one step or more."""
    graph = nx.DiGraph((name, other) for name, others in needs(sources).items() for other in others)
    return sorted(sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1)


def bare_rooms(source, name):
    """Imports of a room as if it were a package of its own."""
    for line, target in absolute_imports(source):
        if target.split(".")[0] in MAY_IMPORT:
            yield f"{name}:{line}: {target} is installed as ringfence.{target}"


def python_of_notebook(text):
    """The code cells of a notebook as one source; lines for the notebook itself (% and !) are left empty."""
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    lines = "\n".join("".join(cell["source"]) for cell in cells).split("\n")
    return "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in lines)


def test_rooms_import_only_what_they_may_know(root, room_sources):
    wrong = [error for name in room_sources for error in wrong_directions((root / name).read_text("utf-8"), name)]
    assert not wrong, "\n".join(wrong)


def test_no_two_files_need_each_other(root, room_sources):
    assert circles({name: (root / name).read_text("utf-8") for name in room_sources}) == []


def test_no_file_imports_a_room_by_its_bare_name(root, files):
    wrong = []
    for name in files:
        if name.endswith(".py"):
            wrong += bare_rooms((root / name).read_text("utf-8"), name)
        elif name.endswith(".ipynb"):
            wrong += bare_rooms(python_of_notebook((root / name).read_text("utf-8")), name)
    assert not wrong, "\n".join(wrong)


def test_the_guard_sees_each_way_of_going_wrong():
    def directions(source, name):
        return len(list(wrong_directions(source, name)))

    assert directions("from ..graph.errors import UserError", "loaders/read.py") == 0
    assert directions("from . import contract", "detectors/batch.py") == 0
    assert directions("from ...graph import model", "detectors/guarantees/cycle.py") == 0
    assert directions("from ..loaders import read", "detectors/batch.py") == 1
    assert directions("from .. import loaders", "detectors/batch.py") == 1
    assert directions("from ...api.cli import app", "detectors/guarantees/cycle.py") == 1
    assert directions("def f():\n    from ..api import cli", "graph/model.py") == 1
    assert directions("import ringfence.graph.model", "graph/store/protocol.py") == 1

    below = {"graph/a.py": "x = 1", "graph/b/__init__.py": "from ..a import x", "graph/b/c.py": "from . import x"}
    assert circles(below) == []
    assert circles(below | {"graph/a.py": "def f():\n    from .b.c import x"}) == [sorted(below)]
    typing = "if TYPE_CHECKING:\n    from . import c"
    assert circles({"graph/b/c.py": "from .d import x", "graph/b/d.py": typing}) == [["graph/b/c.py", "graph/b/d.py"]]

    assert list(bare_rooms("from ringfence.graph import model\nimport graphlib", "tests/x.py")) == []
    assert list(bare_rooms("from ...graph import model", "detectors/guarantees/cycle.py")) == []
    assert len(list(bare_rooms("import graph.model\nfrom loaders import read\nfrom api import cli", "tests/x.py"))) == 3
    cells = [
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import detectors"]},
        {"cell_type": "markdown"},
    ]
    assert len(list(bare_rooms(python_of_notebook(json.dumps({"cells": cells})), "notebooks/x.ipynb"))) == 1
