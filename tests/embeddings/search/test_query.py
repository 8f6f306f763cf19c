"""A query is read whatever is typed, and each part says where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.errors import InputError
from embeddings.search.query import LONGEST, expect_query, parse_query

TYPED = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [
            "-",
            '"',
            "“",
            "”",
            "title:",
            "outlet:",
            "site:",
            " ",
            "(",
            "war",
            "S-300",
            ",",
            "_",
            "津波",
        ]
    ),
    max_size=14,
).map("".join)


@given(TYPED)
def test_any_text_is_read_and_nothing_of_it_is_lost(typed):
    query = parse_query(typed)
    pieces, at = [], 0
    for part in query.parts:
        assert at <= part.start < part.end
        pieces += [query.plain[at : part.start], typed[part.start : part.end]]
        at = part.end
    assert "".join((*pieces, query.plain[at:])) == typed


@given(TYPED)
def test_a_part_read_alone_is_the_same_part(typed):
    for part in parse_query(typed).parts:
        alone = parse_query(typed[part.start : part.end])
        assert [(one.kind, one.text, one.out) for one in alone.parts] == [
            (part.kind, part.text, part.out)
        ]


@given(TYPED)
def test_what_is_left_out_is_nowhere_in_what_is_looked_for(typed):
    query = parse_query(f"{typed} -zebra")
    assert query.is_text or "zebra" not in query.text


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ('arms "S-300 missiles"', [("phrase", "S-300 missiles", False)]),
        ("arms “S-300 missiles”", [("phrase", "S-300 missiles", False)]),
        ("arms -Iran -“air strike”.", [("word", "Iran", True), ("phrase", "air strike", True)]),
        ("title:Lavrov, (OUTLET:cnn)", [("title", "Lavrov", False), ("outlet", "cnn", False)]),
        ('-outlet:"The Post"', [("outlet", "The Post", True)]),
        ('al-Assad S-300 site:x.org 5-6 - -- -) 12" guns', []),
        ('title:"" "..." "_" "open', []),
    ],
)
def test_parts_are_told_from_words(typed, parts):
    assert [(one.kind, one.text, one.out) for one in parse_query(typed).parts] == parts


def test_a_text_asks_for_nothing_in_particular():
    for text in ('He said "never" -\nand left', " ".join(['"word"', "-x"] * (LONGEST // 2 + 1))):
        query = parse_query(text)
        assert query.is_text
        assert not query.parts
        assert query.text == text


def test_what_passages_shall_be_like_is_said_without_outlets_and_what_is_left_out():
    query = parse_query('arms "for Assad" -Iran title:Geneva outlet:cnn now')
    assert query.text == 'arms "for Assad" Geneva now'


@pytest.mark.parametrize(
    "typed", ["-war", '-"the war" -x', "outlet:cnn", "outlet:cnn -war", " - -x"]
)
def test_a_query_that_looks_for_nothing_is_refused_in_a_sentence(typed):
    with pytest.raises(InputError, match="add what to look for"):
        expect_query(parse_query(typed))


def test_a_query_of_marks_alone_is_a_query():
    expect_query(parse_query("?!"))


def test_what_is_an_operator_elsewhere_is_said_to_be_none():
    note = parse_query("chemical AND NOT russia").note_operators()
    assert note.startswith("AND and NOT are no operators here but words to look for:")
    assert parse_query("(arms OR weapons)").note_operators().startswith("OR is no operator here")


@pytest.mark.parametrize(
    "typed", ["arms and men", 'the film "AND NOT" -OR', "WAR AND PEACE", "ANDORRA or NOTES now"]
)
def test_words_that_are_not_meant_for_operators_are_passed_over(typed):
    assert not parse_query(typed).note_operators()
