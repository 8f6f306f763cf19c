"""Graphs kept in the cache: written whole, and used only while they are what was written."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from embeddings.encoders.caching import hash_file, read_note, write_note
from embeddings.encoders.runtime import import_openvino
from embeddings.writing import new_folder, sweep, write_whole

_GRAPH = "model.xml"
_FILES = (_GRAPH, "model.bin")
_SUMS = "sums.json"
_NEW = ".new-"


def find_graph(place: Path) -> Path | None:
    """Return the graph kept in the folder ``place``, or None if there is none or it is damaged.

    Files whose size, time of writing and time of change are those noted are taken as they
    are; others are hashed (0.1 s for 90 MB). What killed runs left beside it is swept.
    """
    sweep(place.parent, rf"{re.escape(_NEW)}\w+")
    try:
        noted = read_note(place / _SUMS)
        found = {name: hash_file(place / name, noted[name]) for name in _FILES}
        if any(found[name][-1] != noted[name][-1] for name in _FILES):
            return None
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    if found != noted:
        write_note(place / _SUMS, found)
    return place / _GRAPH


def keep_graph(graph: Any, place: Path) -> Path:
    """Write a graph into the folder ``place``, in place of a damaged one; returns its file.

    Args:
        graph: An ``openvino.Model``.
        place: Need not exist. Another process may write the same at the same time.

    Raises:
        OSError, RuntimeError: It cannot be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with new_folder(place.parent, _NEW) as temporary:
        import_openvino().save_model(graph, temporary / _GRAPH, compress_to_fp16=False)
        sums = {name: hash_file(temporary / name) for name in _FILES}
        write_whole(temporary / _SUMS, json.dumps(sums))
        if find_graph(place) is None:
            shutil.rmtree(place, ignore_errors=True)
        try:
            temporary.rename(place)
        except OSError:
            # Another process was first, which is as good.
            if find_graph(place) is None:
                raise
    return place / _GRAPH


def drop_graph(place: Path) -> None:
    """Remove a graph that turned out to be of no use, and what is noted of it."""
    shutil.rmtree(place, ignore_errors=True)
