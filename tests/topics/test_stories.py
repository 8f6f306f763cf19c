"""Claims about stories: articles that report one event."""

from __future__ import annotations

import hashlib
import time
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Document
from embeddings.neighbours import find_neighbours
from embeddings.stopwords import STOP_WORDS
from embeddings.wording import read_many, read_words
from topics.coverage.affinity import (
    LEAD_CHARACTERS,
    Affinity,
    Likeness,
    headline,
    mark_facts,
    weigh_days,
)
from topics.coverage.articles import Article
from topics.coverage.linking import MISSING, grow, link
from topics.coverage.stories import StoryOptions, find_stories, story_text

QUAKE = [
    ("Earthquake kills dozens in Aceh", "A magnitude 6.1 earthquake struck the Indonesian "
     "province of Aceh on Tuesday, killing 35 people and destroying mosques and homes."),
    ("Aceh quake leaves dozens dead", "Rescuers in Aceh dug through collapsed mosques after an "
     "earthquake of magnitude 6.1 killed 35 people in the Indonesian province on Tuesday."),
    ("Indonesia: deaths in Aceh earthquake", "Dozens died when an earthquake destroyed homes and "
     "mosques in Aceh, Indonesia, on Tuesday; officials counted 35 dead in the province."),
]  # fmt: skip
OTHER_QUAKE = [
    ("Earthquake shakes southern Iran", "A magnitude 5.5 earthquake hit the Iranian island of "
     "Qeshm on Sunday, killing nine fishermen and cracking the walls of its harbour."),
    ("Nine dead as quake hits Qeshm", "Nine fishermen were killed on the Iranian island of Qeshm "
     "when an earthquake of magnitude 5.5 cracked harbour walls on Sunday."),
]  # fmt: skip
BUDGET = [
    ("Parliament passes the budget", "Lawmakers in Ottawa approved a budget with deeper cuts to "
     "pensions after a debate that lasted fourteen hours, ending weeks of strikes."),
    ("Budget approved after long debate", "After fourteen hours the Ottawa lawmakers approved the "
     "budget and its cuts to pensions, against which unions had gone on strikes for weeks."),
]  # fmt: skip
FILLERS = [
    ("Old bridge reopens", "Engineers reopened the iron bridge over the Danube, repaired at last."),
    ("Star enters clinic", "The actress checked into a clinic in Malibu, her publicist confirmed."),
    ("Team wins the cup", "A late goal gave the visitors from Turin the cup at a full stadium."),
    ("Wheat prices climb", "Traders in Chicago paid more for wheat as drought withered harvests."),
    ("Comet passes by", "Astronomers photographed a green comet that will not return for ages."),
    ("Museum buys sketch", "The museum paid three collectors for a sketch by an unknown pupil."),
]  # fmt: skip
EVERYTHING = [*QUAKE, *OTHER_QUAKE, *BUDGET, *FILLERS]
EVENTS = [frozenset({0, 1, 2}), frozenset({3, 4}), frozenset({5, 6})]


def article(number, title, body, published="", source=""):
    name = f"a{number:05d}"
    return Article(Document(name, body, title, source, published), (), body, (0,))


def vector(text):
    """Words as random directions, so that texts with words in common lie near each other."""
    total = np.zeros(96)
    for word in set(read_words(text).words) - STOP_WORDS:
        seed = int.from_bytes(hashlib.blake2b(word[:5].encode(), digest_size=4).digest(), "big")
        total += np.random.default_rng(seed).normal(size=96)
    return total / max(float(np.linalg.norm(total)), 1e-9)


def embed(articles):
    rows = [vector(story_text(one)) for one in articles]
    return np.array(rows, np.float32).reshape(-1, 96)


def corpus(dates=()):
    dated = [*dates, *[""] * (len(EVERYTHING) - len(dates))]
    return [
        article(number, title, body, day)
        for number, ((title, body), day) in enumerate(zip(EVERYTHING, dated, strict=True))
    ]


def groups(survey):
    return {frozenset(story.members) for story in survey.stories}


def find(articles, **known):
    return find_stories(articles, embed(articles), **known)


