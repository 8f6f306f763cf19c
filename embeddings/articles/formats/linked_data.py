"""What a page says of its article in JSON-LD (schema.org), and its text held against that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

from embeddings.text.normalising import normalise

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Types of schema.org that are an article: NewsArticle, ReportageNewsArticle, BlogPosting ...
_ENDINGS = ("article", "posting", "report")
# A body of fewer words is a summary, and of one that is cut the rest is not known.
_LEAST_WORDS = 40
# Parts of a text are found in another where this share of their runs of three words is.
_SAME, _RUN = 0.6, 3
# So much of the body must stand in the text, or the text is made anew from the page.
_WHOLE = 0.9
# Objects nested deeper, and more of them, are not looked at.
_DEPTH, _MOST = 8, 500


@dataclass(frozen=True)
class LinkedArticle:
    """An article as JSON-LD states it; ``""`` for what it does not.

    Attributes:
        headline: Its headline.
        publisher: The name of its publisher: the outlet.
        body: Its text, mostly without paragraphs, and on many pages only its beginning.
    """

    headline: str = ""
    publisher: str = ""
    body: str = ""


def read_linked_data(tree: HtmlElement) -> list[LinkedArticle]:
    """Return the articles that the scripts of a page state, in their order."""
    nodes: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").lower().strip() == "application/ld+json":
            try:
                nodes += _walk(json.loads(script.text or "", strict=False))
            except (ValueError, RecursionError):
                continue
    nodes = nodes[:_MOST]
    named = {str(node["@id"]): node for node in nodes if "@id" in node and "name" in node}
    return [
        LinkedArticle(
            normalise(_text(node.get("headline"))),
            normalise(_name(node.get("publisher"), named)),
            unescape(_text(node.get("articleBody"))),
        )
        for node in nodes
        if any(kind.lower().endswith(_ENDINGS) for kind in _kinds(node))
    ]


def _walk(content: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield every object, those that stand in others after them."""
    if depth > _DEPTH:
        return
    if isinstance(content, dict):
        yield content
    inside = content.values() if isinstance(content, dict) else content
    for value in inside if isinstance(content, (dict, list)) else ():
        yield from _walk(value, depth + 1)


def _kinds(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type", "")
    return [one for one in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(one, str)]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n\n".join(filter(None, map(_text, value)))
    return value if isinstance(value, str) else ""


def _name(value: Any, named: dict[str, dict[str, Any]]) -> str:
    """Return a name, of the object itself or of the one that it refers to."""
    if isinstance(value, list):
        return next(filter(None, (_name(one, named) for one in value)), "")
    if isinstance(value, dict):
        return _text(value.get("name") or named.get(str(value.get("@id")), {}).get("name"))
    return _text(value)


def choose_article(articles: Sequence[LinkedArticle], title: str, text: str) -> LinkedArticle:
    """Return the one that a page is of: by its headline, else by its text, else the first."""
    for article in articles:
        if article.headline and article.headline.casefold() in title.casefold():
            return article
    found = [one for one in articles if one.body and _stands_in(one.body, _runs(text))]
    return (found or [*articles, LinkedArticle()])[0]


def hold_to_body(
    text: str, article: LinkedArticle, others: Sequence[LinkedArticle], lines: Sequence[str]
) -> str:
    """Return a page's text with what it lacks of its article, and without that of others.

    A stated body says what belongs to the article, but often is its beginning only: what
    stands behind it stays, unless it is the text that another article states. Where a tenth
    of the body or more is not in the text, the lines of the page that stand in the body are
    the text, or the body itself where they are not all of it.

    Args:
        text: As it was extracted.
        article: The one that the page is of.
        others: The others that it states.
        lines: What a reader sees of the page.
    """
    own, said = _runs(article.body), _runs(text)
    if len(article.body.split()) >= _LEAST_WORDS:
        seen = "\n\n".join(dict.fromkeys(line for line in lines if _stands_in(line, own)))
        whole = seen if _share(own, _runs(seen)) >= _WHOLE else article.body
        # trafilatura takes a stated body itself, in one line, where it finds too little.
        in_one = "\n" in whole.strip() and "\n" not in text.strip()
        text = whole if in_one or _share(own, said) < _WHOLE else text
    foreign = set().union(*(_runs(one.body) for one in others)) - own
    headlines = {one.headline.casefold() for one in others} - {article.headline.casefold()}
    return "\n".join(
        line
        for line in text.split("\n")
        if not line.strip()
        or not (_stands_in(line, foreign) or normalise(line).casefold() in headlines)
    ).strip()


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", normalise(text).casefold())
    return set(zip(*(words[n:] for n in range(_RUN)), strict=False))


def _share(runs: set[tuple[str, ...]], among: set[tuple[str, ...]]) -> float:
    return len(runs & among) / len(runs) if runs else 1.0


def _stands_in(part: str, among: set[tuple[str, ...]]) -> bool:
    """Whether a text of four words or more stands in another, given by its runs."""
    runs = _runs(part)
    return len(runs) > 1 and _share(runs, among) >= _SAME
