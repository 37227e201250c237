"""What the README shows is what the product does: its commands run as they are written."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = Path(sys.executable).parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that looks like the project's own to ``make`` and to the README's commands, with its environment."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy2(ROOT / name, folder)
    (folder / "tests").symlink_to(ROOT / "tests")
    (folder / ".venv").symlink_to(ENVIRONMENT)
    return folder


def block(start):
    """The block of commands of the README that begins so."""
    blocks = re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    return next(block for block in blocks if block.startswith(start))


def shell(folder, lines):
    """Run lines in a shell that knows nothing of Ringfence, and return what they printed."""
    known = ("PATH", "HOME", "RINGFENCE_KEY_FILE", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    path = {name: os.environ[name] for name in known if name in os.environ}
    path["PATH"] = os.pathsep.join(
        part for part in path["PATH"].split(os.pathsep) if Path(part).resolve() != ENVIRONMENT / "bin"
    )
    done = subprocess.run(["sh", "-e", "-c", lines], cwd=folder, capture_output=True, text=True, env=path)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_demo_finds_the_ring_that_the_readme_shows(folder):
    """As ``make demo`` makes it, and in a folder that it leaves alone; its environment is not made anew."""
    assert block("make demo").split("#")[0].strip() == "make demo"
    told = shell(folder, "make --old-file=.venv/.installed demo DEMO_SERVE=0")
    assert "demo/evidence.html" in told and (folder / "demo" / "evidence.html").exists()
    show, cases, _ = block("demo/ringfence").splitlines()
    shell(folder, show)
    page = (folder / "ring.html").read_text("utf-8")
    assert "7名申请人4天内申请7笔" in page
    alone = "（6人，无他人使用）"
    assert f"共用1部手机{alone}、1个账户{alone}、1个姓名说法不一的联系电话{alone}" in page
    assert len(shell(folder, cases).splitlines()) == 5, "a heading, three cases, and how many there are"

    # It is served as the demo serves it, from whichever folder, to who shows the demo's key.
    key = shell(folder, "demo/ringfence access create demo --role admin --role investigator").strip()
    serving = subprocess.Popen(
        [folder / "demo" / "ringfence", "serve", "--port", "0"], cwd="/", stderr=subprocess.PIPE, text=True
    )
    try:
        address = re.search(r"listening on (http://127.0.0.1:\d+)", serving.stderr.readline())[1]
        asked = Request(f"{address}/v1/findings?limit=1", headers={"Authorization": f"Bearer {key}"})
        with urlopen(asked, timeout=60) as answer:
            assert answer.status == 200
    finally:
        serving.terminate()
        serving.wait(60)
        serving.stderr.close()
    assert {path.name for path in folder.iterdir()} == {
        "Makefile", "requirements.lock", "pyproject.toml", "tests", ".venv", "demo", "ring.html",
    }  # fmt: skip


def in_use():
    """The commands that the README shows for each day, as one script."""
    text = (ROOT / "README.md").read_text("utf-8").partition("## In use\n")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"```\n(.*?)```", text, re.S))


def test_the_commands_of_each_day_work_as_written(tmp_path):
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    around = {**os.environ, "PATH": os.pathsep.join((str(ENVIRONMENT / "bin"), os.environ["PATH"]))}
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


def test_the_example_finds_the_circle_it_shows(folder):
    lines = block("make install").splitlines()
    assert lines[0].split("#")[0].strip() == "make install", "which the folder has been given already"
    found = shell(folder, "\n".join([*lines[1:], "ringfence findings --format json"]))
    assert "担保圈" in (folder / "circle.html").read_text("utf-8")
    kinds = {finding["kind"]: finding for finding in json.loads(found.splitlines()[-1])}
    assert set(kinds) == {"guarantee_circle", "guarantee_cycle", "guarantee_chain", "guarantee_over"}
    assert [m["node"] for m in kinds["guarantee_cycle"]["members"]] == [f"company:C0{n}" for n in (1, 2, 3, 4, 8)]
    assert kinds["guarantee_circle"]["measures"]["mutual_pairs"] == 1
    assert kinds["guarantee_chain"]["measures"]["longest_chain"] == 3
