"""How often chance alone makes a topic rise or fall.

python -m benchmarks.trends --db topicwire.db

The dates of the dated articles are dealt out anew, whole articles at a time, so that no topic
truly rises or falls; every topic that is then called so is a false alarm. Thinned topics, which
keep three in ten or one in ten of a topic's articles, stand for rare ones.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from embeddings.corpus.store import CorpusStore
from topics.periods.shifts import find_shifts
from topics.periods.tallies import count_sightings
from topics.pipeline.assignments import read_sightings

LATER = (3, 10, 30, 100, 250)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path, default=Path("topicwire.db"))
    parser.add_argument("--deals", type=int, default=300)
    args = parser.parse_args()
    with CorpusStore.open(args.db) as store:
        tally = count_sightings([s for s in read_sightings(store) if s.published], "year")
    deal = random.Random(0)  # noqa: S311 - a simulation
    topics = [tally.by_topic[topic] for topic in sorted(tally.by_topic)]
    thinned = [
        {article: texts for article, texts in counts.items() if deal.random() < share}
        for counts in topics
        for share in (0.3, 0.1)
    ]
    articles = sorted(tally.sizes)
    print(f"{len(articles)} dated articles, {len(topics)} topics, {args.deals} deals a row\n")
    print("| later articles | p < .05 | p < .01 | a false call in the run |\n|---|---|---|---|")
    for later in LATER:
        if later < len(articles):
            print(row(topics, thinned, tally.sizes, later, args.deals, deal))


def row(
    topics: list[dict[str, int]],
    thinned: list[dict[str, int]],
    sizes: dict[str, int],
    later: int,
    deals: int,
    deal: random.Random,
) -> str:
    """Return a row: shares of uncorrected p-values, and of corpora with any topic called."""
    p_values, called = [], 0
    for _ in range(deals):
        chosen = set(deal.sample(sorted(sizes), later))
        for counts in [*topics, *thinned]:
            # Alone in its family, a topic's p-value is not corrected.
            shift = find_shifts({0: counts}, sizes, chosen)[0]
            if shift.direction != "too few":
                p_values.append(shift.p)
        family = find_shifts(dict(enumerate(topics)), sizes, chosen).values()
        called += any(shift.direction in ("rising", "falling") for shift in family)
    shares = [sum(p < level for p in p_values) / max(1, len(p_values)) for level in (0.05, 0.01)]
    return f"| {later} | {shares[0]:.3f} | {shares[1]:.4f} | {called / deals:.3f} |"


if __name__ == "__main__":
    main()
