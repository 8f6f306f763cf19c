"""Web pages: the article's text, what the page says of it, and what was left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from embeddings.articles.formats.exports.splitting import split_export
from embeddings.articles.formats.format import Format, Row, first_of, read_one
from embeddings.articles.formats.linked_data import (
    choose_article,
    hold_to_body,
    read_linked_data,
)
from embeddings.articles.formats.plain import find_date
from embeddings.articles.formats.xml_text import is_web_page
from embeddings.articles.parsing.addresses import choose_address
from embeddings.articles.parsing.dates import DateOrder, parse_date
from embeddings.articles.parsing.lines import find_lines
from embeddings.documents import Document
from embeddings.text.normalising import normalise

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Elements whose text no reader sees.
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "select"})
# Elements within a line; all others begin a new one.
_INLINE = frozenset(
    """a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q s samp small span
    strong sub sup time tt u var wbr""".split()  # noqa: SIM905
)
# lxml refuses a declaration of an encoding in a text that is decoded already.
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# A page may be an export only where one of these stands in it.
_EXPORT = re.compile(r"DO[CK]UMENTS?\b|End of Document|ProQuest|Factiva|europresse|\w·\d{8}·")
# Elements that state addresses of the page.
_ADDRESSES = re.compile(r"<(?:link|meta)\b[^>]*(?:canonical|og:url)[^>]*>", re.IGNORECASE)
# How exports mark headlines, in the class or id of an element.
_HEADLINE = re.compile(r"headline|titrearticle|articletitle|#hd#", re.IGNORECASE)
# A character of private use stands for a line break while white space is folded.
_LINE_BREAK = "\ue000"
_DATE_KEYS = """
    article:published_time og:published_time datepublished parsely-pub-date dc.date.issued dc.date
    dcterms.created date pubdate publishdate sailthru.date publication_date article:modified_time
