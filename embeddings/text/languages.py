"""The language a text is written in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNSURE = "und"
"""Undetermined, as RFC 5646 has it: the text is too short, or could be of several languages."""

FOUND = "languages_found"
"""The setting that counts how often languages of stored articles were found: an open session, whose
filters are kept, learns of it by this."""

# Characters looked at: a language is told from far fewer, and 4,000 take 3 ms.
_MOST = 4000
# The least probability, and the least letters. Of 5,762 English articles of the evaluation data
# five were taken for another language, all under .70 (`docs/decisions/languages.md`).
_SURE = 0.7
_LEAST_LETTERS = 20
# The least letters of each half of a text that changes its language half-way.
_LEAST_OF_HALF = 200


def find_language(text: str) -> str:
    """Return the language of a text: an ISO 639 code such as ``en``, or ``UNSURE``."""
    beginning = text[:_MOST]
    if sum(map(str.isalpha, beginning)) < _LEAST_LETTERS:
        return UNSURE
    code, probability = _load().classify(beginning)
    return str(code) if probability >= _SURE else UNSURE


def find_change(text: str) -> tuple[str, str] | None:
    """Return the languages of a text's first and last half where they surely differ."""
    half = min(len(text) // 2, _MOST)
    parts = text[:half], text[len(text) - half :]
    if min(sum(map(str.isalpha, part)) for part in parts) < _LEAST_OF_HALF:
        return None
    first, last = map(find_language, parts)
    return None if first == last or UNSURE in (first, last) else (first, last)


def let_go_of_model() -> None:
    """Hold the model no longer, which takes 72 MB; who asks for a language has it read anew."""
    _load.cache_clear()


@cache
def _load() -> LanguageIdentifier:
    """Return the model that comes with py3langid; reading it takes a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
