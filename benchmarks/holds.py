"""Try to break every command: kills, faults, damaged files, changed inputs, large corpora.

    python -m benchmarks.holds [kills|faults|damage|fuzz|size]... [--count N] [--seed S]
        [--jobs J] [--real] [--only NAME]

Without a name all are tried, in two halves, each in a newsroom of its own: the demo articles in a
temporary folder, with made-up word vectors (``--real`` takes the packaged model, for kills and in
fresh processes; ``--only`` gives changed inputs to the readers of that name alone, such as
"queries", and tries the faults of that name alone, such as "signals"). How far each is, is said
every minute. Both are tried at once, or one after the other with ``--jobs 1``. What went
wrong is listed below the table, as is any fault of the tests in ``tests/holds/``, which run the
same in small.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tests.holds import damage, faults, fuzz, kills, size
from tests.holds.aftermath import Trial
from tests.holds.newsroom import REAL, STATIC, Newsroom, make_newsroom
from tests.holds.registry import GROWING, NEW, WRITING

HALVES = 2
# How a write fails, as in ``preload.c``.
FAILING = ("full", "once", "kill")
# Seconds after which it is said how far a driver is.
TELLING = 60
# How much each driver does unless it is told; ``size`` takes a percentage of the largest.
COUNTS = {"kills": 900, "faults": 600, "damage": 1000, "fuzz": 100_000, "size": 100}


class Row(NamedTuple):
    """A line of a table, and what went wrong."""

    name: str
    figures: dict[str, float]
    wrong: tuple[str, ...] = ()


def try_kills(room: Newsroom, count: int, seed: int) -> Iterator[Row]:
    """Kill every command that writes; with the real model, what embeds, in fresh processes."""
    if room.model == REAL:
        trials = kills.kill_at_random(room, count, seed, [NEW, GROWING], fresh=True)
    else:
        trials = kills.kill_at_random(room, count, seed)
    yield from tell_trials(trials, lambda trial: trial.case)


def try_faults(room: Newsroom, count: int, seed: int, only: str = "") -> Iterator[Row]:
    """Spread ``count`` over the kinds of faults, or over those of a name."""
    some = count if only else max(count // 6, 1)
    tried: dict[str, Iterable[Trial]] = {
        "signals": faults.send_signals(room, some, seed),
        "taken": faults.take_database(room, some, seed),
        "beside": faults.run_beside(room, some / 2),
    }
    if room.preload is not None:
        writes = {what: faults.fail_writes(room, some, seed, what) for what in FAILING}
        # These take each case once: one half does the one, and the other the others.
        clock = [case for case in WRITING if case.command != "map"] * (seed % HALVES == 0)
        tried |= {**writes, "clock": faults.set_clock_back(room, clock)}
    if seed % HALVES == 1:
        tried |= {"rights": faults.take_rights(room), "cache": faults.take_cache(room)}
    chosen = chain.from_iterable(trials for name, trials in tried.items() if only in name)
    yield from tell_trials(chosen, lambda trial: trial.what.split(" at ")[0])


def tell_trials(trials: Iterable[Trial], name: Callable[[Trial], str]) -> Iterator[Row]:
    for trial in trials:
        wrong = tuple(f"{trial.case}, {trial.what}: {fault}" for fault in trial.faults)
        yield Row(name(trial), {"tried": 1, "met": trial.met, "wrong": bool(wrong)}, wrong)


def try_damage(room: Newsroom, count: int, seed: int) -> Iterator[Row]:
    for answer in damage.damage_at_random(room, count, seed):
        wrong = answer.kind in ("wrong", "traceback")
        said = f"{answer.what}, {answer.command}: {answer.kind} {answer.said[-300:]}"
        yield Row(answer.way, {"asked": 1, answer.kind: 1}, (said,) if wrong else ())


def try_fuzz(room: Newsroom, count: int, seed: int, only: str = "") -> Iterator[Row]:
    logging.disable(logging.CRITICAL)  # libraries tell what they think of a page
    tally = fuzz.fuzz(room, count, seed, room.folder / "fuzz", only)
    for name, inputs in sorted(tally.inputs.items()):
        found = [one for one in tally.findings if one.reader == name]
        caught = sum(n for what, n in tally.caught.items() if what.startswith(f"{name}:"))
        figures = {"inputs": inputs, "refused": tally.refused[name], "caught": caught}
        figures |= {"seconds": tally.seconds[name], "wrong": len(found)}
        said = tuple(f"{name}: {one.kind} {one.said} {one.data[:2000]!r}" for one in found)
        yield Row(name, figures, said)
    for what in tally.caught:
        yield Row("caught as a problem of the file", {}, (what,))


def try_size(room: Newsroom, count: int, seed: int) -> Iterator[Row]:
    """Run the large cases at ``count`` percent; those of an even or odd number by ``seed``."""
    idle = size.time_idle(room)
    runs = defaultdict(list)
    for run in size.run_large(room, count / 100, cases=size.LARGE[seed % HALVES :: HALVES]):
        runs[run.name].append(run)
        yield Row(
            f"{run.name}, {run.size:,}",
            {"seconds": run.seconds, "MB": run.megabytes, "wrong": len(run.faults)},
            tuple(f"{run.name}, {run.size}: {fault}" for fault in run.faults),
        )
    for name, some in runs.items():
        yield Row(f"{name}, exponent", {"exponent": size.find_exponent(some, idle)})


DRIVERS = {
    "kills": try_kills,
    "faults": try_faults,
    "damage": try_damage,
    "fuzz": try_fuzz,
    "size": try_size,
}


def work(name: str, count: int, seed: int, model: str, only: str) -> list[Row]:
    """Try one driver in this process, in a newsroom of its own."""
    with tempfile.TemporaryDirectory() as folder:
        room = make_newsroom(Path(folder) / "newsroom", model)
        driver = partial(DRIVERS[name], only=only) if name in ("fuzz", "faults") else DRIVERS[name]
        rows, told = list[Row](), time.monotonic()
        for row in driver(room, count, seed):
            rows.append(row)
            if time.monotonic() > told + TELLING:
                told = time.monotonic()
                print(f"{name}, seed {seed}: {tell_so_far(rows)}", file=sys.stderr, flush=True)
        room.close()
    return rows


def tell_so_far(rows: list[Row]) -> str:
    """Say what has been found, for what is ended before its table is printed."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums.update(row.figures)
    return ", ".join(f"{show(number)} {name}" for name, number in sums.items())


