"""Topics as they are kept and as they would be found anew, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topics.cli.options import repeat_db
from topics.cli.output import RIGHT, echo, plain, show_table
from topics.cli.topic_changes import tell_changes

if TYPE_CHECKING:
    from topics.answers.anew import Anew


def print_anew(anew: Anew, db: str) -> None:
    """Print both lists, what would move, and what takes it."""
    before = {topic.id: topic for topic in anew.before}
    after = {topic.id: topic for topic in anew.after}
    echo("\nTopics as they are kept, and as they would be found anew:\n")
    show_table(
        sorted(before.keys() | after.keys(), key=lambda one: (one not in before, one)),
        ("Id", RIGHT, lambda one: one),
        ("Kept", 1, lambda one: plain(before[one].name) if one in before else "-"),
        ("Passages", RIGHT, lambda one: f"{before[one].passages:,}" if one in before else ""),
        ("Anew", 1, lambda one: plain(after[one].name) if one in after else "-"),
        ("Passages", RIGHT, lambda one: f"{after[one].passages:,}" if one in after else ""),
    )
    echo(f"\n{anew.moved:.1%} of the passages would change topic.")
    for line in tell_changes(anew.changes, anew.names):
        echo(f"  {plain(line)}")
    echo(f"Nothing was changed; to take it, type: topicwire cluster --anew --yes{repeat_db(db)}")
