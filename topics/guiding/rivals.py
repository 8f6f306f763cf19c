"""Topics set against what else the corpus speaks of, where all of it is on one subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import read_words
from embeddings.vectors.neighbours import unit_rows
from topics.discovery.condensing import membership
from topics.guiding.likeness import Surroundings

# All measured: see docs/decisions/guided.md.
# A topic is known by the surest of the passages that it is the best topic for.
SUREST_SHARE = 0.02
LEAST_SUREST = 10
# What words count for beside vectors.
WORDS = 0.3
# A rival is known by what it speaks of, in two words where as large a share of its passages that
# have the first has both; told from so many passages of the corpus.
BOTH_WORDS = 0.5
PASSAGES_READ = 10_000
LEAST_SPOKEN = 5
# Words of grammar are told in English alone: a text that has fewer of these tells no rival.
LEAST_ENGLISH = 0.25
# A rival whose name is so near to what the user wrote is the topic, or part of it, in other words.
THE_SAME = 0.45


@dataclass(frozen=True)
class Rivals:
    """What a corpus speaks of most, beside the user's topics.

    Attributes:
        phrases: What each rival is known by, in folded words.
        scores: float64 of shape ``(n, rivals)``, on the scale of those of the topics.
        same: bool of shape ``(topics, rivals)``: whether a rival is the topic, or part of it.
    """

    phrases: tuple[str, ...]
    scores: NDArray[np.float64]
    same: NDArray[np.bool_]


def sharpen(
    around: Surroundings, scores: NDArray[np.float64], words: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Score passages by what sets a topic apart from its rivals, as far as that is needed.

    In a corpus on one war a line on "weapons transfers" is somewhat like all that is said of
    weapons. Its surest passages are compared with the communities that discovery finds: a
    passage counts by how much nearer it is to the surest than to the nearest community, and
    by the words of the topic that it has itself and that its neighbours have.

    Args:
        around: The passages amid what surrounds them; ``around.crowded`` says how far.
        scores: Shape ``(n, columns)``, from ``around.score``.
        words: The same shape, from ``topics.guiding.words.match_words``, or ``None``.

    Returns:
        Of the same shape and scale; ``scores`` where the corpus is on many subjects.
    """
    if not around.crowded:
        return scores
    deviation = float(scores.std())
    total = bring(scores, deviation) + bring(_margins(around, scores), deviation)
    if words is not None:
        total += WORDS * bring(around.spread(words), deviation)
        # What a passage itself says tells an arms delivery from talk of arms around it.
        total += WORDS * bring(words, deviation)
    sharp: NDArray[np.float64] = (1.0 - around.crowded) * scores + around.crowded * total
    return sharp


