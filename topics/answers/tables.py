"""Results as tables: one row a result, for pandas, Polars, DuckDB or a spreadsheet."""

from __future__ import annotations

import dataclasses
import importlib
import json
import types
import typing
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from embeddings.documents import date_bounds
from embeddings.errors import InputError, StoreError, TopicwireError

if TYPE_CHECKING:
    import pyarrow as pa

# What a value of a result is turned into, and pyarrow's type of that.
_Kind = tuple["pa.DataType", Callable[[Any], Any]]

# Times that were noted here, in UTC; and dates of articles, ISO 8601, cut to what is known.
_TIMES = {"first_read", "changed", "read", "since", "at"}
_DATES = {"published", "first", "last"}


def to_arrow(results: Any, kind: type | None = None) -> pa.Table:
    """Lay results of one kind out as an Arrow table, a row each; a report is one row.

    A result within a result becomes columns of its own (``a.source``), a list a list, and a time
    a timestamp. Dates of articles stay text, since they may be a year or a month; beside each
    stands the first minute that it may mean, as a timestamp (``published_from``). What is made
    of its own kind, such as the parts of a topic, is JSON text.

    Args:
        results: Frozen dataclasses of one kind, such as ``copies().pairs``, or one of them.
        kind: Their class, so that an empty list has columns too.

    Raises:
        InputError: They are not dataclasses, or not of one kind.
    """
    return _lay_out(results, kind, plain=False)


def to_plain_arrow(results: Any, kind: type | None = None) -> pa.Table:
    """Lay results out as ``to_arrow`` does, for files without lists and times: as JSON and text."""
    return _lay_out(results, kind, plain=True)


def _lay_out(results: Any, kind: type | None, *, plain: bool) -> pa.Table:
    import pyarrow as pa

    # What a search found is a sequence of its hits.
    is_one = dataclasses.is_dataclass(results) and not isinstance(results, Sequence)
    rows = [results] if is_one else list(results)
    kinds = {type(result) for result in rows} | ({kind} if kind else set())
    if len(kinds) != 1 or not dataclasses.is_dataclass(found := kinds.pop()):
        raise InputError(
            "A table is made of results of one kind, such as copies().pairs or "
            "outlets().reuse; for an empty list give the kind too."
        )
    fields = _fields(found, plain, (found,))
    table = pa.table(
        [pa.array([value(row) for row in rows], arrow) for _, arrow, value in fields],
        names=[name for name, *_ in fields],
    )
    while any(pa.types.is_struct(arrow) for arrow in table.schema.types):
        table = table.flatten()
    return table


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


def to_pandas(results: Any, kind: type | None = None) -> Any:
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


def _fields(
    kind: Any, plain: bool, above: tuple[Any, ...]
) -> list[tuple[str, pa.DataType, Callable[[Any], Any]]]:
    """Return name, type and value of each field of a dataclass, those that are told twice too."""
    import pyarrow as pa

    hints = typing.get_type_hints(kind)
    found = []
    for field in dataclasses.fields(kind):
        name, hint = field.name, _without_none(hints[field.name])
        arrow, value = _kind_of(hint, plain, above)
        if hint is str and name in _TIMES and not plain:
            arrow, value = pa.timestamp("ms", "UTC"), _read_time
        found.append((name, arrow, _of(name, value)))
        if hint is str and name in _DATES and not plain:
            found.append((f"{name}_from", pa.timestamp("ms"), _of(name, _read_date)))
    return found


def _of(name: str, value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def get(result: Any) -> Any:
        found = getattr(result, name)
        return None if found is None else value(found)

    return get


def _kind_of(hint: Any, plain: bool, above: tuple[Any, ...]) -> _Kind:
    """Return the type of a value, and what turns one into it."""
    import pyarrow as pa

    scalars = {int: pa.int64(), float: pa.float64(), bool: pa.bool_(), str: pa.string()}
    if isinstance(hint, type) and hint in scalars:
        return scalars[hint], _same
    if dataclasses.is_dataclass(hint) and hint not in above:
        fields = _fields(hint, plain, (*above, hint))
        return pa.struct([(name, arrow) for name, arrow, _ in fields]), lambda given: {
            name: value(given) for name, _, value in fields
        }
    origin, parts = typing.get_origin(hint), [p for p in typing.get_args(hint) if p is not ...]
    if origin is typing.Literal:
        return pa.string(), str
    if plain or not parts or typing.Any in parts or not isinstance(origin, type):
        return pa.string(), _write_text
    if issubclass(origin, Counter):
        parts = [*parts, int]
    kinds = [_kind_of(_without_none(part), plain, above) for part in parts]
    if issubclass(origin, Mapping):
        (key, of_key), (item, of_item) = kinds
        return pa.map_(key, item), lambda given: [(of_key(k), of_item(v)) for k, v in given.items()]
    if issubclass(origin, (list, tuple, Sequence)) and len({arrow for arrow, _ in kinds}) == 1:
        item, value = kinds[0]
        return pa.list_(item), lambda given: [None if v is None else value(v) for v in given]
    # Of several types, each at its place.
    names = [str(place) for place in range(len(kinds))]
    return pa.struct(
        [(name, arrow) for name, (arrow, _) in zip(names, kinds, strict=True)]
    ), lambda given: {
        name: None if one is None else value(one)
        for name, (_, value), one in zip(names, kinds, given, strict=True)
    }


def _same(value: Any) -> Any:
    return value


def _write_text(value: Any) -> str:
    """Return what has no type of its own as text, lists and mappings as JSON."""
    if isinstance(value, (list, tuple, Mapping)) or dataclasses.is_dataclass(value):
        return json.dumps(value, default=jsonable, ensure_ascii=False)
    return str(value)


def _read_time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _read_date(text: str) -> datetime | None:
    """Return the first minute that a date may mean."""
    return datetime.fromisoformat(date_bounds(text)[0]) if text else None


def _without_none(hint: Any) -> Any:
    """Return the type that an optional one is of; ``Any`` where there are several."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        rest = [one for one in typing.get_args(hint) if one is not type(None)]
        return rest[0] if len(rest) == 1 else typing.Any
    return hint
