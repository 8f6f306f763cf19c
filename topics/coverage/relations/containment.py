"""How much of a text stands inside a longer one: in one stretch, or in blocks here and there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property

import numpy as np
from rapidfuzz.distance import LCSseq

from embeddings.progress import track
from embeddings.text.keeping import keep_rows, keep_value, key_of, pack_keys, split_keys
from embeddings.text.wording import WordedTexts, read_words
from embeddings.words.alignment import Block, Change, compare, match_words
from embeddings.words.conflicts import FactChange
from embeddings.words.spelling import find_spelled
from embeddings.words.steps import Step, make_step, pass_all, state_percent
from topics.coverage.relations.shared_runs import ContainmentCandidates

# Part of the least share that must stand there in order and spelled alike: no more than this
# is left to misspelled words and to moved paragraphs. It rules out most candidates at once.
_SURE_PART = 0.6
# Words in a row that are not taken for chance within one stretch.
_FIRM = 3
# From this share on the words may be as scattered as they like: little is missing.
_NEARLY_ALL = 0.9
# Blocks of this many words are no chance wherever they stand (MOVED_WORDS of alignment).
_BLOCK = 5
# Between blocks of one passage, edited word by word, at most this many words differ; the
# passage has as many words in common, and as large a share, or it is chance.
_EDITED_GAP, _PASSAGE_WORDS, _PASSAGE_SHARE = 3, 10, 0.6


@dataclass(frozen=True, slots=True)
class Containment:
    """Where a shorter text stands in a longer one. Offsets count characters of the bodies.

    Attributes:
        share_contained: Share of the shorter text's words that stand there.
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
class Standing:
    """How much of a shorter text stands in a longer one, measured when it is asked for.

    Attributes:
        inner: Word numbers of the shorter text.
        outer: Those of the longer one, or of the stretch that is looked at.
        words: What the numbers stand for.
        scattered: See ``contained_pairs``.
    """

    inner: Sequence[int]
    outer: Sequence[int]
    words: Sequence[str]
    scattered: bool

    @cached_property
    def blocks(self) -> list[Block]:
        """What agrees."""
        inner, outer = (
            [self.words[number] for number in side] for side in (self.inner, self.outer)
        )
        return _match(inner, outer, scattered=self.scattered)

    @property
    def share(self) -> float:
        """Share of the shorter text's words."""
        return _count(self.blocks) / len(self.inner)

    def in_order(self, least_share: float) -> bool:
        """Whether enough words stand there in order and spelled alike: quick to tell."""
        sure = math.ceil(_SURE_PART * least_share * len(self.inner))
        return LCSseq.similarity(self.inner, self.outer, score_cutoff=sure) > 0

    def check(self, least_share: float, least_firm: int) -> Iterator[Step]:
        """Test the words in common; see ``contained_pairs``."""
        stated, asked = state_percent(self.share, least_share)
        where = "in passages of" if self.scattered else "in one stretch of"
        clause = (
            f"{stated} of the shorter text's words stand {where} the longer one; "
            f"{asked} are asked for"
        )
        enough = self.share >= least_share
        if enough and not self.in_order(least_share):
            enough, clause = False, f"{clause}, and more of them in the same order"
        yield make_step("share", self.share, least_share, enough, clause)
        firm = sum(size for size in map(_size, _join(self.blocks)) if size >= _FIRM)
        held = self.share >= _NEARLY_ALL or firm >= least_firm
        clause = (
            f"{least_firm} or more of them stand in runs of three words, or nearly all are there"
        )
        if not held:
            clause = f"fewer than {least_firm} of them stand in runs of three words or more"
        yield make_step("words in runs", None, least_firm, held, clause)


def lay_beside(
    texts: WordedTexts, found: ContainmentCandidates, scattered: bool
) -> Iterator[tuple[int, int, Standing]]:
    """Lay the shorter text of each candidate beside the part of the longer one to look at."""
    words = texts.vocabulary.words()
    pairs, shifts = found.pairs.tolist(), found.shifts.tolist()
    for (longer, shorter), shift in track(zip(pairs, shifts, strict=True), len(pairs)):
        inner, outer = texts.row(shorter), texts.row(longer)
        if not scattered:
            first, after = _stretch(len(inner), shift)
            outer = outer[first:after]
        yield longer, shorter, Standing(inner, outer, words, scattered)


def contained_pairs(
    texts: WordedTexts,
    hashes: Sequence[bytes],
    found: ContainmentCandidates,
    least_share: float,
    *,
    least_firm: int = 0,
    scattered: bool = False,
) -> Iterator[tuple[int, int, float]]:
    """Yield the candidates whose shorter text stands in the longer one: longer, shorter, share.

    Args:
        texts: Those that the candidates were found in.
        hashes: Of each text, by which what is found is kept from run to run.
        found: The candidates.
        least_share: Of the shorter text's words.
        least_firm: Words in runs of three or more, unless nine tenths of the text are found.
        scattered: Whether it may stand in blocks all over the longer text, as a story does
            from which paragraphs were dropped. Else only a stretch as long as the shorter
            text, a fifth more at each end, is aligned, so that words scattered over a long
            text add up to nothing.
    """
    shares = keep_rows(
        f"contained 3 {least_share} {least_firm} {scattered}",
        _keys_of(hashes, found),
        lambda places: np.array(
            [
                _measure(standing, least_share, least_firm)
                for *_, standing in lay_beside(texts, found.select(places), scattered)
            ]
        ),
    )
    enough = shares >= 0
    for pair, share in zip(found.pairs[enough].tolist(), shares[enough].tolist(), strict=True):
        yield *pair, share


