"""Parts of speech of words in their place: Brill's tagger, its lexicon and its rules.

Eric Brill (1992), A simple rule-based part of speech tagger. Each word has the tag it mostly has
(Penn Treebank's, by the lexicon, or by its form where it is not in it); then rules change tags by
the words and tags beside them, here each rule at once for all places.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce
from importlib import resources
from operator import and_, or_
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# What a word is by its ending, where the lexicon does not say; the first that holds. ``parts.tsv``
# leaves out the words of which this is true.
_ENDINGS = (
    *(("ly", "RB"), ("ing", "VBG"), ("ed", "VBN"), ("al", "JJ"), ("ble", "JJ"), ("ic", "JJ")),
    *(("ive", "JJ"), ("ful", "JJ"), ("ous", "JJ"), ("less", "JJ"), ("ish", "JJ"), ("ss", "NN")),
    *(("us", "NN"), ("is", "NN"), ("s", "NNS")),
)
_BY_LAST = {
    letter: tuple(one for one in _ENDINGS if one[0].endswith(letter))
    for letter in {ending[-1] for ending, _ in _ENDINGS}
}
_SHORTEST = 4
# Where a rule looks, from the word that it changes: a place, and whether at its tag or the word
# itself. All must hold, or one of them where the rule says "or".
_LOOKS: dict[str, tuple[tuple[int, bool], ...]] = {
    "PREVTAG": ((-1, True),),
    "NEXTTAG": ((1, True),),
    "PREV2TAG": ((-2, True),),
    "NEXT2TAG": ((2, True),),
    "PREV1OR2TAG": ((-1, True), (-2, True)),
    "NEXT1OR2TAG": ((1, True), (2, True)),
    "PREV1OR2OR3TAG": ((-1, True), (-2, True), (-3, True)),
    "SURROUNDTAG": ((-1, True), (1, True)),
    "CURWD": ((0, False),),
    "PREVWD": ((-1, False),),
    "NEXTWD": ((1, False),),
    "PREV1OR2WD": ((-1, False), (-2, False)),
    "WDPREVTAG": ((-1, True), (0, False)),
    "WDNEXTTAG": ((0, False), (1, True)),
    "WDAND2AFT": ((0, False), (2, False)),
    "WDAND2TAGBFR": ((-2, True), (0, False)),
    "WDAND2TAGAFT": ((0, False), (2, True)),
    "LBIGRAM": ((-1, False), (0, False)),
    "RBIGRAM": ((0, False), (1, False)),
    "PREVBIGRAM": ((-2, True), (-1, True)),
    "NEXTBIGRAM": ((1, True), (2, True)),
}
_BREAK = "STAART"
# A noun becomes a verb where it may be one, and a verb a noun (Brill's tagger keeps to the tags
# that a word is known by).
_VERBAL, _NOMINAL = "NN/VB", "VB/NN"
# "The rebels attack the town", but "the chemical weapons attack was denied".
_OBJECTS = frozenset({"DT", "PRP", "PRP$", "NN", "NNS", "NNP", "JJ", "CD", "RB"})
_BARE_VERBS = frozenset({"VB", "VBP"})
FARTHEST = 3
"""So far from a token a rule looks."""


class _Rule(NamedTuple):
    """Change one tag to another where what is looked at holds."""

    old: str
    new: str
    looks: tuple[tuple[int, bool], ...]
    wanted: tuple[str, ...]
    any_of: bool


def guess(word: str) -> str:
    """Return the tag of a word by its form alone."""
    if word[:1].isupper():
        return "NNP"
    if word[:1].isdigit():
        return "CD"
    if len(word) >= _SHORTEST:
        for ending, tag in _BY_LAST.get(word[-1], ()):
            if word.endswith(ending):
                return tag
    return "NN"


def is_adjective(name: str) -> bool:
    """Whether a word in capitals is mostly an adjective: Syrian, Turkish."""
    return _read_lexicon()[0].get(name) == "JJ"


def tag_tokens(
    spellings: NDArray[np.int64],
    spelled: Sequence[str],
    breaks: NDArray[np.bool_],
    plain: NDArray[np.bool_],
) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """Tag tokens in line.

    Args:
        spellings: Spelling of each token, by number.
        spelled: Spellings by number, without possessive endings.
        breaks: Whether each token ends a sentence or text, shape of ``spellings``.
        plain: Whether a capital says nothing where each token stands: at the beginning of a
            sentence, in a headline.

    Returns:
        int8, the tag of each token; and the tags by number.
    """
    (lexicon, verbs, nouns), rules, names = _read_lexicon(), _read_rules(), _list_tags()
    number = {tag: place for place, tag in enumerate(names)}
    inside = [number[_look_up(word, lexicon)] for word in spelled]
    # A capital at the start of a sentence says nothing.
    start = [
        number[_look_up_lower(word, lexicon)] if word[:1].isupper() else tag
        for word, tag in zip(spelled, inside, strict=True)
    ]
    tags = np.where(
        plain, np.array(start, np.int8)[spellings], np.array(inside, np.int8)[spellings]
    )
    tags[breaks] = number[_BREAK]
    folded = [word.casefold() for word in spelled]
    verbal = np.array([word in verbs for word in folded], dtype=bool)
    nominal = np.array(
        [lexicon.get(word) not in _BARE_VERBS or word in nouns for word in folded], dtype=bool
    )
    opens = np.array([name in _OBJECTS for name in names], dtype=bool)
    # So that each rule may look beyond both ends.
    padded = np.full(len(tags) + 2 * FARTHEST, number[_BREAK], np.int8)
    padded[FARTHEST : len(padded) - FARTHEST] = tags
    # The words that rules ask for, by number.
    asked = {
        word.casefold(): place
        for place, word in enumerate({word for rule in rules for word in rule.wanted})
    }
    said = np.full(len(padded), -1, np.int16)
    of_word = np.array([asked.get(word, -1) for word in folded], np.int16)
    said[FARTHEST : len(said) - FARTHEST] = of_word[spellings]
    frozen = padded == number[_BREAK]

    def look(offset: int, line: NDArray[Any], wanted: int) -> NDArray[np.bool_]:
        """Return from which tokens what is wanted stands at an offset."""
        beside = line[FARTHEST + offset : len(line) - FARTHEST + offset]
        return np.asarray(beside == wanted)

    for rule in rules:
        holds = [
            look(offset, padded, number.get(wanted, -1))
            if by_tag
            else look(offset, said, asked[wanted.casefold()])
            for (offset, by_tag), wanted in zip(rule.looks, rule.wanted, strict=True)
        ]
        held = reduce(or_ if rule.any_of else and_, holds)
        at = np.flatnonzero(held & look(0, padded, number[rule.old]))
        if rule.old.startswith("NN") and rule.new.startswith("VB"):
            at = at[verbal[spellings[at]]]
            if rule.new == "VBP":
                at = at[opens[padded[at + FARTHEST + 1]]]
        elif rule.old in _BARE_VERBS and rule.new == "NN":
            at = at[nominal[spellings[at]]]
        padded[at + FARTHEST] = number[rule.new]
    padded[frozen] = number[_BREAK]
    return padded[FARTHEST : len(padded) - FARTHEST], names


def _look_up_lower(word: str, lexicon: dict[str, str]) -> str:
    """Return the tag that a word mostly has of which a capital says nothing."""
    lower = word.casefold()
    return lexicon.get(lower) or lexicon.get(word) or guess(lower)


def _look_up(word: str, lexicon: dict[str, str]) -> str:
    """Return the tag that a word mostly has."""
    last = word.rsplit("-", 1)[-1]
    if last == word or not last:
        return lexicon.get(word) or guess(word)
    # "Moscow-backed" as "backed", "no-fly" as an adjective; "cease-fire" as "fire".
    end = lexicon.get(last) or guess(last)
    return end if end.startswith("N") else "JJ"


@cache
def _read_lexicon() -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    """Return the tags of words, the nouns that may be verbs, and the verbs that may be nouns.

    What is a plural of such a noun by its form may be a verb, too.
    """
    text = (resources.files("topics.naming") / "parts.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    listed = {tag: words.split() for tag, words in lines}
    verbs, nouns = (frozenset(listed.pop(kind)) for kind in (_VERBAL, _NOMINAL))
    verbs = frozenset(verb + ending for verb in verbs for ending in ("", "s", "es"))
    return {word: tag for tag, words in listed.items() for word in words}, verbs, nouns


@cache
def _list_tags() -> tuple[str, ...]:
    tags = {_BREAK, "NN", "NNS", "NNP", "NNPS", "CD", *_read_lexicon()[0].values()}
    tags |= {tag for _, tag in _ENDINGS}
    tags |= {tag for rule in _read_rules() for tag in (rule.old, rule.new)}
    return tuple(sorted(tags))


@cache
def _read_rules() -> tuple[_Rule, ...]:
    text = (resources.files("topics.naming") / "rules.tsv").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        old, new, kind, *wanted = line.split()
        looks = _LOOKS[kind]
        any_of = "OR" in kind
        values = wanted * len(looks) if any_of else wanted[: len(looks)]
        found.append(_Rule(old, new, looks, tuple(values), any_of))
    return tuple(found)
