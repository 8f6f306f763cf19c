"""What an answer is limited to: outlets, dates, languages and topics, as SQL and at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import Field, dataclass, field, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from embeddings.documents import date_bounds
from embeddings.errors import InputError

if TYPE_CHECKING:
    from embeddings.corpus.store import CorpusStore

# Outlets that an error names.
_LISTED = 8
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2})?)?)?")


def _asked(default: Any, option: str, metavar: str, meaning: str) -> Any:
    """Declare a field that command line, addresses and assistants ask for, each in its form."""
    return field(
        default=default, metadata={"option": option, "metavar": metavar, "meaning": meaning}
    )


@dataclass(frozen=True)
class Filters:
    """What an answer is limited to; empty fields limit nothing.

    Attributes:
        sources: Outlets, any of them, in upper or lower case.
        since: ISO 8601 date, as exact as wanted; articles of that date or later.
        until: ISO 8601 date; articles of that date or earlier.
        topics: Topic ids, any of them; those below a topic are named with it.
        furniture: Whether passages that an outlet repeats under its articles are asked for, too.
        languages: ISO 639 codes, any of them; ``und`` where the language is unsure.

    Raises:
        InputError: A date is none, or the first is later than the last.
    """

    sources: Sequence[str] = _asked((), "source", "OUTLET", "Only this outlet")
    since: str = _asked("", "since", "DATE", "Only articles of this date or later: 2013-05-11")
    until: str = _asked("", "until", "DATE", "Only articles of this date or earlier")
    topics: Sequence[int] = ()
    furniture: bool = False
    languages: Sequence[str] = _asked(
        (), "language", "CODE", "Only articles in this language: en, de, ja, und (unsure)"
    )

    def __post_init__(self) -> None:
        # One outlet may be given as it is.
        sources = (self.sources,) if isinstance(self.sources, str) else tuple(self.sources)
        object.__setattr__(self, "sources", sources)
        object.__setattr__(self, "topics", tuple(self.topics))
        languages = (self.languages,) if isinstance(self.languages, str) else self.languages
        object.__setattr__(self, "languages", tuple(one.casefold() for one in languages))
        _check_date(self.since, "--since")
        _check_date(self.until, "--until")
        if self.since and self.until and date_bounds(self.since)[0] > date_bounds(self.until)[1]:
            raise InputError(
                f"--since {self.since} is later than --until {self.until}, and no article is of "
                "both; change the two over."
            )

    def given(self) -> dict[str, Any]:
        """Return what articles are limited to: arguments of ``search``, ``trends`` and others."""
        return {
            "sources": self.sources,
            "since": self.since,
            "until": self.until,
            "languages": self.languages,
        }

    def match(self, store: CorpusStore) -> Filters:
        """Return the same with the outlets as they are stored.

        Raises:
            InputError: No article is from one of them, or in one of the languages.
        """
        _check_languages(store, self.languages)
        return replace(self, sources=find_outlets(store, self.sources))

    def fit(self, source: str, published: str, language: str) -> bool:
        """Whether an article of this outlet, date and language is asked for, of whatever topic."""
        return self.fit_outlet(source) and self.fit_date(published) and self.fit_language(language)

    def fit_language(self, language: str) -> bool:
        """Whether a language is asked for."""
        return not self.languages or language in self.languages

    def fit_outlet(self, source: str) -> bool:
        """Whether an outlet is asked for."""
        return not self.sources or source.casefold() in {one.casefold() for one in self.sources}

    def fit_date(self, published: str) -> bool:
        """Whether an article may be of the time asked for; one without a date only of any."""
        if not published:
            return not (self.since or self.until)
        # A coarse date is in range if some day of it is: cut both to the shorter.
        if self.since and published[: len(self.since)] < self.since[: len(published)]:
            return False
        return not self.until or published[: len(self.until)] <= self.until[: len(published)]

    def condition(self) -> tuple[str, list[object]]:
        """Return the SQL condition and its parameters.

        Of ``documents AS d``, and where topics are asked for of ``assignments AS a``.
        """
        conditions: list[str] = ["1"]
        parameters: list[object] = []
        if self.sources:
            conditions.append("d.source COLLATE NOCASE IN (SELECT value FROM json_each(?))")
            parameters.append(json.dumps(self.sources))
        if self.languages:
            conditions.append("d.language IN (SELECT value FROM json_each(?))")
            parameters.append(json.dumps(self.languages))
        for bound, sign in ((self.since, ">="), (self.until, "<=")):
            if bound:
                conditions.append(
                    "d.published != '' AND substr(d.published, 1, ?) "
                    f"{sign} substr(?, 1, length(d.published))"
                )
                parameters += [len(bound), bound]
        if self.topics:
            conditions.append("coalesce(a.leaf_id, a.topic_id) IN (SELECT value FROM json_each(?))")
            parameters.append(json.dumps(self.topics))
        return " AND ".join(conditions), parameters


# The fields that are asked for by name, with ``option``, ``metavar`` and ``meaning`` of each.
ASKED: tuple[Field[Any], ...] = tuple(one for one in fields(Filters) if one.metadata)


def find_outlets(
    store: CorpusStore, wanted: Sequence[str], *, parts: bool = False
) -> tuple[str, ...]:
    """Return outlets as they are stored, whatever the case they are given in.

    Args:
        store: The store.
        wanted: Their names.
        parts: Whether a part of a name will do where there is no such name.

    Raises:
        InputError: No article is from one of them.
    """
    if not wanted:
        return ()
    known: dict[str, list[str]] = {}
    for (source,) in store.rows("SELECT DISTINCT source FROM documents ORDER BY source"):
        known.setdefault(source.casefold(), []).append(source)
    found: list[str] = []
    for given in (wanted,) if isinstance(wanted, str) else wanted:
        name = given.casefold()
        fitting = [name] if name in known else [one for one in known if parts and name in one]
        if not fitting:
            named = sorted(one for names in known.values() for one in names if one)
            raise InputError(f"No article is from {given!r}; {_name_outlets(name, named)}")
        found += [stored for one in fitting for stored in known[one]]
    return tuple(dict.fromkeys(found))


def _name_outlets(name: str, known: Sequence[str]) -> str:
    """Say which outlets may be meant by a name, folded, or which there are."""
    from difflib import get_close_matches

    folded = {one.casefold(): one for one in known}
    near = [one for one in folded if name and name in one]
    if near := near or get_close_matches(name, folded):
        return f"is {' or '.join(folded[one] for one in near[:_LISTED])} meant?"
    more = f" and {len(known) - _LISTED} more (topicwire info --json)"
    some = ", ".join(known[:_LISTED]) + (more if len(known) > _LISTED else "")
    return f"outlets here are: {some or 'none'}."


def _check_languages(store: CorpusStore, wanted: Sequence[str]) -> None:
    """Refuse a language that no article is in."""
    if not wanted:
        return
    rows = store.rows(
        "SELECT language FROM documents WHERE language != '' GROUP BY language "
        "ORDER BY count(*) DESC, language"
    )
    known = [one for (one,) in rows]
    for given in wanted:
        if given not in known:
            some = ", ".join(known[:12])
            raise InputError(f"No article is in {given!r}; languages here are: {some or 'none'}.")


def _check_date(given: str, option: str) -> None:
    """Refuse what is no ISO 8601 date of the calendar, as exact as it happens to be."""
    if not given:
        return
    try:
        if not _DATE.fullmatch(given):
            raise ValueError
        datetime.fromisoformat(date_bounds(given)[0])
    except ValueError:
        raise InputError(
            f"{option} is {given!r}; write a year, month or day: 2013, 2013-05 or 2013-05-11."
        ) from None
