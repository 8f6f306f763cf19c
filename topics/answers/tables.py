"""Results as tables: one row a result, for pandas, Polars, DuckDB or a spreadsheet."""

from __future__ import annotations

import dataclasses
import importlib
import json
import types
import typing
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from embeddings.errors import InputError, TopicwireError

if TYPE_CHECKING:
    import pyarrow as pa


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
    schema = pa.schema([(name, getattr(pa, arrow)()) for name, arrow in _columns(found)])
    return pa.Table.from_pylist([_flatten(result) for result in results], schema=schema)


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


def _columns(kind: type, prefix: str = "") -> list[tuple[str, str]]:
    """Return the columns of a dataclass: name, and the name of pyarrow's type."""
    hints = typing.get_type_hints(kind)
    columns: list[tuple[str, str]] = []
    for field in dataclasses.fields(kind):
        hint = _without_none(hints[field.name])
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            columns += _columns(hint, f"{prefix}{field.name}.")
        else:
            arrow = {int: "int64", float: "float64", bool: "bool_"}.get(hint, "string")
            columns.append((prefix + field.name, arrow))
    return columns


def _without_none(hint: Any) -> Any:
    """Return the type that an optional one is of."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        rest = [one for one in typing.get_args(hint) if one is not type(None)]
        return rest[0] if len(rest) == 1 else str
    return hint


def _flatten(result: Any, prefix: str = "") -> dict[str, Any]:
    row: dict[str, Any] = {}
    for field in dataclasses.fields(result):
        value, name = getattr(result, field.name), prefix + field.name
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            row |= _flatten(value, f"{name}.")
        elif isinstance(value, (list, tuple, Mapping)):
            row[name] = json.dumps(_plain(value), ensure_ascii=False)
        else:
            row[name] = value
    return row


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value
