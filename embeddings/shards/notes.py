"""What a run notes in small files: JSON that tells whether it is as it was written."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embeddings.errors import InputError, StoreError, first_line
from embeddings.shards.place import Place

MANIFEST, FAILED, STAGE = "manifest.json", "failed.json", "stage.json"
# Raised when what is noted has another shape, so that notes of other versions are not taken.
FORM = 1
_SEAL = "sealed"
_NAME = re.compile("[a-z0-9-]+")


def seal(content: Mapping[str, Any]) -> bytes:
    """Return a note to be written: an object with words for keys, and a digest of it."""
    return f"{json.dumps({**content, _SEAL: _digest(content)}, indent=1)}\n".encode()


def unseal(found: bytes) -> dict[str, Any] | None:
    """Return what was noted; ``None`` where it is not what ``seal`` gave."""
    try:
        content = json.loads(found)
        if not isinstance(content, dict) or content.pop(_SEAL, "") != _digest(content):
            return None
    except (ValueError, RecursionError):
        return None
    return content


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps([FORM, content], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def read_manifest(place: Place) -> dict[str, Any]:
    """Return what is noted of the last run in a place; nothing where there was none.

    Raises:
        InputError: The place cannot be read, or what is noted there is of no run.
    """
    if place.is_local and Path(place.address).is_file():
        raise InputError(
            f"{place} is a file; expected the DIR of a cluster --out DIR. If it holds articles, "
            f"topicwire cluster {shlex.quote(str(place))} reads them."
        )
    try:
        found = place.read(MANIFEST)
    except OSError as error:
        raise InputError(
            f"{place} cannot be read as a folder of results ({first_line(error)})."
        ) from None
    told = {} if found is None else unseal(found)
    if found is not None and not _is_of_run(told):
        raise InputError(
            f"{place}/{MANIFEST} is not of a run over files, or is damaged or by another version "
            "of Topicwire; expected the DIR of a cluster --out DIR. If it is one, remove that file "
            "and name the articles again (what is done is kept); if not, name another folder."
        )
    return told or {}


def _is_of_run(told: object) -> bool:
    """Say whether this is what a run notes, whose names lead nowhere but into its own place."""
    match told:
        case {"plan": [*plan], "stages": {**stages}}:
            names = (*plan, *stages, *stages.values())
            return all(isinstance(one, str) and _NAME.fullmatch(one) for one in names)
    return False


def read_stage(place: Place, folder: str) -> dict[str, Any] | None:
    """Return what is noted of a stage: its tasks, when it began, how many were done before.

    Raises:
        StoreError: It is damaged.
    """
    found = place.read(f"{folder}/{STAGE}")
    told = None if found is None else unseal(found)
    if found is not None and told is None:
        raise StoreError(
            f"{place}/{folder}/{STAGE} is damaged; it is made again by: topicwire cluster --out "
            f"{place}"
        )
    return told
