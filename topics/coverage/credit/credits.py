"""Stated wire credit: the agency that an article says its text comes from.

Looked for where furniture still is: datelines, by-lines, lines at either end. A credit of a
picture ("Photograph: AFP"), of one statement ("told Reuters") or of one report quoted on the
way is none of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple

from embeddings.documents import Document
from embeddings.text.keeping import keep_value, key_of
from topics.coverage.credit.agencies import Credit

# Raised when other credits come to be found in the same text.
_METHOD = "credits 1"


def find_credits(document: Document, dropped_lines: Iterable[str] = ()) -> tuple[Credit, ...]:
    """Find the agencies that an article credits with its text.

    Args:
        document: Searched as it was read, furniture and all.
        dropped_lines: Lines of a web page that are not in ``Document.text``.

    Returns:
        By place in the text, then those of the dropped lines; no agency twice at one place.
    """
    lines = tuple(dropped_lines)

    def search() -> list[tuple[object, ...]]:
        # Its patterns take a twentieth of a second to compile, and are seldom needed.
        from topics.coverage.credit.credit_lines import search_credits

        return [astuple(one) for one in search_credits(document, lines)]

    key = key_of(document.source, document.text, *lines)
    return tuple(Credit(*one) for one in keep_value(_METHOD, key, search))


def sole_agency(stated: Sequence[Credit]) -> str:
    """Return the one agency that the whole text is credited to, or ``""``.

    An agency named in a dateline and again in "... contributed to this report" is still
    the only one. Credits of an outlet that is the agency itself count.
    """
    agencies = {credit.agency for credit in stated}
    alone = {credit.agency for credit in stated if not credit.shared}
    return alone.pop() if len(agencies) == 1 and alone else ""


def credited_agency(stated: Sequence[Credit]) -> str:
    """Return the one agency that the whole text is credited to, or ``""``, also for an own one.

    An outlet that names itself ("(CNN)" in CNN) credits nobody.
    """
    return "" if any(credit.own for credit in stated) else sole_agency(stated)
