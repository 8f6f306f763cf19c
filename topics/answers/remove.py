"""Taking articles out of a stored corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.corpus.filters import find_outlets
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.vectors.embedding import embed_corpus
from topics.answers.encoder import stored_encoder
from topics.pipeline.run import derive


@dataclass(frozen=True)
class RemovalReport:
    """What was deleted.

    Attributes:
        documents: Ids of the deleted articles.
        passages: How many passages they had.
        left: Articles that stay.
    """

    documents: tuple[str, ...]
    passages: int
    left: int


def remove(
    *,
    sources: Sequence[str] = (),
    paths: Sequence[Path | str] = (),
    ids: Sequence[str] = (),
    db: Path | str = "topicwire.db",
    dry_run: bool = False,
) -> RemovalReport:
    """Delete articles, then bring topics, copies and relations up to date.

    Vectors are kept: an article that comes back is not embedded again.

    Args:
        sources: Outlets; all their articles go.
        paths: Files and folders; the articles read from them go.
        ids: Document ids.
        db: The database.
        dry_run: Only say what would go.

    Raises:
        InputError: Nothing was named, or a name fits no article.
        StoreError: No such database, or another run is changing it.
    """
    if not (sources or paths or ids):
        raise InputError(
            "Say what to remove: --source OUTLET, --path PATH or --id ID; see `topicwire info`."
        )
    if not Path(db).exists():
        with CorpusStore.open(Path(db)):  # says that it is missing; does not make it
            pass
    with CorpusStore.open(Path(db), write=True) as store:
        chosen: dict[str, None] = {}
        for source in find_outlets(store, sources):
            found = store.rows("SELECT id FROM documents WHERE source = ? ORDER BY id", (source,))
            _take(chosen, found, f"from {source!r}")
        for path in paths:
            _take(chosen, _below(store, Path(path).resolve()), f"read from {str(path)!r}")
        for document_id in ids:
            found = store.rows("SELECT id FROM documents WHERE id = ?", (document_id,))
            _take(chosen, found, f"with the id {document_id!r}")
        passages = sum(
            store.rows("SELECT count(*) FROM passages WHERE document_id = ?", (i,))[0][0]
            for i in chosen
        )
        total = store.rows("SELECT count(*) FROM documents")[0][0]
        if not dry_run:
            # What may fail comes first, and the rest is one transaction: all or nothing.
            encoder = stored_encoder(store)
            embed_corpus(store, encoder)
            with store.transaction():
                store.remove_documents(list(chosen))
                derive(store, encoder)
        return RemovalReport(documents=tuple(chosen), passages=passages, left=total - len(chosen))


def _take(chosen: dict[str, None], found: list[tuple[str]], what: str) -> None:
    if not found:
        raise InputError(f"No article is {what}; nothing was removed. See `topicwire info`.")
    chosen.update(dict.fromkeys(row[0] for row in found))


def _below(store: CorpusStore, path: Path) -> list[tuple[str]]:
    # Compared by parts, not by LIKE: a path may hold % and _.
    return [
        (document_id,)
        for document_id, stored in store.rows("SELECT id, path FROM documents ORDER BY id")
        if stored and (Path(stored) == path or path in Path(stored).parents)
    ]
