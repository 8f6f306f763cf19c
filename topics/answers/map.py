"""A picture of a stored corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.contents import count_outlets, count_rows, read_dates
from embeddings.corpus.store import CorpusStore
from embeddings.errors import StoreError
from topics.answers.counting import count, from_outlets
from topics.answers.topics import open_clustered
from topics.hierarchy.outline import read_outline
from topics.maps.drawing import MapPicture, check_path, draw
from topics.pipeline.assignments import read_nodes_shown
from topics.pipeline.run import has_layout, lay_out
from topics.pipeline.stages import is_stale

if TYPE_CHECKING:
    from numpy.typing import NDArray


def map(  # noqa: A001
    out: Path | str,
    *,
    db: Path | str = "topicwire.db",
    title: str | None = None,
    level: int | None = None,
) -> MapPicture:
    """Draw the topic map: one point a distinct passage, near to what is like it.

    The layout is computed once for a state of the corpus and kept in the database.

    Args:
        out: A ``.png``, ``.svg`` or ``.pdf`` file.
        db: The database.
        title: The line on top; by default what the corpus is.
        level: Of the topics, 0 the broadest; by default the one that is shown.

    Raises:
        InputError: Another kind of file, it cannot be written, or there is no such level.
        StoreError: No such database, or its topics are not up to date.
    """
    path = Path(out)
    check_path(path)
    with open_clustered(db) as store:
        _require_fresh(store)
        if has_layout(store):
            return _draw(store, lay_out(store), path, title, level)
    # Drawn while no other run can change what was laid out.
    with CorpusStore.open(Path(db), write=True) as store:
        _require_fresh(store)
        return _draw(store, lay_out(store), path, title, level)


def _require_fresh(store: CorpusStore) -> None:
    if is_stale(store, "relations", "topics"):
        raise StoreError(
            f"Articles in {store.path} have changed since its topics were made; "
            f"run `topicwire cluster --db {store.path}` first."
        )


def _draw(
    store: CorpusStore,
    points: NDArray[np.float32],
    path: Path,
    title: str | None,
    level: int | None,
) -> MapPicture:
    outline = read_outline(store)
    level = outline.check(level)
    at = outline.at(level)
    rows = read_nodes_shown(store)
    names = {topic_id: outline.names[topic_id] for topic_id in outline.on(level)}
    passages = sum(row[3] for row in rows)
    first, last = (date[:10] for date in read_dates(store)[:2])
    dates = f", {first} to {last}" if first != last else f", {first}" if first else ""
    return draw(
        # Page furniture has a place and no topic.
        points[[row[0] for row in rows]],
        np.array([at[row[1]] for row in rows], dtype=np.int64),
        names,
        path,
        title=title
        or f"{count(len(names), 'topic')} in {count(count_rows(store, 'documents'), 'article')}"
        f"{from_outlets(len(count_outlets(store)))}",
        subtitle=f"{count(passages, 'passage')}{dates}. "
        "A point is a passage; points near each other say like things.",
        caption="Made with Topicwire",
        sizes=np.array([row[3] for row in rows], dtype=np.int64),
        strengths=np.array([row[2] for row in rows], dtype=np.float32),
    )
