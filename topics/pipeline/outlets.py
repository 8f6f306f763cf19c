"""Which outlet repeats which: measured when articles change, since all their words are read."""

from __future__ import annotations

from typing import Any

from embeddings.corpus.store import CorpusStore
from topics.coverage.reuse.matrix import OutletLine, OutletReport, OutletReuse, measure_outlets
from topics.pipeline.covered import Coverage, load_coverage
from topics.pipeline.sharing import SHARING
from topics.pipeline.stages import stored_digest, stored_notes

# The name of the stage, whose notes are the report.
OUTLETS = "outlets"


def measure_coverage(coverage: Coverage) -> OutletReport:
    """Measure all outlets of a corpus that was read, each its own owner."""
    return measure_outlets(
        coverage.passages,
        coverage.articles,
        coverage.groups,
        coverage.relations,
        stated=coverage.stated,
        stories=list(coverage.stories.values()),
        quoted=coverage.quoted,
        furniture=coverage.rote,
        quotations=coverage.quotations,
    )


def read_outlets(store: CorpusStore) -> OutletReport:
    """Return what ``measure_coverage`` finds; measured now in a file of an older version."""
    noted: dict[str, Any] | None = stored_notes(store, OUTLETS)
    if noted is None or stored_digest(store, OUTLETS) != stored_digest(store, SHARING):
        return measure_coverage(load_coverage(store))
    return OutletReport(
        tuple(OutletLine(**one) for one in noted["outlets"]),
        tuple(OutletReuse(**one) for one in noted["reuse"]),
        noted["unnamed_words"],
        (),
    )
