"""Words of a text, folded so that typography alone makes no difference."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from itertools import compress, islice
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from embeddings.text.keeping import KEY_BYTES, NO_WORDS, KeptWords, split_keys
from embeddings.text.scripts import FORMS, MARKS, UNSPACED

_LETTER = f"[^\\W{UNSPACED}]|[{MARKS}]"
_WORD = (
    r"(?:[^\W\d_]\.){2,}"  # U.S., a.m.
    r"|\d+(?:[.,:]\d+)+"  # 1,200  2.5  5:30
    rf"|[{UNSPACED}][{MARKS}]*"  # of Chinese, Japanese, Thai: written without spaces
    rf"|(?:{_LETTER})+(?:['’ʼ](?:{_LETTER})+)*"  # Assad's; a hyphen parts words
)
# The same where no text holds other characters than those of Latin letters and typographic
# punctuation, of which none is a mark or unspaced: a third faster.
_PLAIN_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,:]\d+)+|\w+(?:['’ʼ]\w+)*")
_NOT_PLAIN = re.compile("[^\0-\u02ff\u2010-\u205f]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def fold(word: str) -> str:
    """Return the form in which a word is compared: case, marks and dots of style gone.

    >>> fold("U.S."), fold("Assad’s"), fold("1,200"), fold("Ещё")
    ('us', "assad's", '1200', 'еще')
    """
    folded = word.lower()
    if not word.isascii():
        folded = unicodedata.normalize("NFC", word).casefold()
        # A word of nothing but marks stays what it is.
        folded = (folded.translate(FORMS) or folded).replace("’", "'").replace("ʼ", "'")
    if folded[0].isdigit():
        return _THOUSANDS.sub("", folded)
    return folded.replace(".", "")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one text and where they stand.

    Attributes:
        text: The text itself.
        words: Folded words, in order.
        starts: Offset of each word in ``text``.
        ends: Offset after each word.
    """

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def slice(self, first: int, after: int) -> str:
        """Return the original text of words ``first`` up to ``after``."""
        return self.text[self.starts[first] : self.ends[after - 1]] if after > first else ""

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Return the offsets of words ``first`` up to ``after``.

        For no words it is the empty span after the word before.
        """
        if after > first:
            return self.starts[first], self.ends[after - 1]
        place = self.ends[first - 1] if first else 0
        return place, place

    def is_capital(self, place: int) -> bool:
        """Whether a word begins with a capital letter."""
        return self.text[self.starts[place]].isupper()

    def gap(self, place: int) -> str:
        """Return what stands between a word and the one before it."""
        return self.text[self.ends[place - 1] : self.starts[place]]


@cache
def _compile_word() -> re.Pattern[str]:
    # At its first use: it takes 10 ms, and texts of Latin letters need none of it.
    return re.compile(_WORD)


def _choose_pattern(text: str) -> re.Pattern[str]:
    return _compile_word() if _NOT_PLAIN.search(text) else _PLAIN_WORD


def read_words(text: str) -> Wording:
    """Find the words of a text with their offsets."""
    found = list(_choose_pattern(text).finditer(text))
    return Wording(
        text,
        tuple(fold(match.group()) for match in found),
        tuple(match.start() for match in found),
        tuple(match.end() for match in found),
    )


def _find_words(text: str) -> list[str]:
    return _choose_pattern(text).findall(text)


def find_starts(text: str) -> list[int]:
    """Return the offset of each word of a text."""
    return [match.start() for match in _choose_pattern(text).finditer(text)]


@dataclass
class Vocabulary:
    """Numbers folded words in the order in which they are first met.

    The numbers depend on that order and serve only to compare words; ``hashes`` do not.
    """

    # Of how texts are read, and its version: what is kept of another is read anew. And what no
    # word reaches over, so that an article is read by its paragraphs.
    kind: ClassVar[str] = "words 1"
    apart: ClassVar[str | None] = "\n\n"
    # The bits of a number that are the word's; those above say what it is where it stands.
    mask: ClassVar[int] = 0xFFFFFFFF

    _by_form: dict[str, int] = field(default_factory=dict)
    _by_word: dict[str, int] = field(default_factory=dict)
    _read: dict[str, NDArray[np.uint32]] | None = None
    _load: Callable[[], KeptWords | None] | None = None
    _kept: KeptWords = NO_WORDS
    # Each kept text, its place and where its words lie, by key; which were asked for; the new ones.
    _known: dict[bytes, tuple[int, int, int]] = field(default_factory=dict)
    _asked: bytearray = field(default_factory=bytearray)
    _fresh: dict[bytes, NDArray[np.uint32]] = field(default_factory=dict)
    _hashes: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    def __len__(self) -> int:
        return len(self._by_word)

    def number(self, text: str) -> list[int]:
        """Return the numbers of the words of ``text``, in order."""
        by_form = self._by_form
        forms = _find_words(text)
        try:
            return [by_form[form] for form in forms]
        except KeyError:
            for form in forms:
                if form not in by_form:
                    by_form[form] = self._by_word.setdefault(fold(form), len(self._by_word))
            return [by_form[form] for form in forms]

    def _number_all(self, texts: Sequence[str]) -> list[NDArray[np.uint32]]:
        return [np.array(self.number(text), dtype=np.uint32) for text in texts]

    def row(self, text: str) -> NDArray[np.uint32]:
        """Return the numbers of the words of ``text``: uint32, one a word."""
        if self._read is not None and (row := self._read.get(text)) is not None:
            return row
        rows = self.rows(text.split(self.apart) if self.apart else (text,))
        return rows[0] if len(rows) == 1 else np.concatenate(rows)

    def rows(self, texts: Sequence[str]) -> list[NDArray[np.uint32]]:
        """Return the same of each text; none is read by its parts."""
        if self._load is not None:
            self._take(self._load())
        if (read := self._read) is None:
            return self._number_all(texts)
        unread = {text: self._key_of(text) for text in texts if text not in read}
        for text, key in unread.items():
            if found := self._known.get(key):
                read[text], self._asked[found[0]] = self._kept.numbers[slice(*found[1:])], True
        new = [text for text in unread if text not in read]
        for text, row in zip(new, self._number_all(new), strict=True):
            read[text] = self._fresh[unread[text]] = row
        return [read[text] for text in texts]

    def words(self) -> list[str]:
        """Return the folded words; a word's number is its place."""
        return list(self._by_word)

    def hashes(self) -> NDArray[np.uint64]:
        """Hash each word by its letters alone: uint64 of shape ``(len(self),)``."""
        digests = b"".join(
            hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            for word in islice(self._by_word, len(self._hashes), None)
        )
        fresh = np.frombuffer(digests, dtype="<u8").astype(np.uint64)
        self._hashes = np.concatenate((self._hashes, fresh))
        return self._hashes

    def _take(self, kept: KeptWords | None) -> None:
        """Take what an earlier run read, before a word has a number."""
        self._load, self._kept = None, kept or self._kept
        self._by_word = {one: at for at, one in enumerate(json.loads(self._kept.words.tobytes()))}
        self._hashes = self._kept.hashes
        ends = np.cumsum(self._kept.lengths)
        begins = (ends - self._kept.lengths).tolist()
        places = zip(range(len(ends)), begins, ends.tolist(), strict=True)
        self._known = dict(zip(split_keys(self._kept.keys), places, strict=True))
        self._asked = bytearray(len(ends))

    def _key_of(self, text: str) -> bytes:
        data, kind = text.encode("utf-8", "surrogatepass"), self.kind.encode()
        return hashlib.blake2b(data, digest_size=KEY_BYTES, person=kind).digest()

    def keep(self, *, every: bool) -> KeptWords | None:
        """Return the words of each text that was read, ``None`` where all of it is known.

        Args:
            every: Whether all texts that there are were read, so that others are let go.
        """
        if not self._read or not (self._fresh or (every and not all(self._asked))):
            return None
        kept, rows = self._kept, list(self._fresh.values())
        stays = np.frombuffer(self._asked, bool) | (not every)
        keys = np.frombuffer(b"".join(self._fresh), np.uint8).reshape(-1, KEY_BYTES)
        lengths = np.array([len(row) for row in rows], np.int64)
        rows.insert(0, kept.numbers[np.repeat(stays, kept.lengths)])
        numbers = np.concatenate(rows)
        used, words = np.zeros(len(self), bool), numbers & np.uint32(self.mask)
        used[words] = True
        told = json.dumps(list(compress(self._by_word, used.tolist())))
        return KeptWords(
            np.concatenate((kept.keys[stays], keys)),
            np.concatenate((kept.lengths[stays], lengths)),
            (np.cumsum(used) - 1).astype(np.uint32)[words] | (numbers ^ words),
            self._hashes[used] if len(self._hashes) == len(used) else self._hashes[:0],
            np.frombuffer(told.encode(), np.uint8),
        )


