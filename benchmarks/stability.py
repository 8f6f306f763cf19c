"""How far stability measured on a sample of rows, or by another seed, lies from the full measure.

Runs leave out a fifth of the rows; a sample of a half keeps two fifths in each run, with the
edges that lie between them. Printed for the level shown and those beside it: how far topics are
off in the mean and in sum of signs, the share within .05, and the share that stands on the other
side of .6, below which a topic is not to be relied on; CPU seconds, BLAS on one thread.

    OMP_NUM_THREADS=1 python -m benchmarks.stability --db FILE
    OMP_NUM_THREADS=1 python -m benchmarks.stability --vectors DIR --set ag

Nothing is stored in the database.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from topics.discovery import stability
from topics.discovery.ground import Ground
from topics.discovery.levels import find_topics, grow_tree
from topics.hierarchy.tree import TopicTree

# Of each sample: the share of all rows, and the seed.
SAMPLES = ((1.0, 1), (1.0, 2), (0.5, 0), (0.25, 0))


def measure(
    ground: Ground, tree: TopicTree, count: int | None, share: float, seed: int
) -> tuple[tuple[NDArray[np.float64], ...], float]:
    """Return the stability of each topic of each level, and the CPU seconds that it took."""
    whole = stability.leave_out

    def leave_out(rows: int, runs: int, seed: int) -> list[NDArray[np.intp]]:
        generator = np.random.default_rng(seed)
        kept = whole(rows, runs, seed)
        return [
            np.sort(generator.permutation(one)[: round(share * len(one))]) if share < 1 else one
            for one in kept
        ]

    began = time.process_time()
    with mock.patch.object(stability, "leave_out", leave_out):
        found = stability.measure_stability(ground, tree, count=count, seed=seed)
    return found, time.process_time() - began


def compare(ground: Ground, tree: TopicTree, count: int | None = None, **_: Any) -> None:
    """Print how far each sample is off."""
    _ = ground.atoms
    full, seconds = measure(ground, tree, count, 1.0, 0)
    print(f"{ground.rows} rows, full: {seconds:.1f} s")
    for share, seed in SAMPLES:
        values, seconds = measure(ground, tree, count, share, seed)
        for level in range(max(tree.default - 1, 0), min(tree.default + 2, len(values))):
            known = ~np.isnan(values[level] - full[level])
            new, old = values[level][known], full[level][known]
            off = np.abs(new - old)
            print(
                f"of all {share:4.0%} seed {seed} level {level - tree.default:+d}: "
                f"{len(off):3} topics, off {off.mean():.3f}, by sign {(new - old).mean():+.3f}, "
                f"within .05 {(off <= 0.05).mean():4.0%}, other side "
                f"{((new < 0.6) != (old < 0.6)).mean():4.0%}, {seconds:.1f} s"
            )


def main() -> None:
    """Compare on a database, or on the articles of a labelled set."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--db", type=Path)
    parser.add_argument("--vectors", type=Path, help="Where benchmarks.topics has put them.")
    parser.add_argument("--set", default="ag")
    given = parser.parse_args()
    if given.vectors:
        from benchmarks.kept import read_corpus

        corpus = read_corpus(given.vectors, given.set)
        ground = corpus.ground(np.arange(len(corpus.keys)))
        compare(ground, grow_tree(ground, find_topics(ground)))
        return
    from embeddings.corpus.store import CorpusStore
    from topics.answers.cluster_options import ClusterOptions
    from topics.answers.encoder import choose_encoder
    from topics.pipeline.run import derive

    def stop(*what: Any, **how: Any) -> None:
        compare(*what, **how)
        raise SystemExit

    with (
        CorpusStore.open(given.db, write=True) as store,
        mock.patch("topics.pipeline.topics.measure_stability", stop),
    ):
        derive(store, choose_encoder(store, ClusterOptions(db=given.db)), measure=True)


if __name__ == "__main__":
    main()
