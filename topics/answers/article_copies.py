"""Whole articles that share their wording: ``topicwire copies --articles``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.corpus.citations import ArticleLine, cite
from embeddings.corpus.filters import Filters
from embeddings.words.alignment import Block, Change, compare
from topics.answers.session import Database
from topics.answers.sharing import check_kinds, check_share, check_sharing, choose_pairs
from topics.answers.topics import open_clustered
from topics.coverage.articles.articles import Article
from topics.pipeline.citing import load_articles
from topics.pipeline.coverage_tables import read_article_pairs

KINDS = ("exact", "near_copy", "contains")


@dataclass(frozen=True)
class ArticlePair:
    """Two articles that share their wording, laid side by side without page furniture.

    Attributes:
        kind: ``exact``, ``near_copy`` or ``contains`` (``b`` stands, perhaps in pieces,
            inside ``a``).
        a: The first article: the longer one for ``contains``, else the earlier one as far
            as the dates tell.
        b: The second.
        share_a: Share of the words of ``a`` that stand in ``b``.
        share_b: Share of the words of ``b`` that stand in ``a``.
        conflicts: Facts of which the two say different things: kind, in ``a``, in ``b``.
        text_a: The paragraphs of ``a``, an empty line between two.
        text_b: The same of ``b``.
        spans: What agrees: start and end in ``text_a``, start and end in ``text_b``.
        changes: What differs, word by word.
    """

    kind: str
    a: ArticleLine
    b: ArticleLine
    share_a: float
    share_b: float
    conflicts: tuple[tuple[str, str, str], ...]
    text_a: str
    text_b: str
    spans: tuple[Block, ...]
    changes: tuple[Change, ...]


def article_copies(
    db: Database = "topicwire.db",
    *,
    kinds: Sequence[str] = (),
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    languages: Sequence[str] = (),
    least_share: float = 0.0,
    sharing: Sequence[str] = (),
) -> list[ArticlePair]:
    """List articles that are copies of each other, or stand inside each other.

    Of many copies of one article each stands beside one of them only.

    Args:
        db: The database.
        kinds: Some of ``exact``, ``near_copy``, ``contains``; all if empty.
        sources: Only pairs that one of these outlets has part in.
        since: Only pairs with an article of this date or later.
        until: Only pairs with an article of this date or earlier.
        languages: Only pairs with an article in one of these, as ISO 639 codes.
        least_share: Only pairs that share so much of the longer one's words; for
            ``contains`` of the shorter one's.
        sharing: ``copied``, if empty; ``update`` for pairs within one outlet; ``all``.

    Raises:
        InputError: An unknown kind or outlet, a date or share that cannot be.
        StoreError: No such database, or nothing in it has been clustered.
    """
    filters = Filters(sources, since, until, languages=languages)
    pairs, _ = list_article_copies(
        db, filters, kinds=kinds, least_share=least_share, sharing=sharing
    )
    return pairs


def list_article_copies(
    db: Database,
    filters: Filters,
    *,
    kinds: Sequence[str] = (),
    least_share: float = 0.0,
    sharing: Sequence[str] = (),
    limit: int | None = None,
) -> tuple[list[ArticlePair], int]:
    """List pairs as ``article_copies`` does, and lay only ``limit`` of them side by side.

    Returns:
        The pairs, and how many more there are.
    """
    kinds, wanted = check_kinds(kinds, KINDS), check_sharing(sharing)
    check_share(least_share)
    with open_clustered(db) as store:
        filters = filters.match(store)
        fitting, _ = choose_pairs(read_article_pairs(store), filters, kinds, wanted)
        chosen = [
            (KINDS.index(kind), -min(shares), a, b, *shares)
            for kind, a, b, *shares, _ in fitting
            if (shares[1] if kind == "contains" else min(shares)) >= least_share
        ]
        shown = sorted(chosen)[:limit]
        _, articles = load_articles(store, {one for row in shown for one in row[2:4]})
    by_id = {article.id: article for article in articles}
    pairs = [
        _lay_out(KINDS[kind], by_id[a], by_id[b], share_a, share_b)
        for kind, _, a, b, share_a, share_b in shown
    ]
    return pairs, len(chosen) - len(shown)


def _lay_out(kind: str, a: Article, b: Article, share_a: float, share_b: float) -> ArticlePair:
    comparison = compare(a.body, b.body)
    return ArticlePair(
        kind=kind,
        a=cite(a.document),
        b=cite(b.document),
        share_a=share_a,
        share_b=share_b,
        conflicts=tuple((one.kind, one.before, one.after) for one in comparison.conflicts),
        text_a=a.body,
        text_b=b.body,
        spans=comparison.spans,
        changes=comparison.changes,
    )
