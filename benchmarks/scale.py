"""One machine, the local engine and Ray over the same articles: cost, agreement, bytes, faults.

Each run is a process of its own; its cost is the processor time of that process and of all that it
started, of Ray what its tasks took and the head (Ray's own servers are not counted). Agreement is
that of every table of the databases (``tests/topics/pipeline/sharded/tables.py``); as passages
of a run over files are numbered in another order, they are named by article and place.

    python -m benchmarks.scale --data DIR [--articles 250] [--shards 3] [--ray] [--kills]

``--kills`` kills a worker, then the head, in each stage, and compares all bytes at the end.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embeddings.shards.notes import seal
from tests.topics.pipeline.sharded.tables import TABLES, files_of, read
from topics.answers.simulating import simulate

MODEL = "static"


def topicwire(*arguments: object) -> tuple[float, float, dict[str, Any]]:
    """Run a command; returns seconds of processors, by the clock, and what it says in JSON."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    line = [sys.executable, "-m", "topicwire", *map(str, arguments), "--json"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(line)}: {done.stderr[-400:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, time.perf_counter() - began, json.loads(done.stdout)


def measure_work(report: dict[str, Any]) -> float:
    """Return the processor seconds of the tasks of a run over files."""
    return sum(spent["work"] for stage in report["stages"] for spent in stage["spent"])


def compare(one: Path, many: Path) -> str:
    """Say which tables of two databases differ."""
    first, second = read(one), read(many)
    rows = sum(map(len, first.values()))
    differ = [name for name in TABLES if first[name] != second[name]]
    return f"{rows:,} rows equal" if not differ else f"DIFFER: {', '.join(differ)}"


def write_articles(data: Path, count: int, folder: Path) -> list[Path]:
    """Write articles as two files of lines."""
    with gzip.open(data / "syria.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [line for _, line in zip(range(count), lines, strict=False)]
    paths = [folder / "a.jsonl", folder / "b.jsonl"]
    for number, path in enumerate(paths):
        path.write_text("".join(rows[number::2]), encoding="utf-8")
    return paths


def measure(paths: Sequence[Path], folder: Path, shards: int, *, ray: bool) -> None:
    """Print cost and agreement of the engines, bytes by stage, and a simulation."""
    whole, seconds, _ = topicwire("cluster", *paths, "--model", MODEL, "--db", folder / "one.db")
    print(f"one run     {whole:7.1f} CPU s {seconds:6.1f} s")
    for engine in ("local", "ray")[: 2 if ray else 1]:
        out, db = folder / engine, folder / f"{engine}.db"
        line = ("cluster", *paths, "--model", MODEL, "--out", out, "--shards", shards)
        spent, seconds, report = topicwire(*line, "--engine", engine, "--workers", 2)
        tasks = measure_work(report)
        spent += tasks if engine == "ray" else 0  # its actors are nobody's children
        imported, more, _ = topicwire("import", out, "--db", db)
        print(
            f"{engine:<11} {spent:7.1f} CPU s {seconds:6.1f} s, of which tasks {tasks:.1f}; import "
            f"{imported:.1f} CPU s {more:.1f} s; {(spent + imported) / whole:.2f} of one run; "
            f"{compare(folder / 'one.db', db)}"
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
    """Return the workers of a run: children that work on tasks."""
    children = Path(f"/proc/{head}/task/{head}/children").read_text().split()
    return [
        int(child)
        for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
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
    parser.add_argument("--articles", type=int, default=250)
    parser.add_argument("--shards", type=int, default=3)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--kills", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        paths = write_articles(arguments.data, arguments.articles, folder)
        if arguments.kills:
            try_kills(paths, folder, arguments.shards)
        else:
            measure(paths, folder, arguments.shards, ray=arguments.ray)


if __name__ == "__main__":
    main()
