"""Why two passages were not joined: ``topicwire copies --why-not A B``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from embeddings.corpus.citations import (
    Quotation,
    expect_as_read,
    expect_whole,
    find_keys,
    read_quotations,
)
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, Passage
from embeddings.errors import InputError
from embeddings.text.normalising import hash_text
from embeddings.text.wording import read_words
from embeddings.vectors.graph import read_nodes
from topics.answers.encoder import stored_encoder
from topics.answers.session import Database
from topics.answers.topics import open_clustered
from topics.coverage.articles.articles import Article
from topics.coverage.examples.explaining import Explanation, explain, explain_copies
from topics.coverage.examples.judgements import Judgement, order_pair, read_judgements
from topics.coverage.examples.thresholds import Thresholds, read_thresholds
from topics.coverage.relations.events import check_same_event
from topics.coverage.relations.pairs import score_pair
from topics.coverage.relations.relating import check_outside
from topics.coverage.relations.wordings import check_contained
from topics.pipeline.citing import load_articles
from topics.pipeline.coverage import embed_leads, find_coverage
from topics.pipeline.coverage_tables import read_canonicals, read_pairs
from topics.pipeline.furniture import read_furniture
from topics.pipeline.neighbours import stored_graph
from topics.pipeline.work import UNREAD

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from embeddings.vectors.neighbours import NeighbourGraph


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

    @cached_property
    def nodes(self) -> NDArray[np.int64]:
        """The node of each passage; copies share one."""
        return read_nodes(self.store).of_passage

    @cached_property
    def related(self) -> set[tuple[str, frozenset[int]]]:
        """Kind and nodes of the relations that were found."""
        return {
            (kind, frozenset(self.nodes[[a, b]].tolist()))
            for kind, a, b in read_pairs(self.store, self.passages)
        }

    def is_related(self, kind: str) -> bool:
        """Whether the nodes of the two are related."""
        return (kind, frozenset(self.nodes[list(self.rows)].tolist())) in self.related

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


def why_not(a: int, b: int, *, db: Database = "topicwire.db") -> PairExplanation:
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
            find_keys(store, number)
        rows = row_of[a], row_of[b]
        expect_whole(store, passages)
        expect_as_read(store, [article.document for article in articles])
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
    words = [len(read_words(passage.body).words) for passage in (pair.a, pair.b)]
    rows = pair.rows if words[0] >= words[1] else (pair.rows[1], pair.rows[0])
    longer, shorter = (pair.passages[row] for row in rows)
    steps = check_contained(
        pair.passages,
        pair.documents,
        pair.nodes,
        rows,
        options=pair.thresholds.for_relations(),
    )
    return explain(
        "contains",
        steps,
        judged=pair.judged("contains", _key(longer), _key(shorter)),
        found=pair.is_related("contains"),
    )


def _event(pair: _Pair) -> Explanation:
    steps, evidence = check_same_event(
        pair.passages,
        pair.documents,
        pair.nodes,
        cast("NeighbourGraph", stored_graph(pair.store)),
        pair.rows,
        cosine=pair.cosine,
        options=pair.thresholds.for_relations(),
        unread=pair.store.setting(UNREAD) or (),
    )
    contained = [nodes for kind, nodes in pair.related if kind == "contains"]
    inside = check_outside(frozenset(pair.nodes[list(pair.rows)].tolist()), contained)
    return explain(
        "same_event",
        steps if inside.passed else [*steps, inside],
        judged=pair.judged("same_event", _key(pair.a), _key(pair.b)),
        found=pair.is_related("same_event"),
        evidence=evidence,
    )


def _story(pair: _Pair) -> Explanation:
    number = {article.id: place for place, article in enumerate(pair.articles)}
    a, b = number[pair.a.document_id], number[pair.b.document_id]
    furniture = read_furniture(pair.store, [one.id for one in pair.passages])
    encoder = stored_encoder(pair.store)
    leads = embed_leads(pair.store, encoder, pair.passages, pair.articles, furniture)
    _, survey = find_coverage(
        pair.articles,
        leads,
        pair.thresholds,
        pair.judgements,
        pair.store.setting(UNREAD) or (),
    )
    return explain(
        "story",
        survey.check(a, b),
        judged=pair.judged("story", pair.articles[a].id, pair.articles[b].id),
        found=survey.find_story(a) == survey.find_story(b),
    )
