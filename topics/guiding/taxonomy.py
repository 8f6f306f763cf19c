"""Guided topics as a user writes them down: a TOML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import InputError
from embeddings.toml import parse_toml, read_toml

_KEYS = ("name", "description", "examples", "exclusions", "parent")


@dataclass(frozen=True)
class GuidedTopic:
    """A topic that the user asks for.

    Attributes:
        name: Its name, kept as it stands.
        description: A line or two on what belongs to it; may be ``""``.
        examples: Passages, or sentences like them, that belong to it. A list, as JSON
            gives it back, is taken too.
        exclusions: What does not belong to it though it sounds alike: "football
            results", or a passage. A list is taken too.
        parent: Name of the topic that it is a part of, or ``""``.
    """

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    parent: str = ""

    def __post_init__(self) -> None:
        """Make tuples of lists, so that a topic read back from JSON equals the one stored."""
        object.__setattr__(self, "examples", tuple(self.examples))
        object.__setattr__(self, "exclusions", tuple(self.exclusions))

    @property
    def texts(self) -> tuple[str, ...]:
        """What is embedded for it: name with description, then each example.

        A name that stands alone is put as "News about ...": a bare word says little to
        an encoder of sentences ("World" is nearer to sport than to diplomacy).
        """
        head = f"{self.name}: {self.description}" if self.description else news_about(self.name)
        return (head, *self.examples)


def news_about(name: str) -> str:
    """Return the sentence that stands for a name without a description."""
    return f"News about {name}."


def read_topics(path: Path) -> tuple[GuidedTopic, ...]:
    """Read guided topics from a TOML file of ``[[topic]]`` tables.

    Raises:
        InputError: The file cannot be read or is not such a file; the message says where.
    """
    return parse_topics(read_toml(path), str(path))


def parse_topics(text: str, path: str = "topics.toml") -> tuple[GuidedTopic, ...]:
    """Parse the text of a topics file; ``path`` is what the errors call it.

    Raises:
        InputError: Broken TOML, no topic, an unknown or missing key, a value of the
            wrong kind, one name given twice, or a parent that is unknown or comes
            round in a circle.
    """
    content = parse_toml(text, path)
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
    topics = tuple(read_table(table, f"{path}, topic {i}") for i, table in enumerate(tables, 1))
    seen: set[str] = set()
    for topic in topics:
        if topic.name.casefold() in seen:
            raise InputError(f'{path} names "{topic.name}" twice; give each topic its own name.')
        seen.add(topic.name.casefold())
    _check_parents(topics, path)
    return topics


def find_parents(topics: Sequence[GuidedTopic]) -> list[int]:
    """Return the place of each topic's parent among ``topics``, -1 for none.

    A parent is named in any case; one that is not there counts as none.
    """
    places = {topic.name.casefold(): place for place, topic in enumerate(topics)}
    return [places.get(topic.parent.casefold(), -1) if topic.parent else -1 for topic in topics]


def _check_parents(topics: Sequence[GuidedTopic], path: str) -> None:
    """Refuse a parent that is not there, or that is its own descendant."""
    parents = find_parents(topics)
    for topic, parent in zip(topics, parents, strict=True):
        if topic.parent and parent < 0:
            raise InputError(
                f'{path}: "{topic.name}" has the parent "{topic.parent}", which no [[topic]] '
                "is named; name one of the file's topics, or leave parent out."
            )
        chain = [topic.name]
        while parent >= 0 and topics[parent].name not in chain:
            chain.append(topics[parent].name)
            parent = parents[parent]
        if parent >= 0 and topics[parent].name == topic.name:
            round_ = " -> ".join(f'"{name}"' for name in [*chain, topic.name])
            raise InputError(
                f"{path}: parents come round in a circle ({round_}); "
                "a topic cannot be part of itself, so leave parent out of one of them."
            )


def read_table(table: object, where: str) -> GuidedTopic:
    """Make a guided topic of one table.

    Args:
        table: What TOML, or JSON, gives for it.
        where: What the errors call it.

    Raises:
        InputError: An unknown or missing key, or a value of the wrong kind.
    """
    if not isinstance(table, dict):
        raise InputError(f"{where} is not a table; write [[topic]] above its lines.")
    for key in table:
        if key not in _KEYS:
            raise InputError(f'{where} has an unknown key "{key}"; known are {", ".join(_KEYS)}.')
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise InputError(f'{where} has no name; add a line such as name = "Diplomacy".')
    where = f'{where} ("{name}")'
    for key, cure in (
        ("description", "put it in quotes"),
        ("parent", "write another topic's name"),
    ):
        if not isinstance(table.get(key, ""), str):
            raise InputError(f"{where} has a {key} that is no text; {cure}.")
    return GuidedTopic(
        name.strip(),
        table.get("description", "").strip(),
        _read_texts(table, "examples", where),
        _read_texts(table, "exclusions", where),
        table.get("parent", "").strip(),
    )


def _read_texts(table: dict[str, object], key: str, where: str) -> tuple[str, ...]:
    """Read a list of texts; empty ones are left out."""
    texts = table.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise InputError(f'{where} has {key} that are no list of texts; write ["...", "..."].')
    return tuple(one.strip() for one in texts if one.strip())
