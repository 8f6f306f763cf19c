"""Topics that stay put: kept while articles are added, against found anew, on labelled news.

Each article is one row. ``random``: from half of the corpus in ten steps; ``early``: from a
twentieth; NMI and ARI of the kept topics and of topics found anew over all. ``all at once``,
``25 a step``: each class of BBC is left out and added; printed is at which step topics were born,
how much of the class stands in born topics, and how much of the others does. ``moved`` counts
rows whose topic changed but into a born one: 0, always.

    python -m benchmarks.kept --data DIR --vectors DIR [--seeds 3]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.topics import embed, load_set
from embeddings.vectors.neighbours import find_neighbours, hash_rows, unit_rows
from topics.discovery.ground import Ground, prepare_ground
from topics.discovery.levels import find_topics, grow_tree
from topics.evaluation.scores import score
from topics.keeping.growing import Growth, Rows, grow_kept
from topics.keeping.kept import KeptTree, keep_tree

Labels = NDArray[np.int64]
STEPS = 10
A_STEP = 25


@dataclass
class Corpus:
    """Distinct rows of a labelled set, in canonical order."""

    unit: NDArray[np.float32]
    keys: list[bytes]
    truth: NDArray[np.object_]

    def ground(self, rows: NDArray[np.intp]) -> Ground:
        """Return what topics are found from among some rows, ascending."""
        keys = [self.keys[row] for row in rows]
        return prepare_ground(find_neighbours(self.unit[rows], keys=keys), self.unit[rows])


def read_corpus(vectors: Path, name: str) -> Corpus:
    """Read a labelled set."""
    found, _, labels = load_set(vectors, name)
    unit = unit_rows(found)
    keys = hash_rows(unit)
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    order = sorted(first)
    rows = np.array([first[key] for key in order])
    return Corpus(unit[rows], order, np.array(labels, dtype=object)[rows])


def found_anew(corpus: Corpus, rows: NDArray[np.intp]) -> KeptTree:
    """Find topics among some rows, and keep them."""
    ground = corpus.ground(rows)
    tree = grow_tree(ground, find_topics(ground))
    texts = {corpus.keys[row]: place for place, row in enumerate(rows)}
    ids = list(range(1, len(tree.topics) + 1))
    topics, leaves = keep_tree(tree, ids, [], texts)
    founders = frozenset(leaves)
    return KeptTree(topics, leaves, founders, tree.default, len(tree.levels), tree.resolutions)


def add(corpus: Corpus, kept: KeptTree, rows: NDArray[np.intp]) -> Growth:
    """Take rows into kept topics; ``rows`` are all that there are then."""
    ground = corpus.ground(rows)
    texts = {corpus.keys[row]: place for place, row in enumerate(rows)}
    free = np.full(len(rows), -1, np.int64)
    given = Rows(ground, texts, np.arange(len(rows)), free)
    return grow_kept(kept, given, [], "", max(kept.topics) + 1)


def shown(growth: Growth) -> Labels:
    """Return the topic of the default level of each row."""
    return growth.kept.at(growth.leaves, growth.kept.default)


def grow(
    corpus: Corpus, start: NDArray[np.intp], parts: Sequence[NDArray[np.intp]]
) -> Iterator[tuple[NDArray[np.intp], Growth, int]]:
    """Add parts one after the other; gives all rows, what became of the tree, and rows moved."""
    kept, rows = found_anew(corpus, np.sort(start)), np.sort(start)
    for part in parts:
        before = {key: kept.above(leaf)[kept.default] for key, leaf in kept.leaves.items()}
        rows = np.sort(np.concatenate([rows, part]))
        growth = add(corpus, kept, rows)
        kept = growth.kept
        now = dict(zip((corpus.keys[row] for row in rows), shown(growth).tolist(), strict=True))
        moved = sum(now[key] not in (one, *growth.born) for key, one in before.items())
        yield rows, growth, moved


def run_growth(corpus: Corpus, name: str, share: float, seed: int) -> str:
    """Grow from a share of a set in random order, and compare with topics found anew."""
    order = np.random.default_rng(seed).permutation(len(corpus.keys))
    begin = round(share * len(order))
    steps = list(grow(corpus, order[:begin], np.array_split(order[begin:], STEPS)))
    births = sum(len(growth.born) for _, growth, _ in steps)
    moved = sum(changed for *_, changed in steps)
    rows, growth, _ = steps[-1]
    truth = corpus.truth[rows].tolist()
    kept = score(truth, shown(growth))
    anew = score(truth, find_topics(corpus.ground(rows)))
    return (
        f"{name:<18} from {share:<4} seed {seed}: kept {kept.nmi:.3f} {kept.ari:.3f}, "
        f"anew {anew.nmi:.3f} {anew.ari:.3f}, births {births}, moved {moved}, "
        f"most of {len(growth.joined)} joined, of which {len(growth.apart)} have come apart"
    )


def run_left_out(corpus: Corpus, label: str, a_step: int | None, seed: int) -> str:
    """Leave out a class and add it, at once or so many a step beside as many others."""
    random = np.random.default_rng(seed)
    of_class = random.permutation(np.flatnonzero(corpus.truth == label))
    others = random.permutation(np.flatnonzero(corpus.truth != label))
    if a_step is None:
        start, parts = others, [of_class]
    else:
        count = min(len(of_class), len(others) // 2) // a_step
        start = others[count * a_step :]
        parts = [
            np.concatenate([of_class[n * a_step :][:a_step], others[n * a_step :][:a_step]])
            for n in range(count)
        ]
    steps = list(grow(corpus, start, parts))
    born = {one for _, growth, _ in steps for one in growth.born}
    when = [step for step, (_, growth, _) in enumerate(steps, 1) if growth.born]
    moved = sum(changed for *_, changed in steps)
    rows, growth, _ = steps[-1]
    inside = np.isin(shown(growth), sorted(born))
    mine = corpus.truth[rows] == label
    return (
        f"{label:<14} {'at once' if a_step is None else f'{a_step} a step':<10} seed {seed}: "
        f"born at step {when or 'none'}, {len(born)} topics, {inside[mine].mean():.1%} of the "
        f"class in them, {inside[~mine].mean():.1%} of the others, moved {moved}"
    )


def main() -> None:
    """Print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    embed(given.data, given.vectors)
    corpora = {
        name: read_corpus(given.vectors, name)
        for name in ("ag_news", "bbc_news", "timeline_updates")
    }
    for name, corpus in corpora.items():
        for share in (0.5, 0.05):
            for seed in range(given.seeds):
                print(run_growth(corpus, name, share, seed), flush=True)
    for label in sorted(set(corpora["bbc_news"].truth)):
        for a_step in (None, A_STEP):
            for seed in range(given.seeds):
                print(run_left_out(corpora["bbc_news"], label, a_step, seed), flush=True)


if __name__ == "__main__":
    main()