def find_surest(scores: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Return of each column the rows that it is the best for and that score highest."""
    best = scores.argmax(axis=1)
    surest = []
    for column in range(scores.shape[1]):
        mine = np.flatnonzero(best == column)
        count = max(LEAST_SUREST, round(SUREST_SHARE * len(mine)))
        surest.append(mine[np.argsort(-scores[mine, column], kind="stable")[:count]])
    return surest


def bring(values: NDArray[np.float64], deviation: float) -> NDArray[np.float64]:
    """Centre the columns of values, and bring all to one standard deviation."""
    centred = values - values.mean(axis=0)
    brought: NDArray[np.float64] = centred * (deviation / max(float(centred.std()), 1e-12))
    return brought


def _margins(around: Surroundings, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cosine with a topic's surest passages less that with the nearest community."""
    members = membership(around.communities[0])
    margins = np.zeros_like(scores)
    for column, sure in enumerate(find_surest(scores)):
        if not len(sure):
            continue
        middle = unit_rows(around.centred[sure].mean(axis=0, keepdims=True))[0]
        others = around.centred.copy()
        others[sure] = 0.0
        rivals = unit_rows(np.asarray(members @ others, np.float32))
        margins[:, column] = around.centred @ middle - (around.centred @ rivals.T).max(axis=1)
    return margins


def find_phrases(labels: NDArray[np.int64], texts: Sequence[str]) -> tuple[str, ...]:
    """Say what communities are known by: of each the word, or two, that tells it from the others.

    Args:
        labels: The community of each passage, shape ``(n,)``, in canonical order.
        texts: Text of each.

    Returns:
        Folded words, of each community but those that are too small to tell, largest first.
    """
    step = -(-len(texts) // PASSAGES_READ)
    inside: dict[int, Counter[str]] = {}
    for label, text in zip(labels[::step].tolist(), texts[::step], strict=True):
        inside.setdefault(label, Counter()).update(_find_terms(text))
    everywhere = sum(inside.values(), Counter[str]())
    total = len(texts[::step])
    sizes = np.bincount(labels[::step])
    phrases = []
    for label in sorted(inside, key=lambda one: (-sizes[one], one)):
        size, telling = int(sizes[label]), {}
        for term, count in inside[label].items():
            share = count / size
            outside = (everywhere[term] - count + 1) / max(total - size, 1)
            if count >= LEAST_SPOKEN and share > outside:
                telling[term] = count * np.log(share / outside)
        if not telling:
            continue
        best = max(telling, key=lambda term: (telling[term], term))
        least = BOTH_WORDS * inside[label][best]
        both = [
            term
            for term in telling
            if best in (term, *term.split()) and inside[label][term] >= least
        ]
        phrases.append(max(both, key=lambda term: (" " in term, telling[term], term)))
    return tuple(dict.fromkeys(phrases))


def find_drawn(scores: NDArray[np.float64], rivals: Rivals, crowded: float) -> NDArray[np.int64]:
    """Say of each passage which rival it is nearer to than to a topic.

    The less a corpus is crowded, the nearer a rival is to be: one article more moves few.

    Args:
        scores: Shape ``(n, topics)``, from ``sharpen`` with those of the rivals.
        rivals: Those that are a topic in other words draw nothing from it.
        crowded: As in ``topics.guiding.likeness.Surroundings``, above 0.

    Returns:
        int64 of shape ``(n, topics)``: the number of the nearest rival that is nearer, else -1.
    """
    drawn = np.full(scores.shape, -1, np.int64)
    least = float(scores.std()) * (1.0 / crowded - 1.0)
    for topic, same in enumerate(rivals.same if rivals.phrases else ()):
        others = np.where(same, -np.inf, rivals.scores)
        nearer = others.max(axis=1) > scores[:, topic] + least
        drawn[nearer, topic] = others[nearer].argmax(axis=1)
    return drawn


def find_unsure(
    scores: NDArray[np.float64], placed: NDArray[np.int64], crowded: float
) -> NDArray[np.bool_]:
    """Say where a topic does not score so high that a sign against it is set aside.

    In a corpus all on one subject nothing does; the less it is so, the nearer to a topic's bar,
    and below, is enough, so that one article more moves few.

    Args:
        scores: Shape ``(n, topics)``, ``-inf`` where a topic is out of question.
        placed: The topic of each passage, -1 for none, shape ``(n,)``.
        crowded: As in ``topics.guiding.likeness.Surroundings``, above 0.
    """
    known = scores[np.isfinite(scores)]
    if not len(known):
        return np.ones(scores.shape, np.bool_)
    odds = crowded / max(1.0 - crowded, 1e-9)
    reach = float(np.log(odds) * known.std())
    bars = [scores[placed == topic, topic].min(initial=np.inf) for topic in range(scores.shape[1])]
    return np.asarray(scores < np.array(bars) + reach)


def _find_terms(text: str) -> set[str]:
    """Return the telling words of an English text, and those two and two that follow each other."""
    words = read_words(text).words
    if sum(word in STOP_WORDS for word in words) < LEAST_ENGLISH * len(words):
        return set()
    telling = [word not in STOP_WORDS and len(word) > 2 for word in words]
    pairs = zip(words, words[1:], telling, telling[1:], strict=False)
    return {word for word, one in zip(words, telling, strict=True) if one} | {
        f"{word} {after}" for word, after, one, other in pairs if one and other
    }
