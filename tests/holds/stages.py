"""Kill what works on a run over files: a worker in each stage, and the head after each.

    python -m tests.holds.stages ARTICLES OUT LOG ENGINE SHARDS [STAGE]

is a head that kills itself after the first task of a stage. Every attempt of a task leaves a
file in a folder, so that what was done twice can be told.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from embeddings.engines.opening import open_engine
from embeddings.engines.protocol import Engine, Needs, Outcome
from embeddings.shards.place import Place
from embeddings.shards.stages import Output, Task
from tests.holds.processes import LIMIT, ROOT
from topics.answers.cluster_files import FilesReport, cluster_files
from topics.pipeline.sharded import finding

# When a worker dies: before it does anything, with a file half written, with a file that has no
# marker yet, and with all done but nobody told.
READ = "2026-01-01T00:00:00+00:00"

# Topics are found by strips of so many rows, as if no machine held them all.
STRIP_ROWS = 70

MOMENTS = ("before", "half", "unmarked", "untold")


@dataclass(frozen=True)
class Doomed:
    """A task whose first worker dies.

    Attributes:
        work: What is to be done.
        task: To what.
        moment: One of ``MOMENTS``, or empty for a task that lives.
        log: A folder that tells of attempts.
    """

    work: Callable[[Any], object]
    task: Task
    moment: str
    log: str


def attempt(doomed: Doomed) -> object:
    """Do a task; its first attempt ends the process."""
    name = f"{doomed.task.folder.name}.{doomed.task.name}"
    first = not list(Path(doomed.log).glob(f"{name}.*"))
    Path(doomed.log, f"{name}.{uuid.uuid4().hex}").touch()
    moment = doomed.moment if first else ""
    if moment == "before":
        _die()
    elif moment == "half":
        Output.end = _die  # type: ignore[method-assign]
    elif moment == "unmarked":
        Place.write = _die  # type: ignore[method-assign, assignment]
    result = doomed.work(doomed.task)
    if moment:
        _die()
    return result


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Killing:
    """An engine, in stages of which the first task's first worker dies.

    Args:
        engine: The engine.
        log: A folder that tells of attempts.
        every: In each stage, or each second, and so on; in none for 0.
        last: A stage after whose first task this very process is killed.
    """

    def __init__(self, engine: Engine, log: Path, *, every: int = 1, last: str = "") -> None:
        self.name, self.workers, self.notes = engine.name, engine.workers, engine.notes
        self._engine, self._log, self._every, self._last = engine, log, every, last
        self._stages = 0
        self.kills = 0

    def __enter__(self) -> Killing:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(
        self, work: Callable[[Any], object], tasks: Sequence[Any], needs: Needs | None = None
    ) -> Iterator[tuple[Any, Outcome]]:
        """See ``Engine``."""
        moment = ""
        if tasks and self._every:
            self._stages += 1
            if self._stages % self._every == 0:
                moment = MOMENTS[self.kills % len(MOMENTS)]
                self.kills += 1
        doomed = [
            Doomed(work, task, moment if not number else "", str(self._log))
            for number, task in enumerate(tasks)
        ]
        for one, outcome in self._engine.run(attempt, doomed, needs or Needs()):
            if self._last and one.task.folder.name == self._last:
                _die()
            yield one.task, outcome


def read_files(out: Path) -> dict[str, bytes]:
    """Return the files of all stages by stage and name, and what does not belong there."""
    return {
        f"{path.parent.name}/{path.name}": path.read_bytes() if path.suffix != ".done" else b""
        for path in out.glob("*/*")
        if path.name != "stage.json"
    }


def find_faults(out: Path, whole: Mapping[str, bytes], log: Path, allowed: int) -> list[str]:
    """Say what is wrong with a run that was disturbed, beside one in peace.

    Args:
        out: Of the run.
        whole: Files of the one in peace.
        log: Of attempts at its tasks.
        allowed: How many of the attempts were killed.
    """
    found = read_files(out)
    faults = [f"{name} is missing" for name in whole.keys() - found.keys()]
    faults += [f"{name} is too much" for name in found.keys() - whole.keys()]
    faults += [
        f"{name} differs" for name in whole.keys() & found.keys() if found[name] != whole[name]
    ]
    attempts = Counter(path.name.rpartition(".")[0] for path in log.iterdir())
    twice = attempts.total() - len(attempts)
    if twice > allowed:
        faults.append(f"{twice} tasks were done again where {allowed} were killed")
    return faults


def kill_heads(
    articles: Path,
    out: Path,
    log: Path,
    kind: str,
    shards: int,
    stages: Sequence[str],
    environment: Mapping[str, str],
) -> int:
    """Run a head again and again that is killed after the first task of each of some stages.

    Returns:
        How many were killed; the last one has ended by itself.

    Raises:
        RuntimeError: It did not.
    """
    killed = 0
    for stage in (*stages, ""):
        command = [sys.executable, "-m", "tests.holds.stages", str(articles), str(out), str(log)]
        ended = subprocess.run(
            [*command, kind, str(shards), stage], cwd=ROOT, env=dict(environment),
            capture_output=True, text=True, timeout=LIMIT, check=False,
        )  # fmt: skip
        killed += ended.returncode == -signal.SIGKILL
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return killed


def run_head(
    articles: Path, out: Path, log: Path, kind: str, shards: int, *, every: int = 0, last: str = ""
) -> tuple[FilesReport, int]:
    """Run over files with an engine that is disturbed.

    Returns:
        What it came to, and how many workers were killed.
    """
    with open_engine(kind, workers=2) as engine:
        killing = Killing(engine, log, every=every, last=last)
        # When files were first read is part of what is made of them.
        with (
            mock.patch("topics.answers.cluster_files.now", return_value=READ),
            mock.patch.multiple(finding, STRIP_ROWS=STRIP_ROWS, HEAD_ROWS=0),
        ):
            report = cluster_files([articles], out, engine=killing, shards=shards, with_topics=True)
    return report, killing.kills


if __name__ == "__main__":
    run_head(*map(Path, sys.argv[1:4]), sys.argv[4], int(sys.argv[5]), last=sys.argv[6])
