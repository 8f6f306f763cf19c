"""Two texts laid side by side: what they share and which words changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import LCSseq

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import Wording, read_words
from embeddings.words.conflicts import FactChange, change_facts
from embeddings.words.facts import Stretch, find_facts, split_by_span
from embeddings.words.spelling import Block as Block
from embeddings.words.spelling import between, find_spelled, split_marked

ChangeKind = Literal["insert", "delete", "replace", "move", "spelling"]

# Runs of this many words that stand in both texts, but not in the same order, were moved;
# shorter ones are what any two English texts share.
MOVED_WORDS = 5
# A stretch of so many words, of which another one has this share in order, was moved and edited.
EDITED_WORDS, EDITED_SHARE = 8, 0.5
# Pairs of stretches looked at; texts with more are no one text with a sentence moved.
_MOST_EDITED = 64
# Words in a row, in common order, that are not taken for chance.
FIRM_WORDS = 3

# A stretch of one text.
Span = tuple[int, int]
# The words of a text, or their numbers.
Words = Sequence[int] | Sequence[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One place where two texts differ. Offsets count characters of the two texts.

    Attributes:
        kind: ``move`` stands for words that both have, in another place; ``spelling`` for
            one word that the two spell differently, which counts as shared.
        before: The words in the first text, as printed; ``""`` for an insertion.
        after: The words in the second text.
        before_start: Offset of ``before`` in the first text.
        before_end: Offset after it.
        after_start: Offset of ``after`` in the second text.
        after_end: Offset after it.
        facts: The facts that differ here.
    """

    kind: ChangeKind
    before: str
    after: str
    before_start: int
    before_end: int
    after_start: int
    after_end: int
    facts: tuple[FactChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two texts agree, word by word.

    Attributes:
        share_a: Share of the first text's words that stand in the second, in order or
            moved as a run of at least ``MOVED_WORDS``, spelled alike or nearly.
        share_b: The same of the second text's words.
        jaccard: Jaccard similarity of their sets of word pairs, which MinHash estimates.
        changes: Every difference in the order of the first text.
        spans: Character spans that agree: start and end in the first text, start and end
            in the second.
    """

    share_a: float
    share_b: float
    jaccard: float
    changes: tuple[Change, ...]
    spans: tuple[Block, ...]

    @property
    def share(self) -> float:
        """Matching words over the words of the longer text: what makes a near copy."""
        return min(self.share_a, self.share_b)

    @property
    def changed_facts(self) -> tuple[FactChange, ...]:
        """All facts that differ, place by place."""
        return tuple(fact for change in self.changes for fact in change.facts)

    @property
    def changed_figures(self) -> tuple[FactChange, ...]:
        """The figures that differ."""
        return tuple(fact for fact in self.changed_facts if fact.kind == "figure")

    @property
    def conflicts(self) -> tuple[FactChange, ...]:
        """The facts of which the two texts say different things."""
        return tuple(fact for fact in self.changed_facts if fact.conflicting)


def compare(a: str, b: str) -> Comparison:
    """Lay two texts side by side.

    Case, quotes, dashes and white space make no difference; spelling does. The words
    shown are those of the texts as printed.
    """
    first, second = read_words(a), read_words(b)
    equal, moved = match_words(first.words, second.words)
    spelled = find_spelled(first.words, second.words, equal, moved)
    matching = _count(equal) + _count(moved) + len(spelled)
    return Comparison(
        share_a=matching / len(first.words) if first.words else float(not second.words),
        share_b=matching / len(second.words) if second.words else float(not first.words),
        jaccard=jaccard(first.words, second.words),
        changes=tuple(_describe(first, second, equal, moved, spelled)),
        spans=tuple((*first.span(*x[:2]), *second.span(*x[2:])) for x in sorted(equal + moved)),
    )


def match_words(a: Words, b: Words) -> tuple[list[Block], list[Block]]:
    """Find the words that two texts share.

    The longest common subsequence first (rapidfuzz's bit-parallel LCS), then runs of
    ``MOVED_WORDS`` among the words left over on both sides.

    Returns:
        The stretches in common order, and the moved ones; a word is in one at most.
    """
    equal = [
        (step.src_start, step.src_end, step.dest_start, step.dest_end)
        for step in LCSseq.opcodes(a, b)
        if step.tag == "equal"
    ]
    if len(equal) == 1 and equal[0][1] - equal[0][0] == min(len(a), len(b)):
        return equal, []
    # Lone words that happen to stand in order ("the") would cut a moved run in two: runs
    # are sought as if they were not matched, and stay where that gains words.
    firm = [block for block in equal if block[1] - block[0] >= FIRM_WORDS]
    gaps = between(firm, len(a), len(b))
    moved, left = _find_edited(a, b, gaps)
    moved += _find_moved(a, b, left)
    if not moved:
        return equal, []
    taken_a = {place for run in moved for place in range(run[0], run[1])}
    taken_b = {place for run in moved for place in range(run[2], run[3])}
    left_a = [place for place in range(len(a)) if place not in taken_a]
    left_b = [place for place in range(len(b)) if place not in taken_b]
    rest = _align(a, b, left_a, left_b)
    gained = _count(rest) + _count(moved) > _count(equal)
    return (rest, moved) if gained else (equal, [])


def _align(a: Words, b: Words, places_a: Sequence[int], places_b: Sequence[int]) -> list[Block]:
    """Return the longest common subsequence of the words at these places, as stretches."""
    blocks: list[Block] = []
    steps = LCSseq.opcodes([a[place] for place in places_a], [b[place] for place in places_b])
    for step in steps:
        if step.tag != "equal":
            continue
        for offset in range(step.src_end - step.src_start):
            left, right = places_a[step.src_start + offset], places_b[step.dest_start + offset]
            if blocks and blocks[-1][1] == left and blocks[-1][3] == right:
                blocks[-1] = blocks[-1][0], left + 1, blocks[-1][2], right + 1
            else:
                blocks.append((left, left + 1, right, right + 1))
    return blocks


def _count(blocks: Sequence[Block]) -> int:
    return sum(block[1] - block[0] for block in blocks)


def count_shared(a: Sequence[int], b: Sequence[int], at_least: int, words: Sequence[str]) -> int:
    """Count the words that two texts share, or return 0 when they are below ``at_least``.

    Args:
        a: Word numbers of the first text.
        b: Those of the second.
        at_least: Fewest words that count.
        words: What the numbers stand for.
    """
    equal, moved = match_words(a, b)
    shared = _count(equal) + _count(moved)
    if shared < min(len(a), len(b)):
        spelled = [words[number] for number in a], [words[number] for number in b]
        shared += len(find_spelled(*spelled, equal, moved))
    return shared if shared >= at_least else 0


def may_share(sorted_a: Sequence[int], sorted_b: Sequence[int], at_least: int) -> bool:
    """Whether two bags of words, each sorted, have ``at_least`` words in common.

    Of sorted words the longest common subsequence is the common bag; no order of the
    words can match more. It is quick, and rules out nearly every chance candidate.
    """
    common: int = LCSseq.similarity(sorted_a, sorted_b, score_cutoff=at_least)
    return common >= at_least


def jaccard(a: Sequence[str], b: Sequence[str]) -> float:
    """Return the Jaccard similarity of the sets of neighbouring word pairs.

    Texts of one word or none are compared by their words.
    """
    size = 2 if min(len(a), len(b)) > 1 else 1
    left = {tuple(a[i : i + size]) for i in range(len(a) - size + 1)}
    right = {tuple(b[i : i + size]) for i in range(len(b) - size + 1)}
    union = len(left | right)
    return len(left & right) / union if union else 1.0


def _find_moved(a: Words, b: Words, gaps: Sequence[Block]) -> list[Block]:
    """Match runs of at least ``MOVED_WORDS`` words among what is left over, from the left."""
    places: dict[tuple[object, ...], tuple[int, int]] = {}
    for first, after, _, _ in gaps:
        for place in range(first, after - MOVED_WORDS + 1):
            places.setdefault(tuple(a[place : place + MOVED_WORDS]), (place, after))
    moved: list[Block] = []
    taken: set[int] = set()
    for _, _, place, after in gaps if places else ():
        while place + MOVED_WORDS <= after:
            start, end = places.get(tuple(b[place : place + MOVED_WORDS]), (0, 0))
            most, length = min(after - place, end - start), 0
            while length < most and (
                a[start + length] == b[place + length] and start + length not in taken
            ):
                length += 1
            if length < MOVED_WORDS:
                place += 1
                continue
            moved.append((start, start + length, place, place + length))
            taken.update(range(start, start + length))
            place += length
    return moved


def _find_edited(a: Words, b: Words, gaps: Sequence[Block]) -> tuple[list[Block], Sequence[Block]]:
    """Match a stretch that is left over with one elsewhere that has most of its words in order.

    A sentence that was moved and edited, so that runs of ``MOVED_WORDS`` are few in it.

    Returns:
        Its words that both have; and what is left over still.
    """
    lefts = [gap for gap in gaps if gap[1] - gap[0] >= max(EDITED_WORDS, 2 * (gap[3] - gap[2]))]
    rights = [gap for gap in gaps if gap[3] - gap[2] >= max(EDITED_WORDS, 2 * (gap[1] - gap[0]))]
    if len(lefts) * len(rights) > _MOST_EDITED:
        return [], gaps
    moved: list[Block] = []
    left_out: set[Block] = set()
    for left in lefts:
        for right in rights:
            if right in left_out:
                continue
            longer = max(left[1] - left[0], right[3] - right[2])
            blocks = _align(a, b, range(*left[:2]), range(*right[2:]))
            if _count(blocks) >= EDITED_SHARE * longer:
                moved += blocks
                left_out |= {left, right}
                break
    return moved, [gap for gap in gaps if gap not in left_out]


def _describe(
    first: Wording,
    second: Wording,
    equal: list[Block],
    moved: list[Block],
    spelled: list[Block],
) -> list[Change]:
    """Turn what is not common into changes, with the facts in them."""
    places: list[tuple[ChangeKind, Block]] = [("move", block) for block in moved]
    places += [("spelling", block) for block in spelled]
    common = sorted(
        _steady(first.words, second.words, split_marked(first, second, equal)) + spelled
    )
    gone = sorted(run[:2] for run in moved), sorted(run[2:] for run in moved)
    for block in between(common, len(first.words), len(second.words)):
        places.extend(_without_moved(block, *gone))
    places.sort(key=lambda place: (place[1][0], place[1][2]))
    kept = [place for place in places if place[0] not in ("move", "spelling")]
    lefts = _stretches(first, [block[:2] for _, block in kept])
    rights = _stretches(second, [block[2:] for _, block in kept])
    told = {
        place: change_facts(left, right)
        for place, left, right in zip(kept, lefts, rights, strict=True)
    }
    return [
        Change(
            kind,
            first.slice(*block[:2]),
            second.slice(*block[2:]),
            *first.span(*block[:2]),
            *second.span(*block[2:]),
            facts=told.get((kind, block), ()),
        )
        for kind, block in places
    ]


def _stretches(wording: Wording, spans: Sequence[Span]) -> list[Stretch]:
    """Gather the facts of one text where it differs from the other."""
    found = find_facts(wording)
    split = list(split_by_span(found, spans))
    stated = frozenset(fact.value for fact in found)
    changed = frozenset(fact.value for facts in split for fact in facts)
    negations = sum(fact.kind == "negation" for fact in found)
    return [
        Stretch(wording, *span, facts, stated, changed, negations, found)
        for span, facts in zip(spans, split, strict=True)
    ]


def _steady(a: Sequence[str], b: Sequence[str], equal: list[Block]) -> list[Block]:
    """Leave out what chops up a change: lone common words, and words that others jumped over.

    "the" between two changes is one, and "attacked" in "Israel attacked Syria", or either
    name, where the two names changed places.
    """
    ends = [(0, 0, 0, 0), *equal, (len(a), len(a), len(b), len(b))]
    return [
        block
        for index, block in enumerate(equal)
        if not (
            (
                0 < index < len(equal) - 1
                and block[1] - block[0] == 1
                and a[block[0]] in STOP_WORDS
                and a[block[0]] not in ("no", "not")
                and _replaced(equal[index - 1], block)
                and _replaced(block, equal[index + 1])
            )
            or _jumped(a, b, (ends[index], block, ends[index + 2]))
        )
    ]


def _jumped(a: Sequence[str], b: Sequence[str], blocks: tuple[Block, Block, Block]) -> bool:
    """Whether the words before a short block stand behind it in the other text."""
    before, block, behind = blocks
    if block[1] - block[0] > FIRM_WORDS:
        return False
    gone = before[1], block[0], block[1], behind[0]
    new = before[3], block[2], block[3], behind[2]
    if max(gone[1] - gone[0], gone[3] - gone[2]) > MOVED_WORDS:
        return False
    here = sorted(a[gone[0] : gone[1]]), sorted(a[gone[2] : gone[3]])
    there = sorted(b[new[0] : new[1]]), sorted(b[new[2] : new[3]])
    return here == there[::-1] and here[0] != here[1] and [] in here


def _replaced(left: Block, right: Block) -> bool:
    """Whether words differ on both sides between two blocks."""
    return right[0] > left[1] and right[2] > left[3]


def _without_moved(
    block: Block, moved_a: Sequence[Span], moved_b: Sequence[Span]
) -> list[tuple[ChangeKind, Block]]:
    """Cut the moved runs out of a change; what is left has a kind of its own."""
    left, right = _subtract(block[:2], moved_a), _subtract(block[2:], moved_b)
    if len(left) == 1 and len(right) == 1:
        return [("replace", (*left[0], *right[0]))]
    deleted: list[tuple[ChangeKind, Block]] = [
        ("delete", (*span, block[2], block[2])) for span in left
    ]
    return deleted + [("insert", (block[1], block[1], *span)) for span in right]


def _subtract(span: Span, runs: Sequence[Span]) -> list[Span]:
    """Cut the runs, in order, that begin in a span out of it."""
    rest, place = [], span[0]
    for first, after in runs[bisect_left(runs, span[:1]) : bisect_left(runs, span[1:])]:
        if first > place:
            rest.append((place, first))
        place = after
    if span[1] > place:
        rest.append((place, span[1]))
    return rest
