"""Files written whole: whatever goes wrong, the old one stays."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Give a new path beside ``path``; what is written there takes its place at the end.

    A reader sees the old file or the whole new one. After an error the new one is gone.

    Raises:
        OSError: The folder cannot be written.
    """
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield new
        new.replace(path)
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write ``path``, text as UTF-8, so that a reader sees all of it or nothing.

    Raises:
        OSError: The folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_file(path) as new:
        new.write_bytes(content.encode() if isinstance(content, str) else content)
