"""Names of topics, ours beside those of other methods, on the same topics and vectors.

Given only the name, is the topic found among its sisters (all topics of its level): by the
encoder (cosine of the name with the topic's middle) and by words (BM25 over topics); mean
reciprocal rank. *Covers*: share of a topic's passages in which a part of its name stands.
*Own*: share of the passages in which one does that are the topic's. *Repeats*: names that say a
word twice. The default level and the two below it, topics of 15 passages or more.

The peers are their published formulas, on our topics, with scikit-learn's vectorizer: BERTopic's
class-based TF-IDF (four words, as it names topics); KeyBERT's maximal marginal relevance
(diversity .5) over the 30 best one- and two-word candidates by the same vectors; mean TF-IDF.

    python -m benchmarks.names --data DIR --vectors DIR [--db FILE ...] [--before FILE]

``--write FILE`` writes our names, to be ``--before`` for a later version; ``--sheet FILE`` draws
topics by ``--seed``, shuffles all names of each, and writes what readers judge
(``benchmarks/name_sheets.py`` counts their verdicts).

With ``--shown`` it is the topics that a reader is shown, of databases: ``--write`` writes their
names, and a sheet holds those shown now and those shown before, each under the names it was shown
by. Nothing is measured then.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
# Run as a file, this folder would come first, and hide the packages of its modules' names.
sys.path.insert(0, str(ROOT))

from benchmarks.name_sheets import WANTED, Sheet, key_of  # noqa: E402
from benchmarks.topics import SETS, embed, load_set  # noqa: E402
from embeddings.text.stopwords import STOP_WORDS  # noqa: E402
from embeddings.vectors.neighbours import find_neighbours, hash_rows, unit_rows  # noqa: E402
from topics.hierarchy.tree import TopicTree  # noqa: E402
from topics.naming.describing import Topic, describe_tree  # noqa: E402
from topics.naming.various import VARIOUS  # noqa: E402
from topics.naming.wordforms import alike  # noqa: E402

LEAST = 15
BELOW = 2
_WORD = re.compile(r"[^\W_]+(?:[-'’.&][^\W_]+)*")


@dataclass(frozen=True)
class Level:
    """The topics of one level that are looked at, and what they are made of."""

    texts: Sequence[str]
    vectors: NDArray[np.float32]
    members: Sequence[NDArray[np.int64]]
    topics: Sequence[Topic]

    @cached_property
    def middles(self) -> NDArray[np.float32]:
        """The middle of each topic, ``(topics, d)``."""
        return np.stack([_middle(self.vectors[rows]) for rows in self.members])

    @cached_property
    def folded(self) -> list[str]:
        """The words of each text, in lower case, a space before and after each."""
        return [f" {' '.join(_words(text))} " for text in self.texts]

    @cached_property
    def bags(self) -> list[Counter[str]]:
        """How often each word is used in each topic."""
        return [
            Counter(word for row in rows for word in self.folded[row].split())
            for rows in self.members
        ]


def read_labelled(vectors: Path, name: str) -> tuple[Any, ...]:
    """Find the topics of an evaluation set as a run does, copies once, in canonical order."""
    from topics.discovery.belonging import find_strangers, measure_belonging
    from topics.discovery.ground import prepare_ground
    from topics.discovery.levels import find_topics, grow_tree

    rows, texts, _ = load_set(vectors, name)
    keys = hash_rows(unit_rows(rows))
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    at = [first[key] for key in sorted(first)]
    nodes = unit_rows(rows)[at]
    graph = find_neighbours(nodes, keys=sorted(first))
    ground = prepare_ground(graph, nodes)
    labels = find_topics(ground)
    strengths = measure_belonging(ground.edges, labels, find_strangers(graph)).strengths
    own = [texts[row] for row in at]
    return own, grow_tree(ground, labels), strengths, nodes, None, None, ()


def read_database(path: Path) -> tuple[Any, ...]:
    """Return the topics of a clustered database, one row a node of its graph."""
    from embeddings.corpus.held_once import read_vectors
    from embeddings.corpus.store import CorpusStore
    from embeddings.vectors.graph import read_nodes
    from topics.hierarchy.outline import read_outline

    with CorpusStore.open(path) as store:
        passages, documents = store.passages(), {one.id: one for one in store.documents()}
        nodes, outline = read_nodes(store), read_outline(store)
        sql = "SELECT passage_id, coalesce(leaf_id, topic_id), strength FROM assignments"
        placed = {passage: (leaf, strength) for passage, leaf, strength in store.rows(sql)}
        # What outlets repeat is in no topic.
        rows = [row for row in nodes.canonical.tolist() if passages[row].id in placed]
        vectors = read_vectors(store, store.setting("encoder")["fingerprint"])[rows]
    chosen = [passages[row] for row in rows]
    leaves = [placed[one.id][0] for one in chosen]
    levels, ids = [], []
    for level in range(outline.deepest + 1):
        at = outline.at(level)
        found, labels, sizes = np.unique(
            [at[leaf] for leaf in leaves], return_inverse=True, return_counts=True
        )
        rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
        levels.append(rank[labels].astype(np.int64))
        ids.append(found[np.argsort(rank)])
    tree = TopicTree(tuple(levels), outline.shown)
    wanted = {one for one in outline.visible if outline.kinds[one] != "guided"}
    shown = {
        int(place)
        for here, own in zip(tree.places, ids, strict=True)
        for place, one in zip(here, own.tolist(), strict=True)
        if one in wanted
    }
    strengths = np.array([placed[one.id][1] for one in chosen], np.float32)
    return (
        [one.body for one in chosen],
        tree,
        strengths,
        vectors,
        [documents[one.document_id].source for one in chosen],
        [one.document_id for one in chosen],
        sorted(shown),
    )


def read_shown(parts: tuple[Any, ...], before: Set[str]) -> tuple[Level, list[bool]]:
    """Name the topics; return those that are shown, and those shown before, by their keys.

    Also of each whether it is shown now.
    """
    texts, tree, strengths, vectors, sources, documents, shown = parts
    topics = describe_tree(texts, tree, strengths, vectors, sources=sources, documents=documents)
    level = Level(texts, vectors, tree.members, topics)
    places = [p for p in range(len(topics)) if p in shown or key_of(level, p) in before]
    held, named = [tree.members[p] for p in places], [topics[p] for p in places]
    return Level(texts, vectors, held, named), [p in shown for p in places]


def read_levels(parts: tuple[Any, ...]) -> Iterator[Level]:
    """Name the topics; yield those of the default level and the two below it."""
    texts, tree, strengths, vectors, sources, documents, _ = parts
    topics = describe_tree(texts, tree, strengths, vectors, sources=sources, documents=documents)
    for level in range(tree.default, min(tree.default + BELOW + 1, len(tree.levels))):
        places = [p for p in sorted(set(tree.rows[level].tolist())) if topics[p].size >= LEAST]
        yield Level(texts, vectors, [tree.members[p] for p in places], [topics[p] for p in places])


def name_by_peers(level: Level, encoder: Any) -> dict[str, list[str]]:
    """Return the names that each peer's formula gives the topics of a level."""
    from sklearn.feature_extraction.text import CountVectorizer

    docs = [" ".join(level.texts[row] for row in rows) for rows in level.members]
    single = CountVectorizer(stop_words="english")
    counts = single.fit_transform(docs).toarray().astype(np.float64)
    words = single.get_feature_names_out()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ctfidf = shares * np.log1p(counts.sum(axis=1).mean() / counts.sum(axis=0))
    rows = [level.texts[row] for members in level.members for row in members]
    held = (single.transform(rows) > 0).sum(axis=0)
    tfidf = counts * np.log((1 + len(rows)) / (1 + np.asarray(held).ravel()))
    double = CountVectorizer(stop_words="english", ngram_range=(1, 2), max_features=40_000)
    phrase_counts = double.fit_transform(docs).toarray().astype(np.float64)
    phrases = double.get_feature_names_out()
    weights = phrase_counts / np.maximum(phrase_counts.sum(axis=1, keepdims=True), 1)
    weights *= np.log1p(phrase_counts.sum(axis=1).mean() / phrase_counts.sum(axis=0))
    best = np.argsort(-weights, axis=1, kind="stable")[:, :30]
    known = sorted({int(one) for one in best.ravel()})
    vectors = dict(zip(known, unit_rows(encoder.encode([phrases[k] for k in known])), strict=True))
    return {
        "BERTopic": [_top(one, words, 4) for one in ctfidf],
        "KeyBERT": [
            _relevant(middle, [int(k) for k in own], vectors, phrases)
            for middle, own in zip(level.middles, best, strict=True)
        ],
        "TF-IDF": [_top(one, words, 4) for one in tfidf],
    }


