"""The report in a real browser: what it shows, what it answers to, and what it never does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser import Opened, open_browser
from tests.hostile import fill
from tests.running import lay_flat
from topics.answers.map import map as draw_map
from topics.one_file.building import report
from topics.views.rendering import STATIC


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "news.db"
    fill(path)
    with pytest.MonkeyPatch.context() as patch:
        # Where the points lie is not the question here.
        lay_flat(patch)
        report(path.with_name("news.html"), db=path)
    return path


@pytest.fixture(scope="module")
def page(db: Path) -> Path:
    return db.with_name("news.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(browser: Any, page: Path) -> Opened:
    return Opened(browser, page, viewport={"width": 1280, "height": 1000})


@pytest.fixture
def opened(shared: Opened) -> Opened:
    """The page, as it is when it has just been opened."""
    shared.page.evaluate(
        """() => {
          const view = window.topicwireMap;
          Object.assign(view.state, { by: "topic" });
          document.getElementById("colour-by").value = "topic";
          view.clear(); view.goHome(); view.pick(-1); view.moved(); view.draw();
          scrollTo(0, 0);
        }"""
    )
    shared.said.clear()
    return shared


def count_drawn(opened: Opened) -> int:
    """Pixels of the map's points that are not of the ground, which its corner has."""
    return int(
        opened.page.evaluate(
            """() => {
              const from = document.getElementById("points");
              const copy = document.createElement("canvas");
              [copy.width, copy.height] = [from.width, from.height];
              const context = copy.getContext("2d");
              context.drawImage(from, 0, 0);
              const { data } = context.getImageData(0, 0, copy.width, copy.height);
              let drawn = 0;
              for (let place = 0; place < data.length; place += 4) {
                drawn += [0, 1, 2].some((part) => data[place + part] !== data[part]);
              }
              return drawn;
            }"""
        )
    )


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_alone_and_in_silence_and_nothing_hostile_runs(browser, page, width, scheme):
    opened = Opened(browser, page, viewport={"width": width, "height": 800}, color_scheme=scheme)
    opened.page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    opened.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert opened.requests == [page.as_uri()]
    assert opened.said == []
    assert opened.page.evaluate("window.hacked") is None
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    assert count_drawn(opened) > 500
    ground = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (int(ground[4:].split(",")[0]) < 100) == (scheme == "dark")
    links = opened.page.evaluate(
        "[...document.querySelectorAll('main a')].map((one) => one.protocol)"
    )
    assert set(links) <= {"https:", "http:"}
    opened.context.close()


def test_no_control_and_no_character_that_turns_text_reaches_the_page(page):
    text = page.read_text(encoding="utf-8")
    assert not set(text) & set("\x00\x07\x1b\x7f\x9b\u202e\u2066\u2069\u200f\u061c")
    assert " style=" not in text.replace("data-style=", "")
    assert "/somewhere/" not in text


def test_the_point_under_the_pointer_is_told(opened):
    told = opened.page.evaluate(
        """() => {
          const view = window.topicwireMap;
          const point = view.map.texts.findIndex((text) => text.startsWith("The convoy of eleven"));
          const place = view.map.text.indexOf(point);
          return view.screen(place);
        }"""
    )
    opened.page.locator("#map").scroll_into_view_if_needed()
    box = opened.page.locator("#map").bounding_box()
    opened.page.mouse.move(box["x"] + 1 + told[0], box["y"] + 1 + told[1])
    opened.wait("!document.getElementById('card').hidden")
    said = opened.text("#card")
    # Where copies lie, one of them is told, and who else has it.
    assert "lorries crossed the border" in said
    assert "Same wording in" in said


def test_what_a_finger_taps_stays_told(browser, page):
    opened = Opened(browser, page, has_touch=True, viewport={"width": 390, "height": 800})
    opened.page.locator("#map").scroll_into_view_if_needed()
    box = opened.page.locator("#map").bounding_box()
    place = opened.page.evaluate("topicwireMap.screen(0)")
    opened.page.touchscreen.tap(box["x"] + 1 + place[0], box["y"] + 1 + place[1])
    opened.page.wait_for_timeout(200)
    assert opened.page.is_visible("#card")
    opened.context.close()


def test_no_address_of_the_map_turns_text(opened):
    urls = opened.page.evaluate("topicwireMap.map.articles.map((one) => one.url).join()")
    assert "ok.example" in urls
    assert "\u202e" not in urls


