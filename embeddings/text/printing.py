"""Text of articles as it is shown: nothing in it steers a terminal or turns what follows."""

from __future__ import annotations

import re

# What starts and steers escape sequences, turns the direction of what follows (Bidi_Control of
# the Unicode Standard), or cannot be written: C1, bidi controls and lone surrogates, here as JSON
# lets them stand, and the C0 controls but the newline.
UNSAFE_IN_JSON = r"\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
# Holds the words of a name together where lines are broken (rich takes it for a letter, a
# no-break space for a space); printed as a space, as all that is not safe.
TIE = "\u2800"
_CONTROL = re.compile(rf"[\x00-\x09\x0b-\x1f{UNSAFE_IN_JSON}{TIE}]")

# A passage's heading is set off from its paragraph by an empty line.
BREAK = re.compile(r"\n\s*\n")
HEADING_END = " — "


def plain(text: str) -> str:
    """Return text on one line, without characters that could steer what shows it."""
    lines = [" ".join(safe(part).split()) for part in BREAK.split(text)]
    return HEADING_END.join(line for line in lines if line)


def safe(text: str) -> str:
    """Return text of the same length and lines without characters that steer what shows it."""
    return _CONTROL.sub(" ", text)
