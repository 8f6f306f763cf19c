"""Taking articles out of a stored corpus."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.articles.parsing.addresses import canonical_address
from embeddings.articles.parsing.results import STANDARD_INPUT
from embeddings.corpus.contents import list_articles
from embeddings.corpus.filters import find_outlets
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import list_twins
from embeddings.errors import InputError
from embeddings.vectors.embedding import embed_corpus
from topics.answers.counting import count
from topics.answers.encoder import stored_encoder
from topics.answers.session import Database
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
    db: Database = "topicwire.db",
    dry_run: bool = False,
) -> RemovalReport:
    """Delete articles, then bring topics, copies and relations up to date.

    Vectors are kept: an article that comes back is not embedded again.

    Args:
        sources: Outlets; all their articles go.
        paths: Files and folders; the articles read from them go. ``"-"`` stands for standard
            input, ``"Python"`` for what was given there.
        ids: Document ids, or web addresses in any form.
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
    with CorpusStore.open(Path(db), write=not dry_run, create=False) as store:
        articles = list_articles(store)
        chosen: dict[str, None] = {}
        for source in sources:
            spellings = find_outlets(store, [source])
            # What is deleted is what was written, where an outlet is spelt so.
            meant = {source} if source in spellings else set(spellings)
            _take(chosen, [one for one, of, _ in articles if of in meant], f"from {source!r}")
        for path in paths:
            folder = Path(path).resolve()
            name = STANDARD_INPUT if str(path) == "-" else str(path)
            below = [one for one, _, at in articles if at == name or _is_below(at, folder)]
            if not below:
                again = {one for at, _, one in list_twins(store) if _is_below(at, folder)}
                _refuse_twins(str(path), {at for one, _, at in articles if one in again})
            _take(chosen, below, f"read from {str(path)!r}")
        for document_id in ids:
            names = (document_id, canonical_address(document_id))
            named = [one for one, _, _ in articles if one in names]
            _take(chosen, named, f"with the id {document_id!r}")
        passages = len(store.passages(chosen))
        if not dry_run:
            # What may fail comes first, and the rest is one transaction: all or nothing.
            encoder = stored_encoder(store)
            embed_corpus(store, encoder)
            with store.transaction():
                store.remove_documents(list(chosen))
                derive(store, encoder)
        return RemovalReport(
            documents=tuple(chosen), passages=passages, left=len(articles) - len(chosen)
        )


def _take(chosen: dict[str, None], found: Sequence[str], what: str) -> None:
    if not found:
        raise InputError(f"No article is {what}; nothing was removed. See `topicwire info`.")
    chosen.update(dict.fromkeys(found))


def _refuse_twins(path: str, others: Collection[str]) -> None:
    """Refuse a path whose articles are all counted under other files; nothing if there are none."""
    if others:
        more = f" and {count(len(others) - 1, 'more file')}" if len(others) > 1 else ""
        raise InputError(
            f"The articles of {path!r} stand in {min(others)}{more} too, and are counted there; "
            "nothing was removed. Name that path, or --id ID."
        )


def _is_below(stored: str, path: Path) -> bool:
    # Compared by parts, not by LIKE: a path may hold % and _.
    return bool(stored) and (Path(stored) == path or path in Path(stored).parents)
