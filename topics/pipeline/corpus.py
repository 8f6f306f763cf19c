"""What topics are found from, read when it is first asked for: an edit asks for little of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, cast, overload

import numpy as np

from embeddings.errors import StoreError
from embeddings.text.keeping import key_of
from embeddings.text.stopwords import keep_telling_words
from embeddings.vectors.embedding import embed_texts
from embeddings.vectors.growing import Lists, narrow_graph
from embeddings.vectors.neighbours import NeighbourGraph, unit_rows
from topics.discovery.articles import Reading, list_articles, read_in_articles
from topics.discovery.belonging import find_strangers
from topics.discovery.ground import Ground
from topics.discovery.weights import MOST_NEIGHBOURS, weigh_without_hubs
from topics.pipeline.neighbours import read_lists, read_near, read_near_graph

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from topics.pipeline.work import CorpusWork

# From this share of the rows on all are read at once.
_MANY = 0.25
_STRANGERS = "SELECT node, max(stranger) FROM assignments GROUP BY node"


class Texts(Sequence[str]):
    """Texts of rows: a few are read one by one, all at once where they are gone through."""

    def __init__(self, work: CorpusWork, telling: Sequence[str] | None = None) -> None:
        """Take texts as they are, or what they tell in their languages, of each row one."""
        self._work, self._telling = work, telling
        self._few: dict[int, str] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._work.nodes.keys)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        """Return the text of a row."""
        if isinstance(row, slice):
            return list(self)[row]
        work, passage = self._work, int(self._work.nodes.canonical[row])
        if "passages" in vars(work):
            return self._tell(row, work.passages[passage].body)
        if row not in self._few:
            ((text, start),) = work.store.rows(
                "SELECT text, body_start - start FROM passages WHERE id = ?",
                (work.passage_ids[passage],),
            )
            self._few[row] = self._tell(row, text[start:])
        return self._few[row]

    def __iter__(self) -> Iterator[str]:
        """Give the texts of all rows."""
        passages = self._work.passages
        for row, passage in enumerate(self._work.nodes.canonical.tolist()):
            yield self._tell(row, passages[passage].body)

    def _tell(self, row: int, text: str) -> str:
        return keep_telling_words(text, self._telling[row]) if self._telling is not None else text


class Vectors:
    """Vectors of rows, as those of a matrix: of a few rows only theirs are read."""

    def __init__(self, corpus: Corpus) -> None:
        """Read none yet."""
        self._corpus = corpus

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._corpus.size

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of these rows, float32 ``(len(rows), dimension)``."""
        corpus, work = self._corpus, self._corpus.work
        if "vectors" in vars(corpus) or len(rows) > _MANY * len(self):
            return corpus.vectors[rows]
        ids = [work.passage_ids[at] for at in work.nodes.canonical[rows].tolist()]
        return work.store.vectors(work.encoder.fingerprint, ids)


class Corpus:
    """What topics are found from; one row a node of the graph, in canonical order.

    Attributes:
        work: The run.
        texts: Text of each row.
        telling: What of it tells in its language.
        some_vectors: Those of a few rows.
    """

    def __init__(self, work: CorpusWork) -> None:
        """Read nothing yet."""
        self.work = work
        self.texts, self.some_vectors = Texts(work), Vectors(self)

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.keys)

    @cached_property
    def telling(self) -> Texts:
        """What of the text of each row tells in its language."""
        return Texts(self.work, self.languages)

    @cached_property
    def documents(self) -> list[str]:
        """Document id of each row."""
        homes = self.work.homes
        return [homes[row] for row in self.work.nodes.canonical.tolist()]

    @cached_property
    def sources(self) -> list[str]:
        """Outlet of each row, ``""`` where unknown."""
        known = self._told
        return [known[one][0] for one in self.documents]

    @cached_property
    def languages(self) -> list[str]:
        """Language of each row's article."""
        known = self._told
        return [known[one][1] for one in self.documents]

    @property
    def keys(self) -> list[bytes]:
        """Content hash of each row."""
        return self.work.nodes.keys

    @cached_property
    def texts_key(self) -> bytes:
        """A key of all that terms are counted in: passages never change, and none has a new id."""
        ids = np.array(self.work.passage_ids, np.int64)[self.work.nodes.canonical]
        return key_of(ids.tobytes(), "\n".join(self.languages))

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Vector of each row, float32 ``(n, d)``."""
        return self.work.vectors_of(self.work.nodes)

    @cached_property
    def graph(self) -> NeighbourGraph:
        """Neighbours of each row."""
        work = self.work
        lists = work.relations.lists if work.relations else cast("Lists", read_lists(work.store))
        nodes = work.nodes
        if len(nodes.rows) == len(lists.indices):
            return lists.graph(MOST_NEIGHBOURS)
        return narrow_graph(lists, nodes.rows, self.vectors, MOST_NEIGHBOURS)

    @property
    def adjacent(self) -> NDArray[np.int64]:
        """Pairs of rows that follow each other in an article, shape ``(m, 2)``."""
        return self.work.nodes.adjacent

    @cached_property
    def articles(self) -> csr_array:
        """Which rows each article holds, from ``topics.discovery.articles``."""
        return list_articles(self.work.nodes.of_passage, self.work.homes)

    @cached_property
    def node_of(self) -> dict[str, int]:
        """Row of each text, copies' texts included, by content hash in hexadecimal."""
        return {key.hex(): row for key, row in self.work.nodes.texts.items()}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Turn the descriptions of guided topics into vectors."""
        return embed_texts(self.work.store, self.work.encoder, texts)

    @cached_property
    def near(self) -> Lists | None:
        """The neighbours in other articles that the last run kept."""
        return read_near(self.work.store)

    @cached_property
    def reading(self) -> Reading:
        """The rows as parts of their articles."""
        return read_in_articles(
            self.graph, self.vectors, self.articles, list(self.texts), self.keys, self.near
        )

    @cached_property
    def edges(self) -> csr_array:
        """The weighed edges that topics are found from."""
        known = (
            None
            if "reading" in vars(self) or not self.work.stands
            else read_near_graph(self.work.store)
        )
        return weigh_without_hubs(known or self.reading.graph)

    @cached_property
    def ground(self) -> Ground:
        """What discovery, levels and stability stand on."""
        read = self.reading
        return Ground(self.edges, unit_rows(read.vectors), read.crowd)

    @cached_property
    def strangers(self) -> NDArray[np.bool_]:
        """Which rows are unlike all others; edits make and unmake none."""
        stored: dict[int, int] = {}
        if self.work.stands:
            with suppress(StoreError):  # what is damaged is found anew
                self.work.store.check_rows("assignments")
                stored = dict(self.work.store.rows(_STRANGERS))
        rows = self.work.nodes.rows.tolist()
        if stored.keys() >= set(rows):
            return np.array([stored[row] for row in rows], np.bool_)
        return find_strangers(self.graph, self.documents, self.texts)

    @cached_property
    def _told(self) -> dict[str, tuple[str, str]]:
        rows = self.work.store.rows("SELECT id, source, language FROM documents")
        return {one: (source, language) for one, source, language in rows}
