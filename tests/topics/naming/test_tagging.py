"""What a word is depends on where it stands."""

from __future__ import annotations

import pytest

from topics.naming.tagging import guess
from topics.naming.tokens import tokenise


def roles(text: str) -> dict[str, str]:
    """Return what each word of a text is used as, the last use of each."""
    tokens = tokenise([text])
    found = {}
    for place, spelling in enumerate(tokens.spellings.tolist()):
        role = "noun" if tokens.noun[place] else "verb" if tokens.verb[place] else ""
        found[tokens.spelled[spelling]] = role or ("before" if tokens.modifies[place] else "")
    return found


@pytest.mark.parametrize(
    ("text", "word", "role"),
    [
        ("The strike on the base was denied.", "strike", "noun"),
        ("They would strike the base.", "strike", "verb"),
        ("The release of hostages was delayed.", "release", "noun"),
        ("They must free hostages held there.", "free", "verb"),
        ("It was a free press.", "free", "before"),
        ("The chemical weapons attack was denied.", "attack", "noun"),
        ("The rebels attack the town.", "attack", "verb"),
        ("He saw cases of swine flu there.", "flu", "noun"),
        ("The proposed ban was lifted.", "proposed", "before"),
        ("It has killed civilians.", "killed", "verb"),
        ("They came together there.", "together", ""),
    ],
)
def test_a_word_is_what_its_place_makes_it(text: str, word: str, role: str) -> None:
    assert roles(text)[word] == role


def test_a_capital_makes_a_name_within_a_sentence_alone() -> None:
    tokens = tokenise(["Rebels met. The town of Brega fell, and rebels of Brega fled."])
    named = {word for word, name in zip(tokens.vocabulary, tokens.named, strict=True) if name}
    assert named == {"brega"}


@pytest.mark.parametrize(
    ("word", "tag"),
    [("Brega", "NNP"), ("2013", "CD"), ("quickly", "RB"), ("bombings", "NNS"), ("crisis", "NN")],
)
def test_a_word_that_is_in_no_list_is_told_by_its_form(word: str, tag: str) -> None:
    assert guess(word) == tag
