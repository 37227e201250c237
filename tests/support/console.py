"""The console over a small book: a real service, a browser that reaches nothing else, and what it saw."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from ringfence.api.settings import Settings

from .book import ringfence
from .case_book import write_ring_book
from .picture import ARGUMENTS
from .processes import PATIENCE_S
from .service import key_of

HOSTILE = "<img src=x onerror=window.hacked=1>"
"""A company's name that would run, were it read as markup."""
DESK, PHONE = (1366, 768), (390, 844)


@dataclass(frozen=True)
class Served:
    """A service over a book: its address, the store's URL, and a key by role."""

    address: str
    store: str
    keys: dict[str, str]


@contextmanager
def served_console(folder: Path) -> Iterator[Served]:
    """A service over the ring book, one of whose companies has a hostile name and one of whose
    ring is a confirmed fraudster, after one night."""
    companies = write_ring_book(folder / "tables") / "companies.csv"
    companies.write_text(companies.read_text("utf-8").replace("丙公司", HOSTILE), "utf-8")
    flags = "entity_kind,entity_key,flag,source,effective_from\napplicant,R7,confirmed_fraud,police,2026-03-20\n"
    companies.with_name("flags.csv").write_text(flags, "utf-8")
    done = ringfence("nightly", "tables", cwd=folder)
    assert done.returncode == 0, done.stderr
    with serving(folder) as served:
        yield served


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """A real service over a folder's ``ringfence.db``."""
    settings = Settings(store=f"sqlite:///{folder / 'ringfence.db'}")
    keys = {role: key_of(settings, role) for role in ("investigator", "auditor", "viewer")}
    command = [str(Path(sys.executable).with_name("ringfence")), "serve", "--port", "0"]
    with (
        (folder / "service.log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.PIPE, text=True) as process,
    ):
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            address = re.search(r"http://\S+?(?=[;\s])", line)
            assert address, line
            yield Served(address[0], settings.store, keys)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@dataclass
class Seen:
    """A page and what happened in it: addresses asked for, messages of its console and errors, dialogs."""

    page: Page
    served: Served
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def sign_in(self, role: str = "investigator", language: str = "zh") -> Page:
        """Sign in from the first page, with a key of a role, in a language."""
        # What is kept is set from a little file of the service, so that the page itself loads once.
        self.page.goto(f"{self.served.address}/console/names.json")
        self.page.evaluate(f"sessionStorage.clear(); localStorage.setItem('ringfence.language', '{language}')")
        self.page.goto(self.served.address)
        self.page.fill("input[name=key]", self.served.keys[role])
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("nav")
        return self.page

    def go(self, place: str) -> Page:
        """Go to a page by what stands behind the address's #, and wait until it is loaded and drawn."""
        self.page.evaluate("document.querySelector('.page').classList.add('old')")
        if self.page.evaluate("location.hash") == f"#/{place}":
            self.page.reload()
        else:
            self.page.evaluate(f"location.hash = '#/{place}'")
        return self.loaded(place.partition("?")[0])

    def loaded(self, name: str) -> Page:
        """Wait until a page of this name is loaded and drawn."""
        self.page.wait_for_selector(f".page.{name}:not(.old) h1")
        self.page.wait_for_selector("[aria-busy=true]", state="detached")
        if self.page.locator(".drawn").count():
            self.page.wait_for_selector(".drawn[data-drawn]")
        return self.page

    def strangers(self) -> list[str]:
        """What was asked of others than the service."""
        return [url for url in self.requests if not url.startswith((self.served.address, "data:", "blob:"))]


@contextmanager
def local_browser(chromium: str) -> Iterator[Browser]:
    """A browser; each of its contexts begins with an empty profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def browsing(browser: Browser, served: Served, size: tuple[int, int] = DESK) -> Iterator[Seen]:
    """A page with an empty profile, for which there is no other host than the service."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, timezone_id="Asia/Shanghai")
    context.set_default_timeout(1000 * PATIENCE_S)
    context.route(re.compile(f"^http(?!{re.escape(served.address[4:])})"), lambda route: route.abort())
    seen = Seen(context.new_page(), served)
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("console", lambda message: seen.messages.append(message.text))
    seen.page.on("pageerror", lambda error: seen.messages.append(str(error)))
    seen.page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    try:
        yield seen
    finally:
        context.close()
