"""Every kind of file that is read: a new one is a file of this folder, and a line here."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path

from embeddings.articles.formats.archives import make_archives
from embeddings.articles.formats.arrow_tables import ARROW, PARQUET
from embeddings.articles.formats.feeds import FEEDS
from embeddings.articles.formats.format import HEAD, Format
from embeddings.articles.formats.mail import MAIL, MAILBOX
from embeddings.articles.formats.markdown import MARKDOWN
from embeddings.articles.formats.mhtml import MHTML
from embeddings.articles.formats.news_xml import NEWS_XML
from embeddings.articles.formats.pages import PAGES, SAVED_PAGES
from embeddings.articles.formats.pdf import PDF
from embeddings.articles.formats.plain import PLAIN
from embeddings.articles.formats.rtf import RTF
from embeddings.articles.formats.sheets import SHEETS
from embeddings.articles.formats.tables import CSV, JSON
from embeddings.articles.formats.warc import WARC
from embeddings.articles.formats.word import DOCX, ODT
from embeddings.articles.parsing.unfolding import drop_packing, open_packed


def find_format(path: Path) -> Format | None:
    """Return the format of a file by its ending, that of packing left out; else by what it holds.

    A file whose ending several formats share, or none has, is opened and looked at.

    Returns:
        ``None`` for a kind that is not read.
    """
    return choose_format(path.name, partial(_read_head, path))


def choose_format(name: str, read_head: Callable[[], bytes]) -> Format | None:
    """Return the format of a file by its name, and by its first bytes where that is not enough.

    Args:
        name: Without its folder.
        read_head: Returns up to ``HEAD`` bytes; called only where they are asked for.

    Returns:
        ``None`` for a kind that is not read.
    """
    name = drop_packing(name)
    named = [each for each in FORMATS if name.endswith(each.endings) and name not in each.endings]
    asked = [each for each in named or FORMATS if each.claims]
    head = read_head() if asked else b""
    claimed = (each for each in asked if each.claims and each.claims(head))
    return next(chain(claimed, (each for each in named if each.claims is None)), None)


def _read_head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    try:
        with open_packed(path) as stream:
            return stream.read(HEAD)
    except (OSError, EOFError, zlib.error):
        return b""


def describe_formats() -> str:
    """List the endings for an error, the usual one of each format first."""
    *usual, last = (each.endings[0] for each in FORMATS)
    endings = dict.fromkeys(ending for each in FORMATS for ending in each.endings)
    others = [ending for ending in endings if ending not in (*usual, last)]
    also = f"also {', '.join(others)}, and .gz, .bz2 or .zst of each"
    return f"{', '.join(usual)} and {last} files ({also})"


# Those of one file, and then those of several.
_FILES = (
    PLAIN,
    MARKDOWN,
    PAGES,
    SAVED_PAGES,
    MHTML,
    MAIL,
    MAILBOX,
    JSON,
    CSV,
    DOCX,
    ODT,
    RTF,
    FEEDS,
    NEWS_XML,
    PARQUET,
    ARROW,
    SHEETS,
    PDF,
    WARC,
)
FORMATS = (*_FILES, *make_archives(choose_format, _FILES))
