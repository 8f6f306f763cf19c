"""The words and phrases of a query, each as the full-text index is asked for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings.text.scripts import MARKS, compile_unspaced_run, index_form
from embeddings.text.stopwords import STOP_WORDS

# Characters of a run without spaces that is looked for as a phrase alone.
_LONGEST_WORD = 4
_SAYS = re.compile(r"[^\W_]")
_QUERY_WORD = re.compile(rf"[\w{MARKS}]+(?:[-'’.][\w{MARKS}]+)*")


def find_words(text: str) -> list[tuple[str, int]]:
    """Return the words of a text that are looked for, and where each begins.

    Stop words are left out unless there is nothing else.
    """
    found = [(word[0], word.start()) for word in _QUERY_WORD.finditer(text)]
    content = [one for one in found if one[0].casefold() not in STOP_WORDS]
    return [one for one in content or found if _SAYS.search(one[0])]


def find_phrases(text: str, quoted: Sequence[str] = ()) -> list[str]:
    """Return what is looked for in passages: any of these, each a word or a run of words.

    A run of characters without spaces, such as Japanese, stays a phrase.

    Args:
        text: Whose words are looked for.
        quoted: Phrases beside them.
    """
    words = [word for word, _ in find_words(text)]
    if quoted and all(word.casefold() in STOP_WORDS for word in words):
        words = []
    inner = [part for word in words for part in _find_inner_words(word)]
    terms = dict.fromkeys((*quoted, *words, *inner))
    # SQLite takes a text to end with a zero.
    return [index_form(re.sub('["\0]', " ", term)) for term in terms if _SAYS.search(term)]


def match_expression(phrases: Sequence[str]) -> str:
    """Write phrases as an FTS5 expression: any of them, each quoted.

    Quoted, since FTS5 reads ``al-Assad S-300`` as syntax.
    """
    quoted = (phrase.replace('"', '""') for phrase in phrases)
    return " OR ".join(f'"{phrase}"' for phrase in quoted)


def _find_inner_words(word: str) -> list[str]:
    """Return the words inside a run without spaces that is longer than words mostly are.

    As a phrase, a sentence of Japanese would find nothing but itself.
    """
    if word.isascii():
        return []
    from embeddings.text.segmenting import segment_run

    found = compile_unspaced_run().finditer(word)
    runs = [run[0] for run in found if len(run[0]) > _LONGEST_WORD]
    return [part for run in runs for part in segment_run(run) if len(part) > 1]
