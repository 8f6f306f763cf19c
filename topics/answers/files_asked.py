"""What a run over files is asked for: now, or by the run that it goes on with."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from embeddings.articles.given import part_given
from embeddings.articles.listing import find_path
from embeddings.errors import InputError
from embeddings.shards.inputs import is_address
from embeddings.shards.place import Place
from topics.answers.cluster_options import ClusterOptions
from topics.coverage.credit.owners import Owners, read_owners

# The options of ``cluster`` that go with files; others' spelling.
_OF_FILES = {
    *("source", "columns", "date_order", "encoding", "follow_links", "owners"),
    *("model", "precision", "device", "dimensions"),
}
_SPELT = {
    "guided": "topics",
    "forget_guided": "no-topics",
    "take_anew": "yes",
    "columns": "column",
    "date_order": "month-first",
}


def list_given(options: ClusterOptions) -> dict[str, Any]:
    """Return the fields that are not as they are by default, but for the paths."""
    return {
        one.name: getattr(options, one.name)
        for one in dataclasses.fields(options)
        if one.name not in ("paths", "progress") and getattr(options, one.name) != one.default
    }


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse what has no place in a run without a database.

    Raises:
        InputError: Names the option.
    """
    for name in options.keys() - _OF_FILES:
        raise InputError(
            f"--{_spell(name)} goes with a database: leave it out, and give it to `topicwire "
            "cluster --db FILE` once `topicwire import` has made one."
        )


def find_paths(paths: Any, before: Mapping[str, Any], place: Place) -> tuple[list[str], bool]:
    """Return the absolute paths and the addresses to read, and whether they were named now.

    Args:
        paths: As the user gave them; none for those of the last run.
        before: What is noted of that.
        place: Of the results.

    Raises:
        InputError: Something else was given, or is not there, or there was no run.
    """
    each = [paths] if isinstance(paths, str) else paths
    addresses = [one for one in each if is_address(one)] if isinstance(each, (list, tuple)) else []
    rest = [one for one in each if not is_address(one)] if addresses else paths
    listed, articles = part_given(rest)
    if articles:
        raise InputError(f"A run over files takes files and folders alone; name some for {place}.")
    named = [*map(str, listed), *addresses]
    if not named and "asked" not in before:
        raise InputError(
            f"No articles were named and {place} holds no run; type: topicwire cluster "
            "FOLDER_OF_ARTICLES --out DIR"
        )
    given = [
        one if is_address(one) else str(find_path(Path(one))) for one in named or before["paths"]
    ]
    return given, bool(named)


def refuse_others(paths: Sequence[str], before: Mapping[str, Any], place: Place) -> None:
    """Refuse to put a run over other articles in the place of the last that had read all of its.

    What is named now is all that a run is over; of what was named before, only what is gone may
    be left out.

    Raises:
        InputError: Names what was left out, and what to type.
    """
    left = [
        str(Place(one)) if is_address(one) else one
        for one in before.get("over", ())
        if one not in paths
        and not any(Place(path).holds(str(Place(one))) for path in paths)
        and (is_address(one) or os.path.exists(one))  # noqa: PTH110 - False where none may look
    ]
    if left:
        more = f" and {len(left) - 1:,} more" if left[1:] else ""
        raise InputError(
            f"{place} holds a run over other articles ({left[0]}{more}), and a run is over what is "
            "named alone: name those too, or another folder with --out."
        )


def find_asked(
    options: Mapping[str, Any], before: Mapping[str, Any], place: Place, *, named: bool
) -> dict[str, Any]:
    """Return the options of a run: those given, or of the last run where no articles are named.

    Raises:
        InputError: The last run was asked for in another way.
    """
    given = dict(options)
    if given.get("owners") is not None:
        given["owners"] = os.path.abspath(given["owners"])  # noqa: PTH100 - as text
    if named:
        return given
    asked: dict[str, Any] = before["asked"]
    try:
        wanted = ClusterOptions(**asked)
    except TypeError:
        raise InputError(
            f"The run in {place} was asked for by another version of Topicwire; name the articles "
            "again."
        ) from None
    for option, value in given.items():
        if json.dumps(value or None) != json.dumps(getattr(wanted, option) or None):
            raise InputError(
                f"--{_spell(option)} is not as the run in {place} was asked for: leave it out to "
                "go on with that, or name the articles again."
            )
    return asked


def _spell(name: str) -> str:
    return _SPELT.get(name, name).replace("_", "-")


def find_owners(options: Mapping[str, Any], before: Mapping[str, Any], *, named: bool) -> Owners:
    """Return who owns which outlet: by the file given, or as the last run noted it.

    Raises:
        InputError: A file of owners that is none.
    """
    if options.get("owners") is not None:
        return read_owners(Path(options["owners"]))
    return Owners(**({} if named else before.get("owners", {})))
