"""Lists, a stretch at a time, and what an address may ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Path, Query, Request

from embeddings.corpus.filters import Filters

# What stands on one page of a list.
LISTED = 50

Number = Annotated[int, Path(ge=1, lt=2**63)]
Outlets = Annotated[list[str], Query(alias="source", max_length=50)]
Languages = Annotated[list[str], Query(alias="language", max_length=50)]
Topics = Annotated[list[str], Query(alias="topic", max_length=50)]
Date = Annotated[str, Query(max_length=40)]
Start = Annotated[int, Query(alias="from", ge=0, lt=10**9)]
Name = Annotated[str, Query(max_length=400)]
Words = Annotated[str, Query(max_length=1000)]


@dataclass(frozen=True)
class Paging:
    """A stretch of a list.

    Attributes:
        first: Number of the first that is shown, from 1.
        last: Of the last.
        whole: How many there are.
        before: Address of the stretch before, or ``""``.
        after: Of the one after.
    """

    first: int
    last: int
    whole: int
    before: str
    after: str


def cut_page(request: Request, listed: list[Any], start: int) -> tuple[list[Any], Paging]:
    """Return a stretch of a list, and the way to those before and after it."""
    end = min(start + LISTED, len(listed))
    kept = [one for one in request.query_params.multi_items() if one[0] != "from"]

    def address(place: int) -> str:
        return f"{request.url.path}?{urlencode([*kept, ('from', str(place))])}"

    return listed[start:end], Paging(
        first=start + 1,
        last=end,
        whole=len(listed),
        before=address(max(start - LISTED, 0)) if start else "",
        after=address(end) if end < len(listed) else "",
    )


def read_filters(
    source: list[str],
    since: str,
    until: str,
    language: list[str] | None = None,
    repeats: bool = False,
) -> Filters:
    """Return the filters of an address; an empty field of a form limits nothing.

    Raises:
        InputError: A date is none.
    """
    sources, languages = ([one for one in given or () if one] for given in (source, language))
    return Filters(sources, since.strip(), until.strip(), languages=languages, furniture=repeats)
