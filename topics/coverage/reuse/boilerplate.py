"""Text that is repeated whatever the story: lines on an author, stock background."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from topics.coverage.articles.articles import Article

# Rows of passages that are one text, in the order of the corpus, and whether it is too short
# for its repetition to mean anything (``CopyGroup``).
Copies = tuple[tuple[int, ...], bool]

# In so many unrelated articles of one outlet, or stories, a text is of none of them.
LEAST_REPEATS = 3
# Articles that share this much of their other paragraphs are versions of one article, and
# what they repeat is that article.
_VERSION_SHARE = 1 / 3


def find_boilerplate(
    articles: Sequence[Article],
    groups: Sequence[Copies],
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
    story_of = {number: place for place, members in enumerate(stories) for number in members}
    holders = [sorted({article_of[row] for row in rows if row in article_of}) for rows, _ in groups]
    texts: dict[int, set[int]] = defaultdict(set)
    for text, numbers in enumerate(holders):
        for number in numbers:
            texts[number].add(text)
    found: set[int] = set()
    for text, (rows, _) in enumerate(groups):
        by_outlet: dict[str, list[int]] = defaultdict(list)
        for number in holders[text]:
            by_outlet[articles[number].document.source].append(number)
        if len({story_of[n] for n in holders[text] if n in story_of}) >= LEAST_REPEATS or any(
            _stand_apart(text, numbers, articles, texts) for numbers in by_outlet.values()
        ):
            found.update(rows)
    return frozenset(found)


def _stand_apart(
    text: int, holders: Sequence[int], articles: Sequence[Article], texts: Mapping[int, set[int]]
) -> bool:
    """Whether ``LEAST_REPEATS`` articles share little but this text, two by two.

    Each is compared with those kept so far only, fewer than ``LEAST_REPEATS``.
    """
    kept: list[int] = []
    for number in sorted(holders, key=lambda number: articles[number].id):
        for other in kept:
            others = min(len(articles[number].rows), len(articles[other].rows)) - 1
            if len((texts[number] & texts[other]) - {text}) >= _VERSION_SHARE * others:
                break
        else:
            kept.append(number)
        if len(kept) == LEAST_REPEATS:
            return True
    return False
