"""Every kind of file that is read: a new one is a file of this folder, and a line here."""

from __future__ import annotations

import gzip
import zlib
from itertools import chain
from pathlib import Path

from embeddings.articles.formats.feeds import FEEDS
from embeddings.articles.formats.format import HEAD, Format
from embeddings.articles.formats.markdown import MARKDOWN
from embeddings.articles.formats.pages import PAGES
from embeddings.articles.formats.plain import PLAIN
from embeddings.articles.formats.rtf import RTF
from embeddings.articles.formats.tables import CSV, JSON
from embeddings.articles.formats.word import DOCX, ODT

FORMATS = (
    PLAIN,
    MARKDOWN,
    PAGES,
    JSON,
    CSV,
    DOCX,
    ODT,
    RTF,
    FEEDS,
)


def find_format(path: Path) -> Format | None:
    """Return the format of a file by its ending, ``.gz`` left out; else by what it holds.

    A file whose ending several formats share, or none has, is opened and looked at.

    Returns:
        ``None`` for a kind that is not read.
    """
    name = path.name.lower().removesuffix(".gz")
    named = [each for each in FORMATS if name.endswith(each.endings) and name not in each.endings]
    asked = [each for each in named or FORMATS if each.claims]
    head = _read_head(path) if asked and path.is_file() else b""
    claimed = (each for each in asked if each.claims and each.claims(head))
    return next(chain(claimed, (each for each in named if each.claims is None)), None)


def _read_head(path: Path) -> bytes:
    try:
        if path.name.lower().endswith(".gz"):
            with gzip.open(path) as packed:
                return packed.read(HEAD)
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except (OSError, EOFError, zlib.error):
        return b""


def describe_formats() -> str:
    """List the endings for an error, the usual one of each format first."""
    *usual, last = (each.endings[0] for each in FORMATS)
    others = [ending for each in FORMATS for ending in each.endings[1:]]
    return f"{', '.join(usual)} and {last} files (also {', '.join(others)}, and .gz of each)"
