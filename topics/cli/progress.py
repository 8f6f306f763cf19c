"""How far a run is, on the screen or in a log: never among the results.

On a terminal each stage has a bar with its share and the time left, drawn some times a second.
Elsewhere each stage that takes longer than a second has a line, with the time it took at its end.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from topics.cli.output import console, echo, plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from topics.answers.cluster_options import Progress as Listener

REDRAWS = 4  # a second
# Seconds after which a stage has a line in a log: what is done at once needs none.
SLOW = 1.0
# Characters of the name of the file that is being read, beside the bar.
NAME = 30


@contextmanager
def show_progress() -> Iterator[Listener]:
    """Show what a run tells of its stages, as long as it lasts."""
    if sys.stderr.isatty():
        with _open_bars() as bars:
            yield _Bars(bars)
        return
    lines = _Lines()
    try:
        yield lines
    finally:
        lines.end()


def _open_bars() -> Progress:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeLeft(elapsed_when_finished=True),
        console=console(err=True),
        refresh_per_second=REDRAWS,
        transient=True,
        disable=not sys.stderr.isatty(),
    )


class _Bars:
    """A bar for each stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int | None, at: str = "") -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(plain(stage), total=total)
        # What is at hand is named beside the stage: so is a file that takes long.
        what = f"{plain(stage)} {plain(at)[:NAME]}".rstrip()
        self._progress.update(self._tasks[stage], completed=done, total=total, description=what)


class _Lines:
    """A line for each stage that takes its time."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = 0.0
        self._shown = False

    def __call__(self, stage: str, done: int, total: int | None, at: str = "") -> None:  # noqa: ARG002
        if stage != self._stage:
            self.end()
            self._stage, self._began, self._shown = stage, time.monotonic(), False
        self._show()

    def _show(self) -> None:
        if self._stage and not self._shown and time.monotonic() - self._began >= SLOW:
            self._shown = True
            echo(f"{plain(self._stage)} ... ", err=True, nl=False)

    def end(self) -> None:
        """End the line of the stage."""
        self._show()
        if self._shown:
            echo(f"{time.monotonic() - self._began:.1f} s", err=True)
        self._stage, self._shown = "", False
