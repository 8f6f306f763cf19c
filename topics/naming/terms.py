"""Words and phrases of passages, counted by topic in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.naming.linked import NO_HEADS, find_linked
from topics.naming.spellings import TITLES, among
from topics.naming.tagging import is_adjective
from topics.naming.tokens import Tokens, tokenise
from topics.naming.wordforms import find_root

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# What stands beside a title without making a name of it: secretary of state, foreign minister.
_OF_OFFICE = frozenset({"of", "state", "foreign", "deputy", "vice", "interim", "executive"})
# "Bank of England" and "Marks & Spencer" may be phrases; "talks and war" may not.
_LINKS = frozenset({"of", "&"})
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
# A linked phrase is one where it stands in so much of what holds its words of content.
_NATURAL = 0.1


@dataclass(frozen=True)
class Terms:
    """Terms of one to three words and the passages they stand in.

    Attributes:
        words: The lower-case words of each term.
        surfaces: The commonest spelling of each term, case and all.
        fitness: float64, one a term, above 0 to 1: how well it serves as a name, being
            a noun or a name, and no piece of a longer one.
        named: bool, one a term: whether it is a proper name, in capitals throughout.
        stands: int32 ``(terms, passages)``: 1 where a term stands in a passage; of a linked
            phrase, where its words of content do, in any form and order.
        linked: The first of the linked phrases ("release of hostages"), which come last.
        heads: int32 ``(linked, passages)``: 1 where what stands before the preposition does.
    """

    words: tuple[tuple[str, ...], ...]
    surfaces: tuple[str, ...]
    fitness: NDArray[np.float64]
    named: NDArray[np.bool_]
    stands: csr_array
    linked: int
    heads: csr_array

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Passages that hold each term."""
        return np.asarray(np.diff(self.stands.indptr), np.int64)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Words of each term."""
        return np.array([len(words) for words in self.words], np.int64)

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """Place of each term in alphabetical order."""
        order = sorted(range(len(self.words)), key=self.words.__getitem__)
        return np.argsort(np.array(order, np.int64))


def count_terms(
    texts: Sequence[str], least: int, documents: NDArray[np.int64] | None = None
) -> Terms:
    """Find the terms of texts, each a passage; see ``find_terms``."""
    return find_terms(tokenise(texts), least, documents)


def find_terms(tokens: Tokens, least: int, documents: NDArray[np.int64] | None = None) -> Terms:
    """Find the terms that stand in at least ``least`` passages.

    A term crosses no punctuation, neither starts nor ends with a weak word or a bare
    number, holds no weak word but "of", is no bare title ("prime minister"), and does
    not end in the middle of an expression ("delivery of surface-to-air").

    Args:
        tokens: All tokens of the passages.
        least: Passages that a term must stand in.
        documents: int64 ``(passages,)``, number of each passage's document; linked phrases stand
            in two, where there are two. By default each passage is its own.
    """
    from scipy.sparse import csr_array, vstack

    passages = int(tokens.rows[-1]) + 1 if len(tokens.rows) else 0
    words: list[tuple[str, ...]] = []
    surfaces: list[str] = []
    fitness, proper, stands = [], [], []
    for length in range(1, LONGEST_PHRASE + 1):
        places = _find_places(tokens, length, least)
        places = _drop_rare(tokens.words, places, length, least)
        ids, first = _number(tokens.words, places, length)
        pairs = np.ones(len(ids), np.int32), (ids, tokens.rows[places])
        held = csr_array(pairs, shape=(len(first), passages))
        kept = np.flatnonzero(np.diff(held.indptr) >= least)
        stands.append(held[kept])
        spelled = _find_spellings(tokens, places, ids, kept, length)
        span = tokens.words[places[first[kept]][:, None] + np.arange(length)]
        is_name = np.array([length > 1 and _is_name(one) for one in spelled], dtype=bool)
        named = (tokens.named[span] | is_name[:, None]).all(axis=1)
        proper.append(named)
        whole = _whole_shares(tokens, places, ids, length)[kept]
        alone = _alone_shares(tokens, places, ids, length)[kept]
        shares = _noun_shares(tokens, places, ids, length)[kept]
        nouns = np.where(named, 1.0, shares)
        if length == 1:
            # "Syrian" is in capitals, and no name for that.
            nouns[[is_adjective(one) for one in spelled]] = 0.0
        if length == LONGEST_PHRASE:
            amounts = among(tokens.vocabulary, NO_HEADS) & ~tokens.named
            of = among(tokens.vocabulary, {"of"})
            nouns[amounts[span[:, 0]] & of[span[:, 1]]] = 0.0
        fitness.append(_fitness(nouns, whole) * alone)
        columns = [[tokens.vocabulary[word] for word in column] for column in span.T.tolist()]
        words += zip(*columns, strict=True)
        surfaces += spelled
    compounds: dict[frozenset[str], int] = {}
    counts = np.diff(csr_array(vstack(stands)).indptr).tolist()
    for term, count in zip(words, counts, strict=True):
        if len(term) > 1:
            roots = frozenset(find_root(word) for word in term)
            compounds[roots] = max(compounds.get(roots, 0), count)
    if documents is None:
        documents = np.arange(passages)
    linked = find_linked(tokens, least, documents, compounds)
    together = csr_array(vstack([*stands, linked.stands]))
    # A term counts once in a passage.
    together.data[:] = 1
    return Terms(
        (*words, *linked.words),
        (*surfaces, *linked.surfaces),
        np.concatenate([*fitness, np.clip(linked.natural / _NATURAL, _LEAST_FITNESS, 1.0)]),
        np.concatenate([*proper, np.zeros(len(linked.words), bool)]),
        together,
        len(words),
        linked.heads,
    )


def _is_name(spelling: str) -> bool:
    """Whether each word of a term is in capitals: Castello Road, Bank of England."""
    return all(word[:1].isupper() for word in spelling.split() if word not in _LINKS)


def _whole_shares(
    tokens: Tokens,
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
    if length == 1:
        # "Securities" of the first, "Office" of the second.
        linked = among(tokens.vocabulary, _LINKS | {"and", "for"})[tokens.words[right]]
        runs_on |= linked & name[places] & name[np.minimum(right + 1, last)] & (right < last)
        # "Coordinates: 33°47′N", "QUESTION: Does he": a label says what comes.
        runs_on |= among(tokens.spelled, {":"})[tokens.spellings[right]] & (places < last)
    told = ~tokens.headline[places]
    uses = np.bincount(ids, told)
    beyond = np.bincount(ids, runs_on & told, minlength=len(uses))
    return np.asarray(1.0 - beyond / np.maximum(uses, 1))


def _alone_shares(
    tokens: Tokens, places: NDArray[np.int64], ids: NDArray[np.int64], length: int
) -> NDArray[np.float64]:
    """Return how far each term is used without a word of content beside it, up to 1."""
    strong = np.append(tokens.strong, np.array([False]))
    alone = ~strong[places - 1] & ~strong[places + length]
    told = ~tokens.headline[places]
    uses = np.bincount(ids, told) + _PRIOR_USES
    share = (np.bincount(ids, alone & told) + _PRIOR_USES * _STANDS_ALONE) / uses
    return np.clip(share / _STANDS_ALONE, _LEAST_FITNESS, 1.0)


def _noun_shares(
    tokens: Tokens, places: NDArray[np.int64], ids: NDArray[np.int64], length: int
) -> NDArray[np.float64]:
    """Return the share of each term's uses in which it is a noun with what may stand before it.

    Half of those in other languages than English: a name, which capitals tell, is fitter there.
    """
    link = among(tokens.vocabulary, _LINKS)[tokens.words]
    good = tokens.noun[places + length - 1]
    for offset in range(length - 1):
        good &= (tokens.modifies | link)[places + offset]
    known = np.where(tokens.foreign[places], 0.5, good)
    uses = np.bincount(ids) + 1.0
    return np.asarray((np.bincount(ids, known) + 0.5) / uses)


def _fitness(nouns: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh terms by the share of their uses as nouns, and in which no name runs on beyond."""
    low, high = _NOUN_SHARES
    fit = np.clip((nouns - low) / (high - low), _LEAST_FITNESS, 1.0)
    return np.asarray(np.where(whole < 1 - _RUNS_ON, _LEAST_FITNESS, 1.0) * fit)


