"""Topics joined to larger ones: fragments, halves of one subject, and steps to a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topics.discovery.condensing import Groups, compact, first_rows

Labels = NDArray[np.int64]
Floats = NDArray[np.float64]

# Topics are one subject when their centres are so alike (0 the usual pair, 1 the same),
# so much more alike than either is to a third, linked by so much of what chance gives,
# and so close beside their spread. Measured in ``docs/decisions/topics.md``.
LIKENESS = 0.43
CLEAR = 0.17
LEAST_LINK = 0.15
MOST_DISTANCE = 0.55
# A satellite is below so large a share of the topic that it is most like, and so alike to
# and linked with it.
SATELLITE_SHARE = 0.1
SATELLITE_LIKENESS = 0.25
SATELLITE_LINK = 0.2


def merge_fragments(topics: Groups, least: int, homes: Labels | None = None) -> Labels:
    """Join topics below ``least`` rows to their nearest, until there are none.

    The nearest is the one with the greatest edge weight to it, else (no edge leads out)
    the one with the most alike centre.

    Args:
        topics: Topics, fragments among them.
        least: Rows a topic needs.
        homes: int64 ``(topics.count,)``: topics of two homes are never joined, and are
            not linked either. By default all have one home.

    Returns:
        int64 ``(topics.count,)``: where each topic goes.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    where = np.arange(topics.count, dtype=np.int64)
    homes = np.zeros_like(where) if homes is None else homes
    while True:
        small = np.flatnonzero((topics.sizes < least) & (np.bincount(homes)[homes] > 1))
        if not len(small):
            return where
        pull = topics.links[small].toarray()
        pull[np.arange(len(small)), small] = 0.0
        lone = ~pull.any(axis=1)
        pull[lone] = _alike(topics, small[lone], homes)
        into = pull.argmax(axis=1)
        joined = coo_array((np.ones(len(small)), (small, into)), shape=(topics.count,) * 2)
        labels = connected_components(joined, directed=False)[1].astype(np.int64)
        homes = homes[first_rows(labels)]
        where, topics = labels[where], topics.merge(labels)


def _alike(topics: Groups, some: NDArray[np.intp], homes: Labels) -> Floats:
    """Return cosines of some centres with all others of their home."""
    centres = _directions(topics.sums)
    cosines: Floats = np.round(np.einsum("id,jd->ij", centres[some], centres), 9)
    cosines[homes[some][:, None] != homes] = -np.inf
    cosines[np.arange(len(some)), some] = -np.inf
    return cosines


def join_alike(topics: Groups) -> Labels:
    """Join satellites to the large topic they belong to, then halves of one subject.

    Modularity parts a large subject whose halves share few nearest neighbours (ball games
    and athletics); their centres, seen from the middle of the corpus, still point one
    way. Pairs are joined the most alike first, and a join counts when what it makes
    stands clear of all other topics: neighbours in a row of alike events (one uprising
    after the other) do not.

    Returns:
        int64 ``(topics.count,)``: where each topic goes.
    """
    near = _join_satellites(topics)
    topics = topics.merge(near)
    middle = topics.sums.sum(axis=0) / topics.sizes.sum()
    kept = np.arange(topics.count, dtype=np.int64)
    where = kept.copy()
    while topics.count > 2:
        likeness, distances, links = compare_centres(topics, middle)
        allowed = (links > LEAST_LINK) & (distances < MOST_DISTANCE)
        best = np.where(allowed, likeness, -np.inf)
        one, other = sorted(divmod(int(best.argmax()), topics.count))
        height = best[one, other]
        if height < LIKENESS:
            break
        pair = np.array([one, other])
        others = np.delete(np.arange(topics.count), pair)
        if height - likeness[np.ix_(pair, others)].max() >= CLEAR:
            members = np.flatnonzero(np.isin(where, pair))
            kept[members] = members[0]
        joined = follow_steps([(one, other)], topics.count)
        where, topics = joined[where], topics.merge(joined)
    return compact(kept)[near]


def _join_satellites(topics: Groups) -> Labels:
    middle = topics.sums.sum(axis=0) / topics.sizes.sum()
    where = np.arange(topics.count, dtype=np.int64)
    while topics.count > 2:
        likeness, _, links = compare_centres(topics, middle)
        satellite = (
            (topics.sizes[:, None] < SATELLITE_SHARE * topics.sizes)
            & (links > SATELLITE_LINK)
            & (likeness > SATELLITE_LIKENESS)
            & (likeness >= likeness.max(axis=1, keepdims=True))
        )
        if not satellite.any():
            break
        best = np.where(satellite, likeness, -np.inf)
        one, other = sorted(divmod(int(best.argmax()), topics.count))
        joined = follow_steps([(one, other)], topics.count)
        where, topics = joined[where], topics.merge(joined)
    return where


