"""Part of topicwire: topics, coverage and maps of a corpus, and what the command does."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Name to module and the name there; loaded on first use (PEP 562).
_EXPORTS = {
    "GuidedTopic": ("guiding.taxonomy", "GuidedTopic"),
    "Relation": ("coverage.passages.relations", "Relation"),
    "Story": ("coverage.grouping.stories", "Story"),
    "Topic": ("naming", "Topic"),
    "TopicModel": ("discover", "TopicModel"),
    "article_copies": ("commands.article_pairs", "article_copies"),
    "calibrate": ("commands.calibrating", "calibrate"),
    "cluster": ("commands.clustering", "cluster"),
    "copies": ("commands.copying", "copies"),
    "describe_topics": ("naming", "describe_topics"),
    "describe_tree": ("naming", "describe_tree"),
    "draw": ("drawing", "draw"),
    "evaluate": ("commands.evaluating", "evaluate"),
    "export": ("commands.exporting", "export"),
    "find_relations": ("coverage.passages.relating", "find_relations"),
    "find_stories": ("coverage.grouping.stories", "find_stories"),
    "info": ("commands.describing", "info"),
    "judge": ("commands.calibrating", "judge"),
    "layout": ("maps", "layout"),
    "levels": ("commands.outlining", "levels"),
    "list_edits": ("commands.editing", "list_edits"),
    "map": ("commands.mapping", "map_topics"),
    "merge": ("commands.editing", "merge"),
    "outlets": ("commands.outlets", "outlets"),
    "part": ("commands.editing", "part"),
    "pin": ("commands.editing", "pin"),
    "placements": ("commands.placing", "placements"),
    "questions": ("commands.calibrating", "questions"),
    "read_topics": ("guiding.taxonomy", "read_topics"),
    "remove": ("commands.removing", "remove"),
    "rename": ("commands.editing", "rename"),
    "search": ("commands.searching", "search"),
    "set_thresholds": ("commands.calibrating", "set_thresholds"),
    "split": ("commands.editing", "split"),
    "stories": ("commands.stories", "stories"),
    "story": ("commands.stories", "story"),
    "suggest": ("commands.suggesting", "suggest"),
    "to_arrow": ("tables", "to_arrow"),
    "to_pandas": ("tables", "to_pandas"),
    "topics": ("commands.listing", "topics"),
    "tree": ("commands.outlining", "tree"),
    "trends": ("commands.trending", "trends"),
    "undo": ("commands.editing", "undo"),
    "why_not": ("commands.explaining", "why_not"),
}

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        module, there = _EXPORTS[name]
        return getattr(import_module(f"{__name__}.{module}"), there)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
