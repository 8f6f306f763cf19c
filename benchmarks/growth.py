"""What a run costs that adds a few articles to many, by stage: CPU seconds, each in a new process.

Articles are taken out of a copy of a clustered database and added again, so that their vectors
are stored and nothing is embedded; then a topic is split, the edit undone, and a pair answered.
``other`` is what is no stage: opening the file and the model, and loading libraries.

    python -m benchmarks.growth --db FILE [--articles 10] [--profile STEP]
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

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


def main() -> None:
    """Print a column for each step, a row for each stage."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--steps", nargs="+", default=STEPS, choices=STEPS)
    parser.add_argument("--profile", action="store_true", help="Of each step, what takes longest.")
    parser.add_argument("--work", type=Path, help="The copy that is worked on; kept.")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        profile = cProfile.Profile(time.process_time)
        if given.profile:
            profile.enable()
        found = run_step(given.step, given.work, given.db, given.articles)
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
