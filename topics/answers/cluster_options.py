"""What ``topicwire cluster`` is asked for: declared once, and passed down whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from embeddings.articles.parsing.results import ReadOptions

if TYPE_CHECKING:
    from topics.answers.session import Database


class Progress(Protocol):
    """Told of each step: the stage, how much of it is done, of how much, and what is at hand."""

    def __call__(self, stage: str, done: int, total: int | None, at: str = "") -> None:
        """Be told; ``total`` is ``None`` where it is not known, ``at`` the name of a file."""


class SupportsArrow(Protocol):
    """A table of any library that hands out its rows as Arrow's C stream interface has them."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return the stream, in a capsule."""


@dataclass(frozen=True, kw_only=True)
class ClusterOptions:
    """What ``cluster`` is asked for.

    Attributes:
        paths: Files and folders (``"-"`` is standard input), or articles themselves: a table
            (pandas, polars, Arrow), or dicts or objects with their fields as keys or
            attributes; none goes over what is stored.
        db: The database; made when it is missing.
        guided: A TOML file of the user's own topics; remembered for later runs.
        forget_guided: Drop the topics of an earlier ``guided``.
        every: Whether every passage goes to one of the user's own topics, so that none is
            left to be discovered; remembered.
        topics_count: Show exactly so many topics, or as many as fit (``"auto"``); remembered.
            Where topics are kept it takes ``anew``.
        stability: Whether to measure how far topics return when a fifth of the passages is
            left out; remembered, and measured unless it was refused. Of topics that are kept
            it is measured when they are found, and when it is asked for.
        anew: Find topics anew from corpus and edits alone, and say what would move; nothing
            is changed.
        take_anew: Find topics anew, and take what is found.
        name_with: Address of an OpenAI-compatible endpoint and a model there, to be asked
            for names of discovered topics: their keyphrases and the beginnings of up to
            three passages of each are sent there. Not remembered; names once given stay
            with topics that do not change.
        owners: A TOML file of who owns which outlet, and of other names of outlets; remembered
            in place of the one before.
        source: The outlet of the articles; by default each file's folder.
        columns: Field (text, title, source, date, url, id) to column of a table.
        date_order: How to read 05/11/2013.
        encoding: Of the files; by default found out.
        follow_links: Whether to read what links in the folders lead to outside of them.
        model: A sentence-transformers name or folder; by default the database's own, or the
            packaged one.
        precision: ``auto``, ``float32``, ``bfloat16`` or ``int8``; by default the
            database's own.
        device: ``cpu``, ``cuda``, ``mps``, or ``auto``: a GPU if there is one. Not noted, since
            it does not change what vectors mean.
        dimensions: Cut vectors to these first numbers; by default the database's own, or
            all.
        progress: Told of each stage: its name, how much is done, and of how much: files,
            texts, or thousandths of a stage.
    """

    paths: Path | str | Iterable[Any] | SupportsArrow = field(default=(), kw_only=False)
    db: Database = "topicwire.db"
    guided: Path | str | None = None
    forget_guided: bool = False
    every: bool | None = None
    topics_count: int | Literal["auto"] | None = None
    stability: bool | None = None
    anew: bool = False
    take_anew: bool = False
    name_with: tuple[str, str] | None = None
    owners: Path | str | None = None
    source: str = ""
    columns: Mapping[str, str] | None = None
    date_order: Literal["DMY", "MDY"] = "DMY"
    encoding: str = ""
    follow_links: bool = False
    model: str | None = None
    precision: str | None = None
    device: str = "auto"
    dimensions: int | None = None
    progress: Progress | None = None

    def reading(self) -> ReadOptions:
        """Return how files are to be read."""
        return ReadOptions(
            source=self.source,
            columns=dict(self.columns or {}),
            date_order=self.date_order,
            encoding=self.encoding,
            follow_links=self.follow_links,
        )
