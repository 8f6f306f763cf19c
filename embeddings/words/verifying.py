"""Candidates for near copies, each verified by alignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.progress import share, track
from embeddings.text.keeping import keep_rows
from embeddings.text.wording import WordedTexts
from embeddings.words.alignment import Comparison, count_shared, may_share
from embeddings.words.minhash import SMALL_BUCKET, BandPlan, band_keys, candidates, plan_bands, sign
from embeddings.words.steps import (
    Step,
    check_words,
    count_words,
    make_step,
    pass_all,
    state_percent,
)

_SEED = 1


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """What counts as a copy, and how surely it is looked for.

    Attributes:
        share: Least share of the longer text's words that the other must hold, in order
            or moved as a run, for a near copy. See docs/decisions/copies.md.
        least_words: A text of fewer words is never a near copy, and a group of such
            texts is ``short``: the same words, but no sign that one outlet used another.
        jaccard: Pairs of this Jaccard similarity of word pairs are found with the chance
            ``recall``; more alike ones more surely.
        recall: See ``jaccard``.
        least_shared: Words that a near copy must share whatever its length, save that one
            word may always differ: seven words in common are a stock phrase ("did not
            respond to a request for comment").
        cut: Part of ``share`` that is enough where a text was only cut or added to.
        cut_kept: Share of the shorter text's words that the longer must hold for that.
        veto: Whether texts whose facts conflict are kept apart.
    """

    share: float = 0.66
    least_words: int = 8
    jaccard: float = 0.3
    recall: float = 0.97
    least_shared: int = 10
    cut: float = 0.91
    cut_kept: float = 0.95
    veto: bool = True

    def plan(self) -> BandPlan:
        """Return the bands and rows that these options ask for."""
        return plan_bands(self.jaccard, self.recall)

    def enough(self, shared: Any, shorter: Any, longer: Any) -> Any:
        """Whether texts of these lengths that share so many words are near copies.

        Of numbers or of arrays of them.
        """
        return (shared >= self.share * longer - 1e-9) | (
            (shared >= self.cut_share * longer - 1e-9) & (shared >= self.cut_kept * shorter - 1e-9)
        )

    def least_in_common(self, longer: Any) -> Any:
        """Words that texts of which the longer has so many must share, whatever the share."""
        return np.minimum(self.least_shared, longer - 1)

    def check_shared(self, shared: int, shorter: int, longer: int) -> Iterator[Step]:
        """Test two texts of these lengths by the words that they share."""
        yield check_words(shorter, self.least_words)
        share, least = shared / max(longer, 1), int(self.least_in_common(longer))
        stated, asked = state_percent(share, self.share)
        clause = f"{stated} of the longer text's words stand in the other; {asked} are asked for"
        # Less is asked for where a text was only cut.
        if self.cut_share <= share < self.share:
            inside, kept = state_percent(shared / max(shorter, 1), self.cut_kept)
            clause += (
                f", or {self.cut_share:.0%} where a text was only cut or added to: {inside} of the "
                f"shorter one's stand in the longer, {kept} are asked for"
            )
        enough = self.enough(shared, shorter, longer)
        yield make_step("share", share, self.share, enough, clause)
        clause = f"the two share {count_words(shared)}; {least} are asked for"
        yield make_step("shared words", shared, least, shared >= least, clause)

    def check_facts(self, side_by_side: Comparison) -> Step:
        """Test whether two texts say the same."""
        differ = ", ".join(
            f"{fact.kind} {fact.before or 'none'} -> {fact.after or 'none'}"
            for fact in side_by_side.conflicts
        )
        clause = f"they say different things: {differ}" if differ else "no facts conflict"
        clause += "" if self.veto or not differ else ", which is let pass"
        return make_step("facts", differ, None, not (differ and self.veto), clause)

    @property
    def cut_share(self) -> float:
        """Share of the longer text's words that is enough where a text was only cut."""
        return self.share * min(self.cut, 1.0)


class Verifier:
    """Aligns pairs of texts, each once.

    Attributes:
        texts: The distinct texts.
        edges: Share of the longer text's words that each verified pair has in common, the
            lower row first.
        candidates: Pairs that were aligned: their words would be enough, in whatever order.
    """

    def __init__(self, texts: WordedTexts, options: CopyOptions) -> None:
        self.texts = texts
        self.options = options
        self.edges: dict[tuple[int, int], float] = {}
        self.candidates = 0
        self._bags = texts.sort_words()
        self._words = texts.vocabulary.words()
        self._tried: set[tuple[int, int]] = set()

    def verify(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> None:
        """Keep those of the pairs, the lower row first, that share enough."""
        needed = self._needed(first, second)
        last, bag = -1, [0]
        places = np.flatnonzero(needed).tolist()
        for place in track(places, len(places)):
            a, b, words = int(first[place]), int(second[place]), int(needed[place])
            if a != last:
                last, bag = a, self._bags.row(a)
            if may_share(bag, self._bags.row(b), words):
                self.candidates += 1
                self._align(a, b, words)

    def near(self, leader: int, others: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Verify one text against many, and say which of them share enough."""
        first = np.minimum(leader, others)
        second = np.maximum(leader, others)
        needed = self._needed(first, second)
        found = np.zeros(len(others), bool)
        bag = self._bags.row(leader)
        for place in np.flatnonzero(needed).tolist():
            pair, words = (int(first[place]), int(second[place])), int(needed[place])
            if pair not in self._tried:
                self._tried.add(pair)
                if may_share(bag, self._bags.row(int(others[place])), words):
                    self.candidates += 1
                    self._align(*pair, words)
            found[place] = pair in self.edges
        return found

    def hopeful(
        self, leader: int, others: NDArray[np.intp], common: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Say which texts share enough words with one, in whatever order.

        Stricter than what is aligned elsewhere: a pair must reach the one share or the other
        without the help of words spelled otherwise.

        Args:
            leader: The one text.
            others: Rows of the others.
            common: Words that each has in common with it, as bags.
        """
        lengths = self.texts.lengths[others]
        longer = np.maximum(lengths, self.texts.lengths[leader])
        shorter = np.minimum(lengths, self.texts.lengths[leader])
        enough: NDArray[np.bool_] = self.options.enough(common, shorter, longer)
        return enough

    def count_bags(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Number the words of texts so that the n-th "the" of each is a word of its own.

        Returns:
            Of each word of these texts its number and the place of its text in ``rows``.
        """
        bags = self._bags.select(rows)
        numbers, lengths = bags.numbers.astype(np.int64), bags.lengths
        owner = np.repeat(np.arange(len(rows)), lengths)
        count = np.arange(len(numbers))
        new = np.ones(len(numbers), bool)
        new[1:] = (numbers[1:] != numbers[:-1]) | (owner[1:] != owner[:-1])
        nth = count - np.maximum.accumulate(np.where(new, count, 0))
        return numbers * (int(nth.max(initial=0)) + 1) + nth, owner

    def measure(self, a: int, b: int) -> float:
        """Return the share of the longer text's words that two texts have in common."""
        pair = min(a, b), max(a, b)
        if pair in self.edges:
            return self.edges[pair]
        row_a, row_b = self.texts.row(a), self.texts.row(b)
        longer = max(len(row_a), len(row_b), 1)
        return count_shared(row_a, row_b, 1, self._words) / longer

    def _needed(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
        """Words that each pair must share at least; 0 where the shorter has not that many."""
        lengths = self.texts.lengths
        longer = np.maximum(lengths[first], lengths[second])
        shorter = np.minimum(lengths[first], lengths[second])
        needed = np.maximum(
            np.ceil(self.options.cut_share * longer - 1e-9).astype(np.int64),
            self.options.least_in_common(longer),
        )
        return np.where(shorter >= needed, needed, 0)

    def _align(self, a: int, b: int, needed: int) -> None:
        row_a, row_b = self.texts.row(a), self.texts.row(b)
        shorter, longer = sorted((len(row_a), len(row_b)))
        shared = count_shared(row_a, row_b, needed, self._words)
        if shared and pass_all(self.options.check_shared(shared, shorter, longer)):
            self.edges[a, b] = shared / longer


def verify_candidates(
    texts: WordedTexts, keys: Sequence[bytes], plan: BandPlan, options: CopyOptions
) -> Verifier:
    """Propose pairs of distinct texts by MinHash and verify each by alignment.

    Args:
        texts: The texts.
        keys: A hash of each, by which its bands are kept from run to run.
        plan: The bands.
        options: What counts as a copy.
    """
    verifier = Verifier(texts, options)
    long_enough = np.flatnonzero(texts.lengths >= max(options.least_words, 2))
    if len(long_enough) < 2:
        return verifier

    def make(places: NDArray[np.intp]) -> NDArray[np.uint32]:
        shingles = texts.select(long_enough[places]).shingles(2)
        return band_keys(sign(*shingles, plan.permutations, _SEED), plan)

    with share(0.5):
        method = f"bands {_SEED} {plan.bands} {plan.rows}"
        pairs, large = candidates(
            keep_rows(method, [keys[row] for row in long_enough.tolist()], make)
        )
    with share(0.9):
        verifier.verify(long_enough[pairs[:, 0]], long_enough[pairs[:, 1]])
    for bucket in large:
        _verify_large(long_enough[bucket], verifier)
    return verifier


def _verify_large(rows: NDArray[np.intp], verifier: Verifier) -> None:
    """Verify the texts of one large bucket without comparing copies with each other.

    The longest text is compared with all others; those near to it are done with, since
    a group needs its members near to one of them only. Then the next one left.
    """
    rest = rows[np.lexsort((rows, -verifier.texts.lengths[rows]))]
    leader, rest = int(rest[0]), rest[1:]
    rest = rest[~verifier.near(leader, rest)]
    if len(rest) > SMALL_BUCKET:
        _verify_strangers(rest, verifier)
        return
    while len(rest) > 1:
        leader, rest = int(rest[0]), rest[1:]
        rest = rest[~verifier.near(leader, rest)]


def _verify_strangers(rows: NDArray[np.intp], verifier: Verifier) -> None:
    """Do the same where many are near to none: texts of one template share part of it only.

    The words in common of one text and all others are counted at once, from the lists of
    the texts that hold each word, so that a pair costs a few additions and no alignment.
    """
    tokens, owners = verifier.count_bags(rows)
    by_token = np.argsort(tokens, kind="stable")
    bounds = np.flatnonzero(np.diff(tokens[by_token], prepend=-1, append=-1))
    holders = owners[by_token]
    lists: list[list[NDArray[np.intp]]] = [[] for _ in range(len(rows))]
    for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if end - start > 1:
            held = holders[start:end]
            for owner in held.tolist():
                lists[owner].append(held)
    left = np.ones(len(rows), bool)
    for place in range(len(rows) - 1):
        if not left[place] or not lists[place]:
            continue
        left[place] = False
        common = np.bincount(np.concatenate(lists[place]), minlength=len(rows))
        places = np.flatnonzero(left & verifier.hopeful(int(rows[place]), rows, common))
        if len(places):
            left[places[verifier.near(int(rows[place]), rows[places])]] = False
