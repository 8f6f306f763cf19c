"""What each article of a story has from the others: how much, from whom, what it cut and added."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.alignment import Block
from topics.coverage.articles import Article
from topics.coverage.story_texts import Span, StoryTexts, passage_spans
from topics.coverage.stretches import LEAST_RUN
from topics.coverage.word_kinds import LEAST_FRAME

# A sentence of which less than this share stands in the other article was cut, or added.
_SENTENCE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences in a row, within one paragraph, that the other article has not.

    Attributes:
        start: Offset in the article's body.
        end: Offset after it.
        words: Words in it.
        paragraph: Whether it is the whole paragraph.
    """

    start: int
    end: int
    words: int
    paragraph: bool


@dataclass(frozen=True, slots=True)
class Source:
    """An article of the story that another one has words from. Offsets are of the bodies.

    Attributes:
        article: Number of the source.
        earlier: Whether it was surely published before; else nobody knows who was first.
        words: Words that the other has from it, and from no source named before it;
            shared quotations and boilerplate are not among them.
        share: Their share of the other's words.
        used: Share of the source's own words that stand in the other.
        spans: What agrees: start and end in the source, start and end in the other.
        cut: What of the source the other has not.
        added: What the other has and the source has not.
    """

    article: int
    earlier: bool
    words: int
    share: float
    used: float
    spans: tuple[Block, ...]
    cut: tuple[Stretch, ...]
    added: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class ArticleReuse:
    """Of what an article of a story is made. The four counts add up to ``words``.

    Attributes:
        article: Its number.
        words: Words of its body.
        copied: Words that stand in other articles of the story that are not surely later.
        quoted: Words of quotations that others have in a frame of their own.
        boilerplate: Words of paragraphs repeated whatever the story.
        own: The rest.
        sources: Where the copied words are from, most first.
    """

    article: int
    words: int
    copied: int
    quoted: int
    boilerplate: int
    own: int
    sources: tuple[Source, ...]

    @property
    def copied_share(self) -> float:
        """Share of its words that were copied; 0.0 of no words."""
        return self.copied / self.words if self.words else 0.0


def measure_reuse(
    articles: Sequence[Article], members: Collection[int], boilerplate: Collection[int] = ()
) -> tuple[ArticleReuse, ...]:
    """Measure what each article of a story has from the others.

    Only articles that share runs of words are laid side by side, each with three others at
    most.

    Args:
        articles: Of the corpus.
        members: Numbers of the story's articles; the answer is the same in any order.
        boilerplate: Rows of passages that are repeated whatever the story.

    Returns:
        One for each member, by date, then id.
    """
    story = StoryTexts(articles, members)
    rote = frozenset(boilerplate)
    return tuple(_measure(story, place, rote) for place in range(len(story.members)))


def _measure(story: StoryTexts, place: int, rote: frozenset[int]) -> ArticleReuse:
    """Lay one article beside its likely sources."""
    words = len(story.wordings[place].words)
    is_rote = np.zeros(words, bool)
    for row, (first, after) in zip(
        story.articles[place].rows, story.paragraphs[place], strict=True
    ):
        is_rote[first:after] = row in rote
    taken = np.full(words, -1, np.int64)
    quoted = story.shared_quotes[place].copy()
    for other in story.sources[place]:
        blocks = story.align(place, other)
        if sum(int((taken[a:b] < 0).sum()) for a, b, _, _ in blocks) < LEAST_RUN:
            continue  # nothing but ends of what another source has in full
        for first, after, there, _ in blocks:
            free = taken[first:after] < 0
            taken[first:after][free] = other
            marks = story.quoted[other][there : there + after - first]
            # What the source quotes is no word of its own, whether quoted here or not.
            quoted[first:after] |= free & marks
    with_frame = _frames_taken(story.paragraphs[place], taken >= 0, quoted)
    is_quote = quoted & ~(with_frame & (taken >= 0)) & ~is_rote
    copied = (taken >= 0) & ~is_quote & ~is_rote
    found = [(int((copied & (taken == other)).sum()), other) for other in story.sources[place]]
    return ArticleReuse(
        article=story.members[place],
        words=words,
        copied=int(copied.sum()),
        quoted=int(is_quote.sum()),
        boilerplate=int(is_rote.sum()),
        own=words - int((copied | is_quote | is_rote).sum()),
        sources=tuple(
            _describe(story, place, other, count)
            for count, other in sorted(found, key=lambda pair: (-pair[0], pair[1]))
            if count
        ),
    )


def _frames_taken(
    paragraphs: Sequence[Span], taken: NDArray[np.bool_], quoted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Flag the words of paragraphs whose words around quotations were taken as well.

    A paragraph that is all quotation goes with the one before or after it.
    """
    sums = [
        (int((~quoted[a:b]).sum()), int((taken[a:b] & ~quoted[a:b]).sum())) for a, b in paragraphs
    ]
    judged = [frame >= LEAST_FRAME for frame, _ in sums]
    half = [
        known and 2 * copied >= frame for known, (frame, copied) in zip(judged, sums, strict=True)
    ]
    flags = np.zeros(len(taken), bool)
    for index, (first, after) in enumerate(paragraphs):
        near = half[max(0, index - 1) : index + 2]
        flags[first:after] = half[index] or (not judged[index] and any(near))
    return flags


def _describe(story: StoryTexts, place: int, other: int, words: int) -> Source:
    blocks = story.align(place, other)
    own, source = story.wordings[place], story.wordings[other]
    here, there = np.zeros(len(own.words), bool), np.zeros(len(source.words), bool)
    for first, after, begin, end in blocks:
        here[first:after] = True
        there[begin:end] = True
    return Source(
        article=story.members[other],
        earlier=story.bounds[other][1] < story.bounds[place][0],
        words=words,
        share=words / len(own.words),
        used=float(there.mean()),
        spans=tuple(sorted((*source.span(c, d), *own.span(a, b)) for a, b, c, d in blocks)),
        cut=tuple(_missing(story, other, there)),
        added=tuple(_missing(story, place, here)),
    )


def _missing(story: StoryTexts, place: int, found: NDArray[np.bool_]) -> Iterator[Stretch]:
    """Yield the sentences that the other article has not, those in a row together."""
    for span, sentences in zip(
        passage_spans(story.articles[place]), story.sentences(place), strict=True
    ):
        gone = [found[each.first : each.after].mean() < _SENTENCE_SHARE for each in sentences]
        index = 0
        while index < len(sentences):
            last = index
            while last < len(sentences) and gone[last]:
                last += 1
            if last > index:
                run = sentences[index:last]
                whole = len(run) == len(sentences)
                bounds = span if whole else (run[0].start, run[-1].end)
                yield Stretch(*bounds, run[-1].after - run[0].first, whole)
            index = last + 1
