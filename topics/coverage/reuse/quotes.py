"""Words between quotation marks that several articles repeat: said by one speaker, to all.

Two outlets that quote one sentence need not have read each other; such words are counted
apart from copying.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.text.keeping import keep_value, key_of
from embeddings.text.wording import find_starts, read_many

# Fewer words in quotation marks are a term ("red line") or a title.
LEAST_QUOTED = 5

Span = tuple[int, int]

# A quotation that goes on in the next paragraph has no closing mark in this one. Each branch
# begins with a mark, so that the text between is passed over fast.
_QUOTED = re.compile(
    r"“(?P<a>[^“”]+)(?:”|$)"
    r"|„(?P<b>[^“”„]+)(?:[“”]|$)"
    r"|«(?P<c>[^«»]+)(?:»|$)"
    r"|\"(?<!\w\")(?P<d>[^\"]+)(?:\"|$)"
    # A British single quotation mark is closed by what is an apostrophe inside a word.
    r"|‘(?<!\w‘)(?P<e>(?:[^‘’“”]|’(?=\w))+)(?:’|$)"
    r"|'(?<![\w']')(?=[\w\[])(?P<f>(?:[^'\"“”]|'(?=\w))+)'(?!\w)"
)


def find_quotations(text: str) -> list[Span]:
    """Return where the quotations of a paragraph stand, marks left out.

    Curly and straight marks, double and single, and guillemets; one that is not closed goes
    on to the end, but for a straight single one. Only those of ``LEAST_QUOTED`` words or more.
    """
    if not _has_marks(text):
        return []
    spans = [match.span(match.lastgroup or 0) for match in _QUOTED.finditer(text)]
    # About one space between two words: counts well enough and costs little.
    return [span for span in spans if text.count(" ", *span) >= LEAST_QUOTED - 1]


def find_shared_quotes(texts: Sequence[str], documents: Sequence[int]) -> NDArray[np.int64]:
    """Find the words of quotations that stand in quotations of other documents too.

    Args:
        texts: Paragraph bodies.
        documents: Number of the document of each.

    Returns:
        int64 of shape ``(n, 3)``: number of the text, the first word and the one after the last
        of each stretch of ``LEAST_QUOTED`` words or more, in order and disjoint.
    """
    spans = [(number, *span) for number, text in enumerate(texts) for span in find_quotations(text)]
    quotes = read_many(texts[number][start:end] for number, start, end in spans)
    hashes, offsets = quotes.shingles(LEAST_QUOTED)
    owners = np.array([documents[number] for number, _, _ in spans], dtype=np.int64)
    shared = runs_in_two(hashes, np.repeat(owners, np.diff(offsets)))
    found: list[tuple[int, int, int]] = []
    first_of: dict[int, int] = {}
    for place, (number, _, _) in enumerate(spans):
        first_of.setdefault(number, place)
    for place in sorted(
        set((np.searchsorted(offsets, np.flatnonzero(shared), "right") - 1).tolist())
    ):
        number = spans[place][0]
        first, _ = _find_words(texts[number])[place - first_of[number]]
        begins = np.flatnonzero(shared[offsets[place] : offsets[place + 1]]) + first
        # Runs that overlap or touch are one stretch.
        runs = np.split(begins, np.flatnonzero(np.diff(begins) > LEAST_QUOTED) + 1)
        found += [(number, int(run[0]), int(run[-1]) + LEAST_QUOTED) for run in runs]
    return np.array(found, np.int64).reshape(-1, 3)


def runs_in_two(hashes: NDArray[np.uint64], owners: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which runs of words stand in more than one document.

    Args:
        hashes: uint64 of shape ``(n,)``: the runs.
        owners: int64 of shape ``(n,)``: the document of each.

    Returns:
        bool of shape ``(n,)``.
    """
    found = np.zeros(len(hashes), bool)
    if len(hashes):
        order = np.argsort(hashes)
        runs = hashes[order]
        starts = np.flatnonzero(np.append(True, runs[1:] != runs[:-1]))
        sizes = np.diff(np.append(starts, len(runs)))
        holders = owners[order]
        several = np.minimum.reduceat(holders, starts) < np.maximum.reduceat(holders, starts)
        found[order] = np.repeat(several, sizes)
    return found


def flag_quoted(text: str, words: int) -> NDArray[np.bool_]:
    """Tell which words of a paragraph stand in its quotations: bool of shape ``(words,)``."""
    flags = np.zeros(words, bool)
    for first, after in _find_words(text) if _has_marks(text) else ():
        flags[first:after] = True
    return flags


def _find_words(text: str) -> list[tuple[int, int]]:
    """Return the first word of each quotation, and the one after the last: kept from run to run."""

    def find() -> list[tuple[int, int]]:
        starts = find_starts(text)
        spans = find_quotations(text)
        return [(bisect_left(starts, start), bisect_left(starts, end)) for start, end in spans]

    found: list[tuple[int, int]] = keep_value("quoted words 1", key_of(text), find)
    return found


def _has_marks(text: str) -> bool:
    # Said one by one, they are looked for five times as fast as by a generator.
    return '"' in text or "“" in text or "‘" in text or "'" in text or "«" in text or "„" in text
