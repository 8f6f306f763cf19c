"""Results as tables: one row a result, for pandas, Polars, DuckDB or a spreadsheet."""

from __future__ import annotations

import dataclasses
import importlib
import json
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from embeddings.errors import InputError, StoreError, TopicwireError

if TYPE_CHECKING:
    import pyarrow as pa

_ARROW_TYPES = {int: "int64", float: "float64", bool: "bool_"}


def to_arrow(results: Sequence[Any], kind: type | None = None) -> pa.Table:
    """Lay results of one kind out as an Arrow table.

    A result within a result becomes columns of its own (``a.source``); lists and mappings
    become JSON text, so that every cell is a plain value.

    Args:
        results: Frozen dataclasses of one kind, such as ``copies().pairs``.
        kind: Their class, so that an empty list has columns too.

    Raises:
        InputError: They are not dataclasses, or not of one kind.
    """
    import pyarrow as pa

    kinds = {type(result) for result in results} | ({kind} if kind else set())
    if len(kinds) != 1 or not dataclasses.is_dataclass(found := kinds.pop()):
        raise InputError(
            "A table is made of results of one kind, such as copies().pairs or "
            "outlets().reuse; for an empty list give the kind too."
        )
    assert isinstance(found, type)  # noqa: S101 - a dataclass itself, no instance
    columns = list(_columns(found))
    return pa.table(
        [
            pa.array([_cell(result, path) for result in results], getattr(pa, arrow)())
            for path, arrow in columns
        ],
        names=[".".join(path) for path, _ in columns],
    )


def jsonable(value: Any) -> Any:
    """Return what JSON has no word for as what it has: ``json``'s ``default`` for results."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, bytes):  # as another program may have left it
        raise StoreError(
            "The database is damaged (a text in it is none): `topicwire info --check` lists all "
            "that is."
        )
    raise TypeError(f"There is no JSON for {type(value).__name__}.")


def to_pandas(results: Sequence[Any], kind: type | None = None) -> Any:
    """Lay results of one kind out as a ``pandas.DataFrame``; see ``to_arrow``.

    Raises:
        TopicwireError: pandas is not installed.
    """
    try:
        importlib.import_module("pandas")
    except ImportError as error:
        raise TopicwireError(
            "pandas is not installed; type `pip install pandas`, or use to_arrow."
        ) from error
    return to_arrow(results, kind).to_pandas()


def _columns(kind: type) -> Iterator[tuple[tuple[str, ...], str]]:
    """Return the columns of a dataclass: the way to each value, and the name of pyarrow's type."""
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        hint = _without_none(hints[field.name])
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            for path, arrow in _columns(hint):
                yield (field.name, *path), arrow
        else:
            yield (field.name,), _ARROW_TYPES.get(hint, "string")


def _without_none(hint: Any) -> Any:
    """Return the type that an optional one is of."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        rest = [one for one in typing.get_args(hint) if one is not type(None)]
        return rest[0] if len(rest) == 1 else str
    return hint


def _cell(value: Any, path: Sequence[str]) -> Any:
    """Return what stands at the end of a way through results, lists and mappings as JSON."""
    for name in path:
        value = None if value is None else getattr(value, name)
    if isinstance(value, (list, tuple, Mapping)):
        return json.dumps(value, default=jsonable, ensure_ascii=False)
    return value
