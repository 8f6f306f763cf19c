"""How well is told what an outlet repeats under its articles, by a reader's judgements?

Usage: python -m benchmarks.repeated --db FILE | --articles FILE [--least 2] [--read] [--seed 7]

Setting: a database that ``topicwire cluster`` made (742 articles on Syria from 65 outlets), or
articles as JSON Lines (5,300 on security, ``security.jsonl.gz``): there, to spare an hour of
embedding, only equal texts are compared, by vectors of their words (TF-IDF, 100 singular
vectors). Of the texts that an outlet has in ``--least`` articles or more, all that are marked
as furniture, and ``--count`` of the others, drawn by a seed, are judged:
``benchmarks/judgements/repeated.jsonl`` has a line for each, by the hash of its text.
Output: precision over the marked, recall over all (the drawn stand for all that are not
marked), and how many are not judged yet; ``--read`` prints those, to be read.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

JUDGEMENTS = Path(__file__).parent / "judgements" / "repeated.jsonl"


class Repeated(NamedTuple):
    """A text that an outlet has in several articles."""

    key: str
    marked: bool
    source: str
    articles: int
    text: str


def find_in_database(path: Path, least: int) -> list[Repeated]:
    """Return what is repeated in a database; a text is a wording, whatever its facts."""
    from embeddings.corpus.store import CorpusStore

    with CorpusStore.open(path) as store:
        rows = store.rows(
            "SELECT lower(hex(c.hash)), max(f.passage_id IS NOT NULL), d.source, "
            "count(DISTINCT d.id), c.text FROM wordings AS w "
            "JOIN passages AS p ON p.id = w.passage_id JOIN passages AS c ON c.id = w.canonical "
            "JOIN documents AS d ON d.id = p.document_id "
            "LEFT JOIN furniture AS f ON f.passage_id = p.id GROUP BY w.canonical, d.source "
            "HAVING count(DISTINCT d.id) >= ? ORDER BY c.hash, d.source",
            (least,),
        )
    return [Repeated(key, bool(marked), *rest) for key, marked, *rest in rows]


def find_by_words(path: Path, least: int) -> list[Repeated]:
    """Return what is repeated in articles, marked by vectors of their words."""
    from embeddings.articles.parsing.results import ReadOptions
    from embeddings.corpus.intake import add_paths
    from embeddings.corpus.store import CorpusStore
    from embeddings.text.normalising import hash_text
    from topics.coverage.reuse.boilerplate import find_boilerplate
    from topics.pipeline.citing import load_articles

    with (
        tempfile.TemporaryDirectory() as folder,
        CorpusStore.open(Path(folder) / "corpus.db", write=True) as store,
    ):
        add_paths(store, [path], ReadOptions())
        passages, articles = load_articles(store)
    of_text: dict[bytes, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        of_text[hash_text(passage.body)].append(row)
    texts = [rows for _, rows in sorted(of_text.items()) if len(rows) > 1]
    number = {row: n for n, article in enumerate(articles) for row in article.rows}
    near = {row for rows in texts for held in rows for row in articles[number[held]].rows}
    vectors = embed_words([passage.body for passage in passages], sorted(near))
    marked = find_boilerplate(articles, texts, vectors)
    found = []
    for rows in texts:
        outlets: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            outlets[articles[number[row]].document.source].add(number[row])
        key, body = hash_text(passages[rows[0]].body).hex(), passages[rows[0]].body
        found += [
            Repeated(key, rows[0] in marked, source, len(held), body)
            for source, held in sorted(outlets.items())
            if len(held) >= least
        ]
    return found


def embed_words(texts: list[str], rows: list[int]) -> np.ndarray:
    """Return unit vectors of the words of some texts, zeros for the others."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigh = TfidfVectorizer(
        min_df=3, max_df=0.3, max_features=20_000, stop_words="english", sublinear_tf=True
    )
    reduce = TruncatedSVD(100, random_state=0, n_iter=2)
    some = reduce.fit_transform(weigh.fit_transform([texts[row] for row in rows]))
    vectors = np.zeros((len(texts), 100), np.float32)
    vectors[rows] = some / np.maximum(np.linalg.norm(some, axis=1, keepdims=True), 1e-9)
    return vectors


def main() -> None:
    """Draw, compare with the judgements, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--db", type=Path)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--least", type=int, default=2)
    parser.add_argument("--read", action="store_true", help="print what is not judged yet")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=1000)
    given = parser.parse_args()
    rows = (
        find_in_database(given.db, given.least)
        if given.db
        else find_by_words(given.articles, given.least)
    )
    marked, others = ([row for row in rows if row.marked is kind] for kind in (True, False))
    random.Random(given.seed).shuffle(others)  # noqa: S311
    drawn = others[: given.count]
    lines = JUDGEMENTS.read_text(encoding="utf-8").splitlines()
    verdicts = {one["hash"]: one["furniture"] for one in map(json.loads, lines)}
    unjudged = [row for row in (*marked, *drawn) if row.key not in verdicts]
    for row in unjudged if given.read else ():
        print(f"{row.key} {row.marked} {row.source}, {row.articles} articles: {row.text!r}")
    right = sum(verdicts.get(row.key, False) for row in marked)
    missed = sum(verdicts.get(row.key, False) for row in drawn)
    print(
        f"{len(rows)} texts that an outlet has in {given.least} articles or more, {len(marked)} "
        f"marked; {len(drawn)} others drawn, {len(unjudged)} of all not judged"
    )
    if marked:
        print(f"precision {right / len(marked):.2f} ({right} of {len(marked)})")
    if right + missed:
        weighed = missed * len(others) / max(1, len(drawn))
        print(f"recall {right / (right + weighed):.2f} ({missed} of {len(drawn)} drawn are missed)")


if __name__ == "__main__":
    main()
