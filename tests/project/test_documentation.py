"""Every command, option, setting, route and detector is in docs/."""

import re

import pytest
import typer


@pytest.fixture(scope="module")
def docs(root):
    return "\n".join(path.read_text("utf-8") for path in sorted((root / "docs").glob("*.md")))


def missing(names, docs):
    """Those of the names that docs do not hold as whole words: ``--top-most`` is no ``--top``."""
    return [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w/-])", docs)]


def assert_documented(names, docs):
    """Fails with the list of names that docs/ lacks."""
    absent = missing(names, docs)
    assert not absent, "docs/ does not mention:\n" + "\n".join(absent)


def commands(group, path):
    """``(command line, options)`` of a command and all below it."""
    added_by_typer = {"help", "install_completion", "show_completion"}
    parameters = [item for item in group.params if item.name not in added_by_typer]
    yield path, [option for item in parameters for option in item.opts if option.startswith("--")]
    for name, command in getattr(group, "commands", {}).items():
        if not command.hidden:
            yield from commands(command, f"{path} {name}")


def test_every_command_and_option_is_documented(docs):
    from ringfence.api.cli import app

    lines = dict(commands(typer.main.get_command(app), "ringfence"))
    assert "ringfence load" in lines
    assert_documented([*lines, *(option for options in lines.values() for option in options)], docs)


def test_every_route_is_documented(docs, tmp_path, monkeypatch):
    from ringfence.api.http.app import create_app
    from ringfence.api.settings import Settings

    monkeypatch.chdir(tmp_path)
    app = create_app(Settings())
    of_fastapi = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
    routes = {*app.openapi()["paths"], *(getattr(route, "path", "/") for route in app.routes)} - of_fastapi - {"/"}
    assert "/v1/findings" in routes
    assert_documented(sorted(routes), docs)


def test_every_setting_is_documented(root, room_sources, docs):
    from ringfence.api.settings import Settings

    declared = {f"RINGFENCE_{name.upper()}" for name in Settings.model_fields}
    read = {
        name
        for source in room_sources
        for name in re.findall(r"\bRINGFENCE_[A-Z0-9_]*[A-Z0-9]", (root / source).read_text("utf-8"))
    }
    assert "RINGFENCE_STORE" in declared
    assert_documented(sorted(declared | read), docs)


def test_the_environment_is_read_in_two_places(root, room_sources):
    """By the settings of the service, and by ``graph.environment`` for what a library needs as well."""
    readers = [
        name for name in room_sources if re.search(r"\bos\.environ\b|\bgetenv\b", (root / name).read_text("utf-8"))
    ]
    assert readers == ["graph/environment.py"]


def test_every_detector_is_documented(docs):
    from ringfence.detectors.registry import DETECTORS

    assert "guarantee" in DETECTORS
    assert_documented([f"`{name}`" for name in DETECTORS], docs)


def test_every_question_is_documented_as_it_is_declared(root):
    from ringfence.api.services.questions.declared import MEANINGS, QUESTIONS
    from ringfence.api.services.questions.steps import MOST

    lines = (root / "docs" / "api.md").read_text("utf-8").splitlines()
    of_all = {"start", "end", "limit", "order"}
    for question in QUESTIONS.values():
        takes = " ".join(f"`{one.name}`" for one in question.parameters if one.name not in of_all)
        line = f"| `{question.number}` `{question.name}` | {question.when} | {takes} | {question.answers} |"
        assert line in lines, line
    for name, meaning in MEANINGS.items():
        assert f"| `{name}` | {meaning} |" in lines, name
    assert f"at most {MOST:,} transfers at a step" in "\n".join(lines)


def test_a_name_inside_another_is_not_documented():
    names = ["--top", "/v1/findings", "load"]
    assert missing(names, "--top-most /v1/findings/{id} loaders") == names
    assert missing(names, "`--top`, `GET /v1/findings`: ringfence load.") == []
