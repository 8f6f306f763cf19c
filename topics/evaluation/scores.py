"""How well topics agree with labels given by hand: scores over rows, none left out unsaid.

A row without a topic is a cluster of one: it agrees with nothing, so that leaving hard
rows out buys no score. A row without a label cannot be judged, and is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class Scores:
    """Agreement of topics with labels. Logarithms are natural; they cancel in the shares.

    Attributes:
        rows: Rows given, ``labelled + unlabelled``.
        labelled: Rows with a label; all scores are over these.
        unlabelled: Rows without a label, which no score sees.
        placed: Labelled rows that have a topic; the others count as clusters of one.
        share_placed: ``placed / labelled``.
        labels: Distinct labels.
        topics: Distinct topics of labelled rows.
        count_error: ``topics - labels``.
        count_ratio: ``topics / labels``.
        ari: Adjusted Rand index (Hubert and Arabie, 1985): pairs of rows that are together
            or apart in both, chance taken off; 0 by chance, 1 the same, may be negative.
        ami: Mutual information adjusted for chance, over the mean of the entropies (Vinh,
            Epps and Bailey, 2010); 0 by chance, 1 the same, may be negative.
        nmi: Mutual information over the mean of the entropies, 0 to 1. It rises with the
            number of clusters, rows without a topic included; ``ami`` does not.
        homogeneity: 1 where each topic holds rows of one label (Rosenberg and Hirschberg,
            2007), 0 to 1.
        completeness: 1 where each label's rows are in one topic, 0 to 1.
        v_measure: Harmonic mean of the two; equal to ``nmi``, and given by its own name.
        bcubed_precision: For a row, the share of its topic that has its label, itself
            included; the mean over rows (Bagga and Baldwin, 1998; Amigo et al., 2009).
        bcubed_recall: For a row, the share of its label that is in its topic; the mean.
        bcubed_f: Harmonic mean of the two means.
    """

    rows: int
    labelled: int
    unlabelled: int
    placed: int
    share_placed: float
    labels: int
    topics: int
    count_error: int
    count_ratio: float
    ari: float
    ami: float
    nmi: float
    homogeneity: float
    completeness: float
    v_measure: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f: float


def score(labels_true: ArrayLike, labels_pred: ArrayLike) -> Scores:
    """Compare topics with labels.

    Args:
        labels_true: Label of each row, shape ``(n,)``: integers or text. A negative number,
            NaN, ``None`` or ``""`` is no label: the row is not scored, but counted.
        labels_pred: Topic of each row, the same way: -1 is not placed.

    Raises:
        ValueError: The lengths differ, or no row has a label.
    """
    from sklearn.metrics import (
        adjusted_rand_score,
        homogeneity_completeness_v_measure,
        normalized_mutual_info_score,
    )

    truth, found = encode_labels(labels_true), encode_labels(labels_pred)
    if len(truth) != len(found):
        raise ValueError(
            f"{len(truth)} labels and {len(found)} topics were given; one of each a row."
        )
    scored = truth >= 0
    if not scored.any():
        raise ValueError("No row has a label; give one that is neither negative nor empty.")
    truth, found = encode_labels(truth[scored]), encode_labels(found[scored])
    placed = int((found >= 0).sum())
    labels, topics = int(truth.max()) + 1, int(found.max(initial=-1)) + 1
    clusters = isolate(found)
    homogeneity, completeness, v_measure = homogeneity_completeness_v_measure(truth, clusters)
    precision, recall, f_measure = bcubed(truth, clusters)
    return Scores(
        rows=len(scored),
        labelled=len(truth),
        unlabelled=len(scored) - len(truth),
        placed=placed,
        share_placed=placed / len(truth),
        labels=labels,
        topics=topics,
        count_error=topics - labels,
        count_ratio=topics / labels,
        ari=float(adjusted_rand_score(truth, clusters)),
        ami=adjusted_mutual_information(truth, clusters),
        nmi=float(normalized_mutual_info_score(truth, clusters)),
        homogeneity=float(homogeneity),
        completeness=float(completeness),
        v_measure=float(v_measure),
        bcubed_precision=precision,
        bcubed_recall=recall,
        bcubed_f=f_measure,
    )


def encode_labels(labels: ArrayLike) -> NDArray[np.int64]:
    """Number labels 0, 1, ... in their sorted order; -1 where there is none.

    Args:
        labels: Shape ``(n,)``. Negative numbers, NaN, ``None`` and ``""`` are none.

    Raises:
        ValueError: They are not of shape ``(n,)``.
    """
    given: NDArray[Any] = np.asarray(labels)
    if given.ndim != 1:
        raise ValueError(f"Labels have the shape {given.shape}; give one a row, shape (n,).")
    known: list[Any] = [None if _is_none(label) else label for label in given.tolist()]
    if given.dtype.kind == "O":
        known = [None if label is None else str(label) for label in known]
    in_order = sorted(set(known) - {None})
    numbers = {None: -1} | {label: number for number, label in enumerate(in_order)}
    return np.array([numbers[label] for label in known], np.int64)


def _is_none(label: Any) -> bool:
    if isinstance(label, Real):
        return not label >= 0  # type: ignore[operator]  # NaN is not
    return label in (None, "", b"")


def isolate(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each row of -1 a number of its own, above those there are; int64 ``(n,)``."""
    alone = codes < 0
    numbers = codes.copy()
    numbers[alone] = int(codes.max(initial=-1)) + 1 + np.arange(int(alone.sum()))
    return numbers


