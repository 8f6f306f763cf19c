"""Guided topics read by eye: precision with a 90 % interval, from judgements that are kept.

A sample is drawn by a seed from what each of the user's topics holds, copies once; judgements
are kept by content hash, without article text, and count for what the topic holds now.

    python -m benchmarks.judged_topics --db FILE --judgements FILE ... [--draw 50 --seed 1]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from benchmarks.name_sheets import interval
from embeddings.corpus.store import CorpusStore

HELD = (
    "SELECT t.name, lower(hex(p.hash)), p.text FROM assignments AS a "
    "JOIN passages AS p ON p.id = a.passage_id JOIN topics AS t ON t.id = a.topic_id "
    "WHERE t.kind = 'guided' GROUP BY t.name, a.node ORDER BY t.name, min(p.hash)"
)


def main() -> None:
    """Print precision by topic, or a sample to be read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--judgements", type=Path, required=True, nargs="+")
    parser.add_argument("--draw", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    # What was read later counts.
    lines = [line for file in options.judgements for line in file.read_text("utf-8").splitlines()]
    judged = {(one["topic"], one["passage"]): one["belongs"] for one in map(json.loads, lines)}
    held: dict[str, list[tuple[str, str]]] = {}
    with CorpusStore.open(options.db) as store:
        for name, key, text in store.rows(HELD):
            held.setdefault(name, []).append((key, text))
    for name, passages in held.items():
        said = [judged[name, key] for key, _ in passages if (name, key) in judged]
        told = "nothing judged"
        if said:
            low, high = interval(sum(said), len(said), z=1.645)
            told = f"{sum(said) / len(said):.2f} ({low:.2f} to {high:.2f}) of {len(said)} judged"
        # Of passages that were drawn from what a topic held this says little.
        fit = {key for (topic, key), belongs in judged.items() if topic == name and belongs}
        kept = len(fit.intersection(key for key, _ in passages))
        print(f"{name}: {len(passages)} passages, precision {told}, {kept} of {len(fit)} that fit")
        order = np.random.default_rng(options.seed).permutation(len(passages))
        for key, text in (passages[place] for place in order[: options.draw].tolist()):
            print(f"  {key}  {' '.join(text.split())}")


if __name__ == "__main__":
    main()
