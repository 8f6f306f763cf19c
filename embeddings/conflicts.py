"""Where two wordings of one text say different things of the same kind at the same place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from embeddings.facts import RELATIVE_DAYS, VAGUE, WEEKDAYS, Fact, FactKind
from embeddings.gazetteer import place_of
from embeddings.stopwords import STOP_WORDS
from embeddings.wording import Wording

# A stretch rewritten over more words than this is another sentence, and no changed fact.
LONGEST_STRETCH = 12
# A fact this far at most from the words in common stands at their place, in words, and so
# does one that is no more than _SHIFT words nearer or farther than the other.
_REACH, _SHIFT = 5, 2
# A negation that came or went with more words than this came with a statement of its own.
_SHORT = 3
# Names are exchanged alone, or among few other words that were exchanged one for one; in
# other stretches somebody else is spoken of.
_LONGEST_NAMED, _OTHER_WORDS = 8, 2
# "about 1,400" and "1,429" do not contradict each other.
_ROUNDED = 0.05
# Names this alike are two spellings of one ("Daraa", "Deraa"), and so are those that begin
# with the same letters ("Islamic", "Islamist").
_VARIANT, _STEM = 0.6, 4
_ABOUT = frozenset(
    """about around nearly almost roughly approximately some estimated circa""".split()  # noqa: SIM905
)
# Names of one group that share no letters.
_SAME = (
    frozenset({"isis", "isil", "is", "daesh", "daish", "islamic"}),
    frozenset({"gop", "republican", "republicans"}),
)
_DENYING = ("un", "in", "im", "ir", "dis", "non")
_STATING_PLACE = frozenset({"in", "at", "near", "to", "from", "of", "outside", "around"})
_TITLES = frozenset(
    """mr mrs ms dr sir lord lady president vice prime minister premier foreign secretary state
    defence defense interior general gen colonel col major maj captain capt lieutenant lt
    sergeant sgt admiral senator sen representative rep congressman king queen prince princess
    sheikh imam pope bishop ambassador envoy chancellor chairman speaker spokesman spokeswoman
    governor mayor judge professor prof leader head chief commander deputy former late the al el ul
    bin ben ibn abu government regime administration army opposition parliament congress
    ministry council republic kingdom north south east west northern southern eastern western
    northeast northwest southeast southwest""".split()  # noqa: SIM905
)
# Who is credited with a report changes from outlet to outlet and is no part of what is told.
_CREDITED = frozenset(
    """reuters afp ap associated press agence france presse cnn bbc xinhua tass itar interfax ria
    novosti sana anadolu bloomberg guardian times post jazeera arabiya fox nbc cbs abc upi dpa
    irna fars news agency newspaper tv television radio daily telegraph journal msnbc npr pbs
    photo photos photograph file image images getty twitter facebook via
    monday tuesday wednesday thursday friday saturday sunday""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class FactChange:
    """A figure, date, negation, place or name that the change touched.

    Attributes:
        kind: What it is.
        before: Its values in the first text, ``""`` when there is none.
        after: Its values in the second text.
        conflicting: Whether the texts say different things here: one figure, date, place or
            name stands in another's stead, or a negation came or went.
    """

    kind: FactKind
    before: str
    after: str
    conflicting: bool = field(default=False, compare=False)


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
    """

    wording: Wording
    first: int
    after: int
    facts: Sequence[Fact]
    stated: frozenset[str]
    changed: frozenset[str]
    negations: int

    def __len__(self) -> int:
        return self.after - self.first

    @property
    def words(self) -> tuple[str, ...]:
        """The words there."""
        return self.wording.words[self.first : self.after]

    def named(self) -> list[str]:
        """Return all words of names and places there."""
        words = [
            word.removesuffix("'s")
            for fact in self.facts
            if fact.kind in ("name", "place")
            for word in self.wording.words[max(fact.first, self.first) : fact.after]
        ]
        return words

    def other_words(self) -> int:
        """Words that are neither facts nor stop words nor titles."""
        told = {place for fact in self.facts for place in range(fact.first, fact.after)}
        return sum(
            word not in STOP_WORDS and word not in _TITLES and self.first + place not in told
            for place, word in enumerate(self.words)
        )


def change_facts(left: Stretch, right: Stretch) -> tuple[FactChange, ...]:
    """Tell what the two sides of a change say, kind by kind, and where they conflict."""
    found: dict[FactKind, FactChange] = {}
    kinds: tuple[FactKind, ...] = ("figure", "date", "negation", "place", "name")
    conflicting = set(_conflicting_kinds(left, right))
    for kind in kinds:
        before = dict.fromkeys(fact.value for fact in left.facts if fact.kind == kind)
        after = dict.fromkeys(fact.value for fact in right.facts if fact.kind == kind)
        gone = [value for value in before if value not in after]
        new = [value for value in after if value not in before]
        if gone or new:
            clash = kind in conflicting
            found[kind] = FactChange(kind, ", ".join(gone), ", ".join(new), clash)
    return tuple(_join_names(_join_numerals(found, left, right)).values())


def _join_names(found: dict[FactKind, FactChange]) -> dict[FactKind, FactChange]:
    """Put a place and a name in each other's stead ("in Damascus", "in Jobar") side by side."""
    place, name = found.get("place"), found.get("name")
    if place and name and place.conflicting and not (place.before and place.after):
        before, after = place.before or name.before, place.after or name.after
        joined = {**found, place.kind: FactChange("place", before, after, True)}
        return {kind: change for kind, change in joined.items() if kind != "name"}
    return found


