"""Topics set against what else the corpus speaks of, where all of it is on one subject."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import unit_rows
from topics.discovery.condensing import membership
from topics.guiding.likeness import Surroundings

# All measured: see docs/decisions/guided.md.
# A topic is known by the surest of the passages that it is the best topic for.
SUREST_SHARE = 0.02
LEAST_SUREST = 10
# What words count for beside vectors.
WORDS = 0.3


def sharpen(
    around: Surroundings, scores: NDArray[np.float64], words: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Score passages by what sets a topic apart from its rivals, as far as that is needed.

    In a corpus on one war a line on "weapons transfers" is somewhat like all that is said of
    weapons. Its surest passages are compared with the communities that discovery finds: a
    passage counts by how much nearer it is to the surest than to the nearest community, and
    by the words of the topic that it has itself and that its neighbours have.

    Args:
        around: The passages amid what surrounds them; ``around.crowded`` says how far.
        scores: Shape ``(n, columns)``, from ``around.score``.
        words: The same shape, from ``topics.guiding.words.match_words``, or ``None``.

    Returns:
        Of the same shape and scale; ``scores`` where the corpus is on many subjects.
    """
    if not around.crowded:
        return scores
    deviation = float(scores.std())
    total = bring(scores, deviation) + bring(_margins(around, scores), deviation)
    if words is not None:
        total += WORDS * bring(around.spread(words), deviation)
        # What a passage itself says tells an arms delivery from talk of arms around it.
        total += WORDS * bring(words, deviation)
    sharp: NDArray[np.float64] = (1.0 - around.crowded) * scores + around.crowded * total
    return sharp


def find_surest(scores: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Return of each column the rows that it is the best for and that score highest."""
    best = scores.argmax(axis=1)
    surest = []
    for column in range(scores.shape[1]):
        mine = np.flatnonzero(best == column)
        count = max(LEAST_SUREST, round(SUREST_SHARE * len(mine)))
        surest.append(mine[np.argsort(-scores[mine, column], kind="stable")[:count]])
    return surest


def bring(values: NDArray[np.float64], deviation: float) -> NDArray[np.float64]:
    """Centre the columns of values, and bring all to one standard deviation."""
    centred = values - values.mean(axis=0)
    brought: NDArray[np.float64] = centred * (deviation / max(float(centred.std()), 1e-12))
    return brought


def _margins(around: Surroundings, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosine with a topic's surest passages less that with the nearest community."""
    members = membership(around.communities[0])
    margins = np.zeros_like(scores)
    for column, sure in enumerate(find_surest(scores)):
        if not len(sure):
            continue
        middle = unit_rows(around.centred[sure].mean(axis=0, keepdims=True))[0]
        others = around.centred.copy()
        others[sure] = 0.0
        rivals = unit_rows(np.asarray(members @ others, np.float32))
        margins[:, column] = around.centred @ middle - (around.centred @ rivals.T).max(axis=1)
    return margins
