"""Claims about quotations that several articles share."""

from __future__ import annotations

import pytest

from embeddings.text.wording import read_words
from topics.coverage.reuse.quotes import find_quotations, find_shared_quotes

SAID = "we will not leave this town before the last shell has fallen"


@pytest.mark.parametrize(
    "text",
    [
        f"He said: “{SAID}” and left.",
        f'He said: "{SAID}" and left.',
        f"He said: ‘{SAID}’ and left.",
        f"He said: '{SAID}' and left.",
        f"He said: «{SAID}» and left.",
        f"He said: „{SAID}“ and left.",
    ],
)
def test_quotations_are_found_whatever_their_marks(text):
    ((start, end),) = find_quotations(text)
    assert text[start:end] == SAID


def test_a_quotation_that_goes_on_in_the_next_paragraph_is_found():
    ((start, end),) = find_quotations(f"He said: “{SAID}")
    assert (start, end) == (10, 10 + len(SAID))


@pytest.mark.parametrize(
    "text",
    [
        "They crossed a “red line” in the sand, he said, and nothing more came of it at all.",
        "The rebels' men and the soldiers' wives waited for the boys' return to the town.",
        "It's Assad's army that holds the town's airport, and it doesn't let anybody in at all.",
    ],
)
def test_terms_and_apostrophes_are_no_quotations(text):
    assert find_quotations(text) == []


def test_words_that_two_documents_quote_are_shared():
    texts = [
        f"“{SAID},” the mayor said on Friday.",
        f'Asked about it, the mayor told them: "And {SAID}."',
        f"The mayor said that {SAID}.",
    ]
    found = find_shared_quotes(texts, [0, 1, 2]).tolist()
    assert [number for number, _, _ in found] == [0, 1]
    for number, first, after in found:
        assert " ".join(read_words(texts[number]).words[first:after]) == SAID


def test_words_quoted_in_one_document_only_are_not_shared():
    assert find_shared_quotes([f"“{SAID}”", f"“{SAID}”"], [0, 0]).shape == (0, 3)
    assert find_shared_quotes([], []).shape == (0, 3)
    assert find_shared_quotes(["“Yes,” he said."], [0]).shape == (0, 3)
