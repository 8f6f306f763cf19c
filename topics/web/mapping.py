"""The map's page, and its points, articles and texts as the page's script asks for them.

A layout that is not stored is made for this server, by a process of its own: umap would keep all
requests of this one waiting while it works.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from embeddings.errors import TopicwireError
from embeddings.progress import listen
from topics.answers.points import gather_points
from topics.answers.topics import open_clustered
from topics.hierarchy.outline import read_outline
from topics.one_file.blocks import join_columns, join_texts, squeeze, write_json
from topics.pipeline.coverage_tables import read_story_heads
from topics.pipeline.run import has_layout, lay_out
from topics.pipeline.stages import stored_digest
from topics.views.map import view_map
from topics.views.rendering import own_address
from topics.web.desk import Desk, LaidOut, Served, is_behind

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    import numpy as np
    from numpy.typing import NDArray

    from embeddings.corpus.store import CorpusStore

Blocks = dict[str, bytes]
# A block under the name of its state never changes.
_KEPT = {"Content-Encoding": "gzip", "Cache-Control": "private, max-age=604800, immutable"}

ROUTER = APIRouter(include_in_schema=False)


def find_blocks(desk: Desk) -> Blocks | None:
    """Return the parts of the map, ``None`` while they are made; none where articles changed."""
    with desk.open() as store:
        if is_behind(store):
            return {}
    return desk.later("map", lambda: gather_blocks(desk))


def gather_blocks(desk: Desk) -> Blocks:
    """Return what the script of the map is given, each part in gzip; none without passages."""

    def note(share: float) -> None:
        desk.shares["map"] = share

    while True:
        with desk.open() as store:
            if is_behind(store):
                return {}
            places = find_places(desk, store)
            if places is not None:
                return _gather(store, places)
        note(0)
        desk.laid_out = lay_out_apart(Path(desk.db), note)


def find_places(desk: Desk, store: CorpusStore) -> NDArray[np.float32] | None:
    """Return the places of the nodes, ``None`` where they are not laid out yet."""
    if has_layout(store):
        return lay_out(store)
    if desk.laid_out and desk.laid_out[0] == _digest(store):
        return desk.laid_out[1]
    return None


def _digest(store: CorpusStore) -> str:
    return stored_digest(store, "relations")


def lay_out_apart(path: Path, note: Callable[[float], None]) -> LaidOut:
    """Lay out the map in a process of its own, which does not write to the database.

    Args:
        path: The database.
        note: Told how much is done, 0 to 1.

    Raises:
        TopicwireError: It came to nothing.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_lay_out, args=(path, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        while not isinstance(said := ours.recv(), tuple):
            note(said)
    except EOFError:
        raise TopicwireError("The map could not be laid out; `topicwire map` says why.") from None
    finally:
        process.join()
    return said


def end_with_parent() -> None:
    """End this process, made by ``multiprocessing``, when the one that made it is gone.

    A daemon is ended by a server that ends; of a server that is killed it would know nothing, and
    lay out for minutes what nobody waits for.
    """

    def wait() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _lay_out(path: Path, out: Connection) -> None:
    end_with_parent()
    # Ctrl-C is for the server, and readers go first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(10)
    with (
        open_clustered(path) as store,
        listen(lambda _, done, whole: out.send(done / (whole or 1))),
    ):
        laid_out = _digest(store), lay_out(store, keep=False)
    out.send(laid_out)


def _gather(store: CorpusStore, places: NDArray[np.float32]) -> Blocks:
    outline = read_outline(store)
    points = gather_points(store, outline, places=places)
    if not points.texts:
        return {}
    heads = read_story_heads(store)
    view = view_map(points, outline, {number: title for number, (title, _) in heads.items()})
    joined, columns = join_columns(view.columns)
    articles = [
        {**shown, "own": own_address(one)}
        for shown, one in zip(view.articles, points.articles, strict=True)
    ]
    parts = {
        "meta": write_json({**view.meta, "columns": columns}).encode(),
        "points": joined,
        "articles": write_json(articles).encode(),
        "texts": join_texts(view.texts),
    }
    digest = hashlib.blake2b(b"".join(parts.values()), digest_size=12).hexdigest()
    return {name: squeeze(part) for name, part in parts.items()} | {"state": digest.encode()}


@ROUTER.get("/map")
def _page(request: Request, desk: Served) -> Response:
    blocks = find_blocks(desk)
    with desk.open() as store:
        stale = is_behind(store)
    return desk.page(
        request,
        "map_page.html",
        stale=stale,
        waiting=blocks is None,
        done=desk.shares.get("map", 0.0),
        map=bool(blocks),
        state=(blocks or {}).get("state", b"").decode(),
    )


@ROUTER.get("/map/{name}")
def _block(desk: Served, name: str, of: Annotated[str, Query(max_length=100)] = "") -> Response:
    blocks = find_blocks(desk) or {}
    if name not in ("meta", "points", "articles", "texts") or name not in blocks:
        raise HTTPException(404)
    if of != blocks["state"].decode():
        raise HTTPException(404)
    return Response(blocks[name], media_type="application/octet-stream", headers=_KEPT)
