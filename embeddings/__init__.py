"""Part of topicwire: articles to passages, vectors, copies, neighbours and hits."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Name to module; loaded on first use (PEP 562), since importing all of it takes seconds.
_EXPORTS = {
    "CopyGroup": "copies",
    "CorpusStore": "store",
    "Document": "documents",
    "Encoder": "encoders.protocol",
    "Filters": "search",
    "Hit": "search",
    "NeighbourGraph": "neighbours",
    "Passage": "documents",
    "ReadOptions": "reading",
    "Removal": "furniture",
    "TopicwireError": "errors",
    "compare": "alignment",
    "embed_corpus": "embedding",
    "find_copies": "copies",
    "find_furniture": "furniture",
    "find_neighbours": "neighbours",
    "open_encoder": "encoders.opening",
    "read_paths": "reading",
    "search_like": "search",
    "search_text": "search",
    "split": "passages",
}

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
