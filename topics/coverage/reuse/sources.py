"""Which articles of a story each other one may have words from, by runs of words they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import WordedTexts
from topics.coverage.reuse.quotes import runs_in_two
from topics.coverage.reuse.timelines import Bounds

# Words in a row that are taken for copied: shorter runs are names with their titles and turns
# of phrase (docs/decisions/coverage.md).
LEAST_RUN = 7
# Of a run that many articles have, these many, published first, may be the source.
_EARLIEST = 4
# Articles that one may be put together from; each is laid beside it.
MOST_SOURCES = 3
# Runs of words that a source shares at the least: a stretch of ten words.
_LEAST_RUNS = 4
# Words of texts whose runs are found at once, and more where a text has more.
_WORDS_AT_ONCE = 1_000_000
# Runs of a text that may say one thing a million times, so that each is taken once at first.
_LONG = 10_000
# Between articles of no common story: in a whole corpus two share a title, a list of names or a
# stock phrase of up to 17 words (docs/decisions/coverage.md).
_LEAST_RUNS_BEYOND = 12


def likely_sources(
    texts: WordedTexts,
    bounds: Sequence[Bounds],
    ids: Sequence[str],
    stories: Sequence[int] = (),
    *,
    beyond: bool = False,
) -> list[list[int]]:
    """Name, for each text, those it shares most runs of ``LEAST_RUN`` words with.

    Texts surely published later are none. Among those that share as much, the first in the
    order of publication comes first: by the last minute each may be of, so that one surely
    published before is named before one that may have been published after. Of the runs that
    many texts have, only the earliest holders are looked at, so that the work grows with the
    texts, not with their pairs.

    Args:
        texts: Bodies.
        bounds: When each was published.
        ids: Of the documents; they break ties.
        stories: The story of each, if they are of several: only texts of one are compared.
        beyond: Only texts of two stories are compared, and must share more.

    Returns:
        For each text, the places of at most ``MOST_SOURCES`` others, best first.
    """
    if len(texts) < 2:
        return [[] for _ in range(len(texts))]
    votes: dict[int, dict[int, int]] = defaultdict(dict)
    order = sorted(range(len(texts)), key=lambda p: (*bounds[p][::-1], ids[p]))
    rank = np.empty(len(texts), np.int64)
    rank[order] = np.arange(len(texts))
    least = _LEAST_RUNS_BEYOND if beyond else _LEAST_RUNS
    for asked, source, count in _count_runs(texts, rank, () if beyond else stories):
        if beyond and stories[asked] == stories[source]:
            continue
        if count >= least and bounds[source][0] <= bounds[asked][1]:
            votes[asked][source] = count
    return [
        sorted(votes[place], key=lambda other: (-votes[place][other], int(rank[other])))[
            :MOST_SOURCES
        ]
        for place in range(len(texts))
    ]


def _count_runs(
    texts: WordedTexts, rank: NDArray[np.int64], stories: Sequence[int]
) -> list[tuple[int, int, int]]:
    """Count the runs that each text shares with early holders of them."""
    of_texts = [
        hashes[first:after] if after - first < _LONG else _distinct(hashes[first:after])
        for hashes, offsets in (part.shingles(LEAST_RUN) for part in texts.parts(_WORDS_AT_ONCE))
        for first, after in pairwise(offsets.tolist())
    ]
    hashes = np.concatenate(of_texts)
    owners = np.repeat(np.arange(len(texts)), list(map(len, of_texts)))
    if len(stories):
        # The same run in two stories is two; Knuth's mixing, as of the runs themselves.
        hashes = hashes ^ (np.array(stories, np.uint64) * np.uint64(0x9E3779B97F4A7C15))[owners]
    shared = runs_in_two(hashes, owners)
    if not shared.any():
        return []
    runs, ranks = hashes[shared], rank[owners[shared]]
    order = np.lexsort((ranks, runs))
    # A text that repeats a run of its own counts once.
    runs, ranks = runs[order], ranks[order]
    once = np.append(True, (runs[1:] != runs[:-1]) | (ranks[1:] != ranks[:-1]))
    runs, ranks = runs[once], ranks[once]
    starts = np.flatnonzero(np.append(True, runs[1:] != runs[:-1]))
    sizes = np.diff(np.append(starts, len(runs)))
    by_rank = np.argsort(rank)
    counted = []
    start_of = np.repeat(starts, sizes)
    size_of = np.repeat(sizes, sizes)
    for place in range(_EARLIEST):
        # The text at this place of the run's holders; the asked one itself is left out.
        there = size_of > place
        source = ranks[start_of[there] + place]
        asked = ranks[there]
        apart = asked != source
        counted.append(asked[apart] * len(texts) + source[apart])
    keys, counts = np.unique(np.concatenate(counted), return_counts=True)
    return [
        (int(by_rank[key // len(texts)]), int(by_rank[key % len(texts)]), count)
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True)
    ]


def _distinct(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    # Asked for no places, numpy loads its masked arrays: 15 ms of a fresh process.
    return np.unique(hashes, return_index=True)[0]
