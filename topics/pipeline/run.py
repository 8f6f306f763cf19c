"""From stored passages and vectors to copies, graph, relations, stories and topics, and back.

Everything here is a function of the corpus and of the user's choices, so it is replaced
whole, in one transaction, when either has changed, and left alone when neither has. There are
three stages, each redone only when what it hangs on has changed: copies, graph and relations
of passages; relations of articles and stories; topics.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.store import COVERED, DERIVED, RELATED, CorpusStore
from embeddings.documents import Document, Passage
from embeddings.text.wording import read_once
from embeddings.vectors.embedding import embed_texts
from embeddings.vectors.graph import Nodes, gather_nodes, read_nodes
from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours
from embeddings.words.copies import CopyGroup, CopySurvey
from topics.coverage.articles.articles import gather_articles
from topics.coverage.examples.judgements import Judgement, count_gone, read_judgements
from topics.coverage.examples.thresholds import Thresholds, read_thresholds
from topics.coverage.relations.relations import Relation
from topics.discovery.weights import MOST_NEIGHBOURS
from topics.edits.edits import Edit, read_edits
from topics.edits.renaming import apply_names
from topics.guiding.taxonomy import GuidedTopic
from topics.hierarchy.identity import share_moved
from topics.hierarchy.lineage import Change, compare
from topics.pipeline.coverage import Coverage, cover, embed_leads, find_copied, find_related
from topics.pipeline.coverage_tables import (
    STORY_COUNTS,
    read_copies,
    store_article_relations,
    store_copies,
    store_relations,
    store_stories,
)
from topics.pipeline.topic_tables import read_members, store_topics
from topics.pipeline.topics import Corpus, Found, Placed, Wishes, find

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder

# Raised when a method changes, that of the layout too, so that stored results are replaced.
METHODS = 3

# The setting that holds what each run says of the topics as they are, until they change.
REMARKS = "remarks"
# The setting that says which names the topics bear.
NAMED = "named"


@dataclass(frozen=True)
class Derivation:
    """What a run changed.

    Attributes:
        fresh: Whether anything had to be computed.
        previous_topics: Topics shown before this run.
        moved: Share of the texts present before and after whose topic changed, 0 to 1.
        changes: What became of the topics of before.
        names_before: Names of the topics of before, by id.
        idle: Ids of edits that found nothing to act on.
        notes: What the user should know.
    """

    fresh: bool
    previous_topics: int
    moved: float = 0.0
    changes: tuple[Change, ...] = ()
    names_before: dict[int, str] = dataclasses.field(default_factory=dict)
    idle: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def derive(
    store: CorpusStore,
    encoder: Encoder,
    progress: Callable[[str], None] | None = None,
    *,
    undone: Edit | None = None,
) -> Derivation:
    """Bring copies, graph, relations and topics up to date with the corpus and the edits.

    Args:
        store: Every passage must have a vector of ``encoder``.
        encoder: Embeds the descriptions of guided topics; not used when they are stored.
        progress: Told of each stage.
        undone: An edit just taken back, whose topics get back their ids.
    """
    tell = progress or (lambda _: None)
    wishes = read_wishes(store)
    rules = _Rules(read_thresholds(store), read_judgements(store))
    related = _digest(
        [METHODS, encoder.fingerprint, store.corpus_fingerprint(), rules.of_passages()]
    )
    covered = _digest([related, rules.of_articles(), _titles(store)])
    derived = _digest([related, dataclasses.asdict(wishes)])
    named = _digest([derived, [dataclasses.asdict(one) for one in _renames(store)]])
    previous = store.rows("SELECT count(DISTINCT topic_id) FROM assignments")[0][0]
    complete = store.rows("SELECT count(*) FROM assignments")[0][0] == store.count_passages()
    settled = complete and store.setting(DERIVED) == derived
    if settled and store.setting(COVERED) == covered:
        return _unchanged(store, previous, named)
    passages = store.passages()
    documents = {document.id: document for document in store.documents()}
    with read_once():
        graph = stored_graph(store) if store.setting(RELATED) == related else None
        relations = None
        if graph is None:
            relations = _relate(store, encoder, passages, documents, rules, tell)
            nodes, graph = relations.nodes, relations.graph
        else:
            nodes = read_nodes(store, passages)
        coverage = None
        if store.setting(COVERED) != covered:
            tell("finding stories")
            groups = relations.survey.groups if relations else read_copies(store, passages)
            coverage = _cover(store, encoder, passages, documents, groups, rules)
    with store.transaction():
        if relations:
            _store_relations(store, passages, relations, related)
        if coverage:
            store_article_relations(store, coverage.articles, coverage.relations)
            store_stories(store, coverage.articles, coverage.survey)
            store.set_setting(COVERED, covered)
        if settled:
            return _unchanged(store, previous, named)
        tell("finding topics")
        corpus = _gather_corpus(store, encoder, passages, documents, nodes, graph)
        unedited = _digest([related, dataclasses.asdict(dataclasses.replace(wishes, edits=()))])
        known = _stored_placed(store, unedited)
        found = find(corpus, wishes, lambda texts: embed_texts(store, encoder, texts), tell, known)
        tell("storing")
        store.put_array("placed", found.placed.labels)
        store.set_setting("placed", [unedited, found.placed.notes])
        derivation = _store(store, passages, nodes, found, derived, undone)
        return dataclasses.replace(
            derivation,
            idle=(*found.idle, *_name(store, named)),
            notes=(*derivation.notes, *_doubts(store)),
        )


@dataclass(frozen=True)
class _Rules:
    """What the user says of how alike is alike enough."""

    thresholds: Thresholds
    judgements: list[Judgement]

    def of_passages(self) -> list[object]:
        """Return what relations of passages hang on."""
        thresholds = dataclasses.asdict(self.thresholds)
        del thresholds["story"]
        return [thresholds, *self._judged("near_copy", "contains", "same_event")]

    def of_articles(self) -> list[object]:
        """Return what stories hang on besides."""
        return [self.thresholds.story, *self._judged("story")]

    def _judged(self, *kinds: str) -> list[list[object]]:
        return sorted(
            [one.kind, one.a, one.b, one.same] for one in self.judgements if one.kind in kinds
        )


def _titles(store: CorpusStore) -> list[tuple[str, str]]:
    """Return what the fingerprint of the corpus leaves out, and stories hang on."""
    return store.rows("SELECT id, title FROM documents ORDER BY id")


def _unchanged(store: CorpusStore, previous: int, named: str) -> Derivation:
    """Say what the run that found the topics said of them."""
    told = store.setting(REMARKS) or {}
    idle = (*told.get("idle", ()), *_name(store, named))
    notes = (*told.get("notes", ()), *_doubts(store))
    return Derivation(fresh=False, previous_topics=previous, idle=idle, notes=notes)


def _doubts(store: CorpusStore) -> tuple[str, ...]:
    """Say which of the user's answers could not be obeyed."""
    dropped = len((store.setting(STORY_COUNTS) or {}).get("dropped", ()))
    gone = count_gone(store)
    return tuple(
        f"{number} of the answers given to `topicwire calibrate` {why}; --answers lists them."
        for number, why in (
            (dropped, "contradict others on stories, and were not obeyed"),
            (gone, "are on texts that have changed or are gone"),
        )
        if number
    )


