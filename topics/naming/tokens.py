"""Texts as words in line, with what each word is where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import open_vocabulary
from topics.naming.spellings import Spellings
from topics.naming.tagging import tag_tokens

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
_SENTENCE_ENDS = frozenset({"", ".", "!", "?", "\n"})
_HEADLINE_LOWER = 0.15

# "President Bashar" runs on in "President Bashar al-Assad".
_CAPITAL = re.compile(r"(?:(?:al|el|ul|bin|ben)-)?(?P<first>\w)")
# Penn Treebank's tags.
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_ADJECTIVES = frozenset({"JJ", "JJR", "JJS", "CD"})
_PARTICIPLES = frozenset({"VBN", "VBG"})
_OPENING = _ADJECTIVES | {"DT", "PRP$", "POS"}
# A word is a name that is in capitals in so many of its uses within sentences.
_NAMED = 0.6
# A text of so many words and marks is more than a paragraph.
_LONG_TEXT = 150
_AMOUNT = re.compile(r"\d+(?:st|nd|rd|th|s|pm|am|m|bn|p|km|c)")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
# Small words that Dutch, Danish, Spanish and the like do not write alike. A text of so many words,
# of which these have less than the share, is in another language, of which neither lexicon nor
# rules say anything; of 16,632 paragraphs of news in English that are so long 21 have less.
_ENGLISH = frozenset({"it", "of", "to"}) | {word for word in STOP_WORDS if len(word) > 2} - {
    *("all", "for", "had", "has", "her", "more", "most", "once", "over", "some", "under", "was"),
}
_TELLING_WORDS, _ENGLISH_SHARE = 20, 0.05


@dataclass(frozen=True)
class Tokens:
    """All tokens of all texts in one line; a break has word 0.

    Attributes:
        words: Word of each token.
        spellings: Spelling of each token.
        rows: Passage of each token.
        vocabulary: Words by number.
        spelled: Spellings by number.
        content: Whether a term may start or end with each word of the vocabulary.
        capital: Whether each token begins with a capital.
        strong: Whether a term of several words may start or end with each token.
        parts: Passage of each token by number, or sentence where the passage is a whole article.
        headline: Whether each stands in a headline with all words in capitals.
        noun: Whether each is used as a noun or name.
        modifies: Whether each may stand before a noun within a phrase: one, or an adjective.
        verb: Whether each is used as a verb.
        named: Whether each word of the vocabulary is mostly in capitals within sentences.
        foreign: Whether each stands in a text that is not in English: ``noun``, ``modifies`` and
            ``verb`` say nothing there.
    """

    words: NDArray[np.int64]
    spellings: NDArray[np.int64]
    rows: NDArray[np.int64]
    vocabulary: list[str]
    spelled: list[str]
    content: NDArray[np.bool_]
    capital: NDArray[np.bool_]
    strong: NDArray[np.bool_]
    parts: NDArray[np.int64]
    headline: NDArray[np.bool_]
    noun: NDArray[np.bool_]
    modifies: NDArray[np.bool_]
    verb: NDArray[np.bool_]
    named: NDArray[np.bool_]
    foreign: NDArray[np.bool_]


def tokenise(texts: Sequence[str]) -> Tokens:
    """Split texts into words and breaks."""
    spelling = open_vocabulary(Spellings)
    read = [spelling.row(text) for text in texts]
    used, first, places = np.unique(
        np.concatenate([*read, np.empty(0, np.uint32)]), return_index=True, return_inverse=True
    )
    # Numbered as they are first met in these texts, whatever was read before.
    known, order = spelling.words(), np.argsort(first)
    spellings_of = ["", *(known[number] for number in used[order].tolist())]
    numbers = np.argsort(order)[places]
    lengths = np.array([len(row) + 1 for row in read], dtype=np.int64)
    # A break behind each text.
    spellings = np.zeros(int(lengths.sum()), np.int64)
    inside = np.ones(len(spellings), bool)
    inside[np.cumsum(lengths) - 1] = False
    spellings[inside] = numbers + 1
    word_ids: dict[str, int] = {"": 0}
    word_of = [word_ids.setdefault(_fold(one), len(word_ids)) for one in spellings_of]
    words = np.array(word_of, dtype=np.int64)[spellings]
    rows = np.repeat(np.arange(len(texts)), lengths)
    spelled = [_drop_possessive(one) for one in spellings_of]
    vocabulary = list(word_ids)
    capital = np.array([_is_capital(one) for one in spelled], dtype=bool)[spellings]
    content = np.array([_is_strong(word) for word in vocabulary], dtype=bool)
    # Small words are in lower case in headlines too.
    telling = content | np.array([len(word) >= _LONG_WORD for word in vocabulary], dtype=bool)
    ends = (words == 0) & among(spellings_of, _SENTENCE_ENDS)[spellings]
    headline = _find_headlines(ends, capital, telling[words])
    strong = content[words] | _find_in_names(words, capital & ~headline, content, vocabulary)
    starts = np.append(np.array([True]), ends[:-1]) & (lengths[rows] > _LONG_TEXT)
    parts = np.cumsum(starts | (np.append(np.array([-1]), rows[:-1]) != rows)) - 1
    begins = (words == 0)[np.arange(-1, len(words) - 1)] | headline
    tags = tag_tokens(spellings, spelled, ends, begins)
    noun, modifies, verb = _find_parts(*tags)
    inside = capital & ~begins
    names = np.bincount(words, inside, minlength=len(vocabulary))
    within = np.bincount(words, ~begins, minlength=len(vocabulary))
    named = (names > 0) & (names >= _NAMED * within)
    return Tokens(
        *(words, spellings, rows, vocabulary, spelled, content, capital, strong),
        *(parts, headline, noun, modifies, verb, named),
        _find_foreign(words, rows, among(vocabulary, _ENGLISH)),
    )


def _find_foreign(
    words: NDArray[np.int64], rows: NDArray[np.int64], english: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which tokens stand in texts that are not in English, by its small words."""
    said = np.bincount(rows, words != 0)
    known = np.bincount(rows, english[words])
    found = (said >= _TELLING_WORDS) & (known < _ENGLISH_SHARE * said)
    return np.asarray(found[rows])


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
    words: NDArray[np.int64],
    capital: NDArray[np.bool_],
    strong: NDArray[np.bool_],
    vocabulary: Sequence[str],
) -> NDArray[np.bool_]:
    """Return which weak words are in capitals beside a strong word in capitals."""
    name = np.append(capital & strong[words], np.array([False]))
    beside = name[1:] | np.append(np.array([False]), name[:-1])[:-1]
    inside = np.append(np.array([0]), words)[:-1] != 0
    able = among(vocabulary, _IN_NAMES)[words] & inside
    able |= among(vocabulary, _IN_NAMES_ANYWHERE)[words] & name[1:]
    return np.asarray(able & capital & beside)


def _fold(token: str) -> str:
    """Return the word a spelling stands for; ``""`` for a break."""
    if token in _AS_THEY_STAND:
        return _AS_THEY_STAND[token]
    if not (token[:1].isalnum() or any(letter.isalnum() for letter in token)):
        return ""
    return _drop_possessive(token).replace("’", "'").casefold()


def _drop_possessive(token: str) -> str:
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
