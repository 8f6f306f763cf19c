"""Candidates for near copies, each verified by alignment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.progress import share, track
from embeddings.text.keeping import keep_rows, keep_value, key_of
from embeddings.text.wording import WordedTexts
from embeddings.words.alignment import count_shared, may_share
from embeddings.words.copy_options import CopyOptions
from embeddings.words.minhash import SMALL_BUCKET, BandPlan, band_keys, candidates, sign
from embeddings.words.spelling import find_spellable
from embeddings.words.steps import pass_all

_SEED = 1
# Pairs a text that texts of one template make; and words of pairs that are counted at once, 64 MB.
_MANY, _WORDS_AT_ONCE = 8, 4_000_000
# A text with so many near copies stands for them: they are not compared with each other.
HUB = 12


class Verifier:
    """Aligns pairs of texts, each once.

    Attributes:
        texts: The distinct texts.
        lengths: Words of each, int64 of shape ``(n,)``.
        edges: Share of the longer text's words that each verified pair has in common, the
            lower row first.
        tried: Pairs that were aligned: their words would be enough, in whatever order.
        alike: Whether texts share a template, so that words in common are counted more closely
            before any are aligned: what is found stays the same.
        hubs: Of each text those near to it, or itself, that have ``HUB`` texts near to them.
    """

    def __init__(
        self, texts: WordedTexts, options: CopyOptions, keys: Sequence[bytes] | None = None
    ) -> None:
        """Take texts, and a hash of each, by which what two share is kept from run to run."""
        self.texts, self._keys = texts, keys
        self.lengths = texts.lengths
        self.options = options
        self.edges: dict[tuple[int, int], float] = {}
        self.tried: set[tuple[int, int]] = set()
        self.hubs: dict[int, set[int]] = {}
        self.alike = False
        self._bag = -1, [0]
        self._aligned_before = 0

    @property
    def aligned(self) -> int:
        """How many pairs were aligned, here or when what is kept was found."""
        return max(self._aligned_before, len(self.tried))

    def keep(self) -> dict[str, object]:
        """Return what was found, as JSON can write it."""
        edges = [[*pair, shared] for pair, shared in self.edges.items()]
        return {"edges": edges, "aligned": self.aligned}

    def take(self, told: Mapping[str, Any]) -> None:
        """Take what was kept of these texts."""
        self.edges = {(a, b): shared for a, b, shared in told["edges"]}
        self._aligned_before = told["aligned"]

    @cached_property
    def _bags(self) -> WordedTexts:
        return self.texts.sort_words()

    @cached_property
    def _words(self) -> list[str]:
        return self.texts.vocabulary.words()

    def sort_by_length(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Sort texts, the longest first."""
        return rows[np.lexsort((rows, -self.lengths[rows]))]

    def long_enough(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the pairs of which the shorter text has words enough for the longer one."""
        return pairs[self._needed(*pairs.T) > 0]

    def hopeful_pairs(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the pairs that ``verify`` would align: what else it is given changes nothing."""
        pairs = self.long_enough(pairs)
        return pairs[self._count_common(pairs) >= self._needed(*pairs.T)]

    def verify(self, pairs: NDArray[np.int64], often: NDArray[np.int64] | None = None) -> None:
        """Keep those of the pairs that share enough.

        Two texts that are near to one that has ``HUB`` texts near to it are not laid side by
        side: a group needs its members near to one of them only. Those in most pairs come first.

        Args:
            pairs: Int64 of shape ``(m, 2)``, each once, the lower row first.
            often: In how many pairs that are ``long_enough`` each text is, where these are not
                all of them.
        """
        pairs = self.long_enough(pairs)
        needed = self._needed(*pairs.T)
        if often is None:
            often = np.bincount(pairs.ravel(), minlength=len(self.texts))
        rank = np.empty(len(self.texts), np.int64)
        rank[np.lexsort((-self.lengths, -often))] = np.arange(len(self.texts))
        # Hardly any pair that shares a band shares enough.
        kept = self._count_common(pairs) >= needed
        pairs, needed = pairs[kept], needed[kept]
        turned = rank[pairs[:, 0]] > rank[pairs[:, 1]]
        leaders, others = np.where(turned, pairs.T[::-1], pairs.T)
        order = np.lexsort((rank[others], rank[leaders])).tolist()
        last, near, none = -1, list[int](), set[int]()
        for place in track(order, len(order)):
            leader, other = int(leaders[place]), int(others[place])
            if leader != last:
                self._note_hub(last, near)
                last, near = leader, []
            spared = not self.hubs.get(leader, none).isdisjoint(self.hubs.get(other, none))
            if not spared and self._try(leader, other, int(needed[place])):
                near.append(other)

    def near(self, leader: int, others: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Verify one text against many, and say which of them share enough."""
        needed = self._needed(np.full(len(others), leader), others)
        found = np.zeros(len(others), bool)
        for place in np.flatnonzero(needed).tolist():
            found[place] = self._try(leader, int(others[place]), int(needed[place]))
        self._note_hub(leader, others[found].tolist())
        return found

    def _note_hub(self, text: int, near: Sequence[int]) -> None:
        """Let a text that has many near to it stand for them."""
        if len(near) >= HUB:
            for one in (text, *near):
                self.hubs.setdefault(one, set()).add(text)

    def gather_bags(self, rows: NDArray[np.intp]) -> Any:
        """Return a sparse matrix ``(rows, words)``, 1 where a text has a word of ``count_bags``."""
        from scipy import sparse

        tokens, owners = self.count_bags(rows)
        words, numbers = np.unique(tokens, return_inverse=True)
        ones = np.ones(len(numbers), np.int32)
        return sparse.csr_matrix((ones, (owners, numbers)), shape=(len(rows), len(words)))

    def _count_common(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the words that the texts of each pair have in common, in any order."""
        words = np.cumsum(self.lengths[pairs].sum(axis=1))
        parts = np.split(pairs, np.flatnonzero(np.diff(words // _WORDS_AT_ONCE)) + 1)
        return np.concatenate([self._multiply_bags(part) for part in parts])

    def _multiply_bags(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        from scipy import sparse

        rows, places = np.unique(pairs, return_inverse=True)
        one, other = places.reshape(pairs.shape).T
        tokens, _ = self.count_bags(rows)
        ends = np.concatenate(([0], np.cumsum(self.lengths[rows])))
        shape = (len(rows), int(tokens.max(initial=0)) + 1)
        bags = sparse.csr_matrix((np.ones(len(tokens), np.int32), tokens, ends), shape)
        return np.asarray(bags[one].multiply(bags[other]).sum(axis=1), np.int64).ravel()

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
        longer = np.maximum(self.lengths[others], self.lengths[leader])
        shorter = np.minimum(self.lengths[others], self.lengths[leader])
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
        """Words that each pair must have in common; 0 where the shorter has not that many.

        Of texts of one template those that ``options`` ask for, less what may be misspelled.
        """
        longer = np.maximum(self.lengths[first], self.lengths[second])
        shorter = np.minimum(self.lengths[first], self.lengths[second])
        least = self.options.least_enough(longer, self.options.cut_share)
        needed = least
        if self.alike:
            spelled = np.minimum(self._spellable[first], self._spellable[second])
            needed = np.maximum(least, self.options.least_of_copies(shorter, longer) - spelled)
        return np.where(shorter >= least, needed, 0)

    @cached_property
    def _spellable(self) -> NDArray[np.int64]:
        """How many words of each text some other word may be, misspelled: int64 ``(n,)``."""
        used = np.unique(self.texts.numbers)
        found = find_spellable([self._words[number] for number in used.tolist()])
        told = np.zeros(len(self._words), bool)
        told[used] = [self._words[number] in found for number in used.tolist()]
        counted = np.concatenate(([0], np.cumsum(told[self.texts.numbers])))
        return np.diff(counted[self.texts.offsets])

    def _try(self, leader: int, other: int, needed: int) -> bool:
        """Align two texts unless that was done."""
        pair = min(leader, other), max(leader, other)
        if pair in self.tried:
            return pair in self.edges
        # Of texts of one template pairs may be many times as many as texts.
        if self._keys is None or self.alike:
            shared = self._count_shared(leader, other, needed)
        else:
            key = self._keys[pair[0]] + self._keys[pair[1]] + needed.to_bytes(4, "little")
            shared = keep_value("shared 1", key, lambda: self._count_shared(leader, other, needed))
        if shared < 0:
            return False
        self.tried.add(pair)
        if shared:
            shorter, longer = sorted((int(self.lengths[leader]), int(self.lengths[other])))
            if pass_all(self.options.check_shared(shared, shorter, longer)):
                self.edges[pair] = shared / longer
        return pair in self.edges

    def _count_shared(self, leader: int, other: int, needed: int) -> int:
        """Count the words that two texts share, 0 for too few, -1 where no order would do."""
        if self._bag[0] != leader:
            self._bag = leader, self._bags.row(leader)
        if not may_share(self._bag[1], self._bags.row(other), needed):
            return -1
        row_a, row_b = map(self.texts.row, sorted((leader, other)))
        return count_shared(row_a, row_b, needed, self._words)


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
    verifier = Verifier(texts, options, keys)
    # An answer to a pair leaves all texts as they were.
    key = key_of(repr((plan, options)), b"".join(keys))

    def verify() -> dict[str, object]:
        _verify_candidates(verifier, keys, plan)
        return verifier.keep()

    verifier.take(keep_value("verified 1", key, verify))
    return verifier


def _verify_candidates(verifier: Verifier, keys: Sequence[bytes], plan: BandPlan) -> None:
    texts = verifier.texts
    rows = rows_of_copies(texts, verifier.options)

    def make(places: NDArray[np.intp]) -> NDArray[np.uint32]:
        return sign_bands(texts.select(rows[places]), plan)

    if len(rows) < 2:
        return
    with share(0.5):
        method = f"bands {_SEED} {plan.bands} {plan.rows}"
        pairs, large = candidates(keep_rows(method, [keys[row] for row in rows.tolist()], make))
    verifier.alike = len(pairs) + sum(map(len, large)) > _MANY * len(rows)
    few, strangers = [rows[pairs]], list[NDArray[np.int64]]()
    for bucket in large:
        left = verify_bucket(rows[bucket], verifier)
        if len(left) > SMALL_BUCKET:
            strangers.append(left)
        else:
            few.append(pair_all(left))
    with share(0.9):
        few_keys = np.unique(np.sort(np.concatenate(few), axis=1) @ (len(texts), 1))
        verifier.verify(np.stack(np.divmod(few_keys, len(texts)), axis=1))
    if strangers:
        verify_strangers(np.unique(np.concatenate(strangers)), verifier)


def rows_of_copies(texts: WordedTexts, options: CopyOptions) -> NDArray[np.int64]:
    """Return the rows of the texts that have words enough to be near copies."""
    return np.flatnonzero(texts.lengths >= max(options.least_words, 2))


def sign_bands(texts: WordedTexts, plan: BandPlan) -> NDArray[np.uint32]:
    """Return the band keys of texts, each by its own words: uint32 ``(n, bands)``."""
    return band_keys(sign(*texts.shingles(2), plan.permutations, _SEED), plan)


def verify_bucket(bucket: NDArray[np.int64], verifier: Verifier) -> NDArray[np.int64]:
    """Compare the longest text of a large bucket with all others; returns those not near to it."""
    # Those near to it are done with.
    leader, *rest = verifier.sort_by_length(bucket)
    return np.array(rest)[~verifier.near(int(leader), np.array(rest))]


def pair_all(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return all pairs of some rows, int64 ``(m, 2)``."""
    return rows[np.stack(np.triu_indices(len(rows), 1), axis=1)]


def verify_strangers(rows: NDArray[np.intp], verifier: Verifier) -> None:
    """Compare many texts that share a template with each other, but for those that cannot match.

    Of two texts that share so many of their words, in any order, the rarest words of each that
    are one more than it may lack have one in common (prefix filter: Chaudhuri, Ganti and
    Kaushik 2006). What a template gives all its texts is not rare, so that few pairs are left.
    """
    rows = verifier.sort_by_length(rows)
    tokens, owners = verifier.count_bags(rows)
    _, numbers, counts = np.unique(tokens, return_inverse=True, return_counts=True)
    numbers = numbers[np.lexsort((numbers, counts[numbers], owners))]
    lengths, options = verifier.lengths[rows], verifier.options
    starts = np.cumsum(lengths) - lengths
    rank = np.arange(len(numbers)) - starts[owners]

    def gather(share: float) -> tuple[NDArray[np.int64], dict[int, NDArray[np.intp]]]:
        """Return how many words of each text are looked at, and the texts of each word."""
        depths = lengths - options.least_enough(lengths, share) + 1
        looked = np.flatnonzero(rank < depths[owners])
        looked = looked[np.argsort(numbers[looked], kind="stable")]
        words, begins = np.unique(numbers[looked], return_index=True)
        parts = np.split(owners[looked], begins[1:])
        return depths, dict(zip(words.tolist(), parts, strict=True))

    depths, holders = gather(options.share)
    cut_depths, _ = gather(options.cut_share)
    _, kept_holders = gather(options.cut_kept)
    bags = verifier.gather_bags(rows)
    own = np.zeros(bags.shape[1], np.int32)
    left = np.ones(len(rows), bool)
    for place in range(len(rows) - 1):
        if not left[place]:
            continue
        left[place] = False
        mine = numbers[starts[place] : starts[place] + lengths[place]].tolist()
        found = [holders[word] for word in mine[: max(depths[place], 0)]]
        # Of a text that was cut, nearly all words stand in this one, which is longer.
        cut = mine[: max(cut_depths[place], 0)]
        found += [kept_holders[word] for word in cut if word in kept_holders]
        if not found:
            continue
        others = np.unique(np.concatenate(found))
        others = others[left[others]]
        own[mine] = 1
        common = bags[others] @ own
        own[mine] = 0
        others = others[verifier.hopeful(int(rows[place]), rows[others], common)]
        if len(others):
            left[others[verifier.near(int(rows[place]), rows[others])]] = False
