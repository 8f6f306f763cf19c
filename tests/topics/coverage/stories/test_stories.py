"""Claims about stories: articles that report one event."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.coverage.stories.reports import (
    BUDGET,
    EVENTS,
    EVERYTHING,
    QUAKE,
    TALKS,
    article,
    corpus,
    embed,
    find,
    groups,
    strangers,
)
from topics.coverage.articles.days import days_apart
from topics.coverage.stories.stories import StoryOptions, _tells_little, find_stories


def test_reports_of_one_event_are_one_story_and_another_quake_is_another():
    assert groups(find(corpus())) == set(EVENTS)


@pytest.mark.parametrize(("told", "stories"), [(QUAKE[:2], 1), (TALKS, 0)])
def test_two_articles_alone_are_held_to_what_one_subject_has_in_common(told, stories):
    articles = [article(number, *one) for number, one in enumerate(told)]
    assert len(find(articles).stories) == stories


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(len(EVERYTHING))))
def test_the_order_of_the_articles_makes_no_difference(order):
    articles = corpus()
    vectors = embed(articles)
    plain = find_stories(articles, vectors)
    shuffled = find_stories([articles[row] for row in order], vectors[list(order)])
    seen = [
        (tuple(order[row] for row in story.members), order[story.central], story.cohesion)
        for story in shuffled.stories
    ]
    assert seen == [(s.members, s.central, s.cohesion) for s in plain.stories]
    assert sorted(shuffled.scores.tolist()) == sorted(plain.scores.tolist())


def test_copying_an_article_moves_no_other():
    articles = corpus()
    again = [replace(articles[5], document=replace(articles[5].document, id=f"c{n}"))
             for n in range(30)]  # fmt: skip
    found = groups(find([*articles, *again]))
    assert {frozenset(row for row in group if row < len(articles)) for group in found} == set(
        EVENTS
    )
    assert any(len(group) == 32 for group in found)


def test_ten_thousand_copies_are_compared_as_one():
    articles = corpus()
    many = [*articles, *[article(n, *BUDGET[0]) for n in range(100, 10_100)]]
    vectors = np.concatenate((embed(articles), np.repeat(embed(articles[5:6]), 10_000, axis=0)))
    survey = find_stories(many, vectors)
    assert len(survey.stories[0].members) == 10_002
    assert len(survey.pairs) == len(find(articles).pairs)


def test_known_copies_are_one_story_whatever_their_words():
    assert groups(find(strangers([""] * 5), copies=[(1, 3)])) == {frozenset({1, 3})}


@pytest.mark.parametrize(
    ("first", "second", "stories"),
    [
        ("2001-01-01", "2019-01-01", 0),
        ("2013-05-01", "2013-05-07", 0),
        ("2013-05-01", "2013-05-06", 1),
        ("2013-05-01", "", 1),
        ("2013", "2013-05-06", 1),
        ("2012", "2013-05-06", 0),
    ],
)
@pytest.mark.parametrize("known", ["equal", "copies", "linked"])
def test_a_text_that_is_printed_again_much_later_is_no_story(first, second, stories, known):
    articles = strangers([first, second])
    if known == "equal":
        articles[1] = replace(articles[0], document=replace(
            articles[1].document, text=articles[0].body, title=articles[0].document.title
        ))  # fmt: skip
    links = {} if known == "equal" else {known: [(0, 1)]}
    assert len(find(articles, **links).stories) == stories


def test_each_printing_of_a_text_is_a_story_of_its_own_and_the_undated_goes_with_the_first():
    days = ["2013-08-20", "2013-05-02", "", "2013-08-18", "2013-05-01", "2013-08"]
    articles = [article(n, *BUDGET[0], day) for n, day in enumerate(days)]
    assert groups(find(articles)) == {frozenset({1, 2, 4}), frozenset({0, 3, 5})}


@pytest.mark.parametrize("kind", ["copies", "linked"])
@pytest.mark.parametrize("length", [4, 15])
def test_a_chain_of_likenesses_joins_no_strangers(kind, length):
    chain = [(n, n + 1) for n in range(length - 1)]
    found = find(strangers(["2013-05-01"] * length), **{kind: chain})
    assert all(len(story.members) <= 3 for story in found.stories)
    assert found.stories


@pytest.mark.parametrize("other", [1, 2, 3, 4])
def test_linked_articles_are_compared_however_far_apart(other):
    found = find(strangers([""] * 5), linked=[(0, other)], options=StoryOptions(neighbours=1))
    assert groups(found) == {frozenset({0, other})}


def test_what_the_user_joined_is_more_than_a_likeness():
    chain = [(0, 1), (1, 2), (2, 3)]
    assert groups(find(strangers([""] * 4), together=chain)) == {frozenset(range(4))}


def test_what_the_user_parted_stays_apart_even_as_a_copy():
    assert groups(find(strangers([""] * 5), copies=[(1, 3)], apart=[(3, 1)])) == set()


def test_two_reports_that_the_user_parted_end_in_two_stories():
    found = groups(find(corpus(), apart=[(0, 1)]))
    assert not any({0, 1} <= group for group in found)
    assert any(2 in group for group in found)


def test_equal_texts_that_the_user_parted_stay_apart():
    articles = [*corpus(), article(50, *QUAKE[0])]
    found = groups(find(articles, apart=[(0, 13)]))
    assert not any({0, 13} <= group for group in found)


def test_of_equal_texts_that_were_parted_the_third_goes_with_the_first_by_id():
    articles = [article(number, *BUDGET[0]) for number in (3, 1, 2)]
    for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
        shuffled = [articles[row] for row in order]
        parted = (order.index(1), order.index(0))
        (story,) = find(shuffled, apart=[parted]).stories
        assert [shuffled[row].id for row in story.members] == ["a00001", "a00002"]


def test_what_the_user_joined_is_one_story():
    found = groups(find(corpus(), together=[(7, 9), (9, 10)]))
    assert any({7, 9, 10} <= group for group in found)


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (3, 4), (5, 6)])
@pytest.mark.parametrize("stranger", [7, 8, 9])
def test_of_a_chain_that_ends_in_a_parted_pair_the_weakest_link_is_dropped(one, other, stranger):
    chain = [(one, other), (other, stranger)]
    survey = find(corpus(), together=chain, apart=[(one, stranger)])
    assert survey.dropped == ((other, stranger),)
    assert not any({one, stranger} <= group for group in groups(survey))
    assert any({one, other} <= group for group in groups(survey))


def test_a_contradiction_ends_the_same_in_any_order_of_links():
    one = find(corpus(), together=[(0, 1), (1, 7)], apart=[(0, 7)])
    other = find(corpus(), together=[(7, 1), (1, 0)], apart=[(7, 0)])
    assert groups(one) == groups(other)
    assert {frozenset(pair) for pair in one.dropped} == {frozenset(pair) for pair in other.dropped}


def test_reports_weeks_apart_are_two_stories():
    dates = ["2013-07-02", "2013-07-03", "2013-08-02"]
    survey = find(corpus(dates))
    assert frozenset({0, 1}) in groups(survey)
    assert not any(2 in group for group in groups(survey))
    assert survey.ruled_out >= 2


@pytest.mark.parametrize("coarse", ["", "2013", "2013-07"])
def test_a_coarse_date_gets_the_benefit_of_the_doubt(coarse):
    assert EVENTS[0] in groups(find(corpus(["2013-07-02", "2013-07-03", coarse])))


@pytest.mark.parametrize("coarse", ["2012", "2013-08"])
def test_a_coarse_date_that_cannot_be_near_rules_out(coarse):
    assert EVENTS[0] not in groups(find(corpus(["2013-07-02", "2013-07-03", coarse])))


def test_members_come_by_date_and_those_without_last():
    survey = find(corpus(["2013-07-03", "", "2013-07-02T10:00"]))
    story = next(story for story in survey.stories if 0 in story.members)
    assert story.members == (2, 0, 1)


def test_a_story_of_copies_only_holds_together_fully():
    articles = [article(n, *BUDGET[0]) for n in range(3)]
    (story,) = find(articles).stories
    assert story.members == (0, 1, 2)
    assert story.cohesion == 1.0


def test_the_central_article_is_a_member_and_cohesion_a_share():
    for story in find(corpus()).stories:
        assert story.central in story.members
        assert 0 < story.cohesion <= 1


def test_scores_are_probabilities_of_pairs_of_articles():
    survey = find(corpus())
    scores = {tuple(pair): score for pair, score in
              zip(survey.pairs.tolist(), survey.scores.tolist(), strict=True)}  # fmt: skip
    assert all(0 <= score <= 1 for score in scores.values())
    assert scores[0, 1] > 0.4 > scores[0, 3]
    assert scores[0, 1] > scores[0, 7]


def test_a_pair_of_copies_is_stood_for_by_one():
    articles = [*corpus(), article(50, *QUAKE[0])]
    survey = find(articles)
    assert survey.node_of[13] == survey.node_of[0]
    assert len({*survey.pairs.ravel().tolist()} & {0, 13}) == 1


def test_a_higher_threshold_joins_no_more():
    assert not groups(find(corpus(), options=StoryOptions(threshold=0.999999)))


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_articles_are_no_story(count):
    assert find(corpus()[:count]).stories == []


def test_two_reports_alone_are_a_story_and_two_strangers_are_none():
    assert len(find(corpus()[:2]).stories) == 1
    articles = corpus()
    assert find([articles[0], articles[7]]).stories == []


def test_articles_without_titles_and_dates_are_grouped():
    untitled = [article(n, "", f"{title}. {body}") for n, (title, body) in enumerate(EVERYTHING)]
    assert EVENTS[0] in groups(find(untitled))


def test_articles_of_a_word_and_empty_ones_are_counted_and_left_out():
    articles = [*corpus(), article(60, "", ""), *[article(n, "", "Video") for n in range(70, 90)]]
    survey = find(articles)
    assert groups(survey) == set(EVENTS)
    assert sorted(survey.too_short) == list(range(13, 34))


def test_a_short_article_that_is_linked_is_kept():
    articles = [*corpus(), article(60, "", "Video")]
    survey = find(articles, together=[(13, 0)])
    assert any({0, 13} <= group for group in groups(survey))
    assert survey.too_short == ()


def test_a_story_with_more_reports_than_neighbours_is_one():
    added = "nurse pilot cook farmer teacher sailor baker tailor miner porter"
    articles = [
        article(n, QUAKE[0][0], f"{QUAKE[0][1]} A {word} told it.")
        for n, word in enumerate(added.split())
    ]
    found = find([*articles, *corpus()[3:]], options=StoryOptions(neighbours=3))
    assert set(range(10)) in groups(found)


def test_the_longest_copy_stands_for_all():
    longer = f"{BUDGET[0][1]} Unions announced that they would take the matter to court."
    articles = [*corpus(), article(50, BUDGET[0][0], longer)]
    survey = find(articles, copies=[(13, 5)])
    assert survey.node_of[5] == survey.node_of[13] == 13


def test_a_copy_printed_later_does_not_move_the_day_of_a_text():
    late = article(50, *QUAKE[0], "2013-07-06")
    found = groups(find([*corpus(["2013-07-02", "2013-07-03", "2013-07-11"]), late]))
    assert frozenset({0, 1, 13}) in found


@pytest.mark.parametrize("day", ["0000", "2013-02-30", "2013-13", "some day"])
def test_a_date_that_cannot_be_is_no_date(day):
    assert EVENTS[0] in groups(find(corpus(["2013-07-02", "2013-07-03", day])))
    assert days_apart("2013-07-02", day) == 0


def test_pairs_of_partners_that_lie_too_far_apart_are_counted_too():
    one, two = [" ".join(f"{letter}{n}" for n in range(15)) for letter in "ab"]
    articles = [
        article(0, "", one, "2013-05-01"),
        article(1, "", f"{one} {two}", "2013-05-05"),
        article(2, "", two, "2013-05-09"),
    ]
    assert find(articles, options=StoryOptions(neighbours=1)).ruled_out == 1


@pytest.mark.parametrize("first", ["", "2013", "2013-07-02"])
def test_a_missing_date_speaks_against_a_pair_where_what_is_alike_lies_far_apart(first):
    articles = corpus([first, "", *[f"20{year}-03-04" for year in range(10, 21)]])
    scores = []
    for known in (corpus(), articles):
        survey = find(known)
        place = survey.pairs.tolist().index([0, 1])
        scores.append(survey.scores[place])
    assert scores[0] > scores[1]


@pytest.mark.parametrize(
    "body",
    ["Watch it here.", "Subscribe to read the full article on our site today please now."],
)
@pytest.mark.parametrize("copies", [(), [(0, 1)]])
def test_short_bodies_are_one_text_only_under_one_headline(body, copies):
    titles = ["Live from the palace in Riga", "Live from the harbour of Tunis"]
    articles = [article(n, title, body) for n, title in enumerate([*titles, titles[0], "", ""])]
    assert find(articles, copies=copies).node_of.tolist() in ([0, 1, 0, 3, 4], [2, 1, 2, 3, 4])


@pytest.mark.parametrize(("words", "equal"), [(24, False), (25, True)])
@pytest.mark.parametrize("space", [" ", ""])
def test_words_are_counted_as_they_are_read(words, equal, space):
    body = space.join("今天天气很好我们去公园看花听鸟说话吃饭喝茶写字读书走路唱歌"[:words])
    articles = [article(n, title, body) for n, title in enumerate(["First of all", "Another"])]
    node_of = find(articles).node_of.tolist()
    assert (node_of[0] == node_of[1]) is equal


def test_short_articles_are_left_out_even_as_copies():
    articles = [*corpus(), article(50, "", "Video"), article(51, "", "Video")]
    survey = find(articles, copies=[(13, 14)])
    assert sorted(survey.too_short) == [13, 14]


def test_vectors_must_be_one_an_article():
    with pytest.raises(ValueError, match="2 vectors were given for 3 articles"):
        find_stories(corpus()[:3], embed(corpus()[:2]))


@pytest.mark.parametrize(
    ("title", "little"),
    [
        ("Column of tanks enters Homs", False),
        ("Review finds levee unsafe", False),
        ("Analysis: The quake", True),
        ("Opinions | The quake", True),
        ("Editorial", True),
    ],
)
def test_what_marks_a_comment_is_set_off_from_its_headline(title, little):
    assert _tells_little(title) is little


@pytest.mark.parametrize("comment", ["OPINION: The quake was no surprise", "Why did it shake?", ""])
def test_a_headline_that_reports_stands_for_a_story(comment):
    articles = corpus()
    story = next(one for one in find(articles).stories if len(one.members) > 2)
    told = [articles[row].document.title for row in story.members]
    changed = list(articles)
    for row in story.members[1:]:
        document = replace(articles[row].document, title=comment)
        changed[row] = replace(articles[row], document=document)
    found = next(one for one in find(changed).stories if story.members[0] in one.members)
    assert changed[found.central].document.title == told[0]


def test_the_earliest_copy_stands_for_a_text_that_most_have():
    copies = [article(20 + n, *QUAKE[0], f"2013-07-0{n}") for n in (4, 2, 3)]
    articles = [*corpus(["2013-07-02", "2013-07-02"])[1:2], *copies]
    (story,) = find(articles).stories
    assert articles[story.central].document.published == "2013-07-02"
    assert articles[story.central].id in {one.id for one in copies}
