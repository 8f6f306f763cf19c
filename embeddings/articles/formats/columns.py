"""Columns of tables: which holds which field, and how that is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from embeddings.errors import InputError

JSON_ENDINGS, CSV_ENDINGS = (".jsonl", ".ndjson", ".json", ".jl"), (".csv", ".tsv")
# Columns that a message names, and keys of JSON objects that are kept for it.
NAMED_COLUMNS = 30


def match_columns(
    names: Iterable[str], chosen: Mapping[str, str], usual: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return the column of each field: the one chosen, else one with a usual name.

    Arguments as for ``list_matches``.
    """
    return {field: columns[0] for field, columns in list_matches(names, chosen, usual).items()}


def list_matches(
    names: Iterable[str], chosen: Mapping[str, str], usual: Mapping[str, tuple[str, ...]]
) -> dict[str, list[str]]:
    """Return the columns that may hold each field, the likeliest first.

    Args:
        names: The columns there are.
        chosen: Columns by field, as the user said; those that are not there are left out.
        usual: The usual names of each field's column, the likeliest first. Case, and
            whether words are set off by blanks, hyphens or ``_``, make no difference.
    """
    there = list(names)
    folded = {_fold(name): name for name in reversed(there)}
    columns = {}
    for field, likely in usual.items():
        if field in chosen:
            found = [name for name in [chosen[field]] if name in there]
        else:
            found = [folded[name] for name in likely if name in folded]
        if found:
            columns[field] = found
    return columns


def _fold(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().casefold())


def expect_fields(
    columns: Mapping[str, str], fields: Iterable[str], owner: str, example: str
) -> None:
    """Refuse a column that was chosen for no field.

    Raises:
        InputError: It names the fields of ``owner`` and what to type.
    """
    known = list(fields)
    if wrong := next((field for field in columns if field not in known), None):
        raise InputError(
            f"--column {wrong}={columns[wrong]} names no field of {owner}; the fields are "
            f"{', '.join(known)}: type, for example, --column {example}=NAME"
        )
