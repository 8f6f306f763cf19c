"""How soon the web page answers, a key at a time and with several readers at once.

    python -m benchmarks.serve --db topicwire.db                # 8 readers for 30 s
    python -m benchmarks.serve --db topicwire.db --readers 1 --seconds 10

The server is a process of its own on loopback, started as a user starts it. Wall clock, which a
busy machine stretches, and the server's processor time beside it.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import numpy as np

QUERIES = ("chemical weapons inspectors", "border crossing", "refugees in Turkey", "red line")
PAGES = ("/", "/stories", "/outlets", "/about", "/search?q=ceasefire", "/api/v1/stories")


@contextmanager
def serve(db: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Start the server; its port, and the process."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "topicwire", "serve", "--port", "0", "--db", str(db)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    port = int(re.search(r":(\d+)/", process.stdout.readline())[1])  # type: ignore[index]
    ask(port, "/static/web.css", patient=True)
    first = time.perf_counter() - begin
    print(f"first byte        {first:.2f} s ({spent(process):.2f} s of processor time)")
    try:
        yield port, process
    finally:
        process.terminate()
        process.wait()


def ask(port: int, address: str, patient: bool = False) -> tuple[int, int, float]:
    """Return status, size and milliseconds of an answer."""
    begin = time.perf_counter()
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", address)
            answer = connection.getresponse()
            size = len(answer.read())
        except ConnectionError:
            if not patient:
                raise
            time.sleep(0.02)
            continue
        finally:
            connection.close()
        return answer.status, size, 1000 * (time.perf_counter() - begin)


def spent(process: subprocess.Popen[str]) -> float:
    """Seconds of processor time of a process."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tell(name: str, times: list[float], work: float) -> None:
    p50, p95 = np.percentile(times, [50, 95])
    each = 1000 * work / len(times)
    print(
        f"{name:17} p50 {p50:.0f} ms, p95 {p95:.0f} ms, {each:.0f} ms of processor time each, "
        f"{len(times)} answers"
    )


def type_queries(port: int, process: subprocess.Popen[str]) -> None:
    """Ask for the hits of each beginning of some queries, as the page does at each key."""
    keys = [query[:end] for query in QUERIES for end in range(1, len(query) + 1)]
    before = spent(process)
    times = [ask(port, f"/search/hits?q={quote(key)}&typing=1")[2] for key in keys]
    tell("keystroke to hits", times, spent(process) - before)


def read_together(port: int, process: subprocess.Popen[str], readers: int, seconds: float) -> None:
    """Let several readers ask pages, hits and answers, each as soon as it has the last."""
    times: list[float] = []
    statuses: Counter[int] = Counter()
    end = time.monotonic() + seconds

    def read(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - what is asked, no secret
        while time.monotonic() < end:
            query = chance.choice(QUERIES)
            hits = f"/search/hits?q={quote(query[: chance.randrange(1, len(query))])}&typing=1"
            status, _, took = ask(port, chance.choice([*PAGES, hits, hits, hits]))
            times.append(took)
            statuses[status] += 1

    before = spent(process)
    threads = [threading.Thread(target=read, args=[seed]) for seed in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tell(f"{readers} readers at once", times, spent(process) - before)
    print(f"statuses          {dict(statuses)}")
    assert set(statuses) == {200}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    with serve(given.db) as (port, process):
        for address in PAGES:
            begin = spent(process)
            status, size, took = ask(port, address)
            work = spent(process) - begin
            print(f"first {address:22} {status}, {size / 1e3:.0f} kB, {took:.0f} ms, {work:.2f} s")
        while b"Counting" in _body(port, "/outlets"):
            time.sleep(0.5)
        for address in PAGES:
            times = [ask(port, address)[2] for _ in range(5)]
            print(f"again {address:22} {np.median(times):.0f} ms")
        type_queries(port, process)
        read_together(port, process, given.readers, given.seconds)


def _body(port: int, address: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", address)
        return connection.getresponse().read()
    finally:
        connection.close()


if __name__ == "__main__":
    main()
