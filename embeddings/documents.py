"""What travels through the toolkit: articles and their paragraphs."""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Precision = Literal["", "year", "month", "day", "minute"]

# An ISO 8601 date of reduced precision says how exact it is by its length.
_PRECISION_BY_LENGTH: dict[int, Precision] = {
    0: "",
    4: "year",
    7: "month",
    10: "day",
    16: "minute",
}


def date_bounds(published: str) -> tuple[str, str]:
    """Return the first and the last minute that a date of reduced precision may mean.

    Both as ``2013-05-11T05:46``, so that they compare as text; a missing date may be any.
    """
    year = published[:4]
    if not year:
        return "0000-01-01T00:00", "9999-12-31T23:59"
    month = published[5:7]
    last_month = month or "12"
    last_day = published[8:10] or f"{monthrange(int(year), int(last_month))[1]:02d}"
    time = published[11:16]
    first = f"{year}-{month or '01'}-{published[8:10] or '01'}T{time or '00:00'}"
    return first, f"{year}-{last_month}-{last_day}T{time or '23:59'}"


def publication_order(published: str) -> tuple[str, str]:
    """Return what puts dates in order: surely published by then first, unknown dates last.

    The last minute that a coarse date may mean, then the first. One order wherever somebody
    asks what came first.
    """
    first, last = date_bounds(published)
    return last, first


# Raised when reading, furniture rules or splitting change, so that files are read again and
# stored articles made anew.
PROCESSING = 6


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    Attributes:
        id: The article's own id, else its url, each web address in its one form
            (``canonical_address``), else its absolute path; for a row of a table without id
            and url, the path, ``#`` and the row's number; for an article of no file ``text-``
            and the hash of its outlet and text.
        text: The decoded text (for HTML, the extracted text), before furniture is
            removed. All offsets count characters of this string.
        title: The headline, or ``""``.
        source: The outlet, or ``""``.
        published: ISO 8601 date cut to what is known: ``2013``, ``2013-05``,
            ``2013-05-11`` or ``2013-05-11T05:46``; ``""`` when unknown. A time is UTC
            where the article states its zone, otherwise as printed.
        url: Where it was published, or ``""``.
        path: The absolute path of the file it was read from; ``standard input`` or
            ``Python`` for an article of no file; or ``""``.
        language: Found from the text: an ISO 639 code, ``und`` where that is not sure, ``""``
            where it was not looked for.
    """

    id: str
    text: str
    title: str = ""
    source: str = ""
    published: str = ""
    url: str = ""
    path: str = ""
    language: str = ""

    @property
    def precision(self) -> Precision:
        """How exact ``published`` is; ``""`` when there is no date."""
        return _PRECISION_BY_LENGTH[len(self.published)]


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of a document, with the heading above it if there is one.

    Attributes:
        document_id: ``Document.id`` of its article.
        position: 0 for the article's first passage, and so on.
        start: Offset of its first character in ``Document.text``.
        body_start: Offset where the paragraph itself begins; greater than ``start``
            only where a heading was joined to it.
        end: Offset after its last character.
        text: ``Document.text[start:end]``.
        id: The store's id; 0 until it is stored.
    """

    document_id: str
    position: int
    start: int
    body_start: int
    end: int
    text: str
    id: int = 0

    @property
    def body(self) -> str:
        """The paragraph without its heading: what is embedded and compared."""
        return self.text[self.body_start - self.start :]


@dataclass(frozen=True, slots=True)
class Removal:
    """Whole lines of a document that are not part of its article.

    Attributes:
        start: Offset of the first character in ``Document.text``.
        end: Offset after the last one.
        rule: The name of the rule, a key of ``RULES``.
        text: ``Document.text[start:end]``.
    """

    start: int
    end: int
    rule: str
    text: str


def version_of(document: Document, processing: int | None = None) -> bytes:
    """Return the hash of everything in a document and of how it is taken apart, 16 bytes."""
    fields: Mapping[str, str | int] = {
        name: getattr(document, name)
        for name in ("text", "title", "source", "published", "url", "path")
    } | {"processing": PROCESSING if processing is None else processing}
    data = json.dumps(fields, sort_keys=True).encode()
    return hashlib.blake2b(data, digest_size=16).digest()


def has_version(document: Document, version: bytes) -> bool:
    """Say whether a document is the one of a version, by these rules or by earlier ones."""
    return any(version == version_of(document, rules) for rules in range(PROCESSING, 0, -1))
