"""Plain text files: one article each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from embeddings.articles.formats.exports.splitting import describe_unsplit, split_export
from embeddings.articles.formats.format import Format, Row, about_file, read_one
from embeddings.articles.parsing.date_columns import describe_undecided
from embeddings.articles.parsing.dates import DateOrder, parse_date_line
from embeddings.articles.parsing.lines import Line, find_lines
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document

# A first line longer than this, or one that is a sentence of many words, is a paragraph.
_TITLE_LENGTH = 200
_TITLE_WORDS = 20
_MASTHEAD_WORDS = 6
# Date lines stand near the top, or at the very bottom.
_TOP_LINES = 12
_BOTTOM_LINES = 6
# More dates than these are the headings of a timeline, but for those with a label or a time.
_MOST_DATES = 3
_BULLETS = " \t•⦁*-–—|"


def read_plain(text: str, order: DateOrder = "DMY") -> Document:
    """Read a plain text file: the headline is its first line, the date a line of its own.

    A first line that is a long sentence is the article's first paragraph, not its
    headline. ``Document.text`` is the whole text, words parted at a line's end put together.
    """
    text = join_hyphens(text)
    lines = find_lines(text)
    return Document("", text, find_title(lines, order), published=find_date(lines, order))


def read_printed(text: str, options: ReadOptions, title: str = "") -> Iterator[Row[Document]]:
    """Read a text that a file of another kind was turned into: an article, or an export.

    Args:
        text: What a reader sees.
        options: How it is read.
        title: The article's headline, ``""`` to find it in the text.
    """
    if not text.strip():
        yield about_file("no text in it; left out")
        return
    if rows := split_export(text, options.date_order):
        yield from rows
        return
    if problem := describe_unsplit(text):
        yield about_file(problem)
    article = read_plain(text, options.date_order)
    yield Row(0, None, replace(article, title=title or article.title))


def join_hyphens(text: str) -> str:
    """Put together words that were parted at a line's end, as printed and scanned pages do.

    A hyphen stays where the text writes the word with one in mid-line elsewhere.
    """

    def join(parted: re.Match[str]) -> str:
        with_hyphen = f"{parted[1]}-{parted[2]}"
        whole = with_hyphen if with_hyphen in text else parted[1] + parted[2]
        return f"{whole}{parted[3]}\n"

    return re.sub(r"(?<!\w)([^\W\d_]+)-\n(?!\n)([^\W\d_]+)(\S*)[ \t]?", join, text)


def find_title(lines: list[Line], order: DateOrder) -> str:
    """Return the first line that is no date, or ``""`` if it is a paragraph."""
    if len(lines) < 2:
        return ""
    dated = [bool(parse_date_line(line.text, order)) for line in lines[:3]]
    if dated[1:2] == [True] and not dated[0] and _is_masthead(lines):
        lines = lines[2:]
    first = next((line for line in lines if not parse_date_line(line.text, order)), lines[0])
    too_long = len(first.text) > _TITLE_LENGTH
    is_paragraph = first.is_sentence and first.words > _TITLE_WORDS
    return "" if too_long or is_paragraph else first.text


def _is_masthead(lines: list[Line]) -> bool:
    """Whether the first line is a newspaper's name: capitals, and a headline below its date."""
    return (
        len(lines) > 3
        and lines[0].text.isupper()
        and lines[2].text.isupper()
        and lines[0].words <= _MASTHEAD_WORDS
    )


def find_date(lines: list[Line], order: DateOrder) -> str:
    """Return the date that a line near the top, or at the bottom, states; or ``""``.

    A date labelled as that of publication counts before one without a label, that before
    one of an update, and the first of a kind.
    """
    places = [*range(min(_TOP_LINES, len(lines)))]
    places += range(max(len(places), len(lines) - _BOTTOM_LINES), len(lines))
    found = [parse_date_line(lines[i].text.strip(_BULLETS), order) for i in places]
    if sum(date is not None for date in found) > _MOST_DATES:
        found = [date for date in found if date and not date.bare]
    for label in ("published", "", "updated"):
        for date in found:
            if date and date.label == label:
                return date.published
    return ""


def _read_text(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read a text file, and say where its date may have day and month the other way round."""
    order = options.date_order
    other: DateOrder = "MDY" if order == "DMY" else "DMY"
    for row in read_one(
        stream,
        options,
        parse=lambda text, order: (read_plain(text, order), ()),
        split=split_export,
        doubt=describe_unsplit,
    ):
        yield row
        article = None if row.number else row.content
        if article and article.published != find_date(find_lines(article.text), other):
            yield about_file(note=describe_undecided(order))


PLAIN = Format((".txt",), _read_text)
