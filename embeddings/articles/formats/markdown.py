"""Markdown files (CommonMark), with front matter or without: one article each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from embeddings.articles.formats.format import Format, first_of, read_one
from embeddings.articles.formats.plain import find_date, find_title
from embeddings.articles.parsing.dates import DateOrder, parse_date
from embeddings.articles.parsing.lines import find_lines
from embeddings.documents import Document

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z_][\w \-]*?)[ \t]*:(?:[ \t]+(.*))?$")


def read_markdown(text: str, order: DateOrder = "DMY") -> Document:
    """Read a Markdown file (CommonMark), with front matter or without.

    ``Document.text`` is what a reader sees: the marks are taken off, each block is one
    paragraph, images are left out. Front matter is ``key: value`` lines; nothing in it is
    evaluated, and what is nested is passed over.
    """
    fields: dict[str, str] = {}
    if matter := _FRONT_MATTER.match(text):
        fields = _read_fields(matter[1])
        text = text[matter.end() :]
    shown, heading = render_markdown(text)
    lines = find_lines(shown)
    dated = first_of(fields, "date", "published", "pubdate")
    return Document(
        id=fields.get("id", ""),
        text=shown,
        title=fields.get("title") or heading or find_title(lines, order),
        source=first_of(fields, "source", "outlet", "publisher"),
        published=parse_date(dated, order) or find_date(lines, order),
        url=first_of(fields, "url", "link", "canonical_url"),
    )


def _read_fields(matter: str) -> dict[str, str]:
    fields = {}
    for line in matter.splitlines():
        if field := _FIELD.match(line):
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


MARKDOWN = Format(
    (".md", ".markdown"),
    partial(read_one, parse=lambda text, order: (read_markdown(text, order), ())),
)
