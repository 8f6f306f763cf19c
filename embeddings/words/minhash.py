"""Pairs of texts that may share their wording, found without comparing every pair."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

# Most permutations a plan may use; 512 of 4 bytes for 100,000 texts are 200 MB.
PERMUTATIONS = 512
# Rows signed at a time: rensa hands signatures over as Python integers.
_ROWS_AT_ONCE = 2048
# A bucket of up to this many texts gives all its pairs at once.
SMALL_BUCKET = 64
# Pairs gathered from bands before repeated ones are dropped: 32 MB.
_PENDING_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class BandPlan:
    """How signatures are cut into bands (Leskovec, Rajaraman, Ullman, ch. 3.4).

    Attributes:
        bands: Number of bands; two texts are a candidate pair when one band agrees.
        rows: Signature values in a band.
    """

    bands: int
    rows: int

    @property
    def permutations(self) -> int:
        """Length of a signature."""
        return self.bands * self.rows

    def probability(self, jaccard: float) -> float:
        """Chance that a pair of this Jaccard similarity becomes a candidate."""
        return float(1.0 - (1.0 - jaccard**self.rows) ** self.bands)

    def curve(self, steps: int = 20) -> list[tuple[float, float]]:
        """Return Jaccard similarities from 0 to 1, and the chance of each to be looked at."""
        return [(step / steps, self.probability(step / steps)) for step in range(steps + 1)]


def plan_bands(jaccard: float, recall: float, permutations: int = PERMUTATIONS) -> BandPlan:
    """Derive bands and rows from what the user wants found.

    The longest bands are taken with which a pair at the target is still found with the
    wanted chance, since each further row thins out the chance pairs.

    Args:
        jaccard: Jaccard similarity that a pair must have to be surely looked at, 0..1.
        recall: Chance with which a pair at exactly that similarity is found, 0..1.
        permutations: Longest signature allowed.

    Raises:
        ValueError: The targets are not between 0 and 1, or no plan reaches them.
    """
    if not (0 < jaccard < 1 and 0 < recall < 1):
        raise ValueError(
            f"jaccard {jaccard} and recall {recall} were given; both must lie between 0 and 1."
        )
    best: BandPlan | None = None
    for rows in range(1, permutations + 1):
        bands = max(1, math.ceil(math.log(1 - recall) / math.log1p(-(jaccard**rows))))
        if bands * rows > permutations:
            break
        best = BandPlan(bands, rows)
    if best is None:
        raise ValueError(
            f"No {permutations} permutations find pairs of Jaccard {jaccard} with recall "
            f"{recall}; ask for a higher jaccard or a lower recall."
        )
    return best


def sign(
    shingles: NDArray[np.uint64], offsets: NDArray[np.int64], permutations: int, seed: int
) -> NDArray[np.uint32]:
    """Compute MinHash signatures.

    Args:
        shingles: Hashes of all texts' shingles, one text after the other.
        offsets: int64 of shape ``(n + 1,)``, where each text's shingles begin.
        permutations: Values in a signature.
        seed: Fixes the permutations.

    Returns:
        uint32 of shape ``(n, permutations)``; the row of a text without shingles is
        meaningless and must be left out by the caller.
    """
    count = len(offsets) - 1
    signatures = np.empty((count, permutations), np.uint32)
    for first in range(0, count, _ROWS_AT_ONCE):
        after = min(first + _ROWS_AT_ONCE, count)
        start, end = int(offsets[first]), int(offsets[after])
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            np.ascontiguousarray(shingles[start:end]),
            (offsets[first : after + 1] - start).astype(np.uint64),
            permutations,
            seed,
        )
        signatures[first:after] = np.array(matrix.to_rows(), dtype=np.uint32)
    return signatures


def band_keys(signatures: NDArray[np.uint32], plan: BandPlan) -> NDArray[np.uint32]:
    """Return a number for each band of each signature, uint32 ``(n, bands)``.

    Bands that agree have one number; of 120,000 texts some 200 pairs have one by chance.
    """
    mix = np.uint64(0x9E3779B97F4A7C15)
    keys = np.zeros((len(signatures), plan.bands), np.uint64)
    for row in range(plan.rows):
        keys *= mix
        keys ^= signatures[:, row : plan.bands * plan.rows : plan.rows]
        keys ^= keys >> np.uint64(31)
    return (keys * mix >> np.uint64(32)).astype(np.uint32)


def candidates(keys: NDArray[np.uint32]) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Find the rows that agree in a whole band.

    Args:
        keys: Of ``band_keys``.

    Returns:
        The pairs from small buckets, each once, int64 of shape ``(m, 2)``, the lower row
        first; and the buckets of more than ``SMALL_BUCKET`` rows as they are, ascending,
        since all their pairs might be too many to write down.
    """
    count = len(keys)
    known = np.empty(0, np.int64)
    fresh: list[NDArray[np.int64]] = []
    large: list[NDArray[np.int64]] = []
    rows = np.arange(count)
    for band in np.ascontiguousarray(keys.T):
        pairs, buckets = pair_up(band, rows, count)
        fresh.append(pairs)
        large += buckets
        if sum(map(len, fresh)) > _PENDING_PAIRS:
            known, fresh = merge_pairs(known, *fresh), []
    pairs = merge_pairs(known, *fresh)
    return np.stack(np.divmod(pairs, max(count, 1)), axis=1), large


def pair_up(
    keys: NDArray[np.uint32], rows: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Pair the rows that have one key in one band.

    Args:
        keys: Of each row in this band, shape ``(n,)``: of all rows, or of all that have some keys.
        rows: Their numbers, ascending, shape ``(n,)``.
        count: Above all row numbers.

    Returns:
        The pairs from small buckets, each as ``lower * count + higher``; and the buckets of more
        than ``SMALL_BUCKET`` rows as they are.
    """
    order, starts, sizes = _sort_band(keys)
    fresh: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    large: list[NDArray[np.int64]] = []
    for size in np.unique(sizes).tolist():
        members = rows[order[starts[sizes == size][:, None] + np.arange(size)]]
        if size > SMALL_BUCKET:
            large.extend(members)
        else:
            left, right = np.triu_indices(size, 1)
            fresh.append((members[:, left] * count + members[:, right]).ravel())
    return np.concatenate(fresh), large


def _sort_band(
    keys: NDArray[np.uint32],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Sort rows by key; returns the order, and start and size of each run of equal ones.

    Inside a run the rows ascend. Runs of one are left out.
    """
    # Key and row in one number: a plain sort takes half the time of a stable argsort.
    both = (keys.astype(np.uint64) << np.uint64(32)) | np.arange(len(keys), dtype=np.uint64)
    both.sort()
    order = (both & np.uint64(0xFFFFFFFF)).astype(np.intp)
    new = np.flatnonzero(np.diff(both >> np.uint64(32), prepend=np.uint64(1 << 32)))
    sizes = np.diff(np.append(new, len(keys)))
    return order, new[sizes > 1], sizes[sizes > 1]


def merge_pairs(*parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join pairs as numbers and keep each once, by sorting (many times faster than np.unique)."""
    keys = np.concatenate(parts)
    keys.sort()
    return keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
