"""The pages in a real browser: looked at, typed in, gone back from, and without a script."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

import topics
from tests.browser import Opened, open_browser
from topics.answers.session import Session
from topics.web.app import build, listen
from topics.web.desk import Desk


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def db(news_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(news_file, tmp_path_factory.mktemp("served") / "news.db"))


@pytest.fixture(scope="module")
def home(db: Path) -> Iterator[str]:
    """The address of a server of this process."""
    listening = listen("127.0.0.1", 0)
    app = build(Desk(Session(db), edit=True, patience=None))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def list_pages(db: Path) -> list[str]:
    topic, story = topics.topics(db)[0].id, topics.stories(db)[0].id
    return [
        *("/", f"/topics/{topic}", "/stories", f"/stories/{story}", "/search?q=convoy"),
        *("/article?id=wire-1", "/passages/1", "/outlets", "/map", "/removed", "/about"),
        *("/api", "/changes?since=2001-01-01", "/edits", "/pairs?kind=story"),
    ]


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_each_page_fits_keeps_to_its_policy_and_asks_nobody_else(browser, home, db, width, scheme):
    opened = Opened(
        browser, home, "/", viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    for address in list_pages(db):
        opened.page.goto(f"{home}{address}")
        opened.settle()
        found = opened.page.evaluate("document.documentElement.scrollWidth")
        assert (address, found) == (address, width)
        assert (address, opened.said) == (address, [])
        assert opened.page.locator("h1").count() == 1
    assert {one for one in opened.requests if not one.startswith((home, "data:"))} == set()
    opened.context.close()


def test_search_as_you_type_keeps_words_and_filters_in_the_address_and_goes_back(browser, home):
    opened = Opened(browser, home, "/search")
    page = opened.page
    opened.wait("document.activeElement.id === 'q'")
    page.keyboard.type("convoy", delay=10)
    opened.wait("document.querySelectorAll('#hits mark').length > 0")
    asked = [one for one in opened.requests if "/search/hits" in one]
    assert len(asked) < len("convoy")
    assert page.url.endswith("/search?q=convoy")
    whole = page.locator("#hits li").count()
    page.click(".filters summary")
    page.select_option("select[name=source]", "courier")
    opened.wait("location.search.includes('source=courier')")
    opened.wait(f"document.querySelectorAll('#hits li').length < {whole}")
    page.go_back()
    opened.wait("!location.search.includes('source')")
    opened.wait(f"document.querySelectorAll('#hits li').length === {whole}")
    assert page.input_value("select[name=source]") == ""
    page.go_forward()
    opened.wait(f"document.querySelectorAll('#hits li').length < {whole}")
    assert page.input_value("select[name=source]") == "courier"
    again = Opened(browser, page.url)
    assert again.page.locator("#hits li").count() == page.locator("#hits li").count()
    assert opened.said == again.said == []
    for one in (opened, again):
        one.context.close()


def test_the_map_draws_and_leads_to_the_article(browser, home, db):
    opened = Opened(browser, home, "/map")
    count = topics.info(db).passages
    assert opened.text("#status") == f"{count} of {count} passages"
    opened.page.focus("#map")
    opened.page.keyboard.press("Enter")
    opened.page.click("#card a")
    opened.page.wait_for_url("**/article?id=*")
    opened.settle()
    assert opened.page.locator(".paragraph").count() > 0
    opened.context.close()


def test_a_topic_is_renamed_and_brought_back_by_keys_alone(browser, home, db):
    one = next(each for each in topics.topics(db) if each.kind == "discovered")
    opened = Opened(browser, home, f"/topics/{one.id}")
    page = opened.page
    page.focus("input[name=name]")
    page.keyboard.press("Control+A")
    page.keyboard.type("Aid for the besieged")
    page.keyboard.press("Enter")
    page.wait_for_url("**edit=*")
    assert opened.text("h1") == "Aid for the besieged"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Undo":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/edits?undone=*")
    assert "is undone" in opened.text("main")
    assert topics.list_edits(db) == []
    assert opened.said == []
    opened.context.close()


def test_all_but_the_map_works_without_a_script(browser, home):
    opened = Opened(browser, home, "/", java_script_enabled=False)
    page = opened.page
    page.fill("header input[name=q]", "convoy")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=convoy")
    assert page.locator("#hits mark").count() > 0
    page.click(".filters summary")
    page.select_option("select[name=source]", "courier")
    page.click("#search button")
    page.wait_for_url("**source=courier*")
    assert page.locator("#hits li").count() > 0
    page.click("#hits a >> nth=0")
    page.wait_for_url("**/passages/*")
    page.goto(f"{home}/map")
    assert "needs JavaScript" in page.inner_text("main")
    opened.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, home, db, scheme):
    from axe_playwright_python.sync_playwright import Axe

    opened = Opened(browser, home, "/", color_scheme=scheme)
    # Of the dark pages only what can differ from the light ones, and one of each look.
    only = {"runOnly": ["color-contrast"]} if scheme == "dark" else None
    for address in list_pages(db)[:6] if scheme == "dark" else list_pages(db):
        opened.page.goto(f"{home}{address}")
        opened.settle()
        opened.page.evaluate(
            "document.querySelectorAll('details').forEach((one) => (one.open = true))"
        )
        found = Axe().run(opened.page, options=only).response["violations"]
        grave = [
            (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0].get("failureSummary"))
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert (address, grave) == (address, [])
    opened.context.close()
