"""One run at a time in a place."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.errors import StoreError

if TYPE_CHECKING:
    from embeddings.shards.place import Place

LOCK = "lock.json"

# A store cannot tell whether a run lives: it says so itself every so many seconds, and one that
# has not for four times as long is dead.
BEAT = 15.0


@contextlib.contextmanager
def lock_folder(place: Place, taken: str) -> Iterator[None]:
    """Lock a folder of this machine; the system lets go of it when the process dies.

    Raises:
        StoreError: ``taken``, where another process holds it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(Path(place.address, ".lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StoreError(taken) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def lock_store(place: Place, taken: str) -> Iterator[None]:
    """Lock a folder of an object store by an object that says when its owner last lived.

    Stores cannot all put an object only where there is none. So the owner looks whether it is
    still the owner after a moment, in which another that saw no lock would have put its own; of
    two runs that begin within that second both may be refused.

    Raises:
        StoreError: ``taken``, where another run lives.
    """
    own = uuid.uuid4().hex

    def beat() -> None:
        place.write(LOCK, json.dumps([own, time.time()]).encode())

    def owner() -> str:
        with contextlib.suppress(ValueError):  # damaged, it is nobody's
            match json.loads(place.read(LOCK) or b"[]"):
                case [str(owner), float(at)] if time.time() - at < 4 * BEAT:
                    return owner
        return ""

    if owner():
        raise StoreError(f"{taken} (If it was killed, its lock ends after {4 * BEAT:.0f} s.)")
    beat()
    time.sleep(1.0)
    if owner() != own:
        raise StoreError(taken)
    ended = threading.Event()

    def live() -> None:
        while not ended.wait(BEAT):
            with contextlib.suppress(OSError):  # the next beat may reach it
                beat()

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        if owner() in ("", own):  # another has it, where this machine slept for long
            place.delete(LOCK)
