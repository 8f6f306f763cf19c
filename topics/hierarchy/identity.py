"""Topic ids that follow their members from run to run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

# Two topics are one and the same when they share at least this part of their union (Jaccard).
# A third is what two halves of equal size share with one of the two enlarged by as much again.
LEAST_OVERLAP = 1 / 3


@dataclass(frozen=True)
class TopicKey:
    """What a topic is recognised by.

    Attributes:
        members: Content hashes of its passages.
        guided: The user's name for it, or ``""`` for a discovered one.
        shown: It stands on the level that is shown when none is asked for.
        size: Number of its passages, where ``members`` are only some of them; else 0.
    """

    members: Set[bytes]
    guided: str = ""
    shown: bool = True
    size: int = 0

    def overlap(self, shared: int, other: int) -> float:
        """Return the Jaccard similarity with a topic, estimated where members are a part.

        Args:
            shared: Members that are the other topic's too.
            other: The other topic's number of members.
        """
        if not self.size:
            return shared / (len(self.members) + other - shared)
        return shared / len(self.members) * min(self.size, other) / max(self.size, other)


def carry_ids(
    before: Mapping[int, TopicKey], after: Sequence[TopicKey], first_free: int
) -> list[int]:
    """Give each new topic the id of the old one it continues, or a fresh id.

    A guided topic continues the one of its name. Discovered topics are matched by shared
    members, the greatest Jaccard similarity first; each old id is given once. Topics that
    are shown and were shown go before all others: a reader knows them by their ids.

    Args:
        before: The last run's topics by id.
        after: This run's topics.
        first_free: The lowest id never given yet.

    Returns:
        An id for each of ``after``.
    """
    ids: dict[int, int] = {}
    names = {key.guided: topic_id for topic_id, key in before.items() if key.guided}
    for row, key in enumerate(after):
        if key.guided and key.guided in names:
            ids[row] = names[key.guided]
    holders: dict[bytes, list[int]] = {}
    for topic_id, old in before.items():
        if not old.guided:
            for member in old.members:
                holders.setdefault(member, []).append(topic_id)
    pairs = []
    for row, key in enumerate(after):
        if key.guided:
            continue
        shared = Counter(one for member in key.members for one in holders.get(member, ()))
        for topic_id, count in shared.items():
            overlap = before[topic_id].overlap(count, len(key.members))
            if overlap >= LEAST_OVERLAP:
                unseen = not (key.shown and before[topic_id].shown)
                pairs.append((unseen, -overlap, topic_id, row))
    given: set[int] = set(ids.values())
    for *_, topic_id, row in sorted(pairs):
        if row not in ids and topic_id not in given:
            ids[row] = topic_id
            given.add(topic_id)
    for row in range(len(after)):
        if row not in ids:
            ids[row] = first_free
            first_free += 1
    return [ids[row] for row in range(len(after))]


def count_moved(before: Mapping[bytes, int], after: Mapping[bytes, int]) -> int:
    """Return the number of texts present in both runs whose topic id changed."""
    return sum(before[key] != after[key] for key in before.keys() & after.keys())
