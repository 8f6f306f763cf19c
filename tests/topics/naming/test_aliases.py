"""Names that the texts say are one are one term."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from topics.naming.aliases import fold_aliases
from topics.naming.terms import Terms, count_terms

SAID = [
    "Fighters of the Islamic State of Iraq and Syria (ISIS) took the town.",
    "Planes hit the Islamic State of Iraq and Syria (ISIS) again.",
    "The group ISIL, also known as ISIS, sold oil.",
    "Men of ISIL, which is also known as ISIS, fled.",
]
MORE = [
    "Troops fought ISIL in the hills.",
    "The Islamic State lost a town.",
    "ISIS sold oil to ISIS.",
]


def fold(texts: list[str]) -> Terms:
    return fold_aliases(count_terms(texts, 1), texts)


def stands(terms: Terms) -> dict[str, set[int]]:
    """Return the passages of each term that stands anywhere."""
    rows = zip(terms.surfaces, terms.stands.toarray(), strict=True)
    return {surface: set(row.nonzero()[0].tolist()) for surface, row in rows if row.any()}


def test_an_acronym_its_words_and_its_other_forms_are_one() -> None:
    found = stands(fold(SAID + MORE))
    assert found["ISIS"] == set(range(7))
    assert not {"ISIL", "Islamic State"} & set(found)


def test_what_one_text_says_is_not_believed() -> None:
    assert {"ISIS", "Islamic State"} <= set(stands(fold([SAID[0], *MORE])))


def test_the_beginning_of_a_longer_name_is_another_thing() -> None:
    texts = ["The National Security Agency (NSA) listened."] * 2 + ["National security is at risk."]
    found = stands(fold(texts))
    assert found["National Security Agency"] == {0, 1}
    assert any(surface.casefold() == "national security" for surface in found)


def test_full_stops_make_no_other_name() -> None:
    texts = ["Envoys of the U.N. met.", "Envoys of the UN met.", "The U.N. and the UN."]
    assert sum(surface.replace(".", "") == "UN" for surface in stands(fold(texts))) == 1


@given(order=st.permutations(SAID + MORE))
@settings(max_examples=20, deadline=None)
def test_the_order_of_passages_does_not_matter(order: list[str]) -> None:
    once = {
        name: {(SAID + MORE)[row] for row in rows}
        for name, rows in stands(fold(SAID + MORE)).items()
    }
    assert {
        name: {order[row] for row in rows} for name, rows in stands(fold(order)).items()
    } == once
