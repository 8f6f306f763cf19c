"""The terms of a whole corpus, counted once for its texts as they are: edits change none."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Set
from dataclasses import fields
from typing import Any

import numpy as np

from embeddings.text.keeping import is_keeping, keep_value
from topics.naming.terms import Terms

# Raised when terms or speakers are found otherwise.
_METHOD = "terms 6"

Counted = tuple[Terms, Set[str]]
"""Terms, and the last names of those who are often heard."""


def count_once(key: bytes, count: Callable[[], Counted]) -> Counted:
    """Return what was counted for texts, as the last run kept it, or counted now.

    Args:
        key: Of all that is counted in, from ``key_of``.
        count: Counts.
    """
    if not is_keeping():
        return count()
    made: list[Counted] = []

    def pack() -> list[Any]:
        terms, speakers = count()
        made.append((terms, speakers))
        packed = {one.name: _pack(getattr(terms, one.name)) for one in fields(terms)}
        return [packed, sorted(speakers)]

    told, heard = keep_value(_METHOD, key, pack)
    if made:
        return made[0]
    return Terms(**{name: _unpack(value) for name, value in told.items()}), frozenset(heard)


def _pack(value: Any) -> Any:
    """Turn arrays, dense and sparse, into what JSON can write; all else is so already."""
    if isinstance(value, np.ndarray):
        # To a third, in a twentieth of a second: most are small numbers.
        data = zlib.compress(value.tobytes(), 1)
        return {"kind": value.dtype.str, "bytes": base64.b64encode(data).decode()}
    if hasattr(value, "indptr"):
        parts = {part: _pack(getattr(value, part)) for part in ("data", "indices", "indptr")}
        return {"shape": value.shape, **parts}
    return value


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(tuple, value)) if value and isinstance(value[0], list) else tuple(value)
    if not isinstance(value, dict):
        return value
    if "kind" in value:
        data = zlib.decompress(base64.b64decode(value["bytes"]))
        return np.frombuffer(data, value["kind"]).copy()
    from scipy.sparse import csr_array

    parts = tuple(_unpack(value[part]) for part in ("data", "indices", "indptr"))
    return csr_array(parts, shape=tuple(value["shape"]))
