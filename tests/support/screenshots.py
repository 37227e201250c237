"""The pictures of README and docs, made anew from the demo: `make screenshots`.

Usage: python tests/support/screenshots.py [NAME]…

Without names all of ``SHOTS`` are made. The demo must be there (``make demo DEMO_SERVE=0``); its service is started for
the pages of the console, signed in with a key of this run. A further picture is a further line of ``SHOTS``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from support.picture import browser_path, offline_browser, save

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
DEMO = ROOT / "demo" / "ringfence"
RINGFENCE = Path(sys.executable).with_name("ringfence")


class Shot(NamedTuple):
    """One picture.

    Attributes
    ----------
    name : of the file below docs/images, without its end
    of : ``evidence ID`` for the picture of a finding of the demo; ``circle ID`` for one of tests/data/guarantee-circle;
        ``console PAGE`` for what stands behind the console's address, such as ``console #alerts``
    wait : what must be seen on the console's page before it is taken, as a CSS selector
    width, height : of the window, in pixels
    """

    name: str
    of: str
    wait: str = "main table"
    width: int = 1366
    height: int = 768


SHOTS = (
    Shot("console-alerts", "console #/alerts", wait="table tbody tr", height=900),
    Shot("console-case", "console #/case?id=78df261f61a92e67", wait="[data-drawn]", height=1100),
    Shot("fraud-ring", "evidence c4eaa4989c61374c", width=1280, height=900),
    Shot("guarantee-circle", "circle 4c0697402e2956cb", width=1280, height=900),
)


def take(shots: Sequence[Shot]) -> None:
    """Make pictures, each over what is there."""
    with tempfile.TemporaryDirectory() as folder:
        for shot in shots:
            what, _, which = shot.of.partition(" ")
            if what != "console":
                page = _evidence(what, which, Path(folder))
                save(page, IMAGES / f"{shot.name}.png", shot.width, shot.height, whole_page=False)
    if console := [shot for shot in shots if shot.of.startswith("console ")]:
        with _served() as (address, key):
            for shot in console:
                _console(address, key, shot)


def _evidence(what: str, finding: str, folder: Path) -> Path:
    page = folder / f"{finding}.html"
    if what == "evidence":
        _run(DEMO, "show", finding, "--html", page)
        return page
    store = ("--store", f"sqlite:///{folder}/circle.db")
    _run(RINGFENCE, "load", ROOT / "tests" / "data" / "guarantee-circle", *store)
    _run(RINGFENCE, "detect", "--as-of", "2026-03-31", *store)
    _run(RINGFENCE, "show", finding, "--html", page, *store)
    return page


def _run(*command: str | Path) -> str:
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout


@contextmanager
def _served() -> Iterator[tuple[str, str]]:
    """The address of the demo's service, and a key that ends with it."""
    name = "investigator"
    key = _run(DEMO, "access", "create", name, "--role", "admin", "--role", "investigator", "--days", "1").strip()
    serving = subprocess.Popen([DEMO, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        assert serving.stderr is not None
        heard = re.search(r"listening on (\S+)", serving.stderr.readline())
        assert heard is not None, "the service did not start"
        yield heard[1], key
    finally:
        serving.terminate()
        serving.wait(60)
        _run(DEMO, "access", "revoke", name)


def _console(address: str, key: str, shot: Shot) -> None:
    with offline_browser(browser_path(), shot.width, shot.height, offline=False) as context:
        context.add_init_script("localStorage.setItem('ringfence.language', 'zh')")
        page = context.new_page()
        page.goto(f"{address}/")
        page.fill(".sign-in input", key)
        page.click(".sign-in .primary")
        page.wait_for_selector(".sign-in", state="detached")
        page.goto(f"{address}/{shot.of.partition(' ')[2]}")
        page.wait_for_selector(shot.wait)
        page.screenshot(path=IMAGES / f"{shot.name}.png")


if __name__ == "__main__":
    asked = sys.argv[1:]
    if unknown := set(asked) - {shot.name for shot in SHOTS}:
        raise SystemExit(f"no picture {', '.join(sorted(unknown))}: there are {', '.join(shot.name for shot in SHOTS)}")
    if not DEMO.exists():
        raise SystemExit("there is no demo: run 'make demo DEMO_SERVE=0' first")
    take([shot for shot in SHOTS if not asked or shot.name in asked])
