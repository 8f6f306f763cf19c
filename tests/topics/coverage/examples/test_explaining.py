"""Why not: each explanation agrees with what is found, and says what decided it."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import Document, Passage
from embeddings.vectors.neighbours import find_neighbours
from embeddings.words.alignment import compare
from embeddings.words.conflicts import FactChange
from embeddings.words.copies import CopyOptions, survey_copies
from embeddings.words.minhash import BandPlan
from topics.coverage.examples.explaining import (
    EventPair,
    Explanation,
    explain_contained,
    explain_copies,
    explain_same_event,
    explain_story,
    split_score,
)
from topics.coverage.likeness.passages import SameEvent
from topics.coverage.relations.events import find_same_event
from topics.coverage.relations.relations import RelationOptions
from topics.coverage.relations.wordings import find_contained

WIRE = (
    "Shelling killed 12 people in the northern city of Aleppo on Monday, activists said, as "
    "government troops pushed towards a district that rebels have held since last summer."
)
OTHER = (
    "The central bank left interest rates where they were and said that growth would pick up "
    "next year once exports recover from the slump that began after the harvest failed."
)
# Finds any pair that shares a word pair, nearly.
SURE = BandPlan(400, 1)


def passages(*bodies: str) -> list[Passage]:
    return [Passage(f"d{n}", 0, 0, 0, len(body), body) for n, body in enumerate(bodies)]


def failed(explanation: Explanation) -> list[str]:
    return [step.test for step in explanation.steps if not step.passed]


# Copies


def test_equal_texts_are_joined_at_once():
    explanation = explain_copies(WIRE, f"  {WIRE}\n")
    assert explanation.joined
    assert explanation.verdict == "Exact copies: the two texts are equal."


def test_strangers_are_told_their_share():
    explanation = explain_copies(WIRE, OTHER)
    share = compare(WIRE, OTHER).share
    assert not explanation.joined
    assert explanation.verdict == (
        f"Not a near copy: {share:.0%} of the longer text's words stand in the other; "
        f"{CopyOptions().share:.0%} are asked for."
    )


def test_a_near_copy_passes_every_test():
    explanation = explain_copies(WIRE, WIRE.replace("activists", "monitors"))
    assert explanation.joined
    assert failed(explanation) == []
    assert explanation.verdict == "A near copy: every test is passed."


def test_short_texts_are_told_that_they_are():
    explanation = explain_copies("He did not say why.", "He did not say when.")
    assert explanation.verdict == (
        "Not a near copy: the shorter text has 5 words; 8 are asked for."
    )


def test_one_word_may_differ_in_a_short_text():
    a = "police in the city arrested nine men at dawn"
    assert explain_copies(a, a.replace("dawn", "noon")).joined


def test_a_text_that_was_only_cut_needs_a_lesser_share():
    assert explain_copies(WIRE, " ".join(WIRE.split()[:18])).joined
    cut = " ".join(WIRE.split()[:20])
    edited = cut.replace("Shelling", "Fire").replace("northern", "besieged")
    explanation = explain_copies(WIRE, edited)
    assert explanation.verdict.endswith(
        "or 60% where a text was only cut or added to: 90% of the shorter one's stand in the "
        "longer, 95% are asked for."
    )


def test_a_share_just_below_the_limit_is_not_rounded_to_it():
    words = WIRE.split() + OTHER.split()
    other = [*words[:38], *(["new"] * (len(words) - 38))]
    explanation = explain_copies(" ".join(words), " ".join(other))
    assert failed(explanation)[0] == "share"
    assert "65.5% of the longer text's words stand in the other; 66.0% are" in explanation.verdict


def test_a_stock_phrase_shares_too_few_words():
    a = "the ministry did not respond to a request for comment"
    explanation = explain_copies(a + " on Monday", a.replace("the ministry", "police") + " then")
    assert failed(explanation) == ["shared words"]
    assert explanation.verdict == ("Not a near copy: the two share 8 words; 10 are asked for.")


def test_facts_that_conflict_are_named():
    explanation = explain_copies(WIRE, WIRE.replace("12", "21"))
    assert not explanation.joined
    assert explanation.verdict == ("Not a near copy: they say different things: figure 12 -> 21.")


def test_without_the_veto_facts_let_the_pair_pass():
    explanation = explain_copies(WIRE, WIRE.replace("12", "21"), CopyOptions(veto=False))
    assert explanation.joined
    assert any("12 -> 21, which is let pass" in step.sentence for step in explanation.steps)


def test_an_answer_keeps_two_texts_apart_whatever_they_share():
    explanation = explain_copies(WIRE, WIRE.replace("activists", "monitors"), judged=False)
    assert explanation.verdict == (
        "Not a near copy: your answer to this pair was no, which keeps them apart."
    )


def test_an_answer_joins_two_texts_whatever_they_share():
    explanation = explain_copies(WIRE, OTHER, judged=True)
    assert explanation.joined
    assert explanation.verdict == "A near copy: you said so."


def test_a_pair_that_was_never_compared_is_told_its_chance():
    other = WIRE.replace("activists", "monitors")
    plan = BandPlan(1, 8)
    explanation = explain_copies(WIRE, other, plan=plan, canonicals=(WIRE, other))
    chance = plan.probability(compare(WIRE, other).jaccard)
    assert failed(explanation) == ["search"]
    assert f"is compared with a chance of {chance:.0%}; these two were not" in explanation.verdict


def test_a_pair_in_no_group_together_was_not_compared_however_good_its_chance():
    other = WIRE.replace("activists", "monitors")
    explanation = explain_copies(WIRE, other, canonicals=(WIRE, other))
    assert not explanation.joined
    assert failed(explanation) == ["search"]


def test_a_slim_chance_is_no_reason_where_another_is_known():
    explanation = explain_copies(WIRE, OTHER, plan=BandPlan(1, 8))
    assert failed(explanation)[-1] == "search"
    assert "are asked for" in explanation.verdict


def test_texts_of_two_groups_are_told_what_keeps_them_from_the_others():
    other = WIRE.replace("activists", "monitors")
    explanation = explain_copies(WIRE, other, canonicals=(WIRE, OTHER))
    share = compare(WIRE, OTHER).share
    assert failed(explanation) == ["group"]
    assert explanation.verdict.startswith("Near copies, but not together: they are in two groups")
    assert f"the first shares {share:.0%} with that of the second's group" in explanation.verdict


def test_a_pair_that_is_hardly_ever_compared_is_told_so():
    explanation = explain_copies(WIRE, WIRE.replace("activists", "monitors"), plan=BandPlan(1, 9))
    assert not explanation.joined
    assert "(Jaccard) is compared with a chance of" in explanation.verdict


def test_an_answer_parts_even_texts_of_one_group():
    assert not explain_copies(WIRE, OTHER, canonicals=(WIRE, WIRE), judged=False).joined


def test_texts_of_one_group_are_joined_though_they_differ_from_each_other():
    explanation = explain_copies(WIRE, OTHER, canonicals=(WIRE, WIRE))
    assert explanation.joined


@given(
    changed=st.integers(0, 20),
    dropped=st.integers(0, 20),
    seed=st.integers(0, 1000),
    words=st.integers(4, 28),
)
@settings(max_examples=80, deadline=None)
def test_an_explanation_agrees_with_the_search(changed, dropped, seed, words):
    draw = random.Random(seed)
    first = WIRE.split()[:words]
    second = list(first)
    for place in draw.sample(range(words), min(changed, words)):
        second[place] = draw.choice(OTHER.split())
    after = max(1, words - dropped)
    a, b = " ".join(first), " ".join(second[:after])
    survey = survey_copies(passages(a, b), options=CopyOptions(jaccard=0.02, recall=0.99))
    assert explain_copies(a, b, plan=SURE).joined == bool(survey.groups)


@given(seed=st.integers(0, 200))
@settings(max_examples=30, deadline=None)
def test_an_explanation_is_the_same_from_either_side(seed):
    draw = random.Random(seed)
    words = WIRE.split()
    for place in draw.sample(range(len(words)), 9):
        words[place] = draw.choice(OTHER.split())
    there, back = explain_copies(WIRE, " ".join(words)), explain_copies(" ".join(words), WIRE)
    assert there.joined == back.joined
    assert [step.passed for step in there.steps] == [step.passed for step in back.steps]


# Contained


def test_a_quoted_paragraph_passes_every_test():
    explanation = explain_contained(f"{OTHER} {WIRE}", WIRE)
    assert explanation.joined
    assert explanation.verdict == "Contained: every test is passed."


def test_a_paragraph_in_pieces_is_told_its_share_in_one_stretch():
    words = WIRE.split()
    host = " ".join([*words[:14], *OTHER.split(), *words[14:]])
    explanation = explain_contained(host, WIRE)
    assert failed(explanation) == ["share"]
    assert "stand in one stretch of the longer one; 66% are asked for" in explanation.verdict
    assert explain_contained(host, WIRE, scattered=True).joined


def test_words_matched_one_by_one_are_told_to_be_too_few_in_runs():
    words = WIRE.split()
    words[6::3] = OTHER.split()[: len(words[6::3])]
    explanation = explain_contained(f"{OTHER} {' '.join(words)}", WIRE)
    assert failed(explanation) == ["words in runs"]
    assert "fewer than 12 of them stand in runs of three words" in explanation.verdict


def test_strangers_have_no_runs_in_common():
    explanation = explain_contained(f"{OTHER} {OTHER}", WIRE)
    assert explanation.verdict.startswith("Not contained: 0 of the shorter text's")


def test_what_is_longer_is_not_contained():
    explanation = explain_contained(WIRE, f"{OTHER} {WIRE}")
    assert explanation.verdict.startswith("Not contained: the text that is to contain it has")


def test_what_is_too_short_is_told_so():
    explanation = explain_contained(WIRE, "Shelling killed 12 people")
    assert explanation.verdict == "Not contained: the shorter text has 4 words; 12 are asked for."


def test_a_passage_passed_over_is_told_why_though_it_passes_every_other_test():
    explanation = explain_contained(f"{OTHER} {WIRE}", WIRE, passed_over=True)
    assert failed(explanation) == ["search"]
    assert "more than 64 texts of the corpus" in explanation.verdict


@given(changed=st.integers(0, 12), seed=st.integers(0, 500), words=st.integers(9, 28))
@settings(max_examples=60, deadline=None)
def test_an_explanation_agrees_with_what_is_found_contained(changed, seed, words):
    draw = random.Random(seed)
    inner = WIRE.split()[:words]
    quoted = list(inner)
    for place in draw.sample(range(words), min(changed, words)):
        quoted[place] = draw.choice(OTHER.split())
    texts = f"{OTHER} {' '.join(quoted)} and so on", " ".join(inner)
    both = passages(*texts)
    documents = {p.document_id: Document(p.document_id, p.body) for p in both}
    found = find_contained(both, documents, [0, 1])
    assert explain_contained(*texts).joined == bool(found)


@pytest.mark.parametrize("texts", [("", ""), ("word", ""), ("", "word"), ("a b", "a b")])
def test_texts_of_few_words_are_explained(texts):
    assert not explain_contained(*texts).joined
    assert explain_copies(texts[0], f"{texts[1]} more").steps


# The same event

NEAR = EventPair((20, 25), ("d1", "d2"), ("Reuters", "AFP"), 1, 0.6, neighbours=True)


def weighed(score: float = 0.4) -> SameEvent:
    return SameEvent(score, 0.6, 0.2, 0.5, 0.1, 1, (), (), (), ())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"words": (5, 25)}, "the shorter text has 5 words; 10 are asked for."),
        ({"documents": ("d1", "d1")}, "both are of one document."),
        (
            {"outlets": ("AFP", "AFP")},
            "both are of AFP, and an event is looked for between outlets.",
        ),
        ({"days": 9}, "they were published 9 days apart; 3 are allowed."),
        ({"cosine": None}, "one of them has no vector."),
        ({"cosine": 0.349}, "the cosine of their vectors is 0.349; 0.35 is asked for."),
        (
            {"neighbours": False},
            "neither is among the nearest neighbours of the other, though the cosine of their "
            "vectors is 0.60.",
        ),
    ],
)
def test_two_reports_are_told_what_rules_them_out(changes, reason):
    values = {name: getattr(NEAR, name) for name in EventPair.__slots__} | changes
    assert explain_same_event(EventPair(**values), None).verdict == f"Not the same event: {reason}"


def test_a_low_score_is_shown_with_its_parts():
    explanation = explain_same_event(NEAR, weighed(0.4))
    assert failed(explanation) == ["score"]
    assert explanation.verdict.startswith(
        "Not the same event: the two score 0.40 (log odds: start -6.0, cosine +8.6, words +1.6,"
    )
    assert explanation.verdict.endswith("; 0.70 is asked for.")


def test_a_score_just_below_the_limit_is_not_rounded_to_it():
    assert "the two score 0.6999 (" in explain_same_event(NEAR, weighed(0.6999)).verdict


def test_outlets_and_days_that_are_not_known_rule_nothing_out():
    pair = EventPair((20, 25), ("d1", "d2"), ("", ""), None, 0.6, neighbours=True)
    assert explain_same_event(pair, weighed(0.9)).joined


@pytest.mark.parametrize(("score", "days"), [(0.7, 1), (0.9, 3)])
def test_what_just_reaches_a_limit_passes(score, days):
    pair = EventPair((10, 25), ("d1", "d2"), ("Reuters", "AFP"), days, 0.35, neighbours=True)
    assert explain_same_event(pair, weighed(score)).joined


def test_figures_of_which_some_agree_do_not_conflict():
    differing = (FactChange("figure", "12", "21"), FactChange("date", "monday", "tuesday"))
    evidence = SameEvent(0.5, 0.6, 0.2, 0.5, 0.1, None, ("300",), (), (), differing)
    parts = {term.name: term.log_odds for term in split_score(evidence)}
    assert parts["figures conflict"] == 0
    assert parts["dates conflict"] < 0
    assert "days" not in parts


def test_the_parts_of_a_score_add_up_to_it():
    bodies = [
        WIRE,
        "At least 21 civilians died on Tuesday when shells hit Aleppo, a monitoring group said.",
        OTHER,
    ]
    both = passages(*bodies)
    documents = {
        p.document_id: Document(p.document_id, p.body, source=p.document_id, published="2013-05-11")
        for p in both
    }
    vectors = np.array([[1, 0.1, 0], [1, 0.2, 0.1], [0.6, 1, 0]], np.float32)
    options = RelationOptions(event_score=0, days=3)
    found = find_same_event(both, documents, range(3), find_neighbours(vectors, 2), options=options)
    assert len(found) == 3
    for relation in found:
        total = sum(term.log_odds for term in split_score(relation.evidence))
        assert 1 / (1 + math.exp(-total)) == pytest.approx(relation.evidence.score)
    names = {term.name for r in found for term in split_score(r.evidence) if term.log_odds}
    assert {"figures conflict", "dates conflict", "days"} <= names


# Stories


def test_articles_with_a_likely_link_and_distant_stories_are_told_the_mean():
    explanation = explain_story(0.8, 0.5, days=1, most_days=3, link=0.31)
    assert explanation.verdict == (
        "Not one story: the articles of the one's story and those of the other's score 0.31 on "
        "average; 0.50 is asked for."
    )


@pytest.mark.parametrize(
    ("score", "days", "reason"),
    [
        (0.2, 1, "the two score 0.20; 0.50 is asked for."),
        (None, None, "nothing in the two was near enough to be compared."),
        (0.9, 8, "they were published 8 days apart; 3 are allowed."),
    ],
)
def test_two_articles_are_told_what_keeps_them_apart(score, days, reason):
    explanation = explain_story(score, 0.5, days=days, most_days=3)
    assert explanation.verdict == f"Not one story: {reason}"


def test_articles_of_one_story_pass_every_test():
    assert explain_story(0.9, 0.5, days=0, most_days=3).verdict == (
        "One story: every test is passed."
    )


def test_every_sentence_begins_with_a_capital_and_ends_with_a_full_stop():
    explanations = [
        explain_copies(WIRE, OTHER, judged=False, canonicals=(WIRE, WIRE)),
        explain_contained(WIRE, OTHER, passed_over=True),
        explain_same_event(NEAR, weighed()),
        explain_story(0.9, 0.5, days=0, most_days=3, link=0.2),
    ]
    for explanation in explanations:
        for sentence in (*(step.sentence for step in explanation.steps), explanation.verdict):
            assert sentence[0] == sentence[0].upper()
            assert sentence.endswith(".")
            assert not sentence.endswith("..")
