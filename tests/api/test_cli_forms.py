"""In which forms commands answer: JSON wherever there is a table, help in two ways, words completed."""

import json

import pytest
import typer
from ringfence.api.cli import app
from support.book import ringfence
from typer.testing import CliRunner

WITHOUT_TABLE = {
    "ask", "access create", "access revoke", "access roles", "audit export", "audit verify", "case assign",
    "case close", "case export", "case note", "case replay", "case snooze", "case verdict", "copy", "erase",
    "export", "jobs cancel", "keys rotate", "map", "reveal", "serve", "snapshot", "token", "tokens export", "unload",
}  # fmt: skip
"""Commands that print lines, other people's formats or nothing but what was done; ``ask`` has a form of its own."""


def commands(group, path=""):
    """``(path, command)`` of all commands below a group."""
    for name, command in group.commands.items():
        here = f"{path} {name}".strip()
        yield from commands(command, here) if hasattr(command, "commands") else [(here, command)]


def test_every_command_that_prints_a_table_can_print_json():
    found = dict(commands(typer.main.get_command(app)))
    assert "findings" in found and found.keys() > WITHOUT_TABLE
    for name, command in found.items():
        formats = [form for option in command.params if option.opts == ["--format"] for form in type(option.default)]
        assert name in WITHOUT_TABLE or "json" in formats, name


@pytest.mark.parametrize("command", [["findings"], ["rejects"], ["case", "list"]])
def test_a_list_is_one_json_list_or_a_line_of_json_each(run, command):
    whole = json.loads(run(*command, "--format", "json").stdout)
    lines = [json.loads(line) for line in run(*command, "--format", "jsonl").stdout.splitlines()]
    assert whole == lines and len(whole) > 0
    assert json.loads(run(*command, "--format", "json", "--top", "1").stdout) == whole[:1]


def test_one_finding_and_one_case_are_given_whole(run):
    finding = json.loads(run("findings", "--format", "json").stdout)[0]
    assert json.loads(run("show", finding["id"], "--format", "json").stdout) == finding
    case = json.loads(run("case", "list", "--format", "json").stdout)[0]
    assert json.loads(run("case", "show", case["id"], "--format", "json").stdout) == case


def test_the_audit_log_and_the_keys_are_given_as_json(run):
    run("status")
    rows = json.loads(run("audit", "list", "--format", "json", "--top", "2").stdout)
    assert rows[0]["action"] == "cli.audit.list"
    made = run("access", "create", "a test of forms", "--role", "viewer")
    assert made.exit_code == 0, made.stderr
    keys = json.loads(run("access", "list", "--format", "json").stdout)
    (key,) = [one for one in keys if one["name"] == "a test of forms"]
    assert (key["roles"], key["state"]) == ("viewer", "valid")
    assert made.stdout.strip() not in json.dumps(key)


def test_a_load_and_a_run_tell_in_json_what_they_did(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "companies.csv").write_text("company_id,name\nC1,甲公司\n", "utf-8")
    loaded = json.loads(ringfence("load", "tables", "--format", "json", cwd=tmp_path).stdout)
    assert loaded["tables"]["companies"] == {"read": 1, "used": 1, "unchanged": 0, "duplicate": 0, "rejected": 0}
    (run,) = json.loads(ringfence("detect", "guarantee", "--format", "json", cwd=tmp_path).stdout)
    assert (run["detector"], run["findings"]) == ("guarantee", 0)


@pytest.mark.parametrize("command", [[], ["findings"], ["case"], ["case", "list"], ["guarantees", "cut"]])
def test_help_is_asked_for_in_two_ways(command):
    short, long = (CliRunner().invoke(app, [*command, form]) for form in ("-h", "--help"))
    assert short.exit_code == 0 and short.stdout == long.stdout and "Usage:" in short.stdout


def test_words_are_completed(tmp_path):
    """As the shell asks for it, once ``ringfence --install-completion`` has told it how."""
    asked = {"_RINGFENCE_COMPLETE": "complete_bash", "COMP_WORDS": "ringfence case list --st", "COMP_CWORD": "3"}
    assert ringfence(cwd=tmp_path, **asked).stdout.split() == ["--state", "--store"]
    # The shell is otherwise looked for among the processes that began this one, and there need not be any.
    named = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    shown = ringfence("--show-completion", "bash", cwd=tmp_path, **named).stdout
    assert "complete -o default -F _ringfence_completion ringfence" in shown
