"""The one normal form of a text, and the hash that stands for it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Characters of a text whose words are held at once.
_AT_ONCE = 1 << 18


def normalise(text: str) -> str:
    """Fold white space and Unicode form (NFC), so that equal texts compare equal."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def hash_text(text: str) -> bytes:
    """Return the 16-byte BLAKE2b hash of the normal form of ``text``."""
    known = _known.get()
    if known is None:
        return _hash(text)
    digest = known.get(text)
    if digest is None:
        digest = known[text] = _hash(text)
    return digest


def hash_many(texts: Sequence[str]) -> list[bytes]:
    """Return ``hash_text`` of each text; those of whole articles are kept from run to run.

    Twenty times as fast as their normal form is made, where they were kept.
    """
    # NumPy is loaded by it, which most that hashes a text goes without.
    from embeddings.text.keeping import keep_rows, key_of, pack_keys, split_keys

    known = _known.get()
    if known is None:
        return [_hash(text) for text in texts]
    missing = list(dict.fromkeys(text for text in texts if text not in known))

    def make(places: NDArray[np.intp]) -> NDArray[np.uint8]:
        return pack_keys([_hash(missing[place]) for place in places.tolist()])

    if missing:
        found = keep_rows("hashes 1", [key_of(text) for text in missing], make)
        known.update(zip(missing, split_keys(found), strict=True))
    return [known[text] for text in texts]


def _hash(text: str) -> bytes:
    if len(text) <= _AT_ONCE:
        return hashlib.blake2b(normalise(text).encode("utf-8"), digest_size=16).digest()
    digest = hashlib.blake2b(digest_size=16)
    gap = b""
    for part in _part(text):
        if normal := normalise(part):
            digest.update(gap + normal.encode("utf-8"))
            gap = b" "
    return digest.digest()


def _part(text: str) -> Iterator[str]:
    """Cut a long text at ends of lines: all its words at once take ten times its memory."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _AT_ONCE)
        end = end if end >= 0 else len(text)
        yield text[start:end]
        start = end


_known: ContextVar[dict[str, bytes] | None] = ContextVar("known", default=None)


@contextmanager
def hash_once() -> Iterator[None]:
    """Within the block, hash each text once, whoever asks."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def note_hashes(texts: Iterable[str], hashes: Iterable[bytes]) -> None:
    """Take hashes that were worked out before, within ``hash_once``."""
    known = _known.get()
    if known is not None:
        known.update(zip(texts, hashes, strict=True))
