"""One machine, the local engine and Ray over the same articles: cost, agreement, bytes, faults.

Each run is a process of its own; its cost is the processor time of that process and of all that it
started, of Ray the head and what its actors took from when they began (Ray's own servers are not
counted, and the head's is told beside that of one that only starts Ray and ends it). "serial" does
the same tasks one after another in the head. Agreement is that of every table of the databases
(``tests/topics/pipeline/sharded/tables.py``); as passages of a run over files are numbered in
another order, they are named by article and place.

    python -m benchmarks.scale --data DIR [--set syria] [--articles 250] [--shards 3] [--ray]
    python -m benchmarks.scale --data DIR --articles 40 --shards 2 --kills

``--kills`` kills a worker, then the head, in each stage, and compares all bytes at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embeddings.shards.notes import seal
from tests.topics.pipeline.sharded.tables import TABLES, files_of, read
from topics.answers.simulating import simulate

MODEL = "static"
ROOT = Path(__file__).parents[1]


SERIAL = """
import json, sys
from topics.answers.cluster_files import cluster_files
from topics.pipeline.sharded.plan import Here
out, model, shards, *paths = sys.argv[1:]
report = cluster_files(paths, out, engine=Here(), model=model, shards=int(shards))
print(json.dumps({"documents": report.documents}))
"""
START = """
from topics import open_engine
with open_engine("ray", workers=2):
    print("{}")
"""


def topicwire(*arguments: object) -> tuple[float, float, dict[str, Any]]:
    """Run a command; returns seconds of processors, by the clock, and what it says in JSON."""
    return measure_process("-m", "topicwire", *arguments, "--json")


def measure_process(*arguments: object) -> tuple[float, float, dict[str, Any]]:
    """Run Python; returns as ``topicwire`` does."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    line = [sys.executable, *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(line)}: {done.stderr[-400:]}")
    if "ray" not in arguments:
        reap()  # the process that workers are copies of ends after the head
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    reap()
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, time.perf_counter() - began, json.loads(done.stdout)


def reap() -> None:
    """Wait for what outlived its parent, so that it is counted."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


class Actors(threading.Thread):
    """Notes the processor seconds of Ray's actors, from when they were seen first.

    Attributes:
        seen: Of each process, at first and last.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: dict[str, tuple[float, float]] = {}
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.2):
            for folder in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    if b"ray::_Serving" in (folder / "cmdline").read_bytes():
                        fields = (folder / "stat").read_text().rpartition(")")[2].split()
                        spent = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                        self.seen[folder.name] = (self.seen.get(folder.name, (spent,))[0], spent)

    def end(self) -> float:
        """Return what all of them took."""
        self._over.set()
        self.join()
        return sum(last - first for first, last in self.seen.values())


def compare(one: Path, many: Path) -> str:
    """Say which tables of two databases differ."""
    first, second = read(one), read(many)
    rows = sum(map(len, first.values()))
    differ = [name for name in TABLES if first[name] != second[name]]
    return f"{rows:,} rows equal" if not differ else f"DIFFER: {', '.join(differ)}"


def write_articles(data: Path, count: int, folder: Path, name: str = "syria") -> list[Path]:
    """Write articles as two files of lines."""
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [line for _, line in zip(range(count), lines, strict=False)]
    paths = [folder / "a.jsonl", folder / "b.jsonl"]
    for number, path in enumerate(paths):
        path.write_text("".join(rows[number::2]), encoding="utf-8")
    return paths


