"""Why two passages were not joined: ``topicwire copies --why-not A B``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from embeddings.corpus.citations import Quotation, read_quotations
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, Passage
from embeddings.errors import InputError
from embeddings.text.normalising import hash_text
from embeddings.text.wording import read_words
from embeddings.vectors.graph import Nodes, read_nodes
from embeddings.vectors.neighbours import NeighbourGraph
from topics.answers.citing import load_articles
from topics.answers.encoder import stored_encoder
from topics.answers.topics import open_clustered
from topics.coverage.articles.articles import Article
from topics.coverage.examples.explaining import (
    EventPair,
    explain_contained,
    explain_copies,
    explain_same_event,
    explain_story,
)
from topics.coverage.examples.judgements import Judgement, order_pair, read_judgements
from topics.coverage.examples.steps import Explanation
from topics.coverage.examples.thresholds import Thresholds, read_thresholds
from topics.coverage.relations.events import days_apart, weigh_event
from topics.coverage.relations.pairs import score_pair
from topics.coverage.stories.stories import StorySurvey
from topics.pipeline.coverage import embed_leads, find_coverage
from topics.pipeline.coverage_tables import read_canonicals, read_copies
from topics.pipeline.work import stored_graph


@dataclass(frozen=True)
class PairExplanation:
    """What each test says of two passages.

    Attributes:
        a: The first passage.
        b: The second.
        explanations: Of a near copy, of one standing inside the other, of the same event,
            and of the story of their articles.
        paraphrase: How likely the two say the same, 0 to 1, judged from the pair alone:
            words, vectors and facts, whatever else the corpus holds.
    """

    a: Quotation
    b: Quotation
    explanations: tuple[Explanation, ...]
    paraphrase: float


@dataclass(frozen=True)
class _Pair:
    """The two passages, and all that they are held against."""

    store: CorpusStore
    passages: list[Passage]
    articles: list[Article]
    rows: tuple[int, int]
    thresholds: Thresholds
    judgements: list[Judgement]

    @property
    def a(self) -> Passage:
        return self.passages[self.rows[0]]

    @property
    def b(self) -> Passage:
        return self.passages[self.rows[1]]

    @cached_property
    def documents(self) -> dict[str, Document]:
        return {article.id: article.document for article in self.articles}

    @property
    def dates(self) -> tuple[str, str]:
        return (
            self.documents[self.a.document_id].published,
            self.documents[self.b.document_id].published,
        )

    @property
    def days(self) -> int | None:
        """Days between the two, ``None`` where a date is not known."""
        return days_apart(*self.dates) if all(self.dates) else None

    @cached_property
    def cosine(self) -> float:
        """Cosine of the vectors of the two."""
        fingerprint = self.store.setting("encoder")["fingerprint"]
        vectors = self.store.vectors(fingerprint, [self.a.id, self.b.id])
        return float(vectors[0] @ vectors[1])

    def judged(self, kind: str, a: str, b: str) -> bool | None:
        """Return what the user said of a pair, ``None`` if nothing."""
        for one in self.judgements:
            if one.kind == kind and (one.a, one.b) == order_pair(one.kind, a, b):
                return one.same
        return None


def why_not(a: int, b: int, *, db: Path | str = "topicwire.db") -> PairExplanation:
    """Explain why two passages were joined, or were not.

    Args:
        a: Number of a passage.
        b: Number of another.
        db: The database.

    Raises:
        InputError: No such passage, or one and the same.
        StoreError: No such database, never clustered, or changed since.
    """
    if a == b:
        raise InputError(f"--why-not was given passage {a} twice; name two.")
    with open_clustered(db, current=True) as store:
        passages, articles = load_articles(store)
        row_of = {passage.id: row for row, passage in enumerate(passages)}
        for number in (a, b):
            if number not in row_of:
                raise InputError(
                    f"There is no passage {number}; `topicwire copies` and `topicwire search` show "
                    "their numbers."
                )
        rows = row_of[a], row_of[b]
        thresholds, judgements = read_thresholds(store), read_judgements(store)
        pair = _Pair(store, passages, articles, rows, thresholds, judgements)
        explanations = _copies(pair), _contained(pair), _event(pair), _story(pair)
        paraphrase = score_pair(pair.a.body, pair.b.body, pair.cosine)
        cited = read_quotations(store, [a, b])
    return PairExplanation(cited[a], cited[b], explanations, round(paraphrase, 4))


def _key(passage: Passage) -> str:
    return hash_text(passage.body).hex()


def _copies(pair: _Pair) -> Explanation:
    canonical = read_canonicals(pair.store, pair.a.id, pair.b.id)
    return explain_copies(
        pair.a.body,
        pair.b.body,
        pair.thresholds.for_copies(),
        judged=pair.judged("near_copy", _key(pair.a), _key(pair.b)),
        canonicals=(
            canonical.get(pair.a.id, pair.a.body),
            canonical.get(pair.b.id, pair.b.body),
        ),
    )


def _contained(pair: _Pair) -> Explanation:
    longer, shorter = sorted((pair.a, pair.b), key=lambda one: -len(read_words(one.body).words))
    return explain_contained(
        longer.body,
        shorter.body,
        pair.thresholds.for_relations(),
        judged=pair.judged("contains", _key(longer), _key(shorter)),
    )


def _event(pair: _Pair) -> Explanation:
    first, second = (pair.documents[one.document_id] for one in (pair.a, pair.b))
    nodes = read_nodes(pair.store, pair.passages)
    graph = stored_graph(pair.store)
    near = graph is not None and _are_neighbours(graph, nodes, pair.rows)
    known = EventPair(
        words=(len(read_words(pair.a.body).words), len(read_words(pair.b.body).words)),
        documents=(first.id, second.id),
        outlets=(first.source, second.source),
        days=pair.days,
        cosine=pair.cosine,
        neighbours=near,
    )
    evidence = None
    if graph is not None and near:
        evidence = weigh_event(pair.passages, pair.documents, nodes.of_passage, graph, pair.rows)
    return explain_same_event(
        known,
        evidence,
        pair.thresholds.for_relations(),
        judged=pair.judged("same_event", _key(pair.a), _key(pair.b)),
    )


def _are_neighbours(graph: NeighbourGraph, nodes: Nodes, rows: tuple[int, int]) -> bool:
    a, b = (int(nodes.of_passage[row]) for row in rows)
    return bool((graph.indices[a] == b).any() or (graph.indices[b] == a).any())


def _story(pair: _Pair) -> Explanation:
    number = {article.id: place for place, article in enumerate(pair.articles)}
    a, b = number[pair.a.document_id], number[pair.b.document_id]
    groups = read_copies(pair.store, pair.passages)
    encoder = stored_encoder(pair.store)
    leads = embed_leads(pair.store, encoder, pair.passages, pair.articles, groups)
    _, survey = find_coverage(pair.articles, leads, pair.thresholds, pair.judgements)
    score, link = _score(survey, a, b), None
    stories = [story.members for story in survey.stories]
    of_a, of_b = (next((m for m in stories if one in m), (one,)) for one in (a, b))
    together = of_a == of_b
    if not together and len(of_a) + len(of_b) > 2:
        found = [_score(survey, x, y) or 0.0 for x in of_a for y in of_b]
        link = float(np.mean(found))
    options = pair.thresholds.for_stories()
    explained = explain_story(
        score,
        options.threshold,
        days=pair.days,
        most_days=options.days,
        link=link,
        judged=pair.judged("story", pair.articles[a].id, pair.articles[b].id),
    )
    if together and not explained.joined:
        verdict = "One story: other articles of it hold the two together."
        return replace(explained, joined=True, verdict=verdict)
    return explained


def _score(survey: StorySurvey, a: int, b: int) -> float | None:
    """Return how likely two articles are of one story, ``None`` if they were not compared."""
    first, second = sorted((int(survey.node_of[a]), int(survey.node_of[b])))
    if first == second:
        return 1.0
    place = np.flatnonzero((survey.pairs[:, 0] == first) & (survey.pairs[:, 1] == second))
    return float(survey.scores[place[0]]) if len(place) else None
