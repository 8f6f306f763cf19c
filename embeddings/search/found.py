"""What a search finds: hits, what is to be said of them, and hits by outlet, day or topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, overload

from embeddings.corpus.citations import read_quotations
from embeddings.search.hits import Hit

if TYPE_CHECKING:
    from embeddings.corpus.store import CorpusStore
    from embeddings.encoders.reranking import Reranker

By = Literal["outlet", "day", "topic"]

# Passages that are shown, or are looked at for related ones, where nobody says how many.
FIRST = 10


@dataclass(frozen=True)
class HitGroup:
    """The hits of one outlet, day or topic.

    Attributes:
        name: ``""`` where it is not known.
        passage_ids: Of the hits, best first.
    """

    name: str
    passage_ids: tuple[int, ...]


@dataclass(frozen=True)
class Found(Sequence[Hit]):
    """The hits of a search, best first; it is a sequence of them.

    Attributes:
        hits: The passages.
        notes: What was replaced in the query, and what stands in no passage, a sentence each.
        end: Why there are no more hits, a sentence; ``""``: a limit was reached.
        groups: The hits by what was asked for, the group of the best hit first.
    """

    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    end: str = ""
    groups: tuple[HitGroup, ...] = ()

    @overload
    def __getitem__(self, at: int) -> Hit: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Hit, ...]: ...
    def __getitem__(self, at: int | slice) -> Hit | tuple[Hit, ...]:
        return self.hits[at]

    def __len__(self) -> int:
        return len(self.hits)

    def add(self, *notes: str) -> Found:
        """Return the same with notes before its own."""
        return replace(self, notes=(*notes, *self.notes))

    def first(self, most: int) -> Found:
        """Return the same with no more hits than that."""
        return replace(self, hits=self.hits[:most])

    def stop(self) -> Found:
        """Return the same without what is not related to the query, and say so."""
        related = tuple(hit for hit in self.hits if hit.related)
        if len(related) == len(self.hits):
            return self
        number = f"{len(related)} passage{'' if len(related) == 1 else 's'}" if related else ""
        end = f"{number}, nothing more like it" if related else "No passage is like it"
        return replace(self, hits=related, end=f"{end}; --limit {FIRST} shows the nearest.")

    def group(self, by: By) -> Found:
        """Return the same with its hits in groups."""
        names: dict[str, list[int]] = {}
        for hit in self.hits:
            name = {"outlet": hit.source, "day": hit.published[:10], "topic": hit.topic}[by]
            names.setdefault(name, []).append(hit.passage_id)
        groups = (HitGroup(name, tuple(ids)) for name, ids in names.items())
        return replace(self, groups=tuple(groups))


def open_copies(store: CorpusStore, found: Found) -> Found:
    """Return the same with the copies of each hit as they stand."""
    cited = read_quotations(store, {one for hit in found for one in hit.copies})
    hits = (replace(hit, opened=tuple(cited[one] for one in hit.copies)) for hit in found)
    return replace(found, hits=tuple(hits))


def rerank_hits(found: Found, query: str, reranker: Reranker) -> Found:
    """Return the same in the order that a reranker gives; of equal ones the better hit first."""
    scores = reranker.score(query, [hit.text for hit in found])
    hits = (
        replace(hit, reranked=round(float(score), 4))
        for hit, score in zip(found, scores, strict=True)
    )
    return replace(found, hits=tuple(sorted(hits, key=lambda hit: -(hit.reranked or 0))))
