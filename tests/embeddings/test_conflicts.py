"""Claims about which changes of facts are conflicts."""

from __future__ import annotations

import pytest

from embeddings.alignment import compare

WIRE = (
    "At least twelve people were killed in a car bomb attack in Damascus on Tuesday, May 14, "
    "2013, a spokesman told Mr. Kerry in the United States, and he did not say who was behind it."
)


def conflicts(before: str, after: str) -> list[str]:
    assert before in WIRE
    other = WIRE.replace(before, after)
    told = [fact.kind for fact in compare(WIRE, other).conflicts]
    assert told == [fact.kind for fact in compare(other, WIRE).conflicts], "both ways round"
    return told


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("twelve", "21", "figure"),
        ("twelve people", "21 civilians", "figure"),
        ("Tuesday", "Monday", "date"),
        ("May 14", "May 13", "date"),
        ("2013", "2014", "date"),
        ("14", "36", "figure"),
        ("did not say", "said", "negation"),
        ("were killed", "were not killed", "negation"),
        ("Damascus", "Aleppo", "place"),
        ("Damascus", "Tel Aviv", "place"),
        ("Damascus", "Jobar", "place"),
        ("United States", "Soviet Union", "place"),
        ("Kerry", "Lavrov", "name"),
    ],
)
def test_other_fact_of_the_same_kind_at_the_same_place_is_a_conflict(
    before: str, after: str, kind: str
) -> None:
    assert conflicts(before, after) == [kind]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("twelve", "dozens"),
        ("twelve", "12"),
        ("At least twelve", "Twelve"),
        ("Tuesday, May 14, 2013", "May 14"),
        ("Tuesday", "today"),
        ("on Tuesday, May 14, 2013", "yesterday"),
        ("May 14", "May"),
        ("Damascus", "Damasucs"),
        ("Damascus", "the Syrian capital"),
        ("Damascus", "Syria"),
        ("United States", "U.S."),
        ("the United States", "America"),
        ("Mr. Kerry", "John Kerry"),
        ("Mr. Kerry", "Secretary of State John Kerry"),
        ("Kerry", "Kerrey"),
        ("told Mr. Kerry", "told Reuters"),
        ("a spokesman", "Spokesman Moaz al-Khatib"),
        (", and he did not say", ". Asked by others, who were not named, he did not say"),
        ("in a car bomb attack", "without warning in a car bomb attack"),
        ("a spokesman told", "one of the many officials who had come there with 40 guards told"),
    ],
)
def test_rewording_or_addition_is_no_conflict(before: str, after: str) -> None:
    assert conflicts(before, after) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("it killed about 1,400 people", "it killed 1,429 people"),
        ("it took 3.5 million dollars from him", "it took 3,500,000 dollars from him"),
        ("fighters of ISIL left the town", "fighters of Daesh left the town"),
        ("he will speak to them today", "he will speak to them tomorrow"),
        ("of 12 men, it was said, and 30 women", "of 30 women, it was said, and 12 men"),
        ("shot at the MIT there", "shot at the Massachusetts Institute of Technology there"),
        ("it was not clear who did it", "it was unclear who did it"),
        ("asked whether or not he would go", "asked whether he would go"),
        ("shells fell on Daraa at noon", "shells fell on Deraa at noon"),
        ("Sen. Portman of Ohio spoke", "Sen. Portman of OH spoke"),
        ("they left 12 dead and 30 hurt there", "they left 30 hurt and 12 dead there"),
        ("he said he did not know of it", "he said there was no sign that he knew of it"),
    ],
)  # fmt: skip
def test_two_ways_to_say_one_thing_are_no_conflict(a: str, b: str) -> None:
    assert compare(a, b).conflicts == ()
    assert compare(b, a).conflicts == ()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("it killed about 1,400 people", "it killed 1,600 people"),
        ("it killed about 1,400 people", "it killed about 1,429 people"),
        ("troops left Iran for home", "troops left Iraq for home"),
    ],
)
def test_facts_that_are_nearly_alike_conflict(a: str, b: str) -> None:
    assert len(compare(a, b).conflicts) == 1


def test_long_rewritten_stretch_is_no_conflict() -> None:
    a = "Officials said 12 men were seen there by patrols of the border guard at night. It ended."
    b = "Officials said 40 lorries with flour for the towns went over that day. It ended."
    assert [fact.kind for fact in compare(a, b).changed_facts if fact.conflicting] == []


def test_name_that_both_texts_have_elsewhere_is_another_way_to_refer() -> None:
    a = "After Kerry met Lavrov in Geneva on Friday, aides of Kerry spoke to the press for long."
    b = "After Kerry met Lavrov in Geneva on Friday, aides of Lavrov spoke to the press for long."
    assert compare(a, b).conflicts == ()
