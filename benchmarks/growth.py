"""What a run costs that adds a few articles to many, by stage: CPU seconds, each in a new process.

Articles are taken out of a copy of a clustered database and added again, so that their vectors
are stored and nothing is embedded; then a topic is split, the edit undone, and a pair answered.
``other`` is what is no stage: opening the file and the model, and loading libraries.

    python -m benchmarks.growth --db FILE [--articles 10] [--profile]

With a file of articles in place of a database, what a first run costs without embedding over the
first so many of them, or over so many made of them: sentences of one label drawn by a seed into
paragraphs of as many sentences, with exact and near copies at the share that the file has. So many
texts draw each sentence several times: a third of its words are exchanged for others of the label,
or nearly all of them would be copies, or hold one. Word vectors (``--model static``) are stored
before. ``MiB`` is the most that the process held, ``exact`` and ``near`` the texts that repeat
another or are a near copy, and ``aligned`` the pairs of texts that were aligned; the exponent is
the slope of time over passages between the first and the last size.

    python -m benchmarks.growth --first FILE.jsonl.gz --sizes 1325 2650 5300 [--made]
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import json
import math
import os
import pstats
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from random import Random

# Of the paragraphs made, exact copies of one before, and near ones: as counted in the 120,240 of
# ``security.jsonl.gz`` (``exact``, ``near`` of a run without ``--made``).
EXACT, NEAR = 0.0136, 0.0114
# What has no more words is copied by chance alone.
LEAST_COPIED = 10
# Of the words of a sentence that is drawn again and again, those that are exchanged.
EXCHANGED = 1 / 3
STEPS = ("first", "nothing", "remove", "add", "edit", "undo", "answer")


def add_articles(db: Path, source: Path, count: int) -> None:
    """Add to one database the articles of another that it lacks."""
    from embeddings.corpus.store import CorpusStore

    with CorpusStore.open(source) as whole, CorpusStore.open(db, write=True) as store:
        for document in whole.documents(pick_articles(whole, count)):
            store.put_document(document, [], whole.passages([document.id]))
    run_again(db)


def run_again(db: Path) -> None:
    """Bring a database up to date, as ``topicwire cluster`` without articles does."""
    from topics.answers.cluster import cluster

    cluster(db=db)


def remove_articles(db: Path, source: Path, count: int) -> None:
    """Remove articles."""
    from embeddings.corpus.store import CorpusStore
    from topics.answers.remove import remove

    with CorpusStore.open(source) as whole:
        ids = pick_articles(whole, count)
    remove(ids=ids, db=db)


def pick_articles(store: object, count: int) -> list[str]:
    """Pick articles spread over all."""
    ids = [number for (number,) in store.rows("SELECT id FROM documents ORDER BY id")]  # type: ignore[attr-defined]
    return ids[:: max(len(ids) // count, 1)][:count]


def edit_topic(db: Path) -> None:
    """Split the first topic of the level shown."""
    from embeddings.corpus.store import CorpusStore
    from topics.answers.edit import split

    with CorpusStore.open(db) as store:
        shown = store.setting("shown_level") or 0
        sql = "SELECT min(id) FROM topics WHERE level <= ?1 AND finest >= ?1"
        topic = store.rows(sql, (shown,))[0][0]
    split(str(topic), db=db)


def undo_edit(db: Path) -> None:
    """Take the last edit back."""
    from topics.answers.edit import undo

    undo(db=db)


def answer_pair(db: Path) -> None:
    """Say no to a pair of near copies."""
    from embeddings.corpus.store import CorpusStore
    from topics.answers.calibrate import judge_passages

    with CorpusStore.open(db) as store:
        ((one, other),) = store.rows("SELECT a, b FROM relations WHERE kind = 'near_copy' LIMIT 1")
    judge_passages("near_copy", one, other, same=True, db=db)
    run_again(db)


def time_stages(spent: Counter[str]) -> None:
    """Count the CPU seconds of each stage while a run makes and keeps it."""
    from topics.pipeline.stages import Runner, Stage

    make, keep = Runner.make, Runner.keep

    def timed_make(runner: Runner, *stages: Stage) -> None:  # type: ignore[type-arg]
        for stage in stages:
            began = time.process_time()
            make(runner, stage)
            spent[stage.name] += time.process_time() - began

    def timed_keep(runner: Runner) -> None:  # type: ignore[type-arg]
        began = time.process_time()
        keep(runner)
        spent["storing"] += time.process_time() - began

    Runner.make, Runner.keep = timed_make, timed_keep  # type: ignore[method-assign,assignment]


def run_step(step: str, db: Path, source: Path, count: int) -> dict[str, float]:
    """Run one step in this process."""
    spent: Counter[str] = Counter()
    time_stages(spent)
    steps: dict[str, Callable[[], None]] = {
        "first": lambda: run_again(db),
        "nothing": lambda: run_again(db),
        "remove": lambda: remove_articles(db, source, count),
        "add": lambda: add_articles(db, source, count),
        "edit": lambda: edit_topic(db),
        "undo": lambda: undo_edit(db),
        "answer": lambda: answer_pair(db),
    }
    steps[step]()
    total = sum(os.times()[:4])
    return {**spent, "other": total - sum(spent.values()), "all": total}


def make_articles(articles: list[dict[str, str]], count: int) -> list[dict[str, str]]:
    """Make so many articles of others: each paragraph of sentences of articles of one label."""
    random = Random(0)  # noqa: S311 - to draw sentences
    of_label: dict[str, list[list[str]]] = {}
    for one in articles:
        sentences = re.split(r"(?<=[.!?]) +(?=[A-Z])|\n+", one["text"])
        told = filter(None, map(str.split, sentences))
        of_label.setdefault(one.get("label", ""), []).extend(told)
    words_of = {label: [*chain.from_iterable(drawn)] for label, drawn in of_label.items()}
    made: list[dict[str, str]] = []
    paragraphs: list[str] = []
    for place in range(count):
        like = random.choice(articles)
        texts = []
        for paragraph in like["text"].split("\n\n"):
            draw = random.random()
            if paragraphs and draw < EXACT + NEAR:
                text = random.choice(paragraphs)
                text = text if draw < EXACT else edit_words(text, random)
            else:
                number = max(len(re.findall(r"[.!?] +[A-Z]", paragraph)), 0) + 1
                label = like.get("label", "")
                drawn = chain.from_iterable(random.choices(of_label[label], k=number))
                text = " ".join(
                    random.choice(words_of[label]) if random.random() < EXCHANGED else word
                    for word in drawn
                )
                if text.count(" ") > LEAST_COPIED:
                    paragraphs.append(text)
            texts.append(text)
        body = "\n\n".join(texts)
        made.append({**like, "id": f"made-{place}", "title": body[:60], "text": body, "url": ""})
    return made


def edit_words(text: str, random: Random) -> str:
    """Take every twentieth word out, and one at least."""
    words = text.split()
    out = set(random.sample(range(len(words)), max(len(words) // 20, 1)))
    return " ".join(word for place, word in enumerate(words) if place not in out)


def run_first(path: Path, work: Path) -> dict[str, float]:
    """Make all of a database of articles, in this process."""
    from embeddings.corpus.intake import add_paths
    from embeddings.corpus.store import CorpusStore
    from embeddings.vectors.embedding import embed_corpus
    from embeddings.words.copies import survey_copies
    from topics.answers.cluster_options import ClusterOptions
    from topics.answers.encoder import choose_encoder
    from topics.pipeline.run import derive

    spent: Counter[str] = Counter()
    time_stages(spent)
    options = ClusterOptions(model="static", db=work)
    with CorpusStore.open(work, write=True) as store:
        encoder = choose_encoder(store, options)
        add_paths(store, [path], options.reading())
        embed_corpus(store, encoder)
        began = time.process_time()
        derive(store, encoder)
        total = time.process_time() - began
        passages = store.passages()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    survey = survey_copies(passages)
    counts = {
        "passages": len(passages),
        "exact": len(passages) - survey.distinct,
        "near": sum(one.texts - 1 for one in survey.groups),
        "aligned": survey.candidates,
        "MiB": peak,
    }
    return {**spent, "other": total - sum(spent.values()), "all": total, **counts}


def measure_first(given: argparse.Namespace) -> None:
    """Print a column for each size, and the exponent of each stage."""
    with gzip.open(given.first, "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    columns: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in given.sizes:
            some = make_articles(articles, size) if given.made else articles[:size]
            path, work = Path(folder) / f"{size}.jsonl", Path(folder) / f"{size}.db"
            path.write_text("".join(json.dumps(one) + "\n" for one in some), encoding="utf-8")
            del some
            given.db, given.work = path, work
            columns[str(size)] = run_apart("whole", work, given)
            print(f"{size}: {columns[str(size)]}", file=sys.stderr, flush=True)
            work.unlink()
    print_columns(columns)
    first, *_, last = (*columns.values(), *columns.values())
    ratio = math.log(last["passages"] / first["passages"])
    for row in first if ratio else ():
        if first[row] > 0 and last[row] > 0:
            print(f"{row:<12} exponent {math.log(last[row] / first[row]) / ratio:.2f}")


def main() -> None:
    """Print a column for each step, a row for each stage."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--db", type=Path)
    parser.add_argument("--first", type=Path, help="A .jsonl.gz file of articles.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1325, 2650, 5300])
    parser.add_argument("--made", action="store_true", help="Articles made of those of the file.")
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--steps", nargs="+", default=STEPS, choices=STEPS)
    parser.add_argument("--profile", action="store_true", help="Of each step, what takes longest.")
    parser.add_argument("--work", type=Path, help="The copy that is worked on; kept.")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.first and not given.step:
        measure_first(given)
        return
    if given.step:
        profile = cProfile.Profile(time.process_time)
        if given.profile:
            profile.enable()
        whole = given.step == "whole"
        found = (
            run_first(given.db, given.work)
            if whole
            else run_step(given.step, given.work, given.db, given.articles)
        )
        if given.profile:
            profile.disable()
            pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(110)
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as folder:
        work = given.work or Path(folder) / "work.db"
        if not work.exists():
            shutil.copyfile(given.db, work)
        columns = {}
        for step in given.steps:
            columns[step] = run_apart(step, work, given)
            print(f"{step}: {columns[step]['all']:.2f}", file=sys.stderr, flush=True)
    print_columns(columns)


def print_columns(columns: dict[str, dict[str, float]]) -> None:
    """Print a column for each step or size, a row for each stage."""
    rows = list(dict.fromkeys(row for found in columns.values() for row in found))
    rows = [row for row in rows if row not in ("other", "all")] + ["other", "all"]
    print(f"{'CPU s':<12}" + "".join(f"{step:>9}" for step in columns))
    for row in rows:
        print(f"{row:<12}" + "".join(f"{one.get(row, 0.0):>9.2f}" for one in columns.values()))


def run_apart(step: str, work: Path, given: argparse.Namespace) -> dict[str, float]:
    """Run a step in a process of its own, BLAS on one thread."""
    command = [sys.executable, "-m", "benchmarks.growth", "--db", str(given.db), "--step", step]
    command += ["--work", str(work), "--articles", str(given.articles)]
    command += ["--profile"] if given.profile else []
    settings = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=settings, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
