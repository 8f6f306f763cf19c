"""Part of topicwire: topics, coverage and maps of a corpus, and what the command does."""

from __future__ import annotations

from embeddings.exports import read_exports

__getattr__, __dir__, __all__ = read_exports(__name__, __file__)

# ``topics.scores`` and the like are found where they were.
__path__.append(f"{__path__[0]}/former")