def test_reports_of_one_event_are_one_story_and_another_quake_is_another():
    assert groups(find(corpus())) == set(EVENTS)


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


def test_ten_thousand_copies_take_no_longer_than_reading_them():
    articles = corpus()
    many = [*articles, *[article(n, *BUDGET[0]) for n in range(100, 10_100)]]
    vectors = np.concatenate((embed(articles), np.repeat(embed(articles[5:6]), 10_000, axis=0)))
    start = time.process_time()
    largest = find_stories(many, vectors).stories[0]
    assert time.process_time() - start < 5
    assert len(largest.members) == 10_002


def test_known_copies_are_one_story_whatever_their_words():
    assert frozenset({7, 8}) in groups(find(corpus(), copies=[(7, 8)]))


def test_what_the_user_parted_stays_apart_even_as_a_copy():
    found = groups(find(corpus(), copies=[(7, 8)], apart=[(8, 7)]))
    assert not any({7, 8} <= group for group in found)


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


def test_of_a_chain_that_ends_in_a_parted_pair_the_weakest_link_is_dropped():
    chain = [(0, 1), (1, 7)]
    survey = find(corpus(), together=chain, apart=[(0, 7)])
    assert survey.dropped == ((1, 7),)
    assert not any({0, 7} <= group for group in groups(survey))
    assert any({0, 1} <= group for group in groups(survey))


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
    articles = corpus()
    strict = groups(find(articles, options=StoryOptions(threshold=0.999999)))
    assert not strict


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_articles_are_no_story(count):
    assert find(corpus()[:count]).stories == []


def test_two_reports_alone_are_a_story_and_two_strangers_are_none():
    assert len(find(corpus()[:2]).stories) == 1
    articles = corpus()
    assert find([articles[0], articles[7]]).stories == []


def test_articles_without_titles_and_dates_are_grouped():
    articles = [article(n, "", f"{title}. {body}") for n, (title, body) in enumerate(EVERYTHING)]
    assert EVENTS[0] in groups(find(articles))


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
    late = article(50, *QUAKE[0], "2013-09-19")
    found = groups(find([*corpus(["2013-07-02", "2013-07-03", "2013-09-20"]), late]))
    assert frozenset({0, 1, 13}) in found


def test_a_date_that_is_missing_says_nothing():
    articles = corpus(["", "", *[f"20{year}-03-04" for year in range(10, 21)]])
    scores = []
    for known in (corpus(), articles):
        survey = find(known)
        place = survey.pairs.tolist().index([0, 1])
        scores.append(survey.scores[place])
    assert scores[0] == scores[1]


def test_short_bodies_are_one_text_only_under_one_headline():
    titles = ["Live from the palace in Riga", "Live from the harbour of Tunis"]
    articles = [article(n, title, "Watch it here.") for n, title in enumerate(titles)]
    survey = find(articles)
    assert survey.node_of.tolist() == [0, 1]


def test_vectors_must_be_one_an_article():
    with pytest.raises(ValueError, match="2 vectors were given for 3 articles"):
        find_stories(corpus()[:3], embed(corpus()[:2]))


def test_the_text_of_a_story_has_the_headline_once_and_only_the_beginning():
    body = "Headline here\n" + "word " * 1000
    text = story_text(article(1, "Headline here", body))
    assert text.count("Headline") == 1
    assert len(text) <= LEAD_CHARACTERS + len("Headline here\n")
    assert headline(article(1, "", body)).startswith("Headline here word")


# --- the parts ---------------------------------------------------------------------------


def edges(values):
    pairs = np.array(list(values), np.int64).reshape(-1, 2)
    return pairs, np.array(list(values.values()), np.float64)


def singles(count):
    return [[node] for node in range(count)]


def test_a_chain_of_pairs_joins_no_strangers():
    chain = {(n, n + 1): 1.0 for n in range(9)}
    assert max(map(len, link(singles(10), *edges(chain), 0.0))) <= 3


