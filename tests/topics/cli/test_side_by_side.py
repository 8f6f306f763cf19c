"""Two texts laid side by side: nothing is lost, and what differs is set off."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from embeddings.words.alignment import compare
from topics.cli.side_by_side import lay_side_by_side
from topics.coverage.reuse.paragraphs import find_conflicts, lay_out

LEFT = (
    "The convoy of eleven lorries crossed the border at noon, the agency said.\n\n"
    "It carried flour for 1,200 people in the besieged town.\n\nNobody else saw it pass."
)
RIGHT = (
    "A spokesman declined to comment on any of it.\n\n"
    "It carried flour for 1,500 people in the besieged town.\n\n"
    "The convoy of eleven lorries crossed the border at noon."
)


def shown(left: str, right: str, *, marked: bool = True) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    spans = compare(left, right).spans
    console.print(lay_side_by_side(left, right, spans, marked=marked))
    return console.export_text()


def test_paragraphs_stand_beside_what_they_share_most_with():
    pairs = lay_out(LEFT, RIGHT, compare(LEFT, RIGHT).spans)
    texts = [
        (
            LEFT[slice(*a)][:10] if a else "",
            RIGHT[slice(*b)][:10] if b else "",
        )
        for a, b, _ in pairs
    ]
    assert ("It carried", "It carried") in texts
    assert ("The convoy", "The convoy") in texts
    assert ("", "A spokesma") in texts
    assert ("Nobody els", "") in texts


def test_facts_that_conflict_are_found_in_paragraphs_that_belong_together():
    (fact,) = find_conflicts(lay_out(LEFT, RIGHT, compare(LEFT, RIGHT).spans))
    assert (fact.kind, fact.before, fact.after) == ("figure", "1200", "1500")


def test_what_differs_is_set_off_by_signs_where_there_are_no_colours():
    text = shown(LEFT, RIGHT)
    assert "**1,200**" in text
    assert "**1,500**" in text
    assert "[-the agency said.-]" in text
    assert "**" not in shown(LEFT, RIGHT, marked=False)


def test_a_full_stop_alone_is_no_difference():
    assert "{+" not in shown("It crossed the border at noon", "It crossed the border at noon.")


WORD = st.sampled_from(["convoy", "border", "noon", "12", "flour", "town", "the", "\x1b[31m"])
TEXT = st.lists(st.lists(WORD, min_size=1, max_size=12).map(" ".join), max_size=5).map("\n\n".join)


@given(TEXT, TEXT)
def test_every_paragraph_of_both_texts_is_laid_out(left, right):
    pairs = lay_out(left, right, compare(left, right).spans)
    lefts = {one for one, _, _ in pairs if one}
    rights = [one for _, one, _ in pairs if one]
    assert len(lefts) == len([one for one in left.split("\n\n") if one.strip()])
    assert len(rights) == len([one for one in right.split("\n\n") if one.strip()])
    assert rights == sorted(rights)
    assert "\x1b" not in shown(left, right)
