"""Which agencies the articles of a story say they are from, and whether those are here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from embeddings.corpus.citations import ArticleLine, cite
from embeddings.documents import Document
from topics.coverage.credit.agencies import Credit, is_agency_outlet
from topics.coverage.credit.credits import sole_agency


@dataclass(frozen=True, slots=True)
class StatedAgency:
    """An agency that articles of a story credit with their text.

    Attributes:
        agency: Its name; ``""`` for "agencies" that are not named.
        alone: The articles that credit it with the whole text.
        shared: Those that credit it along with others.
        outlets: Outlets of this corpus that are the agency. Without one, its report may be
            older than anything here.
    """

    agency: str
    alone: tuple[ArticleLine, ...]
    shared: tuple[ArticleLine, ...]
    outlets: tuple[str, ...]


def gather_stated(
    stated: Iterable[tuple[Document, Sequence[Credit]]], outlets: Iterable[str]
) -> tuple[StatedAgency, ...]:
    """Gather the agencies that articles credit. An outlet that names itself is no credit.

    Args:
        stated: Articles, and what each credits.
        outlets: Of the corpus.

    Returns:
        Those most credited first, then by name.
    """
    known = sorted(outlets)
    alone: dict[str, list[ArticleLine]] = defaultdict(list)
    shared: dict[str, list[ArticleLine]] = defaultdict(list)
    for document, found in sorted(stated, key=lambda each: each[0].id):
        sole = sole_agency(found)
        for agency in sorted({credit.agency for credit in found if not credit.own}):
            (alone if agency and agency == sole else shared)[agency].append(cite(document))
    names = sorted({*alone, *shared}, key=lambda n: (-len(alone[n]) - len(shared[n]), n))
    return tuple(
        StatedAgency(
            name,
            tuple(alone[name]),
            tuple(shared[name]),
            tuple(o for o in known if name and is_agency_outlet(name, o)),
        )
        for name in names
    )
