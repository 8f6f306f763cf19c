"""Kill commands that write at random moments.

A command is stopped when it has used a part, drawn at random, of the processors' time that it
takes undisturbed, looked at as another reader sees it, and killed.
"""

from __future__ import annotations

import random
import signal
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.holds.aftermath import Trial, Undisturbed, find_faults, lay, run_in_peace
from tests.holds.newsroom import DATABASE, Contents, Newsroom, read_contents
from tests.holds.registry import WRITING, Case


def kill_at_random(
    room: Newsroom, count: int, seed: int, cases: Sequence[Case] = WRITING, fresh: bool = False
) -> Iterator[Trial]:
    """Kill the cases in turn, ``count`` times in all.

    Args:
        room: Where.
        count: How many kills.
        seed: Of the moments.
        cases: What is killed.
        fresh: Kill processes of their own in place of forks, their imports included.
    """
    moments = random.Random(seed)
    for number in range(count):
        case = cases[number % len(cases)]
        peace = run_in_peace(room, case, fresh=fresh)
        yield kill_once(room, case, peace, moments.random(), f"kill-{seed}-{number}", fresh)


def kill_once(
    room: Newsroom, case: Case, peace: Undisturbed, moment: float, name: str, fresh: bool = False
) -> Trial:
    """Kill a case at a moment, as a share of its work, and run what the user would run next."""
    place = lay(room, case, name)
    running = room.start(place, case.line, case.typed, fresh=fresh)
    running.wait_for_work(moment * peace.work)
    running.send(signal.SIGSTOP)
    seen = _peek(place / DATABASE)
    running.send(signal.SIGKILL)
    ended = running.wait()
    faults = find_faults(room, place, case, peace, seen, fresh)
    return Trial(f"killed at {moment:.3f}", case.name, ended.code < 0, faults)


def _peek(db: Path) -> Contents | None:
    """Read a database beside the run that changes it; ``None`` where it is locked just now."""
    try:
        return read_contents(db)
    except sqlite3.OperationalError:
        return None
