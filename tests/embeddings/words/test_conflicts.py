"""Claims about which changes of facts are conflicts."""

from __future__ import annotations

import pytest

from embeddings.words.alignment import compare

WIRE = (
    "At least twelve people were killed in a car bomb attack in Damascus on Tuesday, May 14, "
    "2013, a spokesman told Mr. Kerry in the United States, and he did not say who was behind it."
)


def conflicts(before: str, after: str) -> list[str]:
    assert before in WIRE
    other = WIRE.replace(before, after)
    told: list[str] = [fact.kind for fact in compare(WIRE, other).conflicts]
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


FRAME = (
    "Officials said on that day that {} near the border, where troops had stood for many weeks "
    "before the talks of the envoys began, and that nothing more was known."
)


def framed(a: str, b: str) -> list[str]:
    told: list[str] = [fact.kind for fact in compare(FRAME.format(a), FRAME.format(b)).conflicts]
    back = [fact.kind for fact in compare(FRAME.format(b), FRAME.format(a)).conflicts]
    assert sorted(told) == sorted(back), "both ways round"
    return told


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("at least one soldier was killed", "at least two soldiers were killed", "figure"),
        ("it killed one soldier", "it killed 2 soldiers", "figure"),
        ("12 soldiers and 21 rebels fell", "21 soldiers and 12 rebels fell", "figure"),
        ("it hurt 12, 5 died", "it hurt 5, 12 died", "figure"),
        ("the team won 3-1 there", "the team won 1-3 there", "figure"),
        ("Israel attacked Syria", "Syria attacked Israel", "place"),
        ("Kerry praised Lavrov", "Lavrov praised Kerry", "name"),
        ("it began at 5 a.m. there", "it began at 5 p.m. there", "figure"),
        ("it was -5 degrees", "it was 5 degrees", "figure"),
        ("the price was $5", "the price was €5", "figure"),
        ("a third of them left", "a quarter of them left", "figure"),
        ("half of them left", "a quarter of them left", "figure"),
        ("the second of them left", "the first of them left", "figure"),
        ("two thirds of them left", "three quarters of them left", "figure"),
        ("they were able to leave", "they were unable to leave", "negation"),
        ("it was a legal order", "it was an illegal order", "negation"),
        ("the court upheld it", "the court overturned it", "negation"),
        ("prices rose 3 percent", "prices fell 3 percent", "negation"),
        ("he confirmed it", "he denied it", "negation"),
        ("envoys met Johnson", "envoys met Johnston", "name"),
    ],
)
def test_swap_sign_or_opposite_is_a_conflict(a: str, b: str, kind: str) -> None:
    assert set(framed(a, b)) == {kind}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("one of the 12 men left", "12 of the men left"),
        ("12 died and 30 were hurt", "30 were hurt and 12 died"),
        ("they went to Israel and Syria", "they went to Syria and Israel"),
        ("Kerry met Lavrov", "Lavrov met Kerry"),
        ("the price was $5", "the price was 5 dollars"),
        ("it lasted 2012-13", "it lasted 2012-2013"),
        ("an S-300 stood", "an S300 stood"),
        ("three-quarters of them left", "75 percent of them left"),
        ("1.25 million left", "1.3 million left"),
        ("they left Kiev", "they left Kyiv"),
        ("they left Bombay", "they left Mumbai"),
        ("they left Saigon", "they left Ho Chi Minh City"),
        ("they left Swaziland", "they left Eswatini"),
        ("it was not only there", "it was only there"),
        ("he was told inside", "he was told in the side street"),
        ("it was not accepted", "it was rejected"),
    ],
)
def test_order_of_a_list_rounding_or_another_name_is_no_conflict(a: str, b: str) -> None:
    assert framed(a, b) == []


@pytest.mark.parametrize(
    ("a", "b", "kinds"),
    [
        ("Ahmed", "Mahmoud", ["name"]),
        ("Rebels", "Activists", []),
        ("Police", "Ahmed", []),
        ("Ahmad", "Ahmed", []),
    ],
)
def test_who_speaks_first_in_a_sentence_is_a_name(a: str, b: str, kinds: list[str]) -> None:
    rest = " said that the tanks fired all night long from the hills around the town."
    assert [fact.kind for fact in compare(a + rest, b + rest).conflicts] == kinds


def test_date_that_opens_a_text_is_read() -> None:
    rest = " 13 the tanks fired all night long from the hills around the town."
    assert [fact.kind for fact in compare("May" + rest, "June" + rest).conflicts] == ["date"]


def test_cities_of_one_name_in_two_countries_agree_with_either_country() -> None:
    for country in ("Britain", "Canada"):
        assert framed("they left London", f"they left {country}") == []
    assert framed("they left London", "they left France") == ["place"]


@pytest.mark.parametrize("answer", ["no,", "no"])
def test_answer_is_no_negation_that_came_or_went(answer: str) -> None:
    a = "Asked whether he knew of it he said, from the steps of the house, that he was tired."
    b = a.replace("he said, from", f"he said {answer} from")
    assert bool(compare(a, b).conflicts) == (answer == "no")


def test_name_known_elsewhere_is_another_reference_unless_it_stands_alone() -> None:
    tail = " spoke to the press for a long while after the talks in the old palace had ended, as"
    a, b = f"There Kerry{tail} aides of Lavrov said", f"There Lavrov{tail} aides of Lavrov said"
    assert [fact.kind for fact in compare(a, b).conflicts] == ["name"]
    c = f"There the tall Kerry{tail} aides of Lavrov said"
    assert compare(c, b).conflicts == ()


def test_a_slip_in_a_name_of_two_words_is_no_conflict():
    text = "The United States said on Friday that {} had agreed to the delivery of the parts."
    assert not compare(text.format("it"), text.replace("United", "Untied").format("it")).conflicts
