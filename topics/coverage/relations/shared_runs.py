"""Texts that may stand inside longer ones, found by rare runs of words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import WordedTexts
from embeddings.words.steps import Step, check_words, count_words, long_enough, make_step

# Of 25 words with three in ten changed at random, .96 of all texts keep a run of four whole.
RUN_WORDS = 4
# A run of words that stands in more wordings than this is a phrase, and no trace of reuse...
COMMON_RUN = 64
# ...unless a text is made of such runs: that share of its own, the rest being what was added.
# It was reused itself, and is paired with as many of the texts that have it.
_MADE_OF_COMMON = 0.8
# Least share of its common runs that a text must have of which it stands inside: it is quoted
# whole, where rare runs give away even what was rewritten.
_QUOTED_RUNS = 0.6
# Pairs of texts with a run in common that are held at once, about 100 bytes each.
PAIRS_AT_ONCE = 1 << 18
# Least share of the shorter text's rare runs that a candidate must have.
_LEAST_RUNS = 0.1


@dataclass(frozen=True)
class ContainmentCandidates:
    """Pairs of texts of different length with rare runs of words in common.

    Attributes:
        pairs: int64 of shape ``(m, 2)``: the longer text, the shorter one.
        shifts: int64 of shape ``(m,)``: where the shorter text would begin in the longer
            one, in words: the median over the runs they share.
        common_runs: Runs that stand in more than ``COMMON_RUN`` nodes, and were passed over.
        left_out: Pairs left out of texts that are made of such runs: each was paired with
            ``COMMON_RUN`` longer texts only.
    """

    pairs: NDArray[np.int64]
    shifts: NDArray[np.int64]
    common_runs: int
    left_out: int = 0

    def select(self, places: NDArray[np.intp]) -> ContainmentCandidates:
        """Return some of the pairs."""
        return replace(self, pairs=self.pairs[places], shifts=self.shifts[places])


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
        texts: Distinct texts, in an order of their own (by content): of too many that have
            a run the first are taken.
        least_words: Shortest text looked at, in words.
        nodes: int64 of shape ``(len(texts),)``. Copies share a node, and make no pair.
    """
    if len(texts) < 2:
        return ContainmentCandidates(np.empty((0, 2), np.int64), np.empty(0, np.int64), 0)
    runs, nodes_of_run, alone = _read_runs(texts, least_words, nodes)
    is_rare = nodes_of_run <= COMMON_RUN
    rare = runs.select(is_rare)
    runs_of_text = np.bincount(rare.owners, minlength=len(texts)) + alone
    common = runs.select(~is_rare)
    widespread = np.bincount(common.owners, minlength=len(texts))
    quoted = np.flatnonzero(widespread > _MADE_OF_COMMON * (widespread + runs_of_text))
    more, more_shifts, left_out = _pair_quoted(common, quoted, texts.lengths, nodes)
    shared = rare.select(_in_two_nodes(rare, nodes))
    found = [(np.empty((0, 2), np.int64), np.empty(0, np.int64))]
    for keys, shifts in _pair_up(shared, texts.lengths, nodes):
        pairs, middle, counts = _gather(keys, shifts, len(texts))
        enough = counts >= np.maximum(1, _LEAST_RUNS * runs_of_text[pairs[:, 1]])
        found.append((pairs[enough], middle[enough]))
    all_pairs, all_shifts = (np.concatenate(parts) for parts in zip(*found, strict=True))
    known = all_pairs[:, 0] * len(texts) + all_pairs[:, 1]
    new = ~np.isin(more[:, 0] * len(texts) + more[:, 1], known)
    return ContainmentCandidates(
        np.concatenate((all_pairs, more[new])),
        np.concatenate((all_shifts, more_shifts[new])),
        int((~is_rare).sum()),
        left_out,
    )


def check_runs(texts: WordedTexts, nodes: NDArray[np.int64], least_words: int) -> Iterator[Step]:
    """Test whether the first of two texts may contain the second; see ``find_candidates``."""
    outer, inner = texts.lengths.tolist()
    yield check_words(inner, least_words)
    clause = (
        f"the text that is to contain it has {count_words(outer)}, and it has {count_words(inner)}"
    )
    longer = _is_longer(texts.lengths, 0, 1)
    yield make_step("longer text", outer, inner + 1, longer, clause)
    if not _differ(nodes, 0, 1):
        clause = "both are copies of one text, of which none is taken to contain another"
        yield make_step("two texts", "one", None, False, clause)
    hashes, offsets = texts.shingles(RUN_WORDS)
    of_outer, of_inner = (set(part.tolist()) for part in np.split(hashes, offsets[1:2]))
    shared = len(of_outer & of_inner)
    traced = len(find_candidates(texts, 1, np.arange(2)).pairs) > 0
    clause = (
        f"{shared} of the shorter text's {len(of_inner)} runs of {RUN_WORDS} words stand in "
        "the other"
    )
    clause += "" if traced else ", too few for a trace of reuse"
    yield make_step("runs in common", shared, None, traced, clause)


