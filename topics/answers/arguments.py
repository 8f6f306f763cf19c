"""Functions that take the fields of a record for arguments, so that these are declared once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, get_type_hints


def spread(
    name: str, record: Callable[..., Any], asked: Mapping[str, Any] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a function the fields of a record for arguments, in place of the record.

    Args:
        name: The argument of the function that is the record; given by keyword.
        record: A dataclass.
        asked: Its fields that are asked for, each with a type that says how a command line or
            an address asks for it (``Annotated``); by default all, with the types they have.
            Defaults are those of the record.
    """
    asked = get_type_hints(record, include_extras=True) if asked is None else asked
    taken = [field for field in fields(record) if field.name in asked]  # type: ignore[arg-type]

    def decorate(call: Callable[..., Any]) -> Callable[..., Any]:
        signature, hints = inspect.signature(call), get_type_hints(call, include_extras=True)

        @functools.wraps(call)
        def spreading(*args: Any, **given: Any) -> Any:
            told = {field.name: given.pop(field.name) for field in taken if field.name in given}
            return call(*args, **{name: record(**told)}, **given)

        parameters: list[inspect.Parameter] = []
        for one in signature.parameters.values():
            if one.name == name:
                parameters += [
                    inspect.Parameter(
                        field.name, one.kind, default=field.default, annotation=asked[field.name]
                    )
                    for field in taken
                ]
            else:
                parameters.append(one.replace(annotation=hints.get(one.name, one.annotation)))
        spreading.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        spreading.__annotations__ = {one.name: one.annotation for one in parameters}
        return spreading

    return decorate
