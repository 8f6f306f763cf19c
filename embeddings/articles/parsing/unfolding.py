"""Bytes of a file as they were before it was packed, up to a limit."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from embeddings.articles.parsing.decoding import RefusedError

# Text packs to a third or a tenth of its size, repeated text to a hundredth. What unfolds
# to more, and is large, was made to fill a machine.
MOST_RATIO = 200
ALWAYS_READ = 64_000_000
_BLOCK = 1 << 20


@contextmanager
def open_unfolded(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to read it, one that ends in ``.gz`` as what it holds.

    Raises:
        OSError: It cannot be opened.
        RefusedError: It unfolds to more than ``ALWAYS_READ`` bytes and ``MOST_RATIO`` times
            its size.
    """
    if not path.name.lower().endswith(".gz"):
        with path.open("rb") as plain:
            yield plain
        return
    most = max(ALWAYS_READ, MOST_RATIO * path.stat().st_size)
    with gzip.open(path, "rb") as packed:
        # Unfolding is a small part of the time that reading takes; doing it twice tells
        # before anything is read.
        while packed.read(_BLOCK):
            if packed.tell() > most:
                raise RefusedError(f"it unfolds to more than {most // 1_000_000} MB")
        packed.seek(0)
        yield cast("IO[bytes]", packed)
