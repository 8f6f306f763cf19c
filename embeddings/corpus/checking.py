"""Looking through a whole file for damage: everything that can be checked against something."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from embeddings.corpus.checksums import checksum, fits_setting, join_vectors
from embeddings.corpus.values import NamedValues
from embeddings.documents import Document, has_version
from embeddings.errors import first_line
from embeddings.text.normalising import hash_text

_CHUNK = 4096


@dataclass(frozen=True)
class Check:
    """What was found when all of one kind was looked at.

    Attributes:
        what: ``pages``, ``references``, ``articles``, ``passages``, ``words``, ``vectors``,
            ``settings``, ``arrays``, ``stages``, ``tables``, ``search`` or ``by hand``.
        checked: How many there are.
        unknown: How many of them have nothing to be checked against.
        damaged: What tells each damaged one: an id, a name, or what SQLite says.
    """

    what: str
    checked: int
    unknown: int
    damaged: tuple[str, ...]


def check_file(store: NamedValues) -> list[Check]:
    """Check everything in a file that this package knows how to.

    Seconds for a hundred thousand passages; changes nothing.
    """
    return [_look(store, what, finding) for what, finding in _FINDINGS.items()]


def find_damage(store: NamedValues) -> str:
    """Return the first thing found to be damaged, in words, or ``""``."""
    for what, finding in _FINDINGS.items():
        if damaged := _look(store, what, finding).damaged:
            return f"{what}: {damaged[0]}"
    return ""


_Finding = Iterator[tuple[str, bool | None]]
"""Of each thing what tells it, and whether it is whole; ``None`` where that is not known."""


def _look(store: NamedValues, what: str, finding: Callable[[NamedValues], _Finding]) -> Check:
    checked = unknown = 0
    damaged = []
    try:
        with store.reading_anything():
            for name, whole in finding(store):
                checked += 1
                unknown += whole is None
                if whole is False:
                    damaged.append(name)
    except Exception as error:  # of a page that cannot be read, or a value of any kind
        damaged.append(first_line(error))
    return Check(what, checked, unknown, tuple(damaged))


def _pages(store: NamedValues) -> _Finding:
    for _ in range(store.rows("PRAGMA page_count")[0][0] - 1):
        yield "", True
    for (said,) in store.rows("PRAGMA integrity_check"):
        yield said, said == "ok"


def _references(store: NamedValues) -> _Finding:
    for table, row, parent, _ in store.rows("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} is of none of {parent}", False


def _articles(store: NamedValues) -> _Finding:
    fields_of = "text, title, source, published, url, path, version"
    for *fields, version in store.each(
        f"SELECT id, {fields_of} FROM documents "  # noqa: S608 - our own words
        f"UNION ALL SELECT document_id, {fields_of} FROM versions"
    ):
        document = Document(*fields)
        yield document.id, has_version(document, version)


def _passages(store: NamedValues) -> _Finding:
    rows = store.each(
        'SELECT document_id, id, start, body_start, "end", text, hash FROM passages '
        "ORDER BY document_id"
    )
    for document_id, group in groupby(rows, itemgetter(0)):
        found = store.rows("SELECT text FROM documents WHERE id = ?", (document_id,))
        for _, number, start, body_start, end, text, key in group:
            whole = bool(found) and text == found[0][0][start:end]
            yield str(number), whole and hash_text(text[body_start - start :]) == key


def _words(store: NamedValues) -> _Finding:
    yield "the full-text index", store.has_whole_index()


def _vectors(store: NamedValues) -> _Finding:
    rows = store.each("SELECT hash, vector, crc FROM vectors")
    while chunk := [row for _, row in zip(range(_CHUNK), rows, strict=False)]:
        blobs, sums = [row[1] for row in chunk], [row[2] for row in chunk]
        together = join_vectors(blobs, sums) is not None
        for key, blob, crc in chunk:
            whole = together or join_vectors([blob], [crc]) is not None
            if crc is None and whole:
                whole = bool(np.isfinite(np.frombuffer(blob, "<f4")).all())
            yield key.hex(), None if crc is None and whole else whole


def _settings(store: NamedValues) -> _Finding:
    for name, value, crc in store.each(
        "SELECT CAST(key AS BLOB), CAST(value AS BLOB), crc FROM settings"
    ):
        key = name.decode("utf-8", "replace")
        yield key, fits_setting(name, value, crc) and _is_json(value) and _known(crc)


def _arrays(store: NamedValues) -> _Finding:
    for name, *parts, crc in store.each(
        "SELECT name, CAST(dtype AS BLOB), CAST(shape AS BLOB), data, crc FROM arrays"
    ):
        yield name, _fits(crc, *parts) and _known(crc)


def _stages(store: NamedValues) -> _Finding:
    for name, *parts, crc in store.each(
        "SELECT name, CAST(digest AS BLOB), CAST(notes AS BLOB), crc FROM stages"
    ):
        yield name, _fits(crc, *parts) and _is_json(parts[1]) and _known(crc)


def _tables(store: NamedValues) -> _Finding:
    for name, crc in store.rows("SELECT name, crc FROM sums"):
        known = store.rows("SELECT 1 FROM sqlite_master WHERE name = ?", (name,))
        yield name, bool(known) and store.fits_rows(name, crc)


def _fits(crc: int | None, *parts: Any) -> bool:
    return crc is None or (
        all(isinstance(part, bytes) for part in parts) and checksum(*parts) == crc
    )


def _known(crc: int | None) -> bool | None:
    return None if crc is None else True


def _is_json(value: Any) -> bool:
    try:
        json.loads(value)
    except (ValueError, TypeError, RecursionError):
        return False
    return True


_FINDINGS: dict[str, Callable[[NamedValues], _Finding]] = {
    "pages": _pages,
    "references": _references,
    "articles": _articles,
    "passages": _passages,
    "words": _words,
    "vectors": _vectors,
    "settings": _settings,
    "arrays": _arrays,
    "stages": _stages,
    "tables": _tables,
}
