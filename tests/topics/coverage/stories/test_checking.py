"""Claims about why two articles were put together, or were not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.coverage.stories.reports import (
    EVENTS,
    EVERYTHING,
    QUAKE,
    article,
    corpus,
    find,
    groups,
)
from topics.coverage.stories.stories import StoryOptions


def told(survey, a, b):
    return {step.test: (step.passed, step.sentence) for step in survey.check(a, b)}


def test_articles_of_one_story_pass_every_test():
    assert all(passed for passed, _ in told(find(corpus()), 0, 1).values())


def test_strangers_are_told_that_they_were_not_compared_and_how_far_their_stories_lie_apart():
    steps = told(find(corpus(), options=StoryOptions(neighbours=1)), 0, 5)
    assert steps["score"] == (False, "Nothing in the two was near enough to be compared.")
    assert steps["average link"] == (
        False,
        "The articles of the one's story and those of the other's score 0.05 on average; 0.60 is "
        "asked for.",
    )


def test_a_likely_pair_between_two_stories_is_told_the_mean_of_all():
    survey = find(corpus(), options=StoryOptions(threshold=0.3))
    assert groups(survey) == set(EVENTS)
    for a, b in ((0, 3), (3, 5)):
        passed, sentence = told(survey, a, b)["average link"]
        assert not passed
        assert "0.30 is asked for" in sentence


def test_articles_too_many_days_apart_are_told_so():
    steps = told(find(corpus(["2013-07-02", "2013-07-20"])), 0, 1)
    assert steps["days apart"] == (False, "They were published 18 days apart; 5 are allowed.")


def test_a_copy_is_as_many_days_away_as_what_it_was_compared_by():
    again = article(13, *QUAKE[0], "2013-07-05")
    articles = [*corpus(["2013-07-02", "2013-07-09"]), again]
    survey = find(articles, copies=[(0, 13)])
    assert told(survey, 13, 1)["days apart"][1] == (
        "They were published 7 days apart; 5 are allowed."
    )


def test_an_article_of_a_few_words_is_told_so():
    survey = find([*corpus(), article(50, "", "Video")])
    assert told(survey, 0, 13)["words"] == (
        False,
        "The shorter text has 1 word; 5 are asked for.",
    )


def test_an_answer_that_holds_two_stories_apart_is_named():
    survey = find(corpus(), apart=[(0, 1), (0, 2)])
    assert not {0, 2} <= set(survey.find_story(0))
    parted = next(one for one in (1, 2) if one not in survey.find_story(0))
    passed, sentence = told(survey, 0, parted)["average link"]
    assert not passed
    assert sentence.startswith("An answer of yours")


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_who_is_not_in_one_story_fails_a_test(rng):
    days = [f"2013-07-{rng.randint(1, 12):02}" for _ in EVERYTHING]
    threshold = rng.choice((0.05, 0.2, 0.45, 0.7))
    survey = find(corpus(days), options=StoryOptions(threshold=threshold))
    for a in range(len(EVERYTHING)):
        for b in range(a):
            if survey.find_story(a) != survey.find_story(b):
                assert not all(step.passed for step in survey.check(a, b))
