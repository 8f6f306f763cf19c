"""Texts as words in line, with what each word is where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import open_vocabulary
from topics.naming.spellings import (
    MARKS,
    SENTENCE_ENDS,
    Spellings,
    among,
    drop_possessive,
    fold,
)

# A word is a name that is in capitals in so many of its uses within sentences.
_NAMED = 0.6
# A text of so many words and marks is more than a paragraph.
_LONG_TEXT = 150
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
        open_ended: Whether each is in lower case with a hyphen, so that no phrase ends in it.
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
    open_ended: NDArray[np.bool_]


def tokenise(texts: Sequence[str]) -> Tokens:
    """Split texts, without what is an aside, into words and breaks."""
    spelling = open_vocabulary(Spellings)
    read = spelling.rows(texts)
    lengths = np.array([len(row) + 1 for row in read], dtype=np.int64)
    # A break behind each text.
    inside = np.ones(int(lengths.sum()), bool)
    inside[np.cumsum(lengths) - 1] = False
    flat = np.concatenate([*read, np.empty(0, np.uint32)])
    told = np.zeros(len(inside), np.uint8)
    told[inside] = flat >> np.uint32(32 - len(MARKS))
    marks = {name: (told & np.uint8(1 << bit)) != 0 for bit, name in enumerate(MARKS)}
    known = spelling.words()
    # Numbered as they are first met in these texts, whatever was read before.
    numbers, first = (flat & np.uint32(spelling.mask)).astype(np.int64), np.full(len(known), -1)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    used = np.flatnonzero(first >= 0)
    used = used[np.argsort(first[used])]
    spellings_of = ["", *(known[number] for number in used.tolist())]
    first[used] = np.arange(1, len(used) + 1)
    spellings = np.zeros(len(inside), np.int64)
    spellings[inside] = first[numbers]
    word_ids: dict[str, int] = {"": 0}
    word_of = [word_ids.setdefault(fold(one), len(word_ids)) for one in spellings_of]
    words = np.array(word_of, dtype=np.int64)[spellings]
    rows = np.repeat(np.arange(len(texts)), lengths)
    vocabulary = list(word_ids)
    content = np.zeros(len(vocabulary), bool)
    content[words[marks.pop("content")]] = True
    ends = (words == 0) & among(spellings_of, SENTENCE_ENDS)[spellings]
    starts = np.append(np.array([True]), ends[:-1]) & (lengths[rows] > _LONG_TEXT)
    begins = (words == 0)[np.arange(-1, len(words) - 1)] | marks["headline"]
    names = np.bincount(words, marks["capital"] & ~begins, minlength=len(vocabulary))
    within = np.bincount(words, ~begins, minlength=len(vocabulary))
    return Tokens(
        words=words,
        spellings=spellings,
        rows=rows,
        vocabulary=vocabulary,
        spelled=[drop_possessive(one) for one in spellings_of],
        content=content,
        parts=np.cumsum(starts | (np.append(np.array([-1]), rows[:-1]) != rows)) - 1,
        named=(names > 0) & (names >= _NAMED * within),
        foreign=_find_foreign(words, rows, among(vocabulary, _ENGLISH)),
        **marks,
    )


def _find_foreign(
    words: NDArray[np.int64], rows: NDArray[np.int64], english: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which tokens stand in texts that are not in English, by its small words."""
    said = np.bincount(rows, words != 0)
    known = np.bincount(rows, english[words])
    found = (said >= _TELLING_WORDS) & (known < _ENGLISH_SHARE * said)
    return np.asarray(found[rows])
