"""Words and phrases of passages, counted by topic in bulk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import open_vocabulary
from topics.naming.nouns import among, weigh_nouns
from topics.naming.spellings import Spellings

if TYPE_CHECKING:
    from scipy.sparse import csr_array

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
    afp ap reuters upi com www http https amp quot nbsp
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
# What stands beside a title without making a name of it: secretary of state, foreign minister.
_OF_OFFICE = frozenset({"of", "state", "foreign", "deputy", "vice", "interim", "executive"})
# Spellings that are words of their own: the country is no pronoun.
_AS_THEY_STAND = {"US": "u.s.", "&": "&"}
# "Bank of England" and "Marks & Spencer" may be phrases; "talks and war" may not.
_LINKS = frozenset({"of", "&"})
# A sentence of so many words of content, or long ones, with hardly one in lower case is a
# headline, and its capitals say nothing.
_HEADLINE_WORDS = 4
_LONG_WORD = 5
_SENTENCE_ENDS = frozenset({"", ".", "!", "?", "\n"})
_HEADLINE_LOWER = 0.15

# "President Bashar" runs on in "President Bashar al-Assad".
_CAPITAL = re.compile(r"(?:(?:al|el|ul|bin|ben)-)?(?P<first>\w)")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
LONGEST_PHRASE = 3
# A name that runs on in so many of its uses is a piece of one ("Prime Minister David").
_RUNS_ON = 0.6
# A term without a word of content on either side in such a share of its uses is a phrase of its
# own; one that seldom is leans on others: Syrian (army), (chemical) weapons. Where few uses are
# seen they are taken to be so many more, about that share of them whole.
_STANDS_ALONE = 0.3
_PRIOR_USES = 3
# A word used as a noun in less than the first share of its uses names nothing (it keeps
# the least fitness); from the second share on it is as fit as any.
_NOUN_SHARES = (0.3, 0.65)
_LEAST_FITNESS = 0.05


@dataclass(frozen=True)
class Terms:
    """Terms of one to three words and the passages they stand in.

    Attributes:
        words: The lower-case words of each term.
        surfaces: The commonest spelling of each term, case and all.
        fitness: float64, one a term, above 0 to 1: how well it serves as a name, being
            a noun or a name, and no piece of a longer one.
        named: bool, one a term: whether it is a proper name, in capitals throughout.
        stands: int32 ``(terms, passages)``: 1 where a term stands in a passage.
    """

    words: tuple[tuple[str, ...], ...]
    surfaces: tuple[str, ...]
    fitness: NDArray[np.float64]
    named: NDArray[np.bool_]
    stands: csr_array

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Passages that hold each term."""
        return np.asarray(np.diff(self.stands.indptr), np.int64)

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """Place of each term in alphabetical order."""
        order = sorted(range(len(self.words)), key=self.words.__getitem__)
        return np.argsort(np.array(order, np.int64))


