"""Part of topicwire: topics, coverage and maps of a corpus, and what the command does."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Names by the module they are in; loaded on first use (PEP 562).
_EXPORTS = {
    "answers.article": "article",
    "answers.article_copies": "article_copies",
    "answers.backup": "backup restore",
    "answers.by_hand": "load_edits save_edits",
    "answers.calibrate": "calibrate judge questions set_thresholds",
    "answers.changes": "changes",
    "answers.check": "check repair",
    "answers.cluster": "cluster",
    "answers.copies": "copies",
    "answers.edit": "list_edits merge part pin rename split undo",
    "answers.evaluate": "evaluate",
    "answers.export": "export",
    "answers.history": "history",
    "answers.info": "info",
    "answers.levels": "levels tree",
    "answers.map": "map",
    "answers.outlets": "outlets",
    "answers.passages": "placements",
    "answers.remove": "remove",
    "answers.search": "search",
    "answers.story": "stories story",
    "answers.suggest": "suggest",
    "answers.tables": "to_arrow to_pandas",
    "answers.topics": "topics",
    "answers.trends": "trends",
    "answers.why_not": "why_not",
    "coverage.relations.relating": "find_relations",
    "coverage.relations.relations": "Relation",
    "coverage.stories.stories": "Story find_stories",
    "discovery.estimator": "TopicModel",
    "guiding.taxonomy": "GuidedTopic read_topics",
    "maps.drawing": "draw",
    "maps.layout": "layout",
    "naming.describing": "Topic describe_topics describe_tree",
    "one_file.building": "report",
}
_MODULES = {name: module for module, names in _EXPORTS.items() for name in names.split()}

__all__ = sorted(_MODULES)

# ``topics.scores`` and the like are found where they were.
__path__.append(f"{__path__[0]}/former")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
