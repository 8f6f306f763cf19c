"""Passages: their places, their headings, and their length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.articles.furniture.finding import find_furniture
from embeddings.articles.passages import LONGEST, split
from embeddings.documents import Document, Passage, Removal

BODY = "The army dropped leaflets over the town and told people to leave ahead of an attack."
OTHER = "An activist in the town said that no leaflets had been seen there since Friday."


def cut(text: str, longest: int = LONGEST, removed: list[Removal] | None = None) -> list[Passage]:
    return split(Document("a", text), removed or [], longest)


def bodies(text: str) -> list[str]:
    return [passage.body for passage in cut(text)]


def test_paragraphs_between_empty_lines_are_passages() -> None:
    assert bodies(f"{BODY}\n\n{OTHER}\n") == [BODY, OTHER]


def test_lines_are_passages_where_the_text_has_no_empty_lines() -> None:
    assert bodies(f"{BODY}\n{OTHER}\n{BODY}") == [BODY, OTHER, BODY]


def test_wrapped_lines_are_one_passage() -> None:
    wrapped = (
        "The army dropped leaflets over the town and told people to leave\n"
        "ahead of an attack, which many expected to begin on the next day\n"
        "or as soon as the reinforcements from the capital had arrived at\n"
        "the barracks.\n"
    )
    found = cut(f"{wrapped}\n{wrapped}")
    assert [passage.text for passage in found] == [wrapped.strip()] * 2


def test_heading_is_joined_to_the_paragraph_below_but_not_to_its_body() -> None:
    (passage,) = cut(f"Regime gains\n\n{BODY}")
    assert passage.text == f"Regime gains\n\n{BODY}"
    assert passage.body == BODY
    assert (passage.start, passage.body_start) == (0, 14)


def test_heading_is_not_joined_across_something_removed() -> None:
    text = f"Regime gains\n\nAdvertisement\n\n{BODY}"
    removed = find_furniture(Document("a", text))
    assert [p.text for p in cut(text, removed=removed)] == ["Regime gains", BODY]


def test_heading_at_the_end_is_a_passage() -> None:
    assert bodies(f"{BODY}\n\nRegime gains") == [BODY, "Regime gains"]


def test_one_line_quote_is_a_passage_of_its_own() -> None:
    quote = '"We agree," he said.'
    assert bodies(f"{quote}\n\n{BODY}") == [quote, BODY]


def test_many_short_lines_are_a_list_and_no_headings() -> None:
    items = "Homs\nHama\nAleppo\nRaqqa"
    assert bodies(f"{items}\n{BODY}") == [items, BODY]


def test_bullets_are_passages() -> None:
    items = ["- five crates of ammunition in a cellar", "- two lorries with no plates at all"]
    assert bodies("\n".join([BODY, *items])) == [BODY, *items]


def test_a_paragraph_over_the_length_is_split_on_sentences() -> None:
    found = cut(" ".join([BODY, OTHER] * 4), longest=400)
    assert [passage.body for passage in found] == [
        f"{BODY} {OTHER} {BODY} {OTHER}",
        f"{BODY} {OTHER} {BODY} {OTHER}",
    ]


def test_a_paragraph_of_usual_length_is_one_passage_whatever_the_model_reads() -> None:
    text = " ".join([BODY] * (LONGEST // (len(BODY) + 1)))
    assert bodies(text) == [text]
    assert len(bodies(" ".join([text, BODY]))) == 2


def test_heading_stays_with_the_first_part_of_a_long_paragraph() -> None:
    found = cut("Regime gains\n\n" + " ".join([BODY, OTHER]), longest=90)
    assert [passage.body for passage in found] == [BODY, OTHER]
    assert found[0].text.startswith("Regime gains")
    assert found[1].start == found[1].body_start


def test_length_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        cut(BODY, longest=0)


PARTS = st.sampled_from(
    [BODY, OTHER, "Regime gains", "Advertisement", "- item", "Homs", "\n", "", "  ", "\x0b",
     "\u00a0", "“Quote.”", "Dr. X. ", "word," * 9, "12 May 2013"]
)  # fmt: skip


@given(
    st.lists(st.one_of(PARTS, st.text(max_size=40)), max_size=12),
    st.sampled_from(["\n", "\n\n", " ", "\r\n"]),
    st.integers(1, 200),
)
def test_passages_cover_what_was_not_removed_in_order(
    parts: list[str], joint: str, longest: int
) -> None:
    """Text is that of the document, disjoint, complete, and no longer than allowed."""
    document = Document("a", joint.join(parts))
    text = document.text
    removed = find_furniture(document)
    found = split(document, removed, longest)
    assert [passage.position for passage in found] == list(range(len(found)))
    covered = bytearray(len(text))
    for passage in found:
        assert passage.text == text[passage.start : passage.end]
        assert passage.start <= passage.body_start < passage.end
        assert len(passage.body) <= longest
        covered[passage.start : passage.end] = b"\1" * (passage.end - passage.start)
    for removal in removed:
        assert not any(covered[removal.start : removal.end])
        covered[removal.start : removal.end] = b"\1" * (removal.end - removal.start)
    assert all(kept or character.isspace() for kept, character in zip(covered, text, strict=True))
    ends = [passage.end for passage in found]
    assert all(end <= passage.start for end, passage in zip(ends, found[1:], strict=False))


def test_a_long_list_of_headings_is_gone_over_once(monkeypatch) -> None:
    looked = []

    def is_heading(line: object) -> bool:
        looked.append(line)
        return True

    monkeypatch.setattr("embeddings.articles.passages._is_heading", is_heading)
    text = "\n\n".join(f"The terminal closes again in year {number}" for number in range(500))
    assert len(cut(text)) == 500
    assert len(looked) < 4 * 500
