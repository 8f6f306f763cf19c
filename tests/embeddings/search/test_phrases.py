"""Words of a query, as the full-text index is asked for them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings.search.phrases import find_phrases, match_expression


@given(st.text(max_size=60) | st.text('"\0a ＂“', max_size=9))
def test_any_text_makes_an_expression_that_fts5_reads(query):
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
    phrases = find_phrases(query)
    connection.executemany("INSERT INTO words VALUES (?)", [(one,) for one in phrases])
    expression = match_expression(phrases)
    found = connection.execute("SELECT * FROM words WHERE words MATCH ?", (expression or '""',))
    assert {one for (one,) in found} <= set(phrases)


def test_stop_words_are_looked_for_only_when_there_is_nothing_else():
    assert match_expression(find_phrases("the delivery of arms")) == '"delivery" OR "arms"'
    assert match_expression(find_phrases("to be or not")) == '"to" OR "be" OR "or" OR "not"'
    assert match_expression(find_phrases("missiles", ["to be"])) == '"to be" OR "missiles"'
