"""What the user asks of the topics of a corpus."""

from __future__ import annotations

from dataclasses import dataclass

from topics.edits.edits import Edit, list_answers
from topics.guiding.answers import is_taught
from topics.guiding.taxonomy import GuidedTopic


@dataclass(frozen=True)
class Wishes:
    """What the user asked of the topics.

    Attributes:
        guided: Topics of the user's own.
        edits: Changes made by hand, renames left out.
        count: Number of topics to show; ``None`` leaves it to the corpus.
        every: Whether every passage goes to one of the user's topics.
        stability: Whether to measure how far topics return in resampled runs.
    """

    guided: tuple[GuidedTopic, ...] = ()
    edits: tuple[Edit, ...] = ()
    count: int | None = None
    stability: bool = True
    every: bool = False

    @property
    def taught(self) -> dict[str, dict[str, bool]]:
        """Yes and no by content hash, of the user's topics that have answers to learn from."""
        answers = list_answers(self.edits)
        own = [topic.name for topic in self.guided]
        return {name: said for name, said in answers.items() if name in own and is_taught(said)}
