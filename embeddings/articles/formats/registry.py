"""Every kind of file that is read: a new one is a file of this folder, and a line here."""

from __future__ import annotations

from pathlib import Path

from embeddings.articles.formats.format import Format
from embeddings.articles.formats.markdown import MARKDOWN
from embeddings.articles.formats.pages import PAGES
from embeddings.articles.formats.plain import PLAIN
from embeddings.articles.formats.tables import CSV, JSON

FORMATS = (PLAIN, MARKDOWN, PAGES, JSON, CSV)


def find_format(path: Path) -> Format | None:
    """Return the format of a file's ending, ``.gz`` left out, or ``None``."""
    name = path.name.lower().removesuffix(".gz")
    return next(
        (each for each in FORMATS if name.endswith(each.endings) and name not in each.endings),
        None,
    )


def describe_formats() -> str:
    """List the endings for an error, the usual one of each format first."""
    *usual, last = (each.endings[0] for each in FORMATS)
    others = [ending for each in FORMATS for ending in each.endings[1:]]
    return f"{', '.join(usual)} and {last} files (also {', '.join(others)}, and .gz of each)"