@dataclass(frozen=True)
class WordedTexts:
    """The words of many texts in one flat array.

    Attributes:
        numbers: uint32, the word numbers of all texts one after the other.
        offsets: int64 of shape ``(n + 1,)``; text ``i`` is
            ``numbers[offsets[i]:offsets[i + 1]]``.
        vocabulary: What the numbers stand for.
    """

    numbers: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    vocabulary: Vocabulary

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Words in each text, int64 of shape ``(n,)``."""
        return np.diff(self.offsets)

    def row(self, index: int) -> list[int]:
        """Return the word numbers of text ``index``."""
        numbers: list[int] = self.numbers[self.offsets[index] : self.offsets[index + 1]].tolist()
        return numbers

    def sort_words(self) -> WordedTexts:
        """Return the same texts, each with its words sorted by number."""
        # One key for text and word: a plain sort is four times as fast as lexsort.
        keys = np.repeat(np.arange(len(self), dtype=np.uint64), self.lengths) << np.uint64(32)
        keys |= self.numbers
        keys.sort()
        numbers = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        return WordedTexts(numbers, self.offsets, self.vocabulary)

    def select(self, rows: NDArray[np.intp]) -> WordedTexts:
        """Return these texts only, in the order given."""
        return join_rows(
            [self.numbers[self.offsets[row] : self.offsets[row + 1]] for row in rows.tolist()],
            self.vocabulary,
        )

    def parts(self, words: int) -> Iterator[WordedTexts]:
        """Give the texts in their order, each time as many as have so many words, or one."""
        first = 0
        while first < len(self):
            begin = self.offsets[first]
            after = int(np.searchsorted(self.offsets, begin + words, "right")) - 1
            after = min(max(after, first + 1), len(self))
            offsets = self.offsets[first : after + 1]
            yield WordedTexts(self.numbers[begin : offsets[-1]], offsets - begin, self.vocabulary)
            first = after

    def shingles(self, size: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Hash every run of ``size`` words that stays within one text.

        The hash depends on the letters of the words only, not on the other texts.

        Returns:
            Hashes, uint64, one after the other by text and place; and the offsets, int64
            of shape ``(n + 1,)``, where each text's runs begin.
        """
        counts = np.maximum(self.lengths - size + 1, 0)
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        total = len(self.numbers) - size + 1
        if total <= 0 or not offsets[-1]:
            return np.empty(0, np.uint64), offsets
        hashes = self.vocabulary.hashes()
        # Knuth's multiplicative mixing with the golden ratio's 64-bit constant.
        mix = np.uint64(0x9E3779B97F4A7C15)
        runs = np.zeros(total, np.uint64)
        for place in range(size):
            runs *= mix
            runs ^= hashes[self.numbers[place : place + total]]
            runs ^= runs >> np.uint64(29)
        within = np.ones(total, np.bool_)
        for place in range(1, size):
            across = self.offsets[1:-1] - place
            within[across[(across >= 0) & (across < total)]] = False
        return runs[within], offsets


