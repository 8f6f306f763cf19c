"""The methods that benchmarks/coverage.py compares: texts to pairs, ours beside peers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from embeddings.documents import Document, Passage

# Whatever peers need is imported where it is used: their environment lacks our libraries.

Pairs = NDArray[np.int64]
Vectors = NDArray[np.float32]


def make_articles(texts: Sequence[str]) -> tuple[list[Passage], dict[str, Document]]:
    """Make an article of each text, of forty outlets."""
    from embeddings.documents import Document, Passage

    passages = [Passage(f"{n:06d}", 0, 0, 0, len(text), text) for n, text in enumerate(texts)]
    documents = [Document(f"{n:06d}", text, "", f"Outlet {n % 40}") for n, text in enumerate(texts)]
    return passages, {document.id: document for document in documents}


def ours(texts: list[str], vectors: Vectors) -> Callable[[], Pairs]:
    """Group and verify; the pairs are looked up after the clock has stopped."""
    del vectors
    from embeddings.words.copies import find_pairs, survey_copies

    passages, _ = make_articles(texts)
    survey_copies(passages)
    return lambda: as_pairs([(a, b) for a, b, _ in find_pairs(passages)])


def ours_whole(texts: list[str], vectors: Vectors) -> Callable[[], Pairs]:
    """Take every text for an article, and all through all stages."""
    from benchmarks.coverage import Corpus, cover_corpus

    passages, documents = make_articles(texts)
    corpus = Corpus(passages, documents, vectors, lambda articles, _: (articles, vectors))
    cover_corpus(corpus, lambda _name, _lap: None)
    return lambda: as_pairs([])


def lsh(texts: list[str], num_perm: int, **settings: Any) -> Callable[[], Pairs]:
    """Look up each text's pairs among those before it by MinHashLSH over word pairs."""
    import re

    from datasketch import MinHash, MinHashLSH

    words = [re.findall(r"\w+", text.casefold()) for text in texts]
    sets = [[" ".join(pair).encode() for pair in itertools.pairwise(row)] for row in words]
    kept = [row for row, pairs in enumerate(sets) if pairs]
    index = MinHashLSH(num_perm=num_perm, **settings)
    found: list[Pairs] = []
    hashes = MinHash.generator((sets[row] for row in kept), num_perm=num_perm)
    for row, signature in zip(kept, hashes, strict=True):
        near = np.array(index.query(signature), dtype=np.int64)
        found.append(np.stack((near, np.full(len(near), row, np.int64)), axis=1))
        index.insert(row, signature)
    return lambda: np.concatenate(found) if found else as_pairs([])


def semhash(texts: list[str], vectors: Vectors) -> Callable[[], Pairs]:
    """Deduplicate at its default threshold, over our vectors."""
    from semhash import SemHash

    class Unused:
        def encode(self, inputs: Any, **_: Any) -> Vectors:
            raise AssertionError(f"{len(inputs)} texts were to be embedded anew")

    index = SemHash.from_embeddings(vectors, texts, Unused())
    result = index.self_deduplicate()
    row_of = {text: row for row, text in enumerate(texts)}
    return lambda: as_pairs(
        [(row_of[one.duplicate_of], row_of[one.record]) for one in result.filtered]
    )


def as_pairs(pairs: Sequence[tuple[int, ...]]) -> Pairs:
    """Return int64 of shape ``(m, 2)``, sorted, each pair once, the lower row first."""
    kept = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    return np.array(sorted(kept), dtype=np.int64).reshape(-1, 2)


METHODS: dict[str, Callable[[list[str], Vectors], Callable[[], Pairs]]] = {
    "ours": ours,
    # The bands and rows that ours derives from its target; then the usual .5 of 128.
    "datasketch, our bands": lambda texts, _: lsh(texts, num_perm=387, params=(129, 3)),
    "datasketch, .5 of 128": lambda texts, _: lsh(texts, num_perm=128, threshold=0.5),
    "SemHash, our vectors": semhash,
}
