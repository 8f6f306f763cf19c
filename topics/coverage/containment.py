"""Paragraphs that stand inside longer ones, found by rare runs of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from embeddings.alignment import Block, Change, compare, match_words
from embeddings.wording import WordedTexts, read_words

# Of a text of 12 words or more with a tenth of them changed, some run of six is whole:
# m changes leave m + 1 runs of .9 L words together, and .9 L / (.1 L + 1) > 5 from there on.
RUN_WORDS = 6
# A run of words that stands in more texts than this is a phrase, and no trace of reuse.
COMMON_RUN = 64
# Least share of the shorter text's rare runs that a candidate must have.
_LEAST_RUNS = 0.1


@dataclass(frozen=True, slots=True)
class Containment:
    """Where a shorter text stands in a longer one. Offsets count characters of the bodies.

    Attributes:
        share_contained: Share of the shorter text's words that stand there in order.
        share_container: Share of the longer text's words that they make up.
        start: Offset in the longer body where the stretch begins.
        end: Offset after it.
        spans: What agrees: start and end in the longer body, start and end in the shorter.
        changes: How the stretch differs from the shorter text, which is ``before``.
    """

    share_contained: float
    share_container: float
    start: int
    end: int
    spans: tuple[Block, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class ContainmentCandidates:
    """Pairs of texts with rare runs of words in common.

    Attributes:
        pairs: int64 of shape ``(m, 2)``: the longer text, the shorter one.
        shifts: int64 of shape ``(m,)``: where the shorter text would begin in the longer
            one, in words: the median over the runs they share.
        common_runs: Runs that stand in more than ``COMMON_RUN`` texts, and were passed over.
    """

    pairs: NDArray[np.int64]
    shifts: NDArray[np.int64]
    common_runs: int


def find_candidates(texts: WordedTexts, least_words: int) -> ContainmentCandidates:
    """Find pairs of distinct texts that share rare runs of ``RUN_WORDS`` words."""
    hashes, offsets = texts.shingles(RUN_WORDS)
    owners = np.repeat(np.arange(len(texts)), np.diff(offsets))
    places = np.arange(len(hashes)) - offsets[owners]
    kept = texts.lengths[owners] >= least_words
    hashes, owners, places = hashes[kept], owners[kept], places[kept]
    order = np.lexsort((places, owners, hashes))
    hashes, owners, places = hashes[order], owners[order], places[order]
    first = np.ones(len(hashes), bool)
    first[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    hashes, owners, places = hashes[first], owners[first], places[first]
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)])
    sizes = np.diff(np.append(starts, len(hashes)))
    rare = np.bincount(owners[np.repeat(sizes <= COMMON_RUN, sizes)], minlength=len(texts))
    keys, shifts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= COMMON_RUN)]).tolist():
        rows = starts[sizes == size][:, None] + np.arange(size)
        left, right = np.triu_indices(size, 1)
        a, b = rows[:, left].ravel(), rows[:, right].ravel()
        longer = texts.lengths[owners[a]] >= texts.lengths[owners[b]]
        a, b = np.where(longer, a, b), np.where(longer, b, a)
        keys.append(owners[a] * len(texts) + owners[b])
        shifts.append(places[a] - places[b])
    pairs, middle, counts = _gather(np.concatenate(keys), np.concatenate(shifts), len(texts))
    enough = counts >= np.maximum(1, _LEAST_RUNS * rare[pairs[:, 1]])
    return ContainmentCandidates(pairs[enough], middle[enough], int((sizes > COMMON_RUN).sum()))


def _gather(
    keys: NDArray[np.int64], shifts: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Join the runs of each pair; returns pairs, median shifts and numbers of runs."""
    order = np.lexsort((shifts, keys))
    keys, shifts = keys[order], shifts[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    counts = np.diff(np.append(starts, len(keys)))
    pairs = np.stack((keys[starts] // max(count, 1), keys[starts] % max(count, 1)), axis=1)
    return pairs, shifts[starts + counts // 2], counts


def contained_pairs(
    texts: WordedTexts, found: ContainmentCandidates, least_share: float
) -> Iterator[tuple[int, int, float]]:
    """Yield the candidates whose shorter text stands in one stretch of the longer one.

    Only a stretch as long as the shorter text, a fifth more at each end, is aligned, so
    that words scattered over a long text add up to nothing.
    """
    for (longer, shorter), shift in zip(found.pairs.tolist(), found.shifts.tolist(), strict=True):
        inner, outer = texts.row(shorter), texts.row(longer)
        if len(inner) == len(outer):
            continue
        slack = max(3, len(inner) // 5)
        stretch = outer[max(0, shift - slack) : shift + len(inner) + slack]
        equal, _ = match_words(inner, stretch)
        share = sum(block[1] - block[0] for block in equal) / len(inner)
        if share >= least_share:
            yield longer, shorter, share


def describe(container: str, contained: str, shift: int) -> Containment:
    """Lay a contained text beside the stretch of the longer one where it stands.

    Args:
        container: The longer body.
        contained: The shorter body.
        shift: Word of the longer body at which the shorter one about begins.
    """
    outer, inner = read_words(container), read_words(contained)
    slack = max(3, len(inner.words) // 5)
    first = max(0, shift - slack)
    equal, _ = match_words(inner.words, outer.words[first : shift + len(inner.words) + slack])
    places = _bounds(inner.words, outer.words, first, equal)
    start, end = outer.starts[places[0]], outer.ends[places[1] - 1]
    side_by_side = compare(contained, container[start:end])
    shared = sum(block[1] - block[0] for block in equal)
    return Containment(
        shared / len(inner.words),
        shared / len(outer.words),
        start,
        end,
        tuple((c + start, d + start, a, b) for a, b, c, d in side_by_side.spans),
        tuple(
            replace(
                change,
                after_start=change.after_start + start,
                after_end=change.after_end + start,
            )
            for change in side_by_side.changes
        ),
    )


def _bounds(
    inner: Sequence[str], outer: Sequence[str], first: int, equal: Sequence[Block]
) -> tuple[int, int]:
    """Return the words of ``outer`` between which the contained text stands.

    A single word matched far off at either end ("the") is given up for the same word
    next to the rest.
    """
    kept = list(equal)
    while len(kept) > 1 and kept[0][1] - kept[0][0] == 1 and kept[1][2] - kept[0][3] > 2:
        kept = kept[1:]
    while len(kept) > 1 and kept[-1][1] - kept[-1][0] == 1 and kept[-1][2] - kept[-2][3] > 2:
        kept = kept[:-1]
    before, start = kept[0][0], first + kept[0][2]
    while before > 0 and start > 0 and inner[before - 1] == outer[start - 1]:
        before, start = before - 1, start - 1
    after, end = kept[-1][1], first + kept[-1][3]
    while after < len(inner) and end < len(outer) and inner[after] == outer[end]:
        after, end = after + 1, end + 1
    return start, end
