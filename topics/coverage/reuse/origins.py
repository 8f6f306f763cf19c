"""Where the words of every passage stood before, in this corpus, word by word."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import publication_order
from embeddings.text.wording import count_many
from embeddings.words.alignment import match_words
from topics.coverage.articles.unions import Unions
from topics.coverage.credit.wire import find_agencies, text_bounds
from topics.coverage.reuse.boilerplate import Copies, find_recurring
from topics.coverage.reuse.corpus import Coverage
from topics.coverage.reuse.quotes import find_shared_quotes, flag_quoted
from topics.coverage.reuse.sources import LEAST_RUN
from topics.coverage.reuse.story_stretches import copied_stretches, find_shared
from topics.coverage.reuse.timelines import Bounds, Holder, Origin, Timeline
from topics.coverage.reuse.word_kinds import EARLIER, SELF, UNORDERED, WordTrace, tell_kinds

# Words of a passage: first and the one after the last, and the first in the other passage.
_Words = tuple[int, int, int]
# Origin, words, and whether it comes of passages, of articles of a story side by side, or of
# articles that are of no common story.
_Claim = tuple[Origin, tuple[_Words, ...], int]
_PASSAGES, _STORY, _BEYOND = range(3)
_NONE: frozenset[int] = frozenset()
# Words of articles that are looked at together, and more where an article has more.
_WORDS_AT_ONCE = 1_000_000

# Relations whose passages share words to speak of.
_TEXTUAL = ("contains", "near_copy")


def trace_words(
    coverage: Coverage, only: Collection[int] | None = None, *, beyond: bool = False
) -> WordTrace:
    """Find where the words of each passage stood before, and tell what they are.

    A word has one origin at most: the earliest that is known, where its text stands in
    several places. Repetition inside an article is none. An article of which another has no
    run's worth of words, quotations and boilerplate apart, is no source of it: the words go
    to the next one that has them, or are its own.

    Args:
        coverage: The corpus.
        only: Numbers of the articles asked about, all by default. Of these the answer is
            the same whether others are asked about or not; of others nothing is told.
        beyond: Lay articles of no common story side by side, too, for words that are not
            found otherwise.
    """
    textual = [each for each in coverage.relations if each[0] in _TEXTUAL]
    quoted = coverage.quoted
    if quoted is None:
        quoted = find_quoted(coverage.bodies, coverage.groups, textual)
    stories = list(coverage.stories.values())
    tracer = _Tracer(coverage, range(len(coverage.articles)) if only is None else only)
    tracer.gather_claims(textual, stories, beyond=beyond)
    rote = find_recurring(coverage.articles, coverage.groups, stories).union(coverage.rote)
    tracer.settle_all(rote, coverage.wire, quoted)
    return tracer.trace


def find_quoted(
    bodies: Sequence[str],
    groups: Sequence[Copies],
    relations: Iterable[tuple[str, int, int]],
) -> NDArray[np.int64]:
    """Find the words of quotations that stand in quotations of other texts too.

    Passages that are copies or related, directly or through others, are one text.

    Args:
        bodies: Those of the passages of the corpus.
        groups: Copies among the passages.
        relations: Kind and rows of two passages.

    Returns:
        int64 of shape ``(n, 3)``: row, first word and the one after the last of each stretch.
    """
    texts = Unions(len(bodies))
    for rows, short in groups:
        for row in () if short else rows:
            texts.join(rows[0], row)
    for kind, a, b in relations:
        if kind in _TEXTUAL:
            texts.join(a, b)
    text_of = [texts.find(row) for row in range(len(bodies))]
    return find_shared_quotes(bodies, text_of)


class _Stretches:
    """Claims on one stretch of words each, as numbers: a million lines may have as many.

    Their origins differ by their rows, which are kept apart from what many have in common.
    """

    def __init__(self) -> None:
        self._origins: dict[Origin, int] = {}
        # Of each claim: row, three numbers of its words, row and number of its origin, and how far.
        self._claims = array("i")

    def add(self, row: int, words: _Words, origin: Origin, further: int) -> None:
        number = self._origins.setdefault(replace(origin, row=-1), len(self._origins))
        self._claims.extend((row, *words, origin.row, number, further))

    def sort(self, rows: int) -> None:
        """Put what was added in the order of so many rows, to be asked for by row."""
        claims = np.frombuffer(self._claims, np.int32).reshape(-1, 7)
        self._sorted = claims[np.argsort(claims[:, 0], kind="stable")]
        self._claims = array("i")
        self._begins = np.searchsorted(self._sorted[:, 0], np.arange(rows + 1))
        self._common = list(self._origins)

    def of(self, row: int) -> Iterator[_Claim]:
        """Give the claims on a row, in the order in which they were added."""
        claims = self._sorted[slice(*self._begins[row : row + 2])]
        for _, first, after, begin, there, number, further in claims.tolist():
            origin = replace(self._common[number], row=there)
            yield origin, ((first, after, begin),), further


class _Tracer:
    """Gathers the claims on the words of each passage, then gives each word to one."""

    def __init__(self, coverage: Coverage, asked: Collection[int]) -> None:
        bodies, articles = coverage.bodies, coverage.articles
        self.bodies, self.articles, self.groups = bodies, articles, coverage.groups
        self.asked = sorted(asked)
        self.is_asked = np.zeros(len(bodies), bool)
        self.is_asked[self._rows(self.asked)] = True
        self.article_of = np.full(len(bodies), -1, np.int64)
        for number, article in enumerate(articles):
            self.article_of[list(article.rows)] = number
        # By row. Those that come of passages are shared by rows that have the same.
        self.claims: list[tuple[_Claim, ...]] = [()] * len(bodies)
        self._same: dict[tuple[_Claim, ...], tuple[_Claim, ...]] = {}
        self.stretches = _Stretches()
        # By row: the texts told to be quotations that it shares.
        self.quotations: dict[int, set[int]] = {}
        for number, rows in enumerate(coverage.quotations):
            for row in rows:
                self.quotations.setdefault(row, set()).add(number)
        # By article: sources of which it has no run's worth of words.
        self.noise: dict[int, set[int]] = defaultdict(set)
        self.places: dict[Origin, int] = {}
        self.agencies = lru_cache(None)(
            lambda n: find_agencies(articles[n].document, coverage.stated.get(n, ()))
        )
        self.timeline = lru_cache(None)(self._order_holders)
        self.quoted = lru_cache(1 << 12)(self._flag_quoted)
        self.matched: dict[tuple[bytes, bytes, bool], tuple[_Words, ...]] = {}

    def gather_claims(
        self,
        relations: Sequence[tuple[str, int, int]],
        stories: Sequence[Collection[int]],
        *,
        beyond: bool,
    ) -> None:
        """Let each passage have words from its copies, its relations and its story."""
        copies = [rows for rows, short in self.groups if not short]
        # Those of a text may be a million: only what has a relation is looked up.
        related = {row for _, *pair in relations for row in pair}
        copies_of = {row: rows for rows in copies for row in related.intersection(rows)}
        # Passages, those of the text that they may have words from, and whether it is theirs.
        claimed = [(rows, rows, True) for rows in copies]
        for kind, *pair in relations:
            a, b = (copies_of.get(row, (row,)) for row in pair)
            if a != b:
                claimed += [(a, b, kind == "near_copy"), (b, a, kind == "near_copy")]
        claimed = [each for each in claimed if self.is_asked[list(each[0])].any()]
        asked = set(self.asked)
        told = [each for each in stories if len(each) > 1 and not asked.isdisjoint(each)]
        wanted = np.full(len(self.bodies), beyond)
        for rows, sources, _ in claimed:
            wanted[[*rows, *sources]] = True
        wanted[self._rows(n for members in told for n in members)] = True
        # Of the others it is told that all their words are their own: they are counted.
        told_of = wanted | self.is_asked
        texts = count_many(
            (body if told_of[row] else "", bool(wanted[row]))
            for row, body in enumerate(self.bodies)
        )
        self.trace = WordTrace(texts, self.article_of)
        for rows, sources, whole in claimed:
            timeline = self.timeline(sources)
            for row in rows:
                origin = self._find_origin(row, timeline)
                words = self._match(row, origin.row, whole) if origin else ()
                if origin and words:
                    self._claim(row, (origin, words, _PASSAGES))
        self._gather_stretches(told, _STORY)
        if beyond:
            self._gather_stretches(stories, _BEYOND)
        self.stretches.sort(len(self.bodies))

    def _gather_stretches(self, stories: Sequence[Collection[int]], further: int) -> None:
        """Let each passage have the words that its article shares with others as a whole."""
        for row, first, after, shared in find_shared(
            self.articles, self.trace, stories, self._bounds, beyond=further == _BEYOND
        ):
            begins = dict(shared)
            origin = self._find_origin(row, self._order_holders(begins))
            if origin:
                self.stretches.add(row, (first, after, begins[origin.row]), origin, further)

    def _claim(self, row: int, claim: _Claim) -> None:
        """Note a claim; rows that have the same ones share them: copies may be a million."""
        claims = (*self.claims[row], claim)
        self.claims[row] = self._same.setdefault(claims, claims)

    def settle_all(
        self, boilerplate: Collection[int], wire: Collection[int], quoted: NDArray[np.int64]
    ) -> None:
        """Give each word to the earliest that claims it, and tell what it is."""
        trace = self.trace
        is_quoted = np.zeros(len(trace.of_word), bool)
        for row, first, after in quoted[self.is_asked[quoted[:, 0]]].tolist():
            begin = trace.texts.offsets[row]
            is_quoted[begin + first : begin + after] = True
        rote, credited = np.zeros((2, len(self.bodies)), bool)
        rote[list(boilerplate)] = True
        credited[self._rows(wire)] = True
        open_ones = self.asked
        while open_ones:
            parts, open_ones = list(self._part(open_ones)), []
            for rows in parts:
                for row in rows.tolist():
                    if claims := (*self.claims[row], *self.stretches.of(row)):
                        self._settle(row, claims)
                tell_kinds(trace, rows, shared_quotes=is_quoted, boilerplate=rote, wire=credited)
                open_ones += self._find_noise(rows)

    def _part(self, numbers: Iterable[int]) -> Iterator[NDArray[np.int64]]:
        """Give the rows of articles, so many articles at a time as have not too many words."""
        lengths = self.trace.texts.lengths
        part: list[int] = []
        words = 0
        for number in numbers:
            part.append(number)
            words += int(lengths[self._rows([number])].sum())
            if words >= _WORDS_AT_ONCE:
                yield self._rows(part)
                part, words = [], 0
        if part:
            yield self._rows(part)

    def _find_noise(self, rows: NDArray[np.int64]) -> list[int]:
        """Note sources that are none; returns the articles that must be settled again."""
        words = self.trace.select(rows)
        found = np.isin(self.trace.kinds[words], (EARLIER, UNORDERED, SELF))
        owners = np.repeat(self.article_of[rows], self.trace.texts.lengths[rows])[found]
        keys = owners * len(self.articles) + self.trace.sources(words)[found]
        keys, counts = np.unique(keys, return_counts=True)
        few = [divmod(key, len(self.articles)) for key in keys[counts < LEAST_RUN].tolist()]
        for article, source in few:
            self.noise[article].add(source)
        return sorted({article for article, _ in few})

    def _rows(self, numbers: Iterable[int]) -> NDArray[np.int64]:
        return np.fromiter((row for n in numbers for row in self.articles[n].rows), np.int64)

    def _find_origin(self, row: int, timeline: Timeline) -> Origin | None:
        return timeline.origin(self._holder(row)) if self.is_asked[row] else None

    def _order_holders(self, rows: Iterable[int]) -> Timeline:
        """Order the articles that hold a text, each with the first of its passages there."""
        first: dict[int, Holder] = {}
        for row in rows:
            if self.article_of[row] >= 0:
                first.setdefault(int(self.article_of[row]), self._holder(row))
        return Timeline(list(first.values()))

    def _holder(self, row: int) -> Holder:
        number = int(self.article_of[row])
        document = self.articles[number].document
        return Holder(
            number,
            document.source,
            self._bounds(number),
            document.id,
            row,
            self.agencies(number),
        )

    def _bounds(self, number: int) -> Bounds:
        """Return when the text of an article may have been out."""
        return text_bounds(self.articles[number].document.published, self.agencies(number))

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

    def _settle(self, row: int, claims: Sequence[_Claim]) -> None:
        """Give each word of a passage to the earliest that claims it, noise last."""
        trace = self.trace
        noise = self.noise[int(self.article_of[row])]
        own = slice(*trace.texts.offsets[row : row + 2].tolist())
        of_word = np.full(own.stop - own.start, -1, np.int32)
        quoted = np.zeros(len(of_word), bool)
        is_noise = np.zeros(len(of_word), bool)
        quoted_here = self.quoted(row)
        for origin, words, _ in sorted(claims, key=lambda claim: self._rank(claim, noise)):
            if (of_word >= 0).all():
                break
            place = self.places.setdefault(origin, len(self.places))
            if place == len(trace.origins):
                trace.origins.append(origin)
            marks = self.quoted(origin.row)
            if self.quotations.get(row, _NONE) & self.quotations.get(origin.row, _NONE):
                marks = np.ones_like(marks)
            for first, after, source in words:
                free = of_word[first:after] < 0
                of_word[first:after][free] = place
                # What either of the two quotes is somebody else's words in both.
                there = marks[source : source + after - first]
                quoted[first:after] |= free & (there | quoted_here[first:after])
                is_noise[first:after] |= free & (origin.article in noise)
        of_word[is_noise] = -1
        trace.of_word[own], trace.quoted_before[own] = of_word, quoted

    def _flag_quoted(self, row: int) -> NDArray[np.bool_]:
        return flag_quoted(self.bodies[row], int(self.trace.texts.lengths[row]))

    def _rank(
        self, claim: _Claim, noise: Collection[int]
    ) -> tuple[bool, bool, bool, str, int, str, str, str, tuple[str, ...], str]:
        """Near before far, sure before unsure, early before late, in any order of the rows."""
        origin, _, further = claim
        document = self.articles[origin.article].document
        return (
            origin.article in noise,
            further == _BEYOND,
            not origin.since,
            origin.since,
            further,
            origin.kind,
            *publication_order(document.published),
            origin.outlets,
            document.id,
        )
