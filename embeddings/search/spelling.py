"""Words that no passage has: those misspelt once, by the words that passages have, and the rest.

A word is never replaced that stands in a passage. What is taken for it is one letter away (one
more, less or another, or two that changed places: Damerau, 1964) and begins with the same letter,
which is seldom the one that is wrong. For a word with a capital, which may be a name, no other
word is taken than a name.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.corpus.citations import read_bodies
from embeddings.corpus.full_text import count_words, find_word, split_phrases
from embeddings.search.phrases import find_words
from embeddings.search.query import TypedQuery, parse_query
from embeddings.text.scripts import index_form, is_unspaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from embeddings.corpus.store import CorpusStore

# A shorter word is one letter away from too many; a longer one is none that people type, and
# what is one letter away from it grows with the square of its length.
_SHORTEST, _LONGEST = 4, 24
_LETTERS = re.compile(r"[^\W\d_]+")
# What stands in one passage alone may be a slip of its own.
_FEWEST = 2
# Passages from which the form of a word is taken.
_LOOKED_AT = 50


@dataclass(frozen=True)
class Spelling:
    """A query as it can be answered.

    Attributes:
        query: With the words that passages have in place of those misspelt.
        notes: What was replaced, and what stands in no passage, a sentence each.
    """

    query: TypedQuery
    notes: tuple[str, ...]


def mend_query(store: CorpusStore, query: TypedQuery) -> Spelling:
    """Replace words of a query that no passage has; a text is left as it is.

    Phrases, titles and outlets are looked for as they are typed.
    """
    if query.is_text:
        return Spelling(query, ())
    found = [(word, start) for word, start in find_words(query.plain)]
    absent = _find_absent(store, {word for word, _ in found})
    typed = query.typed
    better = {word: _mend_word(store, word) for word in absent}
    for word, start in reversed(found):
        if new := better.get(word, ""):
            typed = typed[:start] + new + typed[start + len(word) :]
    notes = [
        f"No passage has '{word}'; searched for '{new}'." for word, new in better.items() if new
    ]
    if missing := [f"'{word}'" for word, new in better.items() if not new]:
        notes.append(f"No passage has {' or '.join(missing)}.")
    return Spelling(parse_query(typed), tuple(notes))


def _find_absent(store: CorpusStore, words: Iterable[str]) -> list[str]:
    """Return the words of which some part stands in no passage, in their order."""
    listed = sorted(word for word in words if not is_unspaced(word))
    parts = {word: split_phrases([index_form(word)]) for word in listed}
    counts = count_words(store, {term for terms in parts.values() for one in terms for term in one})
    return [
        word
        for word, terms in parts.items()
        if any(term not in counts for one in terms for term in one)
    ]


def _mend_word(store: CorpusStore, word: str) -> str:
    """Return the word of the passages that is one slip away, or ``""``."""
    plain = word.casefold()
    if not _SHORTEST <= len(plain) <= _LONGEST or not plain.isalpha():
        return ""
    slips = sorted(_list_slips(plain))
    stems = {
        slip: terms[0]
        for slip, terms in zip(
            slips, split_phrases([index_form(one) for one in slips]), strict=True
        )
    }
    counts = count_words(store, stems.values())
    likely = [one for one in slips if counts.get(stems[one], 0) >= _FEWEST]
    best = max(likely, key=lambda one: counts[stems[one]], default="")
    if not best:
        return ""
    forms = [one for one in likely if stems[one] == stems[best]]
    best, is_name = _choose_form(store, forms, stems[best])
    if not word[0].isupper():
        return best
    if not is_name:
        return ""
    return best.upper() if word.isupper() else best.capitalize()


def _choose_form(store: CorpusStore, forms: list[str], stem: str) -> tuple[str, bool]:
    """Return which of the forms of one word passages have most, and whether it is a name there."""
    ids = list(dict.fromkeys(find_word(store, stem).tolist()))[:_LOOKED_AT]
    words = Counter(_LETTERS.findall(index_form(" ".join(read_bodies(store, ids).values()))))
    folded = Counter[str]()
    for word, often in words.items():
        folded[word.casefold()] += often
    best = max(forms, key=folded.__getitem__)
    return best, words[best.capitalize()] > words[best]


def _list_slips(word: str) -> set[str]:
    """Return all that is one slip away from a word and begins as it does."""
    letters = _list_letters(word)
    found = set()
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        found |= {head + letter + tail for letter in letters}
        if tail:
            found.add(head + tail[1:])
            found |= {head + letter + tail[1:] for letter in letters}
        if len(tail) > 1:
            found.add(head + tail[1] + tail[0] + tail[2:])
    return found - {word}


def _list_letters(word: str) -> list[str]:
    """Return the small letters of the scripts that a word is written in."""
    blocks = {ord(letter) & ~0x7F for letter in word}
    letters = (chr(block + place) for block in blocks for place in range(0x80))
    return [one for one in letters if one.isalpha() and one == one.casefold()]