def read_wishes(store: CorpusStore) -> Wishes:
    """Return what the user asked of the topics, as stored."""
    return Wishes(
        guided=tuple(GuidedTopic(**topic) for topic in store.setting("guided") or []),
        edits=tuple(edit for edit in read_edits(store) if edit.kind != "rename"),
        count=store.setting("topics_count"),
        stability=store.setting("stability") is not False,
    )


def _renames(store: CorpusStore) -> list[Edit]:
    return [edit for edit in read_edits(store) if edit.kind == "rename"]


def _name(store: CorpusStore, named: str) -> tuple[int, ...]:
    """Name topics where names are not up to date; returns renames that cannot be obeyed."""
    if store.setting(NAMED) != named:
        with store.transaction():
            store.set_setting("idle_names", apply_names(store, _renames(store)))
            store.set_setting(NAMED, named)
    return tuple(store.setting("idle_names") or ())


def _digest(parts: Sequence[object]) -> str:
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def stored_graph(store: CorpusStore) -> NeighbourGraph | None:
    """Return the stored neighbour graph, if there is one."""
    indices, similarities = store.array("graph.indices"), store.array("graph.similarities")
    if indices is None or similarities is None:
        return None
    return NeighbourGraph(indices, similarities, recall=store.setting("recall") or 1.0)


