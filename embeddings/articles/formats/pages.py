"""Web pages: the article's text, what the page says of it, and what was left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from embeddings.articles.formats.format import Article, Format, read_one
from embeddings.articles.formats.plain import find_date
from embeddings.articles.parsing.dates import DateOrder, parse_date
from embeddings.articles.parsing.lines import find_lines
from embeddings.text.normalising import normalise

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Elements whose text no reader sees.
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "select"})
# Elements within a line; all others begin a new one.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "label",
    ]
)
_DATE_KEYS = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "date",
    "pubdate",
    "publishdate",
    "sailthru.date",
    "publication_date",
    "article:modified_time",
)
_TITLE_KEYS = ("og:title", "twitter:title", "dc.title", "headline")
_SITE_KEYS = ("og:site_name", "application-name", "dc.publisher", "publisher")


def read_page(markup: str, order: DateOrder = "DMY") -> tuple[Article, tuple[str, ...]]:
    """Extract the article of a web page with trafilatura.

    Headline, date, site and address come from the page's metadata, then from what
    trafilatura finds; the headline also from ``<h1>``. Scripts are not run and nothing is
    fetched.

    Returns:
        The article, its text ``""`` if there is none; and the visible lines that are not
        in its text.
    """
    from lxml import etree, html
    from trafilatura import bare_extraction, baseline

    # lxml refuses a declaration of an encoding in a text that is decoded already.
    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)
    if not markup.strip():
        return Article(""), ()
    try:
        tree = html.document_fromstring(markup)
    except etree.ParserError:  # not one element in it
        return Article(""), ()
    found = bare_extraction(markup, with_metadata=True, include_comments=False)
    facts = {} if found is None else (found if isinstance(found, dict) else found.as_dict())
    text = facts.get("text") or baseline(markup)[1] or _paragraphs(tree)
    meta = _read_meta(tree)
    headlines = [normalise(h.text_content()) for h in tree.iter("h1")]
    stated = next((meta[key] for key in _TITLE_KEYS if meta.get(key)), "")
    title = _choose_title(stated, headlines, facts.get("title") or "")
    article = Article(
        text,
        title,
        _find_page_date(tree, meta, text, order) or parse_date(facts.get("date") or "", order),
        next((meta[key] for key in _SITE_KEYS if meta.get(key)), "") or facts.get("sitename") or "",
        _find_address(tree, meta) or facts.get("url") or "",
    )
    return article, _left_behind(tree, text)


def _paragraphs(tree: HtmlElement) -> str:
    """Return the text of the ``<p>`` elements: of a scrap too short for trafilatura."""
    texts = (normalise(paragraph.text_content()) for paragraph in tree.iter("p"))
    return "\n\n".join(text for text in texts if text)


def _read_meta(tree: HtmlElement) -> dict[str, str]:
    """Return the first content of each ``<meta>`` name, in lower case."""
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        content = normalise(element.get("content") or "")
        if key and content:
            meta.setdefault(key.strip().lower(), content)
    return meta


def _choose_title(stated: str, headlines: list[str], found: str) -> str:
    """Prefer the headline on the page where the metadata says the same and more.

    ``<title>`` and ``og:title`` often end in the site's name; the ``<h1>`` does not.
    """
    for headline in headlines:
        if headline and (not stated or stated.casefold().startswith(headline.casefold())):
            return headline
    return stated or found or next((headline for headline in headlines if headline), "")


def _find_page_date(tree: HtmlElement, meta: dict[str, str], text: str, order: DateOrder) -> str:
    for key in _DATE_KEYS:
        date = parse_date(meta.get(key, ""), order)
        if date:
            return date
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            stated = re.search(r'"datePublished"\s*:\s*"([^"]{4,40})"', script.text or "")
            if stated and (date := parse_date(stated[1], order)):
                return date
    for element in tree.iter("time"):
        stated_time = element.get("datetime") or element.text_content()
        date = parse_date(stated_time, order)
        if date:
            return date
    return find_date(find_lines("\n".join(_visible_lines(tree))), order) or find_date(
        find_lines(text), order
    )


def _find_address(tree: HtmlElement, meta: dict[str, str]) -> str:
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower() and element.get("href"):
            address = str(element.get("href")).strip()
            if address.startswith(("http://", "https://")):
                return address
    return meta.get("og:url", "")


def _visible_lines(tree: HtmlElement) -> Iterator[str]:
    """Yield the lines of the page as a reader sees them, without layout."""
    parts: list[str] = []
    for kind, value in _walk(tree):
        if kind == "break":
            line = normalise("".join(parts))
            if line:
                yield line
            parts = []
        else:
            parts.append(value)
    line = normalise("".join(parts))
    if line:
        yield line


def _walk(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield texts, and breaks where a block begins or ends."""
    # A stack, not recursion: pages nest deeper than Python's calls may.
    stack: list[tuple[HtmlElement | str, bool]] = [(tree, False)]
    while stack:
        node, closing = stack.pop()
        if isinstance(node, str):
            yield "text", node
            continue
        block = not isinstance(node.tag, str) or node.tag.lower() not in _INLINE
        if closing:
            if block:
                yield "break", ""
            continue
        if not isinstance(node.tag, str) or node.tag.lower() in _UNSEEN:
            continue
        if block:
            yield "break", ""
        stack.append((node, True))
        for child in reversed(node):
            if child.tail:
                stack.append((child.tail, False))
            stack.append((child, False))
        if node.text:
            stack.append((node.text, False))


def _left_behind(tree: HtmlElement, text: str) -> tuple[str, ...]:
    kept = normalise(text)
    return tuple(line for line in _visible_lines(tree) if line not in kept)


PAGES = Format(
    (".html", ".htm", ".xhtml"),
    partial(read_one, parse=read_page, page=True),
    library="trafilatura",
)
