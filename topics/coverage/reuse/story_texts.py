"""The articles of a story laid side by side: their words, stretches in common, quotations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import date_bounds, publication_order
from embeddings.text.wording import Wording, read_many, read_words
from embeddings.words.alignment import Block
from topics.coverage.articles.articles import Article
from topics.coverage.articles.unions import Unions
from topics.coverage.reuse.frames import FRAME_RUN
from topics.coverage.reuse.quotes import find_shared_quotes, flag_quoted, words_in
from topics.coverage.reuse.sources import likely_sources
from topics.coverage.reuse.stretches import copied_stretches

# Stretches of words or of characters: where they begin and end.
Span = tuple[int, int]


class Sentence(NamedTuple):
    """A sentence of a body: its words, and where it stands."""

    first: int
    after: int
    start: int
    end: int


class StoryTexts:
    """The articles of one story, each read once.

    Attributes:
        members: Their numbers, by date (``publication_order``), then id. All else goes by the
            place in this list.
        articles: The articles.
        bounds: The first and the last minute that each may be of.
        sources: Places of those that each may have words from, likeliest first.
        wordings: The words of each body.
        paragraphs: Of each, the words of its passages.
        quoted: Of each, bool of shape ``(words,)``: what stands between quotation marks.
        shared_quotes: Of each, bool of shape ``(words,)``: what another article quotes too,
            in a paragraph that is not the same text.
    """

    def __init__(self, articles: Sequence[Article], members: Collection[int]) -> None:
        """Read the articles and lay each beside its sources."""
        self.members = sorted(
            set(members),
            key=lambda n: (*publication_order(articles[n].document.published), articles[n].id),
        )
        self.articles = [articles[number] for number in self.members]
        self.bounds = [date_bounds(article.document.published) for article in self.articles]
        self._texts = read_many(article.body for article in self.articles)
        self.sources = likely_sources(self._texts, self.bounds, [a.id for a in self.articles])
        self.wordings = [read_words(article.body) for article in self.articles]
        self.paragraphs = [words_in(article.body, article.spans) for article in self.articles]
        self.quoted = [self._flag_quoted(place) for place in range(len(self.members))]
        self._aligned: dict[Span, list[Block]] = {}
        for place, others in enumerate(self.sources):
            for other in others:
                self.align(place, other)
        self.shared_quotes = self._flag_shared_quotes()
        self._sentences: dict[int, list[list[Sentence]]] = {}

    def align(self, place: int, other: int) -> list[Block]:
        """Return the stretches of words of an article that stand in another one."""
        key = (min(place, other), max(place, other))
        if key not in self._aligned:
            self._aligned[key] = copied_stretches(*(self._texts.row(each) for each in key))
        blocks = self._aligned[key]
        return blocks if place == key[0] else sorted((c, d, a, b) for a, b, c, d in blocks)

    def sentences(self, place: int) -> list[list[Sentence]]:
        """Return the sentences of each passage; those without words are none."""
        if place not in self._sentences:
            wording = self.wordings[place]
            self._sentences[place] = [_split(wording, *span) for span in self.articles[place].spans]
        return self._sentences[place]

    def _flag_quoted(self, place: int) -> NDArray[np.bool_]:
        body, flags = self.articles[place].body, np.zeros(len(self.wordings[place].words), bool)
        spans = self.articles[place].spans
        for (start, end), (first, after) in zip(spans, self.paragraphs[place], strict=True):
            flags[first:after] = flag_quoted(body[start:end], after - first)
        return flags

    def _flag_shared_quotes(self) -> list[NDArray[np.bool_]]:
        bodies, where = [], []
        for place, article in enumerate(self.articles):
            for (start, end), (first, _) in zip(article.spans, self.paragraphs[place], strict=True):
                bodies.append(article.body[start:end])
                where.append((place, first))
        flags = [np.zeros(len(wording.words), bool) for wording in self.wordings]
        for number, stretches in find_shared_quotes(bodies, self._join_passages()).items():
            place, start = where[number]
            for first, after in stretches:
                flags[place][start + first : start + after] = True
        return flags

    def _join_passages(self) -> list[int]:
        """Number the passages of all articles; those of one text get one number.

        They are one text where they share words outside quotations.
        """
        begins = np.cumsum([0, *(len(spans) for spans in self.paragraphs)]).tolist()
        texts = Unions(begins[-1])
        for (place, other), blocks in self._aligned.items():
            starts = [[first for first, _ in self.paragraphs[each]] for each in (place, other)]
            for first, after, begin, _ in blocks:
                if np.count_nonzero(~self.quoted[place][first:after]) >= FRAME_RUN:
                    one = int(np.searchsorted(starts[0], first, "right")) - 1
                    two = int(np.searchsorted(starts[1], begin, "right")) - 1
                    texts.join(begins[place] + one, begins[other] + two)
        return [texts.find(number) for number in range(begins[-1])]


def _split(wording: Wording, start: int, end: int) -> list[Sentence]:
    from sentencex import segment

    places = [start]
    for sentence in segment("en", wording.text[start:end].replace("\n", " ")):
        places.append(places[-1] + len(sentence))
    # The splitter gives every character back; should it not, there is one sentence.
    bounds = places if places[-1] == end else [start, end]
    words = np.searchsorted(wording.starts, bounds, "left").tolist()
    return [
        Sentence(first, after, wording.starts[first], _strip(wording.text, bounds[index + 1]))
        for index, (first, after) in enumerate(pairwise(words))
        if after > first
    ]


def _strip(text: str, end: int) -> int:
    while text[end - 1].isspace():
        end -= 1
    return end
