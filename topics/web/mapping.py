"""The map's page, and its points, articles and texts as the page's script asks for them."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from topics.answers.points import gather_points, open_laid_out
from topics.hierarchy.outline import read_outline
from topics.one_file.blocks import join_columns, join_texts, squeeze, write_json
from topics.pipeline.coverage_tables import read_story_heads
from topics.views.map import view_map
from topics.views.rendering import own_address
from topics.web.desk import Desk

Blocks = dict[str, bytes]
# A block under the name of its state never changes.
_KEPT = {"Content-Encoding": "gzip", "Cache-Control": "private, max-age=604800, immutable"}


def gather_blocks(desk: Desk) -> Blocks:
    """Return what the script of the map is given, each part in gzip; none without passages."""
    # Where the pages read alone, what is laid out is not stored.
    with open_laid_out(desk.db) if desk.edit else desk.open() as store:
        outline = read_outline(store)
        points = gather_points(store, outline, keep=False)
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


def make_map(desk: Desk) -> APIRouter:
    """Return the map's page and its parts."""
    router = APIRouter(include_in_schema=False)

    @router.get("/map")
    def page(request: Request) -> Response:
        blocks = desk.later("map", lambda: gather_blocks(desk))
        state = (blocks or {}).get("state", b"").decode()
        return desk.page(
            request, "map_page.html", waiting=blocks is None, map=bool(blocks), state=state
        )

    @router.get("/map/{name}")
    def block(name: str, of: Annotated[str, Query(max_length=100)] = "") -> Response:
        blocks = desk.later("map", lambda: gather_blocks(desk)) or {}
        if name not in ("meta", "points", "articles", "texts") or name not in blocks:
            raise HTTPException(404)
        if of != blocks["state"].decode():
            raise HTTPException(404)
        return Response(blocks[name], media_type="application/octet-stream", headers=_KEPT)

    return router
