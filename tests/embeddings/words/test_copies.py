"""Claims about groups of copies."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Passage
from embeddings.words.copies import CopyOptions, compare, find_copies, survey_copies
from tests.embeddings.words.wire import (
    EDITED,
    OTHER,
    SAME_EVENT,
    SAME_FACTS,
    WIRE,
    as_texts,
    passages,
    reword,
)


def chain(length: int) -> list[str]:
    """Texts each of which is near to the one before and the one after, and to no other."""
    words = [f"w{n}" for n in range(10 * length + 50)]
    return [" ".join(words[start : start + 50]) for start in range(0, 10 * length, 10)]


def test_equal_bodies_are_an_exact_group_whatever_their_white_space() -> None:
    (group,) = find_copies(passages(WIRE, OTHER, WIRE.replace(" ", "\n  ")))
    assert (group.kind, group.members, group.texts) == ("exact", (0, 2), 1)
    assert group.shares == (1.0, 1.0)


def test_the_first_of_equal_texts_by_document_stands_for_them_in_any_order() -> None:
    rows = passages(WIRE, WIRE, WIRE)
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        (group,) = find_copies([rows[place] for place in order])
        assert order[group.canonical] == 0
        assert [order[member] for member in group.members] == [0, 1, 2]


def test_typographic_variant_is_a_near_copy_with_all_words_shared() -> None:
    (group,) = find_copies(passages(WIRE, WIRE.upper()))
    assert (group.kind, group.shares) == ("near_copy", (1.0, 1.0))


@pytest.mark.parametrize(
    ("text", "edited", "other"),
    [
        (
            "気象庁は火曜日の朝、沿岸の町に津波警報を出し、住民に高台へ避難するよう呼びかけた。",
            "気象庁は火曜日の朝、沿岸の町に津波警報を出し、住民に高台へ急いで避難するよう呼びかけた。",
            "市場の仲買人によると、今年のまぐろの初競りは例年より静かで、値段も昨年を下回った。",
        ),
        (
            "中国外交部发言人星期二表示，两国将于下周在北京举行新一轮谈判，讨论边境贸易问题。",
            "中国外交部发言人星期二表示，两国将于下周在北京举行新一轮会谈，讨论边境贸易问题。",
            "今年秋天的大米收成比去年好，农民说价格却下跌了，合作社希望政府提供更多的补贴。",
        ),
        (
            "กรมอุตุนิยมวิทยาประกาศเตือนฝนตกหนักทางภาคใต้และขอให้ประชาชนย้ายขึ้นที่สูงทันที",
            "กรมอุตุนิยมวิทยาประกาศเตือนฝนตกหนักทางภาคใต้และขอให้ประชาชนอพยพขึ้นที่สูงทันที",
            "ราคาข้าวปีนี้ลดลงมากเพราะผลผลิตดีกว่าปีก่อนและสหกรณ์ต้องการเงินช่วยเหลือเพิ่ม",
        ),
    ],
)
def test_scripts_without_spaces_are_compared_by_characters(text, edited, other) -> None:
    (group,) = find_copies(passages(text, other, edited))
    assert (group.kind, group.members) == ("near_copy", (0, 2))


def test_lightly_edited_text_is_a_near_copy() -> None:
    (group,) = find_copies(passages(OTHER, WIRE, SAME_FACTS))
    assert (group.kind, group.members) == ("near_copy", (1, 2))
    assert min(group.shares) < 1.0


def test_text_with_another_figure_stands_apart_and_is_told() -> None:
    survey = survey_copies(passages(OTHER, WIRE, EDITED))
    assert survey.groups == []
    assert survey.conflicting == [(1, 2)] or survey.conflicting == [(2, 1)]
    assert [rows for _, rows in survey.wordings] == [(1, 2)]


def test_texts_that_agree_on_another_figure_are_a_version_of_their_own() -> None:
    twelve = [WIRE, SAME_FACTS, WIRE.replace("near", "outside")]
    dead = [text.replace("twelve", "21").replace("12", "21") for text in twelve]
    survey = survey_copies(passages(*twelve, *dead, dead[0]))
    assert {group.members for group in survey.groups} == {(0, 1, 2), (3, 4, 5, 6)}
    assert {group.wording for group in survey.groups} == {0}
    (pair,) = survey.conflicting
    assert {row < 3 for row in pair} == {True, False}
    assert [rows for _, rows in survey.wordings] == [tuple(range(7))]
    for group in survey.groups:
        for member in group.members:
            assert not compare(rows_of(twelve, dead)[group.canonical],
                               rows_of(twelve, dead)[member]).conflicts  # fmt: skip


def rows_of(twelve: list[str], dead: list[str]) -> list[str]:
    return [*twelve, *dead, dead[0]]


def test_without_the_veto_facts_part_nothing() -> None:
    survey = survey_copies(passages(WIRE, EDITED), options=CopyOptions(veto=False))
    assert [group.members for group in survey.groups] == [(0, 1)]
    assert survey.conflicting == []


def test_what_two_texts_say_otherwise_is_told_fact_by_fact() -> None:
    differing, same = compare(WIRE, EDITED), compare(WIRE, SAME_FACTS)
    step = CopyOptions().check_facts(differing)
    assert (step.passed, step.sentence) == (
        False,
        "They say different things: figure 12 -> 21.",
    )
    passed = CopyOptions(veto=False).check_facts(differing)
    assert (passed.passed, passed.sentence[-20:]) == (True, ", which is let pass.")
    assert CopyOptions().check_facts(same).sentence == "No facts conflict."


def test_text_cut_by_a_third_is_a_near_copy_and_one_with_other_words_in_its_place_is_not() -> None:
    whole = " ".join(f"word{n}" for n in range(50))
    cut = " ".join(f"word{n}" for n in range(31))
    half = " ".join(f"word{n}" for n in range(25))
    framed = f"{cut} " + " ".join(f"other{n}" for n in range(19))
    assert [g.members for g in find_copies(passages(whole, cut))] == [(0, 1)]
    assert find_copies(passages(whole, framed)) == []
    assert find_copies(passages(whole, half)) == []


def test_misspelled_words_count_as_shared() -> None:
    places = random.Random(2).sample(range(len(WIRE.split())), 11)
    words = [w[:2] + w[3:4] + w[2:3] + w[4:] if n in places else w
             for n, w in enumerate(WIRE.split())]  # fmt: skip
    (group,) = find_copies(passages(WIRE, " ".join(words)), options=CopyOptions(jaccard=0.1))
    assert min(group.shares) == compare(WIRE, " ".join(words)).share > 0.75


def test_same_event_in_other_words_is_no_copy() -> None:
    assert find_copies(passages(WIRE, SAME_EVENT, OTHER)) == []


def test_text_with_its_sentences_in_another_order_is_a_near_copy() -> None:
    (group,) = find_copies(passages(f"{WIRE} {OTHER}", f"{OTHER} {WIRE}"))
    assert group.kind == "near_copy"


def test_stock_phrase_is_no_near_copy() -> None:
    rows = passages(
        "The White House did not respond to a request for comment.",
        "Manafort did not immediately respond to a Guardian request for comment.",
    )
    assert find_copies(rows) == []


def test_one_changed_word_is_a_near_copy_even_in_a_short_text() -> None:
    rows = passages("Rebels shelled the old airport of Aleppo overnight",
                    "Rebels bombed the old airport of Aleppo overnight")  # fmt: skip
    assert [group.kind for group in find_copies(rows)] == ["near_copy"]


def test_short_equal_texts_share_a_group_that_says_it_is_short() -> None:
    (group,) = find_copies(passages("He said.", "He said.", WIRE))
    assert (group.kind, group.short, group.words) == ("exact", True, 2)


@pytest.mark.parametrize(
    ("sources", "outlets", "across"),
    [
        ({"d00000": "Herald", "d00001": "Post"}, ("Herald", "Post"), True),
        ({"d00000": "Herald", "d00001": "Herald"}, ("Herald",), False),
        ({}, (), True),
    ],
)
def test_group_says_whether_it_stands_in_several_outlets(
    sources: dict[str, str], outlets: tuple[str, ...], across: bool
) -> None:
    (group,) = find_copies(passages(WIRE, WIRE), sources=sources)
    assert (group.outlets, group.across) == (outlets, across)


def test_refrain_of_one_document_is_not_across() -> None:
    rows = [Passage("d", n, 0, 0, len(WIRE), WIRE) for n in range(3)]
    (group,) = find_copies(rows)
    assert (group.documents, group.across) == (1, False)


def test_chain_of_pairs_joins_no_strangers() -> None:
    """Each text is near to the next one only; all in one group would be a false story."""
    survey = survey_copies(passages(*chain(25)))
    for group in survey.groups:
        starts = sorted(group.members)
        assert starts[-1] - starts[0] <= 2, "a member is not near to the canonical one"
    members = [member for group in survey.groups for member in group.members]
    assert len(members) == len(set(members))
    assert survey.apart, "the pairs that were cut are told"


def test_groups_are_disjoint_and_every_member_is_near_the_canonical_one() -> None:
    rng = random.Random(3)
    rows = passages(*(reword(WIRE, rng.random() * 0.5, rng) for _ in range(60)))
    groups = find_copies(rows)
    members = [member for group in groups for member in group.members]
    assert len(members) == len(set(members))
    assert all(min(group.shares) >= CopyOptions().share for group in groups)


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_groups_are_the_same_in_any_order(rng: random.Random) -> None:
    fixed = random.Random(1)
    bodies = [reword(WIRE, fixed.random() * 0.4, fixed) for _ in range(25)]
    rows = passages(*bodies, *chain(9), WIRE, WIRE, OTHER, OTHER, EDITED, "He said.", "He said.")
    shuffled = list(rows)
    rng.shuffle(shuffled)
    expected = [
        (g.kind, g.shares, [rows[m].document_id for m in g.members], rows[g.canonical].body)
        for g in find_copies(rows)
    ]
    survey = survey_copies(shuffled)
    assert expected == [
        (g.kind, g.shares, [shuffled[m].document_id for m in g.members], shuffled[g.canonical].body)
        for g in survey.groups
    ]
    before = survey_copies(rows)
    assert before.conflicting
    for told, of in ((before, rows), (survey, shuffled)):
        told.conflicting[:] = [(of[a].body, of[b].body) for a, b in told.conflicting]  # type: ignore[misc]
        told.wordings[:] = [
            (of[a].body, tuple(of[m].document_id for m in members))  # type: ignore[misc]
            for a, members in told.wordings
        ]
    assert before.conflicting == survey.conflicting
    assert before.wordings == survey.wordings


def test_copying_a_text_once_more_moves_no_other_group() -> None:
    rng = random.Random(5)
    rows = passages(*(reword(WIRE, 0.2, rng) for _ in range(12)))
    more = [*rows, *(Passage(f"x{n}", 0, 0, 0, 9, rows[4].text) for n in range(5))]
    before = {frozenset(g.members) for g in find_copies(rows)}
    after = {frozenset(m for m in g.members if m < len(rows)) for g in find_copies(more)}
    assert before == {group for group in after if len(group) > 1}


@pytest.mark.parametrize(("varied", "count"), [(False, 10_000), (True, 4_000)])
def test_of_thousands_of_copies_each_is_aligned_twice_at_most(varied: bool, count: int) -> None:
    letters = str.maketrans("0123456789", "abcdefghij")
    words = [f" word{str(n).translate(letters)}" if varied else "" for n in range(count)]
    rows = passages(*(WIRE + word for word in words))
    survey = survey_copies(rows)
    (group,) = survey.groups
    assert len(group.members) == count
    assert survey.candidates <= 2 * len(rows)


def test_thousands_of_versions_of_one_paragraph_are_told_without_aligning_all_pairs() -> None:
    rows = passages(*(WIRE.replace("twelve", str(n)) for n in range(3_000)))
    survey = survey_copies(rows)
    assert survey.groups == []
    assert len(survey.conflicting) == 2_999
    assert survey.candidates < 5 * len(rows)


@pytest.mark.parametrize("bodies", [(), ("",), ("", ""), ("war",), ("war", "peace"), ("…", "—")])
def test_corpus_without_words_to_compare_has_an_answer(bodies: tuple[str, ...]) -> None:
    groups = find_copies(passages(*bodies))
    assert [group.kind for group in groups] == (["exact"] if bodies == ("", "") else [])


def test_heading_joined_to_a_paragraph_lowers_no_share() -> None:
    heading = "What the ministry and its spokesmen have said of it so far\n\n"
    rows = [
        Passage("a", 0, 0, len(heading), len(heading + WIRE), heading + WIRE),
        Passage("b", 0, 0, 0, len(SAME_FACTS), SAME_FACTS),
    ]
    (group,) = find_copies(rows)
    assert min(group.shares) == pytest.approx(compare(WIRE, SAME_FACTS).share)


def test_heading_joined_to_a_paragraph_is_not_hashed() -> None:
    rows = [
        Passage("a", 0, 0, 9, 9 + len(WIRE), f"Heading\n\n{WIRE}"),
        Passage("b", 0, 0, 0, len(WIRE), WIRE),
    ]
    assert as_texts(rows) == {("exact", ("a", "b"))}


def test_texts_reworded_by_a_quarter_are_found_among_others() -> None:
    rng = random.Random(11)
    originals = [" ".join(f"v{rng.randrange(3000)}" for _ in range(45)) for _ in range(150)]
    rows = passages(*originals, *(reword(text, 0.25, rng) for text in originals))
    pairs = {frozenset(group.members) for group in find_copies(rows)}
    found = sum(frozenset((n, n + 150)) in pairs for n in range(150))
    assert found >= 145
    assert all(len(pair) == 2 for pair in pairs)
