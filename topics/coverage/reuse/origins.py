"""Where the words of every passage stood before, in this corpus, word by word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Passage, date_bounds, publication_order
from embeddings.text.wording import read_many
from embeddings.words.alignment import match_words
from embeddings.words.copies import CopyGroup
from topics.coverage.articles.articles import Article
from topics.coverage.articles.unions import Unions
from topics.coverage.reuse.boilerplate import find_boilerplate
from topics.coverage.reuse.quotes import find_shared_quotes, flag_quoted
from topics.coverage.reuse.sources import LEAST_RUN
from topics.coverage.reuse.story_stretches import Shared, copied_stretches, find_shared
from topics.coverage.reuse.timelines import Holder, Origin, Timeline
from topics.coverage.reuse.word_kinds import (
    EARLIER,
    SELF,
    UNORDERED,
    WordTrace,
    tell_kinds,
)

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


def trace_words(
    passages: Sequence[Passage],
    articles: Sequence[Article],
    groups: Sequence[CopyGroup],
    relations: Iterable[Pair] = (),
    *,
    stories: Sequence[Collection[int]] = (),
    wire: Collection[int] = (),
    only: Collection[int] | None = None,
) -> WordTrace:
    """Find where the words of each passage stood before, and tell what they are.

    A word has one origin at most: the earliest that is known, where its text stands in
    several places. Repetition inside an article is none. An article of which another has no
    run's worth of words, quotations and boilerplate apart, is no source of it: the words go
    to the next one that has them, or are its own.

    Args:
        passages: Of the corpus.
        articles: Of the corpus.
        groups: Copies among the passages. Short ones say nothing and are passed over.
        relations: Containments, and wordings whose facts differ; one pair stands for all
            copies of both. Other kinds are passed over.
        stories: Article numbers of each story, each article in one at most. Its articles are
            laid side by side as a whole, so that a sentence inside a paragraph of one's own
            is found too; between articles of two stories only passages are compared.
        wire: Numbers of articles credited to an agency alone.
        only: Numbers of the articles asked about, all by default. Of these the answer is
            the same whether others are asked about or not; of others nothing is told.
    """
    tracer = _Tracer(passages, articles, groups, range(len(articles)) if only is None else only)
    tracer.gather_claims([pair for pair in relations if pair.kind in _TEXTUAL], stories)
    tracer.settle_all(find_boilerplate(articles, groups, stories), wire)
    return tracer.trace


_TEXTUAL = ("contains", "near_copy")


class _Tracer:
    """Gathers the claims on the words of each passage, then gives each word to one."""

    def __init__(
        self,
        passages: Sequence[Passage],
        articles: Sequence[Article],
        groups: Sequence[CopyGroup],
        asked: Collection[int],
    ) -> None:
        self.passages = passages
        self.articles = articles
        self.asked = sorted(asked)
        self.is_asked = np.zeros(len(passages), bool)
        self.is_asked[self._rows(self.asked)] = True
        self.article_of = np.full(len(passages), -1, np.int64)
        for number, article in enumerate(articles):
            self.article_of[list(article.rows)] = number
        self.nodes: list[tuple[int, ...]] = [g.members for g in groups if not g.short]
        self.node_of = {row: node for node, rows in enumerate(self.nodes) for row in rows}
        self.timelines: dict[int, Timeline] = {}
        # Origin, words, and whether it comes of articles side by side, not of passages.
        self.claims: dict[int, list[tuple[Origin, tuple[_Words, ...], bool]]] = defaultdict(list)
        # By article: sources of which it has no run's worth of words.
        self.noise: dict[int, set[int]] = defaultdict(set)
        self.places: dict[Origin, int] = {}
        self.bounds = lru_cache(None)(lambda n: date_bounds(articles[n].document.published))
        self.quoted = lru_cache(1 << 12)(self._flag_quoted)
        self.matched: dict[tuple[bytes, bytes, bool], tuple[_Words, ...]] = {}

    def gather_claims(self, pairs: Sequence[Pair], stories: Sequence[Collection[int]]) -> None:
        """Let each passage have words from its copies, its relations and its story."""
        asked = set(self.asked)
        told = [
            members for members in stories if len(members) > 1 and not asked.isdisjoint(members)
        ]
        # Passages, the text that they may have words from, and whether they are the same one.
        claimed = [(node, node, True) for node in range(len(self.nodes))]
        for pair in pairs:
            a, b, whole = self._node(pair.a), self._node(pair.b), pair.kind == "near_copy"
            claimed += [(a, b, whole), (b, a, whole)] if a != b else []
        nodes = Unions(len(self.nodes))
        for a, b, _ in claimed:
            nodes.join(a, b)
        # The same for passages that are copies or related, directly or through others.
        self.component = np.arange(len(self.passages)) + len(self.nodes)
        for row, node in self.node_of.items():
            self.component[row] = nodes.find(node)
        asking = [self.is_asked[list(rows)].any() for rows in self.nodes]
        claimed = [each for each in claimed if asking[each[0]]]
        self._read([n for each in claimed for n in each[:2]], told)
        for node, source, whole in claimed:
            self._claim(self.nodes[node], source, whole=whole)
        for shared in find_shared(self.articles, self.trace.texts, told):
            if self.is_asked[shared.row]:
                self._claim_shared(shared)

    def settle_all(self, boilerplate: Collection[int], wire: Collection[int]) -> None:
        """Give each word to the earliest that claims it, and tell what it is."""
        trace = self.trace
        is_quoted = np.zeros(len(trace.of_word), bool)
        asked = self._rows(self.asked).tolist()
        bodies = [passage.body for passage in self.passages]
        for row, stretches in find_shared_quotes(bodies, self.component.tolist(), asked).items():
            for first, after in stretches:
                is_quoted[trace.texts.offsets[row] + first : trace.texts.offsets[row] + after] = (
                    True
                )
        rote, credited = np.zeros((2, len(self.passages)), bool)
        rote[list(boilerplate)] = True
        credited[self._rows(wire)] = True
        open_ones = self.asked
        while open_ones:
            rows = self._rows(open_ones)
            for row in rows.tolist():
                self._settle(row)
            tell_kinds(trace, rows, shared_quotes=is_quoted, boilerplate=rote, wire=credited)
            open_ones = self._find_noise(rows)

    def _find_noise(self, rows: NDArray[np.int64]) -> list[int]:
        """Note sources that are none; returns the articles that must be settled again."""
        words = self.trace.words_of(rows)
        words = words[np.isin(self.trace.kinds[words], (EARLIER, UNORDERED, SELF))]
        owners = np.repeat(self.article_of, self.trace.texts.lengths)[words]
        pairs, counts = np.unique(
            np.stack((owners, self.trace.sources(words))), axis=1, return_counts=True
        )
        for article, source in pairs[:, counts < LEAST_RUN].T.tolist():
            self.noise[article].add(source)
        return sorted(set(pairs[0, counts < LEAST_RUN].tolist()))

    def _rows(self, numbers: Iterable[int]) -> NDArray[np.int64]:
        return np.array([row for n in numbers for row in self.articles[n].rows], np.int64)

    def _node(self, row: int) -> int:
        if row not in self.node_of:
            self.node_of[row] = len(self.nodes)
            self.nodes.append((row,))
        return self.node_of[row]

    def _read(self, nodes: Iterable[int], stories: Sequence[Collection[int]]) -> None:
        """Read the passages that words are asked of, or looked for in."""
        wanted = self.is_asked.copy()
        wanted[[row for node in set(nodes) for row in self.nodes[node]]] = True
        wanted[self._rows(n for members in stories for n in members)] = True
        texts = read_many(
            passage.body if wanted[row] else "" for row, passage in enumerate(self.passages)
        )
        self.trace = WordTrace(texts, self.article_of)

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
        return Holder(number, document.source, self.bounds(number), document.id, row)

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
            origin = timeline.origin(self._holder(row)) if self.is_asked[row] else None
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
            words = ((shared.first, shared.after, begins[origin.article][1]),)
            self.claims[shared.row].append((origin, words, True))

    def _match(self, row: int, other: int, whole: bool) -> tuple[_Words, ...]:
        """Find which words of a passage stand in another one."""
        texts = self.trace.texts
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

    def _settle(self, row: int) -> None:
        """Give each word of a passage to the earliest that claims it, noise last."""
        trace, claims = self.trace, self.claims.get(row, [])
        noise = self.noise[int(self.article_of[row])] if claims else ()
        own = slice(*trace.texts.offsets[row : row + 2].tolist())
        of_word = np.full(own.stop - own.start, -1, np.int32)
        quoted = np.zeros(len(of_word), bool)
        is_noise = np.zeros(len(of_word), bool)
        for origin, words, _ in sorted(claims, key=lambda claim: self._rank(claim, noise)):
            place = self.places.setdefault(origin, len(self.places))
            if place == len(trace.origins):
                trace.origins.append(origin)
            marks = self.quoted(origin.row)
            for first, after, source in words:
                free = of_word[first:after] < 0
                of_word[first:after][free] = place
                # What the source quotes is no word of its own, whether quoted here or not.
                quoted[first:after] |= free & marks[source : source + after - first]
                is_noise[first:after] |= free & (origin.article in noise)
        of_word[is_noise] = -1
        trace.of_word[own], trace.quoted_before[own] = of_word, quoted

    def _flag_quoted(self, row: int) -> NDArray[np.bool_]:
        return flag_quoted(self.passages[row].body, int(self.trace.texts.lengths[row]))

    def _rank(
        self, claim: tuple[Origin, tuple[_Words, ...], bool], noise: Collection[int]
    ) -> tuple[bool, bool, str, bool, str, str, str, tuple[str, ...], str]:
        """Sure before unsure, early before late; nothing depends on the order of rows."""
        origin, _, further = claim
        document = self.articles[origin.article].document
        return (
            origin.article in noise,
            not origin.since,
            origin.since,
            further,
            origin.kind,
            *publication_order(document.published),
            origin.outlets,
            document.id,
        )
