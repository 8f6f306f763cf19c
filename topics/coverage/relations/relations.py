"""What relates two passages, and the passages with what tells them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Document, Passage
from embeddings.words.alignment import Comparison
from embeddings.words.steps import Step, check_days, make_step, pass_all
from topics.coverage.articles.days import days_apart
from topics.coverage.likeness.passages import SameEvent
from topics.coverage.relations.containment import Containment


@dataclass(frozen=True, slots=True)
class RelationOptions:
    """What counts as a relation; the measurements are in docs/decisions/copies.md.

    Attributes:
        contained_words: Shortest paragraph that can be found inside another, in words.
        contained_share: Least share of its words that must stand there.
        contained_firm: Words of it in runs of three or more that must stand there, where less
            than nine tenths of it do.
        event_words: Shortest paragraph that can report an event, in words.
        event_score: Least ``SameEvent.score``, a probability.
        days: Most days between the publication of two reports of one event. Dates that
            are not known, or not to the day, are given the benefit of the doubt.
    """

    contained_words: int = 12
    contained_share: float = 0.66
    contained_firm: int = 12
    event_words: int = 10
    event_score: float = 0.7
    days: int = 3


@dataclass(frozen=True, slots=True)
class Relation:
    """Two passages of different documents that belong together.

    Where a text was copied, one pair stands for all its copies.

    Attributes:
        kind: ``near_copy``: one wording with other facts; ``contains``: ``b`` stands inside
            ``a``; ``same_event``: both report it in their own words. Unless it contains
            ``b``, ``a`` is the one published first as far as is known.
        a: Row in the passages given.
        b: Row in the passages given.
        evidence: What was measured.
        across: Whether they are of two outlets, or of outlets not known.
    """

    kind: Literal["near_copy", "contains", "same_event"]
    a: int
    b: int
    evidence: Comparison | Containment | SameEvent
    across: bool

    @property
    def score(self) -> float:
        """How sure, 0..1: share of the words for wording, probability for an event."""
        if isinstance(self.evidence, SameEvent):
            return self.evidence.score
        if isinstance(self.evidence, Containment):
            return self.evidence.share_contained
        return self.evidence.share


@dataclass(frozen=True)
class Sourced:
    """Passages with their documents, and the node that each one is.

    Attributes:
        passages: In any order.
        documents: By id; one that is missing is of unknown outlet and date.
        nodes: int64 of shape ``(passages,)``; copies share one.
    """

    passages: Sequence[Passage]
    documents: Mapping[str, Document]
    nodes: NDArray[np.int64]

    def source(self, row: int) -> str:
        """Return the outlet of a row, ``""`` where it is not known."""
        document = self.documents.get(self.passages[row].document_id)
        return document.source if document else ""

    def published(self, row: int) -> str:
        """Return the date of a row, ``""`` where it is not known."""
        document = self.documents.get(self.passages[row].document_id)
        return document.published if document else ""

    def language(self, row: int) -> str:
        """Return the language of a row, ``""`` where it is not known."""
        document = self.documents.get(self.passages[row].document_id)
        return document.language if document else ""

    def order(self, row: int) -> tuple[bool, str, str, int, int]:
        """First published first, unknown dates last; then by document and place."""
        passage = self.passages[row]
        published = self.published(row)
        return not published, published, passage.document_id, passage.position, row

    def sort(self, rows: Iterable[int]) -> list[int]:
        """Sort rows in the order of ``order``, without a key for each: it may be a million."""
        in_order = sorted(rows)
        if len(in_order) > 1:
            in_order.sort(key=lambda row: self.passages[row].position)
            in_order.sort(key=lambda row: self._rank[self.passages[row].document_id])
        return in_order

    @cached_property
    def _rank(self) -> dict[str, int]:
        firsts = {passage.document_id: row for row, passage in enumerate(self.passages)}
        ranked = sorted(firsts, key=lambda one: self.order(firsts[one])[:3])
        return {document_id: rank for rank, document_id in enumerate(ranked)}

    def check_documents(self, a: int, b: int) -> Step:
        """Test whether two rows are of two documents."""
        ids = [self.passages[row].document_id for row in (a, b)]
        differ = ids[0] != ids[1]
        clause = "they are of two documents" if differ else "both are of one document"
        return make_step("documents", " / ".join(ids), None, differ, clause)

    def check_outlets(self, a: int, b: int) -> Step:
        """Test whether two rows are not known to be of one outlet."""
        sources = [self.source(row) for row in (a, b)]
        differ = not sources[0] or sources[0] != sources[1]
        if not differ:
            clause = f"both are of {sources[0]}, and an event is looked for between outlets"
        else:
            clause = f"they {'are' if all(sources) else 'may be'} of two outlets"
        return make_step("outlets", " / ".join(sources), None, differ, clause)

    def check_days(self, a: int, b: int, most: int) -> Step:
        """Test the days between two rows; a date that is not known counts against nothing."""
        dates = [self.published(row) for row in (a, b)]
        return check_days(days_apart(*dates) if all(dates) else None, most)

    def check_reports(self, a: int, b: int, days: int) -> Iterator[Step]:
        """Test whether two rows may be reports of one event."""
        yield self.check_documents(a, b)
        yield self.check_outlets(a, b)
        yield self.check_days(a, b, days)

    def across(self, a: int, b: int) -> bool:
        """Whether two rows are of two documents, and not known to be of one outlet."""
        return pass_all(check(a, b) for check in (self.check_documents, self.check_outlets))

    def one_of_each(self, rows: Sequence[int]) -> list[int]:
        """Keep the first two documents of each outlet: thousands of copies cost no more."""
        kept: dict[str, dict[str, int]] = defaultdict(dict)
        for row in rows:
            of_outlet = kept[self.source(row)]
            if len(of_outlet) < 2:
                of_outlet.setdefault(self.passages[row].document_id, row)
        return [row for of_outlet in kept.values() for row in of_outlet.values()]
