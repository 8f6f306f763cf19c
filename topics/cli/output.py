"""What the commands print: tables of 80 columns, JSON, and errors in one sentence."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import typer

from embeddings.errors import TopicwireError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_P = ParamSpec("_P")
_R = TypeVar("_R")

# Article text may hold terminal escape sequences; these characters start and steer them, or
# turn the direction of what follows.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

# A passage's heading is set off from its paragraph by an empty line.
_BREAK = re.compile(r"\n\s*\n")
HEADING_END = " — "

# A column of numbers, as wide as they are.
RIGHT = -1

INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def plain(text: str) -> str:
    """Return text on one line, without characters that could steer the terminal."""
    lines = [" ".join(_CONTROL.sub(" ", part).split()) for part in _BREAK.split(text)]
    return HEADING_END.join(line for line in lines if line)


def list_outlets(outlets: Sequence[tuple[str, int]], most: int) -> str:
    """Return outlets, each with its number, on one line; those beyond ``most`` are counted."""
    shown = ", ".join(f"{plain(name) or 'unknown'} {number}" for name, number in outlets[:most])
    return shown + (f" and {len(outlets) - most} more" if len(outlets) > most else "")


def safe(text: str) -> str:
    """Return text of the same length without characters that could steer the terminal."""
    return _CONTROL.sub(" ", text).replace("\t", " ")


def console(*, err: bool = False) -> Console:
    """Return the console for results, or for progress (``err``); 80 columns in a pipe."""
    from rich.console import Console

    class PipedConsole(Console):
        def on_broken_pipe(self) -> None:
            # Rich would end with code 1; a reader that has seen enough is no trouble.
            raise BrokenPipeError

    return PipedConsole(highlight=False, stderr=err)


def show(result: _R, as_json: bool, tell: Callable[[_R], None]) -> None:
    """Print a result as JSON, or as a command tells it in words."""
    if as_json:
        print_json(result)
    else:
        tell(result)


def print_json(result: Any) -> None:
    """Print a result dataclass, or a list of them, as JSON."""
    json.dump(_jsonable(result), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def _jsonable(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    return value


def new_table(*columns: tuple[str, dict[str, Any]]) -> Table:
    """Return an empty table in the house style; each column has a name and rich's options."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name, options in columns:
        table.add_column(name, **options)
    return table


def print_table(
    columns: Mapping[str, int], rows: Iterable[Sequence[object]], *, header: bool = True
) -> None:
    """Print a table in the house style; a column of empty cells is left out.

    Args:
        columns: Name to share of the width that is left; 0 for as wide as its cells, and
            ``RIGHT`` so with numbers.
        rows: A cell a column: rich's ``Text`` as it is, all else in plain text.
        header: Whether the names are shown.
    """
    from rich.text import Text

    cells = [
        [one if isinstance(one, Text) else Text(plain(str(one))) for one in row] for row in rows
    ]
    used = [at for at in range(len(columns)) if not cells or any(row[at] for row in cells)]
    table = new_table()
    table.show_header = header
    for name, share in (list(columns.items())[at] for at in used):
        table.add_column(
            name, justify="right" if share == RIGHT else "left", ratio=max(share, 0) or None
        )
    for row in cells:
        table.add_row(*(row[at] for at in used))
    console().print(table)


def marked(text: str, spans: Iterable[Sequence[int]]) -> Text:
    """Return text with the given spans (start, end) set off."""
    from rich.text import Text

    result = Text(safe(text))  # of the same length, so that the spans stay true
    for start, end in spans:
        result.stylize("bold yellow", start, end)
    parts = []
    for start, end in _parts(text):
        words = [word for word in result[start:end].split() if word.plain.strip()]
        parts.append(Text(" ").join(words))
    return Text(HEADING_END).join(parts)


def _parts(text: str) -> list[tuple[int, int]]:
    """Return start and end of heading and paragraph."""
    breaks = [match.span() for match in _BREAK.finditer(text)]
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(text)]
    return [
        (start, end) for start, end in zip(starts, ends, strict=True) if text[start:end].strip()
    ]


def in_plain_words(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a command end with one sentence and an exit code where the user can act."""

    @functools.wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            result = command(*args, **kwargs)
            sys.stdout.flush()
            return result
        except TopicwireError as error:
            typer.echo(f"topicwire: {error}", err=True)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            typer.echo(
                "\ntopicwire: stopped. What was stored is kept; run the same command to go on.",
                err=True,
            )
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError as error:  # the reader, `head` say, has seen enough
            # What is left in the buffer has nowhere to go, and must not be tried at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            typer.echo(f"topicwire: the output cannot be written: {error.strerror}.", err=True)
            raise typer.Exit(1) from error

    return run
