"""Words and breaks of a text as they are spelled, and what each is where it stands.

All that is told here hangs on the one text, so that it is kept with its words from run to run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import TopicwireError
from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import Vocabulary
from topics.naming.asides import leave_out_aside
from topics.naming.tagging import FARTHEST, tag_tokens

_LETTERS = r"[^\W\d_]"
_WORD = rf"(?:{_LETTERS}\.){{2,}}|(?:St|Mt|Ft)\.(?=\s[A-Z])|[^\W_]+(?:[-'’&][^\W_]+)*"
_TOKENS = re.compile(rf"{_WORD}|&(?=\s)|[^\w\s'’&-]|[-–—]{{1,2}}(?=\s)|\n")

# Words of news writing that say who spoke and when, not what about.
_NEWS_WORDS = frozenset(
    """
    said says say saying told tells tell added adds reported reports report reporting according
    announced stated mr mrs ms dr sir also would could may might must shall like just even still
    yet since already ago now today yesterday tomorrow tonight monday tuesday wednesday thursday
    friday saturday sunday january february march april june july august september october
    november december jan feb aug sept oct nov dec
    week weeks weekend month months year years day days hour hours morning
    evening night time times one two three four five six seven eight nine ten first second third
    last next latest recent recently new old many much several another around among amid across
    per via without within upon toward towards however although though whether either neither
    around former including include includes included make makes made making take takes took
    taken taking get gets got getting go goes going went gone come comes came coming give gives
    gave given put set see seen seeing saw know known think thought want wanted way ways thing
    things lot people man men woman percent per cent million billion thousand hundred dozen
    dozens number part end back well good best better really actually us u.s pm am gmt edt est
    something anything nothing everything someone anyone everyone need needed use used using
    called call calls expected likely possible able it's don read click photo image copyright
    nearly almost ever never always often rather quite soon long little big large great least
    less far near later early late different similar certain whole half certainly especially
    clear right left things kind sort lead led keep kept look looking looked seem seems seemed
    afp ap reuters upi com www http https amp quot nbsp inc corp co ltd plc llc
    aspx fullquote quickinfo href
    yeah hi hello okay ok um uh hmm oh huh
    say's let lets become became becomes begin began start started following follow follows
    """.split()  # noqa: SIM905 - a list literal would be 200 lines
)
WEAK_WORDS = STOP_WORDS | _NEWS_WORDS
# Titles and common nouns of office: good beside a name ("President Assad"), none alone.
TITLES = frozenset(
    """
    president minister ministers prime secretary chairman spokesman spokeswoman official
    officials leader leaders chief head director general senator rep inc corp co ltd plc group
    sen gen gov lt col sgt capt company companies statement source sources analyst analysts
    expert experts correspondent
    """.split()  # noqa: SIM905 - a list literal would be 30 lines
)
# Weak words that are part of a name beside another word in capitals: New York, Financial
# Times, US Airways, Million Dollar Baby. The first ones also where a sentence starts.
_IN_NAMES_ANYWHERE = frozenset({"new", "u.s."})
_IN_NAMES = _IN_NAMES_ANYWHERE | frozenset(
    """
    old big little great long good best first second third last next million billion hundred
    one two three four five six seven eight nine ten time times people day night right left
    well way today
    """.split()  # noqa: SIM905
)
# Spellings that are words of their own: the country is no pronoun.
_AS_THEY_STAND = {"US": "u.s.", "&": "&"}
# A sentence of so many words of content, or long ones, with hardly one in lower case is a
# headline, and its capitals say nothing.
_HEADLINE_WORDS = 4
_LONG_WORD = 5
SENTENCE_ENDS = frozenset({"", ".", "!", "?", "\n"})
_HEADLINE_LOWER = 0.15

# "President Bashar" runs on in "President Bashar al-Assad".
_CAPITAL = re.compile(r"(?:(?:al|el|ul|bin|ben)-)?(?P<first>\w)")
# Penn Treebank's tags.
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_ADJECTIVES = frozenset({"JJ", "JJR", "JJS", "CD"})
_PARTICIPLES = frozenset({"VBN", "VBG"})
_OPENING = _ADJECTIVES | {"DT", "PRP$", "POS"}
_AMOUNT = re.compile(r"\d+(?:st|nd|rd|th|s|pm|am|m|bn|p|km|c)")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")

MARKS = ("capital", "headline", "content", "strong", "noun", "modifies", "verb", "open_ended")
"""What is told of a token, a bit each, the lowest first; see ``topics.naming.tokens.Tokens``."""


class Spellings(Vocabulary):
    """Numbers words and breaks as they are spelled, asides left out, and marks them."""

    # Raised when tokens or marks are told otherwise, be it by a list of words alone.
    kind = "marked tokens 1"
    apart = None
    mask = (1 << 32 - len(MARKS)) - 1

    def _number_all(self, texts: Sequence[str]) -> list[NDArray[np.uint32]]:
        known = self._by_word
        read = [
            np.array(
                [
                    known.setdefault(one, len(known))
                    for one in _TOKENS.findall(leave_out_aside(text))
                ],
                np.uint32,
            )
            for text in texts
        ]
        if len(known) > self.mask:
            raise TopicwireError(
                f"More than {self.mask:,} different words are more than can be read."
            )
        words, lengths = self.words(), np.array([len(row) for row in read], np.int64)
        flat = np.concatenate([*read, np.empty(0, np.uint32)])
        used, places = np.unique(flat, return_inverse=True)
        # So many breaks behind each text that none is told by another.
        ends = np.cumsum(lengths + FARTHEST)
        inside = np.ones(int(ends[-1]) if len(ends) else 0, bool)
        inside[(ends[:, None] - np.arange(1, FARTHEST + 1)).ravel()] = False
        spellings = np.zeros(len(inside), np.int64)
        spellings[inside] = places + 1
        marks = _mark(spellings, ["", *(words[number] for number in used.tolist())])[inside]
        flat |= marks.astype(np.uint32) << np.uint32(32 - len(MARKS))
        return np.split(flat, np.cumsum(lengths)[:-1]) if len(texts) else []


def _mark(spellings: NDArray[np.int64], spellings_of: Sequence[str]) -> NDArray[np.uint8]:
    """Tell of each token what it is where it stands: the bits of ``MARKS``."""
    spelled = [drop_possessive(one) for one in spellings_of]
    folded = [fold(one) for one in spellings_of]
    breaks = np.array([not word for word in folded], bool)[spellings]
    capital = np.array([_is_capital(one) for one in spelled], bool)[spellings]
    of_content = np.array([_is_strong(word) for word in folded], bool)
    content = of_content[spellings]
    # Small words are in lower case in headlines too.
    telling = content | np.array([len(word) >= _LONG_WORD for word in folded], bool)[spellings]
    ends = breaks & among(spellings_of, SENTENCE_ENDS)[spellings]
    headline = _find_headlines(ends, capital, telling)
    strong = content | _find_in_names(spellings, folded, breaks, capital & ~headline, content)
    begins = breaks[np.arange(-1, len(breaks) - 1)] | headline
    noun, modifies, verb = _find_parts(*tag_tokens(spellings, spelled, ends, begins))
    hyphened = np.array(["-" in one and one.islower() for one in spelled], bool)[spellings]
    marks = (capital, headline, content, strong, noun, modifies, verb, hyphened)
    return np.packbits(np.stack(marks, axis=1), axis=1, bitorder="little").ravel()


def _find_parts(
    tags: NDArray[np.int8], names: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which tokens are nouns, which may stand in a phrase before one, and which are verbs.

    A participle does where something opens the phrase before it: "the proposed ban", but not
    "has killed civilians".
    """
    noun = among(names, _NOUNS)[tags]
    before = np.append(tags[:1], tags[:-1])
    formed = among(names, _PARTICIPLES)[tags] & among(names, _OPENING)[before]
    verb = np.array([name.startswith("VB") for name in names])[tags] & ~formed
    return noun, noun | formed | among(names, _ADJECTIVES)[tags], verb


