"""Part of topicwire: articles to passages, vectors, copies, neighbours and hits."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Name to module; loaded on first use (PEP 562), since importing all of it takes seconds.
_EXPORTS = {
    "CopyGroup": "words.copies",
    "CorpusStore": "corpus.store",
    "Document": "documents",
    "Encoder": "encoders.protocol",
    "Filters": "corpus.filters",
    "Hit": "search",
    "NeighbourGraph": "vectors.neighbours",
    "Passage": "documents",
    "ReadOptions": "articles.parsing.results",
    "Removal": "documents",
    "TopicwireError": "errors",
    "compare": "words.alignment",
    "embed_corpus": "vectors.embedding",
    "find_copies": "words.copies",
    "find_furniture": "articles.furniture.finding",
    "find_neighbours": "vectors.neighbours",
    "open_encoder": "encoders.opening",
    "read_paths": "articles.files",
    "search_like": "search",
    "search_text": "search",
    "split": "articles.passages",
}

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
