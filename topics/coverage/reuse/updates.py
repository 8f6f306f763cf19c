"""What an article says that an earlier text of it did not, and who still says it as before."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from embeddings.corpus.citations import ArticleLine
from embeddings.documents import date_bounds, publication_order
from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import Wording, read_words
from embeddings.words.alignment import compare
from embeddings.words.conflicts import FactChange
from embeddings.words.facts import FACT_WORDS, Fact, find_facts
from topics.coverage.articles.unions import Unions

# How a text says, in what was added to it, that it was put right.
_CORRECTED = re.compile(
    r"^\W*correction\b|\b(?:corrections?\s*:|corrected|clarifi|earlier version|berichtig"
    r"|korrigiert|korrektur|rectifi|corrección|corregid|исправлен)",
    re.IGNORECASE | re.MULTILINE,
)
# Words on either side of a figure that say what is counted, and how many of them two texts
# must have in common, by their first letters, for it to be the same figure.
_AROUND, _ALIKE, _LETTERS = 8, 2, 5


@dataclass(frozen=True, slots=True)
class Still:
    """An article of another outlet that was published later and has the figure of before.

    Attributes:
        article: The article.
        figure: The figure.
    """

    article: ArticleLine
    figure: str


@dataclass(frozen=True, slots=True)
class Revision:
    """An article as it stands, or a version of it under another address.

    Attributes:
        article: The article.
        changed: When this text was first read, ISO 8601 in UTC; of a version in a story,
            when it was published, as exact as it is known.
        headline: The headline of before; ``""`` where that is the same, or none was before.
        facts: Figures, dates, places, names and negations that differ from the text before.
        corrects: Whether what was added says that it is a correction.
        story: The number of its story, or ``None``.
        still: Who has a figure of before although it was published later.
    """

    article: ArticleLine
    changed: str
    headline: str
    facts: tuple[FactChange, ...]
    corrects: bool
    story: int | None
    still: tuple[Still, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """An article's text, to be laid beside others."""

    article: ArticleLine
    body: str


def revise(
    before: Text | None,
    after: Text,
    changed: str,
    story: int | None,
    others: Iterable[Text] = (),
) -> Revision:
    """Tell what a text says that the one before it did not.

    Args:
        before: The text before, if there was one.
        after: The text.
        changed: See ``Revision``.
        story: See ``Revision``.
        others: Articles that may still have a figure of before; of the same outlet none does.
    """
    if before is None:
        return Revision(after.article, changed, "", (), corrects=False, story=story)
    compared = compare(before.body, after.body)
    return Revision(
        article=after.article,
        changed=changed,
        headline=before.article.title if before.article.title != after.article.title else "",
        facts=compared.changed_facts,
        corrects=any(
            _CORRECTED.search(after.body, part.after_start, part.after_end)
            for part in compared.changes
        ),
        story=story,
        still=tuple(_find_still(before, after, compared.conflicts, others)),
    )


def find_timelines(
    articles: Sequence[ArticleLine], one_text: Iterable[Collection[str]]
) -> list[list[int]]:
    """Find the articles that are versions of one, under addresses of their own.

    Most of their text is the same and their outlet is one; an article of the outlet that
    tells more, or another step, is no version. Of those without a date, or of one day that name
    no hour, nobody knows which came first: the former are left out, of the latter all but one.

    Args:
        articles: In any order.
        one_text: Pairs of ids of articles that are one wording.

    Returns:
        Places of two articles or more each, by date, then id.
    """
    place = {one.document_id: n for n, one in enumerate(articles)}
    unions = Unions(len(articles))
    for ids in one_text:
        known = [place[one] for one in ids if one in place and articles[place[one]].published]
        sources = {articles[n].source for n in known}
        if len(known) > 1 and len(sources) == 1 and "" not in sources:
            unions.join(*known)
    found: dict[int, list[int]] = {}
    order = sorted(
        place.values(),
        key=lambda n: (*publication_order(articles[n].published), articles[n].document_id),
    )
    for n in order:
        members = found.setdefault(unions.find(n), [])
        if not members or _is_after(articles[n], articles[members[-1]]):
            members.append(n)
    return [members for members in found.values() if len(members) > 1]


def _is_after(one: ArticleLine, other: ArticleLine) -> bool:
    """Whether the dates of two articles tell that one came after the other."""
    return date_bounds(one.published)[0] > date_bounds(other.published)[1]


def _find_still(
    before: Text, after: Text, conflicts: Collection[FactChange], others: Iterable[Text]
) -> Iterator[Still]:
    """Yield who was published later and has a figure that was put in another's stead."""
    changed = {fact.before: fact.after for fact in conflicts if fact.kind == "figure"}
    if not changed or not after.article.published:
        return
    counted = {fact: words for fact, words in _figures(before.body) if fact.value in changed}
    for other in others:
        if other.article.source == after.article.source or not other.article.published:
            continue
        if not _is_after(other.article, after.article):
            continue
        theirs = list(_figures(other.body))
        stated = {fact.value for fact, _ in theirs}
        for value, new in changed.items():
            if new not in stated and any(
                fact.value == value == one.value and len(words & mine) >= _ALIKE
                for fact, words in theirs
                for one, mine in counted.items()
            ):
                yield Still(other.article, value)


def _figures(text: str) -> Iterator[tuple[Fact, frozenset[str]]]:
    """Yield the figures of a text, and the beginnings of the words around each."""
    wording = read_words(text)
    for fact in find_facts(wording):
        if fact.kind == "figure":
            yield fact, _around(wording, fact)


def _around(wording: Wording, fact: Fact) -> frozenset[str]:
    words = wording.words[max(fact.first - _AROUND, 0) : fact.after + _AROUND]
    return frozenset(
        word[:_LETTERS]
        for word in words
        if len(word) > 3 and word not in STOP_WORDS and word not in FACT_WORDS
    )
