"""Whole articles that share their wording: ``topicwire copies --articles``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.citations import ArticleLine, cite
from embeddings.corpus.filters import Filters
from embeddings.corpus.store import CorpusStore
from embeddings.words.alignment import Block, Change, compare
from topics.answers.citing import load_articles
from topics.answers.copies import check_kinds, check_share
from topics.answers.topics import require_topics

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
    db: Path | str = "topicwire.db",
    *,
    kinds: Sequence[str] = (),
    sources: Sequence[str] = (),
    since: str = "",
    until: str = "",
    least_share: float = 0.0,
    repeats: bool = False,
) -> list[ArticlePair]:
    """List articles that are copies of each other, or stand inside each other.

    Of many copies of one article each stands beside one of them only.

    Args:
        db: The database.
        kinds: Some of ``exact``, ``near_copy``, ``contains``; all if empty.
        sources: Only pairs that one of these outlets has part in.
        since: Only pairs with an article of this date or later.
        until: Only pairs with an article of this date or earlier.
        least_share: Only pairs that share so much of the longer one's words; for
            ``contains`` of the shorter one's.
        repeats: Also pairs within one outlet.

    Raises:
        InputError: An unknown kind or outlet, a date or share that cannot be.
        StoreError: No such database, or nothing in it has been clustered.
    """
    kinds = check_kinds(kinds, KINDS)
    check_share(least_share)
    filters = Filters(sources, since, until)
    with CorpusStore.open(Path(db)) as store:
        require_topics(store)
        filters = filters.match_outlets(store)
        rows = [
            row
            for row in store.rows("SELECT kind, a, b, share_a, share_b FROM article_relations")
            if row[0] in kinds
        ]
        _, articles = load_articles(store, {one for row in rows for one in row[1:3]})
    by_id = {article.id: article for article in articles}
    pairs = []
    for kind, a, b, share_a, share_b in rows:
        ends = [by_id[one].document for one in (a, b)]
        fits = any(filters.fit(one.source, one.published) for one in ends)
        across = not ends[0].source or ends[0].source != ends[1].source
        share = share_b if kind == "contains" else min(share_a, share_b)
        if not (fits and (across or repeats) and share >= least_share):
            continue
        texts = by_id[a].body, by_id[b].body
        side_by_side = compare(*texts)
        pairs.append(
            ArticlePair(
                kind,
                cite(ends[0]),
                cite(ends[1]),
                share_a,
                share_b,
                tuple((one.kind, one.before, one.after) for one in side_by_side.conflicts),
                *texts,
                side_by_side.spans,
                side_by_side.changes,
            )
        )
    pairs.sort(
        key=lambda pair: (
            KINDS.index(pair.kind),
            -min(pair.share_a, pair.share_b),
            pair.a.document_id,
            pair.b.document_id,
        )
    )
    return pairs
