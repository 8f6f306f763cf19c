"""Topics taught by a user's yes and no to passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import read_words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# Answers to a topic before it is taught, and of each kind.
LEAST_ANSWERS = 8
LEAST_OF_EACH = 2
# All measured: see docs/decisions/guided.md. Beside the answers the passages that fit best
# and least count as yes and no, all of either together as much as so many answers: what the
# user wrote still counts, less with each answer.
WRITTEN = 3.0
WRITTEN_ROWS = 50
# Inverse strength of the ridge; log odds of the fit before are one feature, in this scale.
RIDGE = 3.0
FIT_SCALE = 0.5
WORDS = 2**14
FOLDS = 5


def is_taught(said: Mapping[Any, bool]) -> bool:
    """Say whether there are answers enough to learn from."""
    yes = sum(said.values())
    return len(said) >= LEAST_ANSWERS and min(yes, len(said) - yes) >= LEAST_OF_EACH


def describe_rows(centred: NDArray[np.float32], texts: Sequence[str]) -> csr_matrix:
    """Return what is learnt from, a row a passage: its vector, and its words by rarity."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    hashed = HashingVectorizer(
        n_features=WORDS, analyzer=lambda text: read_words(text).words, alternate_sign=False
    ).transform(texts)
    words = TfidfTransformer(sublinear_tf=True).fit_transform(hashed)
    return cast("csr_matrix", hstack([csr_matrix(centred), words]).tocsr())


def teach(
    rows: csr_matrix, fits: NDArray[np.float64], said: Mapping[int, bool]
) -> NDArray[np.float64]:
    """Learn from answers how far passages belong to a topic.

    A logistic regression with a ridge, over vectors and words, that leans on the fit before.
    Folds of answers are left out in turn, so that what is returned for a passage that was
    answered has not seen its answer: precision and recall can be estimated from it.

    Args:
        rows: From ``describe_rows``, shape ``(n, features)``.
        fits: How far each belongs, 0 to 1, shape ``(n,)``.
        said: Yes or no by row; ``is_taught`` must hold.

    Returns:
        float64 ``(n,)``, 0 to 1; .5 is where yes becomes likelier than no.
    """
    from scipy.sparse import csr_matrix, hstack

    bounded = np.clip(fits, 1e-4, 1 - 1e-4)
    odds = FIT_SCALE * np.log(bounded / (1 - bounded))
    known = cast("csr_matrix", hstack([rows, csr_matrix(odds[:, None])]).tocsr())
    answered = np.array(sorted(said), np.int64)
    learnt = _fit(known, fits, {row: said[row] for row in answered.tolist()}, np.arange(len(fits)))
    # By kind, then in turn: each fold has its share of yes and of no.
    order = sorted(answered.tolist(), key=lambda row: (said[row], row))
    for fold in range(FOLDS):
        out = order[fold::FOLDS]
        rest = {row: yes for row, yes in said.items() if row not in out}
        if out and len(set(rest.values())) == 2:
            learnt[out] = _fit(known, fits, rest, np.array(out, np.int64))
    return learnt


def hold_back(
    learnt: NDArray[np.float64], fits: NDArray[np.float64], said: Mapping[int, bool]
) -> NDArray[np.float64]:
    """Let a topic take no more passages than the answers say belong to it.

    Twenty passages near a bar tell what to take first, and little of how much: of thousands that
    are somewhat like the topic many are likelier than not, and few of those are right. So it takes
    as many as were right of what it took before, by the answers to those, and those below the bar
    that were answered yes.

    Args:
        learnt: From ``teach``, shape ``(n,)``.
        fits: How far each belonged before, 0 to 1, from .5 on taken.
        said: Yes or no by row.

    Returns:
        float64 ``(n,)``, 0 to 1, in the order of ``learnt``; .5 is where the topic begins to take.
    """
    above = [yes for row, yes in said.items() if fits[row] >= 0.5]
    below = [yes for row, yes in said.items() if fits[row] < 0.5]
    # As if half a yes and half a no had been said before.
    right = (sum(above) + 0.5) / (len(above) + 1)
    belongs = sum(below) + float((fits >= 0.5).sum()) * right
    count = min(max(round(belongs), 1), len(learnt))
    least = max(0.5, float(np.partition(learnt, -count)[-count]))
    odds = learnt * (1.0 - least)
    held: NDArray[np.float64] = odds / (odds + (1.0 - learnt) * least)
    return held


def _fit(
    known: csr_matrix,
    fits: NDArray[np.float64],
    said: Mapping[int, bool],
    wanted: NDArray[np.int64],
) -> NDArray[np.float64]:
    from sklearn.linear_model import LogisticRegression

    order = np.argsort(-fits, kind="stable")
    order = order[~np.isin(order, list(said))]
    best, least = order[:WRITTEN_ROWS], order[WRITTEN_ROWS:][:: max(1, len(order) // WRITTEN_ROWS)]
    least = least[fits[least] < 0.5]
    best = best[fits[best] >= 0.5]
    answered = sorted(said)
    chosen = np.concatenate([np.array(answered, np.int64), best, least])
    yes = np.concatenate(
        [[said[row] for row in answered], np.ones(len(best)), np.zeros(len(least))]
    ).astype(bool)
    weights = np.concatenate(
        [np.ones(len(answered))]
        + [np.full(len(some), WRITTEN / max(len(some), 1)) for some in (best, least)]
    )
    model = LogisticRegression(C=RIDGE, max_iter=500)
    model.fit(known[chosen], yes, sample_weight=weights)
    chances: NDArray[np.float64] = model.predict_proba(known[wanted])[:, 1]
    return chances
