"""When one term is another in part or in another form, so that both would say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

# Forms of one word share so many letters; words of fewer are only ever themselves.
_SHARED = 4
# A longer term displaces a word in it when it makes up this share of the word's use.
_PHRASE_SHARE = 0.4

# Of these the first that a word ends in is left out of its root.
_ENDINGS = ("ings", "ies", "ing", "ied", "als", "es", "ed", "al", "s", "e", "y")
_BY_LAST = {
    letter: tuple(one for one in _ENDINGS if one.endswith(letter))
    for letter in {ending[-1] for ending in _ENDINGS}
}

Words = tuple[str, ...]


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: weapon, weapons; Syria, Syrian; Turkey, Turkish.

    They share their beginning, all but two letters of the shorter and no less than four.
    """
    shorter = min(len(one), len(other))
    shared = max(_SHARED, shorter - 2)
    if one == other or one + "s" == other or one == other + "s":
        return True
    return shorter >= shared and one[:shared] == other[:shared]


@lru_cache(maxsize=1 << 17)
def find_root(word: str) -> str:
    """Return what forms of a word have in common: release, releases, released."""
    for ending in _BY_LAST.get(word[-1:], ()):
        if word.endswith(ending) and len(word) - len(ending) >= _SHARED:
            return word[: -len(ending)]
    return word


def is_part(one: Words, other: Words) -> bool:
    """Whether every word of one term is, in some form, in the other."""
    return _holds(split_words(other), split_words(one))


@lru_cache(maxsize=1 << 16)  # the same terms come up in topic after topic
def split_words(words: Words) -> Words:
    """Return the words of a term, hyphenated ones in parts ("al-Assad", "Assad")."""
    return tuple(part for word in words for part in word.split("-") if part)


def share_a_word(one: str, other: str) -> bool:
    """Whether two phrases have a word in common, in any form, or one is the other's letters."""
    words = split_words(tuple(other.casefold().split()))
    for short, long in ((one, other), (other, one)):
        if short.casefold() == "".join(word[0] for word in long.split()).casefold():
            return True
    return any(
        alike(word, its) for word in split_words(tuple(one.casefold().split())) for its in words
    )


class KnownTerms:
    """Terms that a new one is held against, found by the beginnings of their words."""

    def __init__(self) -> None:
        self._parts: dict[int, Words] = {}
        self._by_beginning: dict[str, set[int]] = {}

    def add(self, number: int, words: Words) -> None:
        """Take a term in; ``number`` is what it is found by."""
        parts = split_words(words)
        self._parts[number] = parts
        for part in parts:
            self._by_beginning.setdefault(part[:_SHARED], set()).add(number)

    def find(self, words: Words) -> list[int]:
        """Return the terms that hold this one or are held by it, by their numbers."""
        parts = split_words(words)
        near: set[int] = set()
        for part in parts:
            near |= self._by_beginning.get(part[:_SHARED], set())
        return [
            number
            for number in sorted(near)
            if _holds(self._parts[number], parts) or _holds(parts, self._parts[number])
        ]


def _holds(longer: Words, shorter: Words) -> bool:
    return all(any(alike(word, its) for its in longer) for word in shorter)


def drop_fragments(
    ranked: Sequence[int], counts: Mapping[int, int], words: Sequence[Words]
) -> list[int]:
    """Keep, of terms that are part of one another, the better one.

    The longer one, where it makes up much of the use of the shorter; else the one that
    stands first.

    Args:
        ranked: Numbers of terms, best first.
        counts: Passages that hold each.
        words: Words of each term.
    """
    kept: list[int] = []
    seen = KnownTerms()
    for term in ranked:
        places = seen.find(words[term])
        if not places:
            seen.add(len(kept), words[term])
            kept.append(term)
            continue
        place = places[0]
        much = counts[term] >= _PHRASE_SHARE * counts[kept[place]]
        if much and len(words[term]) > len(words[kept[place]]):
            kept[place] = term
            seen.add(place, words[term])
    # A longer term put in another's place may hold one that was kept after it.
    unique: list[int] = []
    seen = KnownTerms()
    for term in kept:
        if not seen.find(words[term]):
            seen.add(len(unique), words[term])
            unique.append(term)
    return unique
