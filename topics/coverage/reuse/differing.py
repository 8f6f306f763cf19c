"""Which words of a paragraph the one laid beside it does not have, and which of them conflict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from embeddings.words.alignment import Comparison

Side = Literal["before", "after"]
# ``same``: in both; ``own``: here alone; ``fact``: the two say different things here.
Kind = Literal["same", "own", "fact"]

# With what opens and closes them: "(AP)", "U.S."
_WORDS = re.compile(r"[(\[“\"‘]*\w(?:.*\w)?(?:[.)\]”\"’]+(?!\w))?", re.DOTALL)


def split_paragraph(paragraph: str, found: Comparison, side: Side) -> Iterator[tuple[str, Kind]]:
    """Yield the parts of a paragraph in order; together they are all of it.

    Args:
        paragraph: One of the two that were compared.
        found: How they compare.
        side: Which of the two it is.
    """
    left = side == "before"
    common = sorted(span[:2] if left else span[2:] for span in found.spans)
    facts = [
        (one.before_start, one.before_end) if left else (one.after_start, one.after_end)
        for one in found.changes
        if any(fact.conflicting for fact in one.facts)
    ]
    place = 0
    for first, after in [*common, (len(paragraph), len(paragraph))]:
        own = paragraph[place:first]
        # Spans are of words: what stands between two of them alone is no difference.
        if worded := _WORDS.search(own):
            yield own[: worded.start()], "same"
            yield worded.group(), "fact" if _meets(facts, place, first) else "own"
            yield own[worded.end() :], "same"
        else:
            yield own, "same"
        yield paragraph[first:after], "same"
        place = after


def _meets(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(max(start, span[0]) < min(end, span[1]) for span in spans)
