"""How likely two articles report one event: vectors, words, headlines, facts and dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import WordedTexts
from embeddings.vectors.neighbours import NeighbourGraph
from topics.coverage.articles.articles import Article
from topics.coverage.likeness.weighing import (
    Likeness,
    Weights,
    count_stems,
    find_blind,
    leave_to_words,
    measure_typical,
    multiply_rows,
    scale_rows,
    weigh_words,
)

# A logistic model of few parts. It gives the odds of one event for two articles of which each
# is the nearest to the other; fitted on headlines and leads of three outlets a story
# (`python -m benchmarks.stories fit`). docs/decisions/stories.md has data, fit and checks.
WEIGHTS = Weights(
    intercept=-0.35,
    cosines=5.33,
    words=4.36,
    headlines=2.02,
    typical_cosines=-3.18,
    typical_words=-21.27,
    figures=-0.41,
    dates=-0.74,
    # Ten of the neighbours from the 20th to the 60th: most stories have fewer reports.
    typical=slice(20, 60, 4),
    median_cosine=0.372,
    least_cosine=0.283,
    median_words=0.057,
    least_words=0.029,
)
# Of the pairs of articles of one story, the share published on one day, and what is left of
# it with each day more; not fitted, see there.
_SAME_DAY, _DAY_LATER = 0.55, 0.45
# Pairs of known days that weigh as much as having none.
_UNDATED = 50.0
# The fitted weights are half of those that tell apart all pairs, so dates count half too.
_DATES = 0.5

# What a story is read from: its headline and about its first 200 words.
LEAD_CHARACTERS = 1200
# Words that stand for a missing headline.
_HEADLINE_WORDS = 15
NEIGHBOURS = 60
# Figures and dates, each word by itself: only whether two texts have one in common is asked.
# "May" and "march" are left out, being verbs, too.
_FIGURE = re.compile(r"(\d+(?:[.:]\d+)*)(?:st|nd|rd|th|s|m|bn)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER_WORDS = """
    two three four five six seven eight nine ten eleven twelve
"""
_NUMBERS = {word: value for value, word in enumerate(_NUMBER_WORDS.split(), start=2)}
_CALENDAR_WORDS = """
    january february april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
