"""Figures and dates of articles, each word by itself: only what two have in common is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.text.wording import WordedTexts
from topics.coverage.likeness.weighing import multiply_rows

# Words of headline and first sentences: what a happening that recurs is told apart by.
_BEGINNING = 45
_FIGURE = re.compile(r"(\d+(?:[.:]\d+)*)(?:s|m|bn)?")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER_WORDS = """
    two three four five six seven eight nine ten eleven twelve
"""
_NUMBERS = {word: value for value, word in enumerate(_NUMBER_WORDS.split(), start=2)}
_ORDINAL_WORDS = """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
"""
_ORDINALS = {word: str(value) for value, word in enumerate(_ORDINAL_WORDS.split(), start=1)}
# "May" and "march" are left out, being verbs, too.
_MONTHS = frozenset(
    "january february april june july august september october november december".split()  # noqa: SIM905
)
_WEEKDAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
)
# Before a numeral they make it a name: "F-16", "Su-24", "Boeing 737", "No. 3", "Article 5"; but
# not before a number in words ("no two alike"), nor "A 6.1 quake".
_NAMING = frozenset(
    "article boeing airbus figure mh mig no number resolution su tu uh".split()  # noqa: SIM905
) | frozenset("bcdefghijklmnopqrstuvwxyz")
# What of a beginning tells one time that a thing happens from the next.
_TIMES = ("weekday", "month", "year", "ordinal")


@dataclass(frozen=True)
class Facts:
    """Which figures and dates texts state.

    Attributes:
        texts: ``n`` texts, then their ``n`` headlines, which are not looked at.
    """

    texts: WordedTexts

    @cached_property
    def figures(self) -> Any:
        """Sparse matrix with a row for each text, 1 where it states a figure."""
        return self._mark("figure", "numeral ordinal", beginning=False)

    @cached_property
    def dates(self) -> Any:
        """The same of years, months and weekdays."""
        return self._mark("year", "month", "weekday", beginning=False)

    def recur(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
        """Count what tells two happenings of one kind apart: float64 of shape ``(m,)``.

        Month, year and ordinal that the beginnings of both state, and none in common; and
        figures, where one of these or the weekday differs too: the payrolls of two months, two
        earthquakes. Figures alone are a toll that has risen.
        """
        apart = {kind: conflict(marked, first, second) for kind, marked in self._beginnings.items()}
        times = np.maximum.reduce([apart[kind] for kind in _TIMES])
        counted: NDArray[np.float64] = (
            apart["month"] + apart["year"] + apart["ordinal"] + apart["figure"] * times
        )
        return counted

    @cached_property
    def weekdays(self) -> Any:
        """The same of weekdays."""
        return self._mark("weekday", beginning=False)

    @cached_property
    def _beginnings(self) -> Mapping[str, Any]:
        kinds: dict[str, tuple[str, ...]] = {kind: (kind,) for kind in ("figure", *_TIMES)}
        kinds["ordinal"] = ("ordinal", "numeral ordinal")
        return {kind: self._mark(*kinds[kind], beginning=True) for kind in kinds}

    @cached_property
    def _read(self) -> list[tuple[str, str]]:
        return [_read(word) for word in self.texts.vocabulary.words()]

    @cached_property
    def _telling(self) -> list[tuple[int, str, str]]:
        """Number, kind and value of the words that are facts."""
        return [(word, *read) for word, read in enumerate(self._read) if read[1]]

    def _mark(self, *kinds: str, beginning: bool) -> Any:
        from scipy import sparse

        count = len(self.texts) // 2
        lengths = self.texts.lengths[:count]
        owners = np.repeat(np.arange(count), lengths)
        numbers = self.texts.numbers[: len(owners)]
        told = {word: value for word, kind, value in self._telling if kind in kinds}
        place = {value: number for number, value in enumerate(sorted(set(told.values())))}
        of_word = np.full(len(self._read), -1, np.int64)
        of_word[list(told)] = [place[value] for value in told.values()]
        columns = of_word[numbers]
        kept = (columns >= 0) & (~self._named[: len(owners)] if beginning else True)
        if beginning:
            starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
            kept &= np.arange(len(owners)) - starts < _BEGINNING
        ones = (np.ones(int(kept.sum())), (owners[kept], columns[kept]))
        matrix = sparse.csr_matrix(ones, shape=(count, max(len(place), 1)))
        matrix.sum_duplicates()
        matrix.data = np.ones_like(matrix.data)
        return matrix

    @cached_property
    def _named(self) -> NDArray[np.bool_]:
        """Which words are numerals of a name: "F-16"."""
        words = self.texts.vocabulary.words()
        naming = np.array([word in _NAMING for word in words], bool)[self.texts.numbers]
        numerals = [
            kind == "figure" and word[0].isdigit()
            for word, (kind, _) in zip(words, self._read, strict=True)
        ]
        named = np.array(numerals, bool)[self.texts.numbers]
        named[1:] &= naming[:-1]
        # No word goes before the first of a text.
        starts = np.cumsum(self.texts.lengths) - self.texts.lengths
        named[starts[self.texts.lengths > 0]] = False
        return named


def conflict(
    facts: Any, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return 1 for the pairs of texts of which both have facts, and none in common."""
    has = np.diff(facts.indptr) > 0
    both = np.flatnonzero(has[first] & has[second])
    apart = np.zeros(len(first))
    apart[both] = multiply_rows(facts, facts, first[both], second[both]) == 0
    return apart


def _read(word: str) -> tuple[str, str]:
    """Return what kind of fact a folded word is, and its value; two empty words for none."""
    if word in _WEEKDAYS:
        return "weekday", word
    if word in _MONTHS:
        return "month", word
    if _YEAR.fullmatch(word):
        return "year", word
    if word in _ORDINALS:
        return "ordinal", _ORDINALS[word]
    if match := _ORDINAL.fullmatch(word):
        return "numeral ordinal", match[1]
    number = str(_NUMBERS.get(word, ""))
    if match := _FIGURE.fullmatch(word):
        number = match[1]
    return ("figure", number) if number else ("", "")
