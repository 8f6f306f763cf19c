"""What a package shows at its top: read from its stub, and imported at the first use (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def read_exports(
    package: str, file: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return a package's ``__getattr__``, ``__dir__`` and ``__all__``.

    Its stub (``__init__.pyi``) is the one table of its names, for type checkers and for us:
    a line ``from module import name as name`` for each.

    Args:
        package: Its ``__name__``.
        file: Its ``__file__``, beside which the stub is.
    """
    stub = Path(file).with_suffix(".pyi").read_text(encoding="utf-8")
    lines = [line.split() for line in stub.splitlines() if line.startswith("from ")]
    modules = {words[-1]: words[1] for words in lines}

    def get(name: str) -> Any:
        if name in modules:
            return getattr(import_module(modules[name]), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def list_names() -> list[str]:
        return sorted(modules)

    return get, list_names, list_names()
