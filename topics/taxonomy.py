"""Guided topics as a user writes them down: a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import InputError

_KEYS = ("name", "description", "examples")


@dataclass(frozen=True)
class GuidedTopic:
    """A topic that the user asks for.

    Attributes:
        name: Its name, kept as it stands.
        description: A line or two on what belongs to it; may be ``""``.
        examples: Passages, or sentences like them, that belong to it.
    """

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What is embedded for it: name with description, then each example."""
        head = f"{self.name}: {self.description}" if self.description else self.name
        return (head, *self.examples)


def read_topics(path: Path) -> tuple[GuidedTopic, ...]:
    """Read guided topics from a TOML file of ``[[topic]]`` tables.

    Raises:
        InputError: The file cannot be read or is not such a file; the message says where.
    """
    try:
        return parse_topics(path.read_text(encoding="utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); name a TOML file.") from error


def parse_topics(text: str, path: str = "topics.toml") -> tuple[GuidedTopic, ...]:
    """Parse the text of a topics file; ``path`` is what the errors call it.

    Raises:
        InputError: Broken TOML, no topic, an unknown or missing key, a value of the
            wrong kind, or one name given twice.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is not valid TOML: {error}.") from error
    unknown = sorted(set(content) - {"topic"})
    if unknown:
        raise InputError(
            f'{path} has "{unknown[0]}" at the top; only [[topic]] tables are known there.'
        )
    tables = content.get("topic")
    if not isinstance(tables, list) or not tables:
        raise InputError(
            f'{path} holds no topic; write [[topic]] and, below it, name = "Diplomacy" '
            'and description = "Talks between governments".'
        )
    topics = tuple(_read_table(table, f"{path}, topic {i}") for i, table in enumerate(tables, 1))
    seen: set[str] = set()
    for topic in topics:
        if topic.name.casefold() in seen:
            raise InputError(f'{path} names "{topic.name}" twice; give each topic its own name.')
        seen.add(topic.name.casefold())
    return topics


def _read_table(table: object, where: str) -> GuidedTopic:
    """Check one table."""
    if not isinstance(table, dict):
        raise InputError(f"{where} is not a table; write [[topic]] above its lines.")
    for key in table:
        if key not in _KEYS:
            raise InputError(f'{where} has an unknown key "{key}"; known are {", ".join(_KEYS)}.')
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise InputError(f'{where} has no name; add a line such as name = "Diplomacy".')
    where = f'{where} ("{name}")'
    description = table.get("description", "")
    if not isinstance(description, str):
        raise InputError(f"{where} has a description that is no text; put it in quotes.")
    examples = table.get("examples", [])
    if not isinstance(examples, list) or not all(isinstance(one, str) for one in examples):
        raise InputError(f'{where} has examples that are no list of texts; write ["...", "..."].')
    kept = tuple(one.strip() for one in examples if one.strip())
    return GuidedTopic(name.strip(), description.strip(), kept)
