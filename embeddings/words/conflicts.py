"""Where two wordings of one text say different things of the same kind at the same place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from embeddings.text.stopwords import STOP_WORDS
from embeddings.words.facts import (
    RELATIVE_DAYS,
    VAGUE,
    WEEKDAYS,
    Fact,
    FactKind,
    Stretch,
    mark_of,
    opens_sentence,
)
from embeddings.words.gazetteer import CREDITED, SAYING, SPEAKERS, TITLES, place_of
from embeddings.words.spelling import DENYING, alike, are_initials, are_variants, find_opposites

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
_ABOUT = frozenset(
    "about around nearly almost roughly approximately some estimated circa".split()  # noqa: SIM905
)
# Beside these "one" stands for somebody, and is no figure.
_NO_FIGURE = frozenset(
    "no the this that any each every another which of who day".split()  # noqa: SIM905
)
# Who met whom is one whichever is named first.
_MUTUAL = frozenset({"met", "meets", "meet", "meeting", "talks", "vs"})
_STATING_PLACE = frozenset({"in", "at", "near", "to", "from", "of", "outside", "around"})


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


def change_facts(left: Stretch, right: Stretch) -> tuple[FactChange, ...]:
    """Tell what the two sides of a change say, kind by kind, and where they conflict."""
    left, right = _read_ones(left, right), _read_ones(right, left)
    found: dict[FactKind, FactChange] = {}
    kinds: tuple[FactKind, ...] = ("figure", "date", "negation", "place", "name")
    conflicting = set(_conflicting_kinds(left, right))
    for kind in kinds:
        before = dict.fromkeys(fact.value for fact in left.facts if fact.kind == kind)
        after = dict.fromkeys(fact.value for fact in right.facts if fact.kind == kind)
        gone = [value for value in before if value not in after]
        new = [value for value in after if value not in before]
        if not (gone or new) and kind in conflicting:
            gone, new = _marked(left, kind), _marked(right, kind)  # "3-1", "1-3"; "$5", "€5"
        if gone or new:
            found[kind] = FactChange(kind, ", ".join(gone), ", ".join(new), kind in conflicting)
    if clash := _words_clash(left, right):
        found[clash.kind] = clash
    return tuple(_join_names(_join_numerals(found, left, right)).values())


def _marked(side: Stretch, kind: FactKind) -> list[str]:
    facts = [fact for fact in side.facts if fact.kind == kind]
    marks = [mark_of(side.wording, fact.first).replace("-", "") for fact in facts]
    return [mark + fact.value for mark, fact in zip(marks, facts, strict=True)]


def _read_ones(side: Stretch, other: Stretch) -> Stretch:
    """Take a lone "one" for a figure where another figure stands in its place."""
    words, ones = side.wording.words, []
    figures = [fact for fact in other.facts if fact.kind == "figure" and fact.value[0].isdigit()]
    if max(len(side), len(other)) > _SHORT + 1:
        return side
    for place in range(side.first, side.after if figures else side.first):
        beside = {*words[max(place - 1, 0) : place], *words[place + 1 : place + 2]}
        one = Fact("figure", "1", place, place + 1)
        if (
            words[place] == "one"
            and beside.isdisjoint(_NO_FIGURE)
            and not any(fact.first <= place < fact.after for fact in side.facts)
            and any(_same_place(one, side, figure, other) for figure in figures)
        ):
            ones.append(one)
    return replace(side, facts=[*side.facts, *ones]) if ones else side


def _words_clash(left: Stretch, right: Stretch) -> FactChange | None:
    """Tell words that mean the opposite, and who speaks first in a sentence."""
    if max(len(left), len(right)) > _SHORT + 1:
        return None
    denied = any(
        fact.kind == "negation" and not side.wording.words[fact.first].startswith("den")
        for side in (left, right)
        for fact in side.facts
    )
    opposites = None if denied else find_opposites(left.words, right.words)
    if opposites:
        return FactChange(*opposites, True)
    if (
        len(left) == len(right) == 1
        and not left.facts and not right.facts
        and _speaks(left) and _speaks(right)
        and not are_variants(left.words, right.words)
    ):  # fmt: skip
        return FactChange("name", left.words[0], right.words[0], True)
    return None


def _speaks(side: Stretch) -> bool:
    """Whether a capitalised word opens a sentence and speaks; "Rebels said" names nobody."""
    (word,), place = side.words, side.first
    return (
        side.wording.is_capital(place)
        and opens_sentence(side.wording, place)
        and not word.endswith("s")
        and word not in STOP_WORDS | TITLES | CREDITED | SPEAKERS
        and bool(SAYING.intersection(side.wording.words[side.after : side.after + 1]))
    )


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
            short, long = sorted(numerals, key=len)
            clash = all(n.isdigit() for n in numerals) and int(short) != int(long)
            if len(short) == 2 and len(long) == 4 and long.endswith(short):
                clash = False  # "2012-13", "2012-2013"
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
            if not _same_place(a, left, b, right):
                continue
            if a.kind == b.kind and (_swapped(a, left, b, right) or _paid(a, left, b, right)):
                yield a.kind
            if a.value in told[1] or b.value in told[0]:
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
    if not all(word.startswith("den") for word in sides[0] + sides[1]) and find_opposites(
        left.words, right.words
    ):
        return False  # "not accepted" is "rejected"
    if left.negations == right.negations:
        return False  # it went elsewhere: "did not know", "no indication that he knew"
    if "or" in left.words + right.words or any(
        word.removeprefix(prefix) in others
        for words, others in ((left.words, right.words), (right.words, left.words))
        for word in words
        for prefix in DENYING
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


def _swapped(a: Fact, left: Stretch, b: Fact, right: Stretch) -> bool:
    """Whether two values changed places while the words between them stayed.

    "12 soldiers and 21 rebels", "21 soldiers and 12 rebels"; not "12 dead and 30 hurt", "30
    hurt and 12 dead", nor the two items of a list.
    """
    if a.value == b.value or a.kind == "negation" or not _reordered(a, left, b, right):
        return False
    for other in _facts_near(a, left):
        for back in _facts_near(b, right):
            if (other.value, back.value) != (b.value, a.value):
                continue
            if (other.first > a.first) != (back.first > b.first):
                continue
            between = _between(a, other, left)
            telling = [w for w in between if w not in STOP_WORDS | TITLES | _MUTUAL]
            apart = bool(telling) or (a.kind == "figure" and not between)
            if between == _between(b, back, right) and apart and len(between) <= _LONGEST_NAMED:
                return True
    return False


def _facts_near(fact: Fact, side: Stretch) -> Sequence[Fact]:
    place = bisect_left(side.told, fact.first, key=lambda one: one.first)
    return [one for one in side.told[max(place - 3, 0) : place + 4] if one.first != fact.first]


def _between(a: Fact, b: Fact, side: Stretch) -> tuple[str, ...]:
    first, second = sorted((a, b), key=lambda fact: fact.first)
    return side.wording.words[first.after : second.first]


def _paid(a: Fact, left: Stretch, b: Fact, right: Stretch) -> bool:
    """Whether one figure is of two currencies."""
    marks = {mark_of(left.wording, a.first), mark_of(right.wording, b.first)} - {"", "-"}
    return a.kind == "figure" and a.value == b.value and len(marks) == 2


def _rounded(a: Fact, left: Stretch, b: Fact, right: Stretch) -> bool:
    """Whether one is the other with fewer decimals: "1.25 million", "1.3 million"."""
    words = [side.wording.words[f.first : f.after] for f, side in ((a, left), (b, right))]
    if words[0][1:] != words[1][1:] or not all("." in one[0] for one in words):
        return False
    short, long = sorted((one[0] for one in words), key=len)
    unit = 10.0 ** -len(short.partition(".")[2])
    try:
        return len(short) < len(long) and abs(float(short) - float(long)) <= unit / 2 + 1e-9
    except ValueError:
        return False


def _figures_clash(a: Fact, left: Stretch, b: Fact, right: Stretch) -> bool:
    if _reordered(a, left, b, right) or _rounded(a, left, b, right):
        return False
    if (a.value in VAGUE) != (b.value in VAGUE):
        return False
    numbers = []
    for fact in (a, b):
        try:
            numbers.append(float(fact.value))
        except ValueError:
            # "f16" and "f35", "5:30" and "6:30", "5 am" and "5 pm" are of one kind when of one
            # shape.
            shapes = (re.sub(r" [ap]m$", "m", re.sub(r"\d+", "0", x.value)) for x in (a, b))
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
    if not first or not second or are_variants(first, second):
        return False
    whole = left.named(), right.named()
    if are_initials(*whole) or alike(*("".join(words) for words in whole)):
        return False  # "at the State Department", "@StateDept"
    if a.kind == b.kind or alone:
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
    return not (first.is_city and first.codes & second.codes and alike(a, b))


def _name_of(fact: Fact, side: Stretch) -> list[str]:
    """Return the words of a name that stand in the stretch, without titles.

    Empty for those who are credited with a report, be it with words beyond the stretch.
    """
    wording, words, joints = side.wording, side.wording.words, (" ", "-", ". ")
    first, after = fact.first, fact.after
    while first > 0 and wording.is_capital(first - 1) and wording.gap(first) in joints:
        first -= 1
    while after < len(words) and wording.is_capital(after) and wording.gap(after) in joints:
        after += 1
    if CREDITED.intersection(words[first:after]):
        return []
    name = words[max(first, side.first) : min(after, side.after)]
    return [word.removesuffix("'s") for word in name if word not in TITLES]
