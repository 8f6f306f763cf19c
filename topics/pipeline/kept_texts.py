"""What belongs to one text alone, in the store: its words, and what methods give for it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from embeddings.text.keeping import KeptWords, is_keeping, keeping
from embeddings.text.normalising import hash_once
from embeddings.text.wording import read_once

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORDS = ("keys", "lengths", "numbers", "hashes", "words")
_METHOD = ("keys", "rows")


@contextmanager
def reading_kept(store: CorpusStore, has_read_all: Callable[[], bool]) -> Iterator[None]:
    """Within the block, work out of texts only what the last such block did not.

    What a block without an error asked for is stored.

    Args:
        store: Open for writing.
        has_read_all: Says, after the block, whether all texts were asked for: what was not is
            let go then.
    """

    def load_words(kind: str) -> KeptWords | None:
        words = [array for part in _WORDS if (array := _read(store, f"{kind}.{part}")) is not None]
        return KeptWords(*words) if len(words) == len(_WORDS) else None

    with (
        hash_once(),
        read_once(load_words) as vocabularies,
        keeping(partial(_read_method, store)) as kept,
    ):
        yield
    every = has_read_all()
    with store.transaction():
        for kind, vocabulary in vocabularies.items():
            if read := vocabulary.keep(every=every):
                for part in _WORDS:
                    store.put_array(f"{kind}.{part}", getattr(read, part))
        for method, keys, rows in kept.changed(every=every):
            store.put_array(f"{method}.keys", keys)
            store.put_array(f"{method}.rows", rows)
        if every:
            # Of versions and settings that no method has any more.
            _forget_others(store, _METHOD, kept.methods)
            _forget_others(store, _WORDS, vocabularies)


def _forget_others(store: CorpusStore, parts: Sequence[str], used: Container[str]) -> None:
    """Delete what is stored in these parts under other names than those used."""
    suffix = f".{parts[-1]}"
    names = store.rows("SELECT name FROM arrays")
    stems = [name.removesuffix(suffix) for (name,) in names if name.endswith(suffix)]
    store.forget_arrays(f"{stem}.{part}" for stem in stems if stem not in used for part in parts)


@contextmanager
def taking_kept(store: CorpusStore) -> Iterator[None]:
    """Within the block, take what such blocks kept of texts, but their words; keep nothing.

    Inside ``reading_kept`` it changes nothing.
    """
    with nullcontext() if is_keeping() else keeping(partial(_read_method, store)):
        yield


def _read_method(store: CorpusStore, method: str) -> tuple[NDArray[np.uint8], NDArray[Any]] | None:
    keys, rows = _read(store, f"{method}.keys"), _read(store, f"{method}.rows")
    return None if keys is None or rows is None else (keys, rows)


def _read(store: CorpusStore, name: str) -> NDArray[Any] | None:
    """Return a stored array; what is damaged is made anew."""
    with suppress(StoreError):
        return store.array(name)
    return None
