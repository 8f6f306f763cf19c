"""When somebody was here last, which the browser alone remembers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request, Response

_COOKIE = "topicwire_visits"
# Pages asked for within this time are one visit.
_ONE_VISIT = timedelta(minutes=30)
_YEAR = 31_536_000


def find_last_visit(request: Request, now: datetime | None = None) -> tuple[str, str]:
    """Return since when all is new to a visitor, and what the browser is to remember.

    Returns:
        ISO 8601 in UTC, ``""`` on a first visit; and the value of the cookie.
    """
    now = now or datetime.now(UTC)
    since, last = _read(request.cookies.get(_COOKIE, ""))
    if last is not None and (now - last > _ONE_VISIT or since is None):
        since = last
    told = _write(since) if since is not None and since <= now else ""
    return told, f"{told}~{_write(now)}"


def remember_visit(response: Response, value: str) -> None:
    """Let the browser remember a visit, for the pages of this server alone."""
    response.set_cookie(_COOKIE, value, max_age=_YEAR, httponly=True, samesite="strict")


def _read(cookie: str) -> tuple[datetime | None, datetime | None]:
    """Return what a cookie says, ``None`` for what is missing or no time."""
    found: list[datetime | None] = []
    for part in [*cookie.split("~"), ""][:2]:
        try:
            given = datetime.fromisoformat(part)
            found.append(given if given.tzinfo else None)
        except ValueError:
            found.append(None)
    return found[0], found[1]


def _write(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")