def _join_numerals(
    found: dict[FactKind, FactChange], left: Stretch, right: Stretch
) -> dict[FactKind, FactChange]:
    """Put a figure and a date in each other's stead ("Oct. 27", "Oct. 36") side by side."""
    figure, date = found.get("figure"), found.get("date")
    if figure and date and not ((figure.before and figure.after) or (date.before and date.after)):
        pair = figure.before or date.before, figure.after or date.after
        if all(pair):
            numerals = [re.sub(r"\D+$", "", "".join(side.words)) for side in (left, right)]
            clash = all(n.isdigit() for n in numerals) and int(numerals[0]) != int(numerals[1])
            joined = {**found, figure.kind: FactChange("figure", *pair, clash)}
            return {kind: change for kind, change in joined.items() if kind != "date"}
    return found


def _conflicting_kinds(left: Stretch, right: Stretch) -> Iterator[FactKind]:
    if _negated(left, right):
        yield "negation"
    if not (left.facts and right.facts) or max(len(left), len(right)) > LONGEST_STRETCH:
        return
    most_others = _OTHER_WORDS if len(left) == len(right) else 0
    named = max(len(left), len(right)) <= _LONGEST_NAMED and (
        max(left.other_words(), right.other_words()) <= most_others
    )
    told = [{fact.value for fact in side.facts} for side in (left, right)]
    for a in left.facts:
        for b in right.facts:
            if a.value in told[1] or b.value in told[0] or not _same_place(a, left, b, right):
                continue
            if a.kind == b.kind == "figure" and _figures_clash(a, left, b, right):
                yield "figure"
            elif a.kind == b.kind == "date" and _dates_clash(a, left, b, right):
                yield "date"
            elif named and _names_clash(a, left, b, right):
                yield "place" if "place" in (a.kind, b.kind) else "name"


def _same_place(a: Fact, left: Stretch, b: Fact, right: Stretch) -> bool:
    """Whether two facts stand as far from the words in common before, or after, them."""
    before = a.first - left.first, b.first - right.first
    behind = left.after - a.after, right.after - b.after
    return any(
        max(edge) <= _REACH and abs(edge[0] - edge[1]) <= _SHIFT for edge in (before, behind)
    )


def _negated(left: Stretch, right: Stretch) -> bool:
    """Whether a statement was denied or no longer is."""
    sides = [
        [side.wording.words[fact.first] for fact in side.facts if fact.kind == "negation"]
        for side in (left, right)
    ]  # fmt: skip
    if bool(sides[0]) == bool(sides[1]) or max(len(left), len(right)) > _SHORT:
        return False
    if left.negations == right.negations:
        return False  # it went elsewhere: "did not know", "no indication that he knew"
    if "or" in left.words + right.words or any(
        word.removeprefix(prefix) in others
        for words, others in ((left.words, right.words), (right.words, left.words))
        for word in words
        for prefix in _DENYING
        if word.startswith(prefix)
    ):
        return False  # "whether or not"; "not clear" is "unclear"
    if left.words and right.words:
        others = max(left.other_words(), right.other_words())
        alone = all(fact.kind == "negation" for fact in (*left.facts, *right.facts))
        return others <= 1 and alone and ["nor"] not in sides
    # "without elaborating" is an addition, and so is "he did not say"; "not to" is none.
    lone = {"without", "neither", "nor", "nothing", "none", "nobody"}
    added = left if left.words else right
    if lone.issuperset(sides[0] + sides[1]) or added.other_words():
        return False
    text, end = added.wording.text, added.wording.ends[added.after - 1]
    answer = added.words == ("no",) and text[end : end + 1] in (".", ",", "")
    return not answer and all(fact.kind == "negation" for fact in added.facts)


def _reordered(a: Fact, left: Stretch, b: Fact, right: Stretch) -> bool:
    """Whether both values were only put in another order."""
    return a.value in right.changed and b.value in left.changed


