"""Options of plain types taken as they are typed.

Typer has pydantic read every option that a command has, given or not, which is .09 s of each
command's start. A word, a file, a whole number, a flag need none; all else, and what is wrong, is
left to typer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_origin

# What is no plain value: typer is to say so, or to read it.
_OTHER = object()


def take_plainly(command: Any) -> None:
    """Let the options of a command, and of those below it, be taken as they are typed."""
    command.get_params = partial(_list_options, command.get_params)
    for below in getattr(command, "commands", {}).values():
        take_plainly(below)


def _list_options(by_typer: Callable[[Any], list[Any]], ctx: Any) -> list[Any]:
    """Return the options of a command, ``--help`` among them."""
    options = by_typer(ctx)
    for option in options:
        # Typer of before reads options without pydantic, and describes none so.
        if hasattr(option, "type_descriptor") and "process_value" not in vars(option):
            option.process_value = partial(_process, option, option.process_value)
    return options


def _process(option: Any, by_typer: Callable[[Any, Any], Any], ctx: Any, value: Any) -> Any:
    taken = _OTHER if option.required and not value else _take(option, value)
    if taken is _OTHER:
        return by_typer(ctx, value)
    return option.callback(ctx, option, taken) if option.callback else taken


def _take(option: Any, value: Any) -> Any:
    described = option.type_descriptor
    kind, many = described.annotation, option.multiple or option.nargs == -1
    if value is None:
        return () if many else None
    if described.parameter_info.parser:
        return _OTHER
    if not many:
        return _take_one(kind, value, described.parameter_info)
    if get_origin(kind) is not list or isinstance(value, str):
        return _OTHER
    taken = [_take_one(get_args(kind)[0], one, described.parameter_info) for one in value]
    return _OTHER if _OTHER in taken else taken


def _take_one(kind: Any, value: Any, option: Any) -> Any:
    # Python reads no number of thousands of digits, and no option takes one.
    if kind is int and isinstance(value, str) and re.fullmatch("[0-9]{1,18}", value):
        value = int(value)
    if kind in (int, float) and type(value) is kind:
        low, high = option.min, option.max
        fits = (low is None or value >= low) and (high is None or value <= high)
        return value if fits else _OTHER
    if kind in (str, bool) and type(value) is kind:
        return value
    if kind is Path and isinstance(value, str | Path):
        path = Path(value)
        # A name too long for a file is that of none; Path.exists raises an error for it.
        return path if os.access(path, os.R_OK) or not os.path.exists(path) else _OTHER  # noqa: PTH110
    return _OTHER
