"""How far a run is, read from its files by anybody, while it runs or afterwards."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from embeddings.errors import InputError
from embeddings.shards.place import Place
from embeddings.shards.runs import STAGE, read_manifest
from embeddings.shards.stages import DONE, FILE, Folder


@dataclass(frozen=True)
class StageStatus:
    """How far a stage is.

    Attributes:
        name: Of the stage.
        tasks: How many there are; ``None`` before it has begun.
        done: How many have a marker.
        bytes: Of their files.
        seconds: That it may still take, by the rate since the run came to it; ``None`` where
            nothing has been done yet, 0 where nothing is left.
    """

    name: str
    tasks: int | None = None
    done: int = 0
    bytes: int = 0
    seconds: float | None = None

    @property
    def left(self) -> int | None:
        """How many tasks are not done."""
        return None if self.tasks is None else self.tasks - self.done


def read_status(place: Place) -> list[StageStatus]:
    """Return how far each stage of the last run in a place is, in their order.

    Raises:
        InputError: There has been no run.
    """
    manifest = read_manifest(place)
    if not manifest:
        raise InputError(f"{place} holds no run; expected the DIR of a cluster --out DIR.")
    keys: dict[str, str] = manifest["stages"]
    names = dict.fromkeys([*manifest["plan"], *keys])
    return list(_read(place, list(names), keys))


def _read(place: Place, names: list[str], keys: dict[str, str]) -> Iterator[StageStatus]:
    for name in names:
        folder = Folder(place, name, keys.get(name, ""))
        told = place.read(f"{folder}/{STAGE}") if folder.key else None
        if told is None:
            yield StageStatus(name)
            continue
        stage = json.loads(told)
        files = place.list(str(folder))
        done = [task for task in stage["tasks"] if f"{task}{DONE}" in files]
        left = len(stage["tasks"]) - len(done)
        new = len(done) - stage["found"]
        rate = (time.time() - stage["began"]) / new if new > 0 else None
        seconds = 0.0 if not left else rate and rate * left
        size = sum(files.get(f"{task}{FILE}", 0) for task in done)
        yield StageStatus(name, len(stage["tasks"]), len(done), size, seconds)