@dataclass
class _Shared:
    """Vocabularies that all share within a block, by their kind."""

    load: Callable[[str], KeptWords | None] | None
    vocabularies: dict[str, Vocabulary] = field(default_factory=dict)


_shared: ContextVar[_Shared | None] = ContextVar("shared", default=None)


@contextmanager
def read_once(
    load: Callable[[str], KeptWords | None] | None = None,
) -> Iterator[dict[str, Vocabulary]]:
    """Within the block, read each paragraph once, whoever asks for its words.

    What ``read_many`` returns then shares one vocabulary, which holds words of other texts
    too. Finding the words of 120,000 paragraphs takes 5 s, and a run asks five times.

    Args:
        load: Gives what an earlier run read by a kind of vocabulary, when it is first asked for.

    Yields:
        The vocabularies that texts were read by, by their kind.
    """
    shared = _Shared(load)
    token = _shared.set(shared)
    try:
        yield shared.vocabularies
    finally:
        _shared.reset(token)


def open_vocabulary(kind: type[Vocabulary] = Vocabulary) -> Vocabulary:
    """Return the vocabulary of a kind that all share within ``read_once``, else a new one."""
    shared = _shared.get()
    if shared is None:
        return kind()
    load = shared.load and partial(shared.load, kind.kind)
    return shared.vocabularies.setdefault(kind.kind, kind(_read={}, _load=load))


def read_many(texts: Iterable[str]) -> WordedTexts:
    """Number the words of many texts."""
    vocabulary, held = open_vocabulary(), list(texts)
    if _shared.get() is not None:  # those of one paragraph all at once
        vocabulary.rows([text for text in held if "\n\n" not in text])
    return join_rows([vocabulary.row(text) for text in held], vocabulary)


def count_many(texts: Iterable[tuple[str, bool]]) -> WordedTexts:
    """Number the words of some of many texts, and count those of the others.

    Args:
        texts: Each with whether its words are wanted; the numbers of others mean nothing.
    """
    shares = _shared.get() is not None
    vocabulary = open_vocabulary()
    rows = [
        # Within ``read_once`` the words of others are known, too.
        vocabulary.row(text)
        if wanted or (shares and text)
        else np.zeros(len(_find_words(text)), np.uint32)
        for text, wanted in texts
    ]
    return join_rows(rows, vocabulary)


def join_rows(rows: Sequence[NDArray[np.uint32]], vocabulary: Vocabulary) -> WordedTexts:
    """Lay rows of word numbers one after the other."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    flat = np.concatenate(rows) if rows else np.empty(0, np.uint32)
    return WordedTexts(flat.astype(np.uint32, copy=False), offsets, vocabulary)
