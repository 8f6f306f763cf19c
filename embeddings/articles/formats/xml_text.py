"""XML of a file of unknown make: what kind it is, and its text in one encoding."""

from __future__ import annotations

import re
from typing import IO, NamedTuple

from embeddings.articles.parsing.decoding import RefusedError, decode, describe_replaced
from embeddings.articles.parsing.results import ReadOptions

# In bytes, of a file of many articles.
MOST_XML = 64_000_000
# What may stand before the first element: declarations, comments, white space.
_PROLOGUE = re.compile(
    r"(?:\s+|\ufeff|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[<>]*(?:\[.*?\]\s*)?>)*",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[\w.\-]+:)?([\w.\-]+)")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


class Xml(NamedTuple):
    """What an XML file holds.

    Attributes:
        data: In UTF-8, without a declaration of an encoding.
        problem: What could not be decoded, ``""`` for nothing.
    """

    data: bytes
    problem: str


def find_root(head: bytes) -> str:
    """Return the name of the first element, without prefix; ``""`` where there is none yet."""
    # UTF-16 of Western names is ASCII with zeros between.
    text = head.replace(b"\0", b"").lstrip(b"\xff\xfe").decode("utf-8", "replace")
    prologue = _PROLOGUE.match(text)
    root = _ROOT.match(text, prologue.end() if prologue else 0)
    return root[1] if root else ""


def is_web_page(head: bytes) -> bool:
    """Whether it is HTML, as servers send it in place of what is not there."""
    is_declared = head.lstrip()[:14].lower() == b"<!doctype html"
    return is_declared or find_root(head).lower() in ("html", "head", "body")


def read_xml(stream: IO[bytes], options: ReadOptions) -> Xml:
    """Read a file of XML as the reader of other texts does: encoding found, control marks out.

    Raises:
        RefusedError: It is no text, or larger than ``MOST_XML``.
    """
    data = stream.read(MOST_XML + 1)
    if len(data) > MOST_XML:
        raise RefusedError(f"an XML file of more than {MOST_XML // 1_000_000} MB")
    decoded = decode(data, options.encoding, page=True)
    replaced = decoded.replaced
    problem = describe_replaced(replaced, decoded.encoding) if replaced else ""
    return Xml(_DECLARATION.sub("", decoded.text, count=1).encode("utf-8"), problem)
