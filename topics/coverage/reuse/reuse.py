"""What each article of a story has from the others: how much, from whom, what it cut and added."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.words.alignment import Block
from topics.coverage.articles.articles import Article
from topics.coverage.reuse.frames import frames_taken
from topics.coverage.reuse.story_texts import StoryTexts
from topics.coverage.reuse.stretches import LEAST_RUN

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
            shared quotations and boilerplate are not among them. ``LEAST_RUN`` at least.
        share: Their share of the other's words.
        used: Share of the source's own words that stand in the other.
        spans: What agrees: start and end in the source, start and end in the other.
        cut: What of the source the other has not.
        added: What the other has and the source has not.
        same_outlet: Whether both are of one known outlet, which repeats itself.
    """

    article: int
    earlier: bool
    words: int
    share: float
    used: float
    spans: tuple[Block, ...]
    cut: tuple[Stretch, ...]
    added: tuple[Stretch, ...]
    same_outlet: bool = False


@dataclass(frozen=True, slots=True)
class ArticleReuse:
    """Of what an article of a story is made.

    ``copied``, ``repeated``, ``quoted``, ``boilerplate`` and ``own`` add up to ``words``.

    Attributes:
        article: Its number.
        words: Words of its body.
        copied: Words that stand in articles of the story that are of other outlets, or of
            unknown ones, and not surely later.
        quoted: Words of quotations that others have in a frame of their own.
        boilerplate: Words of paragraphs repeated whatever the story.
        own: The rest.
        sources: Where the copied and the repeated words are from, most first.
        repeated: Words that stand in articles of the same outlet that are not surely later.
    """

    article: int
    words: int
    copied: int
    quoted: int
    boilerplate: int
    own: int
    sources: tuple[Source, ...]
    repeated: int = 0


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
    taken, is_quote = _trace(story, place, is_rote)
    found = [(int((taken == other).sum()), other) for other in story.sources[place]]
    sources = tuple(
        _describe(story, place, other, count)
        for count, other in sorted(found, key=lambda pair: (-pair[0], pair[1]))
        if count
    )
    return ArticleReuse(
        article=story.members[place],
        words=words,
        copied=sum(source.words for source in sources if not source.same_outlet),
        quoted=int(is_quote.sum()),
        boilerplate=int(is_rote.sum()),
        own=words - int(((taken >= 0) | is_quote | is_rote).sum()),
        sources=sources,
        repeated=sum(source.words for source in sources if source.same_outlet),
    )


def _trace(
    story: StoryTexts, place: int, is_rote: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Tell where each word of an article is from, and which are shared quotations.

    A source of which no run's worth of words is left, quotations and boilerplate apart, is
    noise: its words go to the next source that has them, or are the article's own.

    Returns:
        int64 of shape ``(words,)``: place of the source, -1 for none; bool of the same shape.
    """
    noise: set[int] = set()
    while True:
        taken, quoted = _give_words(story, place, noise)
        kept = np.where(np.isin(taken, list(noise)), -1, taken)
        spans = np.array(story.paragraphs[place], np.int64).reshape(-1, 2)
        with_frame = np.zeros(len(taken), bool)
        for (first, after), along in zip(
            spans.tolist(),
            frames_taken(spans, np.zeros(len(spans), np.int64), kept, quoted),
            strict=True,
        ):
            with_frame[first:after] = along
        is_quote = quoted & ~(with_frame & (kept >= 0)) & ~is_rote
        kept[is_quote | is_rote] = -1
        found, counts = np.unique(kept[kept >= 0], return_counts=True)
        few = found[counts < LEAST_RUN].tolist()
        if not few:
            return kept, is_quote
        noise.update(few)


def _give_words(
    story: StoryTexts, place: int, noise: Collection[int]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give each word to the likeliest source that has it, to those that are noise last.

    Returns:
        As ``_trace``; the second says what the source, or another article, quotes.
    """
    taken = np.full(len(story.wordings[place].words), -1, np.int64)
    quoted = story.shared_quotes[place].copy()
    for other in sorted(story.sources[place], key=lambda other: other in noise):
        blocks = story.align(place, other)
        if sum(int((taken[a:b] < 0).sum()) for a, b, _, _ in blocks) < LEAST_RUN:
            continue  # nothing but ends of what another source has in full
        for first, after, there, _ in blocks:
            free = taken[first:after] < 0
            taken[first:after][free] = other
            marks = story.quoted[other][there : there + after - first]
            # What the source quotes is no word of its own, whether quoted here or not.
            quoted[first:after] |= free & marks
    return taken, quoted


def _describe(story: StoryTexts, place: int, other: int, words: int) -> Source:
    blocks = story.align(place, other)
    own, source = story.wordings[place], story.wordings[other]
    outlet = story.articles[place].document.source
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
        same_outlet=bool(outlet) and outlet == story.articles[other].document.source,
    )


def _missing(story: StoryTexts, place: int, found: NDArray[np.bool_]) -> Iterator[Stretch]:
    """Yield the sentences that the other article has not, those in a row together."""
    for span, sentences in zip(story.articles[place].spans, story.sentences(place), strict=True):
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
