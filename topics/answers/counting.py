"""Numbers with their nouns, as tables and pictures print them."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """Return a number with its noun, plural where it must be."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def percent(part: int, whole: int) -> str:
    """Return a share as tables print it: empty for none, ``<1%`` for next to none."""
    if not part:
        return ""
    return f"{part / whole:.0%}" if part / whole >= 0.005 else "<1%"
