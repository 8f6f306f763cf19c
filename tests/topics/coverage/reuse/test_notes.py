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
    "Copyright 2013 The Courier",
    "Image copyright Reuters Image caption The lorries at the border",
    "For licensing opportunities, write to the desk.",
    "She can be reached at lena@courier.example.",
    "He may be contacted by e-mail.",
    "The author can be followed on Twitter.",
    "Like what you read? Subscribe to the Courier.",
    "Get the weekly newsletter.",
    "The Courier is not showing the cartoons.",
    "For information on licensing requests, write to the desk.",
    "Thank you for joining us on the program this morning, and for your time.",
    "HADDAD: Senator Saleh, thanks very much for being with us.",
    "The governor joins us now from the capital. Good to have you.",
]
REPORTS = [
    "The convoy of eleven lorries crossed the border shortly before noon.",
    "“We recognize that the views expressed by the manager have offended many,” the club said.",
    "The mayor said the town would follow the governor on the road to the coast.",
    "We are sending additional forces to support our personnel at the embassy.",
    "“AGAIN, TO OUR VERY FOOLISH LEADER, DO NOT ATTACK THE TOWN!”",
    "The two sides said that an agreement can be reached by Friday.",
    "The president is not showing any sign of stepping down.",
    "The plan falls under FCC licensing rules.",
    "Apple sued Samsung over copyright in Seoul.",
    "The group said in its newsletter that the dam would hold.",
    "Half of the readers are paying for a subscription.",
    "The town grew thanks to the bridge, and thanks its mayor for it.",
    "“Thank you for joining us in this fight,” the governor said.",
    "The governor, thanks in large part to the dam, won.",
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
