"""Files damaged on purpose."""

from __future__ import annotations

from pathlib import Path


def flip_a_byte(file: Path) -> None:
    """Turn one bit in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
