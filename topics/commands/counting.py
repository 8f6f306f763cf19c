"""Numbers with their nouns, as tables and pictures print them."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """Return a number with its noun, plural where it must be."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
