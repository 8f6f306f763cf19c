"""Whose text an article may be: agencies hand a text on, and their clients may print it first.

What an agency's own article shares with a client's is the agency's, whichever bears the earlier
date; where the client does not say so, nobody knows who was first. Of an article that credits an
agency no date says when its text was first to be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from embeddings.documents import Document, date_bounds
from topics.coverage.credit.agencies import Credit, agency_key, outlet_agency

# Before any date.
_OPEN = ""


@lru_cache(1 << 12)
def own_agency(outlet: str) -> str:
    """Return the agency that an outlet is (``agency_key``), or ``""``."""
    return outlet_agency(outlet)


def find_agencies(document: Document, stated: Sequence[Credit]) -> frozenset[str]:
    """Return the agencies whose text an article may carry, its own outlet among them, by key.

    Args:
        document: The article.
        stated: What it credits (``find_credits``); one that is shared counts, and ``""`` is
            of agencies that are not named. Of an outlet that names itself but is no agency
            ("(CNN)" in CNN) nothing follows.
    """
    own = own_agency(document.source)
    credited = (agency_key(credit.agency) for credit in stated if not credit.own)
    return frozenset((*credited, own) if own else credited)


def text_bounds(published: str, agencies: frozenset[str]) -> tuple[str, str]:
    """Return the first and last minute at which the text of an article may have been out."""
    first, last = date_bounds(published)
    return (_OPEN if agencies else first), last


def is_handed_on(source: str, outlet: str, agencies: frozenset[str]) -> bool:
    """Whether an outlet is an agency that an article of another one says its text is from."""
    own = own_agency(source)
    return bool(own) and own in agencies and own != own_agency(outlet)