def _find_places(tokens: Tokens, length: int, least: int) -> NDArray[np.int64]:
    """Return where a term of so many words starts, of words used at least so often."""
    count = max(len(tokens.words) - length + 1, 0)
    # A word used less often than a term must be is part of none.
    often = np.bincount(tokens.words, minlength=1)[tokens.words] >= least
    strong = tokens.content[tokens.words] if length == 1 else tokens.strong
    strong = strong & often
    good = strong[:count] & strong[length - 1 :]
    link = among(tokens.vocabulary, _LINKS)[tokens.words]
    for inner in range(1, length - 1):
        good &= (strong | link)[inner : inner + count]
    if length > 1:
        good &= ~tokens.open_ended[length - 1 :]
    places = np.flatnonzero(good)
    span = tokens.words[places[:, None] + np.arange(length)]
    title = among(tokens.vocabulary, TITLES | {"u.s."})
    plain = title | among(tokens.vocabulary, _OF_OFFICE)
    return np.asarray(places[~(plain[span].all(axis=1) & title[span].any(axis=1))])


def _drop_rare(
    words: NDArray[np.int64], places: NDArray[np.int64], length: int, least: int
) -> NDArray[np.int64]:
    """Leave out most places of terms that are used less often than ``least``, by a hash.

    Most phrases stand in one place: what is left can be sorted in half the time.
    """
    slots = 1 << max(2 * len(places), 1).bit_length()
    hashes = words[places]
    for offset in range(1, length):
        hashes = (hashes * 1_000_003 + words[places + offset]) & (slots - 1)
    return places[np.bincount(hashes, minlength=1)[hashes] >= least]


def _number(
    words: NDArray[np.int64], places: NDArray[np.int64], length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the distinct terms that start at ``places``; also each one's first place."""
    base = int(words.max(initial=0)) + 1
    ids = words[places]
    for offset in range(1, length):
        if offset > 1:
            _, ids = np.unique(ids, return_inverse=True)
        ids = ids * base + words[places + offset]
    _, first, ids = np.unique(ids, return_index=True, return_inverse=True)
    return ids.astype(np.int64), first.astype(np.int64)


def _find_spellings(
    tokens: Tokens,
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
    terms = pairs // span
    most = np.zeros(len(kept))
    np.maximum.at(most, np.searchsorted(kept, terms), votes)
    best = np.flatnonzero(votes == most[np.searchsorted(kept, terms)])
    said = _write(tokens.spelled, tokens.spellings, places[first[best]], length)
    # Equal votes: the later in code order, lower case before capitals.
    spelled: dict[int, str] = {}
    for term, spelling in zip(terms[best].tolist(), said, strict=True):
        spelled[term] = max(spelled.get(term, ""), spelling)
    return [spelled[term] for term in kept.tolist()]


def _write(
    vocabulary: Sequence[str], words: NDArray[np.int64], places: NDArray[np.int64], length: int
) -> list[str]:
    """Return the terms that start at ``places``, words parted by spaces."""
    columns = [
        [vocabulary[word] for word in words[places + offset].tolist()] for offset in range(length)
    ]
    return list(map(" ".join, zip(*columns, strict=True)))
