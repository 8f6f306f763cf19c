"""Who is often heard: they have something to say of whatever is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.naming.spellings import among

if TYPE_CHECKING:
    from topics.naming.tokens import Tokens

# "Kerry said", "said Kerry": so large a share of the passages that name someone, and so many,
# make a speaker.
_LEAST_HEARD, _LEAST_SPEECHES = 0.08, 5
_SAYS = frozenset(
    {"said", "says", "told", "tells", "added", "warned", "argued", "insisted", "vowed", "tweeted"}
)
_SAYS_FIRST = frozenset({"said", "says"})
# "Kerry has said", "Kerry also said".
_BETWEEN = frozenset({"has", "had", "have", "also", "later"})
_NAME_BEFORE = re.compile(r"\b[A-Z][\w.’'-]*\w$")
_NAME_AFTER = re.compile(r"^[A-Z][\w-]*\w\b")
_NAME = re.compile(r"\b[A-Z][\w-]*\w")


def find_speakers(tokens: Tokens) -> frozenset[str]:
    """Return last names, in lower case, of those who are often heard where they are named.

    A secretary of state speaks of every subject, and is none; a ruler at war hardly speaks.
    """
    spellings, spelled = tokens.spellings, tokens.spelled
    says = np.flatnonzero(among(spelled, _SAYS)[spellings])
    before = says - 1
    before -= among(spelled, _BETWEEN)[spellings[before]]
    names = {"": 0}
    first = _find_names(
        tokens, before, _NAME_BEFORE, lambda name: names.setdefault(name, len(names))
    )
    # A break stands behind the last word of a text.
    after = says[among(spelled, _SAYS_FIRST)[spellings[says]] & (first == 0)] + 1
    second = _find_names(
        tokens, after, _NAME_AFTER, lambda name: names.setdefault(name, len(names))
    )
    heard = np.concatenate((before, after)), np.concatenate((first, second))
    speeches = _count_texts(tokens, *heard, len(names))
    wanted = {one: at for one, at in names.items() if at and speeches[at] >= _LEAST_SPEECHES}
    everywhere = np.arange(len(spellings))
    told = _find_names(tokens, everywhere, _NAME, lambda name: wanted.get(name, 0))
    named = _count_texts(tokens, everywhere, told, len(names))
    return frozenset(one for one, at in wanted.items() if speeches[at] >= _LEAST_HEARD * named[at])


def _find_names(
    tokens: Tokens, places: NDArray[np.int64], name: re.Pattern[str], number: Callable[[str], int]
) -> NDArray[np.int64]:
    """Return the number of the name at each place, 0 where there is none."""
    used = tokens.spellings[places]
    of_spelling = np.zeros(len(tokens.spelled), np.int64)
    for spelling in np.flatnonzero(np.bincount(used, minlength=1)).tolist():
        if found := name.search(tokens.spelled[spelling]):
            of_spelling[spelling] = number(found[0].casefold())
    return of_spelling[used]


def _count_texts(
    tokens: Tokens, places: NDArray[np.int64], names: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Count the texts in which each name stands at one of the places; 0 is none."""
    some = names > 0
    pairs = np.unique(tokens.rows[places[some]] * count + names[some])
    return np.bincount(pairs % count, minlength=count)
