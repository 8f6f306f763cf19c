"""Articles as coverage compares them."""

from __future__ import annotations

from collections.abc import Iterable

from embeddings.corpus.citations import expect_whole
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Passage
from topics.coverage.articles.articles import Article, gather_articles


def load_articles(
    store: CorpusStore, document_ids: Iterable[str] | None = None
) -> tuple[list[Passage], list[Article]]:
    """Return passages and articles of a store.

    Args:
        store: An open store.
        document_ids: Only these articles; all by default.

    Raises:
        StoreError: A paragraph of these is not what was stored; of all articles it is not looked
            at, which would take a tenth of what is counted from them.
    """
    wanted = None if document_ids is None else set(document_ids)
    passages = store.passages(wanted)
    if wanted is not None:
        expect_whole(store, passages)
    documents = {document.id: document for document in store.documents(wanted)}
    return passages, gather_articles(passages, documents)