def _top(weights: NDArray[np.float64], words: Sequence[str], count: int) -> str:
    return ", ".join(words[k] for k in np.argsort(-weights, kind="stable")[:count])


def _middle(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return unit_rows(unit_rows(vectors).mean(axis=0, keepdims=True))[0]


def _relevant(
    middle: NDArray[np.float32],
    candidates: list[int],
    vectors: dict[int, NDArray[np.float32]],
    phrases: Sequence[str],
) -> str:
    """Pick three candidates by maximal marginal relevance, diversity .5."""
    chosen: list[int] = []
    while len(chosen) < min(3, len(candidates)):
        merit = {
            k: 0.5 * float(vectors[k] @ middle)
            - 0.5 * max((float(vectors[k] @ vectors[c]) for c in chosen), default=0.0)
            for k in candidates
            if k not in chosen
        }
        chosen.append(max(merit, key=lambda k: (round(merit[k], 6), -k)))
    return ", ".join(phrases[k] for k in chosen)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def parts_of(name: str) -> list[str]:
    """Return the phrases that a name is made of, in lower case."""
    return [part.casefold() for part in re.split(r", | and ", name.removeprefix(VARIOUS)) if part]


def measure(level: Level, names: Sequence[str], encoder: Any) -> tuple[float, ...]:
    """Return both reciprocal ranks, what names cover, how far it is their own, and repeats."""
    by_vector = unit_rows(encoder.encode(list(names))) @ level.middles.T
    by_words = _bm25(level.bags, [[w for w in _words(n) if w not in STOP_WORDS] for n in names])
    ranks = [
        float(np.mean(1.0 / (1 + (scores > scores.diagonal()[:, None]).sum(axis=1))))
        for scores in (by_vector, by_words)
    ]
    covers, own, repeats = [], [], []
    for rows, name in zip(level.members, names, strict=True):
        parts = [f" {' '.join(_words(part))} " for part in parts_of(name)]
        holds = np.array([any(part in text for part in parts) for text in level.folded])
        covers.append(float(holds[rows].mean()))
        own.append(float(holds[rows].sum() / max(holds.sum(), 1)))
        said = [word for word in _words(name) if word not in STOP_WORDS]
        repeats.append(any(alike(a, b) for i, a in enumerate(said) for b in said[:i]))
    return (*ranks, float(np.mean(covers)), float(np.mean(own)), float(np.mean(repeats)))


def _bm25(bags: Sequence[Counter[str]], queries: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """Return BM25 (k1 1.2, b .75) of each bag for each query, ``(queries, bags)``."""
    length = np.array([bag.total() for bag in bags], np.float64)
    scores = np.zeros((len(queries), len(bags)))
    for at, query in enumerate(queries):
        for word in query:
            times = np.array([bag[word] for bag in bags], np.float64)
            some = float((times > 0).sum())
            rare = np.log1p((len(bags) - some + 0.5) / (some + 0.5))
            scores[at] += (
                rare * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length / length.mean()))
            )
    return scores