def test_more_than_256_topics_keep_their_own_place(opened):
    state = (STATIC / "map" / "state.js").read_text(encoding="utf-8").replace("export ", "")
    found = opened.page.evaluate(
        f"""() => {{
          {state}
          const topics = Array.from({{ length: 300 }}, (_, head) => ({{ head, name: "" }}));
          const topic = [...topics.keys(), 300];
          return [...categorise({{ count: 301, topics, topic }}, "topic").categories];
        }}"""
    )
    assert found == list(range(301))


def test_filters_count_list_and_are_kept_in_the_address(browser, page, opened):
    whole = int(opened.text("#status").split()[0])
    opened.page.fill("#words", "besieged flour")
    opened.wait("document.getElementById('status').textContent.startsWith('3 of')")
    assert opened.page.locator("#found li").count() == 3
    opened.page.fill("#since", "2013-05-11")
    opened.wait("document.getElementById('status').textContent.startsWith('1 of')")
    assert "twelve" in opened.text("#found")
    opened.wait("location.hash.includes('q=besieged')")
    again = Opened(browser, page, opened.page.evaluate("location.hash"))
    assert again.text("#status") == f"1 of {whole} passages"
    assert again.page.input_value("#since") == "2013-05-11"
    again.page.click("#clear")
    assert again.text("#status") == f"{whole} of {whole} passages"
    assert again.page.evaluate("location.hash") == ""
    again.context.close()


@pytest.mark.parametrize("by", ["outlet", "date", "story"])
def test_another_colour_has_its_legend_of_which_one_entry_can_be_chosen(opened, by):
    opened.page.select_option("#colour-by", by)
    entries = opened.page.locator("#legend li:visible button")
    assert entries.count() > 1
    entries.first.click()
    shown, whole = opened.text("#status").split(" of ")
    assert 0 < int(shown) < int(whole.split()[0])
    assert entries.first.get_attribute("aria-pressed") == "true"
    assert opened.page.evaluate("location.hash") == f"#by={by}"


