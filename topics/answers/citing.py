"""Articles as they are cited, and as coverage compares them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document, Passage
from topics.coverage.articles.articles import Article, gather_articles


@dataclass(frozen=True)
class ArticleLine:
    """An article with what is needed to cite it.

    Attributes:
        document_id: Its id.
        title: The headline.
        source: The outlet.
        published: ISO 8601, cut to what is known.
        url: Where it was published, or ``""``.
    """

    document_id: str
    title: str
    source: str
    published: str
    url: str


def cite(document: Document) -> ArticleLine:
    """Return what is needed to cite an article."""
    return ArticleLine(
        document.id, document.title, document.source, document.published, document.url
    )


def load_articles(
    store: CorpusStore, document_ids: Iterable[str] | None = None
) -> tuple[list[Passage], list[Article]]:
    """Return passages and articles of a store.

    Args:
        store: An open store.
        document_ids: Only these articles; all by default.
    """
    wanted = None if document_ids is None else set(document_ids)
    passages = [
        passage for passage in store.passages() if wanted is None or passage.document_id in wanted
    ]
    documents = {
        document.id: document
        for document in store.documents()
        if wanted is None or document.id in wanted
    }
    return passages, gather_articles(passages, documents)
