"""Our styles and scripts, read once: no path of a request reaches the file system."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from topics.views.rendering import STATIC

_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


def make_files() -> APIRouter:
    """Return the files of the pages, each under the name it has below ``views/static``."""
    router = APIRouter(include_in_schema=False)
    known = {
        path.relative_to(STATIC).as_posix(): (path.read_bytes(), _KINDS[path.suffix])
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in _KINDS
    }

    @router.get("/static/{name:path}")
    def static(name: str, if_none_match: Annotated[str, Header()] = "") -> Response:
        if name not in known:
            raise HTTPException(404)
        content, kind = known[name]
        tag = f'"{hashlib.blake2b(content, digest_size=8).hexdigest()}"'
        if if_none_match == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(content, media_type=kind, headers={"ETag": tag})

    return router