def compare_centres(topics: Groups, middle: Floats) -> tuple[Floats, Floats, Floats]:
    """Compare all pairs of topics; ``middle`` is the mean of all rows.

    A mean of few rows strays by its variance over their number, which is taken off
    lengths and distances.

    Returns:
        Three arrays, float64 ``(topics.count, topics.count)``: likeness, the cosine of two
        centres seen from the middle, on a scale where the usual pair has 0 and a topic with
        itself 1 (but minus infinity here); the squared distance of centres in units of the
        mean variance inside; the edge weight between, in units of what chance gives.
    """
    means = topics.sums / topics.sizes[:, None]
    squares = np.square(means).sum(axis=1)
    within = np.maximum(1.0 - squares, 1e-9) * topics.sizes / np.maximum(topics.sizes - 1, 1)
    stray = within / topics.sizes
    away = means - middle
    lengths = np.square(away).sum(axis=1)
    away /= np.sqrt(np.maximum(lengths - stray, 0.25 * lengths) + 1e-12)[:, None]
    # einsum, not a matrix product, whose last bits hang on the number of threads.
    cosines = np.einsum("id,jd->ij", away, away)
    distances = squares[:, None] + squares - 2 * np.einsum("id,jd->ij", means, means)
    distances = 2 * (distances - stray[:, None] - stray) / (within[:, None] + within)
    count = len(means)
    np.fill_diagonal(cosines, 1.0)
    usual = (cosines.sum() - count) / max(count * (count - 1), 1)
    likeness = np.round((cosines - usual) / max(1 - usual, 1e-9), 9)
    np.fill_diagonal(likeness, -np.inf)
    links = topics.links.toarray()
    weight = links.sum(axis=1)
    links = links * weight.sum() / np.maximum(np.outer(weight, weight), 1e-300)
    return likeness, distances, links


def join_steps(topics: Groups, homes: Labels, count: int) -> tuple[list[tuple[int, int]], Floats]:
    """Join pairs of one home, greatest affinity first, down to ``count`` topics.

    Affinity is the link, in units of what chance gives, times ``exp(2 cosine)`` of the
    centres seen from the corpus mean: what the graph and the vectors say.

    Args:
        topics: At most some thousand: time and memory are quadratic in them.
        homes: int64 ``(topics.count,)``; pairs of two homes are never joined, and a topic
            of a negative home never.
        count: Topics wanted; more are left where homes do not allow it.

    Returns:
        The pairs joined (the first number stands for both from then on), and the link of
        each, float64.
    """
    links, sums, sizes = topics.links.toarray(), topics.sums.copy(), topics.sizes.copy()
    middle = sums.sum(axis=0) / sizes.sum()
    weight = links.sum(axis=1)
    total = max(float(weight.sum()), 1e-300)
    away = _directions(sums / sizes[:, None] - middle)
    alive = homes >= 0
    apart = (homes[:, None] != homes) | ~alive[:, None] | ~alive
    near = affinity(links * total, np.outer(weight, weight), away @ away.T)
    near[apart] = -np.inf
    np.fill_diagonal(near, -np.inf)
    best = near.argmax(axis=1)
    height = near[np.arange(len(best)), best]
    steps, strengths = [], []
    left = topics.count
    while left > count and len(height):
        one = int(height.argmax())
        if not np.isfinite(height[one]):
            break
        one, other = sorted((one, int(best[one])))
        strengths.append(links[one, other] * total / max(weight[one] * weight[other], 1e-300))
        steps.append((one, other))
        for array in (links, links.T, sums, sizes, weight):
            array[one] += array[other]
        alive[other] = False
        left -= 1
        away[one] = _directions(sums[[one]] / sizes[one] - middle)[0]
        row = affinity(links[one] * total, weight[one] * weight, away @ away[one])
        row[apart[one] | ~alive] = -np.inf
        row[one] = -np.inf
        near[one] = near[:, one] = row
        near[other] = near[:, other] = -np.inf
        # Rows whose best was one of the two look again; others only see the new one.
        stale = np.flatnonzero((best == one) | (best == other) | (row > height))
        stale = np.append(stale, [one, other])
        best[stale] = near[stale].argmax(axis=1)
        height[stale] = near[stale, best[stale]]
    return steps, np.array(strengths)


def follow_steps(steps: list[tuple[int, int]], count: int) -> Labels:
    """Return where each of ``count`` topics is after ``steps``, without gaps."""
    labels = np.arange(count, dtype=np.int64)
    for one, other in steps:
        labels[labels == other] = one
    return compact(labels)


def affinity(links: Floats, product: Floats, cosines: Floats) -> Floats:
    """Weigh links by cosines; pairs without a link still rank by cosine.

    Args:
        links: Edge weight of each pair, times that of the whole graph.
        product: Product of the two topics' edge weights.
        cosines: Of the two centres, seen from the corpus mean.
    """
    result: Floats = (links / np.maximum(product, 1e-300) + 1e-6) * np.exp(2 * cosines)
    return np.round(result, 12)


def centre_directions(topics: Groups) -> Floats:
    """Return unit vectors from the corpus mean to each centre, ``(topics.count, d)``."""
    middle = topics.sums.sum(axis=0) / topics.sizes.sum()
    return _directions(topics.sums / topics.sizes[:, None] - middle)


def _directions(away: Floats) -> Floats:
    """Scale rows to unit length."""
    result: Floats = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-12)
    return result
