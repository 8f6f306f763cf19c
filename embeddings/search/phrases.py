"""The words and phrases of a query, each as the full-text index is asked for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings.text.scripts import MARKS, UNSPACED_RUN, index_form
from embeddings.text.segmenting import segment_run
from embeddings.text.stopwords import STOP_WORDS

# Characters of a run without spaces that is looked for as a phrase alone.
_LONGEST_WORD = 4
_QUERY_WORD = re.compile(rf"[\w{MARKS}]+(?:[-'’.][\w{MARKS}]+)*")


def find_phrases(query: str) -> list[str]:
    """Return what a query looks for: any of these, each a word or a run of words.

    Text between double quotes stays a phrase, and so does a run of characters without spaces,
    such as Japanese. Stop words are left out unless there is nothing else.
    """
    query = query.replace("\0", " ")  # with which SQLite takes a text to end
    quoted = re.findall(r'"([^"]+)"', query)
    words = _QUERY_WORD.findall(re.sub(r'"[^"]+"', " ", query))
    content = [word for word in words if word.casefold() not in STOP_WORDS]
    inner = [part for word in content for part in _find_inner_words(word)]
    terms = dict.fromkeys(quoted + (content + inner or ([] if quoted else words)))
    return [index_form(term.replace('"', " ")) for term in terms if re.search(r"\w", term)]


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
    runs = [run[0] for run in UNSPACED_RUN.finditer(word) if len(run[0]) > _LONGEST_WORD]
    return [part for run in runs for part in segment_run(run) if len(part) > 1]
