"""Rows of labels to the stored passages and articles they speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NamedTuple

from embeddings.documents import Document, Passage
from embeddings.text.normalising import hash_text, normalise
from topics.evaluation.labelling import KEYS, LabelRow, LabelTable


class Place(NamedTuple):
    """What a row speaks of.

    Attributes:
        passages: Rows of the passages.
        documents: Ids of whole articles.
    """

    passages: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()


class Nowhere(Exception):  # noqa: N818 - no error of the program: a row that finds nothing
    """Why a row finds nothing."""


@dataclass(frozen=True)
class Labelling:
    """Labels that rows give to passages and articles; more than one is a contradiction.

    Attributes:
        passages: By row of the passage, labels given to the passage itself.
        documents: By id, labels given to the article as a whole.
        matched: Rows that found something.
        unmatched: Why the others did not, with their lines.
    """

    passages: Mapping[int, set[str]]
    documents: Mapping[str, set[str]]
    matched: int
    unmatched: Mapping[str, list[int]]


def match_labels(
    table: LabelTable, passages: Sequence[Passage], documents: Sequence[Document]
) -> Labelling:
    """Find what each row of a file of labels speaks of.

    The first of the row's fields that finds something decides, in the order of ``KEYS``:
    an id of a passage is checked against the row's text where it has one, since ids change
    when an article is updated.

    Args:
        table: The labels.
        passages: All stored ones; rows of the answer count these.
        documents: All stored ones.
    """
    corpus = _Corpus(passages, documents, table.path.resolve().parent)
    by_passage: dict[int, set[str]] = defaultdict(set)
    by_document: dict[str, set[str]] = defaultdict(set)
    unmatched = {reason: list(lines) for reason, lines in table.problems.items()}
    matched = 0
    for row in table.rows:
        try:
            place = _find(row, corpus)
        except Nowhere as reason:
            unmatched.setdefault(str(reason), []).append(row.line)
            continue
        matched += 1
        for passage in place.passages:
            by_passage[passage].add(row.label)
        for document in place.documents:
            by_document[document].add(row.label)
    return Labelling(dict(by_passage), dict(by_document), matched, unmatched)


def _find(row: LabelRow, corpus: _Corpus) -> Place:
    """Return what the row's best field finds.

    Raises:
        Nowhere: None of its fields finds anything; the reason of the first.
    """
    first: Nowhere | None = None
    for key in KEYS:
        if key not in row.fields:
            continue
        try:
            if key == "passage":
                return corpus.by_passage_id(row.fields["passage"], row.fields.get("text", ""))
            if key == "text":
                return corpus.by_text(row.fields["text"])
            return corpus.within(corpus.find_documents(key, row.fields[key]), row)
        except Nowhere as reason:
            first = first or reason
    raise first or Nowhere("the row does not say of which passage it is")


class _Corpus:
    """Stored passages and articles by all that a row may name; built on first use."""

    def __init__(
        self, passages: Sequence[Passage], documents: Sequence[Document], folder: Path
    ) -> None:
        self._passages = passages
        self._folder = folder
        self._documents = {document.id: document for document in documents}
        self._row_of = {passage.id: row for row, passage in enumerate(passages)}
        self._rows_in: dict[str, list[int]] = defaultdict(list)
        for row, passage in enumerate(passages):
            self._rows_in[passage.document_id].append(row)
        self._urls: dict[str, list[str]] = defaultdict(list)
        self._paths: dict[str, list[str]] = defaultdict(list)
        for document in documents:
            self._urls[document.url].append(document.id)
            self._paths[document.path].append(document.id)
        self._texts: dict[bytes, tuple[list[int], list[str]]] = {}
        self._names: dict[str, list[str]] = {}

    def by_passage_id(self, given: str, text: str) -> Place:
        row = self._row_of.get(_whole_number(given))
        if row is None:
            raise Nowhere("no passage has this id")
        stored = normalise(self._passages[row].text)
        # An export to CSV puts an apostrophe before what a spreadsheet would run.
        wanted = normalise(text).removeprefix("'")
        if wanted not in stored and stored not in wanted:
            raise Nowhere("the passage of this id has another text")
        return Place(passages=(row,))

    def by_text(self, text: str) -> Place:
        if not self._texts:
            self._hash_texts()
        found = self._texts.get(hash_text(text))
        if found is None and text.startswith("'"):
            found = self._texts.get(hash_text(text[1:]))
        if found is None:
            raise Nowhere("no passage and no article has this text")
        rows, documents = found
        return Place(tuple(rows), self._with_passages(documents))

    def find_documents(self, key: str, given: str) -> list[str]:
        if key == "document":
            if given in self._documents:
                return [given]
            raise Nowhere("no article has this id")
        if key == "url":
            # An article without an id of its own has its url as its id.
            found = self._urls.get(given) or [one for one in (given,) if one in self._documents]
            if not found:
                raise Nowhere("no article has this url")
            return found
        return self._find_path(given)

    def within(self, documents: list[str], row: LabelRow) -> Place:
        """Return the passage at the row's position or start, else the articles as a whole."""
        if "position" not in row.fields and "start" not in row.fields:
            return Place(documents=self._with_passages(documents))
        if len(documents) > 1:
            raise Nowhere("several articles have this path or url")
        for at in self._rows_in[documents[0]]:
            passage = self._passages[at]
            if "position" in row.fields:
                if passage.position == _whole_number(row.fields["position"]):
                    return Place(passages=(at,))
            elif passage.start <= _whole_number(row.fields["start"]) < passage.end:
                return Place(passages=(at,))
        raise Nowhere("the article has no passage at this place")

    def _with_passages(self, documents: list[str]) -> tuple[str, ...]:
        # An article that is all page furniture has nothing to be placed.
        some = tuple(one for one in documents if self._rows_in[one])
        if documents and not some:
            raise Nowhere("the article has no passages")
        return some

    def _find_path(self, given: str) -> list[str]:
        """Find a path as stored, as seen from here or from the labels, or by its last parts."""
        for whole in (Path(given), Path.cwd() / given, self._folder / given):
            if str(whole.resolve()) in self._paths:
                return self._paths[str(whole.resolve())]
        if not self._names:
            for path in filter(None, self._paths):
                self._names.setdefault(PurePath(path).name, []).append(path)
        parts = PurePath(given).parts
        tails = [
            path
            for path in self._names.get(PurePath(given).name, [])
            if PurePath(path).parts[-len(parts) :] == parts
        ]
        if len(tails) > 1:
            raise Nowhere("several files have this path; give more of it")
        if not tails:
            raise Nowhere("no article has this path")
        return self._paths[tails[0]]

    def _hash_texts(self) -> None:
        texts: dict[bytes, tuple[list[int], list[str]]] = defaultdict(lambda: ([], []))
        for row, passage in enumerate(self._passages):
            for text in {passage.body, passage.text}:
                texts[hash_text(text)][0].append(row)
        for document in self._documents.values():
            texts[hash_text(document.text)][1].append(document.id)
        self._texts = dict(texts)


def _whole_number(given: str) -> int:
    """Read a whole number, also as a table of numbers writes it: 17.0."""
    try:
        number = float(given)
        if number == int(number):
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise Nowhere("the id, position or start is no whole number")