""".split()  # noqa: SIM905
_TITLE_KEYS = ("og:title", "twitter:title", "dc.title", "headline")
_SITE_KEYS = ("og:site_name", "application-name", "dc.publisher", "publisher")


def read_page(markup: str, order: DateOrder = "DMY") -> tuple[Document, tuple[str, ...]]:
    """Extract the article of a web page with trafilatura.

    Headline, date, site and address come from the page's metadata, then from what
    trafilatura finds; the headline also from ``<h1>``, the site first of all from JSON-LD,
    whose ``articleBody`` the text is held against. Scripts are not run and nothing is fetched.

    Returns:
        The article, its text ``""`` if there is none; and the visible lines that are not
        in its text.
    """
    from trafilatura import bare_extraction, baseline

    markup = _DECLARATION.sub("", markup)
    tree = _parse_page(markup)
    if tree is None:
        return Document("", ""), ()
    found = bare_extraction(markup, with_metadata=True, include_comments=False)
    facts = {} if found is None else (found if isinstance(found, dict) else found.as_dict())
    text = facts.get("text") or baseline(markup)[1] or _paragraphs(tree)
    meta = _read_meta(tree)
    headlines = filter(None, (normalise(h.text_content()) for h in tree.iter("h1")))
    title = _choose_title(first_of(meta, *_TITLE_KEYS), [*headlines], facts.get("title") or "")
    lines, stated = [*_visible_lines(tree)], read_linked_data(tree)
    told = choose_article(stated, title, text)
    text = hold_to_body(text, told, [one for one in stated if one is not told], lines)
    article = Document(
        id="",
        text=text,
        title=title,
        source=told.publisher or first_of(meta, *_SITE_KEYS) or facts.get("sitename") or "",
        published=_find_page_date(tree, meta, text, order)
        or parse_date(facts.get("date") or "", order),
        url=_find_address(tree, meta) or facts.get("url") or "",
    )
    kept = normalise(text)
    return article, tuple(line for line in lines if line not in kept)


def _parse_page(markup: str) -> HtmlElement | None:
    """Return the elements of a page, ``None`` where there is not one."""
    from lxml import etree, html

    try:
        return html.document_fromstring(markup) if markup.strip() else None
    except etree.ParserError:
        return None


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
        if stated.casefold().startswith(headline.casefold()):
            return headline
    return stated or next(iter(headlines), "") or found


def _find_page_date(tree: HtmlElement, meta: dict[str, str], text: str, order: DateOrder) -> str:
    for stated in _stated_dates(tree, meta):
        if date := parse_date(stated, order):
            return date
    visible = find_lines("\n".join(_visible_lines(tree)))
    return find_date(visible, order) or find_date(find_lines(text), order)


def _stated_dates(tree: HtmlElement, meta: dict[str, str]) -> Iterator[str]:
    """Yield what may be the date, the likeliest first."""
    yield from (meta[key] for key in _DATE_KEYS if key in meta)
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            stated = re.search(r'"datePublished"\s*:\s*"([^"]{4,40})"', script.text or "")
            yield from stated.groups() if stated else ()
    for element in tree.iter("time"):
        yield element.get("datetime") or element.text_content()


def _find_address(tree: HtmlElement, meta: dict[str, str]) -> str:
    return choose_address(_find_canonical(tree), meta.get("og:url", ""))


def _doubt_address(markup: str) -> str:
    """Say where a page names one of another site as the original; see ``choose_address``."""
    tree = _parse_page("".join(_ADDRESSES.findall(markup)))
    if tree is None:
        return ""
    original, chosen = _find_canonical(tree), _find_address(tree, _read_meta(tree))
    if original in ("", chosen):
        return ""
    return f"names {original} as the original, which is of another site; it is {chosen} here"


def _find_canonical(tree: HtmlElement) -> str:
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower() and element.get("href"):
            address = str(element.get("href")).strip()
            if address.startswith(("http://", "https://")):
                return address
    return ""


def _visible_lines(tree: HtmlElement) -> Iterator[str]:
    """Yield the lines of the page as a reader sees them, without layout."""
    for is_break, parts in groupby(_walk(tree), key=lambda part: part is None):
        if not is_break and (line := normalise("".join(part or "" for part in parts))):
            yield line


def show_markup(text: str) -> str:
    """Return what a reader sees of a text with HTML in it, blocks set off by empty lines."""
    from lxml import etree, html

    # One line break stays one, two are a paragraph's end.
    marked = re.sub(r"<br\b[^>]*>(?:\s*<br\b[^>]*>)+", "<p></p>", text, flags=re.IGNORECASE)
    marked = re.sub(r"<br\b[^>]*>", _LINE_BREAK, marked, flags=re.IGNORECASE)
    # Empty lines between paragraphs that no tag sets off.
    marked = re.sub(r"\n\s*\n", "<p></p>", marked)
    try:
        tree = html.document_fromstring(f"<div>{marked}</div>")
    except etree.ParserError:
        return ""
    lines = (line.replace(_LINE_BREAK, "\n") for line in _visible_lines(tree))
    return "\n\n".join(re.sub(r" *\n *", "\n", line).strip() for line in lines)


def _walk(tree: HtmlElement) -> Iterator[str | None]:
    """Yield texts, and None where a block begins or ends."""
    from lxml.etree import iterwalk

    # Not by recursion: pages nest deeper than Python's calls may.
    walker = iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, node in walker:
        tag = node.tag.lower() if isinstance(node.tag, str) else ""
        if event == "start" and tag in _UNSEEN:
            walker.skip_subtree()
        elif event in ("start", "end") and tag not in _UNSEEN | _INLINE:
            yield None
        if event == "start" and tag not in _UNSEEN:
            yield node.text or ""
        if event != "start" and node is not tree:
            yield node.tail or ""


def split_page(markup: str, order: DateOrder) -> list[Row[Document]]:
    """Return the articles of a page that is an export of a news database."""
    if not _EXPORT.search(markup):
        return []
    tree = _parse_page(_DECLARATION.sub("", markup))
    if tree is None:
        return []
    marked = (element for element in tree.iter() if _HEADLINE.search(_describe_element(element)))
    headlines = frozenset(normalise(element.text_content()) for element in marked)
    return split_export("\n\n".join(_visible_lines(tree)), order, headlines)


def _describe_element(element: HtmlElement) -> str:
    return f"{element.get('class', '')} #{element.get('id', '')}#"


PAGES = Format(
    (".html", ".htm", ".xhtml"),
    partial(read_one, parse=read_page, page=True, split=split_page, doubt=_doubt_address),
    library="trafilatura",
)
# As servers call them, and without any ending: told by what they hold.
SAVED_PAGES = PAGES._replace(
    endings=(".shtml", ".stm", ".php", ".asp", ".aspx", ".jsp", ".cfm"), claims=is_web_page
)
