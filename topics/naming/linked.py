"""Longer phrases that a small word links: release of hostages, war on terror, aid to Syria."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.words.gazetteer import place_of
from topics.naming.spellings import TITLES, among
from topics.naming.tokens import Tokens
from topics.naming.wordforms import find_root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from scipy.sparse import csr_array

_PREPOSITIONS = frozenset({"of", "in", "on", "for", "against", "with", "from", "to", "over", "at"})
# Words of content before and after the preposition, and whether an article stands behind it.
_SHAPES = tuple(product((1, 2), (1, 2), (False, True)))
_MOST_WORDS = 4
# What is no happening, and says how much, who or where: such a phrase names nothing.
NO_HEADS = frozenset(
    """
    amount area areas asset assets barrel barrels body candidates case cases citizens city
    countries country defense dollars edge faction factions fighters force forces gallons
    government governments group groups hand hands interests item items level levels line list
    majority member members millions minority minorities name names nation nations nationals
    number officials others part parts parties people place places point points power range rate
    region regions residents respect rest role section series set shoes side sides site sites
    situation share state states stronghold suburb system target targets tens terms territory
    thousands time times top town towns troops unit units village villages war wave weapons west
    east north south women men work world zone kind
    """.split()  # noqa: SIM905 - a list literal would be 100 lines
) - {"war", "troops", "weapons"}
_ACTS = ("al", "als", "ion", "ions", "ment", "ure", "ence", "ance")
_MOVED = frozenset(
    """
    refugees migrants exit pullout return retreat threat threats attack attacks visit visits aid
    support help damage access response ties links supplies danger
    """.split()  # noqa: SIM905 - a list literal would be 20 lines
)
# In so many uses nothing stands before a phrase, or it is a piece: (chemical) weapons in Syria.
_ALONE = 0.3
# Several are named where so many do, for each that names one.
_PLURAL = 0.4
# Words looked over before a phrase, to see whether a verb opens it.
_MOST_MODIFIERS = 3


class Linked(NamedTuple):
    """Phrases of a common noun, a preposition and a noun.

    Attributes:
        words: The lower-case words of each.
        surfaces: Each as it is mostly written.
        stands: int32 ``(phrases, passages)``, 1 where the words of content of a phrase stand in
            one paragraph, in any form and order: "hostages were released".
        heads: The same of the words before the preposition alone.
        natural: float64, one a phrase: share of these passages in which the phrase itself stands.
    """

    words: list[tuple[str, ...]]
    surfaces: list[str]
    stands: csr_array
    heads: csr_array
    natural: NDArray[np.float64]


def find_linked(
    tokens: Tokens,
    least: int,
    documents: NDArray[np.int64],
    compounds: Mapping[frozenset[str], int],
) -> Linked:
    """Find phrases that stand in ``least`` passages, and in two documents where there are two.

    Of forms of one phrase ("attack in Homs", "attacks in Homs") the commonest is kept.

    Args:
        tokens: The passages.
        least: Passages that a phrase must stand in.
        documents: int64 ``(passages,)``, number of each passage's document.
        compounds: Roots of phrases without a preposition ("oil prices"), and the passages that
            they stand in; what is mostly said so is left out.
    """
    root_of = [find_root(word) for word in tokens.vocabulary]
    names = sorted(set(root_of))
    place_of_root = {root: at for at, root in enumerate(names)}
    roots = np.array([place_of_root[root] for root in root_of], np.int64)[tokens.words]
    keys, places, shapes = [], [], []
    marks = _mark(tokens)
    for number, shape in enumerate(_SHAPES):
        at = _find_places(tokens, marks, *shape)
        key = np.full((len(at), _MOST_WORDS + 1), -1, np.int64)
        # Where the head ends tells "fall of Assad regime" from "regime's fall".
        key[:, _MOST_WORDS] = shape[0]
        for slot, offset in enumerate(_offsets(*shape)):
            key[:, slot] = roots[at + offset]
        keys.append(key)
        places.append(at)
        shapes.append(np.full(len(at), number))
    place, shape_of = np.concatenate(places), np.concatenate(shapes)
    distinct, ids = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
    ids = ids.ravel()
    content = tokens.strong & tokens.modifies
    uses = np.maximum(np.bincount(ids), 1)
    alone = np.bincount(ids, ~content[place - 1], minlength=len(uses)) >= _ALONE * uses
    said = _count_distinct(ids, tokens.rows[place], len(distinct))
    several = min(2, len(np.unique(documents)))
    often = _count_distinct(ids, documents[tokens.rows[place]], len(distinct)) >= several
    kept = np.array(
        [
            phrase
            for phrase in np.flatnonzero(often & alone & (said >= least)).tolist()
            if compounds.get(
                frozenset(
                    names[root] for root in distinct[phrase, :_MOST_WORDS].tolist() if root >= 0
                ),
                0,
            )
            < said[phrase]
        ],
        np.int64,
    )
    spelled = _spell(tokens, place, shape_of, ids, kept)
    of_part = tokens.rows[np.unique(tokens.parts, return_index=True)[1]]
    holds = _hold(roots, tokens.parts, len(names), distinct[kept])
    heads = [key[: key[_MOST_WORDS]].tolist() for key in distinct[kept]]
    whole = [[root for root in key[:_MOST_WORDS].tolist() if root >= 0] for key in distinct[kept]]
    stands = _meet(holds, whole, of_part, len(documents))
    return Linked(
        [tuple(one.casefold().split()) for one in spelled],
        spelled,
        stands,
        _meet(holds, heads, of_part, len(documents)),
        said[kept] / np.maximum(np.diff(stands.indptr), 1),
    )


def _offsets(before: int, after: int, article: bool) -> list[int]:
    """Return where the words of content stand."""
    start = before + 1 + article
    return [*range(before), *range(start, start + after)]


class _Marks(NamedTuple):
    """What tokens are in a phrase; bool, one a token, but for ``links``.

    Attributes:
        links: int64, the places of prepositions.
        head: Whether each may stand before one.
        content: Whether each is a word of content.
        goes_on: Whether a phrase before each goes on.
        of: Whether each is "of".
        the: Whether each is "the".
        moved: Whether each says where something goes.
        acts: Whether each is what goes there, or does.
        place: Whether each is the name of a place that has no article.
    """

    links: NDArray[np.int64]
    head: NDArray[np.bool_]
    content: NDArray[np.bool_]
    goes_on: NDArray[np.bool_]
    of: NDArray[np.bool_]
    the: NDArray[np.bool_]
    moved: NDArray[np.bool_]
    acts: NDArray[np.bool_]
    place: NDArray[np.bool_]


def _mark(tokens: Tokens) -> _Marks:
    """Say of each token what it is in a phrase."""
    words, vocabulary = tokens.words, tokens.vocabulary

    def are(group: Set[str]) -> NDArray[np.bool_]:
        return among(vocabulary, group)[words]

    content, of = tokens.strong & tokens.modifies, are({"of"})
    # A person's office is no subject, nor is who does something in a place: Assad in Damascus.
    inside = np.append(np.array([0]), words[:-1]) != 0
    capital = tokens.capital & inside & ~tokens.headline
    links = np.flatnonzero(are(_PREPOSITIONS))
    acts, place = np.zeros(len(vocabulary), bool), np.zeros(len(vocabulary), bool)
    # Looked at before a preposition, and behind one and an article.
    for word in np.unique(words[links - 1]).tolist():
        acts[word] = vocabulary[word].endswith(_ACTS) or vocabulary[word] in _MOVED
    for word in np.unique(words[np.minimum(links + 2, len(words) - 1)]).tolist():
        place[word] = _is_place(vocabulary[word])
    return _Marks(
        links=links,
        head=content & tokens.noun & ~are(TITLES | NO_HEADS) & ~tokens.named[words] & ~capital,
        content=content,
        goes_on=content | of,
        of=of,
        the=are({"the"}),
        moved=are({"from", "to"}),
        acts=acts[words],
        place=place[words],
    )


def _find_places(
    tokens: Tokens, marks: _Marks, before: int, after: int, article: bool
) -> NDArray[np.int64]:
    """Return where a phrase of a shape starts."""
    length = before + 1 + article + after
    at = marks.links - before
    at = at[(at >= 0) & (at + length < len(tokens.words))]
    # "Withdrawal from Syria", but troops are pulled from there.
    good = marks.head[at + before - 1]
    good &= marks.acts[at + before - 1] | ~marks.moved[at + before]
    if article:
        good &= marks.the[at + before + 1]
        if after == 1:
            # "Support for the Iraq" goes on, if not in letters: "the Iraq-led coalition".
            good &= ~marks.place[at + length - 1]
    for offset in _offsets(before, after, article):
        good &= marks.content[at + offset]
    # A whole phrase, not "attack on Syrian" of "attack on Syrian rebels",
    # nor "warrant for the arrest" of someone,
    good &= tokens.noun[at + length - 1] & ~marks.goes_on[at + length]
    # nor "troops from Syria" of "withdrawal of troops from Syria".
    good &= ~(marks.of[at - 1] & (at > 0))
    places = at[good]
    return places[~_follows_verb(tokens, places)]


def _is_place(word: str) -> bool:
    """Whether a word names a country or city that has no article, as the UK has."""
    return len(word) > len("uae") and "." not in word and place_of(word) is not None


def _follows_verb(tokens: Tokens, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return where what is after the preposition may go with a verb: "pull troops from Syria"."""
    before = places - 1
    for _ in range(_MOST_MODIFIERS):
        before -= tokens.modifies[before] & (tokens.words[before] != 0)
    return np.asarray(tokens.verb[before] & (tokens.words[before] != 0))


