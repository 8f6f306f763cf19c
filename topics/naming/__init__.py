"""Words that tell topics apart, and names made of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_EXPORTS = {"Topic": "describing", "describe_topics": "describing", "describe_tree": "describing"}

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
