"""Words of two texts that are one word, spelled differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from embeddings.facts import FACT_WORDS
from embeddings.gazetteer import find_place

# A stretch of words (first, after) in the one text and in the other.
Block = tuple[int, int, int, int]

# Of shorter words, one letter makes another word ("men", "man").
_LEAST_LETTERS = 4
# How far a word may have slipped between two changed stretches.
_SLIP = 2


def find_spelled(
    a: Sequence[str], b: Sequence[str], equal: Sequence[Block], moved: Sequence[Block]
) -> list[Block]:
    """Find words that stand at one place of both texts and differ by a letter.

    Args:
        a: Folded words of the first text.
        b: Those of the second.
        equal: Stretches in common, in order.
        moved: Stretches in common elsewhere.

    Returns:
        Blocks of one word each, in order.
    """
    taken_a = {place for run in moved for place in range(run[0], run[1])}
    taken_b = {place for run in moved for place in range(run[2], run[3])}
    spelled = []
    for first, after, other, other_after in _between(equal, len(a), len(b)):
        free = other
        for place in range(first, after):
            if place in taken_a:
                continue
            expected = other + place - first
            for match in range(max(free, expected - _SLIP), min(other_after, expected + _SLIP + 1)):
                if match not in taken_b and are_one_word(a[place], b[match]):
                    spelled.append((place, place + 1, match, match + 1))
                    free = match + 1
                    break
    return spelled


def _between(equal: Sequence[Block], length_a: int, length_b: int) -> Iterator[Block]:
    """Yield the stretches between the blocks that have words on both sides."""
    first = other = 0
    for block in (*equal, (length_a, length_a, length_b, length_b)):
        if block[0] > first and block[2] > other:
            yield first, block[0], other, block[2]
        first, other = block[1], block[3]


@lru_cache(maxsize=1 << 16)
def are_one_word(a: str, b: str) -> bool:
    """Whether two words differ by one letter, or by two neighbours swapped.

    Two figures, dates or negations never are, nor two known places ("Iran", "Iraq"); of one
    of them and another word the first letter must agree, or all letters.
    """
    if min(len(a), len(b)) < _LEAST_LETTERS or abs(len(a) - len(b)) > 1:
        return False
    telling = (a in FACT_WORDS) + (b in FACT_WORDS)
    if not (a.isalpha() and b.isalpha()) or telling == 2:
        return False
    if telling and a[0] != b[0] and sorted(a) != sorted(b):
        return False
    if OSA.distance(a, b, score_cutoff=1) > 1:
        return False
    return not (find_place((a,), 0) and find_place((b,), 0))
