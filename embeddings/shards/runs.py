"""One run in a place: stage after stage, each only as far as it is not done yet."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from embeddings.engines.protocol import Engine, Needs, Outcome, WorkerLostError
from embeddings.errors import InputError, StoreError, TopicwireError, first_line
from embeddings.progress import begin, track
from embeddings.shards.place import Place, is_full
from embeddings.shards.stages import DONE, FILE, Folder, Marker, Task

T = TypeVar("T", bound=Task)

_NAME = re.compile("[a-z0-9-]+")

MANIFEST, FAILED, STAGE = "manifest.json", "failed.json", "stage.json"


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
        spent: For each stage of which something was done in this run, what workers did.
        manifest: What ``manifest.json`` tells of the run; the caller adds to it by ``describe``.
    """

    def __init__(self, place: Place, engine: Engine, plan: Sequence[str]) -> None:
        self.place = place
        self.engine = engine
        self.failed: list[Failure] = []
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
        self.place.write(MANIFEST, _json(self.manifest))

    def stage(
        self, folder: Folder, work: Callable[[T], object], tasks: Sequence[T], needs: Needs
    ) -> dict[str, Marker]:
        """Do what is not done of a stage.

        A task is done where its marker is there, tells of a file as long as it is, and of the
        same inputs. What is set aside is told in ``failed``, and has no marker.

        Args:
            folder: Where the tasks write.
            work: Writes each task's file by ``write_file``.
            tasks: All tasks of the stage.
            needs: Of each.

        Returns:
            The markers by task, without those set aside.

        Raises:
            StoreError: There is no more room; says for which stage, and how much it needs.
            TopicwireError: A task raised it: an obstacle that all tasks would meet.
        """
        begin(folder.name)
        done = self._find_done(folder, tasks)
        left = [task for task in tasks if task.name not in done]
        told = {"tasks": [task.name for task in tasks], "began": time.time(), "found": len(done)}
        try:
            self.place.write(f"{folder}/{STAGE}", _json(told))
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

    def _find_done(self, folder: Folder, tasks: Sequence[Task]) -> dict[str, Marker]:
        files = self.place.list(str(folder))
        done = {}
        for task in tasks:
            if f"{task.name}{DONE}" in files:
                marker = folder.find_marker(task.name)
                size = files.get(f"{task.name}{FILE}")
                if marker and marker.size == size and marker.inputs == task.inputs:
                    done[task.name] = marker
                else:
                    folder.forget(task.name)
        return done

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
        self.place.write(FAILED, _json([asdict(one) for one in self.failed]))


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


def read_manifest(place: Place) -> dict[str, Any]:
    """Return what is noted of the last run in a place; nothing where there was none.

    Raises:
        InputError: The place cannot be read, or what is noted there is of no run.
    """
    try:
        found = place.read(MANIFEST)
        told = json.loads(found) if found is not None else {}
    except OSError as error:
        raise InputError(
            f"{place} cannot be read as a folder of results ({first_line(error)})."
        ) from None
    except ValueError:
        told = None
    if found is not None and not _is_of_run(told):
        raise InputError(
            f"{place}/{MANIFEST} is not of a run over files; expected the DIR of a cluster "
            "--out DIR, or a new folder."
        )
    return told or {}


def _is_of_run(told: object) -> bool:
    """Say whether this is what a run notes, whose names lead nowhere but into its own place."""
    match told:
        case {"plan": [*plan], "stages": {**stages}}:
            names = (*plan, *stages, *stages.values())
            return all(isinstance(one, str) and _NAME.fullmatch(one) for one in names)
    return False


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
