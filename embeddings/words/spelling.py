"""Which words of two texts are one, spelled differently, and which are opposites."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import Wording
from embeddings.words.facts import FACT_WORDS, FactKind, find_marks
from embeddings.words.gazetteer import find_place

# A stretch of words (first, after) in the one text and in the other.
Block = tuple[int, int, int, int]


def between(equal: Sequence[Block], length_a: int, length_b: int) -> list[Block]:
    """Return the stretches between blocks in common order that have words in either text."""
    ends = [(0, 0), *((block[1], block[3]) for block in equal)]
    starts = [*((block[0], block[2]) for block in equal), (length_a, length_b)]
    return [
        (end[0], start[0], end[1], start[1])
        for end, start in zip(ends, starts, strict=True)
        if start[0] > end[0] or start[1] > end[1]
    ]


# Of shorter words, one letter makes another word ("men", "man").
_LEAST_LETTERS = 4
# Longer words, of which each form would be as long again, are few: code, keys, sequences.
_MOST_LETTERS = 40
# Words that are a letter apart and mean other things, group by group: often confused or, in
# news, one in the other's stead. What stands in no group still passes for a misspelling.
_DISTINCT = """
stated/started/states/stages passed/paused johnson/johnston hansen/hanson
marital/martial causal/casual trial/trail trials/trails county/country there/three quiet/quite
board/broad sacred/scared diary/dairy angel/angle house/horse/mouse prosecute/persecute
affect/effect adverse/averse ensure/insure desert/dessert fired/filed/hired/fined/tired
raided/rained tanks/talks/ranks/banks ports/posts rebel/repel rebels/repels signed/singed
leaders/readers/dealers voted/vowed/noted fight/right/light/might/night/sight fights/rights
peace/place four/hour/tour/your five/fire/live/give nine/mine/line deal/dead/real/head/lead/read
lost/last/list/cost/most/post/host hand/land/band/sand food/good/wood/mood state/stage party/parts
court/count charge/change charges/changes charged/changed clash/crash/class
clashes/crashes/classes shot/shop/ship/show plane/plant/plans/place planes/plants/places
bomb/tomb/comb attack/attach found/bound/sound/round/pound/wound market/marked
month/mouth/youth/south north/worth near/year/fear/dear/bear/hear east/west/past/vast
killed/billed/filled bombed/combed wounded/founded/rounded moral/mortal/morale worn/born/torn
women/woman formed/former formally/formerly later/latter police/policy public/pubic
minister/monster mission/passion ally/rally allies/rallies arms/army armed/aimed border/bolder
fled/bled killer/miller sent/went/sept rose/rise/role/rome sides/sites side/site aides/sides
aide/side voters/votes treaty/treat test/text/rest/best/west
"""
_GROUPS: dict[str, set[int]] = {}
for _place, _group in enumerate(_DISTINCT.split()):
    for _word in _group.split("/"):
        _GROUPS.setdefault(_word, set()).add(_place)

# Names this alike are two spellings of one ("Daraa", "Deraa"), and so are those that begin
# with the same letters ("Islamic", "Islamist").
_VARIANT, _STEM = 0.6, 4
# Names of one group that share no letters.
_SAME = (
    frozenset({"isis", "isil", "is", "daesh", "daish", "islamic"}),
    frozenset({"gop", "republican", "republicans"}),
)
# Prefixes that deny, and words that only seem to be another with one of them.
DENYING = ("un", "in", "im", "ir", "dis", "non")
_NO_DENIAL = frozenset(
    """inform informed inside income incoming impress impressed import imported imports intense
    indeed install installed insure improve improved impart intake invaluable important
    inflammable indifferent discover discovered""".split()  # noqa: SIM905
)
# Words of a group that stand in each other's stead say the opposite, or another figure.
_OPPOSITES: tuple[tuple[FactKind, str], ...] = (
    ("negation", """rejected/accepted rejects/accepts reject/accept rose/fell rises/falls rise/fall
        rising/falling confirmed/denied upheld/overturned increased/decreased increase/decrease
        increases/decreases won/lost win/lose wins/loses winning/losing guilty/innocent
        supported/opposed supports/opposes approved/rejected admitted/denied succeeded/failed
        alive/dead"""),
    ("figure", """half/third/quarter/fifth
        first/second/third/fourth/fifth/sixth/seventh/eighth/ninth/tenth"""),
)  # fmt: skip

# How far a word may have slipped between two changed stretches.
_SLIP = 2


def find_spelled(
    a: Sequence[str], b: Sequence[str], equal: Sequence[Block], moved: Sequence[Block]
) -> list[Block]:
    """Find words that stand at one place of both texts and differ by a letter.

    Args:
        a: Folded words of the first text.
        b: Those of the second.
        equal: Stretches in common, in order.
        moved: Stretches in common elsewhere.

    Returns:
        Blocks of one word each, in order.
    """
    taken_a = {place for run in moved for place in range(run[0], run[1])}
    taken_b = {place for run in moved for place in range(run[2], run[3])}
    spelled = []
    for first, after, other, other_after in between(equal, len(a), len(b)):
        free = other
        for place in range(first, after):
            if place in taken_a:
                continue
            expected = other + place - first
            for match in range(max(free, expected - _SLIP), min(other_after, expected + _SLIP + 1)):
                if match not in taken_b and are_one_word(a[place], b[match]):
                    spelled.append((place, place + 1, match, match + 1))
                    free = match + 1
                    break
    return spelled


def find_spellable(words: Sequence[str]) -> set[str]:
    """Return the words that ``are_one_word`` may take for another of them, and perhaps more.

    Words a letter apart, or with two neighbours swapped, are one where a letter of each is left
    out, or of one (SymSpell: Garbe 2012).
    """
    found: set[str] = set()
    first: dict[str, str] = {}
    for word in words:
        if len(word) < _LEAST_LETTERS or not word.isalpha():
            continue
        if len(word) >= _MOST_LETTERS:  # one letter more may be another spelling of it
            found.add(word)
        if len(word) > _MOST_LETTERS:
            continue
        for form in (word, *(word[:at] + word[at + 1 :] for at in range(len(word)))):
            other = first.setdefault(form, word)
            if other != word:
                found |= {other, word}
    return found


def find_opposites(a: Sequence[str], b: Sequence[str]) -> tuple[FactKind, str, str] | None:
    """Return the kind of contradiction between two stretches, and its two words.

    Both must consist of one word besides stop words, "accepted" and "rejected", or "able" and
    "unable".
    """
    left, right = ([word for word in words if word not in STOP_WORDS] for words in (a, b))
    if len(left) != 1 or len(right) != 1 or left == right:
        return None
    pair = left[0], right[0]
    for kind, groups in _OPPOSITES:
        if any(set(pair) <= set(group.split("/")) for group in groups.split()):
            return kind, *pair
    short, long = sorted(pair, key=len)
    denying = (*DENYING, "il")
    if long not in _NO_DENIAL and any(long == prefix + short for prefix in denying):
        return ("negation", *pair) if len(short) >= _LEAST_LETTERS else None
    return None


def split_marked(first: Wording, second: Wording, equal: list[Block]) -> list[Block]:
    """Leave out numerals of another sign or currency: "5" and "-5", "$5" and "€5"."""
    marks, others = find_marks(first), find_marks(second)
    if not marks and not others:
        return equal
    kept: list[Block] = []
    for begin, after, other, other_after in equal:
        start = begin
        for place in range(begin, after):
            pair = {marks.get(place, ""), others.get(other + place - begin, "")}
            if len(pair) == 2 and ("-" in pair or "" not in pair):
                if place > start:
                    kept.append((start, place, other + start - begin, other + place - begin))
                start = place + 1
        if after > start:
            kept.append((start, after, other + start - begin, other_after))
    return kept


def are_distinct(a: str, b: str) -> bool:
    """Whether two words are known to be two, however alike they are."""
    return not _GROUPS.get(a, frozenset()).isdisjoint(_GROUPS.get(b, frozenset()))


@lru_cache(maxsize=1 << 16)
def are_one_word(a: str, b: str) -> bool:
    """Whether two words differ by one letter, or by two neighbours swapped.

    Two figures, dates or negations never are, nor two known places ("Iran", "Iraq"); of one
    of them and another word the first letter must agree, or all letters.
    """
    if min(len(a), len(b)) < _LEAST_LETTERS or abs(len(a) - len(b)) > 1:
        return False
    telling = (a in FACT_WORDS) + (b in FACT_WORDS)
    if not (a.isalpha() and b.isalpha()) or telling == 2:
        return False
    if telling and a[0] != b[0] and sorted(a) != sorted(b):
        return False
    if OSA.distance(a, b, score_cutoff=1) > 1 or are_distinct(a, b):
        return False
    return not (find_place((a,), 0) and find_place((b,), 0))


def are_variants(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether one may be the other, misspelled, shortened or as its initials."""
    if any(not group.isdisjoint(a) and not group.isdisjoint(b) for group in _SAME):
        return True
    if are_initials(a, b):
        return True
    return any(alike(one, other) for one in a for other in b)


def are_initials(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether one name is made of the first letters of the other ("MIT")."""
    for short, long in ((a, b), (b, a)):
        initials = "".join(word[0] for word in long)
        if len(long) > 1 and len(short) == 1 and short[0][: len(initials)] == initials:
            return True
    return False


def alike(a: str, b: str) -> bool:
    """Whether two words of names may be one, by their first letters or most of them."""
    if are_distinct(a, b):
        return False
    if a[:_STEM] == b[:_STEM] or (min(len(a), len(b)) > 1 and (a.startswith(b) or b.startswith(a))):
        return True  # "Ohio" is "OH"
    return OSA.normalized_similarity(a, b) >= _VARIANT
