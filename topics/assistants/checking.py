"""Asking every tool once, in this process: ``topicwire mcp --check``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from topics.answers.session import Database, Session
from topics.assistants.tools import Tools


@dataclass(frozen=True)
class ToolCheck:
    """A tool that answered.

    Attributes:
        tool: Its name.
        characters: Size of its answer.
    """

    tool: str
    characters: int


def check_tools(db: Database) -> list[ToolCheck]:
    """Ask each tool once, about the largest topic and the story of most outlets.

    Raises:
        StoreError: No such database, never clustered, changed since, or damaged.
        ModelError: The database's model cannot be had.
    """
    with Session(db) as session:
        return [
            ToolCheck(name, len(json.dumps(answer, ensure_ascii=False)))
            for name, answer in _ask(Tools(session))
        ]


def _ask(tools: Tools) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = tools.topics()
    yield "topics", listed
    found = tools.search(query=listed["topics"][0]["name"])
    yield "search", found
    for hit in found["hits"][:1]:
        yield "passage", tools.passage(passage_id=hit["passage_id"])
        yield "article", tools.article(article_id=hit["document_id"])
    stories = tools.stories()
    yield "stories", stories
    for one in stories["stories"][:1]:
        yield "story", tools.story(story_id=one["id"])
    yield "copies", tools.copies()
    yield "trends", tools.trends()
    yield "changes", tools.changes(since="1970-01-01")
