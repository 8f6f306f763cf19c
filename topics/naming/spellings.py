"""Words and breaks of a text as they are spelled, which terms are made of."""

from __future__ import annotations

import re

from embeddings.text.wording import Vocabulary

_LETTERS = r"[^\W\d_]"
_WORD = rf"(?:{_LETTERS}\.){{2,}}|(?:St|Mt|Ft)\.(?=\s[A-Z])|[^\W_]+(?:[-'’&][^\W_]+)*"
_TOKENS = re.compile(rf"{_WORD}|&(?=\s)|[^\w\s'’&-]|[-–—]{{1,2}}(?=\s)|\n")


class Spellings(Vocabulary):
    """Numbers words and breaks as they are spelled."""

    kind = "tokens 1"
    apart = None

    def number(self, text: str) -> list[int]:
        """Return the numbers of the tokens of ``text``, in order."""
        known = self._by_word
        return [known.setdefault(token, len(known)) for token in _TOKENS.findall(text)]
