"""Which outlet repeats which: what ``topicwire outlets`` shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.filters import find_outlets
from embeddings.corpus.store import CorpusStore
from topics.answers.covered import load_coverage, open_owners
from topics.answers.topics import require_current
from topics.coverage.reuse.matrix import OutletReuse, OutletShare, measure_outlets


@dataclass(frozen=True)
class OutletLine(OutletShare):
    """Of what an outlet's words are made, as ``OutletShare`` counts them, and whose it is.

    Attributes:
        owner: Its owner, where a file of owners names one, else the outlet itself.
        original_share: ``original`` as a share of ``words``.
    """

    owner: str
    original_share: float


@dataclass(frozen=True)
class OutletReport:
    """Reuse between the outlets of a corpus.

    Attributes:
        outlets: A row for each outlet, most words first.
        reuse: Pairs of outlets that have words in common, most words first.
        unnamed_words: Reused words that too many outlets may have had first for one to be
            named; they are in the rows and in no pair.
        strangers: Outlets that the file of owners names and that are not in the corpus.
    """

    outlets: tuple[OutletLine, ...]
    reuse: tuple[OutletReuse, ...]
    unnamed_words: int
    strangers: tuple[str, ...]


def outlets(
    db: Path | str = "topicwire.db",
    *,
    sources: Sequence[str] = (),
    owners: Path | str | None = None,
) -> OutletReport:
    """Measure which outlet repeats which, and how much of each is its own.

    Args:
        db: The database.
        sources: Only these outlets, and the pairs that they have part in.
        owners: A TOML file that says who owns which outlet.

    Raises:
        InputError: No such outlet, or a file of owners that is none.
        StoreError: No such database, never clustered, or changed since.
    """
    known = open_owners(owners)
    with CorpusStore.open(Path(db)) as store:
        require_current(store)
        wanted = set(find_outlets(store, sources))
        coverage = load_coverage(store)
    matrix = measure_outlets(
        coverage.passages,
        coverage.articles,
        coverage.groups,
        coverage.relations,
        wire=coverage.wire,
        stories=list(coverage.stories.values()),
    )
    return OutletReport(
        outlets=tuple(
            _line(row, known.of(row.outlet))
            for row in matrix.outlets
            if not wanted or row.outlet in wanted
        ),
        reuse=tuple(one for one in matrix.reuse if not wanted or wanted & {one.outlet, one.source}),
        unnamed_words=matrix.unnamed_words,
        strangers=known.strangers(row.outlet for row in matrix.outlets),
    )


def _line(row: OutletShare, owner: str) -> OutletLine:
    share = round(row.share("original"), 4)
    return OutletLine(**dataclasses.asdict(row), owner=owner, original_share=share)
