"""Claims about which paragraphs are notes, appeals and disclaimers."""

from __future__ import annotations

import pytest

from topics.coverage.reuse.notes import is_note

NOTES = [
    "The opinions expressed in this commentary are solely those of the author.",
    "Karim Saleh and Nour Haddad contributed to this report.",
    "Follow Lena Haddad on Twitter.",
    "Sign up for our newsletter.",
    "Editor's note: Lena Haddad teaches history.",
    "This article originally appeared on the website of the Courier.",
    "RELATED: CONVOY OF LORRIES REACHES BESIEGED TOWN",
    "© 2013 The Courier. All rights reserved.",
]
REPORTS = [
    "The convoy of eleven lorries crossed the border shortly before noon.",
    "“We recognize that the views expressed by the manager have offended many,” the club said.",
    "The mayor said the town would follow the governor on the road to the coast.",
    "We are sending additional forces to support our personnel at the embassy.",
    "“AGAIN, TO OUR VERY FOOLISH LEADER, DO NOT ATTACK THE TOWN!”",
]


@pytest.mark.parametrize("paragraph", NOTES)
def test_a_note_is_told_by_its_words_wherever_it_stands(paragraph):
    assert is_note(paragraph, at_edge=False)


@pytest.mark.parametrize("paragraph", REPORTS)
def test_reporting_is_no_note_even_at_an_edge(paragraph):
    assert not is_note(paragraph, at_edge=True)


def test_a_line_on_a_person_is_one_on_the_author_at_an_edge_alone():
    line = "Lena Haddad is a columnist for the Courier."
    assert is_note(line, at_edge=True)
    assert not is_note(line, at_edge=False)
