"""What became of the topics, since the last run in words, and of all that is noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from topics.cli.output import RIGHT, plain, show_table, time_of

if TYPE_CHECKING:
    from topics.hierarchy.lineage import Change
    from topics.pipeline.kept_tables import TopicEvent

# Lines told; the rest are counted and stand in the JSON.
MOST_LINES = 12


def tell_changes(changes: Sequence[Change], names: Mapping[int, str]) -> list[str]:
    """Return a line for each change, ``MOST_LINES`` at most, and one that counts the rest.

    Args:
        changes: From ``topics.hierarchy.lineage.compare_topics``.
        names: Of the topics in them, by id.
    """
    # What was merged or split is larger or smaller for it.
    more = {change.topic for change in changes if change.kind in ("merged", "split")}
    lines = [
        _tell(change, names)
        for change in changes
        if change.kind not in ("grew", "shrank") or change.topic not in more
    ]
    left = len(lines) - MOST_LINES
    return lines if left <= 0 else [*lines[:MOST_LINES], f"and {left} more changes (--json)."]


def _tell(change: Change, names: Mapping[int, str]) -> str:
    def name(topic_id: int) -> str:
        return f"{topic_id} {names[topic_id]}"

    others = "; ".join(name(one) for one in change.others)
    own = name(change.topic)
    if change.kind == "born":
        return f"born: {own} ({change.after})"
    if change.kind == "merged":
        others = "; ".join(name(one) for one in change.others if one != change.topic)
        return f"merged into {own}: {others}"
    if change.kind == "split":
        return f"split: {own} into {others}"
    if change.kind == "ended":
        return f"ended: {own} ({change.before})" + (f", mostly now in {others}" if others else "")
    return f"{change.kind}: {own} ({change.before} to {change.after})"


def show_events(events: Sequence[TopicEvent]) -> None:
    """Print what made, moved and ended topics, a line each."""
    show_table(
        events,
        ("when", 0, lambda one: time_of(one.at)),
        ("what", 0, lambda one: one.kind),
        ("topic", 1, lambda one: f"{one.topic} {plain(one.name)}" if one.topic else "all"),
        ("passages", RIGHT, lambda one: f"{one.passages:,}"),
        ("why", 1, lambda one: plain(one.reason)),
    )
