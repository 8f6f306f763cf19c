"""Which outlet repeats which: measured when articles change, since all their words are read."""

from __future__ import annotations

from typing import Any

from embeddings.corpus.store import CorpusStore
from topics.coverage.reuse.matrix import OutletLine, OutletReport, OutletReuse, measure_outlets
from topics.pipeline.covered import load_coverage
from topics.pipeline.sharing import SHARING
from topics.pipeline.stages import stored_digest, stored_notes

# The name of the stage, whose notes are the report.
OUTLETS = "outlets"


def read_outlets(store: CorpusStore) -> OutletReport:
    """Return what ``measure_outlets`` finds; measured now in a file of an older version."""
    noted: dict[str, Any] | None = stored_notes(store, OUTLETS)
    if noted is None or stored_digest(store, OUTLETS) != stored_digest(store, SHARING):
        return measure_outlets(load_coverage(store))
    return OutletReport(
        tuple(OutletLine(**one) for one in noted["outlets"]),
        tuple(OutletReuse(**one) for one in noted["reuse"]),
        noted["unnamed_words"],
        (),
    )
