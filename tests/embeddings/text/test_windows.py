"""Parts of long texts: sentences, clauses, words, and nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.windows import fit

BODY = "The army dropped leaflets over the town and told people to leave ahead of an attack."
OTHER = "An activist in the town said that no leaflets had been seen there since Friday."


def count_words(text: str) -> int:
    return len(text.split())


def parts(text: str, limit: int) -> list[str]:
    return [text[start:end] for start, end in fit(text, 0, len(text), count_words, limit)]


def test_a_text_that_fits_is_one_span_as_it_is() -> None:
    assert fit(f" {BODY} ", 0, len(BODY) + 2, count_words, 60) == [(0, len(BODY) + 2)]


def test_a_long_text_is_split_on_sentences_into_like_parts() -> None:
    found = parts(" ".join([BODY, OTHER] * 4), 40)
    assert len(found) == 4
    assert all(part.startswith(("The army", "An activist")) for part in found)
    assert {count_words(part) for part in found} == {31}


def test_parts_are_of_like_length() -> None:
    """Six sentences of which four would fit are three and three, not four and two."""
    found = parts(" ".join([BODY] * 6), 4 * count_words(BODY))
    assert [count_words(part) // count_words(BODY) for part in found] == [3, 3]


def test_abbreviations_and_quotes_do_not_end_a_sentence() -> None:
    first = 'Lt. Gen. Doe of the U.S. Army told Mr. Roe on Friday that it was "No. 1" of his aims.'
    assert parts(f"{first} {OTHER}", 20) == [first, OTHER]


def test_a_sentence_over_the_limit_is_split_at_clauses_then_words() -> None:
    text = "one two three four, five six seven eight; nine ten eleven twelve thirteen"
    assert parts(text, 4) == [
        "one two three four,",
        "five six seven eight;",
        "nine ten eleven twelve",
        "thirteen",
    ]


def test_a_word_over_the_limit_is_split_inside() -> None:
    found = fit("x" * 50, 0, 50, len, 8)
    assert "".join("x" * (end - start) for start, end in found) == "x" * 50
    assert max(end - start for start, end in found) <= 8


def test_offsets_are_those_of_the_whole_text() -> None:
    text = f"Heading\n\n{BODY} {OTHER}"
    start = text.index("The army")
    found = fit(text, start, len(text), count_words, 20)
    assert [text[first:last] for first, last in found] == [BODY, OTHER]


@given(st.text(max_size=120), st.integers(1, 30))
def test_spans_are_in_order_within_the_limit_and_cover_all_but_blanks(
    text: str, limit: int
) -> None:
    found = fit(text, 0, len(text), len, limit)
    place = 0
    for start, end in found:
        assert place <= start < end or (start, end) == (0, len(text))
        assert not text[place:start].strip()
        assert end - start <= limit or not text.strip()
        place = end
    assert not text[place:].strip()


def test_blank_space_over_the_limit_is_one_span() -> None:
    assert fit(" " * 30, 0, 30, len, 5) == [(0, 30)]
