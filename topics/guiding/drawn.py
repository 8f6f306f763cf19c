"""What else passages of a user's topic are like: where it looks like something else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

# A topic looks like another where so large a share of its passages, and so many, lie between both.
LEAST_SHARE = 0.15
LEAST_PASSAGES = 10
# So many others are said, the one of most passages first.
MOST_SAID = 2


def note_drawn(
    guided: Mapping[int, str],
    found: Mapping[int, str],
    topics: NDArray[np.int64],
    others: NDArray[np.int64],
    mixed: NDArray[np.bool_],
) -> tuple[str, ...]:
    """Say which of the user's topics look like something else, and draft what would leave it out.

    Args:
        guided: Names of the user's topics, by number.
        found: Names of the discovered topics, by number.
        topics: Number of the topic of each row, shape ``(n,)``.
        others: Number of the topic that draws each row next, -1 for none.
        mixed: Which rows lie between the two.

    Returns:
        A sentence for each such topic.
    """
    notes = []
    for number, name in guided.items():
        held = topics == number
        drawn = Counter(one for one in others[held & mixed].tolist() if one in found)
        least = max(LEAST_PASSAGES, LEAST_SHARE * int(held.sum()))
        like = [(found[one], times) for one, times in drawn.most_common() if times >= least]
        if like:
            notes.append(_say(name, int(held.sum()), like[:MOST_SAID]))
    return tuple(notes)


def _say(name: str, size: int, like: Sequence[tuple[str, int]]) -> str:
    said = " and ".join(f'{times} are like "{other}"' for other, times in like)
    draft = json.dumps([other for other, _ in like], ensure_ascii=False)
    return (
        f'"{name}" may hold something else: of its {size} distinct passages {said}. Where these '
        f"do not belong, give the topic exclusions = {draft}."
    )
