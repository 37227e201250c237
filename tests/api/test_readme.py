"""What the README shows is what the product does."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RINGFENCE = str(Path(sys.executable).with_name("ringfence"))


def commands():
    """The `ringfence` lines of the README's first example."""
    block = next(b for b in re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S) if "load" in b)
    return [shlex.split(line)[1:] for line in block.splitlines() if line.startswith("ringfence ")]


def test_the_example_finds_the_circle_it_shows(tmp_path):
    store = ["--store", f"sqlite:///{tmp_path}/graph.db"]
    for command in commands():
        command = [str(ROOT / part) if part.startswith("tests/") else part for part in command]
        done = subprocess.run([RINGFENCE, *command, *store], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert "担保圈" in (tmp_path / "circle.html").read_text("utf-8")
    found = subprocess.run([RINGFENCE, "findings", "--format", "jsonl", *store], capture_output=True, text=True).stdout
    kinds = {finding["kind"]: finding for finding in map(json.loads, found.splitlines())}
    assert set(kinds) == {"guarantee_circle", "guarantee_cycle", "guarantee_chain"}
    assert [m["node"] for m in kinds["guarantee_cycle"]["members"]] == [f"company:C0{n}" for n in (1, 2, 3, 4, 8)]
    assert kinds["guarantee_circle"]["measures"]["mutual_pairs"] == 1
    assert kinds["guarantee_chain"]["measures"]["longest_chain"] == 3
