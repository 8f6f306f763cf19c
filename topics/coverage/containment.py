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
# Pairs of texts with a run in common that are held at once, about 100 bytes each.
PAIRS_AT_ONCE = 1 << 18
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
    """Pairs of texts of different length with rare runs of words in common.

    Attributes:
        pairs: int64 of shape ``(m, 2)``: the longer text, the shorter one.
        shifts: int64 of shape ``(m,)``: where the shorter text would begin in the longer
            one, in words: the median over the runs they share.
        common_runs: Runs that stand in more than ``COMMON_RUN`` texts, and were passed over.
    """

    pairs: NDArray[np.int64]
    shifts: NDArray[np.int64]
    common_runs: int


@dataclass(frozen=True)
class _Runs:
    """The texts that each run of words stands in, run after run, the shorter text first.

    Attributes:
        owners: int64 of shape ``(entries,)``: the text.
        places: int64 of shape ``(entries,)``: the word at which the run first stands in it.
        sizes: int64 of shape ``(runs,)``: entries of each run.
    """

    owners: NDArray[np.int64]
    places: NDArray[np.int64]
    sizes: NDArray[np.int64]

    def select(self, runs: NDArray[np.bool_]) -> _Runs:
        entries = np.repeat(runs, self.sizes)
        return _Runs(self.owners[entries], self.places[entries], self.sizes[runs])

    def starts(self) -> NDArray[np.int64]:
        return np.cumsum(self.sizes) - self.sizes


def find_candidates(
    texts: WordedTexts, least_words: int, nodes: NDArray[np.int64]
) -> ContainmentCandidates:
    """Find pairs of a text and a shorter one that share rare runs of ``RUN_WORDS`` words.

    Memory grows with the texts and with the pairs found, not with the copies of a text
    squared: a run known from one node only makes no pairs, and the pairs of the others are
    made and weighed for a few texts at once.

    Args:
        texts: Distinct texts.
        least_words: Shortest text looked at, in words.
        nodes: int64 of shape ``(len(texts),)``. Copies share a node, and make no pair.
    """
    runs = _read_runs(texts, least_words)
    is_rare = runs.sizes <= COMMON_RUN
    rare = runs.select(is_rare)
    runs_of_text = np.bincount(rare.owners, minlength=len(texts))
    shared = rare.select(_in_two_nodes(rare, nodes))
    found = [(np.empty((0, 2), np.int64), np.empty(0, np.int64))]
    for keys, shifts in _pair_up(shared, texts.lengths, nodes):
        pairs, middle, counts = _gather(keys, shifts, len(texts))
        enough = counts >= np.maximum(1, _LEAST_RUNS * runs_of_text[pairs[:, 1]])
        found.append((pairs[enough], middle[enough]))
    all_pairs, all_shifts = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return ContainmentCandidates(all_pairs, all_shifts, int((~is_rare).sum()))


def _read_runs(texts: WordedTexts, least_words: int) -> _Runs:
    """Find the runs of words of all texts that are long enough."""
    hashes, offsets = texts.shingles(RUN_WORDS)
    owners = np.repeat(np.arange(len(texts)), np.diff(offsets))
    places = np.arange(len(hashes)) - offsets[owners]
    kept = texts.lengths[owners] >= least_words
    hashes, owners, places = hashes[kept], owners[kept], places[kept]
    # The sort is stable: what is equal stays in the order of texts and places.
    order = np.lexsort((texts.lengths[owners], hashes))
    hashes, owners, places = hashes[order], owners[order], places[order]
    first = np.ones(len(hashes), bool)
    first[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    hashes, owners, places = hashes[first], owners[first], places[first]
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)])
    return _Runs(owners, places, np.diff(np.append(starts, len(hashes))))


def _in_two_nodes(runs: _Runs, nodes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which runs stand in texts of more than one node."""
    if not len(runs.sizes):
        return np.empty(0, bool)
    of_entry, starts = nodes[runs.owners], runs.starts()
    apart: NDArray[np.bool_] = np.minimum.reduceat(of_entry, starts) != np.maximum.reduceat(
        of_entry, starts
    )
    return apart


def _pair_up(
    runs: _Runs, lengths: NDArray[np.int64], nodes: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pair each text with the shorter ones of other nodes that share its runs.

    Yields:
        Keys ``longer * len(lengths) + shorter`` and shifts of about ``PAIRS_AT_ONCE`` pairs
        at most, unless one text has more. All runs of a pair come in the same block, and
        the blocks in the order of the longer texts.
    """
    before = np.arange(len(runs.owners)) - np.repeat(runs.starts(), runs.sizes)
    by_text = np.argsort(runs.owners, kind="stable")
    made = np.append(0, np.cumsum(before[by_text]))
    owners = runs.owners[by_text]
    changes = np.flatnonzero(owners[1:] != owners[:-1]) + 1
    bounds = np.unique(np.concatenate(([0], changes, [len(owners)])))
    place = 0
    while place < len(bounds) - 1:
        most = made[bounds[place]] + PAIRS_AT_ONCE
        after = max(place + 1, int(np.searchsorted(made[bounds], most, "right")) - 1)
        entries = by_text[bounds[place] : bounds[after]]
        counts = before[entries]
        a = np.repeat(entries, counts)
        # The entries before it in its run, nearest first.
        b = a - 1 - np.arange(len(a)) + np.repeat(np.cumsum(counts) - counts, counts)
        longer, shorter = runs.owners[a], runs.owners[b]
        kept = (lengths[longer] > lengths[shorter]) & (nodes[longer] != nodes[shorter])
        a, b = a[kept], b[kept]
        yield runs.owners[a] * len(lengths) + runs.owners[b], runs.places[a] - runs.places[b]
        place = after


def _gather(
    keys: NDArray[np.int64], shifts: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Join the runs of each pair; returns pairs, median shifts and numbers of runs."""
    order = np.lexsort((shifts, keys))
    keys, shifts = keys[order], shifts[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    counts = np.diff(np.append(starts, len(keys)))
    pairs = np.stack((keys[starts] // count, keys[starts] % count), axis=1)
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
