"""Figures, dates, negations, places and names of a text: the words that may not be swapped."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import Wording
from embeddings.words.gazetteer import TITLES, find_place

FactKind = Literal["figure", "date", "negation", "place", "name"]

_UNIT_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen
"""
_UNITS = {word: value for value, word in enumerate(_UNIT_WORDS.split())}
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * value for value, word in enumerate(_TEN_WORDS.split(), start=2)}
_SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 1_000, "million": 10**6, "m": 10**6, "mn": 10**6,
    "billion": 10**9, "bn": 10**9, "trillion": 10**12,
}  # fmt: skip
# "dozens of people" is a figure of a kind: how many is not said.
VAGUE = {"dozens", "scores", "hundreds", "thousands", "millions", "billions"}
# "two thirds" is one figure.
_PARTS = {
    "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5,
}  # fmt: skip
_HALVES = ("am", "pm")
_CURRENCIES = "$€£¥₹"
_MARKED = re.compile(rf"[{_CURRENCIES}\u2212-]\d")
_FRACTIONS = {"half", "halves", "quarter", "quarters", "twice", "double", "triple"}
_MONTH_NAMES = """january february march april may june july august september october november
    december""".split()  # noqa: SIM905
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# "mar" and "sun" are words of their own.
MONTHS = {form: name for name in _MONTH_NAMES for form in {name, name[:3]} - {"mar"}}
MONTHS["sept"] = "september"
WEEKDAYS = {form: name for name in _DAY_NAMES for form in {name, name[:3]} - {"sun"}}
WEEKDAYS |= {"tues": "tuesday", "thurs": "thursday"}
RELATIVE_DAYS = {"yesterday", "today", "tomorrow"}
_NEGATIONS = {
    "not", "no", "never", "none", "neither", "nor", "without", "cannot", "nobody", "nothing",
    "deny", "denies", "denied", "denying",
}  # fmt: skip
# Words that make a fact, whatever stands around them.
FACT_WORDS = frozenset(
    {*_UNITS, *_TENS, *_SCALES, *VAGUE, *_FRACTIONS, *MONTHS, *WEEKDAYS, *RELATIVE_DAYS}
    | _NEGATIONS
)
_OPENING = FACT_WORDS | {"minus"}
# Titles with a full stop behind which a name goes on.
_ABBREVIATED = frozenset(
    "mr mrs ms dr st gen col maj capt lt sgt sen rep gov prof adm".split()  # noqa: SIM905
)
_NUMERAL = re.compile(r"\d+(?:\.\d+)?(?:st|nd|rd|th|s)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"(?:[12]?\d|3[01])(?:st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure, date, negation, place or name.

    Attributes:
        kind: What it is.
        value: The form in which it is compared: ``12`` for "twelve" and for "12".
        first: Place of its first word in the wording.
        after: Place after its last word.
    """

    kind: FactKind
    value: str
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """One side of a place where two texts differ.

    Attributes:
        wording: The whole text.
        first: Its first word there.
        after: The place after its last word.
        facts: The facts that have a word there.
        stated: Values of all facts of the text.
        changed: Values of those of its facts that stand where the texts differ.
        negations: Negations in the whole text.
        told: All facts of the text, in order.
    """

    wording: Wording
    first: int
    after: int
    facts: Sequence[Fact]
    stated: frozenset[str]
    changed: frozenset[str]
    negations: int
    told: Sequence[Fact]

    def __len__(self) -> int:
        return self.after - self.first

    @property
    def words(self) -> tuple[str, ...]:
        """The words there."""
        return self.wording.words[self.first : self.after]

    def named(self) -> list[str]:
        """Return all words of names and places there."""
        return [
            word.removesuffix("'s")
            for fact in self.facts
            if fact.kind in ("name", "place")
            for word in self.wording.words[max(fact.first, self.first) : fact.after]
        ]

    def other_words(self) -> int:
        """Words that are neither facts nor stop words nor titles."""
        told = {place for fact in self.facts for place in range(fact.first, fact.after)}
        return sum(
            word not in STOP_WORDS and word not in TITLES and self.first + place not in told
            for place, word in enumerate(self.words)
        )


def find_facts(wording: Wording) -> list[Fact]:
    """Find the facts of a text in the order of its words.

    English number words, month and weekday names; figures in digits in any language.
    Names are capitalised words inside a sentence, one by one; places are countries, their
    peoples and larger cities, of one word or more.
    """
    facts: list[Fact] = []
    place = 0
    while place < len(wording.words):
        fact = _may_open(wording, place) and (
            _read_date(wording, place) or _read_figure(wording, place)
            or _read_negation(wording.words, place) or _read_place(wording, place)
            or _read_name(wording, place)
        )  # fmt: skip
        if fact:
            facts.append(fact)
            place = fact.after
        else:
            place += 1
    return facts


def _may_open(wording: Wording, place: int) -> bool:
    """Whether a fact may begin with a word, told at once of most words of a text."""
    word = wording.words[place]
    return wording.is_capital(place) or word in _OPENING or not word.isalpha()


def values(facts: Sequence[Fact], *kinds: FactKind) -> frozenset[str]:
    """Return the values of the facts of these kinds."""
    return frozenset(fact.value for fact in facts if fact.kind in kinds)


def _read_date(wording: Wording, place: int) -> Fact | None:
    words = wording.words
    word = words[place].removesuffix("'s")
    if word in WEEKDAYS and wording.is_capital(place):
        return Fact("date", WEEKDAYS[word], place, place + 1)
    if word in RELATIVE_DAYS:
        return Fact("date", word, place, place + 1)
    following = words[place + 1] if place + 1 < len(words) else ""
    if _DAY.fullmatch(word) and _is_month(wording, place + 1):
        return Fact("date", f"{MONTHS[following]} {word.rstrip('stndrh')}", place, place + 2)
    dated = _DAY.fullmatch(following) is not None
    if _is_month(wording, place, opening=dated):
        month = MONTHS[word]
        if dated:
            return Fact("date", f"{month} {following.rstrip('stndrh')}", place, place + 2)
        return Fact("date", month, place, place + 1)
    if _YEAR.fullmatch(word):
        return Fact("date", word, place, place + 1)
    return None


def _is_month(wording: Wording, place: int, *, opening: bool = False) -> bool:
    """Whether a month's name stands here; "may" and "march" need their capital."""
    if place >= len(wording.words) or wording.words[place] not in MONTHS:
        return False
    return wording.is_capital(place) and (opening or not opens_sentence(wording, place))


def _read_figure(wording: Wording, place: int) -> Fact | None:
    """Read a figure with its sign and, for a time of day, its half of the day."""
    negative = wording.words[place] == "minus" or mark_of(wording, place) == "-"
    first = place + (wording.words[place] == "minus")
    fact = _read_number(wording.words, first) if first < len(wording.words) else None
    if fact is None:
        return None
    after, value = fact.after, fact.value
    half = wording.words[after] if after < len(wording.words) else value[-2:]
    if half in _HALVES and value[0].isdigit():
        value = f"{value.removesuffix(half)} {half}"
        after += after < len(wording.words)
    return Fact("figure", f"-{value}" if negative and value[0].isdigit() else value, place, after)


def find_marks(wording: Wording) -> dict[int, str]:
    """Return the sign or the currency that stands before each figure in digits, if any."""
    if not _MARKED.search(wording.text):
        return {}
    marks = ((place, mark_of(wording, place)) for place in range(len(wording.words)))
    return {place: mark for place, mark in marks if mark}


def mark_of(wording: Wording, place: int) -> str:
    """Return "-" or a currency before a numeral; the hyphen of "S-300" is no sign."""
    start, text = wording.starts[place], wording.text
    if not start or not text[start].isdigit():
        return ""
    if text[start - 1] in _CURRENCIES:
        return text[start - 1]
    signed = text[start - 1] in "-\u2212" and (start == 1 or text[start - 2] in " \n\t(")
    return "-" if signed else ""


def _read_number(words: Sequence[str], place: int) -> Fact | None:
    total, current, after = 0.0, 0.0, place
    spelled = False
    for word in map(words.__getitem__, range(place, len(words))):  # without a copy of them
        if word in _UNITS or word in _TENS:
            current += _UNITS.get(word, 0) + _TENS.get(word, 0)
            spelled = True
        elif _NUMERAL.fullmatch(word) and after == place:
            current = float(re.sub("[a-z]+$", "", word))
        elif word in _SCALES and (after > place or word in ("hundred", "dozen")):
            scale = _SCALES[word]
            current = max(current, 1.0) * scale
            if scale >= 1_000:
                total, current = total + current, 0.0
        elif word == "and" and spelled and current >= 100 and _continues(words, after + 1):
            pass
        else:
            break
        after += 1
    if after == place:
        return _read_odd_figure(words[place], place)
    if after < len(words) and words[after] in _PARTS and after - place == 1:
        return Fact("figure", f"{current:.12g}/{_PARTS[words[after]]}", place, after + 1)
    if words[place:after] == ("one",):
        return None  # "one of them", "no one"
    return Fact("figure", f"{total + current:.12g}", place, after)


def _continues(words: Sequence[str], place: int) -> bool:
    return place < len(words) and (words[place] in _UNITS or words[place] in _TENS)


def _read_odd_figure(word: str, place: int) -> Fact | None:
    if word in VAGUE or word in _FRACTIONS or any(letter.isdigit() for letter in word):
        return Fact("figure", word, place, place + 1)
    return None


def _read_negation(words: Sequence[str], place: int) -> Fact | None:
    word = words[place]
    if word == "not" and words[place + 1 : place + 2] == ("only",):
        return None
    if word in _NEGATIONS or word.endswith("n't"):
        return Fact("negation", "not", place, place + 1)
    return None


def _read_place(wording: Wording, place: int) -> Fact | None:
    """Read a country, its people or a city; a city may be part of a name ("Washington Post")."""
    if not wording.is_capital(place) or wording.slice(place, place + 1) == "Us":
        return None
    found = find_place(wording.words, place)
    if found is None or (found[0].is_city and _goes_on(wording, found[1])):
        return None
    return Fact("place", found[0].value, place, found[1])


def _goes_on(wording: Wording, place: int) -> bool:
    """Whether the name before goes on with the word here."""
    if place >= len(wording.words) or not wording.is_capital(place):
        return False
    word = wording.words[place]
    return wording.gap(place) == " " and not (
        word in STOP_WORDS or word in WEEKDAYS or word in MONTHS
    )


def _read_name(wording: Wording, place: int) -> Fact | None:
    word = wording.words[place]
    if not wording.is_capital(place) or word in STOP_WORDS or len(word) < 2:
        return None
    if opens_sentence(wording, place):
        return None
    return Fact("name", word.removesuffix("'s"), place, place + 1)


def opens_sentence(wording: Wording, place: int) -> bool:
    """Whether a word begins the text or follows a full stop, colon or opening quote."""
    if place == 0:
        return True
    between, before = wording.gap(place), wording.words[place - 1]
    if between == ". " and (before in _ABBREVIATED or len(before) == 1):
        return False
    return any(mark in between for mark in ".!?:\n\"“‘'")


def split_by_span(facts: Sequence[Fact], spans: Sequence[tuple[int, int]]) -> Iterator[list[Fact]]:
    """Yield, for each span of words, the facts that have a word in it.

    Args:
        facts: In the order of their words, none over another.
        spans: First word and place after the last, in any order.
    """
    firsts = [fact.first for fact in facts]
    afters = [fact.after for fact in facts]
    for first, after in spans:
        yield list(facts[bisect_right(afters, first) : bisect_left(firsts, after)])
