"""How well is told what an outlet repeats under its articles, by a reader's judgements?

Usage: python -m benchmarks.repeated --db FILE [--read] [--seed 7] [--count 60]

Setting: a database that ``topicwire cluster`` made of a corpus (742 articles on Syria from
65 outlets, ``syria.jsonl.gz``). Of its texts that an outlet has in two articles or more, all
that are marked as furniture, and so many drawn by a seed of those that are not, are judged:
``benchmarks/judgements/repeated.jsonl`` has a line for each, by the hash of its text.
Output: precision over the marked, recall over all (the drawn stand for all that are not
marked), and how many are not judged yet; ``--read`` prints those, to be read.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

JUDGEMENTS = Path(__file__).parent / "judgements" / "repeated.jsonl"

# Of the wordings that an outlet has in several articles: hash of the canonical text, whether
# it is marked, outlet, articles, text.
_SQL = """
    SELECT lower(hex(c.hash)), max(f.passage_id IS NOT NULL), d.source,
           count(DISTINCT d.id), c.text
    FROM wordings AS w JOIN passages AS p ON p.id = w.passage_id
    JOIN passages AS c ON c.id = w.canonical JOIN documents AS d ON d.id = p.document_id
    LEFT JOIN furniture AS f ON f.passage_id = p.id
    GROUP BY w.canonical, d.source HAVING count(DISTINCT d.id) > 1 ORDER BY c.hash, d.source
"""


def read_verdicts(path: Path = JUDGEMENTS) -> dict[str, bool]:
    """Return of each judged text, by hash, whether a reader calls it furniture."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {one["hash"]: one["furniture"] for one in map(json.loads, lines)}


def draw(rows: list[tuple[Any, ...]], seed: int, count: int) -> tuple[list[Any], list[Any]]:
    """Return the marked, and ``count`` of the others, in an order that the seed gives."""
    marked, others = ([row for row in rows if row[1] == kind] for kind in (1, 0))
    random.Random(seed).shuffle(others)  # noqa: S311
    return marked, others[:count]


def main() -> None:
    """Draw, compare with the judgements, print."""
    from embeddings.corpus.store import CorpusStore

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--read", action="store_true", help="print what is not judged yet")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=60)
    arguments = parser.parse_args()
    with CorpusStore.open(arguments.db) as store:
        rows = store.rows(_SQL)
    marked, drawn = draw(rows, arguments.seed, arguments.count)
    verdicts = read_verdicts()
    unjudged = [row for row in (*marked, *drawn) if row[0] not in verdicts]
    if arguments.read:
        for key, is_marked, source, articles, text in unjudged:
            print(f"{key} marked={is_marked} {source}, {articles} articles: {text!r}")
    right = sum(verdicts.get(row[0], False) for row in marked)
    missed = sum(verdicts.get(row[0], False) for row in drawn)
    left = len(rows) - len(marked)
    print(f"{len(rows)} texts that an outlet repeats, {len(marked)} marked; "
          f"{len(drawn)} others drawn, {len(unjudged)} of all not judged")  # fmt: skip
    if marked:
        print(f"precision {right / len(marked):.2f} ({right} of {len(marked)})")
    if drawn and right + missed:
        weighed = missed * left / len(drawn)
        print(f"recall {right / (right + weighed):.2f} ({missed} of {len(drawn)} drawn are missed)")


if __name__ == "__main__":
    main()
