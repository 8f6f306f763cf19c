"""Names that the texts themselves say are one: Islamic State of Iraq and Syria (ISIS)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from topics.naming.terms import Terms

_Words = tuple[str, ...]

_IN_BRACKETS = re.compile(r"\((?:the )?[“\"']?([A-Z][A-Za-z.]{1,7})[”\"']?\)")
_NAME = r"[A-Z][\w.-]*(?: [A-Z][\w-]*){0,2}"
_KNOWN_AS = re.compile(
    rf"({_NAME}),? (?:which (?:is|was) |who (?:is|are) )?(?:also |better |otherwise |commonly )?"
    rf"(?:known (?:as|by)|called)(?: (?:the|its|acronym|acronyms|or|as))* [“\"']?({_NAME})"
)
_SMALL = frozenset({"of", "and", "in", "the", "for", "on", "to", "al", "de"})
# The words before an acronym that may be what it stands for, and how often it must be said.
_LOOK_BACK = 10
_LEAST_SAID = 2


def fold_aliases(terms: Terms, texts: Sequence[str]) -> Terms:
    """Count names of one thing as one term, spelled as is commonest.

    Two are one where at least two texts give an acronym after the words it stands for, or say
    that the one is known as the other; and where they differ by full stops alone (U.N., UN).
    Of a long name that goes on after a small word its beginning is taken ("Islamic State of").
    """
    at = {words: place for place, words in enumerate(terms.words)}
    above = list(range(len(terms.words)))

    def find(place: int) -> int:
        while above[place] != place:
            place = above[place]
        return place

    for one, other in sorted(_find_pairs(terms, at, texts)):
        first, second = sorted((find(one), find(other)))
        above[second] = first
    groups: dict[int, list[int]] = {}
    for place in range(len(above)):
        if above[place] != place:
            groups.setdefault(find(place), [find(place)]).append(place)
    return _merge(terms, [list(group) for group in groups.values()])


def _find_pairs(terms: Terms, at: dict[_Words, int], texts: Sequence[str]) -> set[tuple[int, int]]:
    said = Counter(pair for text in texts for pair in set(_read_pairs(text)))
    found = set()
    for (one, other), times in said.items():
        a, b = _find_term(one, at), _find_term(other, at)
        if times >= _LEAST_SAID and a is not None and b is not None and a != b:
            found.add((a, b))
    for words, place in at.items():
        bare = at.get((words[0].replace(".", ""),)) if "." in words[0] else None
        if len(words) == 1 and bare and terms.named[[place, bare]].all():
            found.add((place, bare))
    return found


def _read_pairs(text: str) -> Iterator[tuple[_Words, _Words]]:
    """Yield the pairs of names, in lower case, that a text says are one."""
    if "(" in text:
        for found in _IN_BRACKETS.finditer(text):
            before = [word.strip("“”\"',") for word in text[: found.start()].split()[-_LOOK_BACK:]]
            long = _spell_out(before, found[1].replace(".", "").casefold())
            if long:
                yield long, (found[1].casefold(),)
    if "known" in text or "called" in text:
        for found in _KNOWN_AS.finditer(text):
            yield tuple(found[1].casefold().split()), tuple(found[2].casefold().split())


def _spell_out(before: Sequence[str], acronym: str) -> _Words:
    """Return the last words whose first letters make an acronym, in lower case."""
    for start in range(len(before) - 2, -1, -1):
        words = before[start:]
        if not words[0][:1].isupper():
            continue
        letters = "".join(word[:1] for word in words).casefold()
        large = "".join(word[:1] for word in words if word not in _SMALL).casefold()
        if acronym in (letters, large):
            return tuple(word.casefold() for word in words)
    return ()


def _find_term(words: _Words, at: dict[_Words, int]) -> int | None:
    """Return the term of a name: itself, or what stands before its first small word."""
    words = words[1:] if words[:1] == ("the",) else words
    small = next((place for place, word in enumerate(words) if word in _SMALL), 0)
    return at.get(words, at.get(words[:small]) if small > 1 else None)


def _merge(terms: Terms, groups: Sequence[Sequence[int]]) -> Terms:
    """Let the commonest term of each group stand wherever one of them does, the others nowhere."""
    from scipy.sparse import coo_array, csr_array

    if not groups:
        return terms
    into = list(range(len(terms.words)))
    fitness = terms.fitness.copy()
    for group in groups:
        best = min(group, key=lambda one: (-int(terms.counts[one]), terms.words[one]))
        fitness[best] = max(float(fitness[one]) for one in group)
        for one in group:
            into[one] = best
    stands = coo_array(terms.stands)
    rows = [into[row] for row in stands.row.tolist()]
    merged = csr_array((stands.data, (rows, stands.col)), shape=stands.shape)
    merged.data[:] = 1
    return replace(terms, fitness=fitness, stands=merged)
