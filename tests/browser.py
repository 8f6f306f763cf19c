"""Debian's Chromium for tests of pages; elsewhere these are skipped by name."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path(os.environ.get("TOPICWIRE_CHROMIUM", "/usr/bin/chromium"))
# Software GL, so that a page is drawn alike with and without a GPU.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@contextmanager
def open_browser() -> Iterator[Any]:
    """Start the browser; without one the test is skipped, or fails where CI asks for one."""
    try:
        if not CHROMIUM.exists():
            raise FileNotFoundError(CHROMIUM)
        from playwright.sync_api import sync_playwright
    except (ImportError, FileNotFoundError) as error:
        if os.environ.get("TOPICWIRE_BROWSER"):
            pytest.fail(f"a browser is asked for and there is none: {error}")
        pytest.skip(f"no browser: {error}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Opened:
    """A page that was opened, with all that it asked for and complained of."""

    def __init__(self, browser: Any, place: Path | str, address: str = "", **options: Any) -> None:
        self.script = options.pop("script", "")
        self.context = browser.new_context(reduced_motion="reduce", **options)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda one: self.requests.append(one.url))
        self.page.on("console", lambda one: self.said.append(one.text))
        self.page.on("pageerror", lambda one: self.said.append(str(one)))
        self.page.on("dialog", lambda one: (self.said.append(one.message), one.dismiss()))
        if self.script:
            self.page.add_init_script(self.script)
        start = place if isinstance(place, str) else place.as_uri()
        self.page.goto(f"{start}{address}", wait_until="commit")
        self.settle()

    def settle(self) -> None:
        """Wait until the page is whole, and its map, where it has one, knows its texts."""
        ready = "document.documentElement.dataset.ready === 'texts'"
        whole = "document.readyState === 'complete'"
        self.wait(f"{whole} && (!document.getElementById('map') || {ready})")

    def wait(self, condition: str) -> None:
        """Wait until something holds; polled, since a strict policy refuses wait_for_function."""
        end = time.monotonic() + 60
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, (condition, self.said)
            time.sleep(0.02)

    def text(self, selector: str) -> str:
        """Return what an element says."""
        return str(self.page.inner_text(selector))