def _figures_clash(a: Fact, left: Stretch, b: Fact, right: Stretch) -> bool:
    if _reordered(a, left, b, right):
        return False
    if (a.value in VAGUE) != (b.value in VAGUE):
        return False
    numbers = []
    for fact in (a, b):
        try:
            numbers.append(float(fact.value))
        except ValueError:
            # "f16" and "f35", "5:30" and "6:30" are of one kind when of one shape.
            shapes = (re.sub(r"\d+", "0", fact.value) for fact in (a, b))
            return len(set(shapes)) == 1 or a.value in VAGUE
    about = [
        bool(_ABOUT.intersection(side.wording.words[max(fact.first - 2, 0) : fact.first]))
        for fact, side in ((a, left), (b, right))
    ]
    # "about 1,400" and "about 1,500" do.
    return all(about) or not any(about) or abs(numbers[0] - numbers[1]) > _ROUNDED * max(numbers)


def _dates_clash(a: Fact, left: Stretch, b: Fact, right: Stretch) -> bool:
    if _reordered(a, left, b, right) or _date_kind(a.value) != _date_kind(b.value):
        return False
    # "yesterday" is "today" in a report of the day before.
    if a.value in RELATIVE_DAYS:
        return False
    # "August" agrees with "August 21".
    return any(x != y for x, y in zip(a.value.split(), b.value.split(), strict=False))


def _date_kind(value: str) -> str:
    if value in WEEKDAYS.values():
        return "weekday"
    if value in RELATIVE_DAYS:
        return "relative"
    return "year" if value.isdigit() else "month"


def _names_clash(a: Fact, left: Stretch, b: Fact, right: Stretch) -> bool:
    if {a.kind, b.kind} - {"place", "name"}:
        return False
    # Word for word: where names are exchanged among others, the others stand as they stood.
    alone = len(left) == len(right) and a.first - left.first == b.first - right.first
    elsewhere = a.value in right.stated, b.value in left.stated
    if all(elsewhere) or (any(elsewhere) and not alone):
        return False  # who is also named elsewhere was referred to in another way
    if a.kind == b.kind == "place":
        return _places_clash(a.value, b.value)
    first, second = _name_of(a, left), _name_of(b, right)
    if not first or not second or _are_variants(first, second):
        return False
    whole = left.named(), right.named()
    if _are_initials(*whole) or _alike(*("".join(words) for words in whole)):
        return False  # "at the State Department", "@StateDept"
    if a.kind == b.kind:
        return True
    if alone:
        return True
    # A town that no list has: "in Damascus", "in Jobar".
    place = place_of(a.value if a.kind == "place" else b.value)
    before = {side.wording.words[fact.first - 1] for fact, side in ((a, left), (b, right))}
    return bool(place and place.is_city and len(before) == 1 and before & _STATING_PLACE)


def _places_clash(a: str, b: str) -> bool:
    first, second = place_of(a), place_of(b)
    if first is None or second is None:
        return False
    if first.is_city != second.is_city:
        return not first.codes & second.codes  # "Moscow" and "Russia" agree
    return not (first.is_city and first.codes & second.codes and _alike(a, b))


def _name_of(fact: Fact, side: Stretch) -> list[str]:
    """Return the words of a name that stand in the stretch, without titles.

    Empty for those who are credited with a report, be it with words beyond the stretch.
    """
    words, starts, text = side.wording.words, side.wording.starts, side.wording.text
    first, after = fact.first, fact.after
    while first > 0 and text[starts[first - 1]].isupper() and _adjoins(side.wording, first):
        first -= 1
    while after < len(words) and text[starts[after]].isupper() and _adjoins(side.wording, after):
        after += 1
    if _CREDITED.intersection(words[first:after]):
        return []
    name = words[max(first, side.first) : min(after, side.after)]
    return [word.removesuffix("'s") for word in name if word not in _TITLES]


def _adjoins(wording: Wording, place: int) -> bool:
    return wording.text[wording.ends[place - 1] : wording.starts[place]] in (" ", "-", ". ")


def _are_variants(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether one may be the other, misspelled, shortened or as its initials."""
    if any(not group.isdisjoint(a) and not group.isdisjoint(b) for group in _SAME):
        return True
    if _are_initials(a, b):
        return True
    return any(_alike(one, other) for one in a for other in b)


def _are_initials(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether one name is made of the first letters of the other ("MIT")."""
    for short, long in ((a, b), (b, a)):
        initials = "".join(word[0] for word in long)
        if len(long) > 1 and len(short) == 1 and short[0][: len(initials)] == initials:
            return True
    return False


def _alike(a: str, b: str) -> bool:
    if a[:_STEM] == b[:_STEM] or (min(len(a), len(b)) > 1 and (a.startswith(b) or b.startswith(a))):
        return True  # "Ohio" is "OH"
    return OSA.normalized_similarity(a, b) >= _VARIANT
