"""Which passages come first: the few worth looking at, their scores, and copies behind one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.search.index import SearchIndex, choose_best, find_reach, read_vectors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore
    from embeddings.search.worth import WordScores

# Passages whose cosine is guessed by both bits; where there are a quarter as many, all are read.
CANDIDATES, FEW = 2000, 4
# They are the likeliest, by all signs, of so many times as many that are so by the first of their
# signs; and of one in so many the vector is read.
NEAR, READ = 3, 8
# For each hit that is asked for so many are looked at, and so many read, at least.
EACH, READ_EACH = 60, 12

# Decimals of a score that order passages: more of them hang on how BLAS adds up.
_DECIMALS = 6


@dataclass(frozen=True)
class Ranked:
    """One passage in its place.

    Attributes:
        passage_id: The store's id.
        score: ``meaning`` and ``words`` weighted.
        meaning: Cosine similarity with the query, 0 or more.
        words: BM25 as a share of the best passage's.
        copies: Ids of copies of it, best first.
        related: Whether it is as near to the query as related texts are.
    """

    passage_id: int
    score: float
    meaning: float
    words: float
    copies: tuple[int, ...]
    related: bool = True


@dataclass
class Ranking:
    """One query over the passages that may be hits.

    Attributes:
        store: The store.
        index: Its passages.
        vector: The query's, float32 ``(dimension,)``; ``None`` where words alone count.
        words: What words are worth to each passage; 0 where it may be no hit.
        may: Which passages may be hits, bool ``(n,)``.
        weight: Of meaning against words, 0 to 1.
    """

    store: CorpusStore
    index: SearchIndex
    vector: NDArray[np.float32] | None
    words: WordScores
    may: NDArray[np.bool_]
    weight: float

    def first(self, limit: int) -> list[Ranked]:
        """Return the best passages, no two of them copies of one text.

        Of as many candidates as it takes to have ``limit`` of them, or all there are.
        """
        wanted = max(CANDIDATES, self.index.candidates, EACH * limit)
        all_there_are = int(np.count_nonzero(self.may))
        while True:
            rows = self._choose(wanted, all_there_are, READ_EACH * limit)
            found = self._arrange(rows, limit)
            if len(found) == limit or len(rows) == all_there_are:
                return found
            wanted *= 8

    # Candidates

    def _choose(self, wanted: int, all_there_are: int, least: int) -> NDArray[np.int64]:
        """Return the rows whose scores are worth computing, so many at least."""
        if self.vector is None:
            rows = np.flatnonzero(self.may)
            return rows[choose_best(self.words.of(rows), wanted)]
        if not len(self.index.signs) or all_there_are <= wanted // FEW:
            return np.flatnonzero(self.may)
        apart = self.index.distances(self.vector, self.may)
        rows = np.flatnonzero(apart <= find_reach(apart, NEAR * wanted))
        words = self.words.of(rows)
        if self.weight < 1:
            more = self._find_spoken(apart, rows, words, wanted)
            rows, words = np.append(rows, more), np.append(words, self.words.of(more))
        worth = self.weight, (1 - self.weight) * words
        return narrow(self.index, self.vector, (rows, apart[rows]), worth, wanted, least)

    def _find_spoken(
        self,
        apart: NDArray[np.uint8],
        near: NDArray[np.int64],
        words: NDArray[np.float32],
        wanted: int,
    ) -> NDArray[np.int64]:
        """Return the rows farther off whose words may put them among as many as are wanted."""
        guess = self.weight * self.index.angles[apart[near]] + (1 - self.weight) * words
        lowest = np.partition(guess, -wanted)[-wanted] if len(guess) > wanted else -1.0
        # The most that words are worth, to any passage and to those of an article.
        reach = np.count_nonzero(self.weight * self.index.angles + (1 - self.weight) >= lowest)
        far = self.words.spoken & (apart < reach)
        far[near] = False
        rows = np.flatnonzero(far)
        most = self.weight * self.index.angles[apart[rows]] + (1 - self.weight) * self.words.most(
            rows
        )
        return rows[most >= lowest]

    def _weigh(self, meaning: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
        return self.weight * meaning + (1 - self.weight) * self.words.of(rows)

    def _score(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the cosine of each row with the query, below 0 taken as 0."""
        if self.vector is None:
            return np.zeros(len(rows))
        cosines = np.empty(len(rows))
        for at, vectors in read_vectors(self.store, self.index, rows):
            cosines[at] = vectors @ self.vector
        return np.maximum(cosines, 0.0)

    # Order, and copies behind the first of them

    def _arrange(self, rows: NDArray[np.int64], limit: int) -> list[Ranked]:
        """Return the best of these rows, with all copies of each, be they among them or not."""
        meaning = self._score(rows)
        while True:
            scores, words = self._weigh(meaning, rows), self.words.of(rows)
            keys = -np.round(scores, _DECIMALS)
            first = self._find_first(rows, keys, limit)
            copies = self._read_copies(one.group for one in first)
            more = np.array(sorted({one.row for one in copies}.difference(rows.tolist())), np.int64)
            if not len(more):
                break
            rows, meaning = np.append(rows, more), np.append(meaning, self._score(more))
        at = {row: place for place, row in enumerate(rows.tolist())}
        together: dict[int, list[_Place]] = {}
        for one in sorted(
            copies, key=lambda one: (keys[at[one.row]], one.document_id, one.position)
        ):
            together.setdefault(one.group, []).append(one)
        return [
            Ranked(
                int(self.index.ids[one.row]),
                float(scores[at[one.row]]),
                float(meaning[at[one.row]]),
                float(words[at[one.row]]),
                tuple(int(self.index.ids[other.row]) for other in others),
            )
            for one, *others in (together.get(one.group, [one]) for one in first)
        ]

    def _find_first(
        self, rows: NDArray[np.int64], keys: NDArray[np.float64], limit: int
    ) -> list[_Place]:
        """Return the best of each group of copies, best first.

        Ties go by article and place, so that the order of arrival has no say.
        """
        order = np.argsort(keys, kind="stable")
        looked_at = 4 * limit
        while True:
            # Of those with one score all are looked at.
            last = keys[order[:looked_at][-1]]
            head = order[: np.searchsorted(keys[order], last, side="right")]
            key = dict(zip(rows[head].tolist(), keys[head].tolist(), strict=True))
            first: dict[int, _Place] = {}
            for one in sorted(
                self._read_places(rows[head]),
                key=lambda one: (key[one.row], *one.standing),
            ):
                first.setdefault(one.group, one)
            if len(first) >= limit or len(head) == len(order):
                return list(first.values())[:limit]
            looked_at *= 8

    def _read_places(self, rows: NDArray[np.int64]) -> list[_Place]:
        found = self.store.rows(
            # A passage without copies is a group of its own.
            "SELECT p.id, p.document_id, p.position, coalesce(m.group_id, -p.id) "
            "FROM passages AS p LEFT JOIN copy_members AS m ON m.passage_id = p.id "
            "WHERE p.id IN (SELECT value FROM json_each(?))",
            (json.dumps(self.index.ids[rows].tolist()),),
        )
        return self._place(found)

    def _read_copies(self, groups: Iterable[int]) -> list[_Place]:
        """Return all members of groups of copies that may be hits."""
        found = self.store.rows(
            "SELECT p.id, p.document_id, p.position, m.group_id "
            "FROM copy_members AS m JOIN passages AS p ON p.id = m.passage_id "
            "WHERE m.group_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(groups)),),
        )
        return [one for one in self._place(found) if self.may[one.row]]

    def _place(self, found: list[tuple[int, str, int, int]]) -> list[_Place]:
        rows = self.index.rows_of(np.array([one[0] for one in found], np.int64))
        return [_Place(row, *one[1:]) for row, one in zip(rows.tolist(), found, strict=True)]


