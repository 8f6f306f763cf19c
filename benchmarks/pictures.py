"""The pictures of README and docs, made again: ``python -m benchmarks.pictures --db topicwire.db``.

The database is that of ``make demo``. Needs Debian's Chromium and the extra ``dev``; with
``--maps`` the maps alone are made, which need neither; with ``--web`` the web page alone.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import topics
from benchmarks.serve import serve
from tests.browser import Opened, open_browser

OUT = Path(__file__).parents[1] / "docs" / "pictures"
# Name, width, height, scheme, address, and what is scrolled to and opened.
SHOTS = (
    ("report.png", 1280, 900, "light", "", "#main"),
    ("report-topics.png", 1280, 620, "light", "", "#topics"),
    ("report-story.png", 1280, 900, "light", "", "#story-4"),
    ("report-phone.png", 390, 760, "dark", "", "#map-section"),
)

# Of the web page: name, width, height, scheme, address.
PAGES = (
    ("web.png", 1280, 900, "light", "/"),
    ("web-topic.png", 1280, 900, "dark", "/topics/1"),
    ("web-search.png", 1280, 760, "light", "/search?q=talks+in+Geneva"),
    ("web-phone.png", 390, 760, "light", "/stories/1"),
)

# The maps, which are drawn for print, made as wide as a screen shows them.
MAPS: dict[str, dict[str, Any]] = {"map.png": {}, "map-dark.png": {"dark": True, "colour": "story"}}
MAP_WIDTH = 1000


def draw_maps(db: Path) -> None:
    """Draw the maps of a database."""
    from PIL import Image

    for name, look in MAPS.items():
        topics.map(OUT / name, db=db, **look)
        with Image.open(OUT / name) as drawn:
            size = MAP_WIDTH, round(MAP_WIDTH * drawn.height / drawn.width)
            small = drawn.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        small.save(OUT / name, optimize=True)
        print(f"{OUT / name}: {(OUT / name).stat().st_size / 1e3:.0f} kB")


def picture_pages(browser: Any, db: Path) -> None:
    """Serve a database, and take pictures of its pages."""
    with serve(db) as (port, _):
        for name, width, height, scheme, address in PAGES:
            size = {"width": width, "height": height}
            home = f"http://127.0.0.1:{port}"
            opened = Opened(browser, home, address, viewport=size, color_scheme=scheme)
            opened.page.screenshot(path=OUT / name)
            opened.context.close()
            print(f"{OUT / name}: {(OUT / name).stat().st_size / 1e3:.0f} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path, default=Path("topicwire.db"))
    parser.add_argument("--maps", action="store_true")
    parser.add_argument("--web", action="store_true")
    given = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    if not given.web:
        draw_maps(given.db)
    if given.maps:
        return
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        picture_pages(browser, given.db)
        if given.web:
            return
        page = Path(folder) / "report.html"
        topics.report(page, db=given.db)
        for name, width, height, scheme, address, where in SHOTS:
            size = {"width": width, "height": height}
            opened = Opened(browser, page, address, viewport=size, color_scheme=scheme)
            opened.page.evaluate(
                "(where) => { const at = document.querySelector(where);"
                "if (at.closest('details')) at.closest('details').open = true;"
                "if (where !== '#main') at.scrollIntoView(); }",
                where,
            )
            opened.page.screenshot(path=OUT / name)
            opened.context.close()
            print(f"{OUT / name}: {(OUT / name).stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
