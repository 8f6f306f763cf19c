"""Articles beside a story: other angles and sequels, told by the rare names of its beginnings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from embeddings.corpus.citations import ArticleLine
from embeddings.text.wording import fold, read_words
from embeddings.words.facts import find_facts
from topics.coverage.articles.days import day_bounds, gap, is_day

# Days between an article and those of the story, as within one.
_DAYS = 5
# Names that it must have in common with two articles of the story, each in the beginnings of
# this share of all articles, or so many, at the most beside the story's own.
_NAMES, _RARE, _FEW = 2, 0.03, 5
_WORD = re.compile(r"\w+(?:['’ʼ]\w+)*")
# Where such a word begins, and ends but for its possessive.
_BEGINS, _ENDS = re.compile(r"(?<!\w)(?<!\w')"), re.compile(r"(?:'s)?(?!\w|'\w)")
# Marks of print that part words, and those inside them.
_PARTING, _INSIDE = "‘“”–—…", "’ʼ"


@dataclass(frozen=True, slots=True)
class RelatedArticle:
    """An article of the days of a story that speaks of the same people and places.

    Attributes:
        article: The article.
        names: Rare names that it has in common with the story, folded.
        story: The number of its own story, or ``None``.
    """

    article: ArticleLine
    names: tuple[str, ...]
    story: int | None


class Beginnings:
    """The beginnings of all articles, and how many have which word.

    Attributes:
        articles: All articles.
    """

    def __init__(self, articles: Sequence[ArticleLine], leads: Sequence[str]) -> None:
        """Take the headlines and beginnings, a text each."""
        self.articles = articles
        self._leads = leads
        self._words: dict[int, frozenset[str]] = {}
        self._names: dict[int, frozenset[str]] = {}

    def find_related(
        self, members: Collection[str], story_of: Mapping[str, int]
    ) -> tuple[RelatedArticle, ...]:
        """Find what stands beside a story, most names first, then by id.

        Args:
            members: Ids of its articles.
            story_of: The story of each article that is in one, by id.

        Returns:
            None where no article of the story is dated to the day; undated ones are left out.
        """
        days = [day_bounds(one.published) for one in self.articles]
        inside = [n for n, one in enumerate(self.articles) if one.document_id in members]
        known = [days[n] for n in inside if is_day(days[n])]
        if not known:
            return ()
        span = min(first for first, _ in known), max(last for _, last in known)
        counts = Counter(name for n in inside for name in self._read_names(n))
        shared = {name for name, count in counts.items() if count > 1}
        near = {
            n: self._read_names(n) & shared
            for n, one in enumerate(self.articles)
            if one.document_id not in members and is_day(days[n]) and gap(span, days[n]) <= _DAYS
        }
        most = max(_FEW, _RARE * len(self.articles))
        # Those alone that may tell of an article, since to count one many beginnings are read.
        asked = set().union(*(names for names in near.values() if len(names) >= _NAMES))
        rare = {name for name in asked if not self._is_held(name, int(most + counts[name]))}
        found = [
            RelatedArticle(
                self.articles[n],
                tuple(sorted(names & rare)),
                story_of.get(self.articles[n].document_id),
            )
            for n, names in near.items()
            if len(names & rare) >= _NAMES
        ]
        found.sort(key=lambda one: (-len(one.names), one.article.document_id))
        return tuple(found)

    def _is_held(self, name: str, most: int) -> bool:
        """Say whether a name is a word of more beginnings than so many; few are read for that."""
        # "ʼ" is a letter, at the edge of a word too, and no mark of print.
        held = (
            n
            for n, lead in enumerate(self._plain)
            if name in lead
            and (
                _has_word(lead, name)
                if lead.isascii() and "ʼ" not in self._leads[n]
                else name in self._read_words(n)
            )
        )
        return next(islice(held, most, None), None) is not None

    @cached_property
    def _plain(self) -> list[str]:
        """Beginnings in which each word stands as it is compared, its neighbours beside it.

        Where letters of others than English are left, only part of what stands there is a word.
        """
        return [lead.lower() if lead.isascii() else _write_plainly(lead) for lead in self._leads]

    def _read_words(self, n: int) -> frozenset[str]:
        if n not in self._words:
            words = map(fold, set(_WORD.findall(self._leads[n])))
            self._words[n] = frozenset(word.removesuffix("'s") for word in words)
        return self._words[n]

    def _read_names(self, n: int) -> frozenset[str]:
        if n not in self._names:
            facts = find_facts(read_words(self._leads[n]))
            self._names[n] = frozenset(fact.value for fact in facts if fact.kind == "name")
        return self._names[n]


def _write_plainly(lead: str) -> str:
    for mark in _PARTING:
        lead = lead.replace(mark, " ")
    for mark in _INSIDE:
        lead = lead.replace(mark, "'")
    return lead.lower() if lead.isascii() else fold(lead)


def _has_word(text: str, word: str) -> bool:
    """Say whether a word stands in a text of ASCII, with or without a possessive."""
    at = text.find(word)
    while at >= 0 and not (_BEGINS.match(text, at) and _ENDS.match(text, at + len(word))):
        at = text.find(word, at + 1)
    return at >= 0