def main() -> None:
    """Print a line for each corpus and method; write a sheet to read if asked for."""
    from embeddings.encoders.opening import open_encoder

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--sets", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--db", type=Path, nargs="*", default=[])
    parser.add_argument("--before", type=Path, help="names that --write wrote of another version")
    parser.add_argument("--write", type=Path, help="write our names, and end")
    parser.add_argument("--sheet", type=Path, help="write names to judge, shuffled")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--topics", type=int, default=WANTED, help="how many a sheet holds")
    parser.add_argument("--shown", action="store_true", help="the topics that are shown, of --db")
    parser.add_argument("--no-peers", action="store_true", help="ours, and those before, alone")
    options = parser.parse_args()
    if any(not (options.vectors / f"{name}.npy").exists() for name in options.sets):
        embed(options.data, options.vectors)
    corpora = {name: (read_labelled, options.vectors, name) for name in options.sets}
    corpora |= {path.stem: (read_database, path) for path in options.db}
    before = json.loads(options.before.read_text("utf-8")) if options.before else {}
    encoder, sheet = open_encoder(), Sheet(options.seed)
    ours: dict[str, dict[str, str]] = {}
    if options.shown:
        for path in options.db:
            known = before.get(path.stem, {})
            level, now = read_shown(read_database(path), known.keys())
            keys = [key_of(level, at) for at in range(len(now))]
            names = [one.name for one in level.topics]
            ours[path.stem] = {k: n for k, n, one in zip(keys, names, now, strict=True) if one}
            told = {"ours": ours[path.stem], "before": known}
            sheet.take(path.stem, 0, level, keys, told)
            print(f"{path.stem:18}{sum(now):4d} shown, before {len(known):4d}")
        _finish(options, ours, sheet)
        return
    print(f"{'corpus':18}{'names':10}{'topics':>7}{'MRR enc':>9}{'BM25':>6}", end="")
    print(f"{'covers':>8}{'own':>6}{'repeats':>9}")
    for corpus, (read, *where) in corpora.items():
        ours[corpus] = {}
        lines: dict[str, list[tuple[float, ...]]] = {}
        sizes = []
        for depth, level in enumerate(read_levels(read(*where))):
            keys = [key_of(level, at) for at in range(len(level.topics))]
            ours[corpus] |= {k: t.name for k, t in zip(keys, level.topics, strict=True)}
            if options.write:
                continue
            names = {"ours": [topic.name for topic in level.topics]}
            if before:
                names["before"] = [before[corpus].get(key, "") for key in keys]
            if not options.no_peers:
                names |= name_by_peers(level, encoder)
            sizes.append(len(keys))
            for method, own in names.items():
                lines.setdefault(method, []).append(measure(level, own, encoder))
            by_key = {method: dict(zip(keys, own, strict=True)) for method, own in names.items()}
            sheet.take(corpus, depth, level, keys, by_key)
        for method, found in lines.items():
            mean = np.average(found, axis=0, weights=sizes)
            print(f"{corpus:18}{method:10}{sum(sizes):7d}", end="")
            print(f"{mean[0]:9.3f}{mean[1]:6.3f}{mean[2]:8.2f}{mean[3]:6.2f}{mean[4]:9.2f}")
    _finish(options, ours, sheet)


def _finish(options: argparse.Namespace, ours: dict[str, dict[str, str]], sheet: Sheet) -> None:
    if options.write:
        options.write.write_text(json.dumps(ours, ensure_ascii=False, indent=1), "utf-8")
    elif options.sheet:
        sheet.write(options.sheet, options.topics)


if __name__ == "__main__":
    main()
