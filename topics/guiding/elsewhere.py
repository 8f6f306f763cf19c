"""Passages on another affair than the one that a whole corpus is on: other wars, other talks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from embeddings.words.gazetteer import find_place
from topics.discovery.adjacency import find_pairs, link_pairs

# "The conflict" of a description is the one that the corpus is on.
_THE_AFFAIR = re.compile(
    r"\bthe (?:civil |armed |ongoing |current )?(?:affair|conflict|crisis|dispute|emergency|"
    r"fighting|insurgency|rebellion|revolt|standoff|unrest|uprising|violence|war)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w.'’-]*\w")
# The corpus is on the country that the most passages name, so many times as often as the next; and
# one that is named half as often is everywhere, as the country of most outlets is.
_LEAD, _EVERYWHERE = 1.3, 0.5
# So many passages before and after say where one is.
_AROUND = 4


def is_of_the_affair(text: str) -> bool:
    """Whether a description speaks of "the conflict" and names no country: the corpus tells it."""
    return bool(_THE_AFFAIR.search(text)) and not _find_countries(text)


def find_elsewhere(texts: Sequence[str], adjacent: NDArray[np.int64] | None) -> NDArray[np.bool_]:
    """Return which passages are on another country than the corpus, bool of shape ``(n,)``.

    A passage is elsewhere where it does not name the country of the corpus, and another is named
    more often in it and around it; or where a smaller share of what is around it names that
    country than of the corpus at large. None are where the corpus is not on one country.

    Args:
        texts: Text of each passage.
        adjacent: Pairs of rows whose passages follow each other in an article, ``(m, 2)``.
    """
    from scipy.sparse import coo_array, eye_array

    named = [_find_countries(text) for text in texts]
    known = Counter(chain.from_iterable(named)).most_common()
    if not known or (len(known) > 1 and known[0][1] < _LEAD * known[1][1]):
        return np.zeros(len(texts), np.bool_)
    wanted = [code for code, count in known[1:] if count < _EVERYWHERE * known[0][1]]
    place = {code: number for number, code in enumerate([known[0][0], *wanted])}
    cells = [(row, place[code]) for row, codes in enumerate(named) for code in codes & place.keys()]
    # Sparse: of a million passages most name no country, and there are two hundred.
    shape = (len(texts), len(place))
    held = coo_array((np.ones(len(cells)), np.array(cells).T), shape=shape).tocsr()
    around = eye_array(len(texts)).tocsr()
    if adjacent is not None and len(adjacent):
        pairs = find_pairs(adjacent, len(texts))
        beside = link_pairs(pairs, np.ones(len(pairs)), len(texts))
        step = around
        for _ in range(_AROUND):
            step = step @ beside
            around = around + (step > 0)
    near = (around @ held).tocsr()
    names, here = (one[:, [0]].toarray().ravel() for one in (held, near))
    apart = np.zeros(len(texts), np.bool_)
    if wanted:
        apart = (names == 0) & (here < near[:, 1:].max(axis=1).toarray().ravel())
    beside = around > 0
    many = np.asarray(beside.sum(axis=1)).ravel()
    named_beside = np.asarray(beside @ names).ravel()
    # Of few around it no share can be told.
    return np.asarray(apart | ((many > _AROUND) & (named_beside < names.mean() * many)))


def _find_countries(text: str) -> set[str]:
    """Return the countries of places that a text names, as two letters."""
    said = [word.replace("’", "'") for word in _WORD.findall(text)]
    folded = [word.casefold() for word in said]
    found: set[str] = set()
    at = 0
    while at < len(said):
        place = find_place(folded, at) if said[at][:1].isupper() else None
        at += 1
        if place is not None:
            found |= place[0].codes
            at = place[1]
    return found