@dataclass(frozen=True)
class _Tokens:
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
        headline: Whether each stands in a headline with all words in capitals.
    """

    words: NDArray[np.int64]
    spellings: NDArray[np.int64]
    rows: NDArray[np.int64]
    vocabulary: list[str]
    spelled: list[str]
    content: NDArray[np.bool_]
    capital: NDArray[np.bool_]
    strong: NDArray[np.bool_]
    headline: NDArray[np.bool_]


def count_terms(texts: Sequence[str], least: int) -> Terms:
    """Find the terms that stand in at least ``least`` passages.

    A term crosses no punctuation, neither starts nor ends with a weak word or a bare
    number, holds no weak word but "of", is no bare title ("prime minister"), and does
    not end in the middle of an expression ("delivery of surface-to-air").
    """
    from scipy.sparse import csr_array, vstack

    tokens = _tokenise(texts)
    nouns, leads, named = weigh_nouns(
        tokens.words, tokens.capital, tokens.headline, tokens.vocabulary, tokens.content
    )
    words: list[tuple[str, ...]] = []
    surfaces: list[str] = []
    fitness, proper, stands = [], [], []
    for length in range(1, LONGEST_PHRASE + 1):
        places = _find_places(tokens, length, least)
        ids, first = _number(tokens.words, places, length)
        pairs = np.ones(len(ids), np.int32), (ids, tokens.rows[places])
        held = csr_array(pairs, shape=(len(first), len(texts)))
        kept = np.flatnonzero(np.diff(held.indptr) >= least)
        stands.append(held[kept])
        spelled = _find_spellings(tokens, places, ids, kept, length)
        span = tokens.words[places[first[kept]][:, None] + np.arange(length)]
        is_name = np.array([length > 1 and _is_name(one) for one in spelled], dtype=bool)
        known = named[span] | is_name[:, None]
        proper.append(known.all(axis=1))
        whole = _whole_shares(tokens, places, ids, length)[kept]
        alone = _alone_shares(tokens, places, ids, length)[kept]
        fitness.append(_fitness(nouns[span], leads[span], known, whole) * alone)
        words += [tuple(tokens.vocabulary[word] for word in term) for term in span.tolist()]
        surfaces += spelled
    together = csr_array(vstack(stands))
    # A term counts once in a passage.
    together.data[:] = 1
    return Terms(
        tuple(words), tuple(surfaces), np.concatenate(fitness), np.concatenate(proper), together
    )


def _is_name(spelling: str) -> bool:
    """Whether each word of a term is in capitals: Castello Road, Bank of England."""
    return all(word[:1].isupper() for word in spelling.split() if word not in _LINKS)


def _whole_shares(
    tokens: _Tokens,
    places: NDArray[np.int64],
    ids: NDArray[np.int64],
    length: int,
) -> NDArray[np.float64]:
    """Return the share of each term's uses in which no name runs on beyond it."""
    last = len(tokens.words) - 1
    name = tokens.capital & tokens.strong
    left, right = np.maximum(places - 1, 0), np.minimum(places + length, last)
    runs_on = (name[left] & name[places] & (places > 0)) | (
        name[right] & name[places + length - 1] & (places + length <= last)
    )
    # "Securities and Exchange Commission", "Office of Foreign Assets Control".
    linked = among(tokens.vocabulary, _LINKS | {"and", "for"})[tokens.words[left]]
    runs_on |= linked & name[places - 2] & name[places] & (places > 1)
    told = ~tokens.headline[places]
    uses = np.bincount(ids, told)
    beyond = np.bincount(ids, runs_on & told, minlength=len(uses))
    return np.asarray(1.0 - beyond / np.maximum(uses, 1))


def _alone_shares(
    tokens: _Tokens, places: NDArray[np.int64], ids: NDArray[np.int64], length: int
) -> NDArray[np.float64]:
    """Return how far each term is used without a word of content beside it, up to 1."""
    strong = np.append(tokens.strong, np.array([False]))
    alone = ~strong[places - 1] & ~strong[places + length]
    told = ~tokens.headline[places]
    uses = np.bincount(ids, told) + _PRIOR_USES
    share = (np.bincount(ids, alone & told) + _PRIOR_USES * _STANDS_ALONE) / uses
    return np.clip(share / _STANDS_ALONE, _LEAST_FITNESS, 1.0)