def _stored_placed(store: CorpusStore, unedited: str) -> Placed | None:
    """Return the partition before edits, where neither corpus nor wishes have changed."""
    made_from, notes = store.setting("placed") or ("", ())
    labels = store.array("placed")
    return Placed(labels, tuple(notes)) if labels is not None and made_from == unedited else None


@dataclass(frozen=True)
class _Relations:
    """Copies, graph and relations of passages, found but not stored."""

    survey: CopySurvey
    nodes: Nodes
    graph: NeighbourGraph
    relations: list[Relation]


def _relate(
    store: CorpusStore,
    encoder: Encoder,
    passages: Sequence[Passage],
    documents: dict[str, Document],
    rules: _Rules,
    tell: Callable[[str], None],
) -> _Relations:
    """Find copies, the neighbour graph and relations."""
    tell("finding copies")
    survey = find_copied(passages, documents, rules.thresholds, rules.judgements)
    nodes = gather_nodes(passages, survey.wordings)
    tell("finding neighbours")
    graph = find_neighbours(_vectors(store, encoder, nodes), MOST_NEIGHBOURS, keys=nodes.keys)
    tell("relating passages")
    relations = find_related(
        passages,
        documents,
        survey,
        nodes.of_passage,
        graph,
        thresholds=rules.thresholds,
        judgements=rules.judgements,
    )
    return _Relations(survey, nodes, graph, relations)


def _cover(
    store: CorpusStore,
    encoder: Encoder,
    passages: Sequence[Passage],
    documents: dict[str, Document],
    groups: Sequence[CopyGroup],
    rules: _Rules,
) -> Coverage:
    """Find relations of articles, and stories; not within a transaction.

    Headlines are embedded for minutes, in commits of their own, which survive a kill.
    """
    articles = gather_articles(passages, documents)
    leads = embed_leads(store, encoder, passages, articles, groups)
    return cover(articles, leads, rules.thresholds, rules.judgements)


def _store_relations(
    store: CorpusStore, passages: Sequence[Passage], found: _Relations, related: str
) -> None:
    store_copies(store, passages, found.survey)
    store_relations(store, passages, found.relations)
    store.put_array("graph.indices", found.graph.indices)
    store.put_array("graph.similarities", found.graph.similarities)
    store.set_setting("recall", found.graph.recall)
    store.set_setting(RELATED, related)


def _vectors(store: CorpusStore, encoder: Encoder, nodes: Nodes) -> NDArray[np.float32]:
    if not len(nodes.of_passage):
        return np.zeros((0, 1), dtype=np.float32)
    return store.vectors(encoder.fingerprint)[nodes.canonical]


def _gather_corpus(
    store: CorpusStore,
    encoder: Encoder,
    passages: Sequence[Passage],
    documents: dict[str, Document],
    nodes: Nodes,
    graph: NeighbourGraph,
) -> Corpus:
    canonical = [passages[row] for row in nodes.canonical]
    return Corpus(
        texts=[passage.body for passage in canonical],
        sources=[documents[passage.document_id].source for passage in canonical],
        documents=[passage.document_id for passage in canonical],
        keys=nodes.keys,
        vectors=_vectors(store, encoder, nodes),
        graph=graph,
        adjacent=nodes.adjacent,
        node_of={
            key.hex(): node
            for key, node in zip(nodes.hashes, nodes.of_passage.tolist(), strict=True)
        },
    )


def _store(
    store: CorpusStore,
    passages: Sequence[Passage],
    nodes: Nodes,
    found: Found,
    derived: str,
    undone: Edit | None,
) -> Derivation:
    """Store the topics, and say what became of those of before."""
    names = dict(store.rows("SELECT id, name FROM topics"))
    before = read_members(store)
    store_topics(store, passages, nodes, found, undone)
    store.set_setting(NAMED, None)
    store.set_setting(REMARKS, {"idle": found.idle, "notes": found.placed.notes})
    store.set_setting(DERIVED, derived)
    after = read_members(store)
    return Derivation(
        fresh=True,
        previous_topics=len(set(before.values())),
        moved=share_moved(before, after),
        changes=tuple(compare(before, after)) if before else (),
        names_before=names,
        notes=found.placed.notes,
    )
