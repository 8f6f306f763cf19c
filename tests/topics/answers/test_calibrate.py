"""Answers to pairs are kept, act at once, and set a threshold when there are enough."""

from __future__ import annotations

import json

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.vectors.embedding import embed_corpus, note_encoder
from tests.running import run
from topics.answers import why_not as explaining
from topics.answers.calibrate import (
    calibrate,
    judge,
    judge_passages,
    list_answers,
    questions,
    read_settings,
    reset_thresholds,
    set_thresholds,
)
from topics.answers.copies import copies
from topics.answers.story import stories
from topics.coverage.examples.thresholds import Thresholds
from topics.pipeline.run import derive

WORDS = (
    "convoy eleven lorries crossed border gate shortly before noon carrying flour blankets "
    "medicine besieged town agency said later other sources named drivers"
)


@pytest.fixture(autouse=True)
def own_encoder(encoder, monkeypatch) -> None:
    for module in ("encoder", "why_not"):
        monkeypatch.setattr(f"topics.answers.{module}.stored_encoder", lambda _: encoder)


@pytest.fixture
def graded(tmp_path, put, encoder):
    """Twelve pairs of paragraphs that share less and less of their words."""
    path = tmp_path / "graded.db"
    with CorpusStore.open(path, write=True) as store:
        for number in range(12):
            own = [f"{word}{number}" for word in WORDS.split()]
            changed = [f"{word}x" for word in own[: number + 1]] + own[number + 1 :]
            put(store, f"a{number}", [" ".join(own)], source="a")
            put(store, f"b{number}", [" ".join(changed)], source="b")
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
    return path


def passage(path, start: str) -> int:
    with CorpusStore.open(path) as store:
        (row,) = store.rows(
            "SELECT id FROM passages WHERE text LIKE ? ORDER BY id LIMIT 1", (f"{start}%",)
        )
        return int(row[0])


def test_questions_are_borderline_pairs_on_both_sides_of_the_threshold(graded):
    asked = questions("near_copy", count=6, db=graded)
    scores = [question.score for question in asked]
    assert min(scores) < asked[0].threshold < max(scores)
    assert len({(q.a.key, q.b.key) for q in asked}) == len(asked) == 6
    assert all(question.changes for question in asked)


def test_what_was_answered_is_not_asked_again(graded):
    first = questions("near_copy", count=3, db=graded)
    for question in first:
        judge("near_copy", question.a.key, question.b.key, True, db=graded)
    again = questions("near_copy", count=20, db=graded)
    assert not {(q.a.key, q.b.key) for q in first} & {(q.a.key, q.b.key) for q in again}


def test_eight_answers_move_a_threshold_that_was_wrong_and_copies_with_it(graded):
    before = len(copies(graded).groups)
    for question in questions("near_copy", count=12, db=graded):
        judge("near_copy", question.a.key, question.b.key, question.score > 0.85, db=graded)
    report = calibrate("near_copy", db=graded)
    assert report.after.threshold > report.before.threshold
    assert report.after.precision > report.before.precision
    assert read_settings(graded).near_copy == pytest.approx(report.after.threshold)
    assert len(copies(graded).groups) < before


def test_few_answers_move_nothing_and_say_so(graded):
    asked = questions("near_copy", count=2, db=graded)
    judge("near_copy", asked[0].a.key, asked[0].b.key, True, db=graded)
    report = calibrate("near_copy", db=graded)
    assert report.after.threshold == report.before.threshold
    assert "at least 8" in report.after.reason


def test_a_no_to_two_passages_keeps_them_out_of_one_group(news):
    one, other = passage(news, "Witnesses"), None
    with CorpusStore.open(news) as store:
        rows = store.rows("SELECT id FROM passages WHERE text LIKE 'The convoy of eleven%'")
        apart = store.rows("SELECT id FROM passages WHERE text LIKE 'The convoy of twelve%'")
        other = rows[0][0]
    with pytest.raises(InputError, match="of one text"):
        judge_passages("near_copy", rows[0][0], rows[1][0], False, db=news)
    judge_passages("near_copy", other, apart[0][0], True, db=news)
    calibrate("near_copy", db=news)
    assert any({"courier", "post"} <= set(group.outlets) for group in copies(news).groups)
    judge_passages("near_copy", other, apart[0][0], False, db=news)
    calibrate("near_copy", db=news)
    assert not any({"courier", "post"} <= set(group.outlets) for group in copies(news).groups)
    assert one


