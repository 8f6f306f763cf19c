"""A story in words, the same in the terminal and on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topics.coverage.reuse.reuse import StoryArticle, TextSource
    from topics.coverage.reuse.voices import Join

DOUBTS = {
    "coarse dates": "dates are too coarse to order them",
    "same time": "several bear the same time",
    "no dates": "no article is dated",
    "undated": "articles without a date may be older",
    "updated": "it was updated later",
    "versions": "several versions of it stand here",
}
# An article that has less of its words from another is not laid beside it unless asked for.
_LEAST_SHARE = 0.1


def pair_copies(articles: Sequence[StoryArticle]) -> list[tuple[StoryArticle, TextSource]]:
    """Return what is worth laying side by side, two articles once."""
    found: dict[frozenset[str], tuple[StoryArticle, TextSource]] = {}
    for one in articles:
        for source in one.sources:
            if source.share >= _LEAST_SHARE:
                pair = frozenset((one.article.document_id, source.article.document_id))
                found.setdefault(pair, (one, source))
    return list(found.values())


def tell_join(join: Join) -> str:
    """Say why two outlets are one voice."""
    a, b = join.a, join.b
    if join.reason == "owner":
        return f"One voice: {a} and {b} belong to {join.detail}."
    if join.reason == "agency":
        return f"One voice: {a} and {b} carry {join.detail}."
    if not join.directed:
        return (
            f"One voice: {b} shares {join.share:.0%} of its words with {a}, and {a} "
            f"{join.back:.0%} with {b}; order unknown."
        )
    return f"One voice: {b} has {join.share:.0%} of its words from {a}."
