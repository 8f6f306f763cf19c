"""Rows of labels to the stored passages and articles they speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import TypeVar

from embeddings.articles.formats.format import Record
from embeddings.documents import Document, Passage
from embeddings.text.normalising import hash_text, normalise
from topics.evaluation.labelling import KEYS

_A = TypeVar("_A")
_B = TypeVar("_B")
Key = int | str
"""Number of a passage, or id of an article as a whole."""


# Lines named for each reason why rows found nothing.
LINES_NAMED = 5


@dataclass(frozen=True)
class Unmatched:
    """Rows of the file of labels that are of no use, for one reason.

    Attributes:
        reason: Why.
        rows: How many.
        lines: The first of them: lines of a JSON Lines file, rows of a CSV file.
    """

    reason: str
    rows: int
    lines: tuple[int, ...]


def match_labels(
    records: Iterable[Record],
    passages: Sequence[Passage],
    documents: Sequence[Document],
    folder: Path,
) -> tuple[dict[Key, set[str]], tuple[Unmatched, ...]]:
    """Find what each row of a file of labels speaks of.

    The first of the row's fields that finds something decides, in the order of ``KEYS``:
    an id of a passage is checked against the row's text where it has one, since ids change
    when an article is updated.

    Args:
        records: The rows, from ``read_labels``.
        passages: All stored ones.
        documents: All stored ones.
        folder: Of the file of labels; paths may be seen from there.

    Returns:
        The labels given to each passage and article, more than one for a contradiction; and
        the rows that found nothing, by reason, most first.
    """
    corpus = _Corpus(passages, documents, folder)
    labels: dict[Key, set[str]] = defaultdict(set)
    reasons: dict[str, list[int]] = defaultdict(list)
    for record in records:
        fields = record.content or {}
        try:
            if record.problem:
                raise _NothingFound(record.problem)
            found = corpus.find(fields)
        except _NothingFound as reason:
            reasons[str(reason)].append(record.number)
        else:
            for key in found:
                labels[key].add(fields["label"])
    unmatched = [
        Unmatched(reason, len(lines), tuple(lines[:LINES_NAMED]))
        for reason, lines in reasons.items()
    ]
    return dict(labels), tuple(sorted(unmatched, key=lambda one: (-one.rows, one.reason)))


class _NothingFound(Exception):  # noqa: N818 - no error of the program, but of a row
    """Why a row finds nothing."""


class _Corpus:
    """Stored passages and articles by all that a row may name."""

    def __init__(
        self, passages: Sequence[Passage], documents: Sequence[Document], folder: Path
    ) -> None:
        self._passages = {passage.id: passage for passage in passages}
        self._documents = documents
        self._folder = folder
        self._within: dict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            self._within[passage.document_id].append(passage)
        self._ids = {document.id: [document.id] for document in documents}
        # An article without an id of its own has its url as its id.
        self._urls = self._ids | _group((one.url, one.id) for one in documents)
        self._paths = _group((one.path, one.id) for one in documents)
        self._finders: dict[str, Callable[[Mapping[str, str]], list[Key]]] = {
            "passage": self._find_passage,
            "document": lambda row: self._find_within("id", self._ids.get(row["document"]), row),
            "url": lambda row: self._find_within("url", self._urls.get(row["url"]), row),
            "path": lambda row: self._find_within("path", self._find_path(row["path"]), row),
            "text": self._find_text,
        }

    def find(self, fields: Mapping[str, str]) -> list[Key]:
        """Return what the row's best field finds.

        Raises:
            _NothingFound: None of its fields finds anything; the reason of the first.
        """
        reasons = []
        for field in KEYS:
            if field in fields:
                try:
                    return self._finders[field](fields)
                except _NothingFound as reason:
                    reasons.append(reason)
        raise reasons[0]

    def _find_passage(self, row: Mapping[str, str]) -> list[Key]:
        passage = self._passages.get(_whole_number(row["passage"]))
        if passage is None:
            raise _NothingFound("no passage has this id")
        stored = normalise(passage.text)
        # An export to CSV puts an apostrophe before what a spreadsheet would run.
        wanted = normalise(row.get("text", "")).removeprefix("'")
        if wanted not in stored and stored not in wanted:
            raise _NothingFound("the passage of this id has another text")
        return [passage.id]

    def _find_text(self, row: Mapping[str, str]) -> list[Key]:
        for text in (row["text"], row["text"].removeprefix("'")):
            if found := self._texts.get(hash_text(text)):
                return self._with_passages(found)
        raise _NothingFound("no passage and no article has this text")

    def _find_within(
        self, what: str, documents: Sequence[str] | None, row: Mapping[str, str]
    ) -> list[Key]:
        """Return the passage at the row's position or start, else the articles as a whole."""
        if not documents:
            raise _NothingFound(f"no article has this {what}")
        place = next((name for name in ("position", "start") if name in row), None)
        if place is None:
            return self._with_passages(documents)
        if len(documents) > 1:
            raise _NothingFound("several articles have this path or url")
        number = _whole_number(row[place])
        for passage in self._within[documents[0]]:
            first, end = passage.start, passage.end
            if number == passage.position if place == "position" else first <= number < end:
                return [passage.id]
        raise _NothingFound("the article has no passage at this place")

    def _with_passages(self, found: Iterable[Key]) -> list[Key]:
        # An article that is all page furniture has nothing to be placed.
        some = [key for key in found if isinstance(key, int) or self._within[key]]
        if not some:
            raise _NothingFound("the article has no passages")
        return some

    def _find_path(self, given: str) -> list[str]:
        """Find a path as stored, as seen from here or from the labels, or by its last parts."""
        for whole in (Path(given), Path.cwd() / given, self._folder / given):
            if found := self._paths.get(str(whole.resolve())):
                return found
        parts = PurePath(given).parts
        tails = [
            path
            for path in self._names.get(PurePath(given).name, [])
            if PurePath(path).parts[-len(parts) :] == parts
        ]
        if len(tails) > 1:
            raise _NothingFound("several files have this path; give more of it")
        return self._paths[tails[0]] if tails else []

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        return _group((PurePath(path).name, path) for path in self._paths if path)

    @cached_property
    def _texts(self) -> dict[bytes, list[Key]]:
        texts: list[tuple[str, Key]] = [(one.text, one.id) for one in self._documents]
        for passage in self._passages.values():
            texts += [(text, passage.id) for text in {passage.body, passage.text}]
        return _group((hash_text(text), key) for text, key in texts)


def _group(pairs: Iterable[tuple[_A, _B]]) -> dict[_A, list[_B]]:
    """Return all that goes with each key."""
    groups: dict[_A, list[_B]] = {}
    for key, one in pairs:
        groups.setdefault(key, []).append(one)
    return groups


def _whole_number(given: str) -> int:
    """Read a whole number, also as a table of numbers writes it: 17.0."""
    try:
        number = float(given)
        if number == int(number):
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise _NothingFound("the id, position or start is no whole number")
