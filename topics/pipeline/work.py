"""One run: the corpus as it is, what the user wants of it, and what stages made so far."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.contents import count_rows
from embeddings.corpus.held_once import PassageVectors, read_hashes, read_vectors
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, Passage
from embeddings.text.normalising import note_hashes
from embeddings.text.stopwords import ENGLISH
from embeddings.vectors.graph import Nodes, read_nodes
from embeddings.vectors.growing import Lists
from embeddings.words.copies import CopySurvey, Wordings
from topics.coverage.articles.articles import Article, gather_articles
from topics.coverage.examples.judgements import Judgement, read_judgements
from topics.coverage.examples.thresholds import Thresholds, read_thresholds
from topics.coverage.relations.relations import Relation
from topics.coverage.reuse.boilerplate import Copies
from topics.discovery.weights import MOST_NEIGHBOURS
from topics.edits.edits import Edit, read_edits
from topics.guiding.taxonomy import GuidedTopic
from topics.hierarchy.lineage import Change
from topics.keeping.kept import KeptTree
from topics.pipeline.corpus import Corpus
from topics.pipeline.coverage_tables import read_copies, read_pairs, read_stories
from topics.pipeline.furniture import (
    FURNITURE,
    find_left_out,
    list_marked,
    read_furniture,
    read_left_out,
)
from topics.pipeline.kept_tables import read_kept
from topics.pipeline.stages import Runner, Work
from topics.pipeline.wishes import Wishes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.protocol import Encoder

UNREAD = "unread"
"""The setting that holds the languages of articles that the model does not read."""

GRAPH_DIGEST = "graph_digest"
"""The setting that holds a digest of the graph, and of what stands in its rows."""

# Articles of each language, and how much of each, that tell whether a model reads it.
_SAMPLES, _SAMPLE_CHARACTERS = 20, 500


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
    names_before: dict[int, str] = field(default_factory=dict)
    idle: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def name_changes(self, names: Mapping[int, str]) -> dict[int, str]:
        """Return the names of the topics that changed, of the names now and those of before."""
        told = {one for change in self.changes for one in (change.topic, *change.others)}
        known = self.names_before | dict(names)
        return {topic_id: known[topic_id] for topic_id in sorted(told)}


@dataclass(frozen=True)
class Relations:
    """Copies, graph and relations of passages, found but not stored."""

    survey: CopySurvey
    nodes: Nodes
    lists: Lists
    relations: list[Relation]


class CorpusWork(Work):
    """One run: the corpus as it is, and what its stages made so far."""

    def __init__(
        self,
        store: CorpusStore,
        encoder: Encoder,
        undone: Edit | None,
        *,
        anew: bool = False,
        measure: bool = False,
        wordings: Wordings | None = None,
    ) -> None:
        super().__init__(store)
        self.wordings = wordings
        self.encoder, self.undone = encoder, undone
        self.anew, self.measure = anew, measure
        self.runner = Runner(self)
        self.changed: Derivation | None = None

    def let_go_of_made(self) -> None:
        """Hold no longer what stages made that is stored now."""
        self.runner.made = dict.fromkeys(self.runner.made)
        self.let_go("relations", "all_nodes", "nodes", "copies", "pairs", "vectors", "corpus")

    def let_go(self, *names: str) -> None:
        """Hold no longer what can be had again."""
        for name in names:
            vars(self).pop(name, None)

    @cached_property
    def passages(self) -> list[Passage]:
        """All passages, by document and position."""
        passages = self.store.passages()
        note_hashes((passage.body for passage in passages), read_hashes(self.store))
        return passages

    @cached_property
    def passage_ids(self) -> list[int]:
        """The id of each passage, by document and position."""
        return self._shelf[0]

    @cached_property
    def homes(self) -> list[str]:
        """The document of each passage, by document and position."""
        return self._shelf[1]

    @cached_property
    def _shelf(self) -> tuple[list[int], list[str]]:
        if "passages" in vars(self):
            rows = [(passage.id, passage.document_id) for passage in self.passages]
        else:
            sql = "SELECT id, document_id FROM passages ORDER BY document_id, position"
            rows = self.store.rows(sql)
        return [number for number, _ in rows], [document_id for _, document_id in rows]

    @cached_property
    def corpus_fingerprint(self) -> str:
        """What the corpus is; no stage changes it."""
        return self.store.corpus_fingerprint()

    @cached_property
    def documents(self) -> dict[str, Document]:
        """All articles, by id."""
        return {document.id: document for document in self.store.documents()}

    @cached_property
    def unread(self) -> frozenset[str]:
        """Languages of articles that the model does not read, English taken for one it does."""
        samples: dict[str, list[str]] = {}
        for _, document in sorted(self.documents.items()):
            of_language = samples.setdefault(document.language, [])
            if document.language not in ENGLISH and len(of_language) < _SAMPLES:
                of_language.append(document.text[:_SAMPLE_CHARACTERS])
        return frozenset(
            language
            for language, texts in samples.items()
            if texts and not self.encoder.reads(texts)
        )

    @cached_property
    def articles(self) -> list[Article]:
        """All articles without their furniture, by id."""
        return gather_articles(self.passages, self.documents)

    @cached_property
    def thresholds(self) -> Thresholds:
        """What the user says of how alike is alike enough."""
        return read_thresholds(self.store)

    @cached_property
    def judgements(self) -> list[Judgement]:
        """Pairs of which the user said whether they belong together."""
        return read_judgements(self.store)

    @cached_property
    def wishes(self) -> Wishes:
        """What the user asked of the topics."""
        return read_wishes(self.store)

    @cached_property
    def relations(self) -> Relations | None:
        """What the first stage made in this run, if it had to."""
        made: Relations | None = self.runner.made.get("relations")
        return made

    @cached_property
    def graph_digest(self) -> str | None:
        """A digest of the graph and of what stands in its rows; ``None`` in a file of before."""
        if self.relations is None:
            noted: str | None = self.store.setting(GRAPH_DIGEST)
            return noted
        nodes, graph = self.relations.nodes, self.relations.lists.graph(MOST_NEIGHBOURS)
        digest = hashlib.blake2b(b"".join(nodes.hashes), digest_size=16)
        for array in (nodes.canonical, nodes.of_passage, graph.indices, graph.similarities):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @cached_property
    def all_nodes(self) -> Nodes:
        """The rows of the graph."""
        return self.relations.nodes if self.relations else read_nodes(self.store)

    @cached_property
    def furniture(self) -> frozenset[int]:
        """Rows of the passages that an outlet repeats; the stage comes before who asks."""
        made: dict[int, int] | None = self.runner.made.get(FURNITURE)
        return read_furniture(self.store, self.passage_ids) if made is None else frozenset(made)

    @cached_property
    def _is_stored(self) -> bool:
        """Whether nodes and furniture are as stored, so that what is told of them is read."""
        return not {"relations", FURNITURE} & self.runner.made.keys()

    @cached_property
    def marked(self) -> list[str]:
        """The texts of these, by content hash: what is made without them hangs on them."""
        if self._is_stored:
            return list_marked(self.store)
        return sorted({self.all_nodes.hashes[row].hex() for row in self.furniture})

    @cached_property
    def left_out(self) -> list[str]:
        """The texts among them that no topic is made of."""
        if self._is_stored:
            return list(read_left_out(self.store, self.wishes.edits))
        return [self.all_nodes.keys[node].hex() for node in self._left_out]

    @cached_property
    def with_topics(self) -> int:
        """How many passages are to have a topic."""
        if self._is_stored:
            without = read_left_out(self.store, self.wishes.edits)
            return count_rows(self.store, "passages") - sum(without.values())
        return int((self.nodes.of_passage >= 0).sum())

    @cached_property
    def _left_out(self) -> list[int]:
        return find_left_out(self.all_nodes, self.furniture, self.wishes.edits)

    @cached_property
    def nodes(self) -> Nodes:
        """The rows of the graph that topics are made of."""
        return self.all_nodes.without(self._left_out)

    @cached_property
    def kept(self) -> KeptTree | None:
        """The topics that are kept, as the last run left them; none where they are found anew."""
        return None if self.anew else read_kept(self.store)

    @cached_property
    def copies(self) -> list[Copies]:
        """The groups of copies."""
        if self.relations:
            return [(group.members, group.short) for group in self.relations.survey.groups]
        return read_copies(self.store, self.passages)

    @cached_property
    def pairs(self) -> list[tuple[str, int, int]]:
        """Kind and rows of the relations of passages."""
        if self.relations:
            return [(one.kind, one.a, one.b) for one in self.relations.relations]
        return read_pairs(self.store, self.passages)

    @cached_property
    def stories(self) -> list[tuple[int, ...]]:
        """The numbers of the articles of each story; the stage comes before who asks."""
        made = self.runner.made.get("stories")
        if made is not None:
            return [story.members for story in made[1].stories]
        number = {article.id: place for place, article in enumerate(self.articles)}
        return [
            tuple(number[one] for one in members) for members in read_stories(self.store).values()
        ]

    @cached_property
    def vectors(self) -> PassageVectors:
        """The vector of each passage."""
        return read_vectors(self.store, self.encoder.fingerprint)

    def vectors_of(self, nodes: Nodes) -> NDArray[np.float32]:
        """Return the vector of each row of the graph: float32 ``(nodes, dimension)``."""
        if not len(nodes.of_passage):
            return np.zeros((0, 1), dtype=np.float32)
        return self.vectors[nodes.canonical]

    @cached_property
    def corpus(self) -> Corpus:
        """What topics are found from."""
        return Corpus(self)

    @property
    def stands(self) -> bool:
        """Whether rows and their neighbours are as the last run left them."""
        return not self.anew and "places" not in self.runner.made


def read_wishes(store: CorpusStore) -> Wishes:
    """Return what the user asked of the topics, as stored."""
    return Wishes(
        guided=tuple(GuidedTopic(**topic) for topic in store.setting("guided") or []),
        edits=tuple(edit for edit in read_edits(store) if edit.kind != "rename"),
        count=store.setting("topics_count"),
        stability=store.setting("stability") is not False,
        every=bool(store.setting("every")),
    )
