"""The kept tree of topics as JSON that can be read: each topic with the hashes of its texts."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from topics.keeping.kept import KeptTopic, KeptTree

_TABLES = ("topics", "leaves", "founders")
_FIELDS = [one for one in dataclasses.fields(KeptTree) if one.compare and one.name not in _TABLES]
_HASH = re.compile(r"[0-9a-f]{32}")


def show_kept(kept: KeptTree | None) -> dict[str, Any] | None:
    """Return a kept tree as JSON can write it."""
    if kept is None:
        return None
    texts: dict[int, tuple[list[str], list[str]]] = {one: ([], []) for one in kept.topics}
    for key, leaf in sorted(kept.leaves.items()):
        texts[leaf][key not in kept.founders].append(key.hex())
    return {
        **{field.name: getattr(kept, field.name) for field in _FIELDS},
        "topics": [
            {
                "id": number,
                **dataclasses.asdict(topic),
                "founders": texts[number][0],
                "joined": texts[number][1],
            }
            for number, topic in kept.topics.items()
        ],
    }


def read_kept_table(table: dict[str, Any] | None) -> KeptTree | None:
    """Return the tree that ``show_kept`` wrote.

    Raises:
        ValueError, TypeError, KeyError: It is none; the caller names the file.
    """
    if table is None:
        return None
    fields = {field.name: table[field.name] for field in _FIELDS}
    fields.update(resolutions=tuple(fields["resolutions"]), idle=tuple(fields["idle"]))
    topics: dict[int, KeptTopic] = {}
    leaves: dict[bytes, int] = {}
    founders: set[bytes] = set()
    for one in table["topics"]:
        marks = {field.name: one[field.name] for field in dataclasses.fields(KeptTopic)}
        topics[one["id"]] = KeptTopic(**marks)
        for key in (*one["founders"], *one["joined"]):
            _expect(_HASH.fullmatch(key))
            leaves[bytes.fromhex(key)] = one["id"]
        founders.update(bytes.fromhex(key) for key in one["founders"])
    kept = KeptTree(topics=topics, leaves=leaves, founders=frozenset(founders), **fields)
    _check(kept)
    return kept


def _check(kept: KeptTree) -> None:
    """Refuse a tree whose levels do not nest, or whose values are of other kinds."""
    numbers = [kept.default, kept.depth, kept.method, *kept.topics, *kept.idle]
    _expect(
        all(type(number) is int and 0 <= number < 2**31 for number in numbers),
        kept.default < kept.depth <= 64,
        all(type(one) is float for one in kept.resolutions),
        all(type(one) is str for one in (kept.guided, kept.found, kept.encoder)),
        kept.count is None or type(kept.count) is int,
    )
    for topic in kept.topics.values():
        above = topic.parent
        _expect(
            type(topic.level) is type(topic.finest) is int,
            0 <= topic.level <= topic.finest < kept.depth,
            above is None or kept.topics[above].level < topic.level,
            type(topic.guided) is type(topic.name) is str,
            topic.shown in (None, True, False),
            topic.stability is None or type(topic.stability) is float,
        )


def _expect(*conditions: object) -> None:
    if not all(conditions):
        raise ValueError
