"""Part of topicwire: topics, coverage and maps of a corpus, and what the command does."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Name to module and the name there; loaded on first use (PEP 562).
_EXPORTS = {
    "GuidedTopic": ("guiding.taxonomy", "GuidedTopic"),
    "Relation": ("coverage.relations.relations", "Relation"),
    "Story": ("coverage.stories.stories", "Story"),
    "Topic": ("naming.describing", "Topic"),
    "TopicModel": ("discovery.estimator", "TopicModel"),
    "article_copies": ("answers.article_copies", "article_copies"),
    "calibrate": ("answers.calibrate", "calibrate"),
    "cluster": ("answers.cluster", "cluster"),
    "copies": ("answers.copies", "copies"),
    "describe_topics": ("naming.describing", "describe_topics"),
    "describe_tree": ("naming.describing", "describe_tree"),
    "draw": ("maps.drawing", "draw"),
    "evaluate": ("answers.evaluate", "evaluate"),
    "export": ("answers.export", "export"),
    "find_relations": ("coverage.relations.relating", "find_relations"),
    "find_stories": ("coverage.stories.stories", "find_stories"),
    "info": ("answers.info", "info"),
    "judge": ("answers.calibrate", "judge"),
    "layout": ("maps.layout", "layout"),
    "levels": ("answers.levels", "levels"),
    "list_edits": ("answers.edit", "list_edits"),
    "map": ("answers.map", "map_topics"),
    "merge": ("answers.edit", "merge"),
    "outlets": ("answers.outlets", "outlets"),
    "part": ("answers.edit", "part"),
    "pin": ("answers.edit", "pin"),
    "placements": ("answers.passages", "placements"),
    "questions": ("answers.calibrate", "questions"),
    "read_topics": ("guiding.taxonomy", "read_topics"),
    "remove": ("answers.remove", "remove"),
    "rename": ("answers.edit", "rename"),
    "search": ("answers.search", "search"),
    "set_thresholds": ("answers.calibrate", "set_thresholds"),
    "split": ("answers.edit", "split"),
    "stories": ("answers.story", "stories"),
    "story": ("answers.story", "story"),
    "suggest": ("answers.suggest", "suggest"),
    "to_arrow": ("answers.tables", "to_arrow"),
    "to_pandas": ("answers.tables", "to_pandas"),
    "topics": ("answers.topics", "topics"),
    "tree": ("answers.levels", "tree"),
    "trends": ("answers.trends", "trends"),
    "undo": ("answers.edit", "undo"),
    "why_not": ("answers.why_not", "why_not"),
}

__all__ = sorted(_EXPORTS)

# ``topics.scores`` and the like are found where they were.
__path__.append(f"{__path__[0]}/former")


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        module, there = _EXPORTS[name]
        return getattr(import_module(f"{__name__}.{module}"), there)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
