"""Where the words of every passage stood before, in this corpus, word by word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Passage, date_bounds, publication_order
from embeddings.text.wording import WordedTexts, read_many
from embeddings.words.alignment import match_words
from embeddings.words.copies import CopyGroup
from topics.coverage.articles.articles import Article
from topics.coverage.articles.unions import Unions
from topics.coverage.reuse.frames import FRAME_RUN
from topics.coverage.reuse.quotes import flag_quoted
from topics.coverage.reuse.story_stretches import Shared, find_shared
from topics.coverage.reuse.stretches import copied_stretches
from topics.coverage.reuse.timelines import Holder, Origin, Timeline

# Words of a passage: first and the one after the last, and the first in the other passage.
_Words = tuple[int, int, int]


class Pair(Protocol):
    """What of a relation between two passages is needed here: ``Relation`` has it."""

    @property
    def kind(self) -> str:
        """``contains`` and ``near_copy`` count; others share no words to speak of."""

    @property
    def a(self) -> int:
        """Row of a passage."""

    @property
    def b(self) -> int:
        """Row of the other."""


@dataclass(frozen=True)
class WordOrigins:
    """Where each word of each passage stood before.

    Attributes:
        texts: The words of the passages' bodies, by row.
        article_of: int64 of shape ``(passages,)``: number of each passage's article, -1 for
            one of no article given.
        component: int64 of shape ``(passages,)``: the same for passages that are copies of
            each other or related, directly or through others.
        origins: What ``of_word`` points at.
        of_word: int32 of shape ``(words,)``: place in ``origins``, -1 where the word stood
            nowhere before as far as is known.
        quoted_before: bool of shape ``(words,)``: whether it stood in a quotation there.
    """

    texts: WordedTexts
    article_of: NDArray[np.int64]
    component: NDArray[np.int64]
    origins: tuple[Origin, ...]
    of_word: NDArray[np.int32]
    quoted_before: NDArray[np.bool_]


def trace_origins(
    passages: Sequence[Passage],
    articles: Sequence[Article],
    groups: Sequence[CopyGroup],
    relations: Sequence[Pair] = (),
    texts: WordedTexts | None = None,
    *,
    stories: Sequence[Collection[int]] = (),
) -> WordOrigins:
    """Find where the words of each passage stood before.

    A word has one origin at most: the earliest that is known, where its text stands in
    several places. Repetition inside an article is none.

    Args:
        passages: Of the corpus.
        articles: Of the corpus.
        groups: Copies among the passages. Short ones say nothing and are passed over.
        relations: Containments, and wordings whose facts differ; one pair stands for all
            copies of both. Other kinds are passed over.
        texts: The words of the passages' bodies, if they have been read.
        stories: Article numbers of each story: its articles are laid side by side as a whole,
            so that a sentence inside a paragraph of one's own is found too.
    """
    return _Tracer(passages, articles, groups, texts).trace(relations, stories)


class _Tracer:
    """Gathers the claims on the words of each passage, then gives each word to one."""

    def __init__(
        self,
        passages: Sequence[Passage],
        articles: Sequence[Article],
        groups: Sequence[CopyGroup],
        texts: WordedTexts | None,
    ) -> None:
        self.passages = passages
        self.texts = texts or read_many(passage.body for passage in passages)
        self.articles = articles
        self.article_of = np.full(len(passages), -1, np.int64)
        for number, article in enumerate(articles):
            self.article_of[list(article.rows)] = number
        self.bounds = [date_bounds(article.document.published) for article in articles]
        self.nodes: list[tuple[int, ...]] = [g.members for g in groups if not g.short]
        self.node_of = {row: node for node, rows in enumerate(self.nodes) for row in rows}
        self.timelines: dict[int, Timeline] = {}
        # Origin, words, and whether it comes of articles side by side, not of passages.
        self.claims: dict[int, list[tuple[Origin, tuple[_Words, ...], bool]]] = defaultdict(list)
        self.linked: list[tuple[int, int]] = []
        self.quoted = lru_cache(1 << 12)(self._flag_quoted)
        self.matched: dict[tuple[bytes, bytes, bool], tuple[_Words, ...]] = {}

    def trace(self, relations: Sequence[Pair], stories: Sequence[Collection[int]]) -> WordOrigins:
        for node, rows in enumerate(list(self.nodes)):
            self._claim(rows, node, whole=True)
        used = [pair for pair in relations if pair.kind in ("contains", "near_copy")]
        for pair in used:
            first, second = self._node(pair.a), self._node(pair.b)
            if first != second:
                whole = pair.kind == "near_copy"
                self._claim(self.nodes[first], second, whole=whole)
                self._claim(self.nodes[second], first, whole=whole)
                self.linked.append((first, second))
        for shared in find_shared(self.articles, self.texts, stories):
            self._claim_shared(shared)
        component = self._components()
        return WordOrigins(self.texts, self.article_of, component, *self._settle())

    def _node(self, row: int) -> int:
        if row not in self.node_of:
            self.node_of[row] = len(self.nodes)
            self.nodes.append((row,))
        return self.node_of[row]

    def _timeline(self, node: int) -> Timeline | None:
        if node not in self.timelines:
            first: dict[int, Holder] = {}
            for row in self.nodes[node]:
                if self.article_of[row] >= 0:
                    holder = self._holder(row)
                    first.setdefault(holder.article, holder)
            if not first:
                return None
            self.timelines[node] = Timeline(list(first.values()))
        return self.timelines[node]

    def _holder(self, row: int) -> Holder:
        number = int(self.article_of[row])
        document = self.articles[number].document
        return Holder(number, document.source, self.bounds[number], document.id, row)

    def _claim(self, rows: Sequence[int], source: int, *, whole: bool) -> None:
        """Let passages have words from the holders of a text.

        Args:
            rows: Passages.
            source: Node of the text.
            whole: Whether they are the same text, so that every word they share counts.
        """
        timeline = self._timeline(source)
        if timeline is None:
            return
        for row in rows:
            if self.article_of[row] < 0:
                continue
            origin = timeline.origin(self._holder(row))
            if origin is not None:
                words = self._match(row, origin.row, whole)
                if words:
                    self.claims[row].append((origin, words, False))

    def _claim_shared(self, shared: Shared) -> None:
        """Let words of a passage be from passages of its story that are no relations of it."""
        begins: dict[int, tuple[int, int]] = {}
        for source, begin in shared.sources:
            begins.setdefault(int(self.article_of[source]), (source, begin))
        timeline = Timeline([self._holder(source) for source, _ in begins.values()])
        origin = timeline.origin(self._holder(shared.row))
        if origin is not None:
            begin = begins[origin.article][1]
            words = ((shared.first, shared.after, begin),)
            self.claims[shared.row].append((origin, words, True))
        marks = self.quoted(shared.row)[shared.first : shared.after]
        if np.count_nonzero(~marks) >= FRAME_RUN:
            own = self._node(shared.row)
            self.linked += [(own, self._node(source)) for source, _ in begins.values()]

    def _match(self, row: int, other: int, whole: bool) -> tuple[_Words, ...]:
        """Find which words of a passage stand in another one."""
        texts = self.texts
        own, source = (
            texts.numbers[texts.offsets[each] : texts.offsets[each + 1]] for each in (row, other)
        )
        key = own.tobytes(), source.tobytes(), whole
        if key[0] == key[1]:
            return ((0, len(own), 0),) if len(own) else ()
        if key not in self.matched:
            if whole:
                equal, moved = match_words(own.tolist(), source.tolist())
                blocks = equal + moved
            else:
                blocks = copied_stretches(own.tolist(), source.tolist())
            self.matched[key] = tuple(sorted(block[:3] for block in blocks))
        return self.matched[key]

    def _settle(self) -> tuple[tuple[Origin, ...], NDArray[np.int32], NDArray[np.bool_]]:
        """Give each word to the earliest that claims it."""
        of_word = np.full(len(self.texts.numbers), -1, np.int32)
        quoted_before = np.zeros(len(of_word), bool)
        origins: list[Origin] = []
        places: dict[Origin, int] = {}
        for row in sorted(self.claims):
            offset = int(self.texts.offsets[row])
            claims = self.claims[row]
            if len(claims) > 1:
                claims = sorted(claims, key=lambda claim: self._rank(claim[0], claim[2]))
            for origin, words, _ in claims:
                place = places.setdefault(origin, len(origins))
                if place == len(origins):
                    origins.append(origin)
                marks = self.quoted(origin.row)
                for first, after, source in words:
                    stretch = slice(offset + first, offset + after)
                    free = of_word[stretch] < 0
                    of_word[stretch][free] = place
                    quoted_before[stretch] |= free & marks[source : source + after - first]
        return tuple(origins), of_word, quoted_before

    def _flag_quoted(self, row: int) -> NDArray[np.bool_]:
        return flag_quoted(self.passages[row].body, int(self.texts.lengths[row]))

    def _rank(
        self, origin: Origin, further: bool
    ) -> tuple[bool, str, bool, str, str, str, tuple[str, ...], str]:
        """Sure before unsure, early before late; nothing depends on the order of rows."""
        document = self.articles[origin.article].document
        return (
            not origin.since,
            origin.since,
            further,
            origin.kind,
            *publication_order(document.published),
            origin.outlets,
            document.id,
        )

    def _components(self) -> NDArray[np.int64]:
        nodes = Unions(len(self.nodes))
        for a, b in self.linked:
            nodes.join(a, b)
        component = np.arange(len(self.article_of)) + len(self.nodes)
        for row, node in self.node_of.items():
            component[row] = nodes.find(node)
        return component


def words_of_rows(texts: WordedTexts) -> NDArray[np.int64]:
    """Return the row of each word: int64 of shape ``(words,)``."""
    return np.repeat(np.arange(len(texts)), texts.lengths)
