"""How well a term reads as a name of its own, and which persons share a last name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

from topics.naming.linked import NO_HEADS
from topics.naming.spellings import TITLES, WEAK_WORDS
from topics.naming.terms import LONGEST_PHRASE, Terms

# Nouns so general that one of them alone tells no reader what a topic is about.
_GENERAL = frozenset(
    """
    al et st action actions activity administration advice affair affairs aim air aircraft amount
    analysis answer answers anywhere approach area areas argument arms article asset author
    authorities authority average background bank basis behavior behaviour bid bit blog
    board body book border boy building bureau business campaign capital car career case
    cases cash cause center centre challenge challenges champion champions chance chances
    change changes charge charges chief child children choice circumstance circumstances
    cities city club coach comment comments commission committee communities community
    concern concerns condition conditions conference conflict consequence consequences
    context contract control cost costs council countries country course court credit crisis
    critic critics daily damage data date dead deal deals death deaths debate decision
    decisions defeat defence defense degree demand department detail details development
    difference difficulty direction discussion district division dog door earth east editor
    effect effects effort efforts else end enemy energy event events evidence example
    executive expectation expectations experience export eye eyes face fact facts families
    family fan fans fear fears federal feet field fight fighter fighters fighting figure
    figures final firm focus force forces form format friend friends full future game games
    gas general girl goal goals government governments ground group groups growth guy hand
    hands head heart help history hole home homes hope hopes house idea ideas image images
    impact importance increase industry information interest interests interview
    investigation investment investors issue issues item job jobs journey judge killing
    kills kind knowledge lack land language law lawmakers laws leader leaders leadership
    league legacy letter level levels lie lies life light line lines list literature lives
    location logic loss losses love majority manager mark market markets match material
    matter matters measure measures media meeting meetings member members memo message
    messages method military mind minute minutes mission mistake mobile model moment money
    mood move movement moves name names nation nations nature need needs negotiations
    neighbor network news newspaper north note object  offer office officer
    officers opinion opinions opportunity option options order orders organisation
    organization others outcome package page paper parent parents part parties partner
    partners partnership party past path patient patients  performance period person
    phase phone photo photos phrase picture pictures piece place places plan plans platform
    play player players point points policies policy politician politicians politics
    population position positions possibility post power powers practice presence
    press pressure price prices principle principles priorities priority problem problems
    process product products program programme programs progress project projects promise
    proposal protection public purpose quality quarter question questions race rally rate
    rates reaction reader readers reality reason reasons record records region regions
    relation relations relationship relationships release remark remarks report reporter
    reporters reports request research researchers resource resources response
    responsibility rest result results return review rise risk risks role room round rule
    rules run safety sale sales scale scene schedule school score season seat secret section
    sector security segment sense series service services session set share shift show shows
    side sides sign signs site situation size society sort source sources south speech staff
    stage stand standard state states step steps stop store stories story strategy street
    strength strike strikes structure studies study style subject success summit supplies
    supply support supporters surprise system systems table talk talks target targets task
    team teams technology tension tensions term terms territory test text thing things
    thought thoughts threat threats ties title tool top tour town towns trade training
    transfer travel trial trip trouble truth turn type unit units use user users value
    version victim victims victory video videos view views village violence visit voice
    voices vote voters votes wait war web week west white will win wing winner winter wish
    witness women word words work worker workers world yards year years young youth
    """.split()  # noqa: SIM905 - a list literal would be 500 lines
)
# What one word reads as beside a phrase or a name: a common noun, a general one; and a phrase of
# nothing but those.
_COMMON = 0.6
_TOO_GENERAL = 0.25
_ALL_GENERAL = 0.8
# A common noun, or a phrase of them, beside a name says what it is about, and is worth more than
# another name; a person who is heard on all subjects is worth less.
_BESIDE = 1.25
_SPEAKER = 0.6
# A last name is shared where another whole name has such a share of the uses, and so many.
_SHARED = 0.1
_LEAST_USES = 3
# The share of a topic's whole names that one must have to be the one meant.
_MEANT = 0.6
# A word is a given name where it begins a whole name in such a share of its passages.
_GIVEN = 0.5
# How fit a phrase must be that two terms make.
_FIT = 0.5
# Two terms are joined where so much of what holds both holds the phrase, and so much of the topic.
_JOINED = 0.2
_SEEN_JOINED = 0.01
# A word is said longer where the phrase has such a share of its passages.
_SAID_LONGER = 0.15
# Several are spoken of where so many passages do, for each that speaks of one.
_SEVERAL = 0.5
_NOT_GIVEN = TITLES | WEAK_WORDS


class Reading:
    """How terms read as names.

    Attributes:
        ease: float64, one a term: 1 for names and phrases, less for one common noun.
        beside: float64, one a term: the same beside a name, where a common noun is worth more.
    """

    def __init__(
        self,
        terms: Terms,
        speakers: Set[str] = frozenset(),
        outlets: Set[tuple[str, ...]] = frozenset(),
    ) -> None:
        """Look at all terms.

        Args:
            terms: The terms.
            speakers: Last names from ``find_speakers``.
            outlets: Names from ``find_outlets``: who reports is seldom what is reported.
        """
        self._terms = terms
        named = terms.named.tolist()
        pairs = list(zip(terms.words, named, strict=True))
        self.ease = np.array([_ease(words, name) for words, name in pairs], dtype=np.float64)
        common = (self.ease == _COMMON) | ((self.ease == 1.0) & ~terms.named)
        # A general word says nothing of a name.
        self.beside = np.where(common, _BESIDE, np.where(self.ease > _TOO_GENERAL, self.ease, 0.0))
        whole = _find_persons(terms, named)
        heard = np.array(
            [name and words[-1] in speakers and words[-1] in whole for words, name in pairs], bool
        )
        for each in (self.ease, self.beside):
            each[heard] *= _SPEAKER
        reports = np.array([words in outlets for words in terms.words], bool)
        self.ease[reports] *= _TOO_GENERAL
        self.beside[reports] = 0.0
        self._persons = {place for places in whole.values() for place in places}
        self._sharing = _keep_shared(whole, terms.counts.tolist())
        self._places = {words: place for place, words in enumerate(terms.words)}

    def join(self, one: int, other: int, both: float, members: NDArray[np.int64]) -> str:
        """Return the phrase that two terms make, one after the other, in a topic; or ``""``.

        Args:
            one: Number of the first term.
            other: Number of the second.
            both: Passages of the topic in which the two stand.
            members: Passages of the topic.
        """
        words, named = self._terms.words, self._terms.named
        # Two names one after the other are two things, or one that is named in full elsewhere.
        if named[one] and named[other]:
            return ""
        if len(words[one]) + len(words[other]) > LONGEST_PHRASE:
            return ""
        place = self._places.get(words[one] + words[other], -1)
        if place < 0 or self._terms.fitness[place] < _FIT:
            return ""
        inside = self._terms.stands[[place]][:, members].sum()
        least = max(_LEAST_USES, _JOINED * both, _SEEN_JOINED * len(members))
        return self._terms.surfaces[place] if inside >= least else ""

    def lengthen(self, place: int, ranked: Sequence[int], counts: NDArray[np.int64]) -> int:
        """Return the place of the phrase that a single word is said as in a name; -1 for none.

        Of a last name it is the person's whole name ("Chuck Hagel"), of a common noun the most
        telling phrase that it ends ("Syrian refugees").

        Args:
            place: Of the word among the topic's terms.
            ranked: The topic's terms, most telling first.
            counts: Passages of the topic that hold each.
        """
        words, named = self._terms.words, self._terms.named
        word = words[ranked[place]]
        if len(word) > 1:
            return -1
        person = bool(named[ranked[place]])
        least = max(_LEAST_USES, _SAID_LONGER * int(counts[place]))
        for other, term in enumerate(ranked):
            if (
                len(words[term]) == 1
                or words[term][-1] != word[0]
                or counts[other] < least
                or term >= self._terms.linked
            ):
                continue
            fits = term in self._persons if person else not named[term]
            if fits and self._terms.fitness[term] >= _FIT:
                return other
        return -1

    def tell(self, term: int, members: NDArray[np.int64]) -> str:
        """Return how to spell a term: a last name that several share with the first name meant.

        Args:
            term: Its number.
            members: Passages of the topic that it is to name.
        """
        terms = self._terms
        words = terms.words[term]
        alone = len(words) == 1 and terms.named[term]
        places = self._sharing.get(words[0], []) if alone else []
        if not places:
            return terms.surfaces[term]
        inside = terms.stands[places][:, members].sum(axis=1).tolist()
        most, place = max((count, -place) for count, place in zip(inside, places, strict=True))
        if most and most >= _MEANT * sum(inside):
            return terms.surfaces[-place]
        return terms.surfaces[term]

    def tell_several(self, term: int, members: NDArray[np.int64]) -> str:
        """Return a common noun as several are mostly spoken of in a topic: strikes; or ``""``.

        Args:
            term: Its number.
            members: Passages of the topic that it is to name.
        """
        words = self._terms.words[term]
        place = self._places.get((*words[:-1], f"{words[-1]}s"), -1)
        if place < 0 or self._terms.named[[term, place]].any():
            return ""
        one, more = self._terms.stands[[term, place]][:, members].sum(axis=1).tolist()
        return self._terms.surfaces[place] if more >= _SEVERAL * one else ""


def _ease(words: tuple[str, ...], named: bool) -> float:
    if len(words) == 1:
        general = words[0] in _GENERAL or words[0] in NO_HEADS
        return _TOO_GENERAL if general else 1.0 if named else _COMMON
    return _ALL_GENERAL if all(word in _GENERAL for word in words) else 1.0


def _find_persons(terms: Terms, named: Sequence[bool]) -> dict[str, list[int]]:
    """Return the whole names of persons by their last names."""
    counts = terms.counts.tolist()
    uses: dict[str, int] = {}
    wholes: list[int] = []
    for place, words in enumerate(terms.words):
        if len(words) == 1:
            uses[words[0]] = counts[place]
        elif len(words) == 2 and named[place] and words[0] not in _NOT_GIVEN:
            wholes.append(place)
    begun: Counter[str] = Counter()
    for place in wholes:
        begun[terms.words[place][0]] += counts[place]
    sharing: dict[str, list[int]] = defaultdict(list)
    for place in wholes:
        first, last = terms.words[place]
        # A given name is mostly before a last name.
        if uses.get(first) and begun[first] >= _GIVEN * uses[first]:
            sharing[last].append(place)
    return sharing


def _keep_shared(wholes: dict[str, list[int]], counts: Sequence[int]) -> dict[str, list[int]]:
    """Return the whole names of persons that share a last name, by it."""
    return {
        last: places
        for last, places in wholes.items()
        if len(places) > 1 and _are_several(sorted((counts[one] for one in places), reverse=True))
    }


def _are_several(counts: Sequence[int]) -> bool:
    return counts[1] >= _LEAST_USES and counts[1] >= _SHARED * sum(counts)
