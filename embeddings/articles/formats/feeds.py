"""Feeds: RSS 0.9 to 2.0 and Atom, each entry an article. JSON Feed is read as JSON."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, Any

from embeddings.articles.formats.cells import read_cell
from embeddings.articles.formats.format import HEAD, Format, Row, about_file, first_of
from embeddings.articles.formats.plain import find_date
from embeddings.articles.formats.xml_text import find_root, is_web_page, read_xml
from embeddings.articles.parsing.dates import DateOrder, parse_date
from embeddings.articles.parsing.decoding import (
    LONG_ARTICLE,
    MOST_ARTICLE,
    RefusedError,
    clean,
    describe_unknown,
    peek,
    replace_unknown,
)
from embeddings.articles.parsing.lines import find_lines
from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Document
from embeddings.errors import first_line

# RDF holds other things than news: RSS 0.9 and 1.0 name themselves.
_RSS_IN_RDF = (b"purl.org/rss", b"netscape.com/rdf/simple")
_NUMBERED = re.compile(rb"&#(?:[xX]([\da-fA-F]+)|(\d+));?")


def read_feed(stream: IO[bytes], options: ReadOptions) -> Iterator[Row[Document]]:
    """Read the entries of a feed, each an article; nothing is fetched.

    An entry's text is its content, where the feed gives none its description. Its outlet is
    the one it was taken from, else the feed's title.

    Raises:
        RefusedError: The file is a web page, no text, or larger than ``MOST_XML``.
    """
    import feedparser

    if is_web_page(peek(stream)[:HEAD]):
        raise RefusedError("a web page where a feed should be, as servers answer with an error")
    xml = read_xml(stream, options)
    # Not the bytes themselves, which might name a file of this machine.
    data, unknown = replace_unknown(xml.data, _NUMBERED, _is_known, b"&#65533;")
    feed = feedparser.parse(io.BytesIO(data))
    if xml.problem:
        yield about_file(xml.problem)
    if unknown:
        yield about_file(describe_unknown(unknown))
    if feed.bozo:
        why = first_line(feed.bozo_exception)
        yield about_file(f"the feed is not well-formed ({why}); read as far as it is understood")
    outlet = read_cell(feed.feed.get("title"))
    kinds: Counter[str] = Counter()
    for number, entry in enumerate(feed.entries, start=1):
        yield _read_entry(number, entry, outlet, options.date_order, kinds)
    if kinds:
        yield about_file(note=_describe(kinds))


def _is_known(found: re.Match[bytes]) -> bool:
    digits = (found[1] or found[2]).lstrip(b"0") or b"0"
    number = int(digits, 16 if found[1] else 10) if len(digits) < 8 else -1
    return 0 <= number < 0xD800 or 0xDFFF < number < 0x110000


def _read_entry(
    number: int, entry: Mapping[str, Any], outlet: str, order: DateOrder, kinds: Counter[str]
) -> Row[Document]:
    contents = [read_cell(each.get("value")) for each in entry.get("content", ())]
    content = max(contents, key=len, default="")
    text = content or read_cell(entry.get("summary"))
    if len(text) > MOST_ARTICLE:
        return Row(number, number, None, f"{LONG_ARTICLE}; left out")
    if not text:
        return Row(number, number, None, "an entry without text; left out")
    kinds["content" if content else "description"] += 1
    stated = clean(first_of(entry, "published", "created", "updated"))
    published = parse_date(stated, order)
    problem = "" if published or not stated else f"the date {stated[:40]!r} was not understood"
    origin = read_cell(entry.get("source", {}).get("title"))
    article = Document(
        id=clean(entry.get("id", "")),
        text=text,
        title=re.sub(r"\s*\n\s*", " ", read_cell(entry.get("title"))),
        source=origin or outlet,
        published=published or find_date(find_lines(text), order),
        url=clean(first_of(entry, "feedburner_origlink", "link")),
    )
    return Row(number, number, article, problem)


def _describe(kinds: Counter[str]) -> str:
    """Say what the entries' texts are: a description is seldom the whole article."""
    parts = [f"{count} from their {kind}" for kind, count in sorted(kinds.items())]
    return f"a feed: text of {', of '.join(parts)}"


def _claims(head: bytes) -> bool:
    root = find_root(head)
    is_rss_in_rdf = root == "RDF" and any(name in head for name in _RSS_IN_RDF)
    return root in ("rss", "feed") or is_rss_in_rdf or is_web_page(head)


FEEDS = Format(
    (".rss", ".atom", ".rdf", ".xml"),
    read_feed,
    has_rows=True,
    library="feedparser",
    claims=_claims,
)
