"""Results as an assistant is handed them: cited, what articles say marked, and cut to size."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from embeddings.corpus.citations import read_places
from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from embeddings.search.hits import Hit
from topics.answers.article import ArticleReport, ArticleVersion
from topics.answers.copies import PairListing
from topics.answers.trends import TrendReport
from topics.coverage.reuse.reuse import StoryArticle, TextSource

# Characters of an answer: about 10,000 tokens, from where on some assistants warn of its size.
MOST = 40_000
# Items of a list within a result.
WITHIN = 5

# Fields that hold what an article says, word for word.
_QUOTED = {"text", "title", "headline", "before", "after"}
# What only a program that holds both texts can use, what is told again elsewhere, and names of
# files and folders, which are nobody's who reads the answer.
_LEFT_OUT: dict[type, tuple[str, ...]] = {
    ArticleReport: ("text", "removed", "path", "addresses"),
    ArticleVersion: ("text", "path"),
    Hit: ("matches",),
    PairListing: ("spans", "evidence"),
    StoryArticle: ("text",),
    TextSource: ("spans", "cut", "added"),
    TrendReport: ("cells",),
}


class Answer:
    """Writes results as JSON, until there is no room left.

    Args:
        limit: The most items of a list that was asked for.
        longest: The most characters of one text.
    """

    def __init__(self, limit: int, longest: int) -> None:
        self._limit, self._longest = limit, longest
        self._left = MOST
        self._cut: Counter[str] = Counter()
        self._cited: list[tuple[dict[str, Any], int]] = []

    def write(
        self, result: Any, store: CorpusStore, more: Mapping[str, int] | None = None
    ) -> dict[str, Any]:
        """Return a result with the place of each passage, and what was cut.

        Lists keep their first items, and texts their beginning. What an article says stands
        under ``quoted``.

        Args:
            result: A dataclass, or a mapping.
            store: The database that it is of.
            more: How many items there are that were not handed in, by the list's name.

        Raises:
            StoreError: The database has changed since.
        """
        self._cut.update(more or {})
        written = self._write_object(result, "")
        places = read_places(store, {one["passage_id"] for one, _ in self._cited})
        for one, length in self._cited:
            document_id, start, end = places.get(one["passage_id"], ("", 0, 0))
            if not end or length not in (0, end - start):
                raise StoreError("The database changed while it was read; ask again.")
            one |= {"document_id": document_id, "start": start, "end": end}
        return written | {"cut": {name: n for name, n in self._cut.items() if n}}

    def _write_object(self, value: Any, path: str) -> dict[str, Any]:
        written = {}
        for name, one in _fields(value).items():
            self._left -= len(name) + 6
            inner = f"{path}.{name}" if path else name
            if name in _QUOTED and isinstance(one, str):
                written[name] = self._quote(one) if one else ""
            else:
                written[name] = self._write(one, inner)
        if "passage_id" in written:
            self._cited.append((written, len(_fields(value)["text"])))
            self._left -= 80
        return written

    def _write(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping) or dataclasses.is_dataclass(value):
            return self._write_object(value, path)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self._write_list(value, path)
        self._left -= len(str(value)) + 2
        return value

    def _write_list(self, values: Sequence[Any], path: str) -> list[Any]:
        """Write what there is room for; rows of figures, one for each period, stay whole."""
        limit = WITHIN if "." in path else self._limit
        whole = all(isinstance(one, int | float) for one in values) or path == "periods"
        written: list[Any] = []
        for one in values:
            if not whole and (len(written) == limit or self._left <= 0):
                break
            written.append(self._write(one, path))
        self._cut[path] += len(values) - len(written)
        return written

    def _quote(self, text: str) -> dict[str, Any]:
        kept = text[: max(min(self._longest, self._left), 0)]
        self._left -= len(kept) + 14
        if kept == text:
            return {"quoted": text}
        self._cut["characters"] += len(text) - len(kept)
        return {"quoted": kept, "characters_cut": len(text) - len(kept)}


def _fields(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    left_out = _LEFT_OUT.get(type(value), ())
    names = (field.name for field in dataclasses.fields(value))
    return {name: getattr(value, name) for name in names if name not in left_out}
