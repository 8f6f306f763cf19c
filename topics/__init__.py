"""Part of topicwire: topics, coverage and maps of a corpus, and what the command does."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Name to module and the name there; loaded on first use (PEP 562).
_EXPORTS = {
    "GuidedTopic": ("taxonomy", "GuidedTopic"),
    "Relation": ("coverage.relations", "Relation"),
    "Topic": ("naming", "Topic"),
    "TopicModel": ("discover", "TopicModel"),
    "cluster": ("commands.clustering", "cluster"),
    "copies": ("commands.copying", "copies"),
    "describe_topics": ("naming", "describe_topics"),
    "draw": ("drawing", "draw"),
    "evaluate": ("commands.evaluating", "evaluate"),
    "export": ("commands.exporting", "export"),
    "find_relations": ("coverage.relations", "find_relations"),
    "info": ("commands.describing", "info"),
    "layout": ("maps", "layout"),
    "map": ("commands.mapping", "map_topics"),
    "read_topics": ("taxonomy", "read_topics"),
    "remove": ("commands.removing", "remove"),
    "search": ("commands.searching", "search"),
    "topics": ("commands.listing", "topics"),
    "trends": ("commands.trending", "trends"),
}

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        module, there = _EXPORTS[name]
        return getattr(import_module(f"{__name__}.{module}"), there)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
