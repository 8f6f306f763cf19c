"""What the commands print: lines and tables of 80 columns, JSON, and errors in one sentence.

File names and article text may hold what steers a terminal. All output goes through `echo`,
`say`, the tables and `print_json`, which let none of it through; no command prints otherwise.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import typer

from embeddings.errors import TopicwireError
from embeddings.text.printing import (
    BREAK,
    HEADING_END,
    TIE,
    UNSAFE_IN_JSON,
)
from embeddings.text.printing import plain as plain
from embeddings.text.printing import safe as safe
from topics.answers.tables import jsonable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment
    from rich.text import Text

_MANY_COLUMNS = 6

_R = TypeVar("_R")
_Row = TypeVar("_Row")

# How wide a column is: 0 for as wide as its cells, `RIGHT` so with numbers, else its share of the
# width that is left; or rich's options.
Width = int | dict[str, Any]
RIGHT = -1
# A column of a table: its heading, how wide it is, and what a row shows there.
Column = tuple[str, Width, Callable[[_Row], "str | int | Text"]]

_JSON_CONTROL = re.compile(f"[{UNSAFE_IN_JSON}]")

INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def list_outlets(outlets: Sequence[tuple[str, int]], most: int) -> str:
    """Return outlets, each with its number, on one line; those beyond ``most`` are counted."""
    shown = ", ".join(tied(f"{name or 'unknown'} {number:,}") for name, number in outlets[:most])
    return shown + (f" and {len(outlets) - most} more" if len(outlets) > most else "")


def outlet_name(source: str) -> str:
    """Return the name of an outlet as it is printed."""
    return plain(source) or "unknown outlet"


def tied(name: str) -> str:
    """Return a name that ``say`` and tables of wide columns print on one line."""
    return plain(name).replace(" ", TIE)


def date_of(published: str) -> str:
    """Return a date as it is printed."""
    return plain(published.replace("T", " ")) or "no date"


def time_of(when: str) -> str:
    """Return a time that was noted here, ISO 8601 in UTC, as it is printed."""
    return f"{plain(when[:16].replace('T', ' '))} UTC" if when else "before that was noted"


def echo(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print text as it is, to the output or (``err``) beside it."""
    typer.echo(safe(text), err=err, nl=nl)


def console(*, err: bool = False) -> Console:
    """Return the console for results, or for progress (``err``); 80 columns in a pipe."""
    return _open_console(sys.stderr if err else sys.stdout)


@functools.lru_cache(maxsize=2)  # looks at the terminal once, not for each line
def _open_console(stream: TextIO) -> Console:
    from rich.console import Console
    from rich.segment import Segment

    class SafeConsole(Console):
        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                # Rich's own controls, such as those of a progress bar, are apart from text.
                own = segment.control
                yield segment if own else Segment(safe(segment.text), segment.style)

        def on_broken_pipe(self) -> None:
            # Rich would end with code 1; a reader that has seen enough is no trouble.
            raise BrokenPipeError

    return SafeConsole(file=stream, highlight=False, markup=False, emoji=False)


def show(result: _R, as_json: bool, tell: Callable[[_R], None]) -> None:
    """Print a result as JSON, or as a command tells it in words."""
    if as_json:
        print_json(result)
    else:
        tell(result)


def styled(*parts: str | tuple[str, str] | Text) -> Text:
    """Return a text made of parts, each with its style where it has one."""
    from rich.text import Text

    return Text.assemble(*parts)


def say(
    *parts: str | tuple[str, str] | Text, style: str = "", indent: int = 0, err: bool = False
) -> None:
    """Print a line of parts as ``styled`` joins them, wrapped and some columns from the left."""
    from rich.padding import Padding

    line = styled(*parts)
    console(err=err).print(Padding(line, (0, 0, 0, indent)) if indent else line, style=style)


def show_table(rows: Iterable[_Row], *columns: Column[_Row] | None, apart: bool = False) -> None:
    """Print rows as a table in the house style, an empty line between two if ``apart``.

    Each column stands here once, with its heading and with what it shows of a row; columns that
    are none are left out, and a line of headings that are all empty.
    """
    from rich import box
    from rich.table import Table

    shown = [column for column in columns if column is not None]
    # Many columns stand closer, and leave more to the names.
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1),
        collapse_padding=len(shown) > _MANY_COLUMNS,
        show_edge=False,
    )
    for heading, width, _ in shown:
        if isinstance(width, int):
            justify = "right" if width == RIGHT else "left"
            width = {"justify": justify, "ratio": max(width, 0) or None}
        table.add_column(heading, **width)
    table.show_header = any(heading for heading, *_ in shown)
    for row in rows:
        if apart and table.rows:
            table.add_row()
        cells = [value(row) for *_, value in shown]
        table.add_row(*(str(cell) if isinstance(cell, int) else cell for cell in cells))
    console().print(table)


def tell_more(left: int, what: str = "more", where: str = "--json", *, end: str = "\n") -> None:
    """Say how much is not shown, if anything is, and what shows it."""
    if left > 0:
        echo(f"{left} {what}; --limit shows more, {where} all.{end}", nl=False)


def print_json(result: Any) -> None:
    """Print a result dataclass, or a list of them, as JSON that steers no terminal."""
    text = json.dumps(result, default=jsonable, ensure_ascii=False, indent=2)
    sys.stdout.write(_JSON_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def marked(text: str, spans: Iterable[Sequence[int]]) -> Text:
    """Return text with the given spans (start, end) set off."""
    from rich.text import Text

    result = Text(safe(text))  # of the same length, so that the spans stay true
    for start, end in spans:
        result.stylize("bold yellow", start, end)
    parts, start = [], 0
    for found in [*BREAK.finditer(text), None]:
        part = result[start : found.start() if found else len(text)]
        words = [word for word in part.split() if word.plain.strip()]
        if words:
            parts.append(Text(" ").join(words))
        start = found.end() if found else len(text)
    return Text(HEADING_END).join(parts)


@contextlib.contextmanager
def in_plain_words() -> Iterator[None]:
    """End a command with one sentence and an exit code where the user can act."""
    try:
        yield
        sys.stdout.flush()
    except TopicwireError as error:
        # One sentence, whatever the names in it hold.
        echo(f"topicwire: {error}".replace("\n", " "), err=True)
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt as error:
        echo(
            "\ntopicwire: stopped. What was stored is kept; run the same command to go on.",
            err=True,
        )
        raise typer.Exit(INTERRUPTED) from error
    except BrokenPipeError as error:  # the reader, `head` say, has seen enough
        # What is left in the buffer has nowhere to go, and must not be tried at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from error
    except OSError as error:
        if error.filename is not None:  # a name that no file can have, say
            echo(f"topicwire: {error.filename} cannot be opened: {error.strerror}.", err=True)
            raise typer.Exit(1) from error
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        echo(f"topicwire: the output cannot be written: {error.strerror}.", err=True)
        raise typer.Exit(1) from error
