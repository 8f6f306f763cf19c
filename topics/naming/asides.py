"""What stands beside the news in a text: whose turn it is, who wrote it, what readers are asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from embeddings.words.gazetteer import place_of

# Longer than this, a text is more than a note on its author or an appeal.
_LONGEST_ASIDE = 600
# "INSKEEP:", "Steve Inskeep:", "STEVE INSKEEP, HOST:", "((Sara Seager))", "[Reporter]". So often at
# the beginning of passages of one article, a name and a colon, or in brackets, say who speaks.
_SPEAKER = re.compile(
    r"[A-Z][\w.'’-]*(?:,? [A-Z][\w.'’-]*){0,3}(?: \([^()\n]{1,40}\))?:\s"
    r"|(?:\({1,2}|\[)\w[\w.,'’ -]{0,40}(?:\){1,2}|\])(?:[A-Z][\w ]{1,30}:)?\s*"
)
_OPENS, _LEAST_TURNS = frozenset("(["), 3
# A note on an author begins with a name, or says what it is.
_NAMED = re.compile(
    r"(?:[A-Z][\w.’'-]* ){2,4}(?:is|was) (?:a|an|the|CNN|[A-Z]\w+[’']s)\b|Editor[’']s note"
)
_AUTHOR = re.compile(
    r"\b(?:author|fellow|professor|lecturer|correspondent|columnist|contributor|editor|"
    r"journalist|blogger|commentator|reporter|writer|historian|director|host|chair|analyst)\b"
)
# "ATHENS, Greece (Sports Network) - ": the agency that sends a report, and from where.
_DATELINE = re.compile(r"\b[A-Z][\w.]+(?:,? [A-Z][\w.]*){0,4} \([A-Z][\w. ]{1,24}\)(?= ?[-–—]+ )")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+")
_BESIDE_A_NAME = re.compile(r" ?\(| [-–—|] ")
_APPEALS = (
    "tax-deductible",
    "make a donation",
    "donate now",
    "donate today",
    "subscribe to our",
    "subscribe now",
    "sign up for our",
    "click here",
    "contributed to this report",
    "follow us on",
    "follow him on",
    "follow her on",
    "opinions expressed",
    "views expressed",
)  # fmt: skip


def leave_out_turns(texts: Sequence[str], documents: Sequence[str] | None) -> list[str]:
    """Return texts without the names of who speaks.

    Args:
        texts: Text of each passage.
        documents: Document of each; a name before a colon is a speaker's where it recurs in one.
            None where each passage is its own.
    """
    speakers = {
        row: (document, found[0])
        for row, (text, document) in enumerate(zip(texts, documents or (), strict=False))
        if (text[:1] in _OPENS or ":" in text[:60]) and (found := _SPEAKER.match(text))
    }
    turns = Counter(speakers.values())
    kept = list(texts)
    for row, said in speakers.items():
        if turns[said] >= _LEAST_TURNS:
            kept[row] = kept[row][len(said[1]) :]
    return kept


def leave_out_aside(text: str) -> str:
    """Return a text without addresses and datelines of agencies; none of a note or an appeal."""
    said = _ADDRESS.sub(" ", text) if "http" in text or "www." in text else text
    return "" if _is_aside(said) else _DATELINE.sub("", said)


def find_outlets(sources: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Return the names of outlets, in lower case, as texts say them: CNN, Fox News, Wikinews.

    What stands behind a bracket or a dash is left out, and of an address all but its longest part.
    """
    found = set()
    for source in set(sources):
        name = _BESIDE_A_NAME.split(source, maxsplit=1)[0].strip()
        if "." in name and " " not in name:
            name = max(name.split("."), key=len)
        words = tuple(name.casefold().split())
        found |= {words, words[:2]} if len(words) > 1 else {words}
        first = name.split()[0] if words else ""
        if first.isupper() and place_of(first.casefold()) is None:
            found.add(words[:1])
    return frozenset(found - {()})


def _is_aside(text: str) -> bool:
    if len(text) > _LONGEST_ASIDE:
        return False
    if _NAMED.match(text) and _AUTHOR.search(text):
        return True
    folded = text.casefold()
    for appeal in _APPEALS:  # noqa: SIM110 - three times as fast as any()
        if appeal in folded:
            return True
    return False
