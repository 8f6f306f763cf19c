"""The user's cache folder: what can be computed again, kept between runs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from embeddings.writing import write_whole


def cache_folder() -> Path:
    """Return the cache folder, which need not exist yet.

    ``TOPICWIRE_CACHE`` if it is set, else the platform's own place: ``~/Library/Caches``
    on macOS, ``%LOCALAPPDATA%`` on Windows, ``$XDG_CACHE_HOME`` or ``~/.cache`` elsewhere
    (XDG Base Directory Specification).
    """
    if chosen := os.environ.get("TOPICWIRE_CACHE"):
        return Path(chosen).expanduser()
    home = Path("~").expanduser()
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "topicwire"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "topicwire"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "topicwire"


def read_note(file: Path) -> Any:
    """Return what ``write_note`` wrote; None where there is nothing, or it is no JSON."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_note(file: Path, content: object) -> None:
    """Keep what can be found out again; a cache that cannot be written costs time only."""
    with contextlib.suppress(OSError):
        write_whole(file, json.dumps(content, indent=1))


def hash_file(file: Path, known: object = None) -> list[Any]:
    """Return size, times of writing and change, and sha256 (hex) of a file.

    Args:
        file: Read only if it differs from what is known.
        known: What was returned before; anything else stands for nothing.
    """
    status = file.stat()
    stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns]
    if isinstance(known, list) and known[:3] == stamp and len(known) == 4:
        return known
    with file.open("rb") as opened:
        return [*stamp, hashlib.file_digest(opened, "sha256").hexdigest()]
