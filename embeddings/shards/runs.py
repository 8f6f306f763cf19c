"""One run in a place: stage after stage, each only as far as it is not done yet."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from embeddings.engines.protocol import Engine, Needs, Outcome, WorkerLostError
from embeddings.errors import StoreError, TopicwireError, first_line
from embeddings.progress import begin, track
from embeddings.shards.notes import FAILED, MANIFEST, STAGE, seal
from embeddings.shards.place import Place, is_full
from embeddings.shards.stages import DONE, Folder, Marker, Task

T = TypeVar("T", bound=Task)


@dataclass(frozen=True)
class Failure:
    """A task that was set aside.

    Attributes:
        stage: Its stage.
        about: What a user knows it by, such as the input's path.
        why: What happened, in a sentence.
    """

    stage: str
    about: str
    why: str


@dataclass(frozen=True)
class Spent:
    """What a worker did in a stage.

    Attributes:
        worker: Its machine and process.
        tasks: How many.
        rows: That it wrote.
        seconds: By the clock.
        work: Of processors.
        peak: Most bytes it held.
    """

    worker: str
    tasks: int = 0
    rows: int = 0
    seconds: float = 0.0
    work: float = 0.0
    peak: int = 0


class Run:
    """What is done in a place; use ``open_run``.

    Attributes:
        place: Where.
        engine: What runs the tasks.
        failed: Tasks set aside so far.
        made: For each stage of which something was done in this run, the tasks.
        spent: For each of these, what workers did.
        manifest: What ``manifest.json`` tells of the run; the caller adds to it by ``describe``.
    """

    def __init__(self, place: Place, engine: Engine, plan: Sequence[str]) -> None:
        self.place = place
        self.engine = engine
        self.failed: list[Failure] = []
        self.made: dict[str, set[str]] = {}
        self.spent: dict[str, list[Spent]] = {}
        self.manifest: dict[str, Any] = {
            "engine": engine.name,
            "workers": engine.workers,
            "plan": list(plan),
            "stages": {},
        }

    def describe(self, **values: object) -> None:
        """Add to ``manifest.json``, as JSON can write it."""
        self.manifest |= values
        self.place.write(MANIFEST, seal(self.manifest))

    def stage(
        self,
        folder: Folder,
        work: Callable[[T], object],
        tasks: Sequence[T],
        needs: Needs,
        *,
        passing: bool = False,
    ) -> dict[str, Marker]:
        """Do what is not done of a stage.

        A task is done where its marker is there, tells of a file as long as it is, and of the
        same inputs. What is set aside is told in ``failed``, and has no marker.

        Args:
            folder: Where the tasks write.
            work: Writes each task's file by ``write_file``.
            tasks: All tasks of the stage.
            needs: Of each.
            passing: Whether its files may be gone once others were made of them.

        Returns:
            The markers by task, without those set aside.

        Raises:
            StoreError: There is no more room; says for which stage, and how much it needs.
            TopicwireError: A task raised it: an obstacle that all tasks would meet.
        """
        begin(folder.name)
        done = self._find_done(folder, tasks, passing)
        left = [task for task in tasks if task.name not in done]
        told = {
            "tasks": [task.name for task in tasks],
            "began": time.time(),
            "found": len(done),
            "passing": passing,
        }
        try:
            self.place.write(f"{folder}/{STAGE}", seal(told))
            self.describe(stages={**self.manifest["stages"], folder.name: folder.key})
        except OSError as error:
            self._tell(folder, error, done, len(tasks))
        spent: dict[str, Spent] = {}
        with closing(self.engine.run(work, left, needs)) as outcomes:  # type: ignore[type-var]
            for task, outcome in track(outcomes, max(1, len(left))):
                marker = folder.find_marker(task.name) if outcome.error is None else None
                if marker is None:
                    self._tell(folder, outcome.error, done, len(tasks))
                    self._set_aside(task, outcome)
                else:
                    done[task.name] = marker
                    self.made.setdefault(folder.name, set()).add(task.name)
                before = spent.get(outcome.worker, Spent(outcome.worker))
                spent[outcome.worker] = Spent(
                    outcome.worker,
                    before.tasks + 1,
                    before.rows + (marker.rows if marker else 0),
                    before.seconds + outcome.seconds,
                    before.work + outcome.work,
                    max(before.peak, outcome.peak),
                )
        if spent:
            self.spent[folder.name] = sorted(spent.values(), key=lambda one: one.worker)
        return done

    def _find_done(self, folder: Folder, tasks: Sequence[Task], passing: bool) -> dict[str, Marker]:
        files = self.place.list(str(folder))
        done = {}
        for task in tasks:
            marker = folder.find_done(task.name, files, passing=passing)
            if marker and marker.inputs == task.inputs:
                done[task.name] = marker
            elif f"{task.name}{DONE}" in files:
                folder.forget(task.name)
        return done

    def mend(self, markers: Mapping[Folder, Mapping[str, Marker]]) -> list[Folder]:
        """Forget files that are not what their markers tell of, so that they are made again.

        Where there are any, what was set aside is forgotten as well: it may be for want of them.

        Returns:
            The stage of each.
        """
        damaged = [
            (folder, task)
            for folder, of_stage in markers.items()
            for task, marker in of_stage.items()
            if not folder.is_whole(task, marker)
        ]
        for folder, task in damaged:
            folder.forget(task)
        if damaged:
            self.forget_failed()
        return [folder for folder, _ in damaged]

    def forget_failed(self) -> None:
        """Begin anew to tell what is set aside."""
        self.failed.clear()
        self.place.delete(FAILED)

    def _tell(
        self, folder: Folder, error: Exception | None, done: dict[str, Marker], count: int
    ) -> None:
        """Raise what ends the whole run."""
        if is_full(error):
            mean = sum(one.size for one in done.values()) / len(done) if done else 0
            left = mean * (count - len(done))
            need = f"needs some {left / 1e6:,.1f} MB more" if mean else "needs more than there is"
            raise StoreError(
                f"There is no more room in {self.place}: the stage {folder.name} {need}. What is "
                "done is kept: make room, then type the command again."
            ) from error
        if isinstance(error, TopicwireError):
            raise error

    def _set_aside(self, task: Task, outcome: Outcome) -> None:
        error = outcome.error or WorkerLostError("it ended without having written its file")
        self.failed.append(Failure(task.folder.name, task.about, first_line(error)))
        listed = [asdict(one) for one in self.failed]
        self.place.write(FAILED, f"{json.dumps(listed, indent=1)}\n".encode())


@contextlib.contextmanager
def open_run(place: Place, engine: Engine, plan: Sequence[str] = ()) -> Iterator[Run]:
    """Begin a run in a place, or go on with one that ended or was killed.

    Args:
        place: Where.
        engine: What runs the tasks.
        plan: Names of all stages, in their order, for ``read_status``.

    Raises:
        StoreError: Another run is at work there, or nothing can be written.
    """
    with place.lock():
        place.sweep()
        place.delete(FAILED)
        try:
            yield Run(place, engine, plan)
        finally:
            place.sweep()  # of workers that died
