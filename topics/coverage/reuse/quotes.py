"""Words between quotation marks that several articles repeat: said by one speaker, to all.

Two outlets that quote one sentence need not have read each other; such words are counted
apart from copying.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import WordedTexts, read_many, read_words

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
    found = []
    for match in _QUOTED.finditer(text):
        group = match.lastgroup or "a"
        # About one space between two words: counts well enough and costs little.
        if match[group].count(" ") >= LEAST_QUOTED - 1:
            found.append(match.span(group))
    return found


def find_shared_quotes(
    texts: Sequence[str],
    documents: Sequence[str | int],
    asked: Collection[int] | None = None,
) -> dict[int, tuple[Span, ...]]:
    """Find the words of quotations that stand in quotations of other documents too.

    Args:
        texts: Paragraph bodies.
        documents: The document of each.
        asked: Numbers of the texts asked about, all by default.

    Returns:
        By number of the text: the first word and the one after the last of each stretch of
        ``LEAST_QUOTED`` words or more, in order and disjoint. Texts without one are left out.
    """
    own = set(range(len(texts)) if asked is None else asked)
    if not any(_spans(texts[number]) for number in own):
        return {}
    spans = [(number, *span) for number, text in enumerate(texts) for span in _spans(text)]
    quotes = read_many(texts[number][start:end] for number, start, end in spans)
    ids = {name: place for place, name in enumerate(dict.fromkeys(documents))}
    owners = np.array([ids[documents[number]] for number, _, _ in spans], dtype=np.int64)
    found: dict[int, list[Span]] = {}
    starts: tuple[int, ...] = ()
    for quote, stretches in _shared_runs(quotes, owners):
        number, start, _ = spans[quote]
        if number not in own:
            continue
        # Quotations come in the order of their texts.
        if number not in found:
            starts = read_words(texts[number]).starts
        first = bisect_left(starts, start)
        found.setdefault(number, []).extend((first + a, first + b) for a, b in stretches)
    return {number: tuple(found[number]) for number in sorted(found)}


def _spans(text: str) -> list[Span]:
    return find_quotations(text) if any(mark in text for mark in "\"“„«‘'") else []


def _shared_runs(
    quotes: WordedTexts, owners: NDArray[np.int64]
) -> Iterator[tuple[int, list[Span]]]:
    """Yield each quotation that shares words, and the stretches of words that it shares."""
    hashes, offsets = quotes.shingles(LEAST_QUOTED)
    if not len(hashes):
        return
    quote = np.repeat(np.arange(len(quotes)), np.diff(offsets))
    shared = runs_in_two(hashes, owners[quote])
    for number in np.unique(quote[shared]).tolist():
        begins = np.flatnonzero(shared[offsets[number] : offsets[number + 1]])
        yield number, join_runs(begins.tolist(), LEAST_QUOTED)


def runs_in_two(hashes: NDArray[np.uint64], owners: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which runs of words stand in more than one document.

    Args:
        hashes: uint64 of shape ``(n,)``: the runs.
        owners: int64 of shape ``(n,)``: the document of each.

    Returns:
        bool of shape ``(n,)``.
    """
    order = np.lexsort((owners, hashes))
    sorted_hashes, sorted_owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.append(True, sorted_hashes[1:] != sorted_hashes[:-1]))
    sizes = np.diff(np.append(starts, len(hashes)))
    several = sorted_owners[starts] != sorted_owners[starts + sizes - 1]
    shared = np.zeros(len(hashes), bool)
    shared[order] = np.repeat(several, sizes)
    return shared


def join_runs(begins: Sequence[int], size: int) -> list[Span]:
    """Join runs of ``size`` words that overlap or touch; ``begins`` is sorted."""
    joined: list[Span] = []
    for begin in begins:
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], begin + size
        else:
            joined.append((begin, begin + size))
    return joined


def flag_quoted(text: str, words: int) -> NDArray[np.bool_]:
    """Tell which words of a paragraph stand in its quotations: bool of shape ``(words,)``."""
    flags = np.zeros(words, bool)
    if spans := _spans(text):
        starts = read_words(text).starts
        for start, end in spans:
            flags[bisect_left(starts, start) : bisect_left(starts, end)] = True
    return flags
