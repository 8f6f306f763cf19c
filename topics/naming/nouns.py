"""How much a word is used as a noun or a name, from its form and the words beside it."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

_DETERMINERS = frozenset(
    """
    the a an this these those his her its their our my your no any some every each
    """.split()  # noqa: SIM905 - a list literal would be 18 lines, here and below
)
_PREPOSITIONS = frozenset(
    """
    of in on at for with by from between against over under into about across near
    inside outside during after before through
    """.split()  # noqa: SIM905
)
# What stands before a verb ("they fled", "would flee"), and after one ("shelled the").
_BEFORE_VERBS = frozenset(
    """
    would could will can may might must should shall cannot he she they we i you it who not
    don't didn't doesn't won't can't couldn't wouldn't let also never then
    """.split()  # noqa: SIM905
)
_OBJECTS = frozenset(
    """
    the a an his her their its our them him us me it that
    """.split()  # noqa: SIM905
)
# What stands before participles and adjectives ("was ready"), and after a subject.
_BEING = frozenset(
    """
    is are was were be been being has have had get got very so too more
    """.split()  # noqa: SIM905
)
_AFTER_SUBJECTS = frozenset(
    """
    is are was were has have had will would of
    """.split()  # noqa: SIM905
)
# Adverbs that no ending tells: beside a noun or at the end of a phrase they look like one ("find a
# way together"), in capitals they are part of a name.
_ADVERBS = frozenset(
    """
    abroad afterward afterwards again ahead alike alone along alongside aloud altogether anew
    anymore anyway anywhere apart aside away backwards beforehand besides downward elsewhere
    everywhere forth forward forwards furthermore hence henceforth indeed indoors instead
    likewise maybe meantime meanwhile moreover nevertheless nonetheless nowadays nowhere
    otherwise outdoors outright overnight overseas perhaps sideways someday somehow sometime
    sometimes somewhat somewhere thereafter thereby therefore thus together twice upward
    """.split()  # noqa: SIM905
)
# Nouns without content of their own: what stands before one is no noun ("the fiscal year").
_WEAK_NOUNS = frozenset(
    """
    day days end evening hour hours kind kinds lot man men month months morning night number
    part people percent sort thing things time times way ways week weekend weeks woman women
    year years
    """.split()  # noqa: SIM905
)
# Evidence that each form stands for before any use is seen, in uses against the noun.
_ADVERB = 3.0
_FORMS = (("ly", _ADVERB), ("ed", 1.5), ("ing", 1.0))
_SHORTEST_FORM = 5


def weigh_nouns(
    words: NDArray[np.int64],
    capital: NDArray[np.bool_],
    headline: NDArray[np.bool_],
    vocabulary: Sequence[str],
    strong: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Estimate the share of each word's uses that are as a noun, without a tagger.

    For it: after a determiner or preposition and before no further word of content
    ("of refugees,"), at the end of such a phrase, before "of" or "were", and in capitals
    within a sentence. Against it: after a pronoun, a modal verb or "to", before an
    object, after "was", the endings -ed, -ing and -ly, and adverbs without one. English only:
    in another language all words come out alike.

    Args:
        words: int64, word numbers of all texts in line, 0 for a break.
        capital: Whether each begins with a capital.
        headline: Whether each stands where all words do, so that it says nothing.
        vocabulary: Words by number.
        strong: Whether each word of the vocabulary has content.

    Returns:
        Three arrays of shape ``(vocabulary,)``: float64 shares of uses as a noun, half
        where nothing is known; float64 shares of uses as a noun or before one ("the final
        decision"); whether the word is mostly in capitals within sentences: a name.
    """
    size = len(vocabulary)
    # Cut after the break is added, so that no words at all stay none.
    before = np.append(0, words)[:-1]
    farther = np.append(0, before)[:-1]
    after = np.append(words, 0)[1:]
    opens = among(vocabulary, _DETERMINERS | _PREPOSITIONS)
    closed = ~strong[after] & ~among(vocabulary, _WEAK_NOUNS)[after]
    inside = (before != 0) & ~headline
    name = capital & inside
    plain = ~capital
    noun = 1.0 * (opens[before] & closed)
    noun += 0.5 * (opens[farther] & strong[before] & closed)
    noun += among(vocabulary, _AFTER_SUBJECTS)[after]
    adverb = among(vocabulary, _ADVERBS)
    noun[adverb[words]] = 0.0
    noun += name
    other = 1.0 * among(vocabulary, _BEFORE_VERBS)[before]
    other += 0.5 * among(vocabulary, {"to"})[before]
    other += 0.7 * (among(vocabulary, _OBJECTS)[after] & ~opens[before])
    other += 0.7 * among(vocabulary, _BEING)[before]
    # "The final decision", but "the oil price" too.
    leading = 0.25 * (opens[before] & ~closed & plain)
    for_it = np.bincount(words, noun, minlength=size)
    against = np.bincount(words, other * plain, minlength=size) + _ADVERB * adverb
    lead = np.bincount(words, leading, minlength=size)
    for ending, weight in _FORMS:
        formed = [word.endswith(ending) and len(word) >= _SHORTEST_FORM for word in vocabulary]
        against += weight * np.array(formed)
    names = np.bincount(words, name, minlength=size)
    within = np.bincount(words, inside, minlength=size)
    named = (names > 0) & (names >= 0.6 * within)
    uses = for_it + lead + against + 1.0
    return (for_it + 0.5) / uses, (for_it + lead + 0.5) / uses, named


def among(vocabulary: Sequence[str], group: Set[str]) -> NDArray[np.bool_]:
    """Return which words of a vocabulary are in a group."""
    return np.array([word in group for word in vocabulary], dtype=bool)
