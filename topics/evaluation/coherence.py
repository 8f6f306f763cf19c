"""Whether a topic's words belong together: NPMI over passages, and diversity."""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topics.naming.spellings import WEAK_WORDS

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Runs of letters and digits; the ending of "Assad's" is matched, but captures nothing.
_WORD = re.compile(r"(?<=['’])s\b|([^\W_]+)")
# Words of a topic that are looked at (Roeder, Both and Hinneburg, 2015, take ten).
TOP_WORDS = 10


@dataclass(frozen=True)
class Coherence:
    """How far words, or keyphrases, of a topic stand in the same passages.

    Attributes:
        npmi: Mean over the topics that have a pair of words, -1 to 1: 1 where they
            always stand together, 0 where by chance, -1 where never. ``None`` without pairs.
        by_topic: The mean over each topic's pairs, ``None`` for a topic without a pair.
        topics_without_pairs: Topics of fewer than two distinct words, not in ``npmi``.
        pairs: Pairs of words, over all topics.
        never_together: Pairs that no passage holds both of; each counts as -1.
        absent: Words that no passage holds; each of their pairs counts as -1.
        passages: Size of the reference corpus.
    """

    npmi: float | None
    by_topic: tuple[float | None, ...]
    topics_without_pairs: int
    pairs: int
    never_together: int
    absent: tuple[str, ...]
    passages: int


def measure_coherence(texts: Sequence[str], words: Sequence[Sequence[str]]) -> Coherence:
    """Return the normalised pointwise mutual information of each topic's words or keyphrases.

    NPMI (Bouma, 2009) with probabilities as shares of passages that hold a phrase, or both:
    the window is the passage (the Boolean paragraph of Roeder, Both and Hinneburg, 2015).
    Pairs never seen together get the limit, -1, and no smoothing. A pair that every passage
    holds gets 1, the limit as well.

    Args:
        texts: The reference corpus, one passage each.
        words: Words and phrases of each topic. A phrase stands where its words follow
            each other; case, punctuation and a possessive ending make no difference.
    """
    split = [list(dict.fromkeys(split_words(phrase) for phrase in topic)) for topic in words]
    phrases = {phrase: i for i, phrase in enumerate(dict.fromkeys(p for t in split for p in t))}
    presence = find_phrases(texts, list(phrases))
    by_topic: list[float | None] = []
    pairs = never = 0
    for topic in split:
        if len(topic) < 2:
            by_topic.append(None)
            continue
        held = presence[[phrases[phrase] for phrase in topic]]
        counts = (held @ held.T).toarray().astype(np.float64)
        values = npmi(counts, len(texts))[np.triu_indices(len(topic), 1)]
        pairs += len(values)
        never += int((counts[np.triu_indices(len(topic), 1)] == 0).sum())
        by_topic.append(float(values.mean()))
    known = [value for value in by_topic if value is not None]
    held_by = np.diff(presence.indptr)
    surfaces = dict.fromkeys(phrase for topic in words for phrase in topic)
    return Coherence(
        npmi=float(np.mean(known)) if known else None,
        by_topic=tuple(by_topic),
        topics_without_pairs=len(by_topic) - len(known),
        pairs=pairs,
        never_together=never,
        absent=tuple(one for one in surfaces if held_by[phrases[split_words(one)]] == 0),
        passages=len(texts),
    )


def find_top_words(
    texts: Sequence[str], topics: NDArray[np.int64], count: int, wanted: int = TOP_WORDS
) -> list[tuple[str, ...]]:
    """Return the single words that weigh most in each topic, by class-based TF-IDF.

    A word weighs the topic's passages that hold it, times ``log(1 + a / f)``: ``f`` passages
    of all hold it, and the mean topic holds ``a`` words (Grootendorst, 2022). It is the
    same for topics of any origin, so that their coherence can be compared; keyphrases are
    picked to stand in different passages, which NPMI counts against them.

    Args:
        texts: Passages.
        topics: Topic of each, 0 up to ``count``, -1 for none; shape ``(n,)``.
        count: Number of topics.
        wanted: Most words of a topic. Of equal weights the first in code order.
    """
    held: list[Counter[str]] = [Counter() for _ in range(count)]
    for text, topic in zip(texts, topics.tolist(), strict=True):
        if topic >= 0:
            held[topic].update(
                word
                for word in set(split_words(text))
                if len(word) > 1 and word not in WEAK_WORDS and not word[0].isdigit()
            )
    total: Counter[str] = Counter()
    for words in held:
        total.update(words)
    mean = total.total() / max(count, 1)
    rarity = {word: math.log1p(mean / times) for word, times in total.items()}
    best = []
    for words in held:
        weights = [(-round(times * rarity[word], 9), word) for word, times in words.items()]
        best.append(tuple(word for _, word in heapq.nsmallest(wanted, weights)))
    return best


def measure_diversity(words: Sequence[Sequence[str]]) -> float | None:
    """Return the share of distinct words among all, 0 to 1 (Dieng, Ruiz and Blei, 2020).

    1 where no two topics share one; ``None`` where there are none. They take the 25 first
    words of each topic, this all that are given.
    """
    listed = [split_words(phrase) for topic in words for phrase in topic]
    return len(set(listed)) / len(listed) if listed else None


def npmi(together: NDArray[np.float64], passages: int) -> NDArray[np.float64]:
    """Return the NPMI of each pair, shape ``(m, m)``.

    Args:
        together: Passages that hold both, shape ``(m, m)``; on the diagonal, that hold one.
        passages: Number of all.
    """
    alone = np.diag(together)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.log(together) + np.log(passages) - np.log(alone)[:, None] - np.log(alone)
        values = gain / (np.log(passages) - np.log(together))
    values = np.where(together >= passages, 1.0, values)
    return np.where(together == 0, -1.0, values)


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, possessive endings left out."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return tuple(word for word in _WORD.findall(folded) if word)


def find_phrases(texts: Sequence[str], phrases: Sequence[tuple[str, ...]]) -> csr_array:
    """Say which phrases stand in which texts, sparse of 0 and 1, ``(phrases, texts)``.

    Args:
        texts: Passages.
        phrases: Distinct, words in lower case; one of no words stands nowhere.
    """
    from scipy.sparse import csr_array

    words = {word: i for i, word in enumerate(dict.fromkeys(w for p in phrases for w in p), 1)}
    stream, ends = array("i"), array("q")
    for text in texts:
        stream.extend([words.get(word, 0) for word in split_words(text)])
        stream.append(0)  # no phrase goes on into the next text
        ends.append(len(stream))
    numbers = np.array(stream, np.int32)
    places = np.flatnonzero(numbers)
    # Where each word stands: a slice of the places, sorted by word.
    places = places[np.argsort(numbers[places], kind="stable")]
    starts = np.searchsorted(numbers[places], np.arange(1, len(words) + 2))
    columns = [np.zeros(0, np.int64)]
    for phrase in phrases:
        first = words[phrase[0]] if phrase else 0
        found = places[starts[first - 1] : starts[first]] if phrase else places[:0]
        for offset, word in enumerate(phrase[1:], 1):
            found = found[numbers[found + offset] == words[word]]
        columns.append(np.unique(np.searchsorted(ends, found, side="right")))
    indices, lengths = np.concatenate(columns), [len(one) for one in columns]
    ones = np.ones(len(indices), np.int64)
    return csr_array((ones, indices, np.cumsum(lengths)), shape=(len(phrases), len(texts)))
