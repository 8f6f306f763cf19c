"""What else passages of a user's topic are like: where it looks like something else."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from topics.guiding.assigning import Placement
from topics.guiding.taxonomy import GuidedTopic

# A topic looks like another where so large a share of its passages, and so many, lie between both
# and speak of the other.
LEAST_SHARE = 0.15
LEAST_PASSAGES = 10
# So many phrases are said, the one of most passages first.
MOST_SAID = 2


def note_drawn(
    guided: Mapping[int, GuidedTopic],
    found: Mapping[int, Sequence[str]],
    texts: Sequence[str],
    topics: NDArray[np.int64],
    others: NDArray[np.int64],
) -> tuple[str, ...]:
    """Say which of the user's topics look like something else, and draft what would leave it out.

    A passage that lies between a topic and a discovered one looks like that where it speaks of
    it: where it holds the phrase that the discovered topic is known by. What the user has
    written of, in the topic or its exclusions, is as it was wanted.

    Args:
        guided: The user's topics, by number.
        found: Key phrases of each discovered topic, the first of which it is known by, by number.
        texts: Text of each row.
        topics: Number of the topic of each row, shape ``(n,)``.
        others: Number of the topic that draws a mixed row as well, -1 for the others.

    Returns:
        A sentence for each such topic.
    """
    notes = []
    for number, topic in guided.items():
        own = "\n".join([topic.name, *topic.texts, *topic.exclusions]).casefold()
        held = np.flatnonzero(topics == number).tolist()
        spoken: Counter[str] = Counter()
        for row in held:
            for phrase in found.get(int(others[row]), ())[:1]:
                wanted = phrase.casefold() in own
                spoken[phrase] += not wanted and phrase.casefold() in texts[row].casefold()
        least = max(LEAST_PASSAGES, LEAST_SHARE * len(held))
        said = [
            (phrase, times) for phrase, times in spoken.most_common(MOST_SAID) if times >= least
        ]
        if said:
            notes.append(_say(topic.name, len(held), said))
    return tuple(notes)


def note_left(
    guided: Sequence[GuidedTopic], placement: Placement, texts: Sequence[str]
) -> tuple[str, ...]:
    """Say which of the user's topics were kept from passages on something else, and how to differ.

    Args:
        guided: The user's topics, by number.
        placement: Of the passages under them.
        texts: Text of each row, to spell phrases as they do.

    Returns:
        A sentence for each such topic.
    """
    notes = []
    for number, drawn in sorted(placement.drawn.items()):
        left = Counter(drawn)
        least = max(LEAST_PASSAGES, LEAST_SHARE * int((placement.labels == number).sum()))
        said = [(one, times) for one, times in left.most_common(MOST_SAID) if times >= least]
        if said:
            spelled = [(_spell(phrase, texts), times) for phrase, times in said]
            notes.append(
                f'"{guided[number].name}" looks like something else as well: of the passages '
                f"nearest to it {_count(spelled, 'are nearer to')} and were left to the discovered "
                "topics. Write of "
                "that in its description to have them, or leave out more with exclusions = "
                f"{_draft(spelled)}."
            )
    return tuple(notes)


def _spell(phrase: str, texts: Sequence[str]) -> str:
    """Return a phrase as most texts spell it."""
    pattern = re.compile(r"\b" + r"\W+".join(map(re.escape, phrase.split())) + r"\b", re.IGNORECASE)
    found = Counter(one[0] for one in map(pattern.search, texts) if one)
    return max(found, key=lambda one: (found[one], one), default=phrase)


def _say(name: str, size: int, said: Sequence[tuple[str, int]]) -> str:
    return (
        f'"{name}" may hold something else: of its {size} distinct passages {_count(said)}. Where '
        f"these do not belong, give the topic exclusions = {_draft(said)}."
    )


def _count(said: Sequence[tuple[str, int]], how: str = "speak of") -> str:
    return " and ".join(f"{times} {how} {phrase}" for phrase, times in said)


def _draft(said: Sequence[tuple[str, int]]) -> str:
    return json.dumps([phrase for phrase, _ in said], ensure_ascii=False)