def report(name: str, rows: list[Row], seconds: float) -> None:
    """Print a table of sums, and what went wrong."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        sums[row.name].update(row.figures)
    columns = list(dict.fromkeys(figure for row in rows for figure in row.figures))
    width = max(map(len, sums))
    print(f"\n{name}: {seconds:.0f} s\n\n{'':{width}}", *(f"{one:>9}" for one in columns))
    for what, figures in sorted(sums.items()):
        if figures:
            print(f"{what:{width}}", *(f"{show(figures[one]):>9}" for one in columns))
    if name != "size":
        whole = sum(sums.values(), Counter())
        print(f"{'all':{width}}", *(f"{show(whole[one]):>9}" for one in columns))
    for said in dict.fromkeys(said for row in rows for said in row.wrong):
        print(f"- {said}")


def show(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("drivers", nargs="*", choices=[[], *DRIVERS], help="all by default")
    parser.add_argument("--count", type=int, help="how many in all; for size, per cent")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=HALVES, help="processes at once")
    parser.add_argument("--real", action="store_true", help="kills with the packaged model")
    parser.add_argument("--only", default="", help="fuzz, faults: those of this name alone")
    given = parser.parse_args()
    model = REAL if given.real else STATIC
    spawn = get_context("spawn")
    with ProcessPoolExecutor(given.jobs, mp_context=spawn, max_tasks_per_child=1) as pool:
        for name in given.drivers or DRIVERS:
            count = given.count or COUNTS[name]
            each = count if name == "size" else -(-count // HALVES)
            began = time.perf_counter()
            seeds = [given.seed * HALVES + number for number in range(HALVES)]
            jobs = [pool.submit(work, name, each, seed, model, given.only) for seed in seeds]
            rows = [row for job in jobs for row in job.result()]
            report(name, rows, time.perf_counter() - began)


if __name__ == "__main__":
    main()
