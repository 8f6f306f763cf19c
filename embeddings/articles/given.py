"""Articles that come from no file: of tables and objects in Python, and of standard input."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, NamedTuple

from embeddings.articles.formats.arrow_tables import ARROW
from embeddings.articles.formats.format import HEAD, Format
from embeddings.articles.formats.registry import choose_format
from embeddings.articles.formats.tables import COLUMN_NAMES, CSV, JSON
from embeddings.articles.parsing.results import PYTHON, STANDARD_INPUT
from embeddings.errors import InputError

_MIDNIGHT = "T00:00:00"
_TAKEN = "give paths, a table, or articles as dicts or objects"


class Given(NamedTuple):
    """Articles of no file, before they are read.

    Attributes:
        name: ``STANDARD_INPUT`` or ``PYTHON``.
        write: Writes them as a file would have them, and returns the format it took.
    """

    name: str
    write: Callable[[IO[bytes]], Format]


def part_given(articles: Any) -> tuple[list[Path], list[Given]]:
    """Tell paths from articles that are given themselves, by their shape.

    Args:
        articles: A path or several, ``"-"`` for standard input; a table (pandas, polars,
            Arrow, or what else hands out Arrow streams); an article or an iterable of them,
            each with its fields as keys or attributes.

    Raises:
        InputError: Paths and articles are mixed.
    """
    if hasattr(articles, "__arrow_c_stream__") or hasattr(articles, "itertuples"):
        return [], [Given(PYTHON, partial(_write_table, articles))]
    if isinstance(articles, (str, os.PathLike, Mapping)) or not isinstance(articles, Iterable):
        articles = [articles]
    items = iter(articles)
    first = next(items, None)
    if first is None:
        return [], []
    if not isinstance(first, (str, os.PathLike)):
        return [], [Given(PYTHON, partial(_write_articles, chain([first], items)))]
    named = [first, *items]
    if wrong := next((each for each in named if not isinstance(each, (str, os.PathLike))), None):
        raise InputError(f"A {type(wrong).__name__} stands among paths; {_TAKEN}, one of these.")
    if "" in named:
        raise InputError('A path is empty (""); name a file or a folder of articles.')
    paths = [Path(each) for each in named if each != "-"]
    piped = len(paths) < len(named)
    return paths, [Given(STANDARD_INPUT, _write_input)] if piped else []


def _write_input(stream: IO[bytes]) -> Format:
    """Write standard input; its content tells JSON, feeds, news XML and pages, else it is CSV."""
    shutil.copyfileobj(sys.stdin.buffer, stream)
    stream.seek(0)
    head = stream.read(HEAD)
    is_json = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")[:1]
    return choose_format("-", lambda: head) or (JSON if is_json in (b"{", b"[", b"") else CSV)


def _write_table(table: Any, stream: IO[bytes]) -> Format:
    """Write a table as a stream of Arrow batches; one that Arrow cannot hold as JSON Lines."""
    import pyarrow as pa

    try:
        batches = pa.RecordBatchReader.from_stream(table)
    except (AttributeError, TypeError, ValueError, pa.ArrowException):
        # Columns that mix types, as pandas has them.
        names = [str(name) for name in table.columns]
        # Of two columns of one name the first counts, as in CSV.
        rows = (dict(zip(names[::-1], row[::-1], strict=True)) for row in table.itertuples(False))
        return _write_articles(rows, stream)
    # What pandas names the numbers of rows that it keeps beside the columns.
    kept = [name for name in batches.schema.names if not name.startswith("__index_level_")]
    with pa.ipc.new_stream(stream, pa.schema([batches.schema.field(name) for name in kept])) as out:
        for batch in batches:
            out.write_batch(batch.select(kept))
    return ARROW


def _write_articles(articles: Iterable[Any], stream: IO[bytes]) -> Format:
    """Write articles as JSON Lines.

    Raises:
        InputError: One is nothing that could hold an article.
    """
    for number, article in enumerate(articles, start=1):
        fields = dict(_fields_of(article))
        if not fields and not hasattr(article, "keys"):
            what = type(article).__name__
            raise InputError(f"item {number} is of type {what}, without a text; {_TAKEN}")
        try:
            line = json.dumps(fields, default=_as_json, skipkeys=True)
        except (ValueError, RecursionError):  # it holds itself
            line = "{}"
        stream.write(line.encode("ascii") + b"\n")
    return JSON


def _fields_of(article: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an article: its keys, else what it has under the usual names."""
    if hasattr(article, "keys"):
        yield from ((str(key), article[key]) for key in article.keys())  # noqa: SIM118 - of any make
        return
    for name in dict.fromkeys(chain.from_iterable(COLUMN_NAMES.values())):
        # Reading an attribute may run what fails, as that of a page never downloaded.
        with suppress(Exception):
            value = attrgetter(name)(article)
            if not callable(value):
                yield name, value


def _as_json(value: Any) -> Any:
    """Return a value that JSON has no form for as one that it has."""
    if hasattr(value, "isoformat"):
        # Tables keep days as moments at midnight.
        moment = str(value.isoformat())
        return moment.partition(_MIDNIGHT)[0] if moment[10:19] == _MIDNIGHT else moment
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    # An object without words of its own says nothing.
    has_words = any("__str__" in vars(kind) for kind in type(value).__mro__[:-1])
    return str(value) if has_words else None
