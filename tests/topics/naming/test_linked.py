"""Phrases with a preposition, as people write them."""

from __future__ import annotations

import numpy as np
import pytest

from topics.naming.linked import find_linked
from topics.naming.terms import count_terms
from topics.naming.tokens import tokenise


def linked(texts: list[str], least: int = 2) -> dict[str, int]:
    """Return the linked phrases of texts, and the passages that hold what they say."""
    found = find_linked(tokenise(texts), least, np.arange(len(texts)), {})
    return dict(zip(found.surfaces, np.diff(found.stands.indptr).tolist(), strict=True))


def test_a_phrase_stands_where_its_words_do_in_any_form_and_order() -> None:
    texts = ["The release of hostages was near.", "He spoke of the release of hostages."]
    assert linked([*texts, "Two hostages were released.", "A hostage spoke."]) == {
        "release of hostages": 3
    }


def test_a_phrase_of_one_text_alone_is_none() -> None:
    texts = ["The release of hostages was near, for the release of hostages had begun."] * 2
    found = find_linked(tokenise([*texts, "He was ill."]), 2, np.array([0, 0, 1]), {})
    assert found.surfaces == []


@pytest.mark.parametrize(
    "text",
    [
        "The attack on Syrian rebels came.",  # a piece: attack on Syrian
        "He would pull troops from Syria.",
        "President Assad in Damascus spoke.",
        "The number of refugees rose.",
        "He was killed in Syria.",
        "The use of it was denied.",
    ],
)
def test_pieces_offices_amounts_and_what_goes_with_a_verb_are_no_phrases(text: str) -> None:
    assert set(linked([text] * 3)) <= {"attack on Syrian rebels"}


def test_of_forms_of_one_phrase_the_commonest_is_kept_and_several_before_one() -> None:
    one = ["The attack in Homs was denied."] * 3
    assert list(linked([*one, "The attacks in Homs went on."])) == ["attack in Homs"]
    assert list(linked([*one, *["The attacks in Homs went on."] * 2])) == ["attacks in Homs"]


def test_what_is_mostly_said_without_a_preposition_is_no_linked_phrase() -> None:
    texts = ["The oil prices fell.", "The oil prices rose.", "Of oil prices he spoke."]
    terms = count_terms([*texts, "The price of oil fell.", "The price of oil rose."], 2)
    assert "oil prices" in terms.surfaces
    assert terms.linked == len(terms.surfaces)


def test_words_far_apart_in_a_whole_article_say_no_phrase() -> None:
    near = ["The release of hostages was near."] * 2
    far = (
        "He was released then. "
        + "It rained on, and on it went for days. " * 30
        + "A hostage spoke."
    )
    assert linked([*near, far]) == {"release of hostages": 2}