def _keys_of(hashes: Sequence[bytes], found: ContainmentCandidates) -> list[bytes]:
    """Return what a candidate is known by: the hashes of its texts, and where it is looked for."""
    if not len(found.pairs):
        return []
    packed = pack_keys(hashes)
    shifts = found.shifts[:, None].view(np.uint8)
    return split_keys(np.concatenate((*(packed[side] for side in found.pairs.T), shifts), axis=1))


def _measure(standing: Standing, least_share: float, least_firm: int) -> float:
    """Return the share of a text that stands in a longer one, -1 where it is not enough."""
    if standing.in_order(least_share) and pass_all(standing.check(least_share, least_firm)):
        return standing.share
    return -1.0


def describe(container: str, contained: str, shift: int, *, scattered: bool = False) -> Containment:
    """Lay a contained text beside the stretch of the longer one where it stands.

    Args:
        container: The longer body.
        contained: The shorter body.
        shift: Word of the longer body at which the shorter one about begins.
        scattered: See ``contained_pairs``.
    """
    outer, inner = read_words(container), read_words(contained)
    first, after = _stretch(len(inner.words), shift)
    if scattered:
        first, after = 0, len(outer.words)
    blocks = _match(inner.words, outer.words[first:after], scattered=scattered)
    places = _bounds(inner.words, outer.words, first, blocks)
    start, end = outer.starts[places[0]], outer.ends[places[1] - 1]
    side_by_side = compare(contained, container[start:end])
    shared = _count(blocks)
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


def recall_described(
    container: str, contained: str, shift: int, *, scattered: bool = False
) -> Containment:
    """Return what ``describe`` gives, worked out once for two texts."""
    told = keep_value(
        f"described 2 {scattered}",
        key_of(container, contained, shift),
        lambda: asdict(describe(container, contained, shift, scattered=scattered)),
    )
    changes = [
        Change(**{**change, "facts": tuple(FactChange(**fact) for fact in change["facts"])})
        for change in told["changes"]
    ]
    spans = tuple(map(tuple, told["spans"]))
    return Containment(**{**told, "spans": spans, "changes": tuple(changes)})


def _stretch(words: int, shift: int) -> tuple[int, int]:
    slack = max(3, words // 5)
    return max(0, shift - slack), shift + words + slack


def _match(inner: Sequence[str], outer: Sequence[str], *, scattered: bool) -> list[Block]:
    """Return the blocks that count, by their place in the longer text."""
    equal, moved = match_words(inner, outer)
    spelled = find_spelled(inner, outer, equal, moved)
    if not scattered:
        return sorted(equal + spelled, key=_in_outer)
    return sorted([*_edited_passages(_join(sorted(equal + spelled))), *moved], key=_in_outer)


def _edited_passages(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of passages that both texts have, edited in places, or long blocks.

    Chance matches in order ("the", "of") are near to each other in one text or the other,
    not in both, or have many words between them.
    """
    chain: list[Block] = []
    for block in [*blocks, None]:
        near = (
            chain
            and block
            and (block[0] - chain[-1][1] <= _EDITED_GAP and block[2] - chain[-1][3] <= _EDITED_GAP)
        )
        if chain and not near:
            yield from _firm_part(chain)
            chain = []
        if block:
            chain.append(block)


def _firm_part(chain: list[Block]) -> list[Block]:
    first, after = 0, len(chain)
    while first < after and _size(chain[first]) < _FIRM:
        first += 1
    while after > first and _size(chain[after - 1]) < _FIRM:
        after -= 1
    kept = chain[first:after]
    if kept:
        span = max(kept[-1][1] - kept[0][0], kept[-1][3] - kept[0][2])
        if _count(kept) >= max(_PASSAGE_WORDS, _PASSAGE_SHARE * span):
            return kept
    return [block for block in chain if _size(block) >= _BLOCK]


def _join(blocks: Sequence[Block]) -> list[Block]:
    """Make one block of those that follow each other in both texts."""
    joined: list[Block] = []
    for block in blocks:
        if joined and joined[-1][1] == block[0] and joined[-1][3] == block[2]:
            joined[-1] = joined[-1][0], block[1], joined[-1][2], block[3]
        else:
            joined.append(block)
    return joined


def _in_outer(block: Block) -> int:
    return block[2]


def _size(block: Block) -> int:
    return block[1] - block[0]


def _count(blocks: Sequence[Block]) -> int:
    return sum(map(_size, blocks))


def _bounds(
    inner: Sequence[str], outer: Sequence[str], first: int, blocks: Sequence[Block]
) -> tuple[int, int]:
    """Return the words of ``outer`` between which the contained text stands.

    A single word matched far off at either end ("the") is given up for the same word
    next to the rest.
    """
    kept = list(blocks)
    while len(kept) > 1 and _size(kept[0]) == 1 and kept[1][2] - kept[0][3] > 2:
        kept = kept[1:]
    while len(kept) > 1 and _size(kept[-1]) == 1 and kept[-1][2] - kept[-2][3] > 2:
        kept = kept[:-1]
    before, start = kept[0][0], first + kept[0][2]
    while before > 0 and start > 0 and inner[before - 1] == outer[start - 1]:
        before, start = before - 1, start - 1
    after, end = kept[-1][1], first + kept[-1][3]
    while after < len(inner) and end < len(outer) and inner[after] == outer[end]:
        after, end = after + 1, end + 1
    return start, end
