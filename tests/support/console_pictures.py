"""Pictures of the console's pages, for documents that show them.

Usage: python tests/support/console_pictures.py FOLDER

FOLDER holds a ``ringfence.db`` on which a night has run. Its pages are saved as ``docs/images/console-NAME.png``.
Needs Playwright (``pip install -e '.[dev]'``) and Debian's packages chromium and fonts-noto-cjk.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.console import browsing, local_browser, serving

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WINDOW = (1366, 1260)


def save(folder: Path) -> None:
    """Save the queue, and the case of the first fraud ring in it."""
    with (
        serving(folder) as served,
        local_browser(shutil.which("chromium") or "chromium") as browser,
        browsing(browser, served, WINDOW) as seen,
    ):
        page = seen.sign_in(language="zh")
        seen.go("alerts").screenshot(path=IMAGES / "console-alerts.png")
        page.locator("td a", has_text="团伙").first.click()
        seen.loaded("case").screenshot(path=IMAGES / "console-case.png")


if __name__ == "__main__":
    save(Path(sys.argv[1]).resolve())
