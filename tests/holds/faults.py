"""What can go wrong around a command: a full disk, no rights, signals, the clock, others.

Each fault ends with a documented exit code and one sentence, and loses nothing. Some need a
compiler (``preload.c``); root gives up the right to write anywhere where that is asked for.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.holds.aftermath import Trial, find_faults, lay, look, run_in_peace
from tests.holds.newsroom import DATABASE, Newsroom, find_damage, read_contents
from tests.holds.processes import Ended, Running
from tests.holds.registry import NEW, READING, RENAME, WRITING, Case

# What is not caught ends a process as the system has it.
INTERRUPTED = 130
SIGNALS = {
    signal.SIGINT: INTERRUPTED,
    signal.SIGTERM: -signal.SIGTERM,
    signal.SIGHUP: -signal.SIGHUP,
}
_TEN_YEARS = 10 * 365 * 86_400


def judge(ended: Ended, codes: set[int]) -> tuple[str, ...]:
    """Say what is wrong with an ending that may have these codes."""
    faults = []
    if ended.broke:
        faults.append(f"traceback: {ended.err.strip()[-400:]}")
    elif ended.code > 0 and ended.code != INTERRUPTED and ended.sentences != 1:
        faults.append(f"not one sentence: {ended.err.strip()[-400:]}")
    if ended.code not in codes:
        faults.append(f"ends with {ended.code}: {ended.err.strip()[-200:]}")
    return tuple(faults)


def fail_writes(
    room: Newsroom, count: int, seed: int, what: str, cases: Sequence[Case] = WRITING
) -> Iterator[Trial]:
    """Fail writes of each case in turn, ``count`` times in all, every one before one twice.

    Args:
        room: Where; needs its ``preload``.
        count: How many.
        seed: Of the writes chosen.
        what: ``full``, ``once`` or ``kill``, as in ``preload.c``.
        cases: Of the registry.
    """
    chance = random.Random(seed)
    left: dict[Case, list[int]] = {}
    for number in range(count):
        case = cases[number % len(cases)]
        peace = run_in_peace(room, case, fresh=False)
        if not left.get(case):
            left[case] = chance.sample(range(1, peace.writes + 1), peace.writes)
        at = left[case].pop()
        place = lay(room, case, f"{what}-{seed}-{number}")
        more = {"HOLDS_UNDER": f"{place}/", "HOLDS_AT": str(at), "HOLDS_WHAT": what}
        ended = room.run(place, case.line, case.typed, more=more)
        faults = () if what == "kill" else judge(ended, {0, 1, 2, 4})
        faults += find_faults(room, place, case, peace)
        yield Trial(f"{what} at write {at}", case.name, ended.code != 0, faults)


def send_signals(
    room: Newsroom, count: int, seed: int, cases: Sequence[Case] = WRITING, fresh: bool = False
) -> Iterator[Trial]:
    """Send signals by turns, to each case in turn, when it has done a random part of its work."""
    moments = random.Random(seed)
    for number in range(count):
        case = cases[number % len(cases)]
        # Each case is sent each signal, however many cases there are.
        sent = list(SIGNALS)[(number + number // len(cases)) % len(SIGNALS)]
        peace = run_in_peace(room, case, fresh=fresh)
        place = lay(room, case, f"signal-{seed}-{number}")
        running = room.start(place, case.line, case.typed, fresh=fresh)
        running.wait_for_work(moments.random() * peace.work)
        running.send(sent)
        ended = running.wait()
        # Before Python runs our first line, an interrupt is its own to handle.
        faults = judge(ended, {0, SIGNALS[sent], -signal.SIGINT})
        faults += find_faults(room, place, case, peace, fresh=fresh)
        yield Trial(sent.name, case.name, ended.code != 0, faults)


def set_clock_back(room: Newsroom, cases: Sequence[Case] = WRITING) -> Iterator[Trial]:
    """Run cases with a clock ten years behind that of the runs before."""
    for number, case in enumerate(cases):
        peace = run_in_peace(room, case, fresh=False)
        place = lay(room, case, f"clock-{number}")
        ended = room.run(place, case.line, case.typed, more={"HOLDS_CLOCK": str(-_TEN_YEARS)})
        faults = judge(ended, {0})
        if look(place, case).contents != peace.once.contents:
            faults += ("ends in another state",)
        yield Trial("clock ten years back", case.name, True, faults)


def take_rights(room: Newsroom, cases: Sequence[Case] = (*WRITING, *READING)) -> Iterator[Trial]:
    """Run cases in a folder that cannot be written to; those that read must answer as ever."""
    for number, case in enumerate(cases):
        place = room.place(case.state, f"rights-{number}")
        expected = room.run(place, case.line) if case in READING else None
        before = read_contents(place / DATABASE)
        place.chmod(0o555)
        ended = room.run(place, case.line, case.typed, powerless=True)
        place.chmod(0o755)
        faults = judge(ended, {0} if case in READING else {1, 2, 4})
        # To look at the index of words takes the right to write; without it that is unknown.
        same = "--check" in case.line or expected is None or ended.out == expected.out
        if not same:
            faults += ("another answer",)
        if read_contents(place / DATABASE) != before:
            faults += ("another state",)
        yield Trial("read-only folder", case.name, ended.code != 0, faults)


def take_cache(
    room: Newsroom, cases: Sequence[Case] = (NEW, READING[0], READING[4])
) -> Iterator[Trial]:
    """Run cases with a cache that cannot be written to, and without a home."""
    cache = shutil.copytree(room.folder / "cache", room.folder / "read-only cache")
    shutil.rmtree(cache / "stamps", ignore_errors=True)
    for folder in (cache, *(each for each in cache.rglob("*") if each.is_dir())):
        folder.chmod(0o555)
    homeless = {"HOME": "/nowhere/at/all", "MPLCONFIGDIR": "/nowhere/at/all"}
    for number, case in enumerate(cases):
        # What is imported may look for a home: those go from the beginning.
        for what, more, fresh in (
            ("read-only cache", {"TOPICWIRE_CACHE": str(cache)}, False),
            ("no home", {"TOPICWIRE_CACHE": str(cache), **homeless}, True),
        ):
            place = lay(room, case, f"cache-{what.replace(' ', '-')}-{number}")
            ended = room.run(place, case.line, case.typed, more=more, powerless=True, fresh=fresh)
            yield Trial(what, case.name, True, judge(ended, {0}))


def run_beside(
    room: Newsroom, seconds: float, writers: int = 2, readers: int = 8
) -> Iterator[Trial]:
    """Run writers and readers of one database beside each other, for a while."""
    place = room.place("whole", "beside")
    before = len(read_contents(place / DATABASE).own["edits"])
    kinds = [(RENAME, True)] * writers + [(case, False) for case in READING[:readers]]
    running: list[tuple[Running, Case, bool] | None] = [None] * len(kinds)
    until, started, stored = time.monotonic() + seconds, 0, 0
    while time.monotonic() < until or any(running):
        for number, (case, writes) in enumerate(kinds):
            if (now := running[number]) is None:
                if time.monotonic() < until:
                    started += 1
                    # A folder of its own for the streams; the database is the one.
                    lane = room.place("nothing", f"beside-{started}")
                    (lane / DATABASE).symlink_to(place / DATABASE)
                    running[number] = (room.start(lane, case.line), case, writes)
            elif (ended := now[0].poll()) is not None:
                running[number] = None
                faults = judge(ended, {0, 4} if writes else {0})
                if ended.code == 4 and "Another Topicwire run" not in ended.err:
                    faults += (f"says: {ended.err.strip()}",)
                stored += writes and ended.code == 0
                yield Trial("beside others", case.name, True, faults)
        time.sleep(0.005)
    faults = (damage,) if (damage := find_damage(place / DATABASE)) else ()
    after = len(read_contents(place / DATABASE).own["edits"])
    if after != before + stored:
        faults += (f"{stored} edits were acknowledged, {after - before} are stored",)
    yield Trial("beside others", "all", True, faults)


def take_database(
    room: Newsroom, count: int, seed: int, cases: Sequence[Case] = READING
) -> Iterator[Trial]:
    """Remove, replace or empty the database under commands that read it."""
    moments = random.Random(seed)
    took: dict[Case, float] = {}
    ways = ("removed", "replaced", "replaced by text", "emptied")
    for number in range(count):
        case = cases[number % len(cases)]
        way = ways[number % len(ways)]
        if case not in took:
            took[case] = room.expect(
                room.place("whole", f"peace-taken-{seed}-{number}"), case.line
            ).work
        place = room.place("whole", f"taken-{seed}-{number}")
        running = room.start(place, case.line)
        running.wait_for_work(moments.random() * took[case])
        _take(place / DATABASE, way, room)
        ended = running.wait()
        yield Trial(way, case.name, ended.code != 0, judge(ended, {0, 2, 4}))


def _take(db: Path, way: str, room: Newsroom) -> None:
    if way == "removed":
        db.unlink()
    elif way == "emptied":
        os.truncate(db, 0)
    else:
        other = db.with_suffix(".other")
        if way == "replaced":
            shutil.copy(room.folder / "states" / "half.db", other)
        else:
            other.write_text("This is no database.\n" * 99)
        other.replace(db)
