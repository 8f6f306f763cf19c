"""Guided topics against labelled news: right, left over, and strangers left over.

Each class is a topic with a line of description, or its name alone; then each class in turn
is held out, and its passages should be left to discovery. A passage left over that belongs
to a topic counts as wrong. The lines were written before the method.

    python -m benchmarks.guided --data DIR --vectors DIR
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
# Run as a file, this folder would come first, and hide the packages of its modules' names.
sys.path.insert(0, str(ROOT))

BBC = {
    "business": "Companies, profits, markets, banks, economies and trade.",
    "entertainment": "Films, music, television, celebrities, awards and the arts.",
    "politics": "Government, ministers, parliament, elections and party politics.",
    "sport": "Football, rugby, cricket, tennis, athletics: matches, players and coaches.",
    "tech": "Computers, software, the internet, mobile phones, games and gadgets.",
}
AG = {
    "World": "International affairs: wars, diplomacy, governments, elections and attacks around "
    "the world.",
    "Sports": "Games, teams, players, championships and coaches.",
    "Business": "Companies, profits, stock markets, oil prices, jobs and the economy.",
    "Sci/Tech": "Computers, software, the internet, space, science and gadgets.",
}
SETS = {"bbc_news": BBC, "ag_news": AG}


def measure(
    vectors: NDArray[np.float32], labels: list[str], topics: Mapping[str, str]
) -> tuple[float, float, float]:
    """Place passages under topics.

    Args:
        vectors: Shape ``(n, d)``, distinct rows.
        labels: Class of each.
        topics: Description of each class that is a topic, ``""`` for its name alone.

    Returns:
        Share right and share left over of those that belong to a topic, and share left
        over of the others.
    """
    from embeddings.encoders.opening import open_encoder
    from embeddings.vectors.neighbours import find_neighbours
    from topics.guiding.assigning import assign_topics, embed_topics
    from topics.guiding.taxonomy import GuidedTopic

    guided = [GuidedTopic(name, line) for name, line in topics.items()]
    directions = embed_topics(guided, open_encoder().encode)
    found = assign_topics(vectors, find_neighbours(vectors), directions)
    numbers = {name: number for number, name in enumerate(topics)}
    truth = np.array([numbers.get(label, -1) for label in labels])
    fits = truth >= 0
    strangers = float((found[~fits] < 0).mean()) if (~fits).any() else float("nan")
    return (
        float((found[fits] == truth[fits]).mean()),
        float((found[fits] < 0).mean()),
        strangers,
    )


def main() -> None:
    """Print a line for each task."""
    from benchmarks.topics import embed, load_set
    from embeddings.vectors.neighbours import canonical_order, hash_rows, unit_rows

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    options = parser.parse_args()
    embed(options.data, options.vectors)
    print(f"{'set':12}{'topics':34}{'right':>8}{'left':>8}{'strangers left':>16}")
    for name, lines in SETS.items():
        vectors, _, labels = load_set(options.vectors, name)
        rows = np.unique(vectors, axis=0, return_index=True)[1]
        rows = rows[canonical_order(hash_rows(unit_rows(vectors[rows])))]
        kept, own = vectors[rows], [labels[row] for row in rows]
        tasks = {"descriptions": lines, "names alone": dict.fromkeys(lines, "")}
        for out in lines:
            tasks[f"without {out}"] = {one: lines[one] for one in lines if one != out}
        for task, topics in tasks.items():
            right, left, strangers = measure(kept, own, topics)
            print(f"{name:12}{task:34}{right:8.3f}{left:8.3f}{strangers:16.3f}", flush=True)


if __name__ == "__main__":
    main()
