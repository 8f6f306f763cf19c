"""Plain text and Markdown files: one article each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from embeddings.articles.parsing.dates import DateOrder, parse_date, parse_date_line
from embeddings.articles.parsing.lines import Line, find_lines

if TYPE_CHECKING:
    from markdown_it.token import Token

# A first line longer than this, or one that is a sentence of many words, is a paragraph.
_TITLE_LENGTH = 200
_TITLE_WORDS = 20
# Date lines stand near the top, or at the very bottom.
_TOP_LINES = 12
_BOTTOM_LINES = 6
_BULLETS = " \t•⦁*-–—|"
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z_][\w \-]*?)[ \t]*:(?:[ \t]+(.*))?$")


class Article(NamedTuple):
    """What one file says of its article; ``""`` for what it does not."""

    text: str
    title: str = ""
    published: str = ""
    source: str = ""
    url: str = ""
    id: str = ""


def read_plain(text: str, order: DateOrder = "DMY") -> Article:
    """Read a plain text file: the headline is its first line, the date a line of its own.

    A first line that is a long sentence is the article's first paragraph, not its
    headline. ``Article.text`` is the whole text.
    """
    lines = find_lines(text)
    return Article(text, _find_title(lines, order), find_date(lines, order))


def _find_title(lines: list[Line], order: DateOrder) -> str:
    if len(lines) < 2:
        return ""
    first = next((line for line in lines if not parse_date_line(line.text, order)), lines[0])
    too_long = len(first.text) > _TITLE_LENGTH
    is_paragraph = first.is_sentence and first.words > _TITLE_WORDS
    return "" if too_long or is_paragraph else first.text


def find_date(lines: list[Line], order: DateOrder) -> str:
    """Return the date that a line near the top, or at the bottom, states; or ``""``.

    A date labelled as that of publication counts before one without a label, that before
    one of an update, and the first of a kind.
    """
    places = [*range(min(_TOP_LINES, len(lines)))]
    places += range(max(len(places), len(lines) - _BOTTOM_LINES), len(lines))
    found = [parse_date_line(lines[i].text.strip(_BULLETS), order) for i in places]
    for label in ("published", "", "updated"):
        for date in found:
            if date and date.label == label:
                return date.published
    return ""


def read_markdown(text: str, order: DateOrder = "DMY") -> Article:
    """Read a Markdown file (CommonMark), with front matter or without.

    ``Article.text`` is what a reader sees: the marks are taken off, each block is one
    paragraph, images are left out. Front matter is ``key: value`` lines; nothing in it is
    evaluated, and what is nested is passed over.
    """
    fields: dict[str, str] = {}
    matter = _FRONT_MATTER.match(text)
    if matter:
        fields = _read_fields(matter[1])
        text = text[matter.end() :]
    shown, heading = render_markdown(text)
    lines = find_lines(shown)
    dated = next((fields[key] for key in ("date", "published", "pubdate") if fields.get(key)), "")
    return Article(
        shown,
        fields.get("title") or heading or _find_title(lines, order),
        parse_date(dated, order) or find_date(lines, order),
        fields.get("source") or fields.get("outlet") or fields.get("publisher") or "",
        fields.get("url") or fields.get("link") or fields.get("canonical_url") or "",
        fields.get("id", ""),
    )


def _read_fields(matter: str) -> dict[str, str]:
    fields = {}
    for line in matter.splitlines():
        field = _FIELD.match(line)
        if field:
            value = (field[2] or "").strip()
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            fields[field[1].strip().lower()] = value
    return fields


def render_markdown(text: str) -> tuple[str, str]:
    """Return the visible text, blocks set off by empty lines, and the first ``#`` heading."""
    from markdown_it import MarkdownIt

    blocks: list[str] = []
    cells: list[str] | None = None
    heading = kind = mark = ""
    # Raw HTML stays text here: nothing of an article is executed or fetched.
    for token in MarkdownIt("commonmark", {"html": False}).enable("table").parse(text):
        if token.type == "heading_open":
            kind = token.tag
        elif token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            blocks.append(" | ".join(cells))
            cells = None
        elif token.type == "inline":
            shown = _inline_text(token.children or [])
            if kind == "h1":
                heading = heading or shown
            if cells is not None:
                cells.append(shown)
            elif shown:
                blocks.append(mark + shown)
            kind = mark = ""
        elif token.type in ("fence", "code_block") and token.content.strip():
            blocks.append(token.content.strip("\n"))
    return "\n\n".join(blocks) + ("\n" if blocks else ""), heading


def _inline_text(tokens: Sequence[Token]) -> str:
    """Return the words of a paragraph without its marks; its line ends stay."""
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
    return "".join(parts).strip()
