"""A search in a running process: milliseconds, memory and recall of ours and of peers.

    python -m benchmarks.search_speed [--rows N ...] [--folder DIR] [--peers PYTHON]
    python -m benchmarks.search_speed --db FILE

Texts and vectors are made by a seed: words as frequent as Zipf's law has them, vectors around
200 centres. A query is a stored vector with noise and four words of that passage; 60 of them.
"ours" is all of a search: filters, vectors, words, fusing, copies, quotations and marks. Of the
peers faiss and usearch find the ten nearest vectors alone, and "SQLite FTS" the ten best
passages by ``bm25()`` alone. Each line is a fresh process, milliseconds are of processor time,
the median and the slowest of the queries; MiB is the most that the process held. PYTHON is the
interpreter of an environment with requirements-peers.txt.

With FILE a session of it answers 100 queries, ``Session.search`` with the encoder, after one that
loads what they need; the line beside it is the encoder alone.

The database of a million takes ten minutes to make and 3 GB; it stays in DIR for the next run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

DIMENSION, CENTRES, WORDS, QUERIES, NEAREST = 384, 200, 60_000, 60, 10
ENCODER = "made"
OURS, PEERS = ("ours", "SQLite FTS"), ("faiss flat", "faiss IVF-SQ8", "usearch")
BLOCK = 10_000
HELD = ExitStack()


def make_words() -> np.ndarray[Any, np.dtype[Any]]:
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    count = len(syllables)
    places = [(n % count, n // count % count, n // count**2) for n in range(WORDS)]
    return np.array(["".join(syllables[one] for one in place) + "x" for place in places], object)


def make_database(path: Path, rows: int) -> None:
    """Write a database of made passages, 40 an article, with its index."""
    from embeddings.corpus.database import connect
    from embeddings.corpus.store import CorpusStore
    from embeddings.search.index import INDEX
    from embeddings.search.making import keep_index, make_index
    from embeddings.text.normalising import hash_text

    random = np.random.default_rng(0)
    words, shares = make_words(), 1 / (np.arange(WORDS) + 2.7)
    up_to = np.cumsum(shares / shares.sum())
    centres = random.standard_normal((CENTRES, DIMENSION), np.float32)
    mean = random.standard_normal(DIMENSION, np.float32) / 2
    connection = connect(path, create=True)
    connection.execute("PRAGMA synchronous = OFF")
    for start in range(0, rows, BLOCK):
        count = min(BLOCK, rows - start)
        lengths = random.integers(15, 70, count)
        drawn = words[np.searchsorted(up_to, random.random(lengths.sum()))]
        texts = [" ".join(part) for part in np.split(drawn, np.cumsum(lengths)[:-1])]
        vectors = centres[random.integers(0, CENTRES, count)] + mean
        vectors += random.standard_normal(vectors.shape, np.float32) * np.float32(1.2)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        hashes = [hash_text(text) for text in texts]
        names = [f"d{start + n:08}" for n in range(0, count, 40)]
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO documents (id, version, title, source, published, url, path, text) "
            "VALUES (?, x'00', 'title', 'outlet', '2013-05-11', '', '', '')",
            [(name,) for name in names],
        )
        connection.executemany(
            'INSERT INTO passages (document_id, position, start, body_start, "end", text, hash) '
            "VALUES (?, ?, 0, 0, ?, ?, ?)",
            [(names[n // 40], n % 40, len(texts[n]), texts[n], hashes[n]) for n in range(count)],
        )
        connection.executemany(
            "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, NULL)",
            [(hashes[n], ENCODER, vectors[n].tobytes()) for n in range(count)],
        )
        connection.execute("COMMIT")
    connection.close()
    with CorpusStore.open(path, write=True) as store:
        index, recall = make_index(store, ENCODER)
        with store.transaction() as stored:
            keep_index(store, ENCODER, index, recall)
            stored.execute("INSERT INTO stages VALUES (?, 'made', 'null', NULL)", (INDEX,))


def draw_queries(path: Path, rows: int) -> list[tuple[Any, tuple[str, ...]]]:
    """Return vector and words of each query."""
    import sqlite3

    random = np.random.default_rng(1)
    found = []
    with sqlite3.connect(path) as connection:
        for number in random.integers(1, rows + 1, QUERIES).tolist():
            text, blob = connection.execute(
                "SELECT text, vector FROM passages JOIN vectors USING (hash) WHERE id = ?",
                (number,),
            ).fetchone()
            vector = np.frombuffer(blob, "<f4")
            vector = vector + random.standard_normal(DIMENSION, np.float32) * np.float32(0.03)
            # Those of one syllable are as common as stop words.
            long = [word for word in dict.fromkeys(text.split()) if len(word) > 3]
            found.append(((vector / np.linalg.norm(vector)).astype("f4"), tuple(long[:4])))
    return found


def read_vectors(path: Path) -> Any:
    import sqlite3

    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT vector FROM vectors ORDER BY rowid")
        return np.frombuffer(b"".join(blob for (blob,) in rows), "<f4").reshape(-1, DIMENSION)


def open_method(method: str, path: Path) -> Callable[[Any, tuple[str, ...]], Any]:
    """Return what answers a query."""
    if method == "ours":
        from embeddings.corpus.filters import Filters
        from embeddings.corpus.store import CorpusStore
        from embeddings.search.searcher import MEANING_WEIGHT, Query, Searcher

        store = HELD.enter_context(CorpusStore.open(path))
        searcher = Searcher()
        return lambda vector, words: searcher.find(
            store, ENCODER, Query(vector, words, Filters(), MEANING_WEIGHT)
        )
    if method == "SQLite FTS":
        import sqlite3

        connection = sqlite3.connect(path)
        sql = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 10"
        return lambda _, words: connection.execute(
            sql, (" OR ".join(f'"{word}"' for word in words),)
        ).fetchall()
    vectors = read_vectors(path)
    if method == "usearch":
        from usearch.index import Index

        index = Index(ndim=DIMENSION, metric="ip")
        index.add(np.arange(len(vectors)), vectors)
        return lambda vector, _: index.search(vector, NEAREST).keys
    import faiss

    faiss.omp_set_num_threads(1)
    kind = "Flat" if method == "faiss flat" else f"IVF{max(64, len(vectors) // 400)},SQ8"
    built = faiss.index_factory(DIMENSION, kind, faiss.METRIC_INNER_PRODUCT)
    built.train(vectors[:200_000])
    built.add(vectors)
    if method != "faiss flat":
        built.nprobe = 32
    return lambda vector, _: built.search(vector[None], NEAREST)[1][0]


def measure(method: str, path: Path, rows: int) -> dict[str, float]:
    queries = draw_queries(path, rows)
    began = time.process_time()
    answer = open_method(method, path)
    answer(*queries[0])
    ready = time.process_time() - began
    times, found = [], []
    for vector, words in queries[1:]:
        began = time.process_time()
        found.append(answer(vector, words))
        times.append(1000 * (time.process_time() - began))
    peak = _read_peak()
    shown = {"ready": ready, "median": statistics.median(times), "slowest": max(times)}
    return {**shown, "mib": peak, "recall": measure_recall(method, queries[1:], found, path)}


def _read_peak() -> float:
    """Return the most that this process held, MiB: ``getrusage`` counts its parent's too."""
    status = Path("/proc/self/status").read_text("utf-8").splitlines()
    (line,) = [one for one in status if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def measure_recall(method: str, queries: Any, found: Any, path: Path) -> float:
    """Return the share of the exact answer that was found, over 20 queries."""
    if method == "SQLite FTS" or not found:
        return 1.0
    shares = []
    if method == "ours":
        from embeddings.search import ranking

        ranking.CANDIDATES = 1 << 40
        exact = open_method(method, path)
        for (vector, words), hits in list(zip(queries, found, strict=True))[:20]:
            true = {hit.passage_id for hit in exact(vector, words)}
            shares.append(len(true & {hit.passage_id for hit in hits}) / len(true))
        return float(np.mean(shares))
    vectors = read_vectors(path)
    for (vector, _), keys in list(zip(queries, found, strict=True))[:20]:
        true = np.argpartition(-(vectors @ vector), NEAREST)[:NEAREST]
        shares.append(len(np.intersect1d(true, keys)) / NEAREST)
    return float(np.mean(shares))


def measure_session(path: Path) -> None:
    """Print what 100 questions to an open session take, and the encoder's part."""
    import topics
    from embeddings.corpus.store import CorpusStore

    firsts = ("refugees", "missiles", "talks", "weapons", "aid", "border", "rebels", "oil", "food")
    lasts = ("Turkey", "Russia", "Jordan", "Lebanon", "Iran", "camp", "school", "convoy", "in May")
    queries = [f"{first} {last}" for first in (*firsts, "Aleppo") for last in (*lasts, "today")]
    with topics.open(path) as session, CorpusStore.open(path) as store:
        session.search(queries[0])
        encoder = session.encoder(store)
        for name, ask in (
            ("Session.search", session.search),
            ("encoder alone", lambda query: encoder.encode([query], "query")),
        ):
            began, at = time.process_time(), time.perf_counter()
            for query in queries:
                ask(query)
            took = time.process_time() - began, time.perf_counter() - at
            print(f"{name}: {len(queries)} queries, {took[0]:.2f} CPU s, {took[1]:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--method", help="measure this one, in this process")
    parser.add_argument("--db", type=Path, help="ask a session of this database")
    given = parser.parse_args()
    if given.db:
        measure_session(given.db)
        return
    for rows in given.rows:
        path = given.folder / f"search-{rows}.db"
        if given.method:
            print(json.dumps(measure(given.method, path, rows)))
            continue
        if not path.exists():
            given.folder.mkdir(exist_ok=True)
            make_database(path, rows)
        for method in (*OURS, *PEERS):
            python = given.peers if method in PEERS else sys.executable
            command = [python, "-m", "benchmarks.search_speed", "--method", method]
            command += ["--rows", str(rows), "--folder", str(given.folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{rows:>9,}  {method:14} failed: {done.stderr.strip().splitlines()[-1]}")
                continue
            one = json.loads(done.stdout)
            print(
                f"{rows:>9,}  {method:14} {one['median']:7.1f} ms, slowest {one['slowest']:7.1f}; "
                f"ready {one['ready']:6.2f} s, {one['mib']:6,.0f} MiB, recall {one['recall']:.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
