"""Claims about two texts laid side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.wording import read_words
from embeddings.words.alignment import Change, FactChange, compare
from embeddings.words.facts import find_facts

WIRE = (
    "At least twelve people were killed in a car bomb attack in Damascus on Tuesday, police said."
)
SENTENCES = (
    "Rebels took the northern town before dawn on Friday.",
    "The army said that its troops had left the base in good order.",
)
TEXTS = st.lists(
    st.sampled_from(["army", "the", "12", "twelve", "not", "Aleppo", "U.S.", "don’t", "—", "said."])
).map(" ".join)


def only_change(a: str, b: str) -> Change:
    (change,) = compare(a, b).changes
    return change


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("“It’s over,” he said", '"It\'s over," he said'),
        ("the U.S. – and allies", "The US - and allies"),
        ("AL-ASSAD  left", "al–Assad left"),
        ("1,200 men", "1200 men"),
        ("caf\u00e9 closed", "cafe\u0301 closed"),
    ],
)
def test_typography_alone_is_no_change(a: str, b: str) -> None:
    comparison = compare(a, b)
    assert (comparison.share, comparison.changes) == (1.0, ())


def test_changed_figure_is_shown_as_printed_with_its_places_and_values() -> None:
    other = WIRE.replace("twelve", "21")
    change = only_change(WIRE, other)
    assert (change.kind, change.before, change.after) == ("replace", "twelve", "21")
    assert WIRE[change.before_start : change.before_end] == "twelve"
    assert other[change.after_start : change.after_end] == "21"
    assert compare(WIRE, other).changed_figures == (FactChange("figure", "12", "21"),)


def test_figure_spelled_in_digits_is_a_change_of_words_but_not_of_fact() -> None:
    comparison = compare(WIRE, WIRE.replace("twelve", "12"))
    assert len(comparison.changes) == 1
    assert comparison.changed_facts == ()


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("on Tuesday, police", "on Wednesday, police", "date"),
        ("were killed", "were not killed", "negation"),
        ("in Damascus", "in Aleppo", "place"),
        ("twelve people", "12 million people", "figure"),
    ],
)
def test_changed_fact_is_flagged_as_a_conflict(before: str, after: str, kind: str) -> None:
    conflicts = compare(WIRE, WIRE.replace(before, after)).conflicts
    assert [fact.kind for fact in conflicts] == [kind]


def test_number_that_turns_a_date_into_none_is_a_conflict() -> None:
    conflicts = compare("He came on Oct. 27 from Homs", "He came on Oct. 36 from Homs").conflicts
    assert conflicts == (FactChange("figure", "october 27", "36"),)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("two hundred and five men", "205"),
        ("1.2 million men", "1200000"),
        ("a dozen men", "12"),
        ("twenty-one men", "21"),
        ("5,000 men", "5000"),
        ("dozens of men", "dozens"),
    ],
)
def test_figures_are_read_in_words_and_digits(words: str, value: str) -> None:
    assert [fact.value for fact in find_facts(read_words(words))] == [value]


def test_one_of_them_is_no_figure_and_may_no_month() -> None:
    assert find_facts(read_words("one of them may march on")) == []


def test_moved_sentence_is_shown_as_moved_and_counts_as_shared() -> None:
    comparison = compare(" ".join(SENTENCES), " ".join(reversed(SENTENCES)))
    assert [change.kind for change in comparison.changes] == ["move"]
    assert comparison.share == 1.0


def test_moved_sentence_that_was_edited_counts_but_for_what_was_changed() -> None:
    first = "The mayor said on Monday that the old bridge would stay shut to heavy lorries."
    rest = "Residents of both banks have asked for a ferry since the flood tore three pillars away."
    edited = first.replace("said", "told us").replace("old", "stone").replace("heavy", "all")
    comparison = compare(f"{first} {rest}", f"{rest} {edited.replace('stay', 'be')}")
    assert comparison.share == pytest.approx(27 / 32)
    assert {change.kind for change in comparison.changes} == {"move", "delete", "insert"}
    stranger = "The harbour master told a crowd of sailors that fog kept most ships in port."
    assert compare(f"{first} {rest}", f"{rest} {stranger}").share == pytest.approx(16 / 31)


def test_shares_are_measured_on_each_text() -> None:
    comparison = compare(SENTENCES[0], " ".join(SENTENCES))
    assert comparison.share_a == 1.0
    assert comparison.share_b == comparison.share == pytest.approx(9 / 22)


def test_lone_common_word_does_not_chop_up_a_rewording() -> None:
    a = "rebels seized the northern town today"
    b = "rebels captured the southern village today"
    assert [c.before for c in compare(a, b).changes] == ["seized the northern town"]


def test_misspelled_word_counts_as_shared_and_is_marked() -> None:
    comparison = compare(WIRE, WIRE.replace("Damascus", "Damsacus").replace("people", "poeple"))
    assert comparison.share == 1.0
    assert [(c.kind, c.after, c.facts) for c in comparison.changes] == [
        ("spelling", "poeple", ()),
        ("spelling", "Damsacus", ()),
    ]


@pytest.mark.parametrize(("a", "b"), [("Iran", "Iraq"), ("nine", "none"), ("man", "men")])
def test_words_that_differ_by_a_letter_and_mean_something_else_are_no_misspelling(
    a: str, b: str
) -> None:
    (change,) = compare(f"we saw the {a} once more", f"we saw the {b} once more").changes
    assert change.kind == "replace"


def test_texts_without_words_compare() -> None:
    assert compare("", "").share == 1.0
    assert compare("", "war").share == 0.0
    assert compare("…", "war").share_a == 0.0


@given(TEXTS, TEXTS)
def test_changes_and_agreeing_spans_point_into_the_texts(a: str, b: str) -> None:
    comparison = compare(a, b)
    for change in comparison.changes:
        assert a[change.before_start : change.before_end] == change.before
        assert b[change.after_start : change.after_end] == change.after
    for start_a, end_a, start_b, end_b in comparison.spans:
        left, right = read_words(a[start_a:end_a]), read_words(b[start_b:end_b])
        assert left.words == right.words


@given(TEXTS, TEXTS)
def test_every_differing_word_is_in_a_change(a: str, b: str) -> None:
    comparison = compare(a, b)
    told = sum(len(read_words(change.before).words) for change in comparison.changes)
    count = len(read_words(a).words)
    matching = round(comparison.share_a * count)
    moved = sum(len(read_words(c.before).words) for c in comparison.changes if c.kind == "move")
    assert told - moved >= count - matching


@pytest.mark.parametrize(
    ("a", "b", "one"),
    [
        ("Damascus", "Xamascus", True),
        ("Tuesday", "Xuesday", False),
        ("Tuesday", "Tuesdya", True),
        ("stated", "started", False),
        ("Johnson", "Johnston", False),
    ],
)
def test_what_counts_as_a_misspelling(a: str, b: str, one: bool) -> None:
    changes = compare(f"we saw that {a} once more", f"we saw that {b} once more").changes
    assert [change.kind for change in changes] == ["spelling" if one else "replace"]


def test_misspelled_word_may_have_slipped_by_two_words() -> None:
    a, b = "we saw Damascus at last", "we saw old fair Damsacus at last"
    assert "spelling" in [change.kind for change in compare(a, b).changes]
    c = "we saw the one fair old Damsacus at last"
    assert "spelling" not in [change.kind for change in compare(a, c).changes]