def _fitness(
    nouns: NDArray[np.float64],
    leads: NDArray[np.float64],
    named: NDArray[np.bool_],
    whole: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weigh terms by their words, shape ``(terms, length)``: a noun last, no verb before."""
    low, high = _NOUN_SHARES
    each = np.clip((nouns - low) / (high - low), _LEAST_FITNESS, 1.0)
    each[named] = 1.0
    # Before the last word an adjective is as welcome as a noun.
    lead = np.clip(leads[:, :-1] / low, _LEAST_FITNESS, 1.0)
    lead[named[:, :-1]] = 1.0
    fit = each[:, -1] * lead.min(axis=1, initial=1.0)
    return np.asarray(np.where(whole < 1 - _RUNS_ON, _LEAST_FITNESS, 1.0) * fit)


def _tokenise(texts: Sequence[str]) -> _Tokens:
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
    spelled = [_POSSESSIVE.sub("", one) for one in spellings_of]
    vocabulary = list(word_ids)
    capital = np.array([_is_capital(one) for one in spelled], dtype=bool)[spellings]
    content = np.array([_is_strong(word) for word in vocabulary], dtype=bool)
    # Small words are in lower case in headlines too.
    telling = content | np.array([len(word) >= _LONG_WORD for word in vocabulary], dtype=bool)
    ends = (words == 0) & among(spellings_of, _SENTENCE_ENDS)[spellings]
    headline = _find_headlines(ends, capital, telling[words])
    strong = content[words] | _find_in_names(words, capital & ~headline, content, vocabulary)
    return _Tokens(words, spellings, rows, vocabulary, spelled, content, capital, strong, headline)


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
    if not any(letter.isalnum() for letter in token):
        return ""
    return _POSSESSIVE.sub("", token).replace("’", "'").casefold()


def _is_strong(word: str) -> bool:
    """Whether a term may start or end with the word."""
    return (
        len(word) > 1
        and word not in WEAK_WORDS
        and word.replace(".", "") not in WEAK_WORDS
        and word.split("'")[0] not in WEAK_WORDS
        and any(letter.isalpha() for letter in word)
        and not re.fullmatch(r"\d+(?:st|nd|rd|th|s|pm|am|m|bn|p|km|c)", word)
    )


def _find_places(tokens: _Tokens, length: int, least: int) -> NDArray[np.int64]:
    """Return where a term of so many words starts, of words used at least so often."""
    count = max(len(tokens.words) - length + 1, 0)
    # A word used less often than a term must be is part of none.
    often = np.bincount(tokens.words, minlength=1)[tokens.words] >= least
    strong = tokens.content[tokens.words] if length == 1 else tokens.strong
    strong &= often
    good = strong[:count] & strong[length - 1 :]
    link = among(tokens.vocabulary, _LINKS)[tokens.words]
    for inner in range(1, length - 1):
        good &= (strong | link)[inner : inner + count]
    if length > 1:
        open_ended = ["-" in spelling and spelling.islower() for spelling in tokens.spelled]
        good &= ~np.array(open_ended)[tokens.spellings[length - 1 :]]
    places = np.flatnonzero(good)
    span = tokens.words[places[:, None] + np.arange(length)]
    title = among(tokens.vocabulary, TITLES | {"u.s."})
    plain = title | among(tokens.vocabulary, _OF_OFFICE)
    return np.asarray(places[~(plain[span].all(axis=1) & title[span].any(axis=1))])


def _number(
    words: NDArray[np.int64], places: NDArray[np.int64], length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the distinct terms that start at ``places``; also each one's first place."""
    base = int(words.max(initial=0)) + 1
    ids = words[places]
    for offset in range(1, length):
        _, ids = np.unique(ids, return_inverse=True)
        ids = ids * base + words[places + offset]
    _, first, ids = np.unique(ids, return_index=True, return_inverse=True)
    return ids.astype(np.int64), first.astype(np.int64)


def _find_spellings(
    tokens: _Tokens,
    places: NDArray[np.int64],
    ids: NDArray[np.int64],
    kept: NDArray[np.int64],
    length: int,
) -> list[str]:
    """Return the commonest spelling of each term kept, not of a sentence's start if it can.

    A word is capitalised at the start of a sentence whatever it is.
    """
    inside = np.isin(ids, kept)
    places, ids = places[inside], ids[inside]
    starts = (places == 0) | (tokens.words[np.maximum(places - 1, 0)] == 0)
    starts |= tokens.headline[places]
    forms, _ = _number(tokens.spellings, places, length)
    span = int(forms.max(initial=0)) + 1
    pairs, first, inverse = np.unique(ids * span + forms, return_index=True, return_inverse=True)
    # A thousandth for a sentence start: it decides only where there is nothing else.
    votes = np.bincount(inverse, np.where(starts, 0.001, 1.0)).round(6)
    best: dict[int, tuple[float, str]] = {}
    for term, place, vote in zip(pairs // span, places[first], votes.tolist(), strict=True):
        spelling = " ".join(tokens.spelled[s] for s in tokens.spellings[place : place + length])
        # Equal votes: the later in code order, lower case before capitals.
        best[term] = max(best.get(term, (0.0, "")), (vote, spelling))
    return [best[term][1] for term in kept]
