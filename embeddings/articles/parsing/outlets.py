"""The outlet that a text names in a line of its own: a source, a copyright, a credit."""

from __future__ import annotations

import re

from embeddings.articles.parsing.lines import find_lines

# Such lines stand at the top, or below the text, where lists of other headlines may follow.
_TOP_LINES, _BOTTOM_LINES = 12, 25
_LONGEST = 120

_WORD = r"(?!And\b|By\b|All\b|Agenc)[A-Z0-9][\w.&'’\-]*"
_NAME = rf"{_WORD}(?: (?:(?:of|the|and|de|for|&) )?{_WORD}){{0,5}}"
_AGENCIES = r"(?: ?[,&+]| [Aa]nd| [Ww]ith)? (?:[Nn]ews )?[Aa]gencies"
# "News agencies", "Staff and agencies" name none.
_NONE = frozenset("news staff wire wires combined various".split())  # noqa: SIM905
# What says it most plainly first. The group is the name.
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?:©|\([cC]\)|[Cc]opyright:?(?: ?©| ?\([cC]\))?) ?(?:\d{{4}}(?:[-–]\d{{2,4}})?,? )?"
        rf"(?:by )?({_NAME})(?:[.,]? [Aa]ll [Rr]ights [Rr]eserved)?\.?",
        rf"(?:Source|SOURCE)s?: ?({_NAME})(?:{_AGENCIES})?\.?",
        rf"({_NAME}){_AGENCIES}",
        rf"(?:By|BY) {_NAME} ?[|] ?({_NAME})",
    )
)


def find_outlet(text: str) -> str:
    """Return the outlet that a line near the top or the end of a text names, or ``""``.

    "Source: Al Jazeera", "© 2013 Reuters", "Al Jazeera And Agencies", "By Jane Doe | Al
    Jazeera". Where several do, the plainest counts, and the last of a kind.
    """
    lines = [line.text for line in find_lines(text)]
    near = [*lines[:_TOP_LINES], *lines[max(_TOP_LINES, len(lines) - _BOTTOM_LINES) :]]
    for form in _FORMS:
        for line in reversed(near):
            found = form.fullmatch(line.strip()) if len(line) <= _LONGEST else None
            if found and (name := found[1].rstrip(".,")).casefold() not in _NONE:
                return name
    return ""
