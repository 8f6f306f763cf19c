"""Text that is repeated whatever the story: lines on an author, stock background."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from embeddings.words.copies import CopyGroup
from topics.coverage.articles.articles import Article

# In so many unrelated articles of one outlet, or stories, a text is of none of them.
LEAST_REPEATS = 3
# Articles that share this much of their other paragraphs are versions of one article, and
# what they repeat is that article.
_VERSION_SHARE = 1 / 3


def find_boilerplate(
    articles: Sequence[Article],
    groups: Sequence[CopyGroup],
    stories: Sequence[Collection[int]] = (),
) -> frozenset[int]:
    """Find the passages that are boilerplate.

    A text is, wherever it stands, when ``LEAST_REPEATS`` articles of one outlet have it that
    share little else with each other (where no outlet is known, of all together), or when
    articles of ``LEAST_REPEATS`` stories have it.

    Args:
        articles: Of the corpus.
        groups: Copies among its passages.
        stories: Article numbers of each story, if stories are known.

    Returns:
        Rows of passages.
    """
    article_of = {row: number for number, article in enumerate(articles) for row in article.rows}
    texts: dict[int, set[int]] = defaultdict(set)
    holders: list[list[int]] = []
    for place, group in enumerate(groups):
        holders.append(sorted({article_of[row] for row in group.members if row in article_of}))
        for number in holders[place]:
            texts[number].add(place)
    story_of = {number: place for place, members in enumerate(stories) for number in members}
    found: set[int] = set()
    for place, group in enumerate(groups):
        if _is_boilerplate(place, holders[place], articles, texts, story_of):
            found.update(group.members)
    return frozenset(found)


def _is_boilerplate(
    text: int,
    holders: Sequence[int],
    articles: Sequence[Article],
    texts: Mapping[int, set[int]],
    story_of: Mapping[int, int],
) -> bool:
    if len({story_of[number] for number in holders if number in story_of}) >= LEAST_REPEATS:
        return True
    by_outlet: dict[str, list[int]] = defaultdict(list)
    for number in holders:
        by_outlet[articles[number].document.source].append(number)
    return any(
        _stand_apart(text, sorted(numbers, key=lambda n: articles[n].id), articles, texts)
        for numbers in by_outlet.values()
        if len(numbers) >= LEAST_REPEATS
    )


def _stand_apart(
    text: int,
    holders: Iterable[int],
    articles: Sequence[Article],
    texts: Mapping[int, set[int]],
) -> bool:
    """Whether so many of the articles share little but this text, two by two.

    Each is compared with those kept so far only, fewer than ``LEAST_REPEATS``.
    """
    kept: list[int] = []
    for number in holders:
        if all(_are_apart(text, number, other, articles, texts) for other in kept):
            kept.append(number)
            if len(kept) == LEAST_REPEATS:
                return True
    return False


def _are_apart(
    text: int, a: int, b: int, articles: Sequence[Article], texts: Mapping[int, set[int]]
) -> bool:
    others = min(len(articles[a].rows), len(articles[b].rows)) - 1
    shared = len((texts[a] & texts[b]) - {text})
    return shared < _VERSION_SHARE * others
