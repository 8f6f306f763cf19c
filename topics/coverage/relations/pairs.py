"""How surely two short texts say the same, worked out from the pair alone."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import Wording, read_words
from embeddings.words.alignment import match_words
from embeddings.words.facts import find_facts, values
from topics.coverage.likeness.weighing import STEM_LETTERS

# A logistic model of few parts, so that a score can be worked out by hand. Fitted on every
# other pair of the Microsoft Research Paraphrase Corpus (Dolan and Brockett 2005) and, at a
# tenth of the weight, on the STS benchmark (Cer et al. 2017); docs/decisions/copies.md.
INTERCEPT = -3.24
WEIGHTS = (4.23, 8.17, -3.98, -0.54, -0.55, -1.11)


@dataclass(frozen=True, slots=True)
class PairParts:
    """What is measured of two texts, in the order of ``WEIGHTS``.

    Attributes:
        cosine: Of their vectors.
        share: Share of the longer text's words that the two have in common, in order or moved.
        share_of_shorter: The same of the shorter text's words.
        own_words: Logarithm of one more than the words, by their first letters and without
            stop words, that one of them has and the other has not.
        figures_conflict: Whether each states a figure that the other does not.
        negated: Whether one has a negation and the other has none.
    """

    cosine: float
    share: float
    share_of_shorter: float
    own_words: float
    figures_conflict: bool
    negated: bool


def score_pair(a: str, b: str, cosine: float) -> float:
    """Estimate how likely it is that two sentences or short paragraphs say the same.

    It needs no neighbour graph, and puts pairs near a threshold in order.

    Args:
        a: A text.
        b: Another; the order of the two makes no difference.
        cosine: Cosine of their vectors.

    Returns:
        A probability, 0 to 1.
    """
    odds = INTERCEPT
    for weight, part in zip(WEIGHTS, astuple(measure_pair(a, b, cosine)), strict=True):
        odds += weight * part
    return 1 / (1 + math.exp(-odds))


def measure_pair(a: str, b: str, cosine: float) -> PairParts:
    """Measure the parts of the score of two texts."""
    first, second = sorted((read_words(a), read_words(b)), key=lambda one: one.words)
    equal, moved = match_words(first.words, second.words)
    shared = sum(block[1] - block[0] for block in equal + moved)
    shorter, longer = sorted((len(first.words), len(second.words)))
    facts = find_facts(first), find_facts(second)
    figures = [values(found, "figure") for found in facts]
    negations = [bool(values(found, "negation")) for found in facts]
    return PairParts(
        cosine,
        shared / max(longer, 1),
        shared / max(shorter, 1),
        math.log1p(len(_stems(first) ^ _stems(second))),
        bool(figures[0] - figures[1] and figures[1] - figures[0]),
        negations[0] != negations[1],
    )


def _stems(wording: Wording) -> set[str]:
    words = (word.removesuffix("'s") for word in wording.words)
    return {word[:STEM_LETTERS] for word in words if word not in STOP_WORDS}