def _is_longer(lengths: NDArray[np.int64], one: Any, other: Any) -> Any:
    return lengths[one] > lengths[other]


def _differ(nodes: NDArray[np.int64], one: Any, other: Any) -> Any:
    return nodes[one] != nodes[other]


def _read_runs(
    texts: WordedTexts, least_words: int, nodes: NDArray[np.int64]
) -> tuple[_Runs, NDArray[np.int64], NDArray[np.int64]]:
    """Find the runs of words of all texts that are long enough, and stand in two places.

    Of the texts of one node that share a run the shortest and the longest stand for all,
    so that thousands of copies make no more pairs than two.

    Returns:
        The runs, the number of nodes of each, and of each text the number of its runs that stand
        nowhere else: nine in ten, which are not sorted with the others.
    """
    hashes, offsets = texts.shingles(RUN_WORDS)
    owners = np.repeat(np.arange(len(texts)), np.diff(offsets))
    places = np.arange(len(hashes)) - offsets[owners]
    kept = long_enough(texts.lengths[owners], least_words)
    hashes, owners, places = hashes[kept], owners[kept], places[kept]
    order = np.argsort(hashes)
    new = _differs(hashes[order])
    several = np.empty(len(hashes), bool)
    several[order] = ~(new & np.append(new[1:], True)[: len(new)])
    alone = np.bincount(owners[~several], minlength=len(texts)).astype(np.int64)
    hashes, owners, places = hashes[several], owners[several], places[several]
    # The sort is stable: what is equal stays in the order of texts and places.
    order = np.lexsort((texts.lengths[owners], nodes[owners], hashes))
    hashes, owners, places = hashes[order], owners[order], places[order]
    first = _differs(hashes, owners)
    hashes, owners, places = hashes[first], owners[first], places[first]
    begins = _differs(hashes, nodes[owners])
    ends = np.append(begins[1:], True)[: len(begins)]
    hashes, owners, places = (part[begins | ends] for part in (hashes, owners, places))
    begins = begins[begins | ends]
    order = np.lexsort((texts.lengths[owners], hashes))
    hashes, owners, places, begins = hashes[order], owners[order], places[order], begins[order]
    starts = np.flatnonzero(_differs(hashes, hashes))
    sizes = np.diff(np.append(starts, len(hashes)))
    nodes_of_run = np.add.reduceat(begins, starts) if len(starts) else sizes
    return _Runs(owners, places, sizes), nodes_of_run.astype(np.int64), alone


def _differs(*columns: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Tell which rows differ from the one before; the first one does."""
    differs = np.ones(len(columns[0]), bool)
    differs[1:] = False
    for column in columns:
        differs[1:] |= column[1:] != column[:-1]
    return differs


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
        kept = _is_longer(lengths, longer, shorter) & _differ(nodes, longer, shorter)
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


def _pair_quoted(
    runs: _Runs, quoted: NDArray[np.int64], lengths: NDArray[np.int64], nodes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Pair texts made of common runs with the first longer texts that have their rarest run.

    Returns:
        Pairs (longer, shorter), shifts, and the number of pairs left out.
    """
    starts, count = runs.starts(), len(runs.sizes)
    run_of_entry = np.repeat(np.arange(count), runs.sizes)
    known = np.sort(runs.owners * count + run_of_entry)
    entries = np.flatnonzero(np.isin(runs.owners, quoted))
    # The runs of each text, rarest first; of equally rare ones the first by its hash.
    entries = entries[
        np.lexsort((run_of_entry[entries], runs.sizes[run_of_entry[entries]], runs.owners[entries]))
    ]
    begins = np.flatnonzero(_differs(runs.owners[entries]))
    pairs, shifts = [np.empty((0, 2), np.int64)], [np.empty(0, np.int64)]
    left_out = 0
    for of_text in np.split(entries, begins[1:]) if len(entries) else []:
        entry, own = of_text[0], run_of_entry[of_text]
        text, after = runs.owners[entry], starts[own[0]] + runs.sizes[own[0]]
        # The shorter text comes first in a run.
        others, places = runs.owners[entry + 1 : after], runs.places[entry + 1 : after]
        longer = _is_longer(lengths, others, text) & _differ(nodes, others, text)
        others, places = others[longer], places[longer]
        first = np.argsort(others, kind="stable")[:COMMON_RUN]
        left_out += len(others) - len(first)
        wanted = (others[first, None] * count + own).ravel()
        found = known[np.minimum(np.searchsorted(known, wanted), len(known) - 1)] == wanted
        first = first[found.reshape(len(first), len(own)).mean(axis=1) >= _QUOTED_RUNS]
        pairs.append(np.stack((others[first], np.full(len(first), text)), axis=1))
        shifts.append(places[first] - runs.places[entry])
    return np.concatenate(pairs), np.concatenate(shifts), left_out