def test_a_line_drawn_around_points_chooses_them(opened):
    opened.page.click("#lasso")
    opened.page.locator("#map").scroll_into_view_if_needed()
    box = opened.page.locator("#map").bounding_box()
    corners = [(0.02, 0.02), (0.5, 0.02), (0.5, 0.98), (0.02, 0.98)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    opened.page.mouse.move(*places[0])
    opened.page.mouse.down()
    for place in places[1:]:
        opened.page.mouse.move(*place, steps=4)
    opened.page.mouse.up()
    inside = opened.page.evaluate(
        "[...Array(topicwireMap.map.count).keys()].filter("
        "(point) => topicwireMap.screen(point)[0] < topicwireMap.view.width / 2).length"
    )
    assert 0 < int(opened.text("#status").split()[0]) == inside


def test_keys_move_and_zoom_and_find_the_passage_in_the_middle(opened):
    opened.page.focus("#map")
    before = opened.page.evaluate("({...topicwireMap.view})")
    for key in ("+", "ArrowRight", "ArrowDown"):
        opened.page.keyboard.press(key)
    after = opened.page.evaluate("({...topicwireMap.view})")
    assert after["k"] > before["k"]
    assert after["x"] > before["x"]
    assert after["y"] > before["y"]
    opened.wait("location.hash.startsWith('#at=')")
    opened.page.keyboard.press("Enter")
    assert opened.page.is_visible("#card")
    opened.page.keyboard.press("Escape")
    opened.page.keyboard.press("0")
    assert opened.page.is_hidden("#card")
    opened.wait("location.hash === ''")


# The pixels of the points within the map, from its corner on.
PIXELS = """() => {
  const from = document.getElementById("points");
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [from.width, from.height];
  const context = copy.getContext("2d");
  context.drawImage(from, 0, 0);
  const [left, above] = topicwireMap.view.margin.map(Math.round);
  const { width, height } = topicwireMap.view;
  const { data } = context.getImageData(left, above, width, height);
  return [...data.filter((_, place) => place % 4 === 1)];
}"""
# How far the sheet stands to the right of and below where it is drawn, and how large it is.
OFFSET = """() => {
  const [map, sheet] = ["map", "sheet"].map((id) => document.getElementById(id));
  const [box, moved] = [map.getBoundingClientRect(), sheet.getBoundingClientRect()];
  return [moved.left + moved.width / 2 - box.left - box.width / 2,
    moved.top + moved.height / 2 - box.top - box.height / 2, moved.width / sheet.clientWidth];
}"""


def test_a_map_that_moves_is_moved_as_it_is_drawn_and_drawn_anew_at_rest(opened):
    width, height = opened.page.evaluate("[topicwireMap.view.width, topicwireMap.view.height]")
    before, moved, after = opened.page.evaluate(
        f"[({PIXELS})(), (topicwireMap.pan(30, 20), ({OFFSET})()), ({PIXELS})()]"
    )
    assert moved == pytest.approx([30, 20, 1], abs=0.01)
    assert after == before
    opened.wait("topicwireMap.sheet.style.transform === 'none'")
    assert opened.page.evaluate(OFFSET) == pytest.approx([0, 0, 1], abs=0.01)
    before, after = (
        np.reshape(one, (height, width)) for one in (before, opened.page.evaluate(PIXELS))
    )
    assert not np.array_equal(after, before)
    # What is drawn stands where the sheet had been moved to.
    assert np.mean(after[20:, 30:] != before[:-20, :-30]) < 0.01
    zoomed = opened.page.evaluate(f"topicwireMap.zoom(1.25, 0, 0), ({OFFSET})()")
    assert zoomed == pytest.approx([width / 8, height / 8, 1.25], abs=0.01)


@pytest.mark.parametrize("far", ["zoom(1 / 1.5)", "zoom(1.6)", "pan(500, 0)", "pan(0, -400)"])
def test_what_the_drawn_sheet_does_not_cover_is_drawn_at_once(opened, far):
    opened.page.evaluate(
        f"topicwireMap.pan(1, 1), topicwireMap.{far},"
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    assert opened.page.evaluate("topicwireMap.drawn.x === topicwireMap.view.x")
    assert opened.page.evaluate(OFFSET) == pytest.approx([0, 0, 1], abs=0.01)


def test_a_point_that_is_told_does_not_draw_all_others_again(opened):
    drawn = opened.page.evaluate(
        """() => {
          const view = window.topicwireMap;
          const { painter } = view;
          let drawn = 0;
          const draw = painter.draw.bind(painter);
          painter.draw = (...all) => { drawn++; draw(...all); };
          view.pick(0); view.draw();
          const told = drawn;
          view.filter(); view.draw();
          delete painter.draw;
          return [told, drawn];
        }"""
    )
    assert drawn == [0, 1]


def test_without_webgl_the_plain_canvas_draws_the_same_points(browser, page):
    stub = (
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "return kind === 'webgl2' ? null : real.call(this, kind, ...rest); };"
    )
    opened = Opened(browser, page, script=stub)
    assert count_drawn(opened) > 500
    assert opened.said == []
    opened.context.close()


def test_facts_that_differ_are_marked_and_others_are_not(opened):
    marks = opened.page.evaluate(
        "[...document.querySelectorAll('.beside mark')].map((one) => one.textContent)"
    )
    assert {"eleven", "twelve"} <= {one.strip(" .") for one in marks}


def test_what_is_folded_is_printed(opened):
    opened.page.emulate_media(media="print")
    assert opened.page.locator(".story .lanes").first.is_visible()
    assert not opened.page.locator("#lasso").is_visible()
    opened.page.emulate_media(media="screen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, page, scheme):
    from axe_playwright_python.sync_playwright import Axe

    opened = Opened(browser, page, "#q=convoy", color_scheme=scheme)
    # A few of each kind: the rest is the same again, and axe looks at all pairs of them.
    opened.page.evaluate(
        """() => {
          for (const kind of [".story", ".topic", ".makeup > *", "option", "tr", "li"]) {
            [...document.querySelectorAll(kind)].slice(9).forEach((one) => one.remove());
          }
          document.querySelectorAll("details").forEach((one) => (one.open = true));
        }"""
    )
    # Of the dark page only what can differ from the light one.
    only = {"runOnly": ["color-contrast"]} if scheme == "dark" else None
    found = Axe().run(opened.page, options=only).response["violations"]
    grave = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0].get("failureSummary", "")[:300])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []
    opened.context.close()


def test_the_map_on_paper_holds_nothing_hostile_either(db, tmp_path):
    from lxml import etree

    path = tmp_path / "map.svg"
    draw_map(path, db=db)
    tree = etree.parse(path)
    names = {etree.QName(one).localname for one in tree.iter() if isinstance(one.tag, str)}
    assert not names & {"script", "foreignObject", "a"}
    text = path.read_text(encoding="utf-8")
    assert not set(text) & set("\x07\x1b\x9b\u202e\u2066")
