"""sentence-transformers' own pool of processes, one for each GPU, started and ended safely."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def start_pool(model: SentenceTransformer, devices: Sequence[str]) -> dict[Any, Any]:
    """Start a process for each device, one after another; each imports torch first.

    The model leaves its device for shared memory.

    Returns:
        What ``SentenceTransformer.encode`` takes as ``pool`` and ``stop_pool`` ends.
    """
    others = set(multiprocessing.active_children())
    try:
        return model.start_multi_process_pool(list(devices))
    except BaseException:  # Ctrl-C too, which is likely while one waits
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        raise


def stop_pool(pool: dict[Any, Any]) -> None:
    """End a pool's processes for certain; sentence-transformers' own way may wait for ever."""
    from sentence_transformers import SentenceTransformer

    for process in pool["processes"]:
        process.terminate()
    for process in pool["processes"]:
        process.join(5)
        if process.is_alive():
            process.kill()
    SentenceTransformer.stop_multi_process_pool(pool)


def lacking_room(model: SentenceTransformer) -> str:
    """Say so if the model does not fit into shared memory, where a bus error would end us.

    Containers have 64 MB by default (huggingface/sentence-transformers issue 844).
    """
    shared = Path("/dev/shm")  # noqa: S108 - where Linux keeps shared memory
    if not shared.is_dir():
        return ""
    needed = sum(p.numel() * p.element_size() for p in (*model.parameters(), *model.buffers()))
    free = shutil.disk_usage(shared).free
    if needed * 1.25 < free:
        return ""
    return (
        f"{shared} has {free / 1e6:.0f} MB free and the model needs {needed * 1.25 / 1e6:.0f} MB "
        "there to be shared (docker run --shm-size)"
    )
