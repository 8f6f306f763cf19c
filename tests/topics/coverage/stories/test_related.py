"""Claims about the articles that stand beside a story."""

from __future__ import annotations

import pytest

from embeddings.corpus.citations import ArticleLine
from topics.coverage.stories.related import Beginnings

LEAD = "Ministers met on Friday. The envoy Marta Okafor and Pieter Lindqvist signed the treaty."
ANGLE = "A village remembers. Neighbours of Marta Okafor spoke of her years at the school."
OTHER = "The harbour was closed. Captain Jonas Berg said that fog kept the ferries in port."


def related(
    *others: tuple[str, str], published: str = "2024-03-05", members: int = 2, lead: str = LEAD
) -> list[str]:
    rows = [(published, lead)] * members + list(others)
    lines = [ArticleLine(f"{n:02}", "", "", when, "") for n, (when, _) in enumerate(rows)]
    beginnings = Beginnings(lines, [text for _, text in rows])
    story = {f"{n:02}" for n in range(members)}
    found = beginnings.find_related(story, dict.fromkeys(story, 7) | {"02": 8})
    assert all(one.story == (8 if one.article.document_id == "02" else None) for one in found)
    return [one.article.document_id for one in found]


def test_an_article_of_the_days_that_shares_rare_names_is_related() -> None:
    assert related(("2024-03-09", ANGLE), ("2024-03-05", OTHER)) == ["02"]


@pytest.mark.parametrize("when", ["2024-03-11", "2024-02-27", "2024-03", ""])
def test_one_of_other_days_or_of_no_known_day_is_not(when: str) -> None:
    assert related((when, ANGLE)) == []


def test_names_that_one_article_of_the_story_has_say_nothing() -> None:
    assert related(("2024-03-05", ANGLE), members=1) == []


@pytest.mark.parametrize("name", ["Marta Okafor", "D'Arcy O\u2019Hara", "Алёна Королёва"])
def test_names_that_many_have_say_nothing(name: str) -> None:
    lead, angle = (text.replace("Marta Okafor", name) for text in (LEAD, ANGLE))
    others = [("2024-03-05", angle)] * 6
    assert related(*others[:5], lead=lead) == ["02", "03", "04", "05", "06"]
    assert related(*others, lead=lead) == []


def test_a_story_without_a_known_day_has_none_beside_it() -> None:
    assert related(("2024-03-05", ANGLE), published="2024") == []


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("the plans of Marta\u2014Okafor\u2019s too\u2014stand", True),
        ("\u201cMarta\u201d and \u2018Okafor\u2019", True),
        ("Martas and Okaforo", False),
        ("Marta'x and l'Okafor", False),
    ],
)
def test_a_name_counts_where_it_stands_as_a_word(said: str, *, counts: bool) -> None:
    # With seven beginnings that have them, the names say nothing.
    others = [("2024-03-05", f"Reader {n}. It was said: {said}.") for n in range(5)]
    found = related(("2024-03-05", ANGLE), ("2024-03-05", ANGLE), *others)
    assert ("02" in found) is not counts


@pytest.mark.parametrize("around", ["", "In a café. "])
@pytest.mark.parametrize(
    ("said", "counts"), [("Martaʼs, Okaforʼs", True), ("ʼMartaʼ, Okaforʼ", False)]
)
def test_a_letter_apostrophe_is_read_alike_whatever_else_a_text_has(
    around: str, said: str, *, counts: bool
) -> None:
    others = [("2024-03-05", f"{around}Reader {n}. It was said: {said}.") for n in range(5)]
    found = related(("2024-03-05", ANGLE), ("2024-03-05", ANGLE), *others)
    assert ("02" in found) is not counts