@dataclass(frozen=True)
class _Place:
    row: int
    document_id: str
    position: int
    group: int

    @property
    def standing(self) -> tuple[str, int]:
        """What puts passages of one score in order."""
        return self.document_id, self.position


def narrow(
    index: SearchIndex,
    vector: NDArray[np.float32],
    near: tuple[NDArray[np.int64], NDArray[np.uint8]],
    worth: tuple[float, NDArray[Any]],
    wanted: int,
    least: int = 0,
) -> NDArray[np.int64]:
    """Return the rows whose vectors are worth reading, told more closely the fewer they are.

    Args:
        index: Of the rows.
        vector: The query's, float32 ``(dimension,)``.
        near: Rows among which they are, and how many of the first signs each has apart.
        worth: The weight of a cosine, and what is added to it for each of the rows.
        wanted: How many are guessed at by both bits.
        least: So many are returned at least.
    """
    rows, apart = near
    weight, words = worth
    best = choose_best(weight * index.angles[apart] + words, NEAR * wanted)
    rows, apart, words = rows[best], apart[best], words[best]
    best = choose_best(weight * index.compare(vector, rows, apart) + words, wanted)
    rows, words = rows[best], words[best]
    return rows[choose_best(weight * index.guess(vector, rows) + words, max(wanted // READ, least))]
