"""One question to an OpenAI-compatible endpoint, and a readable answer or the reason for none.

The only module of this package that talks to a network, and only to the host it is given:
no redirect is followed and no proxy is used. ``http.client`` of the standard library is
all it needs; ``urllib.request`` would do both. Each request has a thread of its own: neither
library bounds the time that looking up a host, or a slow answer, takes as a whole.

The protocol is that of https://platform.openai.com/docs/api-reference/chat.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import re
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from embeddings.errors import InputError

KEY_VARIABLES = ("TOPICWIRE_API_KEY", "OPENAI_API_KEY")
_MOST_BYTES = 256 * 1024
# The one query that some endpoints need, Azure's; any other may hold a key.
_QUERY = re.compile(r"(api-version=[\w.-]+)?", re.ASCII)
_REASONS = (
    (ConnectionRefusedError, "the connection was refused"),
    (socket.gaierror, "the host is not known"),
    (ssl.SSLError, "no secure connection could be made"),
)


@dataclass(frozen=True)
class Endpoint:
    """Where and how to ask.

    Attributes:
        secure: Whether over TLS.
        host: Host name or address.
        port: Port, or ``None`` for the usual one.
        path: Path and query of the chat completions.
        model: Model as the endpoint calls it.
        address: Scheme, host, port and path, without the query: what may be shown and kept.
    """

    secure: bool
    host: str
    port: int | None
    path: str
    model: str
    address: str


class _NoAnswerError(Exception):
    """Nothing came that can be read; says why."""


def read_key() -> str:
    """Return the API key of the environment, ``""`` where there is none.

    Raises:
        InputError: It holds characters that no key has; the key is not shown.
    """
    for variable in KEY_VARIABLES:
        key = os.environ.get(variable, "").strip()
        if key:
            if not key.isascii() or not key.isprintable() or " " in key:
                raise InputError(
                    f"The environment variable {variable} holds spaces or characters that no "
                    f"API key has; set it again, or unset it for a server without keys."
                )
            return key
    return ""


def open_endpoint(url: str, model: str) -> Endpoint:
    """Read the address of an endpoint as people type it.

    With or without ``/v1`` and ``/chat/completions``, with or without a slash at the end.

    Raises:
        InputError: It is no http or https address, or no model is named.
    """
    example = "type it like http://localhost:11434"
    if not model.strip():
        raise InputError("No model was named for --name-with; type --name-with URL MODEL.")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise InputError(f"The endpoint's address cannot be read; {example}.") from None
    if "@" in parts.netloc:
        raise InputError(
            f"The endpoint's address holds a user name or password; leave it out and set "
            f"{KEY_VARIABLES[0]} instead."
        )
    if not _QUERY.fullmatch(parts.query):
        raise InputError(
            f"The endpoint's address has a query after '?'; leave it out, and if it is a key "
            f"set {KEY_VARIABLES[0]} instead (only ?api-version=... may stand there)."
        )
    if (
        parts.scheme not in ("http", "https")
        or not host
        or " " in url.strip()
        or not url.strip().isprintable()
    ):
        # No query and nothing before an "@": they may be secrets.
        bare = re.split(r"[?#]", url.strip())[0].rpartition("@")[2]
        shown = "".join(letter for letter in bare if letter.isprintable())[:80]
        raise InputError(f"'{shown}' is not the http or https address of an endpoint; {example}.")
    path = re.sub(r"/+(chat/completions|completions|models|chat)?/*$", "", parts.path)
    # A path with a version, or of an "openai" corner, is the base that clients are given.
    versioned = re.search(r"/(v\d\w*|openai)(/|$)", path)
    path = quote(f"{path}{'' if versioned else '/v1'}/chat/completions", safe="/%:@~+,=-._")
    query = f"?{parts.query}" if parts.query else ""
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    address = f"{parts.scheme}://{place}{path}"
    return Endpoint(parts.scheme == "https", host, port, path + query, model.strip(), address)


def ask(endpoint: Endpoint, body: str, key: str, timeout: float) -> tuple[str, str]:
    """Send a request and read the text of the first choice.

    Args:
        endpoint: Where to.
        body: The request as JSON.
        key: API key, or ``""``.
        timeout: Seconds for all of it, looking up the host among it.

    Returns:
        The text and ``""``, or ``""`` and why there is none. Neither the key nor what the
        endpoint says of an error is in it.
    """
    late = threading.Event()
    sockets: list[socket.socket] = []
    answers: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()

    def work() -> None:
        answers.put(_try(endpoint, body, key, timeout, late, sockets))

    # A daemon: a host that is still being looked up keeps nobody from leaving.
    threading.Thread(target=work, daemon=True).start()
    try:
        return answers.get(timeout=timeout)
    except queue.Empty:
        late.set()
        for opened in sockets:
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        return "", _tell_late(timeout)


def _tell_late(timeout: float) -> str:
    return f"no answer within {timeout:.0f} s"


def _try(
    endpoint: Endpoint,
    body: str,
    key: str,
    timeout: float,
    late: threading.Event,
    sockets: list[socket.socket],
) -> tuple[str, str]:
    """Send a request; returns what ``ask`` does."""
    opened = http.client.HTTPSConnection if endpoint.secure else http.client.HTTPConnection
    try:
        connection = opened(endpoint.host, endpoint.port, timeout=timeout)
        try:
            connection.connect()
            # Kept, since an answer that ends with the connection takes the socket away.
            sockets.append(connection.sock)
            if late.is_set():
                return "", _tell_late(timeout)
            return _read_answer(_post(connection, endpoint, body, key)), ""
        finally:
            connection.close()
    except _NoAnswerError as error:
        return "", str(error)
    except TimeoutError:
        return "", _tell_late(timeout)
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        # What they say may hold what was sent, the key too: it is not passed on.
        told = (reason for kind, reason in _REASONS if isinstance(error, kind))
        return "", next(told, "the connection broke, or what came is not HTTP")


def _post(connection: http.client.HTTPConnection, endpoint: Endpoint, body: str, key: str) -> bytes:
    """Send a request on an open connection and return the body of the answer."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    connection.request("POST", endpoint.path, body.encode(), headers)
    response = connection.getresponse()
    if response.status // 100 == 3:
        raise _NoAnswerError("the endpoint points elsewhere, which is not followed")
    if response.status // 100 != 2:
        raise _NoAnswerError(f"the endpoint answered {response.status}")
    content = response.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise _NoAnswerError("the answer is far too long")
    return content


def _read_answer(content: bytes) -> str:
    """Return the text of the first choice."""
    try:
        choice = json.loads(content.decode("utf-8"))["choices"][0]
        text, cut = choice["message"]["content"], choice.get("finish_reason") == "length"
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _NoAnswerError("what came is no chat completion") from None
    if not isinstance(text, str):
        raise _NoAnswerError("what came is no chat completion")
    if cut:
        raise _NoAnswerError("the answer was cut short by the endpoint")
    return text