def _is_capital(spelling: str) -> bool:
    """Whether a word begins with a capital, an Arabic article before it left aside."""
    found = _CAPITAL.match(spelling)
    return found is not None and found["first"].isupper()


def _find_headlines(
    ends: NDArray[np.bool_], capital: NDArray[np.bool_], telling: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which tokens stand in sentences whose words are all in capitals."""
    sentence = np.cumsum(ends)
    content = np.bincount(sentence, telling)
    lower = np.bincount(sentence, telling & ~capital)
    found = (content >= _HEADLINE_WORDS) & (lower <= _HEADLINE_LOWER * content)
    return np.asarray(found[sentence])


def _find_in_names(
    spellings: NDArray[np.int64],
    folded: Sequence[str],
    breaks: NDArray[np.bool_],
    capital: NDArray[np.bool_],
    strong: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return which weak words are in capitals beside a strong word in capitals."""
    name = np.append(capital & strong, np.array([False]))
    beside = name[1:] | np.append(np.array([False]), name[:-1])[:-1]
    inside = ~np.append(np.array([True]), breaks)[:-1]
    able = among(folded, _IN_NAMES)[spellings] & inside
    able |= among(folded, _IN_NAMES_ANYWHERE)[spellings] & name[1:]
    return np.asarray(able & capital & beside)


def fold(token: str) -> str:
    """Return the word a spelling stands for; ``""`` for a break."""
    if token in _AS_THEY_STAND:
        return _AS_THEY_STAND[token]
    if token.isalnum():
        return token.casefold()
    if not (token[:1].isalnum() or any(letter.isalnum() for letter in token)):
        return ""
    return drop_possessive(token).replace("’", "'").casefold()


def drop_possessive(token: str) -> str:
    """Return a spelling without what makes it an owner's."""
    return _POSSESSIVE.sub("", token) if "'" in token or "’" in token else token


def _is_strong(word: str) -> bool:
    """Whether a term may start or end with the word."""
    return (
        len(word) > 1
        and word not in WEAK_WORDS
        and not ("." in word and word.replace(".", "") in WEAK_WORDS)
        and not ("'" in word and word.split("'")[0] in WEAK_WORDS)
        and (word[0].isalpha() or any(letter.isalpha() for letter in word))
        and not (word[0].isdigit() and _AMOUNT.fullmatch(word))
    )


def among(vocabulary: Sequence[str], group: Set[str]) -> NDArray[np.bool_]:
    """Return which words of a vocabulary are in a group."""
    return np.array([word in group for word in vocabulary], dtype=bool)
