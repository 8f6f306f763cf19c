"""A topic of the user's own taught by yes and no, which are edits like any other."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.vectors.embedding import embed_corpus, note_encoder
from tests.conftest import article, paragraphs_of
from tests.running import run
from topics.answers import by_hand, calibrate_topic
from topics.answers import edit as editing
from topics.answers.calibrate_topic import answer_topic, topic_questions
from topics.edits.edits import list_answers, read_edits
from topics.pipeline.run import derive

SUBJECTS = {
    "arms": "missiles rockets launchers batteries warheads contract delivery supplier cargo",
    "gas": "missiles rockets launchers chlorine sarin inspectors victims hospital nerve",
    "floods": "river rainfall dam evacuation shelter levee storm downpour villages boats",
}
OWN = {
    "name": "arms",
    "description": "missiles rockets launchers sarin chlorine contract",
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory, make_encoder) -> Path:
    """Three subjects, two of which sound alike; one topic of the user's own."""
    path, encoder = tmp_path_factory.mktemp("subjects") / "news.db", make_encoder()
    draw = random.Random(0)
    with CorpusStore.open(path, write=True) as store:
        for subject, words in SUBJECTS.items():
            texts = [" ".join(draw.sample(words.split(), 5)) + "." for _ in range(24)]
            one = article(subject, texts, source="outlet", language="en")
            store.put_document(one, [], paragraphs_of(one))
        store.set_setting("guided", [OWN])
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
    return path


@pytest.fixture
def db(tmp_path, filled, encoder, monkeypatch) -> Path:
    """A copy of it."""
    for module in ("encoder", "calibrate_topic", "by_hand"):
        monkeypatch.setattr(f"topics.answers.{module}.stored_encoder", lambda _: encoder)
    return Path(shutil.copy(filled, tmp_path / "news.db"))


def held(db: Path) -> dict[str, int]:
    """Count what the user's topic holds, by subject."""
    with CorpusStore.open(db) as store:
        return dict(
            store.rows(
                "SELECT p.document_id, count(*) FROM assignments AS a JOIN passages AS p "
                "ON p.id = a.passage_id JOIN topics AS t ON t.id = a.topic_id "
                "WHERE t.kind = 'guided' GROUP BY 1"
            )
        )


def reply(db: Path, count: int) -> int:
    """Answer questions as one who means arms and no gas; returns how many."""
    asked = topic_questions("arms", count=count, db=db)
    for question in asked:
        words = set(question.text.rstrip(".").split())
        meant = bool(words & set(SUBJECTS["arms"].split()[3:])) and not words & {
            "river", "storm", "chlorine", "sarin", "nerve", "victims", "hospital", "inspectors"
        }  # fmt: skip
        answer_topic("arms", question.key, meant, db=db)
    return len(asked)


def test_answers_teach_the_topic_and_each_is_obeyed(db):
    answered = reply(db, 24)
    report = calibrate_topic.calibrate_topic("arms", db=db)
    assert report.taught
    assert report.answers == answered
    for one in (report.precision, report.recall, report.share):
        assert 0 <= one.low <= one.share <= one.high <= 1
    with CorpusStore.open(db) as store:
        said = list_answers(read_edits(store))["arms"]
        placed = dict(
            store.rows(
                "SELECT lower(hex(p.hash)), t.kind = 'guided' FROM assignments AS a "
                "JOIN passages AS p ON p.id = a.passage_id JOIN topics AS t ON t.id = a.topic_id"
            )
        )
    assert {key: bool(placed[key]) for key in said} == said


def test_no_passage_is_asked_of_twice(db):
    first = {question.key for question in topic_questions("arms", count=6, db=db)}
    reply(db, 6)
    assert not first & {question.key for question in topic_questions("arms", count=60, db=db)}


def test_answers_are_edits_that_are_listed_and_undone(db):
    before = held(db)
    reply(db, 8)
    listed = editing.list_edits(db)
    assert {line.kind for line in listed} == {"pin", "exclude"}
    assert any("does not belong to 'arms'" in line.what for line in listed)
    calibrate_topic.calibrate_topic("arms", db=db)
    for _ in listed:
        editing.undo(db=db)
    assert held(db) == before


def test_answers_are_saved_and_loaded(db, tmp_path, filled):
    reply(db, 8)
    calibrate_topic.calibrate_topic("arms", db=db)
    by_hand.save_edits(tmp_path / "hand.json", db=db)
    other = shutil.copy(filled, tmp_path / "other.db")
    by_hand.load_edits(tmp_path / "hand.json", db=other)
    assert held(other) == held(db)


def test_the_last_word_on_a_passage_counts(db):
    key = topic_questions("arms", count=1, db=db)[0].key
    for belongs in (True, False, True):
        answer_topic("arms", key, belongs, db=db)
    with CorpusStore.open(db) as store:
        assert list_answers(read_edits(store)) == {"arms": {key: True}}


def test_a_passage_kept_out_of_a_discovered_topic_is_elsewhere(db):
    with CorpusStore.open(db) as store:
        passage, topic = store.rows(
            "SELECT a.passage_id, a.topic_id FROM assignments AS a JOIN topics AS t "
            "ON t.id = a.topic_id WHERE t.kind = 'discovered' ORDER BY 1"
        )[0]
    editing.exclude(passage, str(topic), db=db)
    with CorpusStore.open(db) as store:
        placed = dict(store.rows("SELECT passage_id, topic_id FROM assignments"))
    assert placed[passage] != topic


def test_only_a_topic_of_the_user_s_own_is_calibrated(db):
    with CorpusStore.open(db) as store:
        found = store.rows("SELECT id FROM topics WHERE kind = 'discovered'")[0][0]
    with pytest.raises(InputError, match="not one topic of your own"):
        topic_questions(str(found), db=db)
    with pytest.raises(InputError, match="--count is 0"):
        topic_questions("arms", count=0, db=db)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("topic",), "Which topic is not said"),
        (("topic", "arms", "--reset"), "by questions alone"),
        (("topic", "arms", "--threshold", "0.5"), "by questions alone"),
        (("story", "arms"), "only a topic has a name"),
    ],
)
def test_what_does_not_go_together_is_said(db, arguments, told):
    code, out, err = run("calibrate", *arguments, "--db", db)
    assert code == 2
    assert told in out + err


def test_the_command_prints_precision_recall_and_share(db):
    asking = ("calibrate", "topic", "arms", "--count", "4", "--json", "--db", db)
    code, out, err = run(*asking, text="y\nn\nq\n")
    assert code == 0, err
    report = json.loads(out)
    assert report["answers"] == 2
    assert set(report["share"]) == {"share", "low", "high"}
