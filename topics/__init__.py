"""Part of topicwire: topics, coverage and maps of a corpus, and what the command does."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Name to module and the name there; loaded on first use (PEP 562).
_EXPORTS = {
    "GuidedTopic": ("guiding.taxonomy", "GuidedTopic"),
    "Relation": ("coverage.relations", "Relation"),
    "Topic": ("naming", "Topic"),
    "TopicModel": ("discover", "TopicModel"),
    "cluster": ("commands.clustering", "cluster"),
    "copies": ("commands.copying", "copies"),
    "describe_topics": ("naming", "describe_topics"),
    "describe_tree": ("naming", "describe_tree"),
    "draw": ("drawing", "draw"),
    "evaluate": ("commands.evaluating", "evaluate"),
    "export": ("commands.exporting", "export"),
    "find_relations": ("coverage.relations", "find_relations"),
    "info": ("commands.describing", "info"),
    "layout": ("maps", "layout"),
    "levels": ("commands.outlining", "levels"),
    "list_edits": ("commands.editing", "list_edits"),
    "map": ("commands.mapping", "map_topics"),
    "merge": ("commands.editing", "merge"),
    "part": ("commands.editing", "part"),
    "pin": ("commands.editing", "pin"),
    "placements": ("commands.placing", "placements"),
    "read_topics": ("guiding.taxonomy", "read_topics"),
    "remove": ("commands.removing", "remove"),
    "rename": ("commands.editing", "rename"),
    "search": ("commands.searching", "search"),
    "split": ("commands.editing", "split"),
    "suggest": ("commands.suggesting", "suggest"),
    "topics": ("commands.listing", "topics"),
    "tree": ("commands.outlining", "tree"),
    "trends": ("commands.trending", "trends"),
    "undo": ("commands.editing", "undo"),
}

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        module, there = _EXPORTS[name]
        return getattr(import_module(f"{__name__}.{module}"), there)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
