"""Why not: each explanation agrees with what is found, and says what decided it."""

from __future__ import annotations

import math
import random
from dataclasses import replace

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
    Explanation,
    explain,
    explain_copies,
)
from topics.coverage.likeness.passages import SameEvent, split_score
from topics.coverage.relations.events import check_same_event, find_same_event
from topics.coverage.relations.relations import RelationOptions
from topics.coverage.relations.wordings import check_contained, find_contained

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


def explain_contained(container, contained, *, nodes=(0, 1), found=None, scattered=False):
    both = passages(container, contained)
    documents = {p.document_id: Document(p.document_id, p.body) for p in both}
    steps = check_contained(both, documents, nodes, (0, 1), scattered=scattered)
    return explain("contains", steps, found=found)


def test_a_passage_of_the_same_document_is_told_so():
    both = [replace(one, document_id="d") for one in passages(f"{OTHER} {WIRE}", WIRE)]
    steps = list(check_contained(both, {}, [0, 1], (0, 1)))
    assert explain("contains", steps).verdict == "Not contained: both are of one document."
    assert find_contained(both, {}, [0, 1]) == []


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
    explanation = explain_contained(f"{OTHER} {WIRE}", WIRE, found=False)
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


def test_copies_of_one_text_are_not_held_inside_each_other():
    explanation = explain_contained(f"{WIRE} And more.", WIRE, nodes=(3, 3))
    assert failed(explanation) == ["two texts"]


def test_what_copies_of_the_two_show_is_told():
    explanation = explain_contained(f"{OTHER} {OTHER}", WIRE, found=True)
    assert explanation.joined
    assert explanation.verdict == "Contained: so it is with copies of the two."


# The same event

REPORT = "At least 21 civilians died on Tuesday when shells hit Aleppo, a monitoring group said."


def explain_event(
    texts=(WIRE, REPORT), sources=("Reuters", "AFP"), dates=("2013-05-13", "2013-05-14"),
    names=("d1", "d2"), cosine=0.6, options=None,
):  # fmt: skip
    """Explain the first two of three texts; the third lies between them and is near to both."""
    both = [Passage(name, 0, 0, 0, len(t), t) for name, t in zip(names, texts, strict=True)]
    rows = [*both, Passage("d3", 0, 0, 0, len(OTHER), OTHER)]
    documents = {
        name: Document(name, "", source=source, published=published)
        for name, source, published in zip(names, sources, dates, strict=True)
    }
    angle = math.acos(cosine)
    turned = [[math.cos(n * angle / 2), math.sin(n * angle / 2)] for n in (0, 2, 1)]
    graph = find_neighbours(np.array(turned, np.float32), 2 if cosine > 0.35 else 1)
    steps, evidence = check_same_event(
        rows, documents, [0, 1, 2], graph, (0, 1), cosine=cosine, options=options
    )
    found = find_same_event(rows, documents, [0, 1, 2], graph, options=options)
    related = any({one.a, one.b} == {0, 1} for one in found)
    assert explain("same_event", steps).joined == related
    return explain("same_event", steps, found=related, evidence=evidence)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"texts": ("Shelling killed 12 people.", REPORT)},
         "the shorter text has 4 words; 10 are asked for."),
        ({"names": ("d1", "d1")}, "both are of one document."),
        ({"sources": ("AFP", "AFP")},
         "both are of AFP, and an event is looked for between outlets."),
        ({"dates": ("2013-05-13", "2013-05-22")},
         "they were published 9 days apart; 3 are allowed."),
        ({"cosine": 0.349}, "the cosine of their vectors is 0.349; 0.35 is asked for."),
    ],
)  # fmt: skip
def test_two_reports_are_told_what_rules_them_out(changes, reason):
    options = RelationOptions(event_score=0.0)
    verdict = explain_event(**changes, options=options).verdict
    assert verdict == f"Not the same event: {reason}"


def test_a_low_score_is_shown_with_its_parts():
    explanation = explain_event(options=RelationOptions(event_score=0.9999))
    assert failed(explanation) == ["score"]
    assert "(log odds: start -6.0, cosine +8.6, " in explanation.verdict
    assert explanation.verdict.endswith("; 1.00 is asked for.")


def test_outlets_and_days_that_are_not_known_rule_nothing_out():
    options = RelationOptions(event_score=0.001)
    assert explain_event(sources=("", ""), dates=("", "2013"), options=options).joined


@pytest.mark.parametrize("days", [0, 3])
def test_what_just_reaches_a_limit_passes(days):
    score = explain_event(options=RelationOptions(event_score=0.0), dates=("2013-05-13",) * 2)
    dates = ("2013-05-13", f"2013-05-{13 + days}")
    words = len(REPORT.split())
    reached = explain_event(dates=dates, options=RelationOptions(event_score=0.0))
    value = next(one.value for one in reached.steps if one.test == "score")
    options = RelationOptions(event_score=value, event_words=words)
    assert explain_event(dates=dates, options=options).joined
    assert score.joined


def test_figures_of_which_some_agree_do_not_conflict():
    differing = (FactChange("figure", "12", "21"), FactChange("date", "monday", "tuesday"))
    evidence = SameEvent(0.5, 0.6, 0.2, 0.5, 0.1, None, 0.0, ("300",), (), (), 5, differing)
    parts = {name: odds for name, _, odds in split_score(evidence)}
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
        total = sum(odds for *_, odds in split_score(relation.evidence))
        assert 1 / (1 + math.exp(-total)) == pytest.approx(relation.evidence.score)
    names = {name for r in found for name, _, odds in split_score(r.evidence) if odds}
    assert {"figures conflict", "dates conflict", "days"} <= names


def test_every_sentence_begins_with_a_capital_and_ends_with_a_full_stop():
    explanations = [
        explain_copies(WIRE, OTHER, judged=False, canonicals=(WIRE, WIRE)),
        explain_contained(WIRE, OTHER, found=False),
        explain_event(),
    ]
    for explanation in explanations:
        for sentence in (*(step.sentence for step in explanation.steps), explanation.verdict):
            assert sentence[0] == sentence[0].upper()
            assert sentence.endswith(".")
            assert not sentence.endswith("..")
