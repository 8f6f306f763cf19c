"""Names that stay with kept topics, and those that no longer fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from topics.naming.describing import Topic
from topics.naming.various import VARIOUS


def keep_names(
    topics: Sequence[Topic], names: Sequence[str]
) -> tuple[list[Topic], tuple[str, ...]]:
    """Return topics under the names that stay, and what is to be said of names.

    Args:
        topics: As described now.
        names: Of each the name that it has had, ``""`` for none.
    """
    taken = {name.casefold() for name in names if name}
    kept, doubted = [], []
    for topic, name in zip(topics, names, strict=True):
        new = name or topic.name
        while not name and new.casefold() in taken:
            new = _number_name(new)
        taken.add(new.casefold())
        kept.append(replace(topic, name=new))
        if name and topic.kind == "discovered" and not _is_told(new, topic):
            doubted.append(f"{new!r} ({', '.join(topic.keyphrases[:3])})")
    if not doubted:
        return kept, ()
    few = "; ".join(doubted[:3]) + (f"; and {len(doubted) - 3} more" if doubted[3:] else "")
    return kept, (
        f"Names that no longer fit their topics, with key phrases: {few}; `topicwire edit rename` "
        "gives another.",
    )


def _number_name(name: str) -> str:
    found = re.fullmatch(r"(.*) \((\d+)\)", name, re.DOTALL)
    return f"{found[1]} ({int(found[2]) + 1})" if found else f"{name} (2)"


def _is_told(name: str, topic: Topic) -> bool:
    """Whether a word of a name is among a topic's key phrases, or it is named by its parts."""
    if name.startswith(VARIOUS):
        return True
    words = set(re.findall(r"\w{3,}", name.casefold()))
    phrases = " ".join(topic.keyphrases).casefold()
    return not words or not topic.keyphrases or any(word[:5] in phrases for word in words)
