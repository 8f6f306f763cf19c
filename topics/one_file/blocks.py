"""Blocks of data inside a page: gzip in letters, which the page unpacks without a request."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A column of more values than this widens from two bytes a number to four.
_NARROW = 65_535


def squeeze(content: bytes) -> bytes:
    """Return content in gzip; the same gives the same."""
    return gzip.compress(content, 9, mtime=0)


def pack(content: bytes) -> str:
    """Return a block of a page: of content in gzip four bytes as five letters.

    As Ascii85 (PostScript Language Reference, 1999, 3.13.3), a sixteenth shorter than base64; its
    85 letters are those from ``(`` on, with ``}`` for ``<``, which might end a script element.
    """
    squeezed = squeeze(content)
    missing = -len(squeezed) % 4
    words = np.frombuffer(squeezed + bytes(missing), ">u4").astype(np.uint32)
    letters = np.empty((len(words), 5), np.uint8)
    for place in range(4, -1, -1):
        words, letters[:, place] = np.divmod(words, np.uint32(85))
    letters += ord("(")
    letters[letters == ord("<")] = ord("}")
    return letters.tobytes()[: 5 * len(letters) - missing].decode("ascii")


def join_columns(
    columns: Mapping[str, NDArray[np.integer]],
) -> tuple[bytes, list[tuple[str, int]]]:
    """Return columns of numbers as bytes, and name and bytes a number of each, in their order.

    Of each number what it is more than the one before, modulo what its bytes hold: most columns
    rise a little at a time.

    Args:
        columns: Numbers from 0 to 2**32 - 1, each column ``(n,)``.
    """
    wide = {name: int(column.max(initial=0)) > _NARROW for name, column in columns.items()}
    # Wide ones first, so that each starts at a multiple of its width.
    order = sorted(columns, key=lambda name: not wide[name])
    kinds = {name: "<u4" if wide[name] else "<u2" for name in order}
    content = b"".join(
        np.diff(columns[name].astype(kind), prepend=np.zeros(1, kind)).tobytes()
        for name, kind in kinds.items()
    )
    return content, [(name, 4 if wide[name] else 2) for name in order]


def join_texts(texts: Sequence[str]) -> bytes:
    """Return texts as bytes: how many bytes each has in UTF-8, uint32, then all of them."""
    encoded = [text.encode() for text in texts]
    lengths = np.array([len(one) for one in encoded], "<u4")
    return lengths.tobytes() + b"".join(encoded)


def write_json(value: Any) -> str:
    """Return JSON that may stand in a script element: nothing in it ends that."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
