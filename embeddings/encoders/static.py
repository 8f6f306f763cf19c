"""The static encoder: a text is the sum of its word pieces' vectors, read from a table."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.caching import cache_folder, hash_file, read_note, write_note
from embeddings.encoders.folder import ModelFolder
from embeddings.encoders.local import ModelEncoder, unit_rows
from embeddings.encoders.protocol import Role
from embeddings.writing import replace_file

# Part of the fingerprint and of the table's file name: raise it when ``distil`` or the
# way from a text to word pieces comes to give other vectors.
_RECIPE = "1"


class StaticEncoder(ModelEncoder):
    """Sums of word vectors distilled from another model, some hundred times as fast.

    The first use on a machine distils the table (``distilling.distil``) and keeps it in
    the cache; later processes read it and load neither torch nor the model. A text is
    split at white space, each word into the model's word pieces, and the vectors of the
    pieces are summed in their order, so that a text's vector depends on the text alone.
    Texts of any length are read whole; passages and queries are read alike.

    A text without a known word piece is a row of zeros, which is like nothing.

    Args:
        name: The model that is distilled, as a user would name it.
        locate: Finds that model's folder; may raise ``ModelError``.
        dimensions: Cut vectors to these first numbers; they are principal components,
            sorted by variance. ``None`` for all.
    """

    # Texts stored together: about a second's work on two cores.
    batch_size = 16_384
    windowed = 0

    # Texts summed at a time: memory does not grow with the number of texts.
    chunk = 2048

    # Words whose pieces are remembered, of at most so many characters: about 80 MB. Five
    # million words of news hold 180,000 distinct ones.
    most_words = 300_000
    longest_word = 40

    def __init__(
        self, name: str, locate: Callable[[], ModelFolder], dimensions: int | None = None
    ) -> None:
        super().__init__(f"static:{name}", locate, dimensions)
        self._known: dict[str, tuple[int, ...]] = {}

    @property
    def description(self) -> str:
        """The fingerprint in words, for an error that names two encoders."""
        return f"{self.name} ({self.dimension} dimensions, {self.fingerprint[:6]})"

    @property
    def fingerprint(self) -> str:
        """Identifies the model that is distilled, the way of distilling and the dimensions.

        Tables distilled on two machines differ in the last bits of the model's vectors
        and share one fingerprint (docs/decisions/static.md).
        """
        parts = f"static {_RECIPE} {self.dimension} {self.folder.fingerprint}"
        return blake2b(parts.encode(), digest_size=16).hexdigest()

    @property
    def dimension(self) -> int:
        """Length of a vector.

        Raises:
            InputError: More numbers were asked for than the table has.
        """
        from embeddings.encoders.distilling import DIMENSION

        most = min(DIMENSION, self.folder.dimension)
        return self._choose_dimension("static model", most, most)

    def encode(self, texts: Sequence[str], role: Role = "passage") -> NDArray[np.float32]:  # noqa: ARG002
        """Embed texts of any length; ``role`` makes no difference.

        Returns:
            Unit rows, float32 of shape ``(len(texts), dimension)``; zeros for a text
            without a known word piece.

        Raises:
            ModelError: The model is missing or cannot be read.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), self.chunk):
            words = [text.split() for text in texts[start : start + self.chunk]]
            vectors[start : start + len(words)] = self._sum(words)
        return vectors

    def _sum(self, words: list[list[str]]) -> NDArray[np.float32]:
        from scipy.sparse import csr_matrix

        pieces = self._split(set(chain.from_iterable(words)))
        rows = [list(chain.from_iterable(map(pieces.__getitem__, row))) for row in words]
        ends = np.cumsum([0, *map(len, rows)])
        ids = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(ends[-1]))
        ones = np.ones(len(ids), dtype=np.float32)
        # One sum a row, piece by piece in the order of the text, whatever the other rows.
        counts = csr_matrix((ones, ids, ends), shape=(len(words), len(self._table)))
        sums: NDArray[np.float32] = counts @ self._table
        return unit_rows(sums)

    def _split(self, words: set[str]) -> dict[str, tuple[int, ...]]:
        """Return the ids of each word's pieces; common words are split once only."""
        missing = [word for word in words if word not in self._known]
        if not missing:
            return self._known
        # The blank marks the start of a word for tokenizers that tell it from the inside.
        found = self._pieces.encode([f" {word}" for word in missing])
        fresh = {
            word: tuple(filter(self._useful.__contains__, ids))
            for word, ids in zip(missing, found, strict=True)
        }
        if len(self._known) + len(fresh) > self.most_words:
            self._known = {word: self._known[word] for word in words if word in self._known}
        # A "word" of a script without blanks is a sentence, which will not come again.
        kept = {word: ids for word, ids in fresh.items() if len(word) <= self.longest_word}
        self._known.update(kept)
        return self._known if len(kept) == len(fresh) else {**self._known, **fresh}

    @cached_property
    def _useful(self) -> frozenset[int]:
        """Ids of the pieces that have a vector; special and unknown ones have none."""
        return frozenset(np.flatnonzero(self._table.any(axis=1)).tolist())

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        """A row for each word piece, float32 of shape ``(vocabulary, dimension)``."""
        place = cache_folder() / "static" / f"{self.folder.fingerprint}-{_RECIPE}.npy"
        table = _read(place)
        if table is None:
            with _alone(place):
                # Of workers that begin together one distils, and the others wait for it.
                table = _read(place)
                table = self._distil(place) if table is None else table
        return np.ascontiguousarray(table[:, : self.dimension], dtype=np.float32)

    def _distil(self, place: Path) -> NDArray[np.float16]:
        from embeddings.encoders.distilling import distil

        began = time.perf_counter()
        table = distil(self.folder)
        seconds = time.perf_counter() - began
        self._remarks.append(
            f"The static table of {self.name.removeprefix('static:')} was distilled in "
            f"{seconds:.0f} s, which is done once on a machine."
        )
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with replace_file(place) as new, new.open("wb") as file:
                np.save(file, table, allow_pickle=False)
            write_note(_sum_of(place), hash_file(place)[-1])
        except OSError as error:
            self._remarks.append(
                f"The static table could not be kept in {place.parent} ({error}); each "
                "run distils it again."
            )
        return table


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Keep other processes from making the same file; where no lock can be, none is needed."""
    from filelock import FileLock

    with contextlib.ExitStack() as locked:
        with contextlib.suppress(OSError, NotImplementedError):
            place.parent.mkdir(parents=True, exist_ok=True)
            locked.enter_context(FileLock(place.with_suffix(".lock")))
        yield


def _sum_of(place: Path) -> Path:
    """Return the file that holds the sha256 of a table."""
    return place.with_suffix(".sha256.json")


def _read(place: Path) -> NDArray[np.float16] | None:
    """Return the table kept in ``place``, or None where there is none as it was written."""
    try:
        if hash_file(place)[-1] != read_note(_sum_of(place)):
            return None
        table: NDArray[np.float16] = np.load(place, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return table if table.dtype == np.float16 and table.ndim == 2 else None
