"""How far a run is: long loops say it, and whoever asked for the run is told.

A stage begins with ``begin``. What runs within it needs no argument for it: a loop goes through
``track``, and of loops after each other ``share`` says how large a part of the stage each is. A
loop within a loop is a part of its step. Where nobody listens, and in other threads than that of
the run, nothing happens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

# Told of a stage, how much of it is done, and how much there is to do.
Listener = Callable[[str, int, int | None], None]
T = TypeVar("T")

# A stage is told in thousandths, at most so often, in seconds.
WHOLE = 1000
PAUSE = 0.1


@dataclass
class _Run:
    """A run that somebody listens to: its stage, and where it is between which ends."""

    listener: Listener
    stage: str = ""
    at: float = 0.0
    end: float = 1.0
    told: float = 0.0

    def tell(self, *, now: bool = False) -> None:
        """Tell how far the stage is, if that was not said just now."""
        when = time.monotonic()
        if self.stage and (now or when - self.told >= PAUSE):
            self.told = when
            self.listener(self.stage, round(WHOLE * self.at), WHOLE)


_run: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextmanager
def listen(listener: Listener) -> Iterator[None]:
    """Tell the listener of what happens within; the last stage is told to be done."""
    run = _Run(listener)
    token = _run.set(run)
    try:
        yield
        _finish(run)
    finally:
        _run.reset(token)


def begin(stage: str) -> None:
    """Begin a stage; the one before it is done."""
    run = _run.get()
    if run is not None:
        _finish(run)
        run.stage, run.at, run.end = stage, 0.0, 1.0
        run.tell(now=True)


def _finish(run: _Run) -> None:
    if run.stage:
        run.at = 1.0
        run.tell(now=True)


@contextmanager
def share(part: float) -> Iterator[None]:
    """What happens within is this part, 0 to 1, of what is left of the stage or step."""
    run = _run.get()
    if run is None:
        yield
        return
    end = run.end
    run.end = run.at + part * (end - run.at)
    try:
        yield
    finally:
        run.at, run.end = run.end, end
        run.tell()


def track(items: Iterable[T], count: int) -> Iterator[T]:
    """Go through items, of which there are ``count``, and tell how many are done."""
    run = _run.get()
    if run is None:
        yield from items
        return
    start, end = run.at, run.end
    for number, item in enumerate(items):
        run.at = start + (end - start) * min(number / count, 1.0)
        run.end = start + (end - start) * min((number + 1) / count, 1.0)
        run.tell()
        yield item
    run.at = run.end = end
    run.tell()
