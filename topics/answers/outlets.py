"""Which outlet repeats which: what ``topicwire outlets`` shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from embeddings.corpus.filters import find_outlets
from topics.answers.session import Database, session_of
from topics.answers.topics import open_clustered
from topics.coverage.credit.owners import read_owners
from topics.coverage.reuse.matrix import OutletReport, name_owners
from topics.pipeline.covered import open_owners
from topics.pipeline.outlets import read_outlets


def outlets(
    db: Database = "topicwire.db",
    *,
    sources: Sequence[str] = (),
    owners: Path | str | None = None,
) -> OutletReport:
    """Measure which outlet repeats which, and how much of each is its own.

    Args:
        db: The database.
        sources: Only these outlets, and the pairs that they have part in.
        owners: A TOML file that says who owns which outlet, in place of the one remembered.

    Raises:
        InputError: No such outlet, or a file of owners that is none.
        StoreError: No such database, never clustered, or changed since.
    """
    given = None if owners is None else read_owners(Path(owners))
    sources = (sources,) if isinstance(sources, str) else tuple(sources)

    def answer() -> OutletReport:
        with open_clustered(db, current=True) as store:
            return name_owners(read_outlets(store), given or open_owners(None, store))

    report = session_of(db).keep(("outlets", repr(given)), answer)
    if not sources:
        return report
    with open_clustered(db) as store:
        wanted = set(find_outlets(store, sources))
    return replace(
        report,
        outlets=tuple(one for one in report.outlets if one.outlet in wanted),
        reuse=tuple(one for one in report.reuse if wanted & {one.outlet, one.source}),
    )
