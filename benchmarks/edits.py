"""Edits that an outlet makes to a text it takes over, by rule and at a rate.

Rules and lists are public knowledge, and were written before the detector was tuned on them.
An edit takes words, the share of them to change, a source of chance and another text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

# Words that an editor swaps.
_SYNONYMS = """
    said:stated killed:slain attack:assault government:administration rebels:insurgents
    weapons:arms troops:soldiers strike:raid officials:authorities country:nation
    fighters:militants group:organization told:informed reported:disclosed began:started
    ended:finished capital:city leader:chief president:head war:conflict use:employ
    people:persons area:zone many:numerous during:amid after:following before:ahead
    against:versus because:since also:additionally however:though more:further big:large
    support:backing talks:negotiations plan:proposal called:urged says:states
    military:armed international:global civilians:noncombatants security:safety
    about:regarding while:whereas but:yet if:whether only:merely very:highly still:nonetheless
    now:currently often:frequently nearly:almost last:previous next:coming first:initial
    new:fresh old:former small:little good:fine bad:poor high:elevated low:reduced
    important:significant clear:plain hard:difficult possible:feasible likely:probable
    made:produced took:seized gave:granted got:received went:travelled came:arrived
    saw:witnessed found:discovered left:departed kept:retained held:maintained set:placed
    put:laid turned:shifted showed:demonstrated asked:requested helped:assisted tried:attempted
    want:desire need:require think:believe know:understand make:create take:grab give:provide
    get:obtain go:travel come:arrive see:witness find:discover show:reveal help:assist
    try:attempt stop:halt continue:proceed fight:battle fighting:combat forces:units
    army:military regime:government opposition:dissidents border:frontier town:settlement
    village:hamlet region:territory state:nation world:globe year:twelvemonth years:seasons
    day:date days:dates time:period part:portion number:quantity way:manner case:instance
    home:residence house:dwelling street:road children:youngsters women:females men:males
    death:demise dead:deceased injured:wounded deal:agreement law:statute power:might
    chemical:toxic political:partisan public:communal foreign:overseas major:principal
    several:various other:another such:similar with:alongside through:via between:among
    into:inside over:above under:beneath since:from until:till would:could should:must
    which:that has:had have:hold including:among according:owing statement:declaration
    report:account evidence:proof decision:resolution action:measure effort:endeavour
    """
SYNONYMS = dict(pair.split(":") for pair in _SYNONYMS.split())
# Names that stand in no article of the corpus in the place of others.
NAMES = """Haddad Lindqvist Okafor Moreno Petrovich Tanaka Whitfield Ndiaye Bergstrom Castellano
    Dubrovsky Eriksen Fitzgerald Gallagher Hollander Ivanenko""".split()  # noqa: SIM905
_NO_NAMES = set(
    """january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday president minister secretary
    general state prime foreign congress defense north south east west getty this that
    these those there when where what while after before""".split()  # noqa: SIM905
)
_NEGATIONS = set(
    """not no never none neither nor without cannot nobody nothing deny denies denied
    denying""".split()  # noqa: SIM905
)
_NUMBERS = set(
    """one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
    sixty seventy eighty ninety hundred thousand million billion dozen dozens hundreds thousands
    millions half today yesterday tomorrow twice""".split()  # noqa: SIM905
)
RATES = (0.05, 0.1, 0.2, 0.3)
_FIGURE = re.compile(r"[($]?\d[\d,.]*[).,;]?")
_NAME = re.compile(r"[A-Z][a-z]{3,}[,.]?")

Edit = Callable[[list[str], float, random.Random, str], list[str]]


def typos(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Swap two letters of some words of letters."""
    places = [i for i, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    for i in rng.sample(places, min(len(places), round(rate * len(words)))):
        j = rng.randrange(len(words[i]) - 1)
        word = words[i]
        words[i] = word[:j] + word[j + 1] + word[j] + word[j + 2 :]
    return words


def synonyms(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Swap words for their synonyms, up to the rate."""
    places = [i for i, word in enumerate(words) if word in SYNONYMS]
    for i in rng.sample(places, min(len(places), round(rate * len(words)))):
        words[i] = SYNONYMS[words[i]]
    return words


def reword(words: list[str], rate: float, rng: random.Random, other: str) -> list[str]:
    """Put lower-case words of another text in the place of such: harsher than an editor."""
    kept = _NEGATIONS | _NUMBERS
    pool = [w for w in other.split() if w.isalpha() and w.islower() and w not in kept] or ["so"]
    places = [i for i, w in enumerate(words) if w.isalpha() and w.islower() and w not in kept]
    for i in rng.sample(places, min(len(places), round(rate * len(words)))):
        words[i] = rng.choice(pool)
    return words


def cut(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Drop one stretch."""
    size = round(rate * len(words))
    at = rng.randrange(len(words) - size + 1)
    return words[:at] + words[at + size :]


def insert(words: list[str], rate: float, rng: random.Random, other: str) -> list[str]:
    """Insert a stretch of another text, so that it makes up the rate of the result."""
    size = round(rate / (1 - rate) * len(words))
    at = rng.randrange(len(words) + 1)
    return words[:at] + other.split()[:size] + words[at:]


def reorder(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Move the first sentence to the end, then swap synonyms."""
    parts = re.split(r"(?<=[.!?]) +", " ".join(words))
    moved = " ".join(parts[1:] + parts[:1]).split()
    return synonyms(moved, rate, rng, "")


def figure(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Change the first figure, then swap synonyms."""
    for i, word in enumerate(words):
        if _FIGURE.fullmatch(word):
            words[i] = re.sub(
                r"\d[\d,.]*\d|\d", lambda m: str(int(re.sub(r"\D", "", m[0])) + 9), word
            )
            break
    return synonyms(words, rate, rng, "")


def name(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Put another name in the stead of the first one inside a sentence, then swap synonyms."""
    place = find_name(words)
    if place is not None:
        gone = words[place].rstrip(",.")
        new = rng.choice(NAMES)
        words = [new + word[len(gone) :] if word.rstrip(",.") == gone else word for word in words]
    return synonyms(words, rate, rng, "")


def find_name(words: list[str]) -> int | None:
    """Return the place of the first capitalised word inside a sentence that is a name."""
    for i in range(1, len(words)):
        bare = words[i].rstrip(",.").lower()
        if _NAME.fullmatch(words[i]) and words[i - 1].islower() and bare not in _NO_NAMES:
            return i
    return None


def has_figure(text: str) -> bool:
    """Whether ``figure`` has something to change."""
    return any(_FIGURE.fullmatch(word) for word in text.split())


EDITS: dict[str, Edit] = {
    edit.__name__: edit for edit in (typos, synonyms, reword, cut, insert, reorder, figure, name)
}
