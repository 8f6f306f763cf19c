"""From a sentence encoder to a table with one vector for each word piece.

The model reads each word piece alone, then word pieces thrown together at random; the
table is fitted so that the mean of a text's rows comes near the model's vector of it. The
first half is Model2Vec (Minishlab, 2024); the second half shows the table how much each
piece counts among others and what it mostly means there, which a piece read alone does
not. No text is used, so the table depends on the model alone.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.folder import ModelFolder
from embeddings.encoders.loading import load_model
from embeddings.encoders.tokens import load_tokenizer

# Principal components kept: 256 of all-MiniLM-L6-v2's 384 lose nothing that we measure.
DIMENSION = 256

# Random texts, and pieces in each: settled by quality for a minute and a half's work
# (docs/decisions/static.md). A larger vocabulary keeps rare pieces as they were read alone.
_TEXTS = 30_000
_PIECES = 16

# How strongly a piece is held to what it was alone, in units of one random text.
_RIDGE = 1.0

# Smooth inverse frequency, a / (a + p): Arora et al. (2017) give 1e-3 to 1e-4.
_SMOOTHING = 1e-4

_BATCH = 64
_STEPS = 50
_TOLERANCE = 1e-4

# Pieces no text is split into: [unused12], <pad>, <extra_id_3>.
_CONTROL = re.compile(r"\[\w+\]|<\|?\w+\|?>")

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


def distil(folder: ModelFolder) -> NDArray[np.float16]:
    """Distil a model; imports torch and takes about a minute and a half for the default.

    Returns:
        float16 of shape ``(vocabulary, min(256, dimension))``, columns sorted by variance;
        zeros for special pieces and those that stand in no text.

    Raises:
        ModelError: The model cannot be loaded.
    """
    tokenizer = load_tokenizer(folder)
    pieces, before, after = _read_vocabulary(tokenizer)
    model = load_model(folder)

    def read(texts: Ids) -> Floats:
        return _embed(model, texts, before, after, folder.dimension)

    alone = read(pieces[:, np.newaxis])
    alone -= alone.mean(axis=0)
    texts = _draw_texts(len(pieces))
    fitted = _fit(texts, read(pieces[texts]), alone)
    weighted = _components(fitted, DIMENSION) * _weights(fitted, pieces)
    size = 1 + max(tokenizer.get_vocab().values())
    table = np.zeros((size, weighted.shape[1]), dtype=np.float16)
    # Only directions and ratios count; this keeps float16 away from its limits.
    table[pieces] = weighted / np.abs(weighted).max()
    return table


def _read_vocabulary(tokenizer: Any) -> tuple[Ids, list[int], list[int]]:
    """Return the ids that texts are made of, and the special ids put before and after."""
    special = {i for i, added in tokenizer.get_added_tokens_decoder().items() if added.special}
    unknown = getattr(tokenizer.model, "unk_token", None)
    pieces = sorted(
        index
        for piece, index in tokenizer.get_vocab().items()
        if index not in special and piece != unknown and not _CONTROL.fullmatch(piece)
    )
    framed = tokenizer.encode("a")
    inside = [place for place, mark in enumerate(framed.special_tokens_mask) if not mark]
    before, after = framed.ids[: inside[0]], framed.ids[inside[-1] + 1 :]
    return np.array(pieces, dtype=np.int64), before, after


def _embed(model: Any, texts: Ids, before: list[int], after: list[int], width: int) -> Floats:
    """Return the model's own vector, pooled as it pools, of each row of ids.

    Each batch is one core's work: no core waits for another, and sums are added up in one
    order however many cores there are.
    """
    import torch

    vectors = np.empty((len(texts), width), dtype=np.float32)

    def read(start: int) -> None:
        rows = texts[start : start + _BATCH]
        first, last = (np.tile(np.array(s, np.int64), (len(rows), 1)) for s in (before, after))
        ids = torch.from_numpy(np.hstack([first, rows, last]))
        with torch.inference_mode():
            found = model.forward({"input_ids": ids, "attention_mask": torch.ones_like(ids)})
        vectors[start : start + len(rows)] = found["sentence_embedding"][:, :width].numpy()

    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(cores) as pool:
            list(pool.map(read, range(0, len(texts), _BATCH)))
    finally:
        torch.set_num_threads(cores)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return vectors


def _draw_texts(pieces: int) -> Ids:
    """Draw random texts as places among the pieces, frequent ones more often.

    Vocabularies are sorted by frequency; half of the draws follow the square root of
    Zipf's law, half are even.
    """
    frequent = 1 / np.sqrt(np.arange(pieces) + 100.0)
    shares = frequent / frequent.sum() + 1 / pieces
    bounds = np.cumsum(shares / shares.sum())
    draws = np.random.default_rng(0).random((min(_TEXTS, max(pieces, _BATCH)), _PIECES))
    return np.minimum(np.searchsorted(bounds, draws), pieces - 1)


def _fit(texts: Ids, vectors: Floats, alone: Floats) -> Floats:
    """Return rows whose sums come nearest to the vectors, near to a multiple of ``alone``.

    Ridge regression in its dual form, ``(X X' + r I) A = Y``, solved by conjugate
    gradients (Hestenes and Stiefel, 1952), a column each.
    """
    from scipy.sparse import csr_matrix

    count, length = texts.shape
    entries = np.full(texts.size, length**-0.5, dtype=np.float32)
    ends = np.arange(0, texts.size + 1, length)
    bags = csr_matrix((entries, texts.ravel(), ends), shape=(count, len(alone)))
    back = bags.T.tocsr()
    vectors = vectors - vectors.mean(axis=0)
    guess = bags @ alone
    scale = np.float32((guess * vectors).sum() / max(float((guess * guess).sum()), 1e-12))
    rest = vectors - scale * guess
    solution, direction = np.zeros_like(rest), rest.copy()
    squares = _column_squares(rest)
    enough = _TOLERANCE**2 * squares.max()
    for _ in range(_STEPS):
        if squares.max() <= enough:
            break
        moved = bags @ (back @ direction) + np.float32(_RIDGE) * direction
        step = squares / np.maximum((direction * moved).sum(axis=0), 1e-30)
        solution += step * direction
        rest -= step * moved
        before, squares = squares, _column_squares(rest)
        direction = rest + squares / np.maximum(before, 1e-30) * direction
    fitted: Floats = scale * alone + back @ solution
    return fitted


def _column_squares(rows: Floats) -> Floats:
    squares: Floats = (rows * rows).sum(axis=0)
    return squares


def _components(rows: Floats, count: int) -> Floats:
    """Return the centred rows on their first principal components, signs fixed."""
    centred = rows.astype(np.float64) - rows.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :count]
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.sign(axes[largest, np.arange(axes.shape[1])])
    found: Floats = (centred @ axes).astype(np.float32)
    return found


def _weights(fitted: Floats, pieces: Ids) -> Floats:
    """Return a weight for each piece, of shape ``(n, 1)``.

    The length of a fitted row says how far the piece moves a text, its rank how frequent
    it is by Zipf's law; frequent pieces that say little are held down by both.
    """
    ranks = 1.0 / (pieces + 2)
    shares = ranks / ranks.sum()
    lengths = np.linalg.norm(fitted, axis=1).astype(np.float64)
    weights: Floats = (np.sqrt(lengths) * _SMOOTHING / (_SMOOTHING + shares)).astype(np.float32)
    return weights[:, np.newaxis]
