"""Hits of a search as a page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from topics.views.marks import mark_spans

if TYPE_CHECKING:
    from markupsafe import Markup

    from embeddings.search.hits import Hit


@dataclass(frozen=True)
class HitView:
    """A hit.

    Attributes:
        hit: What was found.
        text: The passage, with the words marked that were looked for.
    """

    hit: Hit
    text: Markup


def view_hits(hits: Sequence[Hit]) -> list[HitView]:
    """Mark what was looked for in hits."""
    return [HitView(one, mark_spans(one.text, one.matches)) for one in hits]