def _count_distinct(ids: NDArray[np.int64], of: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Count the different values of ``of`` by id."""
    span = int(of.max(initial=0)) + 1
    return np.bincount(np.unique(ids * span + of) // span, minlength=count)


def _spell(
    tokens: Tokens,
    places: NDArray[np.int64],
    shapes: NDArray[np.int64],
    ids: NDArray[np.int64],
    kept: NDArray[np.int64],
) -> list[str]:
    """Return how each phrase is mostly written, a capital of a sentence's start left aside."""
    forms: dict[int, Counter[str]] = defaultdict(Counter)
    inside = np.isin(ids, kept)
    for place, shape, phrase in zip(
        places[inside].tolist(), shapes[inside].tolist(), ids[inside].tolist(), strict=True
    ):
        before, after, article = _SHAPES[shape]
        span = range(place, place + before + 1 + article + after)
        said = [tokens.spelled[tokens.spellings[one]] for one in span]
        plain = tokens.headline[place]
        said = [
            word if tokens.named[tokens.words[one]] or (at and not plain) else word.lower()
            for at, (one, word) in enumerate(zip(span, said, strict=True))
        ]
        forms[phrase][" ".join(said)] += 1
    return [_choose(forms[phrase]) for phrase in kept.tolist()]


def _choose(forms: Counter[str]) -> str:
    """Return the commonest form, or that of several ("attacks in Homs") where it is common."""
    best = min(forms.items(), key=lambda one: (-one[1], one[0]))[0]
    first, _, rest = best.partition(" ")
    plural = f"{first}s {rest}"
    return plural if forms[plural] >= _PLURAL * forms[best] else best


def _hold(
    roots: NDArray[np.int64], parts: NDArray[np.int64], count: int, wanted: NDArray[np.int64]
) -> dict[int, NDArray[np.int64]]:
    """Return the parts of texts in which each root stands, ascending, of those wanted."""
    used = np.unique(wanted[:, :_MOST_WORDS])
    inside = np.isin(roots, used)
    span = int(parts.max(initial=0)) + 1
    pairs = np.unique(roots[inside] * span + parts[inside])
    bounds = np.searchsorted(pairs // span, np.arange(count + 1))
    return {
        root: pairs[bounds[root] : bounds[root + 1]] % span for root in used.tolist() if root >= 0
    }


def _meet(
    holds: dict[int, NDArray[np.int64]],
    phrases: Sequence[Sequence[int]],
    of_part: NDArray[np.int64],
    passages: int,
) -> csr_array:
    """Return in which passages all roots of each phrase stand in one part."""
    from scipy.sparse import csr_array

    found = []
    for phrase in phrases:
        together = holds[phrase[0]]
        for root in phrase[1:]:
            together = np.intersect1d(together, holds[root], assume_unique=True)
        found.append(np.unique(of_part[together]))
    bounds = np.cumsum([0, *map(len, found)])
    flat = np.concatenate([*found, np.empty(0, np.int64)])
    return csr_array((np.ones(len(flat), np.int32), flat, bounds), shape=(len(found), passages))
