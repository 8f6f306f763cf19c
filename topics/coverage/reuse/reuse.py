"""What each article of a story has from the others: how much, from whom, what it cut and added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.corpus.citations import ArticleLine, cite
from embeddings.documents import publication_order
from embeddings.text.wording import Wording, read_words
from embeddings.words.alignment import Block
from topics.coverage.articles.articles import Article
from topics.coverage.credit.agencies import Credit
from topics.coverage.credit.credits import credited_agency
from topics.coverage.credit.wire import find_agencies, is_handed_on, text_bounds
from topics.coverage.reuse.paragraphs import find_conflicts, lay_out
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
class TextSource:
    """An article of the story that another has words from. Offsets are of ``StoryArticle.text``.

    Attributes:
        article: The source.
        earlier: Whether it had the words first: surely published before, or ``credited``.
            Else nobody knows who did.
        credited: Whether its outlet is an agency that the other credits.
        same_outlet: Whether both are of one outlet, which repeats itself.
        words: Words that the other has from it, quotations and boilerplate apart;
            ``LEAST_RUN`` at least.
        share: Their share of the other's words.
        used: Share of the source's own words that stand in the other.
        conflicts: Facts of which the two say different things: kind, in the source, here.
        spans: What agrees: start and end in the source, start and end here.
        cut: What of the source is not here.
        added: What is here and not in the source.
    """

    article: ArticleLine
    earlier: bool
    credited: bool
    same_outlet: bool
    words: int
    share: float
    used: float
    conflicts: tuple[tuple[str, str, str], ...]
    spans: tuple[Block, ...]
    cut: tuple[Stretch, ...]
    added: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article of a story, and of what it is made. The five counts add up to ``words``.

    Attributes:
        article: The article, to cite.
        text: Its paragraphs without page furniture, an empty line between two.
        words: Words of the text.
        copied: Words that are traced to articles of the story by other outlets, or by unknown
            ones, that had them first.
        shared: The same of those of which nobody knows whether they did.
        repeated: The same of the same outlet.
        quoted: Words of quotations that others have too, in frames of their own.
        boilerplate: Words of paragraphs repeated whatever the story.
        own: The rest; what is traced to articles outside the story is among them.
        sources: Where the copied, shared and repeated words are from, most first.
        credits: Agencies that its text credits.
        agency: The one it is credited to alone and that is not its outlet, or ``""``.
    """

    article: ArticleLine
    text: str
    words: int
    copied: int
    shared: int
    repeated: int
    quoted: int
    boilerplate: int
    own: int
    sources: tuple[TextSource, ...]
    credits: tuple[Credit, ...] = ()
    agency: str = ""


def measure_reuse(
    articles: Sequence[Article],
    members: Collection[int],
    trace: WordTrace,
    stated: Mapping[int, tuple[Credit, ...]] | None = None,
) -> tuple[StoryArticle, ...]:
    """Measure what each article of a story has from the others.

    Args:
        articles: Of the corpus.
        members: Numbers of the story's articles; the answer is the same in any order.
        trace: Where the words of the corpus stood before (``trace_words``), of the members
            at the least.
        stated: The agencies that each article credits, by its number.

    Returns:
        One for each member, by date, then id.
    """
    in_order = sorted(
        set(members),
        key=lambda n: (*publication_order(articles[n].document.published), articles[n].id),
    )
    said = {number: (stated or {}).get(number, ()) for number in in_order}
    read = {number: _Text(articles[number], said[number]) for number in in_order}
    return tuple(_measure(number, read, trace) for number in in_order)


class _Text:
    """An article as it is laid beside others."""

    def __init__(self, article: Article, stated: tuple[Credit, ...]) -> None:
        self.article, self.stated = article, stated
        self.agencies = find_agencies(article.document, stated)
        self.bounds = text_bounds(article.document.published, self.agencies)
        self.wording = read_words(article.body)

    @cached_property
    def sentences(self) -> list[list[Block]]:
        """The sentences of each paragraph."""
        return [_split(self.wording, *span) for span in self.article.spans]

    def missing(self, found: NDArray[np.bool_]) -> Iterator[Stretch]:
        """Yield the sentences that the other article has not, those in a row together."""
        for span, sentences in zip(self.article.spans, self.sentences, strict=True):
            for gone, group in groupby(
                sentences, key=lambda each: found[each[0] : each[1]].mean() < _SENTENCE_SHARE
            ):
                run = list(group)
                if gone:
                    whole = len(run) == len(sentences)
                    bounds = span if whole else (run[0][2], run[-1][3])
                    yield Stretch(*bounds, run[-1][1] - run[0][0], whole)


def _measure(number: int, read: Mapping[int, _Text], trace: WordTrace) -> StoryArticle:
    article, stated = read[number].article, read[number].stated
    words = trace.words_of(np.array(article.rows, np.int64))
    kinds, source = trace.kinds[words], trace.sources(words)
    taken = np.isin(kinds, (EARLIER, UNORDERED, SELF)) & np.isin(source, list(read))
    counts = Counter(source[taken].tolist())
    # Those that gave as much in the order of dates.
    ranked = sorted((n for n in read if n in counts), key=lambda n: -counts[n])
    sources = tuple(_describe(read[number], read[n], counts[n]) for n in ranked)
    quoted, rote = (int((kinds == kind).sum()) for kind in (QUOTE, BOILERPLATE))
    repeated = sum(one.words for one in sources if one.same_outlet)
    copied = sum(one.words for one in sources if one.earlier and not one.same_outlet)
    return StoryArticle(
        article=cite(article.document),
        text=article.body,
        words=len(words),
        copied=copied,
        shared=counts.total() - copied - repeated,
        repeated=repeated,
        quoted=quoted,
        boilerplate=rote,
        own=len(words) - counts.total() - quoted - rote,
        sources=sources,
        credits=stated,
        agency=credited_agency(stated),
    )


def _describe(text: _Text, other: _Text, words: int) -> TextSource:
    """Lay an article beside one that it has words from."""
    own, source = text.wording, other.wording
    blocks = copied_stretches(own.words, source.words)
    here, there = np.zeros(len(own.words), bool), np.zeros(len(source.words), bool)
    for first, after, begin, end in blocks:
        here[first:after] = True
        there[begin:end] = True
    spans = tuple(sorted((*source.span(c, d), *own.span(a, b)) for a, b, c, d in blocks))
    conflicts = find_conflicts(lay_out(source.text, own.text, spans))
    document, origin = text.article.document, other.article.document
    credited = is_handed_on(origin.source, document.source, text.agencies)
    return TextSource(
        article=cite(origin),
        earlier=credited or other.bounds[1] < text.bounds[0],
        credited=credited,
        same_outlet=bool(document.source) and document.source == origin.source,
        words=words,
        share=round(words / len(own.words), 4),
        used=round(float(there.mean()), 4),
        conflicts=tuple((one.kind, one.before, one.after) for one in conflicts),
        spans=spans,
        cut=tuple(other.missing(there)),
        added=tuple(text.missing(here)),
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
