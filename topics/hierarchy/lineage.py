"""What became of the topics of the last run: which grew, were born, merged, split or ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# A topic went into another when so much of what is left of it is there now, and it was
# parted in two when so much of it went to each of several.
MERGED_SHARE = 0.5
SPLIT_SHARE = 0.25

Kind = Literal["born", "grew", "shrank", "merged", "split", "ended"]


@dataclass(frozen=True)
class Change:
    """What became of one topic between two runs.

    Attributes:
        kind: ``born``: a new topic, no part of one of before and not merged of several;
            ``grew``, ``shrank``: by its distinct passages; ``merged``: several topics of before
            are mostly in it now; ``split``: a topic of before is parted between it and others,
            or is gone and parted between others; ``ended``: a topic of before is gone and was
            neither merged nor split.
        topic: Id of the topic; of before for ``split`` and ``ended``.
        others: Ids of the topics it was merged from, split into, or went to when it ended.
        before: Distinct passages of before.
        after: Distinct passages now.
    """

    kind: Kind
    topic: int
    others: tuple[int, ...]
    before: int
    after: int


def compare_topics(before: Mapping[bytes, int], after: Mapping[bytes, int]) -> list[Change]:
    """Say what became of the topics.

    Only texts of both runs tell where a topic went; texts that came or left tell that it
    grew or shrank.

    Args:
        before: Topic of each text, by content hash, after the last run.
        after: The same, now; ids carried over by ``topics.hierarchy.identity``.

    Returns:
        Changes in the order of ``Kind``, then by topic.
    """
    old, new = Counter(before.values()), Counter(after.values())
    flows: dict[int, Counter[int]] = {topic: Counter() for topic in old}
    for text, topic in before.items():
        if text in after:
            flows[topic][after[text]] += 1
    sources: dict[int, list[int]] = {}
    parts: dict[int, list[int]] = {}
    for topic, flow in flows.items():
        left = sum(flow.values())
        for into, count in flow.items():
            if count >= MERGED_SHARE * left:
                sources.setdefault(into, []).append(topic)
        # Of a topic that is gone, new ones that are mostly of it are parts, however small.
        least = {
            into: min(SPLIT_SHARE * left, MERGED_SHARE * new[into])
            if topic not in new and into not in old
            else SPLIT_SHARE * left
            for into in flow
        }
        shares = [into for into, count in flow.items() if count >= max(least[into], 2)]
        if len(shares) > 1:
            parts[topic] = sorted(shares)
    promoted = {topic for shared in parts.values() for topic in shared}
    promoted |= {into for into, topics in sources.items() if len(topics) > 1}
    changes = [
        Change("born", topic, (), 0, new[topic])
        for topic in sorted(new.keys() - old.keys() - promoted)
    ]
    for topic in sorted(old.keys() & new.keys()):
        if old[topic] != new[topic]:
            kind: Kind = "grew" if new[topic] > old[topic] else "shrank"
            changes.append(Change(kind, topic, (), old[topic], new[topic]))
    for into, topics in sorted(sources.items()):
        if len(topics) > 1:
            changes.append(Change("merged", into, tuple(sorted(topics)), old[into], new[into]))
    for topic, shared in sorted(parts.items()):
        changes.append(Change("split", topic, tuple(shared), old[topic], new[topic]))
    merged = {topic for change in changes if change.kind == "merged" for topic in change.others}
    for topic in sorted(old.keys() - new.keys() - merged - parts.keys()):
        into_most = tuple(one for one, _ in flows[topic].most_common(1))
        changes.append(Change("ended", topic, into_most, old[topic], 0))
    return changes
