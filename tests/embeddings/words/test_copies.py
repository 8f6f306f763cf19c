"""Claims about groups of copies."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Passage
from embeddings.text.normalising import hash_text
from embeddings.text.wording import read_many
from embeddings.words.copies import CopyOptions, compare, find_copies, find_pairs, survey_copies
from embeddings.words.minhash import BandPlan, candidates, merge_pairs, pair_up, plan_bands
from embeddings.words.verifying import Verifier, pair_all, verify_candidates
from embeddings.words.versions import Judged, Pair

WIRE = (
    "At least twelve people were killed and thirty wounded when a car bomb exploded near the "
    "central bank in Damascus on Tuesday, state television said, blaming terrorists for it."
)
EDITED = (
    "At least 21 people were killed and thirty wounded when a car bomb exploded near the "
    "central bank in the Syrian capital on Tuesday, state TV said, blaming terrorists for it."
)
SAME_FACTS = EDITED.replace("21", "12")
SAME_EVENT = (
    "A blast outside the headquarters of Syria's central bank left a dozen dead on Tuesday, "
    "according to state media, which accused armed groups of having planted the device there."
)
OTHER = (
    "Negotiators meeting in Geneva agreed to extend their talks by a week, diplomats said, "
    "though neither side would say whether the opposition would return to the table at all."
)


def passages(*bodies: str) -> list[Passage]:
    return [Passage(f"d{n:05}", 0, 0, 0, len(body), body) for n, body in enumerate(bodies)]


def as_texts(rows: list[Passage], **options: object) -> set[tuple[str, tuple[str, ...]]]:
    return {
        (group.kind, tuple(sorted(rows[m].document_id for m in group.members)))
        for group in find_copies(rows, **options)  # type: ignore[arg-type]
    }


def reword(text: str, share: float, rng: random.Random) -> str:
    words = text.split()
    for place in rng.sample(range(len(words)), round(share * len(words))):
        words[place] = f"w{rng.randrange(10**6)}"
    return " ".join(words)


def chain(length: int) -> list[str]:
    """Texts each of which is near to the one before and the one after, and to no other."""
    words = [f"w{n}" for n in range(10 * length + 50)]
    return [" ".join(words[start : start + 50]) for start in range(0, 10 * length, 10)]


def test_equal_bodies_are_an_exact_group_whatever_their_white_space() -> None:
    (group,) = find_copies(passages(WIRE, OTHER, WIRE.replace(" ", "\n  ")))
    assert (group.kind, group.members, group.texts) == ("exact", (0, 2), 1)


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


def test_pair_that_the_user_joins_is_a_group_whatever_it_shares() -> None:
    rows = passages(WIRE, SAME_EVENT, OTHER)
    survey = survey_copies(rows, together=[(key(SAME_EVENT), key(WIRE))])
    assert [group.members for group in survey.groups] == [(0, 1)]
    assert min(survey.groups[0].shares) < 0.5


def test_pairs_of_texts_that_are_not_there_are_passed_over() -> None:
    rows, pairs = passages(WIRE, SAME_FACTS), [(key(WIRE), key(OTHER)), (key(OTHER), key(WIRE))]
    survey = survey_copies(rows, together=pairs, apart=pairs)
    assert [group.members for group in survey.groups] == [(0, 1)]


def test_pair_that_the_user_joins_is_spared_the_veto() -> None:
    (group,) = survey_copies(passages(WIRE, EDITED), together=[(key(WIRE), key(EDITED))]).groups
    assert group.members == (0, 1)


def test_text_that_belongs_to_a_follower_joins_its_group() -> None:
    words = [f"v{chr(97 + n // 10)}{chr(97 + n % 10)}" for n in range(60)]
    followers = [
        " ".join(words[:n] + [f"{word}x" * 2 for word in words[n : n + 15]] + words[n + 15 :])
        for n in (0, 15, 30, 45)
    ]
    rows = passages(" ".join(words), *followers, WIRE)
    (group,) = survey_copies(rows, together=[(key(WIRE), key(followers[0]))]).groups
    assert (group.canonical, group.members) == (0, (0, 1, 2, 3, 4, 5))


@pytest.mark.parametrize("followers", [False, True])
def test_pair_that_the_user_parts_stands_in_no_group_together(followers: bool) -> None:
    rows = passages(WIRE, SAME_FACTS, *([f"{WIRE} More soon."] if followers else []))
    survey = survey_copies(rows, apart=[(key(WIRE), key(SAME_FACTS))])
    assert not any({0, 1} <= set(group.members) for group in survey.groups)
    assert not any({0, 1} <= set(members) for _, members in survey.wordings)


def key(body: str) -> str:
    return hash_text(body).hex()


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


@pytest.mark.parametrize(("jaccard", "recall"), [(0.2, 0.9), (0.3, 0.97), (0.5, 0.95), (0.8, 0.99)])
def test_bands_keep_the_promised_recall_at_the_target(jaccard: float, recall: float) -> None:
    plan = plan_bands(jaccard, recall)
    assert plan.probability(jaccard) >= recall
    assert plan.probability(jaccard / 4) < recall / 2


def test_curve_of_a_plan_rises_from_never_to_always_through_its_target() -> None:
    curve = plan_bands(0.3, 0.97).curve(10)
    assert [jaccard for jaccard, _ in curve] == pytest.approx([n / 10 for n in range(11)])
    chances = [chance for _, chance in curve]
    assert chances == sorted(chances)
    assert (chances[0], chances[-1]) == (0.0, 1.0)
    assert chances[3] >= 0.97


@pytest.mark.parametrize(("jaccard", "recall"), [(0.0, 0.9), (0.5, 1.0), (1.2, 0.9), (0.001, 0.99)])
def test_target_that_no_bands_can_keep_is_refused(jaccard: float, recall: float) -> None:
    with pytest.raises(ValueError, match=r"[jJ]accard"):
        plan_bands(jaccard, recall)


def test_texts_reworded_by_a_quarter_are_found_among_others() -> None:
    rng = random.Random(11)
    originals = [" ".join(f"v{rng.randrange(3000)}" for _ in range(45)) for _ in range(150)]
    rows = passages(*originals, *(reword(text, 0.25, rng) for text in originals))
    pairs = {frozenset(group.members) for group in find_copies(rows)}
    found = sum(frozenset((n, n + 150)) in pairs for n in range(150))
    assert found >= 145
    assert all(len(pair) == 2 for pair in pairs)


def family() -> list[str]:
    """Three wordings of three versions of two texts each."""
    rng = random.Random(4)
    bases = [" ".join(f"v{rng.randrange(3000)}" for _ in range(30)) for _ in range(3)]
    return [
        f"{base} and the army said that {figure} people were killed {where} Monday"
        for base in bases
        for figure in (12, 21, 33)
        for where in ("in the raid on", "in raids on")
    ]


def grouped(rows: list[Passage], together: set[Pair], apart: set[Pair]) -> dict[int, int]:
    keys = [key(row.body) for row in rows]
    survey = survey_copies(
        rows,
        together=[(keys[a], keys[b]) for a, b in together],
        apart=[(keys[a], keys[b]) for a, b in apart],
    )
    for group in survey.groups:
        leader, members = survey.wordings[group.wording]
        assert set(group.members) <= set(members)
        assert leader in members
    return {row: place for place, group in enumerate(survey.groups) for row in group.members}


PAIRS = st.sets(st.tuples(st.integers(0, 17), st.integers(0, 17)).filter(lambda p: p[0] < p[1]))


@settings(max_examples=40, deadline=None)
@given(PAIRS.filter(lambda p: len(p) < 6), PAIRS.filter(lambda p: len(p) < 4))
def test_what_the_user_says_is_obeyed(together: set[Pair], apart: set[Pair]) -> None:
    rows = passages(*family())
    apart = apart - together
    group_of = grouped(rows, together, apart)
    for a, b in apart:
        assert group_of.get(a, -1) != group_of.get(b, -2)
    chained = Judged(frozenset(together))
    for a, b in together:
        knot = chained.knots[a]
        if not any(x in knot and y in knot for x, y in apart):
            assert group_of[a] == group_of[b]
    if not apart:
        assert all(group_of[row] == group_of[row + 1] for row in range(0, 18, 2))


def test_chained_yes_makes_one_group() -> None:
    rows = passages(*(WIRE.replace("twelve", figure) for figure in ("12", "21", "33")))
    assert set(grouped(rows, {(0, 1), (1, 2)}, set()).values()) == {0}


def test_no_wins_over_a_chain_of_yes() -> None:
    rows = passages(*(WIRE.replace("twelve", figure) for figure in ("12", "21", "33")))
    group_of = grouped(rows, {(0, 1), (1, 2)}, {(0, 2)})
    assert len(group_of) == 2


def test_no_between_two_joined_groups_keeps_its_text_out() -> None:
    rows = passages(*family())
    group_of = grouped(rows, {(0, 6)}, {(1, 7)})
    assert group_of[0] == group_of[6]
    assert group_of.get(1, -1) != group_of.get(7, -2)


def test_text_that_agrees_with_no_first_one_of_its_key_is_gathered_in_a_later_round() -> None:
    """All contradict the leader alike, but two camps of them give another day each."""
    words = " ".join(f"v{chr(97 + n)}a" for n in range(25))
    ends = ("bank", "shop", "quay")
    lead = [f"{words} so 12 were hurt near the {place} as it then seemed" for place in ends]
    camps = [
        f"{words} so 21 were hurt near the {place} on May {day}"
        for day in (3, 4)
        for place in ("bank", "shop")
    ]
    groups = {group.members for group in find_copies(passages(*lead, *camps))}
    assert {(3, 4), (5, 6)} <= groups


def test_same_figure_at_two_places_makes_two_versions() -> None:
    words = [f"v{chr(97 + n // 10)}{chr(97 + n % 10)}" for n in range(40)]

    def put(first: str, second: str, last: str = "") -> str:
        return " ".join([*words[:10], first, *words[10:30], second, *words[30:], last]).strip()

    rows = passages(put("12", "12"), put("12", "12", "so"), put("12", "12", "now"),
                    put("21", "12"), put("12", "21"))  # fmt: skip
    survey = survey_copies(rows)
    assert [group.members for group in survey.groups] == [(0, 1, 2)]
    assert len(survey.conflicting) == 2


def test_texts_of_one_template_that_share_too_little_are_not_aligned() -> None:
    rng = random.Random(6)
    shared = " ".join(f"v{n}" for n in range(24))
    own = [" ".join(f"w{rng.randrange(4000)}" for _ in range(16)) for _ in range(800)]
    copies = [f"{shared} {text}" for text in own]
    survey = survey_copies(passages(*copies, f"{copies[5]} more", f"{copies[700]} more"))
    assert survey.candidates < 4_000
    assert {group.members for group in survey.groups} == {(5, 800), (700, 801)}


def test_texts_left_by_a_large_bucket_are_compared_with_each_other() -> None:
    rng = random.Random(8)
    shared = " ".join(f"v{n}" for n in range(24))
    rows = [
        f"{shared} " + " ".join(f"w{rng.randrange(9999)}" for _ in range(16)) for _ in range(90)
    ]
    edited = [text.replace("v3 ", "changed ") for text in rows]
    groups = {group.members for group in find_copies(passages(*rows, *edited))}
    assert groups == {(n, n + 90) for n in range(90)}
    # Of two bands alone: what their large buckets leave is found by no other.
    texts, keys = read_many([*rows, *edited]), [b"%d" % n for n in range(180)]
    assert verify_candidates(texts, keys, BandPlan(2, 1), CopyOptions()).edges.keys() == groups


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1), min_size=2, max_size=5))
def test_words_in_common_are_counted_as_often_as_both_texts_have_them(
    bags: list[list[str]],
) -> None:
    verifier = Verifier(read_many([" ".join(words) for words in bags]), CopyOptions())
    tokens, owners = verifier.count_bags(np.arange(len(bags)))
    found = [set(tokens[owners == place].tolist()) for place in range(len(bags))]
    for words, numbers in zip(bags, found, strict=True):
        assert len(numbers) == len(words)
        common = (Counter(words) & Counter(bags[0])).total()
        assert len(numbers & found[0]) == common


def test_texts_of_a_large_bucket_that_are_near_to_few_make_pairs_with_others_alone() -> None:
    rng = random.Random(8)
    shared = " ".join(f"v{n}" for n in range(24))
    own = [" ".join(f"w{rng.randrange(9999)}" for _ in range(16)) for _ in range(20)]
    rows = [f"{shared} {text}" for text in own]
    edited = [text.replace("v3 ", "changed ") for text in rows]
    many = [f"{shared} {own[0]} x{n} more than all others" for n in range(70)]
    pairs = {(a, b) for a, b, _ in find_pairs(passages(*rows, *edited, *many))}
    assert all(a != b for a, b in pairs)
    found = {tuple(sorted(pair)) for pair in pairs}
    assert found >= {(n, n + 20) for n in range(1, 20)}
    # The first two are near to all 70, any of which stands for both.
    assert {row for pair in found for row in pair} == set(range(len(rows) * 2 + len(many)))


def test_near_copies_in_small_buckets_are_compared_with_those_that_stand_for_them() -> None:
    """Of forty texts all are near to each other, which makes 780 pairs."""
    rows = passages(*(WIRE.replace("twelve", str(n)) for n in range(40)))
    survey = survey_copies(rows)
    assert [len(members) for _, members in survey.wordings] == [40]
    assert survey.candidates < 4 * len(rows)


@given(st.lists(st.integers(0, 5), max_size=150), st.integers(1, 3))
def test_rows_are_paired_the_same_by_parts_of_the_keys(keys: list[int], parts: int) -> None:
    column, rows = np.array(keys, np.uint32), np.arange(len(keys))
    whole, large = candidates(column[:, None])
    mine = [column % parts == part for part in range(parts)]
    found = [pair_up(column[some], rows[some], 1000) for some in mine]
    packed = merge_pairs(*(pairs for pairs, _ in found))
    assert [divmod(one, 1000) for one in packed.tolist()] == list(map(tuple, whole.tolist()))
    buckets = sorted(bucket.tolist() for _, some in found for bucket in some)
    assert buckets == sorted(bucket.tolist() for bucket in large)


def test_pairs_that_cannot_share_enough_change_nothing_but_how_often_texts_are_in_pairs() -> None:
    rng = random.Random(4)
    first = " ".join(f"w{n}" for n in range(30))
    texts = read_many([first] + [reword(first, rng.random() * 0.6, rng) for _ in range(60)])
    pairs = np.sort(pair_all(np.arange(len(texts))), axis=1)
    whole, some = (Verifier(texts, CopyOptions()) for _ in range(2))
    whole.verify(pairs)
    hopeful = some.hopeful_pairs(pairs)
    often = np.bincount(some.long_enough(pairs).ravel(), minlength=len(texts))
    some.verify(hopeful, often)
    assert len(hopeful) < len(pairs)
    assert whole.edges == some.edges
    assert whole.tried == some.tried
