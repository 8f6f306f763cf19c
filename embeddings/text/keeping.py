"""What belongs to one text alone, worked out once and kept by its hash from run to run.

Within ``keeping`` a method asks for what it needs of texts, and works out only what is not kept;
what the run asked for is kept for the next one, all else is let go. A method names its version,
so that what an older one kept is never taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

KEY_BYTES = 16
"""Of the key of a text."""

# Texts that are joined to be hashed: far from the 4 GiB that a key takes of one part.
_AT_ONCE = 50_000

Load = Callable[[str], "tuple[NDArray[np.uint8], NDArray[Any]] | None"]
"""Gives what is kept of a method, or nothing: keys, uint8 ``(n, width)``; and a row for each, or
the values of all in JSON."""


@dataclass(frozen=True)
class KeptWords:
    """The words of texts as they are kept from run to run.

    Attributes:
        keys: uint8 ``(texts, 16)``: a hash of each text and of how words are read.
        lengths: int64 ``(texts,)``: words in each.
        numbers: uint32: the words of all texts, one after the other.
        hashes: uint64 of each word, or of none where nobody asked for them.
        words: uint8: what the numbers stand for, a list in JSON.
    """

    keys: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    numbers: NDArray[np.uint32]
    hashes: NDArray[np.uint64]
    words: NDArray[np.uint8]


NO_WORDS = KeptWords(
    np.empty((0, KEY_BYTES), np.uint8),
    np.empty(0, np.int64),
    np.empty(0, np.uint32),
    np.empty(0, np.uint64),
    np.frombuffer(b"[]", np.uint8),
)


@dataclass
class _Method:
    """What a method is known to give.

    Attributes:
        place: Row of each text, by its key.
        rows: Kept rows, then those of this run.
        asked: Keys of the texts that this run asked for.
    """

    place: dict[bytes, int]
    rows: list[NDArray[Any]]
    count: int
    asked: dict[bytes, None] = field(default_factory=dict)
    fresh: bool = False


@dataclass
class _Values:
    """What a method is known to give as JSON can write it: kept, and what this run asked for."""

    known: dict[bytes, Any]
    asked: dict[bytes, Any] = field(default_factory=dict)
    fresh: bool = False


class KeptRows:
    """What methods give for texts: rows of one length, or values."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._methods: dict[str, _Method] = {}
        self._values: dict[str, _Values] = {}

    @property
    def methods(self) -> frozenset[str]:
        """The methods that were asked for something."""
        return frozenset((*self._methods, *self._values))

    def value(self, method: str, key: bytes, make: Callable[[], Any]) -> Any:
        """Return the value for a text, made where it is not kept; see ``keep_value``."""
        values = self._values.get(method)
        if values is None:
            kept = self._load(method)
            keys = split_keys(kept[0]) if kept else []
            told = json.loads(kept[1].tobytes()) if kept else []
            values = self._values[method] = _Values(dict(zip(keys, told, strict=True)))
        if key not in values.asked:
            values.fresh |= key not in values.known
            values.asked[key] = values.known[key] if key in values.known else make()
        return values.asked[key]

    def take(
        self, method: str, keys: Sequence[bytes], make: Callable[[NDArray[np.intp]], NDArray[Any]]
    ) -> NDArray[Any]:
        """Return a row for each text, made where it is not kept; see ``keep_rows``."""
        known = self._methods.get(method) or self._open(method)
        missing = np.array([at for at, key in enumerate(keys) if key not in known.place], np.intp)
        if len(missing) or not known.rows:
            made = make(missing)
            for at, number in enumerate(missing.tolist(), known.count):
                known.place[keys[number]] = at
            known.rows = [np.concatenate((*known.rows, made))] if known.rows else [made]
            known.count += len(made)
            known.fresh = True
        known.asked.update(dict.fromkeys(keys))
        return known.rows[0][[known.place[key] for key in keys]]

    def changed(self, *, every: bool) -> Iterator[tuple[str, NDArray[np.uint8], NDArray[Any]]]:
        """Yield what is to be kept of each method of which this run asked for other texts.

        Args:
            every: Whether it asked for all texts that there are, so that others are let go.
        """
        for method, known in self._methods.items():
            if known.fresh or (every and len(known.asked) < known.count):
                keys = list(known.asked) if every else list(known.place)
                rows = known.rows[0][[known.place[key] for key in keys]]
                yield method, pack_keys(keys), rows
        for method, values in self._values.items():
            if not every:
                values.asked = {**values.known, **values.asked}
            if values.fresh or len(values.asked) < len(values.known):
                told = json.dumps(list(values.asked.values())).encode()
                yield method, pack_keys(list(values.asked)), np.frombuffer(told, np.uint8)

    def _open(self, method: str) -> _Method:
        kept = self._load(method)
        if kept is None:
            known = _Method({}, [], 0)
        else:
            place = {key: at for at, key in enumerate(split_keys(kept[0]))}
            known = _Method(place, [kept[1]], len(kept[1]))
        self._methods[method] = known
        return known


_kept: ContextVar[KeptRows | None] = ContextVar("kept", default=None)


@contextmanager
def keeping(load: Load) -> Iterator[KeptRows]:
    """Within the block, take what is kept of texts.

    Args:
        load: Reads what the last run kept.
    """
    kept = KeptRows(load)
    token = _kept.set(kept)
    try:
        yield kept
    finally:
        _kept.reset(token)


def is_keeping() -> bool:
    """Say whether this stands within ``keeping``."""
    return _kept.get() is not None


def keep_rows(
    method: str, keys: Sequence[bytes], make: Callable[[NDArray[np.intp]], NDArray[Any]]
) -> NDArray[Any]:
    """Return what a method gives for each text: a pure function of the text alone.

    Args:
        method: Its name and version.
        keys: Of each text, no two texts of one key.
        make: Works it out for some of the texts, given by their places: a row for each.
    """
    kept = _kept.get()
    if kept is None:
        return make(np.arange(len(keys)))
    return kept.take(method, keys, make)


def keep_value(method: str, key: bytes, make: Callable[[], Any]) -> Any:
    """Return what a method gives for a text, or for several together.

    Args:
        method: Its name, version and settings.
        key: Of the text, see ``key_of``; of one length in all calls.
        make: Works it out: a pure function of what the key is of, as JSON can write it.
    """
    kept = _kept.get()
    return make() if kept is None else kept.value(method, key, make)


def pack_keys(keys: Sequence[bytes]) -> NDArray[np.uint8]:
    """Lay keys of one length under each other: uint8 ``(n, length)``."""
    length = len(keys[0]) if keys else 0
    return np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), length)


def split_keys(packed: NDArray[np.uint8]) -> list[bytes]:
    """Return the keys that ``pack_keys`` laid under each other."""
    data, length = packed.tobytes(), packed.shape[1]
    return [data[start : start + length] for start in range(0, len(data), length or 1)]


def key_of(*parts: str | bytes | int) -> bytes:
    """Return a key of 16 bytes for texts, hashes and numbers together, in this order."""
    digest = hashlib.blake2b(digest_size=KEY_BYTES)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "little"))
        digest.update(data)
    return digest.digest()


def key_of_texts(texts: Sequence[str]) -> bytes:
    """Return a key of 16 bytes for many texts together, in this order, hashed many in one go."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    parts = (texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE))
    return key_of(lengths.tobytes(), *(key_of("".join(part)) for part in parts))
