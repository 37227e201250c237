"""Everything public in the rooms says what it is.

Public is what has no leading underscore: modules, their classes and functions, and these classes' methods.
A method that carries out what a base class or a Protocol of the rooms declares has its words already, and so
has a property's setter.
"""

import ast
import importlib

import pytest

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.fixture(scope="module")
def trees(root, room_sources):
    """The syntax tree of each public module by its path."""
    names = [name for name in room_sources if "/_" not in name or name.endswith("/__init__.py")]
    return {name: ast.parse((root / name).read_text("utf-8")) for name in names}


def undescribed(node, where=()):
    """Paths ``(class, method)`` of what is public and has no docstring; the module's own path is empty."""
    if not ast.get_docstring(node):
        yield where
    for child in node.body:
        if isinstance(child, ast.ClassDef) and child.name[0] != "_":
            yield from undescribed(child, (*where, child.name))
        elif isinstance(child, FUNCTION) and child.name[0] != "_" and not ast.get_docstring(child):
            marks = [ast.unparse(mark) for mark in child.decorator_list]
            if not any(mark.endswith((".setter", "overload")) for mark in marks):
                yield (*where, child.name)


def described_by_protocols(trees):
    """Names of the methods that Protocols document."""
    return {
        method.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
        for method in node.body
        if isinstance(method, FUNCTION) and ast.get_docstring(method)
    }


def declared_by_a_base(name, where):
    """Does a base class of the method's class have a method of this name?"""
    if len(where) != 2:
        return False
    room_module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    owner = getattr(importlib.import_module(f"ringfence.{room_module}"), where[0])
    return any(hasattr(base, where[1]) for base in owner.__mro__[1:-1])


def test_everything_public_has_a_docstring(trees):
    protocols = described_by_protocols(trees.values())
    missing = [
        ": ".join((name, *where))
        for name, tree in trees.items()
        for where in undescribed(tree)
        if not (len(where) == 2 and where[1] in protocols) and not declared_by_a_base(name, where)
    ]
    assert not missing, "without a docstring:\n" + "\n".join(missing)


def test_the_guard_asks_for_each_kind_of_docstring():
    def asked(source):
        return list(undescribed(ast.parse(source)))

    assert asked("x = 1") == [()]
    assert asked('"""A."""\ndef f(): pass\ndef _g(): pass\nasync def h(): pass') == [("f",), ("h",)]
    assert asked('"""A."""\nclass C:\n    def m(self): pass') == [("C",), ("C", "m")]
    assert asked('"""A."""\nclass C:\n    """B."""\n    @x.setter\n    def x(self, value): pass') == []
    protocol = 'class P(Protocol):\n    def m(self):\n        """A."""\n    def n(self): pass'
    assert described_by_protocols([ast.parse(protocol)]) == {"m"}
