"""Who may ask the web page, and how much at once: hosts, origins, sizes, and what is answered."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Bytes of a path with its query, and of a form.
MOST_ADDRESS = 8_000
MOST_FORM = 16_000
METHODS = ("GET", "HEAD", "POST")

# Content Security Policy, level 3: our own files and nothing else; no script, style or frame of
# a text that got through.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "private, no-cache",
}


class Guard:
    """Lets through what comes from this page alone, and says on each answer what it may do.

    Args:
        app: What is guarded.
        host: The address that is listened on.
        edit: Whether forms are posted. A browser told to name no referrer posts a form with
            the origin ``null``, so that it is told to name it to this page alone.
    """

    def __init__(self, app: App, *, host: str = LOOPBACK[0], edit: bool = False) -> None:
        self.app = app
        self.host = host
        referrer = "same-origin" if edit else "no-referrer"
        every = {**HEADERS, "Referrer-Policy": referrer}
        self.headers = [(name.lower().encode(), value.encode()) for name, value in every.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                kept = [one for one in self.headers if one[0] not in own]
                message["headers"] = [*message["headers"], *kept]
            await send(message)

        refusal = self._refuse(scope)
        if refusal:
            await _say(send_guarded, *refusal)
        else:
            await self.app(scope, receive, send_guarded)

    def _refuse(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and sentence where a request is not answered."""
        given: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            given.setdefault(name, []).append(value.decode("latin-1"))
        hosts, origins = given.get(b"host", []), given.get(b"origin", [])
        if len(hosts) != 1 or not is_own_host(hosts[0], self.host):
            return 400, (
                "This address is not one that the page is served under; start it with "
                "--host NAME to serve it under another."
            )
        own = f"{scope.get('scheme', 'http')}://{hosts[0]}"
        if any(origin != own for origin in origins):
            return 403, "This request comes from another page, and is not answered."
        if given.get(b"sec-fetch-site", ["none"])[0] not in ("none", "same-origin"):
            # A link from elsewhere may open a page; nothing else of ours is for others.
            mode = given.get(b"sec-fetch-mode", [""])[0]
            if scope["method"] != "GET" or mode != "navigate":
                return 403, "This request comes from another page, and is not answered."
        if scope["method"] not in METHODS:
            return 405, "The page answers GET, HEAD and POST."
        if scope["method"] == "POST" and not origins:
            return 403, "A form is taken from this page alone: the request names no origin."
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_ADDRESS:
            return 414, f"The address is longer than {MOST_ADDRESS:,} bytes; ask for less at once."
        return None


def is_own_host(header: str, bound: str) -> bool:
    """Whether a Host header names an address that the page is served under.

    A page elsewhere can make its own name lead here (DNS rebinding), but no number: where all
    addresses are listened on, any number is ours, and of names only this machine's.
    """
    try:
        name = urlsplit(f"//{header}").hostname or ""
        urlsplit(f"//{header}").port  # noqa: B018 - a port that is none raises
    except ValueError:
        return False
    if "@" in header or "/" in header:
        return False
    bound = bound.strip("[]").lower()
    if name in LOOPBACK or name == bound:
        return True
    if bound not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == socket.gethostname().lower()
    return True


async def _say(send: Send, status: int, sentence: str) -> None:
    body = f"{sentence}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
