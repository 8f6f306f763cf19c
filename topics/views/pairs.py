"""A pair that is asked about as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.words.alignment import compare
from topics.views.marks import Beside, mark_beside

if TYPE_CHECKING:
    from topics.answers.calibrate import Question


@dataclass(frozen=True)
class PairView:
    """A question.

    Attributes:
        question: What is asked.
        rows: Its two texts side by side.
    """

    question: Question
    rows: tuple[Beside, ...]


def view_pair(question: Question) -> PairView:
    """Lay the two texts of a question side by side."""
    left, right = question.a.text, question.b.text
    return PairView(question, tuple(mark_beside(left, right, compare(left, right).spans)))
