"""The one normal form of a text, and the hash that stands for it."""

from __future__ import annotations

import hashlib
import unicodedata


def normalise(text: str) -> str:
    """Fold white space and Unicode form (NFC), so that equal texts compare equal."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def hash_text(text: str) -> bytes:
    """Return the 16-byte BLAKE2b hash of the normal form of ``text``."""
    return hashlib.blake2b(normalise(text).encode("utf-8"), digest_size=16).digest()
