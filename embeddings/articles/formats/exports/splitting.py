"""Texts that hold many articles: told by what stands in them, and split."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from embeddings.articles.formats.exports.europresse import EUROPRESSE
from embeddings.articles.formats.exports.export import Exported, Kind
from embeddings.articles.formats.exports.factiva import FACTIVA
from embeddings.articles.formats.exports.lexis import LEXIS
from embeddings.articles.formats.exports.nexis import NEXIS
from embeddings.articles.formats.exports.proquest import PROQUEST
from embeddings.articles.formats.format import Row, about_file
from embeddings.articles.parsing.dates import DateOrder
from embeddings.articles.parsing.decoding import clean
from embeddings.articles.parsing.lines import find_lines
from embeddings.documents import Document

KINDS = (NEXIS, LEXIS, FACTIVA, PROQUEST, EUROPRESSE)
# What stands once above or below each article of an export.
_REPEATED = (
    r"(?:LOAD-DATE|Load-Date|Record (?:Number|No\.?)|Document ID|Accession (?:number|no\.?)):",
    r"(?:LENGTH|Length|Word count|BYLINE|Byline|Publication date):",
    r"Document \d+ of \d+$",
    r"\(?(?:Copyright|©|\(c\)) .{0,12}(?:19|20)\d\d",
)
_SURELY_MANY = 3
_CENTRED = 8
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)")
# Of Nexis Uni, above the first article.
_COVER_LINES = 20
_COUNT = re.compile(r"Documents \((\d+)\)$")


def split_export(
    text: str, order: DateOrder, headlines: frozenset[str] = frozenset()
) -> list[Row[Document]]:
    """Return the articles of an export of a news database, numbered, and how it was understood.

    Args:
        text: What a reader sees of a file.
        order: The order of numbers in its dates.
        headlines: The lines that the file marks as headlines.

    Returns:
        Nothing for a text that is no export.
    """
    for kind in KINDS:
        if not kind.sign.search(text):
            continue
        lines = _read_lines(text)
        if articles := kind.split(lines, order, headlines):
            rows = [_make_row(number, article) for number, article in enumerate(articles, start=1)]
            return [*rows, *_describe(kind, lines, articles)]
    return []


def _read_lines(text: str) -> list[str]:
    """Return the lines, those of a centred block that begins with a date or rights as one."""
    lines: list[str] = []
    for line in find_lines(text):
        if lines and not line.gap and line.indent >= _CENTRED and _YEAR.search(lines[-1]):
            lines[-1] += f", {line.text}"
        else:
            lines.append(line.text)
    return lines


def _make_row(number: int, article: Exported) -> Row[Document]:
    if not article.document.text:
        return Row(number, None, None, "an article without text; left out")
    title = clean(article.document.title)
    document = replace(article.document, title=title)
    return Row(number, None, document, dropped=article.dropped, rule="field of export")


def _describe(
    kind: Kind, lines: Sequence[str], articles: Sequence[Exported]
) -> Iterator[Row[Document]]:
    count = len(articles)
    note = f"an export of {kind.name} with {count} article{'s' * (count != 1)}"
    if abstracts := sum(article.is_abstract for article in articles):
        note += f", {abstracts} of them as an abstract alone"
    yield about_file(note=note)
    counts = (_COUNT.match(line) for line in lines[:_COVER_LINES])
    announced = next((int(stated[1]) for stated in counts if stated), count)
    if announced != count:
        yield about_file(f"the cover lists {announced} articles; {count} were found")


def describe_unsplit(text: str) -> str:
    """Say that a text looks like many articles that cannot be told apart, or ``""``."""
    counts = (len(re.findall(rf"(?m)^[ \t]*{mark}", text)) for mark in _REPEATED)
    count = max(counts)
    return f"this looks like {count} articles; it was read as one" if count >= _SURELY_MANY else ""
