"""How far a run is, read from its files by anybody, while it runs or afterwards."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from embeddings.errors import InputError
from embeddings.shards.notes import STAGE, read_manifest, read_stage
from embeddings.shards.place import Place
from embeddings.shards.stages import FILE, Folder

# Markers that are asked for at the same time.
_AT_ONCE = 16
# How the folder of a stage is named.
_KEYED = re.compile("[a-z0-9-]+-[0-9a-f]{12}")


@dataclass(frozen=True)
class StageStatus:
    """How far a stage is.

    Attributes:
        name: Of the stage.
        tasks: How many there are; ``None`` before it has begun.
        done: How many have a marker that is true of a file; the file itself is not read.
        bytes: Of their files.
        work: Seconds that they took, by the clock.
        seconds: That it may still take, by the rate since the run came to it; ``None`` where
            nothing has been done yet, 0 where nothing is left.
        old: Whether it is a folder of other options or of another version, which nothing needs.
    """

    name: str
    tasks: int | None = None
    done: int = 0
    bytes: int = 0
    work: float = 0.0
    seconds: float | None = None
    old: bool = False

    @property
    def left(self) -> int | None:
        """How many tasks are not done."""
        return None if self.tasks is None else self.tasks - self.done


def read_status(place: Place) -> list[StageStatus]:
    """Return how far each stage of the last run in a place is, in their order; then old folders.

    Raises:
        InputError: There has been no run.
    """
    manifest = read_manifest(place)
    if not manifest:
        raise InputError(f"{place} holds no run; expected the DIR of a cluster --out DIR.")
    keys: dict[str, str] = manifest["stages"]
    names = dict.fromkeys([*manifest["plan"], *keys])
    return [*_read(place, list(names), keys), *list_old_folders(place)]


def list_old_folders(place: Place) -> list[StageStatus]:
    """Return the folders of other options or versions; none unless the last run is finished.

    Until then nobody knows what it needs.

    Raises:
        InputError: The place cannot be read.
    """
    manifest = read_manifest(place)
    if "finished" not in manifest:
        return []
    needed = {f"{name}-{key}" for name, key in manifest["stages"].items()}
    old = []
    for name in sorted(set(filter(_KEYED.fullmatch, place.folders())) - needed):
        files = place.list(name)
        if STAGE in files:
            old.append(StageStatus(name, bytes=sum(files.values()), old=True))
    return old


def remove_old_folders(place: Place) -> None:
    """Remove what ``list_old_folders`` finds; nobody else may be at work there."""
    for one in list_old_folders(place):
        place.remove(one.name)


def _read(place: Place, names: list[str], keys: dict[str, str]) -> Iterator[StageStatus]:
    for name in names:
        folder = Folder(place, name, keys.get(name, ""))
        stage = read_stage(place, str(folder)) if folder.key else None
        if stage is None:
            yield StageStatus(name)
            continue
        files = place.list(str(folder))
        # Of a store each marker is a question of its own.
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            look = partial(folder.find_done, files=files, passing=stage.get("passing", True))
            told = zip(stage["tasks"], threads.map(look, stage["tasks"]), strict=True)
            done = {task: marker for task, marker in told if marker}
        left = len(stage["tasks"]) - len(done)
        new = len(done) - stage["found"]
        rate = (time.time() - stage["began"]) / new if new > 0 else None
        seconds = 0.0 if not left else rate and rate * left
        size = sum(files.get(f"{task}{FILE}", 0) for task in done)
        work = sum(marker.seconds for marker in done.values())
        yield StageStatus(name, len(stage["tasks"]), len(done), size, work, seconds)
