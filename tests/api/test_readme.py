"""What the README shows is what the product does."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RINGFENCE = str(Path(sys.executable).with_name("ringfence"))


def commands():
    """The `ringfence` lines of the README's example of a guarantee circle."""
    blocks = re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    block = next(block for block in blocks if "ringfence load" in block)
    return [shlex.split(line)[1:] for line in block.splitlines() if line.startswith("ringfence ")]


def demo():
    """The `ringfence` commands of the Makefile's demo that make, load and search a book."""
    recipe = re.search(r"^demo: \$\(INSTALLED\).*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.M)
    lines = re.findall(r"^\t\$\(BIN\)/ringfence ((?:sample|load|detect).*)$", recipe[1], re.M)
    return [shlex.split(line) for line in lines]


def test_the_demo_finds_the_ring_that_the_readme_shows(tmp_path):
    finding = re.search(r"ringfence show (\w+) --html ring.html", (ROOT / "README.md").read_text("utf-8"))[1]
    store = ["--store", f"sqlite:///{tmp_path}/graph.db"]
    assert [command[0] for command in demo()] == ["sample", "load", "detect"]
    for command in [*demo(), ["show", finding, "--html", "ring.html"]]:
        command += store if command[0] != "sample" else []
        done = subprocess.run([RINGFENCE, *command], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    page = (tmp_path / "ring.html").read_text("utf-8")
    assert "7名申请人4天内申请7笔" in page
    alone = "（6人，无他人使用）"
    assert f"共用1部手机{alone}、1个账户{alone}、1个姓名说法不一的联系电话{alone}" in page


def in_use():
    """The commands that the README shows for each day, as one script."""
    text = (ROOT / "README.md").read_text("utf-8").partition("## In use\n")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"```\n(.*?)```", text, re.S))


def test_the_commands_of_each_day_work_as_written(tmp_path):
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    around = {**os.environ, "PATH": f"{Path(RINGFENCE).parent}:{os.environ['PATH']}"}
    script = in_use()
    assert script.count("ringfence ") >= 8
    done = subprocess.run(["bash", "-ec", script], cwd=tmp_path, env=around, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for told in (
        "cases new: ",
        "investigator",
        "nightly",
        "4c0697402e2956cb",
        "applicant:A9: nothing found",
        "rf_",
        "cli.case.list",
    ):
        assert told in done.stdout, told


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