def test_an_answer_can_be_taken_back(news):
    a, b = passage(news, "The convoy"), passage(news, "The river")
    judge_passages("story", a, b, True, db=news)
    assert [answer.same for answer in list_answers(news)] == [True]
    calibrate("story", db=news)
    assert any(one.articles >= 4 for one in stories(news))
    judge_passages("story", a, b, None, db=news)
    calibrate("story", db=news)
    assert list_answers(news) == []
    assert not any(one.articles >= 4 for one in stories(news))


def test_thresholds_are_set_and_reset_by_hand(news):
    assert set_thresholds(near_copy=0.99, db=news).near_copy == 0.99
    assert read_settings(news) == Thresholds(near_copy=0.99)
    assert reset_thresholds(news) == read_settings(news) == Thresholds()


@pytest.mark.parametrize(
    ("values", "said"),
    [({"near": 0.5}, "There is no threshold"), ({"story": 1.5}, "between 0 and 1"),
     ({"jaccard": 0.01, "recall": 0.999}, "No 512 permutations")],
)  # fmt: skip
def test_a_threshold_that_cannot_be_is_refused_and_nothing_changes(news, values, said):
    with pytest.raises(InputError, match=said):
        set_thresholds(db=news, **values)
    assert read_settings(news) == Thresholds()


# --- the command


def test_answers_typed_are_stored_and_the_threshold_is_told(graded):
    code, out, err = run(
        "calibrate", "near_copy", "--count", 4, "--db", graded, text="y\nwhat\nn\ns\nq\n"
    )
    assert code == 0, err
    assert "2 answered so far" in out
    assert "precision" in out
    assert [one.same for one in list_answers(graded)].count(True) == 1


def test_the_end_of_the_input_ends_the_questions(graded):
    code, _, err = run("calibrate", "near_copy", "--db", graded, text="y\nwhat\n")
    assert code == 0
    assert err.count("Type y") == 3
    assert all(line.count("Type y") < 2 for line in err.splitlines())
    assert len(list_answers(graded)) == 1


def test_the_curve_says_what_is_compared(news):
    code, out, _ = run("calibrate", "--curve", "--db", news)
    assert code == 0
    assert "bands of" in out
    _, as_json, _ = run("calibrate", "--curve", "--jaccard", "0.5", "--db", news, "--json")
    curve = dict(map(tuple, json.loads(as_json)["curve"]))
    assert curve[0.5] >= 0.97
    assert read_settings(news) == Thresholds()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (
            ["twin"],
            "no pairs of kind 'twin'; use one of near_copy, contains, same_event, story, or topic",
        ),
        (["--count", "0"], "give 1 or more"),
        (["--precision", "1.2"], "between 0 and 1"),
        (["--threshold", "3"], "between 0 and 1"),
        (["--yes", "1", "999"], "There is no passage 999"),
        (["--yes", "1", "1"], "of one text"),
        (["--reset", "--threshold", "0.5"], "use one of"),
    ],
)
def test_a_mistake_is_answered_in_one_sentence(news, args, said):
    code, _, err = run("calibrate", *args, "--db", news)
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_json_of_a_calibration_is_its_result(news):
    a, b = passage(news, "The convoy"), passage(news, "The river")
    code, out, _ = run("calibrate", "story", "--no", a, b, "--db", news, "--json")
    assert code == 0
    assert json.loads(out)["questions"] == 1
    _, listed, _ = run("calibrate", "--answers", "--db", news)
    assert "no" in listed


# --- why not


def test_what_kept_two_passages_apart_is_told_step_by_step(news):
    with CorpusStore.open(news) as store:
        ids = dict(store.rows("SELECT document_id, id FROM passages WHERE position = 0"))
    code, out, err = run("copies", "--why-not", ids["wire-1"], ids["courier-1"], "--db", news)
    assert code == 0, err
    assert "figure 11 -> 12" in out
    found = explaining.why_not(ids["courier-2"], ids["ledger-1"], db=news)
    kinds = {one.kind: one.joined for one in found.explanations}
    assert kinds["contains"]
    assert kinds["story"]
    assert not kinds["near_copy"]
    apart = explaining.why_not(ids["courier-1"], ids["ledger-2"], db=news)
    assert not any(one.joined for one in apart.explanations)