"""
_CALENDAR = frozenset(_CALENDAR_WORDS.split())
# Pairs compared at once, about 1 kB each.
_AT_ONCE = 50_000


def story_text(article: Article) -> str:
    """Return what an article is grouped by: its headline and its beginning.

    A body that begins with the headline has it once.
    """
    title, body = article.document.title.strip(), article.body.strip()
    if title and body.startswith(title):
        body = body[len(title) :].lstrip()
    if len(body) > LEAD_CHARACTERS:
        body = body[:LEAD_CHARACTERS].rsplit(None, 1)[0]
    return f"{title}\n{body}".strip()


def headline(article: Article) -> str:
    """Return the title, or the first words of an article that has none."""
    title = article.document.title.strip()
    return title or " ".join(article.body.split(None, _HEADLINE_WORDS)[:_HEADLINE_WORDS])


@dataclass(frozen=True)
class Affinity:
    """Measures pairs of texts against each other.

    Attributes:
        texts: The text of each of ``n`` nodes (``story_text``), then their ``n`` headlines.
        vectors: float32 of shape ``(n, d)``, unit rows.
        graph: ``NEIGHBOURS`` neighbours of each.
        languages: Of each node; by default all are English.
        unread: Those that the model does not read.
    """

    texts: WordedTexts
    vectors: NDArray[np.float32]
    graph: NeighbourGraph
    languages: Sequence[str] = ()
    unread: Collection[str] = ()

    def measure(self, pairs: NDArray[np.int64]) -> Likeness:
        """Compare pairs of nodes; int64 of shape ``(m, 2)``."""
        first, second = pairs[:, 0], pairs[:, 1]
        stems, titles, present = self._stems
        there = multiply_rows(titles, present, first, second)
        back = multiply_rows(titles, present, second, first)
        cosines, words = self._typical
        figures, dates = (_conflict(facts, first, second) for facts in self._facts)
        likeness = Likeness(
            WEIGHTS,
            self._cosines(first, second),
            multiply_rows(stems, stems, first, second),
            cosines[pairs].mean(axis=1),
            words[pairs].mean(axis=1),
            (there + back) / 2,
            figures,
            dates,
        )
        if not self.unread:
            return likeness
        return leave_to_words(likeness, find_blind(self.languages, self.unread, pairs))

    def _cosines(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
        cosines = np.empty(len(first))
        for start in range(0, len(first), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            cosines[part] = np.einsum(
                "ij,ij->i", self.vectors[first[part]], self.vectors[second[part]]
            )
        return cosines

    @cached_property
    def _stems(self) -> tuple[Any, Any, Any]:
        return weigh_stems(self.texts, self.languages)

    @cached_property
    def _facts(self) -> tuple[Any, Any]:
        return mark_facts(self.texts)

    @cached_property
    def _typical(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return measure_typical(self._stems[0], self.graph, WEIGHTS)


def weigh_days(gaps: NDArray[np.int64], most: int) -> NDArray[np.float64]:
    """Return the log odds that each number of days between two publications adds.

    How much more often reports of one event lie so far apart than likely partners in this
    corpus do (likelihood ratio): a common day says much where articles are of seven years,
    and nothing where all are of one day.

    Args:
        gaps: int64 of shape ``(m,)``: days between the likely partners whose day is known.
        most: Most days of interest.

    Returns:
        float64 of shape ``(most + 1,)``.
    """
    expected = _SAME_DAY * _DAY_LATER ** np.arange(most + 1)
    seen = np.bincount(gaps[gaps <= most], minlength=most + 1)
    share = (seen + _UNDATED * expected) / (len(gaps) + _UNDATED)
    odds: NDArray[np.float64] = _DATES * np.log(expected / share)
    return odds


def weigh_stems(texts: WordedTexts, languages: Sequence[str] = ()) -> tuple[Any, Any, Any]:
    """Weigh the words of texts and of their headlines by their rarity in the texts.

    Args:
        texts: ``n`` texts, then their ``n`` headlines.
        languages: Of the ``n``; by default all are English.

    Returns:
        Three sparse matrices ``(n, stems)``: the texts' vectors, see ``weigh_words``; the
        headlines' rarities, each row of sum 1; and 1 where a text has the stem.
    """
    counts = count_stems(texts, [*languages, *languages])
    count = len(texts) // 2
    present, titles = counts[:count], counts[count:]
    vectors, rarity = weigh_words(present)
    present.data = np.ones_like(present.data)
    titles.data = rarity[titles.indices]
    return vectors, scale_rows(titles, np.asarray(titles.sum(axis=1)).ravel()), present


def mark_facts(texts: WordedTexts) -> tuple[Any, Any]:
    """Mark the figures and the dates of texts.

    Args:
        texts: ``n`` texts, then their ``n`` headlines, which are not looked at.

    Returns:
        Two sparse matrices with a row for each text, 1 where it has a figure or a date.
    """
    from scipy import sparse

    count = len(texts) // 2
    words = texts.vocabulary.words()
    figures, dates = [_read_figure(word) for word in words], [_read_date(word) for word in words]
    owners = np.repeat(np.arange(count), texts.lengths[:count])
    numbers = texts.numbers[: len(owners)]
    found = []
    for values in (figures, dates):
        place = {value: number for number, value in enumerate(sorted(set(values) - {""}))}
        of_word = np.array([place.get(value, -1) for value in values], dtype=np.int64)
        columns = of_word[numbers]
        kept = columns >= 0
        ones = (np.ones(int(kept.sum())), (owners[kept], columns[kept]))
        matrix = sparse.csr_matrix(ones, shape=(count, max(len(place), 1)))
        matrix.sum_duplicates()
        matrix.data = np.ones_like(matrix.data)
        found.append(matrix)
    return found[0], found[1]


def _read_figure(word: str) -> str:
    """Return the figure that a folded word is, or ``""``."""
    match = _FIGURE.fullmatch(word)
    if match is None or _YEAR.fullmatch(word):
        return str(_NUMBERS.get(word, ""))
    return match[1]


def _read_date(word: str) -> str:
    """Return the year, month or weekday that a folded word is, or ``""``."""
    return word if word in _CALENDAR or _YEAR.fullmatch(word) else ""


def _conflict(
    facts: Any, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return 1 for the pairs of which both have facts, and none in common."""
    has = np.diff(facts.indptr) > 0
    apart = has[first] & has[second] & (multiply_rows(facts, facts, first, second) == 0)
    marked: NDArray[np.float64] = apart.astype(np.float64)
    return marked
