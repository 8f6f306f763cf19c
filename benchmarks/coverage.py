"""Who repeats whom on a large corpus: seconds and memory, beside datasketch and SemHash.

    python -m benchmarks.coverage --db FILE [--peers PYTHON] [--rounds N] [--limit SECONDS]

FILE is a Topicwire database whose passages are embedded, as `topicwire cluster` leaves it; it
is copied and never written to. First each stage of a run, from passages and vectors in memory
to stories, in one fresh process; then the ten largest stories and groups of copies, to be read.

PYTHON is the interpreter of an environment with requirements-peers.txt. Each peer then runs
on the same distinct paragraphs, in a fresh process, by turns with ours: its seconds begin with
the texts (for SemHash: and our vectors) in memory and include its imports. Its pairs are
verified as ours are. Last, ten thousand copies, variants and single words, each for LIMIT
seconds at most. "peak" is the most memory that the process held, its input included.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.coverage_methods import METHODS, Pairs, Vectors, ours_whole

if TYPE_CHECKING:
    from embeddings.corpus.held_once import PassageVectors
    from embeddings.documents import Document, Passage
    from embeddings.words.copies import CopyGroup
    from topics.coverage.articles.articles import Article
    from topics.coverage.reuse.boilerplate import Copies
    from topics.coverage.stories.stories import StorySurvey
    from topics.pipeline.coverage import Leads

# Whatever peers need is imported where it is used: their environment lacks our libraries.

ROOT = Path(__file__).resolve().parents[1]
MANY = 10_000


class Clock:
    """Seconds by the wall and of processor time."""

    def __init__(self) -> None:
        self._last = time.perf_counter(), time.process_time()

    def lap(self) -> tuple[float, float]:
        """Return both since the last lap, or since the clock was made."""
        last, self._last = self._last, (time.perf_counter(), time.process_time())
        return self._last[0] - last[0], self._last[1] - last[1]


def peak_gib() -> float:
    """Return the most memory that this process held, in GiB."""
    # A child that was spawned inherits its parent's ru_maxrss; this figure is its own.
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text("ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


# --- stages of a run ---------------------------------------------------------------------


@dataclass(frozen=True)
class Corpus:
    """What a run starts from."""

    passages: Sequence[Passage]
    documents: Mapping[str, Document]
    vectors: Vectors | PassageVectors
    lead: Callable[[list[Article], Sequence[Copies]], Leads]


def cover_corpus(corpus: Corpus, told: Callable[[str, tuple[float, float]], None]) -> Any:
    """Take a corpus through all stages; returns copies, relations and coverage."""
    from embeddings.text.wording import read_once
    from embeddings.vectors.graph import gather_nodes
    from embeddings.vectors.neighbours import find_neighbours
    from topics.coverage.articles.articles import gather_articles
    from topics.coverage.examples.thresholds import Thresholds
    from topics.discovery.weights import MOST_NEIGHBOURS
    from topics.pipeline.coverage import find_copied, find_coverage, find_related

    passages, documents, thresholds = corpus.passages, corpus.documents, Thresholds()
    clock = Clock()
    with read_once():
        survey = find_copied(passages, documents, thresholds, [])
        nodes = gather_nodes(passages, survey.wordings)
        told("copies", clock.lap())
        rows = corpus.vectors[nodes.canonical]
        graph = find_neighbours(rows, MOST_NEIGHBOURS, keys=nodes.keys)
        told("neighbour graph", clock.lap())
        relations = find_related(
            passages, documents, survey, nodes.of_passage, graph,
            thresholds=thresholds, judgements=[],
        )  # fmt: skip
        told("relations", clock.lap())
        articles = gather_articles(passages, documents)
        leads = corpus.lead(articles, [(one.members, one.short) for one in survey.groups])
        told("headlines (embedded)", clock.lap())
        coverage = articles, *find_coverage(articles, leads, thresholds, [])
        told("relations of articles, stories", clock.lap())
    return survey, relations, coverage


def run_stages(folder: Path) -> None:
    """Time the stages on the database, print what to read, write the distinct paragraphs."""
    from embeddings.corpus.held_once import read_vectors
    from embeddings.corpus.store import CorpusStore
    from topics.answers.encoder import stored_encoder
    from topics.pipeline.coverage import embed_leads

    laps: dict[str, tuple[float, float]] = {}

    def told(name: str, lap: tuple[float, float]) -> None:
        laps[name] = lap
        print(_line(name, *lap), flush=True)

    with CorpusStore.open(folder / "corpus.db", write=True) as store:
        clock = Clock()
        encoder = stored_encoder(store)
        passages = store.passages()
        corpus = Corpus(
            passages, {document.id: document for document in store.documents()},
            read_vectors(store, encoder.fingerprint),
            lambda articles, groups: embed_leads(store, encoder, passages, articles, groups),
        )  # fmt: skip
        print(f"{len(passages)} passages of {len(corpus.documents)} articles")
        print(_line("reading the database", *clock.lap()), flush=True)
        survey, relations, (articles, of_articles, stories) = cover_corpus(corpus, told)
    whole = [sum(lap[i] for lap in laps.values()) for i in (0, 1)]
    graph = laps["neighbour graph"]
    print(_line("relations and stories", whole[0] - graph[0], whole[1] - graph[1]))
    print(_line("the same and the graph", *whole))
    print(f"{len(survey.groups)} groups of copies, {len(survey.conflicting)} versions apart, "
          f"passages {dict(Counter(one.kind for one in relations))}, articles "
          f"{dict(Counter(one.kind for one in of_articles))}, "
          f"{len(stories.stories)} stories")  # fmt: skip
    _print_stories(articles, stories)
    for name, across in (("across outlets", True), ("within one outlet", False)):
        print(f"largest groups of copies {name}:")
        for group in [one for one in survey.groups if one.across is across][:10]:
            _print_group(group, passages)
    distinct = {passage.body: row for row, passage in reversed(list(enumerate(passages)))}
    texts = sorted(distinct)
    write_input(folder / "all", texts, corpus.vectors[[distinct[text] for text in texts]])


def _line(name: str, wall: float, cpu: float) -> str:
    return f"{name:32} {wall:6.1f} s {cpu:6.1f} CPU s, peak {peak_gib():.2f} GiB"


def _print_stories(articles: Sequence[Article], survey: StorySurvey) -> None:
    for story in survey.stories[:10]:
        print(f"story of {len(story.members)} articles, cohesion {story.cohesion:.2f}")
        for member in story.members:
            document = articles[member].document
            print(f"  {document.published[:10]:10} {document.source}: {document.title[:100]}")


def _print_group(group: CopyGroup, passages: Sequence[Passage]) -> None:
    print(f"  {len(group.members)} passages, {group.texts} texts, {group.documents} articles, "
          f"{len(group.outlets)} outlets{', short' if group.short else ''}, least share "
          f"{min(group.shares):.2f}: {passages[group.canonical].body[:90]!r}")  # fmt: skip


# --- one task, several methods -----------------------------------------------------------


def write_input(folder: Path, texts: Sequence[str], vectors: Vectors) -> None:
    """Write what every method is given."""
    folder.mkdir()
    (folder / "texts.json").write_text(json.dumps(list(texts)), encoding="utf-8")
    np.save(folder / "vectors.npy", vectors)


def run_method(folder: Path, name: str) -> None:
    """In a process of its own: run once, print seconds and memory, write the pairs."""
    if name == "stages":
        return run_stages(folder)
    texts = json.loads((folder / "texts.json").read_text("utf-8"))
    vectors = np.load(folder / "vectors.npy") if "SemHash" in name or "whole" in name else None
    clock = Clock()
    finish = {**METHODS, "ours, whole": ours_whole}[name](texts, vectors)  # type: ignore[arg-type]
    wall, cpu = clock.lap()
    print(json.dumps([wall, cpu, peak_gib()]), flush=True)
    if folder.name == "all":
        np.save(folder / f"{name}.npy", finish())


def spawn(
    options: argparse.Namespace, folder: Path, name: str, limit: float | None = None,
    *, shown: bool = False,
) -> Any:  # fmt: skip
    """Run a method in a fresh process; returns its figures, or None if it took too long."""
    python = sys.executable if name.startswith(("ours", "stages")) else options.peers
    command = [python, "-m", "benchmarks.coverage", "--folder", str(folder), "--run", name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=None if shown else subprocess.PIPE,
            text=True, check=True, timeout=limit,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    return None if shown else json.loads(done.stdout.strip().splitlines()[-1])


def compare_methods(options: argparse.Namespace, folder: Path) -> None:
    """Print a line for each method: cost, pairs, those shared with ours and those verified."""
    from embeddings.text.wording import read_many
    from embeddings.words.copy_options import CopyOptions
    from embeddings.words.verifying import Verifier

    costs: dict[str, list[Any]] = {name: [] for name in METHODS}
    for _ in range(options.rounds):
        for name, cost in costs.items():
            cost.append(spawn(options, folder, name))
    texts = json.loads((folder / "texts.json").read_text("utf-8"))
    worded = read_many(texts)
    long = worded.lengths >= CopyOptions().least_words
    reference = {tuple(pair) for pair in np.load(folder / "ours.npy").tolist()}
    print(f"\n{len(texts)} distinct paragraphs; least of {options.rounds} by processor time")
    for name, cost in costs.items():
        wall, cpu, peak = min(cost, key=lambda one: one[1])
        pairs = np.load(folder / f"{name}.npy")
        judged = pairs[long[pairs].all(axis=1)]
        verifier = Verifier(worded, CopyOptions())
        for first, second in judged:
            verifier.near(int(first), np.array([second]))
        shared = len(reference.intersection(map(tuple, pairs.tolist())))
        print(f"{name:24} {wall:6.1f} s {cpu:6.1f} CPU s {peak:5.2f} GiB  {len(pairs)} pairs, "
              f"{shared} of ours ({shared / max(1, len(reference)):.3f}), verified "
              f"{len(verifier.edges)} of {len(judged)} with eight words or more "
              f"({len(verifier.edges) / max(1, len(judged)):.3f})", flush=True)  # fmt: skip
        if "SemHash" in name:
            print_semhash(texts, pairs, set(verifier.edges), reference)


def print_semhash(
    texts: Sequence[str], pairs: Pairs, verified: set[Any], reference: set[Any]
) -> None:
    """Print how many of our pairs stand in one group, and pairs to be read."""
    group = np.arange(len(texts))
    for a, b in pairs.tolist():  # stars: any order gives each group one number
        group[group == group[b]] = group[a]
    together = sum(group[a] == group[b] for a, b in reference)
    print(f"  in one of its groups: {together} of our {len(reference)} pairs")
    added = [pair for pair in map(tuple, pairs.tolist()) if pair not in verified]
    missed = sorted(pair for pair in reference if group[pair[0]] != group[pair[1]])
    for name, some in (("found", [tuple(p) for p in pairs.tolist()]), ("added", added),
                       ("missed", missed)):  # fmt: skip
        print(f"  {name}: {len(some)}; drawn from them:")
        for a, b in random.Random(0).sample(some, min(20, len(some))):  # noqa: S311
            print(f"    {texts[a][:220]!r}\n      {texts[b][:220]!r}")


# --- ten thousand of a kind --------------------------------------------------------------


def compare_hard(options: argparse.Namespace, folder: Path) -> None:
    """Print the seconds of each method on texts that make too many pairs."""
    source = json.loads((folder / "all" / "texts.json").read_text("utf-8"))
    body = next(text for text in source if 40 <= len(text.split()) <= 60)
    letters = str.maketrans("0123456789", "abcdefghij")
    words = [str(n).translate(letters) for n in range(MANY)]
    noise = np.random.default_rng(0).standard_normal((MANY, 384), dtype=np.float32)
    cases = {
        "copies": ([body] * MANY, np.tile(noise[:1], (MANY, 1))),
        "variants": ([f"{body} {word}" for word in words], noise[:1] + 0.02 * noise),
        "one word": (words, noise),
    }
    names = ["ours", "ours, whole", *list(METHODS)[1:]]
    for case, (texts, vectors) in cases.items():
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        write_input(folder / case, texts, unit.astype(np.float32))
        for name in names if options.peers else names[:2]:
            cost = spawn(options, folder / case, name, options.limit)
            took = "{:.1f} s, {:.1f} CPU s, {:.2f} GiB".format(*cost) if cost else "not done"
            limit = "" if cost else f" after {options.limit:.0f} s"
            print(f"{MANY} {case:10} {name:24} {took}{limit}", flush=True)


def main() -> None:
    """Time the stages, then the peers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--db", type=Path, help="a database whose passages are embedded")
    parser.add_argument("--peers", help="interpreter of the peers' environment")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each method")
    parser.add_argument("--limit", type=float, default=60, help="seconds for ten thousand texts")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        return run_method(options.folder, options.run)
    if not options.db:
        parser.error("--db: give a Topicwire database whose passages are embedded")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(options.db, folder / "corpus.db")
        spawn(options, folder, "stages", shown=True)
        if options.peers:
            compare_methods(options, folder / "all")
        compare_hard(options, folder)


if __name__ == "__main__":
    main()
