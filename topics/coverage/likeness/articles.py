"""How likely two articles report one event: vectors, words, headlines, facts and dates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.text.stopwords import ENGLISH
from embeddings.text.wording import WordedTexts
from embeddings.vectors.neighbours import NeighbourGraph
from topics.coverage.articles.articles import LEAD_CHARACTERS, Article
from topics.coverage.likeness.facts import Facts, conflict
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
    # Set by hand, see there.
    recurring=-0.6,
    # Ten of the neighbours from the 20th to the 60th: most stories have fewer reports.
    typical=slice(20, 60, 4),
    median_cosine=0.372,
    least_cosine=0.283,
    median_words=0.057,
    least_words=0.029,
    # As far as corpora on one subject lie above the median; see there.
    spread_cosine=0.18,
    spread_words=0.08,
)
# Words that stand for a missing headline.
_HEADLINE_WORDS = 15
NEIGHBOURS = 60
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
        likeness = Likeness(
            WEIGHTS,
            self._cosines(first, second),
            multiply_rows(stems, stems, first, second),
            cosines[pairs].mean(axis=1),
            words[pairs].mean(axis=1),
            (there + back) / 2,
            conflict(self._facts.figures, first, second),
            conflict(self._facts.dates, first, second),
            self._facts.recur(first, second),
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
    def timeless(self) -> NDArray[np.bool_]:
        """Which nodes name no weekday, as comment does: of English ones, whose names are read."""
        named = np.diff(self._facts.weekdays.indptr) > 0
        english = [one in ENGLISH for one in self.languages] or [True] * len(named)
        timeless: NDArray[np.bool_] = ~named & np.array(english, bool)
        return timeless

    @cached_property
    def _stems(self) -> tuple[Any, Any, Any]:
        return weigh_stems(self.texts, self.languages)

    @cached_property
    def _facts(self) -> Facts:
        return Facts(self.texts)

    @cached_property
    def _typical(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return measure_typical(self._stems[0], self.graph, WEIGHTS)


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
