"""From stored passages to copies, relations and stories: who repeats whom.

The first stages of a run. Copies and relations of passages hang on the corpus, the
thresholds and the user's judgements of passages; stories on titles and on judgements of
articles besides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, Passage
from embeddings.progress import share, track
from embeddings.text.normalising import hash_text
from embeddings.vectors.embedding import embed_texts
from embeddings.vectors.neighbours import NeighbourGraph
from embeddings.words.copies import CopySurvey, Wordings, assemble_survey, survey_copies
from topics.coverage.articles.articles import Article, gather_articles
from topics.coverage.examples.judgements import Judgement
from topics.coverage.examples.thresholds import Thresholds
from topics.coverage.relations.articles import ArticleRelation, relate_articles
from topics.coverage.relations.events import find_same_event
from topics.coverage.relations.relating import check_outside
from topics.coverage.relations.relations import Relation
from topics.coverage.relations.wordings import find_contained, relate_judged, relate_versions
from topics.coverage.stories.stories import Links, StorySurvey, find_stories, story_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder

# Story texts embedded between two commits: what is done survives a kill.
_TEXTS_AT_ONCE = 512

# How far below its threshold a pair is looked at: where the user has said yes to some pair,
# and for questions.
FLOORS = {"near_copy": 0.45, "contains": 0.45, "same_event": 0.3, "story": 0.1}


# Articles without their furniture (one of nothing else is as it was), and of each the vector of its
# headline and beginning: unit rows, float32 of shape ``(articles, dimension)``.
Leads = tuple[list[Article], "NDArray[np.float32]"]


def find_copied(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    thresholds: Thresholds,
    judgements: Sequence[Judgement],
    wordings: Wordings | None = None,
) -> CopySurvey:
    """Group passages that are one text.

    Args:
        passages: The passages.
        documents: By id.
        thresholds: What counts.
        judgements: Pairs of which the user said that they count, or do not.
        wordings: Of the distinct bodies in the order of their hashes, where they were found
            before anybody could judge.
    """
    options = thresholds.for_copies()
    sources = {document.id: document.source for document in documents.values()}
    if wordings is not None:
        return assemble_survey(passages, sources, wordings, options)
    return survey_copies(
        passages,
        options=options,
        sources=sources,
        together=_pairs(judgements, "near_copy", same=True),
        apart=_pairs(judgements, "near_copy", same=False),
    )


def find_related(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    survey: CopySurvey,
    nodes: NDArray[np.int64],
    graph: NeighbourGraph,
    *,
    thresholds: Thresholds,
    judgements: Sequence[Judgement],
    unread: Collection[str] = (),
) -> list[Relation]:
    """Find passages of one wording and other facts, contained ones, and those of one event.

    Args:
        passages: The passages.
        documents: By id.
        survey: The copies among the passages.
        nodes: Row of ``graph`` for each passage, int64.
        graph: Neighbours of the nodes.
        thresholds: What counts.
        judgements: Pairs of which the user said that they count, or do not.
        unread: Languages that the model does not read.
    """
    least = {"contains": thresholds.contains, "same_event": thresholds.same_event}
    wanted = {kind: _pairs(judgements, kind, same=True) for kind in least}
    floors = {
        kind: min(least[kind], FLOORS[kind]) if wanted[kind] else least[kind] for kind in least
    }
    options = replace(
        thresholds.for_relations(),
        contained_share=floors["contains"],
        event_score=floors["same_event"],
    )
    kept = relate_versions(passages, documents, survey)
    yes = {kind: _unordered(wanted[kind]) for kind in least}
    no = {kind: _unordered(_pairs(judgements, kind, same=False)) for kind in least}
    keys_of = _keys_of_nodes(passages, nodes, [*yes.values(), *no.values()])
    contained: set[frozenset[int]] = set()
    found: set[tuple[str, frozenset[str]]] = set()
    with share(0.6):
        related = find_contained(passages, documents, nodes, options=options)
    related += find_same_event(passages, documents, nodes, graph, options=options, unread=unread)
    for relation in related:
        kind, pair = relation.kind, frozenset(nodes[[relation.a, relation.b]].tolist())
        # What the user said of one text holds for its copies, which are the same node.
        said = {frozenset((a, b)) for a in keys_of[min(pair)] for b in keys_of[max(pair)]}
        taken = relation.score >= least[kind] or said & yes[kind]
        if taken and not said & no[kind] and check_outside(pair, contained).passed:
            kept.append(relation)
            found.update((kind, key) for key in said)
            if kind == "contains":
                contained.add(pair)
    for told in ("contains", "same_event"):
        pairs = [one for one in wanted[told] if (told, frozenset(one)) not in found]
        kept += relate_judged(passages, documents, told, pairs)
    return kept


def _keys_of_nodes(
    passages: Sequence[Passage], nodes: NDArray[np.int64], judged: Sequence[set[frozenset[str]]]
) -> dict[int, list[str]]:
    """Return the judged texts of each node, by hash."""
    wanted = {key for pairs in judged for pair in pairs for key in pair}
    keys: dict[int, list[str]] = defaultdict(list)
    if wanted:
        for passage, node in zip(passages, nodes.tolist(), strict=True):
            key = hash_text(passage.body).hex()
            if key in wanted and key not in keys[node]:
                keys[node].append(key)
    return keys


def embed_leads(
    store: CorpusStore,
    encoder: Encoder,
    passages: Sequence[Passage],
    articles: Sequence[Article],
    furniture: Collection[int],
) -> Leads:
    """Embed the headline and beginning of each article, once; they are kept.

    Args:
        store: Open for writing, unless all are embedded.
        encoder: Of the store.
        passages: Of the corpus.
        articles: Of the corpus, by document id.
        furniture: Rows of passages that an outlet repeats under its articles: a beginning
            that stands in many, such as a newsletter's, says nothing of any.
    """
    marked = {passages[row].document_id for row in furniture}
    kept = [
        passage
        for article in articles
        if article.id in marked
        for row in article.rows
        if row not in furniture and (passage := passages[row])
    ]
    documents = {article.id: article.document for article in articles}
    without = {article.id: article for article in gather_articles(kept, documents)}
    trimmed = [without.get(article.id, article) for article in articles]
    texts = [story_text(article) for article in trimmed]
    starts = range(0, len(texts), _TEXTS_AT_ONCE)
    parts = [
        embed_texts(store, encoder, texts[start : start + _TEXTS_AT_ONCE])
        for start in track(starts, len(starts))
    ]
    vectors = np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)
    return trimmed, vectors


def find_coverage(
    articles: list[Article],
    leads: Leads,
    thresholds: Thresholds,
    judgements: Sequence[Judgement],
    unread: Collection[str] = (),
) -> tuple[list[ArticleRelation], StorySurvey]:
    """Relate whole articles that share their wording, and gather articles into stories.

    Args:
        articles: By document id.
        leads: What stories are read from.
        thresholds: What counts.
        judgements: Pairs of articles that the user put together or apart.
        unread: Languages that the model does not read.
    """
    relations = relate_articles(articles, thresholds.for_copies(), thresholds.for_relations())
    number = {article.id: place for place, article in enumerate(articles)}
    together, apart = (
        [
            (number[a], number[b])
            for a, b in _pairs(judgements, "story", same=same)
            if a in number and b in number
        ]
        for same in (True, False)
    )
    survey = find_stories(
        *leads,
        Links(
            [(one.a, one.b) for one in relations if one.one_text],
            [(one.a, one.b) for one in relations if one.one_story and not one.one_text],
            together,
            apart,
        ),
        options=thresholds.for_stories(),
        unread=unread,
    )
    return relations, survey


def _pairs(judgements: Sequence[Judgement], kind: str, *, same: bool) -> list[tuple[str, str]]:
    return [(one.a, one.b) for one in judgements if one.kind == kind and one.same is same]


def _unordered(pairs: Sequence[tuple[str, str]]) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in pairs}
