"""Text that is repeated whatever the story: an outlet's own lines, and what many stories have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.held_once import PassageVectors
from topics.coverage.articles.articles import Article, number_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Rows of passages that are one text, in the order of the corpus, and whether it is too short
# for its repetition to mean anything (``CopyGroup``).
Copies = tuple[tuple[int, ...], bool]

# What stands in articles of so many stories is of none of them.
LEAST_STORIES = 3
# An outlet's line stands under so many of its articles that are on different things.
LEAST_ARTICLES = 2
# Likeness of two articles, or of a line and its article, as a share of the likeness that the
# paragraphs of one article have among themselves. Read on paragraphs of ``syria.jsonl``:
# docs/decisions/furniture.md.
APART = 0.9
OFF_SUBJECT = 0.6
# It stands among the first two or last three paragraphs, in half of the articles at least.
_FIRST, _LAST = 2, 3
_EDGE_SHARE = 0.5
# Vectors that are summed at once: an article may have a million lines.
_AT_ONCE = 10_000
# Articles may be of a paragraph or two: so many pairs of paragraphs of the whole corpus count
# beside those of a line's own articles, and beside those of the corpus as many of this mean
# cosine (``syria.jsonl`` with the packaged model has .304).
_PRIOR_PAIRS = 2
_USUAL = 0.3


def find_boilerplate(
    articles: Sequence[Article],
    texts: Sequence[Sequence[int]],
    vectors: NDArray[np.float32] | PassageVectors,
) -> dict[int, int]:
    """Find what one outlet repeats under articles on different things: its page furniture.

    Such a text stands in one outlet alone (a text that another has too was handed on), at
    the edges of its articles, and is on another subject than they are; and they are on
    different subjects. So a sentence of background, which fits its articles, is none; nor is
    what versions of one article have in common. Articles of no known outlet are taken for
    those of one.

    Args:
        articles: Of the corpus.
        texts: Rows of the passages of each wording that several have, whatever its facts: a
            line may bear a date.
        vectors: Unit rows, one a passage, float32 of shape ``(passages, dimension)``.

    Returns:
        For each row of a passage that is furniture, in how many articles it stands.
    """
    if not texts:
        return {}
    likeness = _Likeness(articles, texts, vectors)
    found: dict[int, int] = {}
    for rows in texts:
        holders = likeness.hold(rows)
        outlets = {articles[number].document.source for number in holders}
        if len(outlets) == 1 and len(holders) >= LEAST_ARTICLES and likeness.is_apart(holders):
            found.update(dict.fromkeys(rows, len(holders)))
    return found


def find_recurring(
    articles: Sequence[Article], groups: Sequence[Copies], stories: Sequence[Collection[int]]
) -> frozenset[int]:
    """Find the passages whose text stands in articles of ``LEAST_STORIES`` stories or more.

    Args:
        articles: Of the corpus.
        groups: Copies among its passages.
        stories: Article numbers of each story.

    Returns:
        Rows of passages.
    """
    if len(stories) < LEAST_STORIES:
        return frozenset()
    article_of = {row: number for number, article in enumerate(articles) for row in article.rows}
    story_of = {number: place for place, members in enumerate(stories) for number in members}
    found: set[int] = set()
    for rows, _ in groups:
        told = {story_of.get(article_of.get(row, -1)) for row in rows} - {None}
        if len(told) >= LEAST_STORIES:
            found.update(rows)
    return frozenset(found)


class _Likeness:
    """How alike articles are, and a line and the articles it stands in: mean cosines of pairs.

    What stands word for word in several articles of one outlet says nothing of their
    subjects and is left out.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        texts: Sequence[Sequence[int]],
        vectors: NDArray[np.float32] | PassageVectors,
    ) -> None:
        self._articles, self._vectors = articles, vectors
        # Not sought each time: an article may have tens of thousands of lines.
        self._article_of, self._place_of = number_rows(articles, len(vectors))
        self._repeated = self._find_repeated(texts)
        self._own = [[r for r in one.rows if r not in self._repeated] for one in articles]
        sums, counts = self._add(range(len(articles)), ())
        self._usual = _mean_within(sums, counts, _USUAL)

    def hold(self, rows: Sequence[int]) -> dict[int, list[int]]:
        """Return the rows of a text by the number of their article."""
        holders: dict[int, list[int]] = defaultdict(list)
        numbers = self._article_of[np.fromiter(rows, np.int64)].tolist()
        for row, number in zip(rows, numbers, strict=True):
            if number >= 0:
                holders[number].append(row)
        return holders

    def is_apart(self, holders: Mapping[int, Sequence[int]]) -> bool:
        """Whether a text is apart from its articles, and they from each other."""
        if np.mean([self._is_edge(n, rows) for n, rows in holders.items()]) < _EDGE_SHARE:
            return False
        numbers = sorted(holders)
        sums, counts = self._add(numbers, {row for rows in holders.values() for row in rows})
        told = counts > 0
        if told.sum() < LEAST_ARTICLES:
            return False
        within = _mean_within(sums[told], counts[told], self._usual)
        means = sums[told] / counts[told, None]
        lines = self._vectors[[holders[n][0] for n in np.array(numbers)[told].tolist()]]
        inside = float(np.einsum("nd,nd->n", lines, means, dtype=np.float64).mean())
        number = len(means)
        whole, single = means.sum(axis=0), float(np.square(means).sum())
        across = (float(whole @ whole) - single) / (number * (number - 1))
        return inside < OFF_SUBJECT * within and across < APART * within

    def _add(
        self, numbers: Sequence[int], left_out: Collection[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the sum of the vectors of articles' own paragraphs, and how many there are."""
        sums = np.zeros((len(numbers), self._vectors[[0]].shape[1]))
        counts = np.zeros(len(numbers), np.int64)
        for place, number in enumerate(numbers):
            rows = [row for row in self._own[number] if row not in left_out]
            for start in range(0, len(rows), _AT_ONCE):
                some = self._vectors[rows[start : start + _AT_ONCE]]
                sums[place] += some.sum(axis=0, dtype=np.float64)
            counts[place] = len(rows)
        return sums, counts

    def _is_edge(self, number: int, rows: Sequence[int]) -> bool:
        """Whether a text stands at the beginning or the end of an article."""
        length = len(self._articles[number].rows)
        first, last = self._place_of[[rows[0], rows[-1]]].tolist()
        return bool(first < _FIRST or last >= length - _LAST)

    def _find_repeated(self, texts: Sequence[Sequence[int]]) -> set[int]:
        repeated: set[int] = set()
        spans = lru_cache(None)(lambda number: self._articles[number].spans)
        for holders in map(self.hold, texts):
            places: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
            for number, held in holders.items() if len(holders) > 1 else ():
                article = self._articles[number]
                for row in held:
                    start, end = spans(number)[self._place_of[row]]
                    key = (article.document.source, article.body[start:end])
                    places[key].append((number, row))
            for found in places.values():
                if len({number for number, _ in found}) > 1:
                    repeated.update(row for _, row in found)
        return repeated


def _mean_within(sums: NDArray[np.float64], counts: NDArray[np.int64], usual: float) -> float:
    """Return the mean cosine of two paragraphs of one article, over articles."""
    pairs = int((counts * (counts - 1)).sum())
    total = float(np.square(sums).sum()) - float(counts.sum())
    return (total + _PRIOR_PAIRS * usual) / (pairs + _PRIOR_PAIRS)
