"""Lists, a stretch at a time, and what an address may ask of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from annotated_types import MaxLen
from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, BeforeValidator

from embeddings.corpus.filters import ASKED, Filters
from topics.answers.arguments import spread

# What stands on one page of a list.
LISTED = 50


def _drop_empty(given: Sequence[str]) -> list[str]:
    """Return what is given: an empty field of a form limits nothing."""
    return [one for one in given if one]


Number = Annotated[int, Path(ge=1, lt=2**63)]
Outlets = Annotated[Sequence[str], Query(alias="source", max_length=50)]
Topics = Annotated[Sequence[str], AfterValidator(_drop_empty), Query(alias="topic", max_length=50)]
Date = Annotated[str, Query(max_length=40)]
Start = Annotated[int, Query(alias="from", ge=0, lt=10**9)]
Name = Annotated[str, Query(max_length=400)]
Words = Annotated[str, Query(max_length=1000)]


def _declare(field: Field[Any]) -> Any:
    query = Query(alias=field.metadata["option"], description=field.metadata["meaning"])
    many: Any = Annotated[Sequence[str], MaxLen(50), AfterValidator(_drop_empty), query]
    one: Any = Annotated[str, MaxLen(40), BeforeValidator(str.strip), query]
    return many if field.default == () else one


@spread("filters", Filters, {one.name: _declare(one) for one in ASKED})
def _filters(*, filters: Filters) -> Filters:
    return filters


Filtered = Annotated[Filters, Depends(_filters)]


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
