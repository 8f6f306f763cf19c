"""Page furniture: the lines around and between an article's paragraphs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embeddings.furniture.finding import Removal, find_furniture
    from embeddings.furniture.rules import RULES

__all__ = ["RULES", "Removal", "find_furniture"]

_PLACES = {
    "RULES": "embeddings.furniture.rules",
    "Removal": "embeddings.furniture.finding",
    "find_furniture": "embeddings.furniture.finding",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
