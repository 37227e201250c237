"""An evidence file as a PNG of its picture, for pages that show one.

Usage: python tests/support/picture.py EVIDENCE.html PICTURE.png [WIDTH [HEIGHT]] [--page]

WIDTH and HEIGHT are those of the browser window in pixels (by default 1280 × 900). The image is cropped to the
picture with its legend; ``--page`` takes the whole page instead. Needs Playwright (``pip install -e '.[dev]'``) and
Debian's packages chromium and fonts-noto-cjk.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def offline_browser(
    chromium: str, width: int = 1280, height: int = 900, offline: bool = True
) -> Iterator[BrowserContext]:
    """A browser with an empty profile and no network, unless that is asked for."""
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            args=list(ARGUMENTS),
            viewport={"width": width, "height": height},
            device_scale_factor=2,
            offline=offline,
        )
        try:
            yield context
        finally:
            context.close()


def browser_path() -> str:
    """The path of the browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("no Chromium: apt-get install -y chromium fonts-noto-cjk")
    return chromium


def save(html: Path, png: Path, width: int, height: int, whole_page: bool) -> None:
    """Open an evidence file without a network and save what it shows."""
    with offline_browser(browser_path(), width, height) as context:
        page = context.new_page()
        page.goto(html.resolve().as_uri())
        page.wait_for_selector("#picture[data-drawn]")
        if whole_page:
            page.screenshot(path=png, full_page=True)
        else:
            page.locator(".drawing").screenshot(path=png)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("html", type=Path)
    parser.add_argument("png", type=Path)
    parser.add_argument("width", type=int, nargs="?", default=1280)
    parser.add_argument("height", type=int, nargs="?", default=900)
    parser.add_argument("--page", action="store_true", help="the whole page, not the picture alone")
    given = parser.parse_args()
    save(given.html, given.png, given.width, given.height, given.page)
