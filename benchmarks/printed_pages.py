"""How well the order of reading is found on printed pages: made here, so that it is known.

Twenty pages in one, two and three columns, set in many ways: justified or ragged, columns
that share no lines, narrow gaps, headlines over all columns or some, subheads, a picture with
a caption, running heads and page numbers, words parted at line ends. What is drawn first is
left to chance.

    python -m benchmarks.printed_pages
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path

from embeddings.articles.formats.pdf import read_pdf
from embeddings.articles.parsing.results import ReadOptions

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 595.0, 842.0, 50.0
HEAD = "Harbour Courier"


@dataclass
class Style:
    """How a page is set; lengths in sizes of its type unless said otherwise."""

    columns: int
    size: float  # points
    gutter: float
    leading: float
    justified: bool
    shared_lines: bool
    headline: bool
    second_story: bool
    subheads: bool
    picture: bool
    set_in: bool


@dataclass
class Page:
    """What is drawn (left, base, size, text), and its words in the order of reading."""

    drawn: list[tuple[float, float, float, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    hyphens: int = 0


def make_styles(count: int, seed: int) -> list[Style]:
    """Return styles of one, two and three columns in turn."""
    chance = random.Random(seed)  # noqa: S311
    return [
        Style(
            columns=1 + number % 3,
            size=chance.choice([8.0, 9.0, 10.0, 11.0]),
            gutter=chance.choice([1.0, 1.3, 1.6, 2.5]),
            leading=chance.choice([1.05, 1.15, 1.25, 1.4]),
            justified=chance.random() < 0.5,
            shared_lines=chance.random() < 0.5,
            headline=chance.random() < 0.8,
            second_story=chance.random() < 0.4,
            subheads=chance.random() < 0.5,
            picture=chance.random() < 0.5,
            set_in=chance.random() < 0.5,
        )
        for number in range(count)
    ]


@cache
def width_of(text: str, size: float) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    prop = FontProperties(family="DejaVu Serif", size=size)
    return float(text_to_path.get_text_width_height_descent(text, prop, ismath=False)[0])


def set_page(style: Style, number: int, words: Iterator[str], seed: int) -> Page:
    """Set a page with words of articles."""
    chance = random.Random(seed)  # noqa: S311
    page = Page()
    top = PAGE_HEIGHT - MARGIN
    size = style.size
    page.drawn.append((MARGIN if number % 2 else PAGE_WIDTH - 150, top, 8.0, HEAD))
    page.drawn.append((PAGE_WIDTH / 2, MARGIN - 25, 8.0, str(number + 1)))
    top -= 30
    bottom = MARGIN
    stories = 2 if style.second_story else 1
    height = (top - bottom) / stories
    for story in range(stories):
        upper = top - story * height
        if style.headline or story:
            large = size * 2.2
            upper -= large
            title = take(words, chance.randint(4, 7))
            draw_line(page, title, MARGIN, upper, large)
            page.words += title
            upper -= 1.2 * size
        set_columns(style, page, words, upper, top - (story + 1) * height + 2 * size, chance)
    return page


def set_columns(
    style: Style,
    page: Page,
    words: Iterator[str],
    upper: float,
    lower: float,
    chance: random.Random,
) -> None:
    size = style.size
    gutter = style.gutter * size
    width = (PAGE_WIDTH - 2 * MARGIN - gutter * (style.columns - 1)) / style.columns
    pictured = chance.randrange(style.columns) if style.picture else -1
    for column in range(style.columns):
        left = MARGIN + column * (width + gutter)
        base = upper - size - (0 if style.shared_lines else chance.random() * size)
        if column == pictured and style.columns > 1:
            base -= 8 * size  # the picture, and below it the caption
            caption = take(words, 5)
            draw_line(page, caption, left, base, size * 0.8)
            page.words += caption
            base -= 2 * style.leading * size
        while base > lower:
            if style.subheads and chance.random() < 0.3:
                subhead = take(words, 2)
                draw_line(page, subhead, left, base, size * 1.2)
                page.words += subhead
                base -= style.leading * size * 1.3
            base = set_paragraph(style, page, words, left, width, base, lower, chance)


def set_paragraph(
    style: Style,
    page: Page,
    words: Iterator[str],
    left: float,
    width: float,
    base: float,
    lower: float,
    chance: random.Random,
) -> float:
    """Set a paragraph of some sentences, and return where the next line may stand."""
    size = style.size
    todo = take(words, chance.randint(30, 70))
    whole = list(todo)
    set_in = size if style.set_in else 0.0
    while todo and base > lower:
        line: list[str] = []
        used = set_in
        while todo:
            wide = width_of(todo[0], size) + (width_of(" ", size) if line else 0)
            if used + wide > width:
                break
            used += wide
            line.append(todo.pop(0))
        # A part of the next word, where three letters of it have room.
        if todo and len(todo[0]) > 7 and todo[0].isalpha():
            part = todo[0][: len(todo[0]) // 2] + "-"
            wide = width_of(part, size) + width_of(" ", size)
            if used + wide <= width:
                line.append(part)
                used += wide
                todo[0] = todo[0][len(part) - 1 :]
                page.hyphens += 1
        if not line:
            line.append(todo.pop(0))
        slack = (width - used) / (len(line) - 1) if style.justified and todo and line[1:] else 0.0
        draw_line(page, line, left + set_in, base, size, slack)
        set_in = 0.0
        base -= style.leading * size
    # Of a word whose other part has no room left, the part that was set.
    page.words += whole[: len(whole) - len(todo)]
    if todo and todo[0] != whole[-len(todo)]:
        page.words.append(whole[-len(todo)].removesuffix(todo[0]) + "-")
        page.hyphens -= 1
    return base - (0 if style.set_in else 0.6 * size)


def draw_line(
    page: Page, words: list[str], left: float, base: float, size: float, slack: float = 0.0
) -> None:
    if not slack:
        page.drawn.append((left, base, size, " ".join(words)))
        return
    for word in words:
        page.drawn.append((left, base, size, word))
        left += width_of(word, size) + width_of(" ", size) + slack


def take(words: Iterator[str], count: int) -> list[str]:
    return [next(words) for _ in range(count)]


def words_of(folder: Path, seed: int) -> Iterator[str]:
    """Yield the words of the articles in a folder, again and again."""
    texts = sorted(path.read_text("utf-8", "ignore") for path in folder.rglob("*.txt"))
    random.Random(seed).shuffle(texts)  # noqa: S311
    while True:
        for text in texts:
            yield from (word for word in text.replace("-", "").split() if word.isprintable())


def draw(pages: list[Page], seed: int) -> bytes:
    """Return the pages as a PDF, what is on each drawn in any order."""
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    into = BytesIO()
    chance = random.Random(seed)  # noqa: S311
    with PdfPages(into, metadata={"CreationDate": None}) as file:
        for page in pages:
            figure = Figure(figsize=(PAGE_WIDTH / 72, PAGE_HEIGHT / 72))
            chance.shuffle(page.drawn)
            for left, base, size, text in page.drawn:
                figure.text(
                    left / PAGE_WIDTH,
                    base / PAGE_HEIGHT,
                    text,
                    fontsize=size,
                    family="DejaVu Serif",
                    parse_math=False,
                )
            file.savefig(figure)
    return into.getvalue()


def make_pages(folder: Path, count: int, seed: int) -> list[tuple[Style, Page]]:
    words = words_of(folder, seed)
    styles = make_styles(count, seed)
    return [(style, set_page(style, i, words, seed + i)) for i, style in enumerate(styles)]


def share_in_order(found: list[str], right: list[str]) -> float:
    """Return the longest row of words that both have in one order, as a share of the right."""
    from rapidfuzz.distance import LCSseq

    return LCSseq.similarity(found, right) / len(right)


def main() -> None:
    """Print the share of words in the right order by columns."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--articles", type=Path, default=Path("seeds"))
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    made = make_pages(given.articles, given.pages, given.seed)
    print("columns  pages  words  in order  parted  joined  heads left out")
    for columns in (1, 2, 3):
        pages = [page for style, page in made if style.columns == columns]
        (row,) = read_pdf(BytesIO(draw(pages, given.seed)), ReadOptions())
        assert row.content is not None
        right = [word for page in pages for word in page.words]
        found = row.content.text.split()
        share = share_in_order(found, right)
        parted = sum(page.hyphens for page in pages)
        left = sum(bool(re.search(r"\w-$", word)) for word in found)
        print(
            f"{columns:7}  {len(pages):5}  {len(right):5}  {share:8.3f}  {parted:6}  "
            f"{parted - left:6}  {len(row.dropped)} of {2 * len(pages)}"
        )


if __name__ == "__main__":
    main()