def measure(paths: Sequence[Path], folder: Path, shards: int, *, ray: bool) -> None:
    """Print cost and agreement of the engines, bytes by stage, and a simulation."""
    whole, seconds, _ = topicwire("cluster", *paths, "--model", MODEL, "--db", folder / "one.db")
    print(f"one run     {whole:7.1f} CPU s {seconds:6.1f} s")
    serial, seconds, _ = measure_process("-c", SERIAL, folder / "serial", MODEL, shards, *paths)
    print(f"serial      {serial:7.1f} CPU s {seconds:6.1f} s", flush=True)
    begun = measure_process("-c", START)[0] - measure_process("-c", "print('{}')")[0] if ray else 0
    for engine in ("local", "ray")[: 2 if ray else 1]:
        out, db = folder / engine, folder / f"{engine}.db"
        line = ("cluster", *paths, "--model", MODEL, "--out", out, "--shards", shards)
        actors = Actors()
        actors.start()
        spent, seconds, _ = topicwire(*line, "--engine", engine, "--workers", 2)
        of_actors = actors.end()  # who are nobody's children
        start = begun if engine == "ray" else 0.0
        spent += of_actors - start
        imported, more, _ = topicwire("import", out, "--db", db)
        print(
            f"{engine:<11} {spent:7.1f} CPU s {seconds:6.1f} s (its start, {start:.1f} CPU s, "
            f"left out), {spent / serial:.2f} of serial; import {imported:.1f} CPU s {more:.1f} s; "
            f"{(spent + imported) / whole:.2f} of one run; {compare(folder / 'one.db', db)}",
            flush=True,
        )
    _, _, report = topicwire("cluster", "--out", folder / "local")
    print(f"{report['texts']:,} distinct passages; bytes a passage by stage:")
    sizes = {one["name"]: one["bytes"] / report["texts"] for one in report["stages"]}
    print("  " + ", ".join(f"{name} {size:,.0f}" for name, size in sizes.items()))
    for passages in (1e7, 1e8, 1e9):
        told = simulate(passages, folder / "local")
        size = told.bytes / 1e9
        print(f"{passages:.0e}: {told.hours:,.0f} core-hours, {size:,.0f} GB, ${told.cost:,.0f}")
        for one in told.stages if passages == 1e8 else ():
            size = one.bytes / 1e9
            print(f"  {one.name}: {one.hours:,.1f} core-hours, {size:,.0f} GB ({one.source})")


def start(paths: Sequence[Path], out: Path, shards: int) -> subprocess.Popen[bytes]:
    """Start a run over files."""
    line = ["cluster", *paths, "--model", MODEL, "--out", out, "--shards", shards, "--workers", 2]
    return subprocess.Popen(
        [sys.executable, "-m", "topicwire", *map(str, line)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def find_stage(out: Path) -> str:
    """Return the stage that a run is in."""
    try:
        stages = json.loads((out / "manifest.json").read_text())["stages"]
    except (OSError, ValueError, KeyError):
        return ""
    return next(reversed(stages), "")


def find_workers(head: int) -> list[int]:
    """Return the workers of a run: copies of a child that serves them."""

    def children(process: int | str) -> list[str]:
        return Path(f"/proc/{process}/task/{process}/children").read_text().split()

    return [
        int(worker)
        for child in children(head)
        if b"forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()
        for worker in children(child)
    ]


def kill_in(stage: str, what: str, paths: Sequence[Path], out: Path, shards: int) -> str:
    """Start a run, kill a worker or the head once it is in a stage; returns what was done."""
    run = start(paths, out, shards)
    killed = ""
    while run.poll() is None and not killed:
        if find_stage(out) == stage:
            if what == "head":
                run.kill()
                killed = "killed"
            elif workers := find_workers(run.pid):
                os.kill(workers[0], signal.SIGKILL)
                killed = "killed"
        time.sleep(0.002)
    run.wait()
    return killed or "ended before"


def try_kills(paths: Sequence[Path], folder: Path, shards: int) -> None:
    """Kill a worker, and the head, in each stage; print whether the files come out the same."""
    whole = folder / "whole"
    start(paths, whole, shards).wait()
    told = json.loads((whole / "manifest.json").read_text())
    want = files_of(whole)
    for stage in told["stages"]:
        row = []
        for what in ("worker", "head"):
            out = folder / f"{stage}-{what}"
            out.mkdir()
            # When the files were first read is kept with them.
            noted = {"read": told["read"], "plan": [], "stages": {}}
            (out / "manifest.json").write_bytes(seal(noted))
            done = kill_in(stage, what, paths, out, shards)
            start(paths, out, shards).wait()
            left = [path.name for path in out.rglob("*.tmp")]
            same = "same bytes" if files_of(out) == want and not left else "OTHER BYTES"
            row.append(f"{what} {done}: {same}")
        print(f"{stage:<13}" + "; ".join(row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", default="syria")
    parser.add_argument("--articles", type=int, default=250)
    parser.add_argument("--shards", type=int, default=3)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--kills", action="store_true")
    arguments = parser.parse_args()
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans are ours, to count
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        # Arrow imports pandas where it is, half a second in each process: developers have it, and
        # Topicwire does not ask for it.
        (folder / "hidden").mkdir()
        (folder / "hidden" / "pandas.py").write_text("raise ImportError\n")
        os.environ["PYTHONPATH"] = os.pathsep.join((str(folder / "hidden"), str(ROOT)))
        paths = write_articles(arguments.data, arguments.articles, folder, arguments.set)
        if arguments.kills:
            try_kills(paths, folder, arguments.shards)
        else:
            measure(paths, folder, arguments.shards, ray=arguments.ray)


if __name__ == "__main__":
    main()
