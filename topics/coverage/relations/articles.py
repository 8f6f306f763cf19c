"""Whole articles that are one text, or of which one stands inside the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from embeddings.documents import publication_order
from embeddings.text.normalising import hash_text
from embeddings.words.alignment import compare
from embeddings.words.copies import CopyOptions, survey_copies
from topics.coverage.articles.articles import Article
from topics.coverage.relations.containment import Containment
from topics.coverage.relations.relations import RelationOptions
from topics.coverage.relations.wordings import find_contained

# A contained article speaks for one story where it makes up this part of the longer one: a
# review of the week holds the briefs of many, and a digest of two holds two stories.
MAIN_PART = 0.7


@dataclass(frozen=True, slots=True)
class ArticleRelation:
    """Two articles that share their wording.

    Attributes:
        kind: ``exact``: the same words; ``near_copy``: most of the longer one's words;
            ``contains``: ``b`` stands, perhaps in pieces, inside ``a``.
        a: Number of the article: the longer one for ``contains``, else the earlier one as far
            as the dates tell.
        b: Number of the other.
        share_a: Share of the words of ``a`` that stand in ``b``, 0 to 1.
        share_b: Share of the words of ``b`` that stand in ``a``.
        facts: Places where the two say different things.
    """

    kind: Literal["exact", "near_copy", "contains"]
    a: int
    b: int
    share_a: float
    share_b: float
    facts: int

    @property
    def one_text(self) -> bool:
        """Whether both are one wording: verified against the article that stands for it."""
        return self.kind != "contains"

    @property
    def one_story(self) -> bool:
        """Whether it shows that both tell one story."""
        return self.one_text or self.share_a >= MAIN_PART


def relate_articles(
    articles: Sequence[Article],
    copy_options: CopyOptions | None = None,
    options: RelationOptions | None = None,
) -> list[ArticleRelation]:
    """Find articles that are copies of each other, and those that stand inside others.

    Titles are not compared, since each outlet writes its own. Of many copies of one text
    each is related to one of them only. Articles of a few words ("Watch live.") are no copies
    of each other, as paragraphs are not.

    Args:
        articles: In any order; relations name their places.
        copy_options: What counts as a copy.
        options: What counts as contained.

    Returns:
        Copies before containments, by falling share, then by the articles' ids.
    """
    whole = [article.whole for article in articles]
    survey = survey_copies(whole, options=copy_options)
    nodes = np.arange(len(articles), dtype=np.int64)
    for canonical, members in survey.wordings:
        nodes[list(members)] = canonical
    short = {group.canonical for group in survey.groups if group.short}
    wordings = [one for one in survey.wordings if one[0] not in short]
    found = list(_copies(articles, wordings))
    documents = {article.id: article.document for article in articles}
    for relation in find_contained(whole, documents, nodes, options=options, scattered=True):
        evidence = relation.evidence
        assert isinstance(evidence, Containment)  # noqa: S101 - what find_contained gives
        found.append(
            ArticleRelation(
                "contains",
                relation.a,
                relation.b,
                evidence.share_container,
                evidence.share_contained,
                sum(fact.conflicting for change in evidence.changes for fact in change.facts),
            )
        )
    found.sort(
        key=lambda one: (
            one.kind == "contains",
            -min(one.share_a, one.share_b),
            articles[one.a].id,
            articles[one.b].id,
        )
    )
    return found


def _copies(
    articles: Sequence[Article], wordings: Sequence[tuple[int, Sequence[int]]]
) -> Iterator[ArticleRelation]:
    for canonical, members in wordings:
        hashes = {number: hash_text(articles[number].body) for number in members}
        for number in members:
            if number == canonical:
                continue
            a, b = sorted((canonical, number), key=lambda one: _order(articles[one]))
            if hashes[number] == hashes[canonical]:
                yield ArticleRelation("exact", a, b, 1.0, 1.0, 0)
                continue
            side_by_side = compare(articles[a].body, articles[b].body)
            yield ArticleRelation(
                "near_copy",
                a,
                b,
                side_by_side.share_a,
                side_by_side.share_b,
                len(side_by_side.conflicts),
            )


def _order(article: Article) -> tuple[str, str, str]:
    """Surely published by then first; those without a date last."""
    return *publication_order(article.document.published), article.id
