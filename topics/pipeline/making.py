"""How each stage is made and kept: copies and graph, stories, topics, names, layout."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from embeddings.corpus.contents import list_titles
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, Passage
from embeddings.vectors.embedding import embed_texts
from embeddings.vectors.graph import Nodes, gather_nodes, node_keys, node_vectors, read_nodes
from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours
from embeddings.words.copies import CopyGroup, CopySurvey
from topics.coverage.articles.articles import gather_articles
from topics.coverage.examples.judgements import Judgement, read_judgements
from topics.coverage.examples.thresholds import Thresholds, read_thresholds
from topics.coverage.relations.relations import Relation
from topics.discovery.weights import MOST_NEIGHBOURS
from topics.edits.edits import Edit, read_edits
from topics.edits.renaming import apply_names
from topics.guiding.taxonomy import GuidedTopic
from topics.hierarchy.identity import share_moved
from topics.hierarchy.lineage import Change, compare_topics
from topics.hierarchy.outline import SHOWN_LEVEL
from topics.maps.layout import layout
from topics.pipeline.coverage import Coverage, embed_leads, find_copied, find_coverage, find_related
from topics.pipeline.coverage_tables import (
    LAST_STORY_ID,
    STORY_COUNTS,
    read_copies,
    store_article_relations,
    store_copies,
    store_relations,
    store_stories,
)
from topics.pipeline.stages import Runner, Stage, Work, stored_notes
from topics.pipeline.topic_tables import (
    LAST_TOPIC_ID,
    count_placed,
    read_members,
    read_names,
    store_topics,
)
from topics.pipeline.topics import Corpus, Found, Placed, Wishes, find_topics, place_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder

# Raised when a method changes, that of the layout too, so that stored results are replaced.
METHODS = 3


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


@dataclass(frozen=True)
class Rules:
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


class CorpusWork(Work):
    """One run: the corpus as it is, and what its stages made so far."""

    def __init__(
        self,
        store: CorpusStore,
        encoder: Encoder,
        tell: Callable[[str], None],
        undone: Edit | None,
    ) -> None:
        super().__init__(store)
        self.encoder, self.tell, self.undone = encoder, tell, undone
        self.runner = Runner(self)
        self.changed: Derivation | None = None

    @cached_property
    def passages(self) -> list[Passage]:
        """All passages, by document and position."""
        return self.store.passages()

    @cached_property
    def documents(self) -> dict[str, Document]:
        """All articles, by id."""
        return {document.id: document for document in self.store.documents()}

    @cached_property
    def rules(self) -> Rules:
        """What the user says of how alike is alike enough."""
        return Rules(read_thresholds(self.store), read_judgements(self.store))

    @cached_property
    def wishes(self) -> Wishes:
        """What the user asked of the topics."""
        return read_wishes(self.store)

    @cached_property
    def relations(self) -> _Relations | None:
        """What the first stage made in this run, if it had to."""
        made: _Relations | None = self.runner.made.get(RELATIONS.name)
        return made

    @cached_property
    def nodes(self) -> Nodes:
        """The rows of the graph."""
        return self.relations.nodes if self.relations else read_nodes(self.store, self.passages)

    @cached_property
    def corpus(self) -> Corpus:
        """What topics are found from."""
        nodes, store = self.nodes, self.store
        graph = self.relations.graph if self.relations else stored_graph(store)
        canonical = [self.passages[row] for row in nodes.canonical]
        return Corpus(
            texts=[passage.body for passage in canonical],
            sources=[self.documents[passage.document_id].source for passage in canonical],
            documents=[passage.document_id for passage in canonical],
            keys=nodes.keys,
            vectors=_vectors(store, self.encoder, nodes),
            graph=cast("NeighbourGraph", graph),
            adjacent=nodes.adjacent,
            node_of={
                key.hex(): node
                for key, node in zip(nodes.hashes, nodes.of_passage.tolist(), strict=True)
            },
            embed=lambda texts: embed_texts(store, self.encoder, texts),
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


def stored_graph(store: CorpusStore) -> NeighbourGraph | None:
    """Return the stored neighbour graph, if there is one."""
    indices, similarities = store.array("graph.indices"), store.array("graph.similarities")
    if indices is None or similarities is None:
        return None
    return NeighbourGraph(indices, similarities, recall=store.setting("recall") or 1.0)


# Copies, graph and relations of passages


@dataclass(frozen=True)
class _Relations:
    """Copies, graph and relations of passages, found but not stored."""

    survey: CopySurvey
    nodes: Nodes
    graph: NeighbourGraph
    relations: list[Relation]


def _relate(work: CorpusWork) -> _Relations:
    passages, documents, rules = work.passages, work.documents, work.rules
    work.tell("finding copies")
    survey = find_copied(passages, documents, rules.thresholds, rules.judgements)
    nodes = gather_nodes(passages, survey.wordings)
    work.tell("finding neighbours")
    vectors = _vectors(work.store, work.encoder, nodes)
    graph = find_neighbours(vectors, MOST_NEIGHBOURS, keys=nodes.keys)
    work.tell("relating passages")
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


def _keep_relations(work: CorpusWork, found: _Relations) -> None:
    store_copies(work.store, work.passages, found.survey)
    store_relations(work.store, work.passages, found.relations)
    work.store.put_array("graph.indices", found.graph.indices)
    work.store.put_array("graph.similarities", found.graph.similarities)
    work.store.set_setting("recall", found.graph.recall)


def _vectors(store: CorpusStore, encoder: Encoder, nodes: Nodes) -> NDArray[np.float32]:
    if not len(nodes.of_passage):
        return np.zeros((0, 1), dtype=np.float32)
    return store.vectors(encoder.fingerprint)[nodes.canonical]


# Relations of articles, and stories


def _cover(work: CorpusWork) -> Coverage:
    """Find relations of articles, and stories.

    Headlines are embedded for minutes, in commits of their own, which survive a kill.
    """
    work.tell("finding stories")
    groups: Sequence[CopyGroup] = (
        work.relations.survey.groups if work.relations else read_copies(work.store, work.passages)
    )
    articles = gather_articles(work.passages, work.documents)
    leads = embed_leads(work.store, work.encoder, work.passages, articles, groups)
    return find_coverage(articles, leads, work.rules.thresholds, work.rules.judgements)


def _keep_coverage(work: CorpusWork, found: Coverage) -> None:
    store_article_relations(work.store, found.articles, found.relations)
    store_stories(work.store, found.articles, found.survey)


# Topics


def _place(work: CorpusWork) -> Placed:
    work.tell("finding topics")
    return place_rows(work.corpus, work.wishes)


def _keep_places(work: CorpusWork, placed: Placed) -> tuple[str, ...]:
    work.store.put_array("placed", placed.labels)
    return placed.notes


def _find_topics(work: CorpusWork) -> Found:
    placed: Placed | None = work.runner.made.get(PLACES.name)
    if placed is None:
        labels = cast("NDArray[np.int64]", work.store.array("placed"))
        placed = Placed(labels, tuple(stored_notes(work.store, PLACES.name)))
        work.tell("finding topics")
    return find_topics(work.corpus, work.wishes, placed, work.tell)


def _keep_topics(work: CorpusWork, found: Found) -> dict[str, Any]:
    """Store the topics, and say what became of those of before."""
    work.tell("storing")
    store = work.store
    names, before = read_names(store), read_members(store)
    store_topics(store, work.passages, work.nodes, found, work.undone)
    after = read_members(store)
    work.changed = Derivation(
        fresh=True,
        previous_topics=len(set(before.values())),
        moved=share_moved(before, after),
        changes=tuple(compare_topics(before, after)) if before else (),
        names_before=names,
    )
    return {"idle": found.idle, "notes": found.placed.notes}


def _lay_out(work: Work) -> NDArray[np.float32]:
    graph = cast("NeighbourGraph", stored_graph(work.store))
    return layout(graph, node_vectors(work.store), node_keys(work.store))


def _all_but_edits(work: CorpusWork) -> list[object]:
    return [dataclasses.asdict(dataclasses.replace(work.wishes, edits=()))]


RELATIONS: Stage[CorpusWork] = Stage(
    name="relations",
    after=(),
    hangs_on=lambda work: [
        METHODS,
        work.encoder.fingerprint,
        work.store.corpus_fingerprint(),
        work.rules.of_passages(),
    ],
    make=_relate,
    keep=_keep_relations,
    is_whole=lambda work: stored_graph(work.store) is not None,
    tables=("copy_groups", "copy_members", "wordings", "relations"),
    values=("graph.indices", "graph.similarities", "recall"),
)
STORIES: Stage[CorpusWork] = Stage(
    name="stories",
    after=("relations",),
    # Titles are left out of the fingerprint of the corpus.
    hangs_on=lambda work: [work.rules.of_articles(), list_titles(work.store)],
    make=_cover,
    keep=_keep_coverage,
    tables=("article_relations", "stories", "story_members", "story_memory"),
    values=(STORY_COUNTS, LAST_STORY_ID),
)
# The partition before edits: an edit needs no second discovery.
PLACES: Stage[CorpusWork] = Stage(
    name="places",
    after=("relations",),
    hangs_on=_all_but_edits,
    make=_place,
    keep=_keep_places,
    is_whole=lambda work: work.store.array("placed") is not None,
    values=("placed",),
)
TOPICS: Stage[CorpusWork] = Stage(
    name="topics",
    after=("relations",),
    hangs_on=lambda work: [dataclasses.asdict(work.wishes)],
    make=_find_topics,
    keep=_keep_topics,
    is_whole=lambda work: count_placed(work.store) == work.store.count_passages(),
    tables=("topics", "assignments", "members"),
    values=(LAST_TOPIC_ID, SHOWN_LEVEL),
)
NAMES: Stage[CorpusWork] = Stage(
    name="names",
    after=("topics",),
    hangs_on=lambda work: [[dataclasses.asdict(one) for one in _renames(work.store)]],
    make=lambda work: _renames(work.store),
    keep=lambda work, renames: apply_names(work.store, renames),
    tables=("topics",),
)
LAYOUT: Stage[Work] = Stage(
    name="layout",
    after=("relations",),
    hangs_on=lambda _: [],
    make=_lay_out,
    keep=lambda work, points: work.store.put_array("layout", points),
    values=("layout",),
)
STAGES: tuple[Stage[Any], ...] = (RELATIONS, STORIES, PLACES, TOPICS, NAMES, LAYOUT)
