"""What stands in a field of a table, as the text that a reader would see."""

from __future__ import annotations

import html
import re

from embeddings.articles.parsing.decoding import clean

# What programs write where there is nothing, or an article was taken away.
_NOTHING = {
    *("nan", "none", "null", "n/a", "na", "nat", "<na>", "#n/a", "nil", "undefined", "unknown"),
    *("-", "--", "—", r"\n", "0", "0.0", "[removed]", "[deleted]", "subscribe to read"),
}
_TAG = re.compile(
    r"<(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|img|figure|figcaption|script|style|table"
    r"|blockquote|article|section|iframe|hr|html|body|font|small|sup|sub)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,31}\d{0,2});", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|div|span|a|b|i|em|strong|li|h[1-6])\b", re.IGNORECASE)
# Within an object, what a reader would be shown of it.
_SHOWN = (
    "name",
    "title",
    "main",
    "rendered",
    "$date",
    "$numberLong",
    "value",
    "#text",
    "id",
    "text",
)


def read_cell(value: object) -> str:
    """Return a value as text: ``""`` for nothing and for words that stand for it.

    HTML is read as a page is, its blocks set off by empty lines; entities are undone, also
    where they were escaped twice. Of a list, the parts are paragraphs; of an object, its
    name or title counts.

    Raises:
        RecursionError: It is nested too deeply.
    """
    text = clean(_as_text(value)).strip()
    if not text or text.casefold() in _NOTHING:
        return ""
    return undo_markup(text)


def undo_markup(text: str) -> str:
    """Return what a reader sees of a text that may hold HTML or entities."""
    if _ESCAPED_TAG.search(text) and not _TAG.search(text):
        text = html.unescape(text)
    if _TAG.search(text):
        from embeddings.articles.formats.pages import show_markup

        text = show_markup(text)
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = clean(html.unescape(text)).replace("\xa0", " ")
    return text.strip()


def _as_text(value: object) -> str:
    if value is None or isinstance(value, bool) or value != value:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n\n".join(filter(None, (_as_text(each) for each in value)))
    if isinstance(value, dict):
        return next((_as_text(value[key]) for key in _SHOWN if key in value), "")
    return str(value)
