"""What in a database is damaged, and making anew what can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.checking import Check, check_file
from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from embeddings.search.index import INDEX, describe_index, fits_vectors
from topics.answers.cluster import cluster
from topics.answers.cluster_options import Progress
from topics.answers.session import Database
from topics.coverage.examples.judgements import read_judgements
from topics.edits.edits import read_edits
from topics.pipeline.kept_tables import KEPT, KEPT_TABLES
from topics.pipeline.repairing import Dropped, drop_damaged
from topics.pipeline.run import REMOVALS

# What to type for damage that no run can mend; the rest follows from articles and edits.
_PAGES = (
    "restore a backup with `topicwire restore FILE`, or cluster the articles again into another "
    "file with --db"
)
_ARTICLES = (
    "take the articles out with `topicwire remove --id ID` and read their files again with "
    "`topicwire cluster`, or restore a backup"
)
_CURES = {
    "pages": _PAGES,
    "references": _PAGES,
    REMOVALS: _PAGES,
    "articles": _ARTICLES,
    "passages": _ARTICLES,
    "by hand": "take out what is named above",
}
_CHOSEN = {
    "encoder": "the model (`topicwire cluster --model NAME`)",
    "guided": "your own topics (`topicwire cluster --topics FILE`)",
    "every": "that no passage is left over (`topicwire cluster --every`)",
    "topics_count": "the number of topics (`topicwire cluster --topics-count N`)",
    "stability": "whether stability is measured (`topicwire cluster --no-stability`)",
    "thresholds": "the thresholds (`topicwire calibrate KIND --threshold T`)",
    "endpoint_answers": "names by a model (`topicwire cluster --name-with URL MODEL`)",
}


@dataclass(frozen=True)
class CheckReport:
    """A database looked through.

    Attributes:
        path: The file.
        checks: What was found, by kind.
    """

    path: str
    checks: tuple[Check, ...]

    def damaged(self) -> dict[str, tuple[str, ...]]:
        """Return the names of what is damaged, by kind."""
        return {check.what: check.damaged for check in self.checks if check.damaged}


@dataclass(frozen=True)
class RepairReport:
    """What a repair found, did and left.

    Attributes:
        before: What was found.
        dropped: What was taken out, to be made anew.
        rebuilt: Whether it was made anew; not where it is not known any more by which model.
        after: What is found now.
    """

    before: CheckReport
    dropped: Dropped
    rebuilt: bool
    after: CheckReport


def check(db: Database = "topicwire.db") -> CheckReport:
    """Check all that a database holds against its checksums and hashes; changes nothing.

    Raises:
        StoreError: There is no such database, or it cannot be opened at all.
    """
    with CorpusStore.open(Path(db)) as store:
        return _check(store)


def advise(report: CheckReport, lost: Sequence[str] = ()) -> str:
    """Say in a sentence what to type, where something is damaged.

    Args:
        report: What was found.
        lost: Settings that were taken out, since they could not be read.
    """
    damaged, kept = report.damaged(), _find_kept(report)
    if REMOVALS in damaged.get("tables", ()):
        # Not derived: what a page's reader left out stands in its file alone.
        damaged["tables"] = tuple(name for name in damaged["tables"] if name != REMOVALS)
        damaged[REMOVALS] = (REMOVALS,)
    cures = [_CURES[what] for what in _CURES if what in damaged]
    if kept:
        cures.append(
            "put a backup in its place with `topicwire restore FILE`, or find topics anew with "
            f"`topicwire cluster --anew --yes --db {report.path}`"
        )
    if any(set(names) - kept for what, names in damaged.items() if what not in _CURES):
        cures.insert(0, f"type `topicwire info --repair --db {report.path}`")
    if lost:
        cures.append("give again " + ", ".join(_CHOSEN.get(one, one) for one in lost))
    what = f"{report.path} is damaged" if damaged else "Settings were damaged"
    return f"{what}: {'; '.join(dict.fromkeys(cures))}."


def _find_kept(report: CheckReport) -> set[str]:
    """Return what is damaged of the topics that are kept, which nothing gives back."""
    damaged = report.damaged()
    return {*damaged.get("tables", ()), *damaged.get("settings", ())} & {KEPT, *KEPT_TABLES}


def repair(db: Database = "topicwire.db", progress: Progress | None = None) -> RepairReport:
    """Take out what is damaged and follows from articles and edits, and make it anew.

    Articles, passages, edits and answers are left as they are.

    Args:
        db: The database.
        progress: Told of each step of the run that makes it anew.

    Raises:
        StoreError: There is no such database, or another run is changing it.
        ModelError: The model that its vectors are of cannot be had.
    """
    path = Path(db)
    with CorpusStore.open(path, write=True, create=False) as store:
        before = _check(store)
        dropped = Dropped((), ())
        if before.damaged():
            dropped = drop_damaged(store, before.damaged())
    lost = "encoder" in dropped.chosen or _find_kept(before)
    rebuilt = bool(before.damaged()) and not lost
    if rebuilt:
        cluster(db=path, progress=progress)
    return RepairReport(before, dropped, rebuilt, check(path) if before.damaged() else before)


def _check(store: CorpusStore) -> CheckReport:
    return CheckReport(
        str(store.path), (*check_file(store), _check_search(store), _check_by_hand(store))
    )


def _check_search(store: CorpusStore) -> Check:
    """Check that the vectors stand where the index of searches has them."""
    if not describe_index(store):
        return Check(INDEX, 0, 0, ())
    return Check(INDEX, 1, 0, () if fits_vectors(store) else ("the places of its vectors",))


def _check_by_hand(store: CorpusStore) -> Check:
    """Check edits and answers, which have no checksums, for what Topicwire writes."""
    damaged, checked = [], 0
    for read in (read_edits, read_judgements):
        try:
            checked += len(read(store))
        except StoreError as error:
            damaged.append(str(error))
    return Check("by hand", checked, checked, tuple(damaged))
