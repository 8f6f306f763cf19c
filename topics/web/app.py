"""The web page as an application: its routes, files, errors and guard; and the server itself."""

from __future__ import annotations

import logging
import multiprocessing
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from embeddings.errors import InputError, StoreError, TopicwireError
from topics.answers.session import Database, Session
from topics.web import api, finding, mapping, pages
from topics.web.desk import Desk
from topics.web.files import make_files
from topics.web.guarding import Guard

_HEADINGS = {404: "Not found", 409: "Busy", 503: "Not to be read now", 500: "Something went wrong"}


def build(desk: Desk, *, host: str = "127.0.0.1", catch: bool = True) -> Guard:
    """Return the application of a database, guarded.

    Args:
        desk: What is served.
        host: The address that it will be served at.
        catch: Whether errors are answered as pages; else they are raised.
    """
    app = FastAPI(
        title="Topicwire",
        docs_url=None,  # would load its script from elsewhere
        redoc_url=None,
        openapi_url=None,
        # FastAPI can report each request to where the environment says; never from here.
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
    )
    app.include_router(make_files())
    app.state.desk = desk
    for router in (pages.ROUTER, finding.ROUTER, mapping.ROUTER, api.ROUTER, api.DESCRIPTION):
        app.include_router(router)
    if desk.edit:
        from topics.web import editing  # which few servers need

        app.include_router(editing.ROUTER)
    kinds = (TopicwireError, HTTPException, RequestValidationError, Exception) if catch else ()
    for kind in kinds:
        app.add_exception_handler(kind, _answer_errors(desk))
    return Guard(app, host=host, edit=desk.edit)


def _answer_errors(desk: Desk) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        status, sentence = explain(request, error)
        if status == 500:
            logging.getLogger("topicwire.web").exception("%s", request.url.path, exc_info=error)
        headers = {"Retry-After": "10"} if status in (409, 503) else None
        if request.url.path.startswith(f"{api.PREFIX}/"):
            told, _, hint = sentence.partition("; ")
            return JSONResponse({"error": told, "hint": hint}, status, headers)
        response = desk.page(
            request,
            "error.html",
            status=status,
            heading=_HEADINGS.get(status, "This cannot be shown"),
            sentence=sentence,
        )
        response.headers.update(headers or {})
        return response

    return answer


def explain(request: Request, error: Exception) -> tuple[int, str]:
    """Return status and sentence for what went wrong."""
    if isinstance(error, InputError):
        # What the path names is not there; what the query says cannot be.
        named = bool(request.path_params)
        return (404 if named else 400), str(error)
    if isinstance(error, StoreError):
        return (409 if request.method == "POST" else 503), str(error)
    if isinstance(error, TopicwireError):
        return 503, str(error)
    if isinstance(error, RequestValidationError):
        first: dict[str, Any] = error.errors()[0]
        where, name = first["loc"][0], first["loc"][-1]
        if where == "path":
            return 404, "There is no such page; the front page leads to all there are."
        return 400, f"{name} cannot be so ({str(first['msg']).lower()}); see the API page."
    if isinstance(error, HTTPException):
        said = "There is no such page; the front page leads to all there are."
        return error.status_code, said if error.status_code == 404 else str(error.detail)
    return 500, "The page could not be made; the terminal that the server runs in says why."


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        InputError: There is no such address, or another program listens there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except (OSError, UnicodeError, OverflowError) as error:
        raise InputError(
            f"Nothing can be served at {host} port {port} ({getattr(error, 'strerror', error)}); "
            "choose another with --port, or --port 0 for any that is free."
        ) from error
    return listening


def serve(db: Database, listening: socket.socket, *, host: str, edit: bool = False) -> None:
    """Serve a database until it is stopped."""
    import uvicorn

    desk = Desk(Session(db), edit=edit)

    class Server(uvicorn.Server):
        """Loads and counts what is asked for first, once it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            threading.Thread(target=_warm, args=[desk], daemon=True).start()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            # A signal that ends the server at once would leave a layout working for nobody.
            for child in multiprocessing.active_children():
                child.terminate()

    config = uvicorn.Config(
        build(desk, host=host),
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=64,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=32_000,
        ws="none",
    )
    # Ctrl-C is how it is stopped.
    with suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listening])


def _warm(desk: Desk) -> None:
    """Load what the first search would wait for, and count what takes long."""
    with suppress(TopicwireError):
        with desk.open() as store:
            desk.corpus(store), desk.topics(store), desk.stories(store)
            desk.db.encoder(store)
        desk.later("outlets", desk.db.outlets)
        mapping.find_blocks(desk)
