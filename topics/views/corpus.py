"""A corpus as a page introduces it: what it holds, what was left out, what it was made with."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from embeddings.documents import PROCESSING
from embeddings.encoders.opening import STATIC
from embeddings.encoders.packaged import NAME
from topics.answers.counting import count, tell_languages
from topics.answers.info import describe
from topics.answers.levels import LevelCounts, count_levels
from topics.coverage.examples.thresholds import read_thresholds
from topics.pipeline.making import METHODS
from topics.views.dates import spell_range

if TYPE_CHECKING:
    from embeddings.corpus.store import CorpusStore
    from topics.answers.info import CorpusInfo


# Dimensions of the usual model's vectors.
_USUAL = 384


@dataclass(frozen=True)
class CorpusView:
    """A corpus, introduced.

    Attributes:
        info: What it holds.
        levels: How its tree of topics is made up.
        title: ``742 articles from 65 outlets``.
        dates: From when to when, ``""`` without dates.
        stories: ``12 stories, 11 of them of several outlets``.
        languages: Articles by language, in words.
        settings: What it was made with, name by name.
        commands: What makes the like of it again.
        problems: What could not be read: the file's name, the line, the reason.
    """

    info: CorpusInfo
    levels: LevelCounts
    title: str
    dates: str
    stories: str
    languages: str
    settings: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]
    problems: tuple[tuple[str, int | None, str], ...]


def view_corpus(store: CorpusStore) -> CorpusView:
    """Describe a store. Of files it gives the names only, not where they lie."""
    found = describe(store)
    return CorpusView(
        info=found,
        levels=count_levels(store),
        title=tell_size(found.documents, len(found.outlets)),
        dates=spell_range(found.earliest, found.latest) if found.latest else "",
        stories=f"{count(found.stories, 'story')}, {found.stories_across:,} of them of several "
        "outlets",
        languages=tell_languages(found.languages),
        settings=tuple(_list_settings(store, found)),
        commands=(_write_command(store, found),),
        problems=tuple(
            (PurePath(path.replace("\\", "/")).name, line, why)
            for path, line, why in found.problems
        ),
    )


def tell_size(articles: int, outlets: int) -> str:
    """Return ``742 articles from 65 outlets``."""
    from_outlets = f" from {count(outlets, 'outlet')}" if outlets else ""
    return f"{count(articles, 'article')}{from_outlets}"


def _list_settings(store: CorpusStore, found: CorpusInfo) -> list[tuple[str, str]]:
    guided = store.setting("guided") or []
    thresholds = asdict(read_thresholds(store))
    encoder = found.encoder
    model = str(encoder.get("description", "")).replace(
        str(encoder.get("name")), _model_of(encoder), 1
    )
    return [
        ("Topicwire", f"{version('topicwire')}, methods {METHODS}, reading {PROCESSING}"),
        ("Model", model or "none"),
        ("Precision", found.encoder.get("precision", "auto")),
        ("Topics asked for", ", ".join(one["name"] for one in guided) or "none: all discovered"),
        ("Number of topics", str(store.setting("topics_count") or "found by itself")),
        ("Thresholds", ", ".join(f"{name} {value:g}" for name, value in thresholds.items())),
        ("Edits by hand", f"{found.edits:,}"),
        ("Answers to pairs", f"{found.answers:,}"),
        ("Recall of neighbours", f"{store.setting('recall') or 0:.2f}"),
    ]


def _name_model(encoder: Mapping[str, Any]) -> list[str]:
    """Return the options that choose another encoder than the usual one."""
    name, dimensions = _model_of(encoder), encoder.get("dimensions")
    options = [] if name == NAME else [f"--model {shlex.quote(name)}"]
    if dimensions and (options or dimensions != _USUAL):
        options.append(f"--dimensions {dimensions}")
    return options if encoder else []


def _model_of(encoder: Mapping[str, Any]) -> str:
    """Return the name of a model; of a folder its own, and not where it lies."""
    name = str(encoder.get("name", ""))
    kind = f"{STATIC}:" if name.startswith(f"{STATIC}:") else ""
    place = PurePath(name.removeprefix(kind))
    return f"{kind}{place.name}" if place.is_absolute() else name


def _write_command(store: CorpusStore, found: CorpusInfo) -> str:
    """Return the command that clusters the like of it anew."""
    options = _name_model(found.encoder)
    if found.encoder.get("precision", "auto") != "auto":
        options.append(f"--precision {found.encoder['precision']}")
    if store.setting("guided"):
        options.append("--topics topics.toml")
    if store.setting("every"):
        options.append("--every")
    if store.setting("topics_count"):
        options.append(f"--topics-count {store.setting('topics_count')}")
    if found.owners:
        options.append("--owners owners.toml")
    return " ".join(["topicwire cluster articles/", *options])
