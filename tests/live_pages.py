"""A room on a small grid, and a real browser that may ask nobody but its server."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.small_runs import SMALL

ROOT = Path(__file__).parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WALL = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
HTML = "<img src=x onerror=document.title='run'>"  # a title that would like to run
WAIT = 10_000  # ms; a month of the small grid takes some 10 ms


def chromium() -> str:
    """The browser of this machine; without one the test is skipped, and says so."""
    pytest.importorskip("playwright", reason="Playwright is not installed")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    return found


def scenario_file(folder: Path) -> Path:
    """A scenario whose title is markup."""
    text = (ROOT / "scenarios" / "committed.yaml").read_text("utf-8")
    text = text.replace("name: committed", "name: marked-up", 1)
    text = re.sub(r"(?m)^  (en|fr|nl): .*$", rf'  \1: "{HTML}"', text, count=3)
    file = folder / "marked-up.yaml"
    file.write_text(text, encoding="utf-8")
    return file


class Address(str):
    """Where the facilitator looks; the process that serves it, its saved sessions."""

    process: int
    sessions: Path


@contextmanager
def open_room(folder: Path, *more: str) -> Iterator[Address]:
    """A server of its own; gives the facilitator's address."""
    command = [
        sys.executable, "-u", "-m", "mediapark", "live", str(scenario_file(folder)),
        "full-plan", "--grid", str(SMALL), "--until", "2022-12", "--port", "0",
        "--no-browser", "--out", str(folder), "--replicates", "2", *more,
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ)
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            found = re.search(r"http://\S+", line)
            assert found, f"no address: {line!r}"
            address = Address(found[0])
            address.process, address.sessions = server.pid, folder
            yield address
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


class Visit:
    """A screen in the room.

    Attributes
    ----------
    page : Page
    asked : list of str
        Addresses that the page asked for.
    errors : list of str
        What the browser complained of.
    """

    def __init__(self, browser, address, viewport=WALL, lang="en", touch=False) -> None:
        self.home = urlsplit(address)
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(
            viewport=viewport,
            locale="en-GB",
            reduced_motion="reduce",
            has_touch=touch,
            is_mobile=touch,
        )
        self.context.route("**/*", self._only_home)
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT)
        self.page.on("websocket", lambda one: self.asked.append(one.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._heard)
        parts = self.home._replace(query=f"lang={lang}")
        self.page.goto(parts.geturl())
        self.wait("#month", re.compile("."))

    def _only_home(self, route) -> None:
        self.asked.append(route.request.url)
        if urlsplit(route.request.url).netloc == self.home.netloc:
            route.continue_()
        else:
            route.abort()

    def _heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    @property
    def month(self) -> str:
        """The month in large letters."""
        return self.page.inner_text("#month")

    def until_month(self, month: str, patience: int = WAIT) -> None:
        """Wait for a month, or fail."""
        self.wait("#month", month, patience)

    def wait(self, place: str, words, patience: int = WAIT) -> None:
        """Wait until a place holds words, or a pattern, or fail."""
        from playwright.sync_api import expect

        expect(self.page.locator(place)).to_have_text(words, timeout=patience)

    def until_told(self, words: str, place: str = ".notice") -> None:
        """Wait until the last notice, or another place, says so, or fail."""
        from playwright.sync_api import expect

        expect(self.page.locator(place).last).to_contain_text(words, timeout=WAIT)

    def until_ready(self) -> None:
        """Wait until the runs stand."""
        self.page.wait_for_selector("#scrub:enabled", timeout=6 * WAIT)

    def open_panel(self, name: str) -> None:
        """Open a panel that may be open already."""
        if self.page.get_attribute(f"#tab-{name}", "aria-selected") == "false":
            self.page.click(f"#tab-{name}")

    def reset(self) -> None:
        """Go back to the first month; nothing is edited there."""
        self.page.click("#reset")
        self.page.click("#question-yes")
        self.until_month("December 2017")

    def add_floor_space(self, m2: int, why: str = "") -> None:
        """Add a lever that acts once."""
        self.open_panel("levers")
        self.page.select_option("#lever", "kind:floor_space")
        self.page.check("#panel-levers input[value=frame]")
        self.page.fill("#field-m2", str(m2))
        self.page.locator("#lever-why").fill(why)
        self.page.click("text=Add this lever")

    def close(self) -> None:
        """Leave."""
        self.context.close()


@contextmanager
def visiting(browser, address, **how) -> Iterator[Visit]:
    """A visit that asked nobody else and had nothing to complain of."""
    visit = Visit(browser, address, **how)
    try:
        yield visit
        hosts = {urlsplit(one).netloc for one in visit.asked}
        assert hosts == {visit.home.netloc}
        assert visit.errors == []
    finally:
        visit.close()


@contextmanager
def a_browser() -> Iterator[object]:
    """A headless Chromium without a GPU."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()
