"""What kind of sharing it is that several articles have one text.

    copied        reporting that another outlet has too
    quotation     words of one speaker, statement, document or tweet, in frames of one's own
    boilerplate   a note on the author, an appeal, a disclaimer, a stock phrase
    update        the outlet's own reporting again: a version, a correction, a follow-up
    repeat        within one article

Told by marks of quotation and what introduces one, by the words around it that were taken along,
by recurrence under unlike articles, and by outlet: docs/decisions/coverage.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Passage
from embeddings.text.keeping import keep_value, key_of
from embeddings.text.wording import read_words
from embeddings.words.alignment import match_words
from embeddings.words.gazetteer import find_place
from topics.coverage.articles.articles import Article, number_rows
from topics.coverage.reuse.boilerplate import Copies
from topics.coverage.reuse.notes import is_note
from topics.coverage.reuse.quotes import LEAST_QUOTED, flag_quoted

Sharing = Literal["copied", "quotation", "boilerplate", "update", "repeat"]
SHARINGS: tuple[Sharing, ...] = ("copied", "quotation", "boilerplate", "update", "repeat")

# Raised when what two texts quote is counted otherwise.
_METHOD = "quoted 1"
# Half of the words in common are quoted, and of those around them not so many are in common:
# who said it, to whom and where may be told alike by anybody.
_QUOTED_SHARE = 0.5
_FRAME = 10
# Words in a row that are a quotation, and none that two texts have by chance.
_RUN = 3
# Texts laid beside the first: those of a group of thousands tell no more.
_MOST_COMPARED = 8
# Paragraphs to the next one that was copied, so that a quotation was copied along.
_BESIDE = 2
# Paragraphs at the beginning and the end of an article where notes stand.
_FIRST, _LAST = 2, 3

# All of such a paragraph is somebody's words: a tweet; a line of a transcript ("CRUZ: ...").
_TWEET = re.compile(r"\(@\w{2,}\)|pic\.twitter\.com/|^@\w{2,}\b")
_SPEAKER = re.compile(
    r"\W*(?!(?:CORRECTION|EDITOR|NOTE|RELATED|UPDATE)\b)"
    r"(?P<name>(?:[A-Z]{2}[A-Z.'’\-]*|[QA])(?: [A-Z][A-Z.'’\-]+){0,4})(?: \([^)]*\))?: "
)
# What goes before a quotation that is set off without marks.
_INTRODUCES = re.compile(r":[\"”’']?\s*$")


def tell_sharing(
    passages: Sequence[Passage],
    articles: Sequence[Article],
    groups: Sequence[Copies],
    pairs: Sequence[tuple[int, int]] = (),
    rote: Collection[int] = (),
    containing: Collection[tuple[int, int]] = (),
) -> tuple[list[Sharing], list[Sharing]]:
    """Tell of groups of copies, and of pairs that share words, what kind of sharing it is.

    Args:
        passages: Of the corpus.
        articles: Of the corpus; each passage is of one.
        groups: Copies among the passages.
        pairs: Rows of two passages of two articles, of which one contains the other, or that
            have one wording and other facts.
        rote: Rows of passages that an outlet repeats under its articles, or that stand in
            many stories (``find_boilerplate``, ``find_recurring``).
        containing: Of the pairs those of which the first passage contains the second, which
            alone may be a note.

    Returns:
        One for each group, and one for each pair; the same in any order of the passages.
    """
    teller = _Teller(passages, articles, rote, containing)
    units = [
        *((rows, short, teller.are_across(rows)) for rows, short in groups),
        *((pair, False, not teller.are_of_one_outlet(*pair)) for pair in pairs),
    ]
    told = [teller.tell(*unit) for unit in units]
    found = list(teller.follow(units, told))
    return found[: len(groups)], found[len(groups) :]


def find_quoted_events(
    passages: Sequence[Passage], articles: Sequence[Article], pairs: Sequence[tuple[int, int]]
) -> list[bool]:
    """Tell of two passages on one event whether what they share is what one speaker said.

    Args:
        passages: Of the corpus.
        articles: Of the corpus; each passage is of one.
        pairs: Rows of two passages, in words of their own but for quotations.

    Returns:
        One for each pair: whether ``LEAST_QUOTED`` words in common, and half of all, stand in
        quotation marks in both.
    """
    teller = _Teller(passages, articles, (), ())
    return [teller.share_quotation(*pair) for pair in pairs]


class _Teller:
    def __init__(
        self,
        passages: Sequence[Passage],
        articles: Sequence[Article],
        rote: Collection[int],
        containing: Collection[tuple[int, int]],
    ) -> None:
        self._passages, self._articles, self._rote = passages, articles, rote
        self._containing = frozenset(containing)
        self._article_of, self._place_of = number_rows(articles, len(passages))
        self._words = lru_cache(1 << 12)(lambda row: read_words(passages[row].body).words)
        self._flags = lru_cache(1 << 12)(self._flag)

    def are_across(self, rows: Sequence[int]) -> bool:
        """Whether a text stands in several outlets or, where none is known, articles."""
        outlets = {self._outlet(row) for row in rows} - {""}
        return len(outlets) > 1 or not outlets

    def are_of_one_outlet(self, a: int, b: int) -> bool:
        """Whether two passages are known to be."""
        return self._outlet(a) == self._outlet(b) != ""

    def tell(self, rows: Sequence[int], short: bool, across: bool) -> Sharing:
        """Tell what a text is that passages share, each text for itself."""
        numbers = self._article_of[np.fromiter(rows, np.int64)]
        if (numbers == numbers[0]).all():
            return "repeat"
        if short or self._is_boilerplate(rows):
            return "boilerplate"
        pairs = list(self._lay_beside(rows))
        if 2 * sum(self._is_quotation(*pair) for pair in pairs) > len(pairs):
            return "quotation"
        return "copied" if across else "update"

    def follow(
        self, units: Sequence[tuple[Sequence[int], bool, bool]], told: Sequence[Sharing]
    ) -> Iterator[Sharing]:
        """Take a quotation for copied where a paragraph beside it was, in both articles."""
        copied: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for (rows, *_), sharing in zip(units, told, strict=True):
            if sharing in ("copied", "update"):
                for a, b in self._lay_beside(rows):
                    copied[self._article_of[a], self._article_of[b]].append((a, b))
        for (rows, _, across), sharing in zip(units, told, strict=True):
            pairs = list(self._lay_beside(rows)) if sharing == "quotation" else []
            along = sum(self._is_beside(*pair, copied) for pair in pairs)
            yield ("copied" if across else "update") if 2 * along > len(pairs) else sharing

    def _outlet(self, row: int) -> str:
        source: str = self._articles[self._article_of[row]].document.source
        return source

    def _is_boilerplate(self, rows: Sequence[int]) -> bool:
        if tuple(rows) in self._containing:
            rows = rows[1:]
        marked = sum(row in self._rote for row in rows)
        noted = sum(self._is_note(row) for row in rows)
        return 2 * max(marked, noted) >= len(rows)

    def _is_note(self, row: int) -> bool:
        body, at_edge = self._passages[row].body, self._is_edge(row)
        key = key_of(body, at_edge)
        found: bool = keep_value("notes 1", key, lambda: is_note(body, at_edge=at_edge))
        return found

    def _is_edge(self, row: int) -> bool:
        last = len(self._articles[self._article_of[row]].rows) - _LAST
        return bool(self._place_of[row] < _FIRST or self._place_of[row] >= last)

    def _is_quotation(self, a: int, b: int) -> bool:
        """Whether what two texts have in common is quoted in either, and little around it."""
        common, quoted, _ = self._count_quoted(a, b)
        return common > 0 and quoted >= _QUOTED_SHARE * common and common - quoted < _FRAME

    def share_quotation(self, a: int, b: int) -> bool:
        """Whether what two texts have in common is for the most part quoted in both."""
        common, _, quoted = self._count_quoted(a, b)
        return quoted >= LEAST_QUOTED and quoted >= _QUOTED_SHARE * common

    def _count_quoted(self, a: int, b: int) -> Sequence[int]:
        """Count words in common; those quoted in either text; and in both, in runs of ``_RUN``.

        Worked out once for two texts.
        """
        bodies = [self._passages[row].body for row in (a, b)]
        key = key_of(*bodies, *map(self._is_introduced, (a, b)))
        counts: Sequence[int] = keep_value(_METHOD, key, lambda: self._lay_quoted(a, b))
        return counts

    def _lay_quoted(self, a: int, b: int) -> tuple[int, int, int]:
        common = either = both = 0
        for blocks in match_words(self._words(a), self._words(b)):
            for first, after, begin, end in blocks:
                common += after - first
                one, other = self._flags(a)[first:after], self._flags(b)[begin:end]
                either += int((one | other).sum())
                both += int((one & other).sum()) if after - first >= _RUN else 0
        return common, either, both

    def _is_introduced(self, row: int) -> bool:
        """Whether the paragraph before a passage announces what somebody says."""
        place, rows = self._place_of[row], self._articles[self._article_of[row]].rows
        return bool(place and _INTRODUCES.search(self._passages[rows[place - 1]].body))

    def _flag(self, row: int) -> NDArray[np.bool_]:
        """Tell which words of a passage are quoted, by marks or by the form of the whole."""
        body = self._passages[row].body
        if _TWEET.search(body) or _names_speaker(body) or self._is_introduced(row):
            return np.ones(len(self._words(row)), bool)
        return flag_quoted(body, len(self._words(row)))

    def _is_beside(
        self, a: int, b: int, copied: dict[tuple[int, int], list[tuple[int, int]]]
    ) -> bool:
        places = self._place_of
        return any(
            abs(places[a] - places[c]) <= _BESIDE and abs(places[b] - places[d]) <= _BESIDE
            for c, d in copied.get((self._article_of[a], self._article_of[b]), ())
        )

    def _lay_beside(self, rows: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the first passage with those of other articles, outlets in turn, by article."""
        held = np.fromiter(rows, np.int64)
        held = held[np.lexsort((self._place_of[held], self._article_of[held]))]
        _, firsts, counts = np.unique(self._article_of[held], return_index=True, return_counts=True)
        seen: dict[str, int] = defaultdict(int)
        ranked = []
        of_article = zip(held[firsts].tolist(), counts.tolist(), strict=True)
        for row, count in sorted(of_article, key=lambda one: self._order(one[0])):
            ranked.append((seen[self._outlet(row)], *self._order(row), row))
            seen[self._outlet(row)] += count
        first, *others = [row for *_, row in sorted(ranked)[:_MOST_COMPARED]]
        for row in others:
            in_order = self._order(first) < self._order(row)
            yield (first, row) if in_order else (row, first)

    def _order(self, row: int) -> tuple[str, int]:
        return self._passages[row].document_id, int(self._place_of[row])


def _names_speaker(body: str) -> bool:
    """Whether a paragraph begins with who says it, and not with where it was written."""
    match = _SPEAKER.match(body)
    if match is None:
        return False
    words = read_words(match["name"]).words
    place = find_place(words, 0)
    return place is None or place[1] < len(words)
