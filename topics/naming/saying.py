"""What a topic's keyphrases are worth in its name, and how they are said there."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from topics.naming.readability import Reading
from topics.naming.terms import Terms

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# A name that stands in less of its topic is worth the less.
_LEAST_COVERED = 0.05
# What stands beside a name is said in so many passages, in topics of so many times that.
_LEAST_SAID, _SEVERAL = 3, 4
_LEAST_LINKED = 0.1
# What a phrase of one article is worth.
_ONE_ARTICLE, _MUCH = 0.3, 0.3


class Pairs(NamedTuple):
    """Terms of topics, best first within each topic; all of shape ``(pairs,)``.

    ``apart`` is the contrast with the topic's siblings in bits, 0 without a parent.
    """

    term: NDArray[np.int64]
    topic: NDArray[np.int64]
    counts: NDArray[np.int64]
    weights: NDArray[np.float64]
    apart: NDArray[np.float64]


@dataclass(frozen=True)
class Keyphrases:
    """A topic's keyphrases, most telling first.

    Attributes:
        phrases: As they are spelled.
        weights: What each weighs, to be compared within the topic only.
        apart: Bits by which each is commoner here than in the rest of the topic's parent;
            0 without a parent.
        merits: What each is worth as a name: its weight, less where it reads badly alone.
        joint: Share of the topic's passages in which each two stand, ``(phrases, phrases)``;
            in which each stands, on the diagonal.
        subjects: What each is worth beside a name: a common noun more than another name.
        joined: What the first makes with another, one after the other ("chemical weapons
            attack"), by the places of the two.
        longer: What a single word is said as in a name ("Syrian refugees"), by its place.
        linked: Place of the first phrase that a preposition links ("release of hostages").
    """

    phrases: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    apart: tuple[float, ...] = ()
    merits: tuple[float, ...] = ()
    joint: tuple[tuple[float, ...], ...] = ()
    subjects: tuple[float, ...] = ()
    joined: Mapping[tuple[int, int], str] = field(default_factory=dict)
    longer: Mapping[int, str] = field(default_factory=dict)
    linked: int = sys.maxsize

    def is_linked(self, place: int) -> bool:
        """Whether a phrase is linked by a preposition ("release of hostages")."""
        return place >= self.linked

    def said(self, place: int) -> str:
        """Return how a phrase is said in a name."""
        return self.longer.get(place, self.phrases[place])


def weigh_for_names(
    terms: Terms,
    own: Pairs,
    chosen: Sequence[int],
    linked: int,
    members: NDArray[np.int64],
    reading: Reading,
    documents: NDArray[np.int64],
) -> Keyphrases:
    """Say what each keyphrase of a topic is worth in a name.

    Args:
        terms: All terms.
        own: The topic's, most telling first.
        chosen: Places of the keyphrases among these.
        linked: How many of them come before those that a preposition links.
        members: Passages of the topic.
        reading: How terms read.
        documents: Document of each of the members.
    """
    ranked = own.term.tolist()
    holders = terms.stands[own.term[chosen]][:, members]
    # Sparse: small dense products keep threads of BLAS busy waiting.
    both = (holders @ holders.T).toarray().astype(np.float64)
    joint = both / len(members)
    seen = np.minimum(joint.diagonal() / _LEAST_COVERED, 1.0)
    merits = own.weights[chosen] * reading.ease[own.term[chosen]] * seen
    subjects = own.weights[chosen] * reading.beside[own.term[chosen]] * seen
    longer = {}
    for number, place in enumerate(chosen):
        said = reading.lengthen(place, ranked, own.counts)
        if said >= 0:
            longer[number] = terms.surfaces[ranked[said]]
            covered = min(own.counts[said] / len(members) / _LEAST_COVERED, 1.0)
            whole = own.weights[said] * reading.ease[own.term[said]] * covered
            merits[number] = max(merits[number], whole)
            subjects[number] = max(subjects[number], merits[number])
        else:
            several = reading.tell_several(ranked[place], members)
            if several:
                longer[number] = several
    # What one article of several speaks of names none of the others.
    if len(np.unique(documents)) >= _LEAST_SAID:
        alone = np.array([len(set(documents[row].tolist())) == 1 for row in _split(holders)], bool)
        alone &= joint.diagonal() < _MUCH
        merits[alone] *= _ONE_ARTICLE
        subjects[alone] *= _ONE_ARTICLE
    # Two passages may be of one chance: nothing to stand beside a name.
    if len(members) >= _SEVERAL * _LEAST_SAID:
        subjects[both.diagonal() < _LEAST_SAID] = 0.0
    phrases = tuple(reading.tell(ranked[place], members) for place in chosen)
    # A linked phrase is to be said of as much as the best phrase of common nouns.
    spoken = [
        number
        for number in range(linked)
        if " " in longer.get(number, phrases[number]) and not terms.named[ranked[chosen[number]]]
    ]
    best = max(spoken, key=lambda number: (merits[number], -number), default=None)
    least = _LEAST_LINKED if best is None else max(joint[best, best], _LEAST_LINKED)
    merits[linked:] *= np.minimum(joint.diagonal()[linked:] / least, 1.0)
    return Keyphrases(
        phrases,
        tuple(own.weights[chosen].tolist()),
        tuple(own.apart[chosen].tolist()),
        tuple(merits.tolist()),
        tuple(map(tuple, joint.tolist())),
        tuple(subjects.tolist()),
        _join_with_lead(
            [ranked[place] for place in chosen], int(np.argmax(merits)), both, members, reading
        ),
        longer,
        linked,
    )


def _split(holders: csr_array) -> list[NDArray[np.int32]]:
    """Return the columns that each row holds."""
    return np.split(holders.indices, holders.indptr[1:-1])


def _join_with_lead(
    terms: Sequence[int],
    lead: int,
    both: NDArray[np.float64],
    members: NDArray[np.int64],
    reading: Reading,
) -> dict[tuple[int, int], str]:
    """Return what the best term makes with each other, by their places."""
    found = {}
    for other in set(range(len(terms))) - {lead}:
        for pair in ((lead, other), (other, lead)):
            one, two = terms[pair[0]], terms[pair[1]]
            found[pair] = reading.join(one, two, float(both[pair]), members)
    return {pair: phrase for pair, phrase in found.items() if phrase}
