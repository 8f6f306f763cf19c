"""Part of topicwire: articles to passages, vectors, copies, neighbours and hits."""

from __future__ import annotations

from embeddings.exports import read_exports

__getattr__, __dir__, __all__ = read_exports(__name__, __file__)