def test_two_tight_groups_stay_two_where_less_joins_them():
    inside = {(a, b): 3.0 for side in (0, 4) for a in range(side, side + 4)
              for b in range(a + 1, side + 4)}  # fmt: skip
    across = {(a, b): 0.5 for a in range(4) for b in range(4, 8)}
    assert len(link(singles(8), *edges(inside | across), 0.0)) == 2
    even = dict.fromkeys(inside | across, 0.5)
    assert len(link(singles(8), *edges(even), 0.0)) == 1


def test_a_group_is_cut_where_the_odds_add_up_to_most():
    # A weak pair, held by a third that is close to both.
    weak = {(0, 1): 0.2, (0, 2): 0.1, (1, 2): 0.1}
    assert link(singles(3), *edges(weak), 0.0) == [[0, 1, 2]]
    assert link(singles(3), *edges(weak), 0.15) == [[0, 1], [2]]


def test_pairs_that_must_stay_apart_do_whatever_else_holds():
    full = {(a, b): 5.0 for a in range(4) for b in range(a + 1, 4)}
    for found in link(singles(4), *edges(full), 0.0, [(0, 3)]):
        assert not {0, 3} <= set(found)


def test_groups_given_are_never_cut():
    far = {(0, 1): MISSING, (1, 2): 2.0}
    assert [0, 1] in [g[:2] for g in link([[0, 1], [2]], *edges(far), 0.0)]


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_pairs_and_groups_makes_no_difference(rng):
    # Whole numbers, so that many are equal.
    values = {(a, b): float(rng.randint(-2, 3)) for a in range(9) for b in range(a + 1, 9)}
    shuffled, given_groups = list(values.items()), singles(9)
    rng.shuffle(shuffled)
    rng.shuffle(given_groups)
    turned = {(b, a) if rng.random() < 0.5 else (a, b): value for (a, b), value in shuffled}
    assert link(singles(9), *edges(values), -0.3) == link(given_groups, *edges(turned), -0.3)


def test_means_are_the_same_to_the_last_bit_in_any_order_of_pairs():
    values = {(a, b): 0.1 + 0.7 / (a + b) for a in range(3) for b in range(3, 6)}
    turned = dict(reversed(values.items()))
    means = [grow([[0, 1, 2], [3, 4, 5]], *edges(v), 0.0).means for v in (values, turned)]
    assert means[0] == means[1]


@pytest.mark.parametrize("part", [field.name for field in fields(Likeness)])
def test_each_part_of_a_likeness_counts_for_or_against(part):
    plain = Likeness(*[np.full(1, 0.5)] * 7)
    more = replace(plain, **{part: np.full(1, 0.7)})
    sign = 1 if part in ("cosines", "words", "headlines") else -1
    assert sign * (more.evidence[0] - plain.evidence[0]) > 0.05


def test_pairs_are_compared_by_words_headlines_and_facts():
    told = [*QUAKE[:2], OTHER_QUAKE[1]]
    texts = read_many([*[f"{title}\n{body}" for title, body in told], *[t for t, _ in told]])
    vectors = np.eye(3, dtype=np.float32)
    found = Affinity(texts, vectors, find_neighbours(vectors)).measure(np.array([[0, 1], [0, 2]]))
    assert found.cosines.tolist() == [0.0, 0.0]
    assert found.words[0] > found.words[1] > 0
    assert found.headlines[0] > found.headlines[1]
    assert found.figures.tolist() == [0.0, 1.0]
    assert found.dates.tolist() == [0.0, 1.0]


def test_a_common_day_says_more_among_articles_of_years_than_of_one_day():
    years = weigh_days(np.arange(2000), 5)
    one_day = weigh_days(np.zeros(2000, np.int64), 5)
    assert years[0] > 1
    assert one_day[0] < 0
    assert all(years[:-1] > years[1:])
    assert weigh_days(np.empty(0, np.int64), 5).tolist() == [0.0] * 6


def test_figures_and_dates_are_read_by_value():
    texts = read_many(["Twelve died in 2013 on Monday", "12th of 1,200 in July", "", ""])
    figures, dates = mark_facts(texts)
    assert figures.multiply(figures[[1, 1]]).sum(axis=1).ravel().tolist()[0] == [1.0, 2.0]
    assert np.diff(dates.indptr).tolist() == [2, 1]
