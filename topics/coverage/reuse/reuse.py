"""What each article of a story has from the others: how much, from whom, what it cut and added."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import date_bounds, publication_order
from embeddings.text.wording import Wording, read_words
from embeddings.words.alignment import Block
from topics.coverage.articles.articles import Article
from topics.coverage.reuse.story_stretches import copied_stretches
from topics.coverage.reuse.word_kinds import BOILERPLATE, EARLIER, QUOTE, SELF, UNORDERED, WordTrace

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
        words: Words that the other has from it; shared quotations and boilerplate are not
            among them. ``LEAST_RUN`` at least.
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
        copied: Words that are traced to articles of the story that are of other outlets, or
            of unknown ones, and not surely later.
        quoted: Words of quotations that others have in a frame of their own.
        boilerplate: Words of paragraphs repeated whatever the story.
        own: The rest; what is traced to articles outside the story is among them.
        sources: Where the copied and the repeated words are from, most first.
        repeated: Words that are traced to articles of the same outlet.
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
    articles: Sequence[Article], members: Collection[int], trace: WordTrace
) -> tuple[ArticleReuse, ...]:
    """Measure what each article of a story has from the others.

    Args:
        articles: Of the corpus.
        members: Numbers of the story's articles; the answer is the same in any order.
        trace: Where the words of the corpus stood before (``trace_words``), of the members
            at the least.

    Returns:
        One for each member, by date, then id.
    """
    in_order = sorted(
        set(members),
        key=lambda n: (*publication_order(articles[n].document.published), articles[n].id),
    )
    read = {number: _Text(articles[number]) for number in in_order}
    return tuple(_measure(number, read, trace) for number in in_order)


class _Text:
    """An article as it is laid beside others."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.wording = read_words(article.body)
        self._sentences: list[list[Block]] | None = None

    def missing(self, found: NDArray[np.bool_]) -> Iterator[Stretch]:
        """Yield the sentences that the other article has not, those in a row together."""
        if self._sentences is None:
            self._sentences = [_split(self.wording, *span) for span in self.article.spans]
        for span, sentences in zip(self.article.spans, self._sentences, strict=True):
            for gone, group in groupby(
                sentences, key=lambda each: found[each[0] : each[1]].mean() < _SENTENCE_SHARE
            ):
                run = list(group)
                if gone:
                    whole = len(run) == len(sentences)
                    bounds = span if whole else (run[0][2], run[-1][3])
                    yield Stretch(*bounds, run[-1][1] - run[0][0], whole)


def _measure(number: int, read: dict[int, _Text], trace: WordTrace) -> ArticleReuse:
    words = trace.words_of(np.array(read[number].article.rows, np.int64))
    kinds, source = trace.kinds[words], trace.sources(words)
    taken = np.isin(kinds, (EARLIER, UNORDERED, SELF)) & np.isin(source, list(read))
    found, counts = np.unique(source[taken], return_counts=True)
    sources = [
        _describe(read[number], read[other], other, count)
        for other, count in sorted(
            zip(found.tolist(), counts.tolist(), strict=True),
            key=lambda pair: (-pair[1], list(read).index(pair[0])),
        )
    ]
    quoted, rote = (int((kinds == kind).sum()) for kind in (QUOTE, BOILERPLATE))
    repeated = sum(one.words for one in sources if one.same_outlet)
    copied = int(taken.sum()) - repeated
    own = len(words) - copied - repeated - quoted - rote
    return ArticleReuse(
        number, len(words), copied, quoted, rote, own, tuple(sources), repeated=repeated
    )


def _describe(text: _Text, other: _Text, number: int, words: int) -> Source:
    """Lay an article beside one that it has words from."""
    own, source = text.wording, other.wording
    blocks = copied_stretches(own.words, source.words)
    here, there = np.zeros(len(own.words), bool), np.zeros(len(source.words), bool)
    for first, after, begin, end in blocks:
        here[first:after] = True
        there[begin:end] = True
    document, origin = text.article.document, other.article.document
    return Source(
        article=number,
        earlier=date_bounds(origin.published)[1] < date_bounds(document.published)[0],
        words=words,
        share=words / len(own.words),
        used=float(there.mean()),
        spans=tuple(sorted((*source.span(c, d), *own.span(a, b)) for a, b, c, d in blocks)),
        cut=tuple(other.missing(there)),
        added=tuple(text.missing(here)),
        same_outlet=bool(document.source) and document.source == origin.source,
    )


def _split(wording: Wording, start: int, end: int) -> list[Block]:
    """Split a passage of a body into sentences: first word, the one after, start and end.

    Those without words are none.
    """
    from sentencex import segment

    places = [start]
    for sentence in segment("en", wording.text[start:end].replace("\n", " ")):
        places.append(places[-1] + len(sentence))
    # The splitter gives every character back; should it not, there is one sentence.
    bounds = places if places[-1] == end else [start, end]
    words = np.searchsorted(wording.starts, bounds, "left").tolist()
    ends = [a + len(wording.text[a:b].rstrip()) for a, b in pairwise(bounds)]
    return [
        (first, after, wording.starts[first], end)
        for (first, after), end in zip(pairwise(words), ends, strict=True)
        if after > first
    ]
