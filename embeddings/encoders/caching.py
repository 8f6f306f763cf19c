"""The user's cache folder: what can be computed again, kept between runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path


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
