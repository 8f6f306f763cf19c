"""Words too common to search for or to name anything by: of English, and of other languages."""

from __future__ import annotations

import re
from functools import cache

from embeddings.text.languages import UNSURE
from embeddings.text.scripts import MARKS
from embeddings.text.segmenting import space_words
from embeddings.text.wording import fold

# Languages whose words are compared as they always were.
ENGLISH = frozenset({"en", UNSURE, ""})
_WORD = re.compile(rf"[\w{MARKS}]+")
# French, Italian and Catalan write some of their function words onto the next: l'eau, dell'acqua.
_ELIDED = re.compile(r"\b\w{1,5}['’](?=\w)")
# Norwegian is listed as one of its written forms.
_LISTED_AS = {"no": "nb", "nn": "nb"}
_ELIDING = frozenset({"fr", "it", "ca"})
STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are aren't as at be because been
    before being below between both but by can can't cannot could couldn't did didn't do does
    doesn't doing don't down during each few for from further had hadn't has hasn't have haven't
    having he he'd he'll he's her here here's hers herself him himself his how how's i i'd i'll
    i'm i've if in into is isn't it it's its itself let's me more most mustn't my myself no nor
    not of off on once only or other ought our ours ourselves out over own same shan't she she'd
    she'll she's should shouldn't so some such than that that's the their theirs them themselves
    then there there's these they they'd they'll they're they've this those through to too under
    until up very was wasn't we we'd we'll we're we've were weren't what what's when when's where
    where's which while who who's whom why why's will with won't would wouldn't you you'd you'll
    you're you've your yours yourself yourselves
    """.split()  # noqa: SIM905 - a list literal would be 170 lines
)


@cache
def function_words(language: str) -> frozenset[str]:
    """Return the function words of a language other than English, folded; none where no list is.

    One language's at a time: "war" is a function word of German, and "men" of Swedish.
    """
    if language in ENGLISH:
        return frozenset()
    from stop_words import StopWordError, get_stop_words

    try:
        listed = get_stop_words(_LISTED_AS.get(language, language))
    except StopWordError:
        return frozenset()
    return frozenset(fold(word) for word in listed)


def keep_telling_words(text: str, language: str) -> str:
    """Return a text with a comma in place of its function words, and with spaces between words.

    What is left is counted as words and phrases are. English text is returned as it is: what
    names English topics knows its function words.
    """
    if language in ENGLISH:
        return text
    common = function_words(language)
    if language in _ELIDING:
        text = _ELIDED.sub(", ", text)
    spaced = space_words(text, japanese=language == "ja")
    return _WORD.sub(lambda word: "," if fold(word[0]) in common else word[0], spaced)