def contingency(truth: NDArray[np.int64], found: NDArray[np.int64]) -> csr_array:
    """Count rows by label and topic, sparse int64 of shape ``(labels, topics)``.

    Args:
        truth: Numbers 0 and up, shape ``(n,)``.
        found: The same.
    """
    from scipy.sparse import coo_array

    shape = (int(truth.max(initial=-1)) + 1, int(found.max(initial=-1)) + 1)
    table = coo_array((np.ones(len(truth), np.int64), (truth, found)), shape=shape)
    return table.tocsr()  # adds up what stands in one cell


def bcubed(truth: NDArray[np.int64], found: NDArray[np.int64]) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and the harmonic mean of the two.

    A cell of ``m`` rows in a topic of ``t`` gives each of them the precision ``m / t``, and
    so ``m * m / t`` to the sum: one pass over the cells, no pairs.

    Args:
        truth: Numbers 0 and up, shape ``(n,)``, ``n > 0``.
        found: The same.
    """
    cells = contingency(truth, found).tocoo()
    squares = cells.data.astype(np.float64) ** 2
    by_label = np.bincount(truth)[cells.coords[0]]
    by_topic = np.bincount(found)[cells.coords[1]]
    precision = float((squares / by_topic).sum() / len(truth))
    recall = float((squares / by_label).sum() / len(truth))
    return precision, recall, 2 * precision * recall / (precision + recall)


def adjusted_mutual_information(truth: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """Return mutual information adjusted for chance, over the mean of the entropies.

    The value of scikit-learn's ``adjusted_mutual_info_score``, in time that does not grow
    with labels times topics: many rows without a topic are as many topics.

    Args:
        truth: Numbers 0 and up without a gap, shape ``(n,)``, ``n > 0``.
        found: The same.
    """
    from sklearn.metrics import mutual_info_score

    table = contingency(truth, found)
    if table.nnz == table.shape[0] == table.shape[1]:
        return 1.0  # the same partition; both sides of the quotient may be 0
    if 1 in table.shape or len(truth) in table.shape:
        return 0.0  # one cluster, or single rows only: chance does as well
    by_label, by_topic = np.bincount(truth), np.bincount(found)
    entropy = (_entropy(by_label) + _entropy(by_topic)) / 2
    information = float(mutual_info_score(None, None, contingency=table))
    expected = expected_mutual_information(by_label, by_topic)
    return (information - expected) / (entropy - expected)


def _entropy(sizes: NDArray[np.int64]) -> float:
    shares = sizes / sizes.sum()
    return float(-(shares * np.log(shares)).sum())


def expected_mutual_information(by_label: NDArray[np.int64], by_topic: NDArray[np.int64]) -> float:
    """Return the mean mutual information of random tables with these sums (Vinh et al., 2010).

    It depends on the sizes alone, and of ``n`` rows at most ``sqrt(2 n)`` sizes differ, so
    each pair of sizes is worked out once.

    Args:
        by_label: Rows of each label, all above 0.
        by_topic: Rows of each topic, all above 0; the same sum.
    """
    from scipy.special import gammaln

    rows = int(by_label.sum())
    log_factorial = gammaln(np.arange(rows + 1) + 1.0)
    sizes, times = np.unique(by_topic, return_counts=True)
    expected = 0.0
    for a, a_times in zip(*np.unique(by_label, return_counts=True), strict=True):
        for b, b_times in zip(sizes, times, strict=True):
            both = np.arange(max(1, a + b - rows), min(a, b) + 1)
            # Hypergeometric: chance that a label of a rows and a topic of b share so many.
            log_chance = (
                log_factorial[a]
                + log_factorial[b]
                + log_factorial[rows - a]
                + log_factorial[rows - b]
                - log_factorial[rows]
                - log_factorial[both]
                - log_factorial[a - both]
                - log_factorial[b - both]
                - log_factorial[rows - a - b + both]
            )
            gain = both / rows * (np.log(rows) + np.log(both) - np.log(a) - np.log(b))
            expected += float(a_times * b_times * (gain * np.exp(log_chance)).sum())
    return expected
