"""The file of all that was made by hand, as JSON that can be read."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from embeddings.corpus.citations import read_texts
from embeddings.corpus.contents import list_titles
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.text.normalising import hash_text
from topics.answers.kept_file import read_kept_table, show_kept
from topics.coverage.credit.owners import Owners, build_owners
from topics.coverage.examples.judgements import KINDS, Judgement, order_pair
from topics.coverage.examples.thresholds import Thresholds
from topics.edits.edits import Anchor, Edit, Kind
from topics.guiding.taxonomy import GuidedTopic, read_table
from topics.keeping.kept import KeptTree

# The first key of the file, and the version of what follows.
_MARK, _VERSION = "topicwire_by_hand", 1
_OWNERS = ("owners", "aliases")
HEAD = f'{{\n "{_MARK}":'.encode()
_HASH = re.compile(r"[0-9a-f]{32}")
# How many topics and passages an edit is about; a merge is about two topics or more.
_SHAPES = {"rename": (1, 0), "split": (1, 0), "pin": (1, 1), "exclude": (1, 1), "part": (0, 2)}


@dataclass(frozen=True)
class MadeByHand:
    """What a file or a database holds of it.

    Attributes:
        topics: Topics of the user's own.
        thresholds: Those that differ from what is shipped, by name.
        edits: In the order made; of a file, ``id`` is the place there.
        answers: Answers to pairs.
        owners: Owners of outlets, and other names of these.
        kept: Topics that are kept.
        parts: Where splits put texts: by id of the edit and content hash in hexadecimal, the part.
    """

    topics: list[GuidedTopic]
    thresholds: dict[str, float]
    edits: list[Edit]
    answers: list[Judgement]
    owners: Owners
    kept: KeptTree | None = None
    parts: Mapping[int, Mapping[str, int]] = field(default_factory=dict)


def write_by_hand(store: CorpusStore, made: MadeByHand) -> str:
    """Return the text of a file; each passage and article stands there in words too."""
    firmest = [anchor.members[0] for edit in made.edits for anchor in edit.topics if anchor.members]
    keys = [key for edit in made.edits for key in edit.passages]
    keys += [key for one in made.answers if one.kind != "story" for key in (one.a, one.b)]
    texts = read_texts(store, {*firmest, *keys})
    titles = dict(list_titles(store)) if any(one.kind == "story" for one in made.answers) else {}

    def show_passage(key: str) -> dict[str, str]:
        return {"text": texts.get(key, ""), "hash": key}

    def show_topic(anchor: Anchor) -> dict[str, Any]:
        reads = texts.get(anchor.members[0], "") if anchor.members else ""
        return {"firmest": reads, **dataclasses.asdict(anchor)}

    def show_edit(edit: Edit) -> dict[str, Any]:
        return {
            "kind": edit.kind,
            "made": edit.made,
            "name": edit.name,
            "into": edit.into,
            "passages": [show_passage(key) for key in edit.passages],
            "topics": [show_topic(anchor) for anchor in edit.topics],
            "parts": dict(sorted(made.parts.get(edit.id, {}).items())),
        }

    def show_answer(one: Judgement) -> dict[str, Any]:
        def side(key: str) -> dict[str, str]:
            if one.kind == "story":
                return {"title": titles.get(key, ""), "article": key}
            return show_passage(key)

        shown = {"kind": one.kind, "same": one.same, "made": one.made}
        return {**shown, "a": side(one.a), "b": side(one.b)}

    content = {
        _MARK: _VERSION,
        "topics": [dataclasses.asdict(topic) for topic in made.topics],
        "thresholds": made.thresholds,
        "owners": dict(made.owners.by_outlet),
        "aliases": dict(made.owners.aliases),
        "edits": [show_edit(edit) for edit in made.edits],
        "answers": [show_answer(one) for one in made.answers],
        "kept": show_kept(made.kept),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read_by_hand(path: Path, hashes: set[str]) -> MadeByHand:
    """Read a file, and check that it is as ``save_edits`` writes it.

    Args:
        path: The file.
        hashes: Of the passages that are there; one that is not may be there by its text.

    Raises:
        InputError: It is not, or it cannot be read.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}; name one that `topicwire edit save` wrote.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content[_MARK] != _VERSION:
            raise InputError(f"{path} was written by a newer Topicwire; upgrade it.")
        tables = enumerate(content["topics"], 1)
        return MadeByHand(
            topics=[read_table(table, f"{path}, topic {number}") for number, table in tables],
            thresholds=_read_thresholds(content["thresholds"]),
            edits=[_read_edit(n, one, hashes) for n, one in enumerate(content["edits"], 1)],
            answers=[_read_answer(one, hashes) for one in content["answers"]],
            # Older files hold none of these.
            owners=build_owners({key: content.get(key, {}) for key in _OWNERS}, str(path)),
            kept=read_kept_table(content.get("kept")),
            parts={n: _read_parts(one) for n, one in enumerate(content["edits"], 1)},
        )
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(f"{path} is no file that `topicwire edit save` wrote.") from error


def _read_thresholds(table: dict[str, float]) -> dict[str, float]:
    Thresholds(**table).check()
    return table


def _read_edit(number: int, table: dict[str, Any], hashes: set[str]) -> Edit:
    kind, name, into = table["kind"], table["name"], table["into"]
    _expect(kind in get_args(Kind), isinstance(name, str), _is_number(into))
    topics = tuple(_read_topic(one) for one in table["topics"])
    passages = tuple(_read_passage(one, hashes) for one in table["passages"])
    if kind == "merge":
        _expect(len(topics) > 1, not passages)
    else:
        _expect((len(topics), len(passages)) == _SHAPES[kind])
    return Edit(number, kind, topics, passages, name, into, _read_time(table))


def _read_parts(table: dict[str, Any]) -> dict[str, int]:
    parts: dict[str, int] = table.get("parts", {})
    _expect(not parts or table["kind"] == "split", all(map(_is_number, parts.values())))
    _expect(all(map(_HASH.fullmatch, parts)))
    return parts


def _read_topic(table: dict[str, Any]) -> Anchor:
    fields = {field.name: table[field.name] for field in dataclasses.fields(Anchor)}
    anchor = Anchor(**{**fields, "members": tuple(fields["members"])})
    _expect(
        isinstance(anchor.guided, str),
        all(_HASH.fullmatch(one) for one in anchor.members),
        all(map(_is_number, (anchor.size, anchor.total, anchor.id, anchor.depth + 1))),
    )
    return anchor


def _read_answer(table: dict[str, Any], hashes: set[str]) -> Judgement:
    kind, same = table["kind"], table["same"]
    _expect(kind in KINDS, isinstance(same, bool))
    if kind == "story":
        a, b = table["a"]["article"], table["b"]["article"]
    else:
        a, b = _read_passage(table["a"], hashes), _read_passage(table["b"], hashes)
    _expect(isinstance(a, str), isinstance(b, str), a != b)
    return Judgement(kind, *order_pair(kind, a, b), same, _read_time(table))


def _read_time(table: dict[str, Any]) -> str:
    datetime.fromisoformat(table["made"])  # raises where it is none
    return str(table["made"])


def _read_passage(table: dict[str, Any], hashes: set[str]) -> str:
    """Return the hash of a passage: the one noted, or that of its text if only that is here."""
    noted, by_text = table["hash"], hash_text(table["text"]).hex()
    _expect(_HASH.fullmatch(noted) is not None)
    return by_text if noted not in hashes and by_text in hashes else str(noted)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**31


def _expect(*conditions: object) -> None:
    if not all(conditions):
        raise ValueError
