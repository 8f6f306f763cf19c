"""Topics changed by hand: obeyed in every later run, a function of content, undone."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from embeddings.vectors.embedding import embed_corpus, note_encoder
from tests.running import run
from topics.answers import edit as editing
from topics.answers.levels import tree
from topics.answers.passages import placements
from topics.answers.topics import topics
from topics.cli.topic_changes import tell_changes
from topics.hierarchy.lineage import Change
from topics.hierarchy.outline import read_outline
from topics.pipeline.run import derive

SUBJECTS = {
    "arms": "missiles rockets launchers batteries warheads contract delivery supplier cargo",
    "talks": "ministers envoys conference negotiation truce mediator summit delegation draft",
    "floods": "river rainfall dam evacuation shelter levee storm downpour villages boats",
    "sport": "goal keeper striker referee stadium penalty league coach season trophy",
}
SIZE = 14


def write(seed: int = 0) -> dict[str, list[str]]:
    draw = random.Random(seed)
    return {
        subject: [" ".join(draw.sample(words.split(), 6)) + "." for _ in range(SIZE)]
        for subject, words in SUBJECTS.items()
    }


@pytest.fixture
def db(tmp_path, put, encoder, monkeypatch) -> Path:
    """Four clear subjects, an article each in two outlets."""
    monkeypatch.setattr("topics.answers.encoder.stored_encoder", lambda _: encoder)
    path = tmp_path / "news.db"
    fill(path, put, encoder, write())
    return path


def fill(path, put, encoder, texts, reverse=False) -> None:
    with CorpusStore.open(path, write=True) as store:
        for subject in sorted(texts, reverse=reverse):
            for outlet in range(2):
                put(
                    store,
                    f"{subject}-{outlet}",
                    texts[subject][outlet::2],
                    source=f"outlet {outlet}",
                )
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)


def topic_of(db: Path, subject: str) -> int:
    """Return the topic that holds most of a subject."""
    held = subjects_of(db)
    return max(held, key=lambda topic: held[topic].get(subject, 0))


def subjects_of(db: Path) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    with CorpusStore.open(db) as store:
        for document, topic in store.rows(
            "SELECT p.document_id, a.topic_id FROM assignments AS a "
            "JOIN passages AS p ON p.id = a.passage_id"
        ):
            subject = document.partition("-")[0]
            counts = found.setdefault(topic, {})
            counts[subject] = counts.get(subject, 0) + 1
    return found


def partition(db: Path) -> set[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    with CorpusStore.open(db) as store:
        for text, topic in store.rows(
            "SELECT p.text, a.topic_id FROM assignments AS a "
            "JOIN passages AS p ON p.id = a.passage_id"
        ):
            groups.setdefault(topic, set()).add(text)
    return {frozenset(group) for group in groups.values()}


def passage_of(db: Path, subject: str, number: int = 0) -> int:
    with CorpusStore.open(db) as store:
        rows = store.rows(
            "SELECT id FROM passages WHERE document_id LIKE ? ORDER BY id", (f"{subject}-%",)
        )
        return int(rows[number][0])


def names(db: Path) -> dict[int, str]:
    return {topic.id: topic.name for topic in topics(db)}


def test_the_four_subjects_are_found(db):
    assert sorted(tuple(sorted(held)) for held in subjects_of(db).values()) == [
        (subject,) for subject in sorted(SUBJECTS)
    ]


def test_a_name_stays_when_articles_are_added(db, put, encoder):
    arms = topic_of(db, "arms")
    editing.rename(str(arms), "Arms  deliveries", db=db)
    assert names(db)[arms] == "Arms deliveries"
    with CorpusStore.open(db, write=True) as store:
        put(store, "arms-9", write(5)["arms"], source="outlet 9")
        embed_corpus(store, encoder)
        derivation = derive(store, encoder)
    assert derivation.idle == ()
    assert names(db)[topic_of(db, "arms")] == "Arms deliveries"


def test_an_undone_name_gives_way_to_that_of_the_key_phrases(db):
    before = names(db)
    arms = str(topic_of(db, "arms"))
    editing.rename(arms, "Arms", db=db)
    editing.rename(arms, "Arms deliveries", db=db)
    editing.undo(db=db)
    assert names(db)[int(arms)] == "Arms"
    editing.undo(db=db)
    assert names(db) == before


def test_names_outlast_an_article_that_came_and_went_in_one_run(db, put, encoder):
    arms = topic_of(db, "arms")
    editing.rename(str(arms), "Arms", db=db)
    with CorpusStore.open(db, write=True) as store:
        put(store, "x", ["a passage of no matter what subject"], source="outlet 9")
        store.remove_documents(["x"])
        assert derive(store, encoder).fresh
    assert names(db)[arms] == "Arms"


def test_merged_topics_stay_one_in_later_runs_and_part_again_when_undone(db, put, encoder):
    before = partition(db)
    report = editing.merge([str(topic_of(db, "arms")), str(topic_of(db, "talks"))], db=db)
    assert topic_of(db, "arms") == topic_of(db, "talks")
    with CorpusStore.open(db, write=True) as store:
        put(store, "sport-9", write(5)["sport"], source="outlet 9")
        embed_corpus(store, encoder)
        derive(store, encoder)
    assert topic_of(db, "arms") == topic_of(db, "talks") != topic_of(db, "sport")
    with CorpusStore.open(db, write=True) as store:
        store.remove_documents(["sport-9"])
        derive(store, encoder)
    editing.undo(report.edit, db=db)
    assert partition(db) == before


def test_a_split_makes_as_many_topics_as_asked(db):
    report = editing.split(str(topic_of(db, "floods")), 3, db=db)
    assert len(report.topics) == 6
    assert sum("floods" in held for held in subjects_of(db).values()) == 3


def test_an_edit_is_not_undone_before_those_of_what_it_made(db):
    arms, talks = topic_of(db, "arms"), topic_of(db, "talks")
    merged = editing.merge([str(arms), str(talks)], db=db)
    parted = editing.split(str(topic_of(db, "arms")), 2, db=db)
    named = editing.rename(str(topic_of(db, "sport")), "Games", db=db)
    before = partition(db)
    with pytest.raises(InputError, match=f"edit {parted.edit} is about; .* undo {parted.edit}"):
        editing.undo(merged.edit, db=db)
    assert partition(db) == before
    for edit in (parted, merged, named):
        editing.undo(edit.edit, db=db)
    assert editing.list_edits(db) == []


def test_an_edit_says_what_it_was_and_what_became_of_the_topics(db):
    arms, talks = topic_of(db, "arms"), topic_of(db, "talks")
    report = editing.merge([str(arms), str(talks)], db=db)
    assert report.what.endswith("are one topic")
    assert [(one.kind, set(one.others)) for one in report.changes if one.kind == "merged"] == [
        ("merged", {arms, talks})
    ]
    assert {one.topic for one in report.changes} <= report.names.keys()


def test_a_pinned_passage_is_in_its_topic_and_the_rest_stays(db):
    passage, sport = passage_of(db, "arms"), topic_of(db, "sport")
    report = editing.pin(passage, str(sport), db=db)
    assert report.moved == pytest.approx(1 / (4 * SIZE), abs=0.001)
    assert subjects_of(db)[sport] == {"sport": SIZE, "arms": 1}


def test_two_passages_are_kept_apart(db):
    one, other = passage_of(db, "arms", 0), passage_of(db, "arms", 1)
    editing.part(one, other, db=db)
    placed = {placement.passage.passage_id: placement.topic_id for placement in placements(db)}
    assert placed[one] != placed[other]


def test_the_topics_are_a_function_of_corpus_and_edits_alone(db, put, encoder, tmp_path):
    """Edited, grown and shrunk again, or built anew with the edits: the same topics."""
    editing.merge([str(topic_of(db, "arms")), str(topic_of(db, "talks"))], db=db)
    editing.pin(passage_of(db, "sport"), str(topic_of(db, "floods")), db=db)
    with CorpusStore.open(db, write=True) as store:
        put(store, "floods-9", write(3)["floods"], source="outlet 9")
        embed_corpus(store, encoder)
        derive(store, encoder)
        store.remove_documents(["floods-9"])
        derive(store, encoder)
        edits = store.rows("SELECT * FROM edits")
    other = tmp_path / "other.db"
    with CorpusStore.open(other, write=True) as store, store.transaction() as connection:
        connection.executemany("INSERT INTO edits VALUES (?, ?, ?, ?, ?)", edits)
    fill(other, put, encoder, write(), reverse=True)
    assert partition(other) == partition(db)


def test_ids_come_back_when_a_merger_is_undone(db):
    before = {topic_of(db, subject): subject for subject in SUBJECTS}
    editing.merge([str(topic_of(db, "arms")), str(topic_of(db, "talks"))], db=db)
    assert set(subjects_of(db)) < set(before)
    editing.undo(db=db)
    assert {topic_of(db, subject): subject for subject in SUBJECTS} == before


def test_a_name_is_the_topic_s_that_was_meant_where_texts_have_copies(db, put, encoder):
    """Copies in other outlets make more texts of a topic, not more members."""
    with CorpusStore.open(db, write=True) as store:
        for outlet in range(3, 7):
            copies = [f"{text[:-1]} again." for text in write()["arms"][outlet:]]
            put(store, f"arms-{outlet}", copies, source=f"outlet {outlet}")
        embed_corpus(store, encoder)
        derive(store, encoder)
    names_before = names(db)
    arms = topic_of(db, "arms")
    editing.rename(str(arms), "Arms", db=db)
    assert names(db) == {**names_before, arms: "Arms"}


def test_a_name_goes_to_no_topic_of_other_passages_when_its_own_is_split(db):
    editing.rename(str(topic_of(db, "floods")), "Floods", db=db)
    report = editing.split(str(topic_of(db, "floods")), 4, db=db)

    def walk(branches):
        for branch in branches:
            yield branch
            yield from walk(branch.parts)

    named = [branch.passages for branch in walk(tree(db)) if branch.name == "Floods"]
    assert (named == [SIZE] and report.idle == ()) or (named == [] and report.idle == (1,))


def test_a_renamed_topic_keeps_its_name_when_it_is_merged(db):
    editing.rename(str(topic_of(db, "floods")), "Floods", db=db)
    editing.merge([str(topic_of(db, "floods")), str(topic_of(db, "sport"))], db=db)
    assert names(db)[topic_of(db, "floods")] == "Floods"


def test_a_topic_of_the_user_s_own_goes_before_a_name_given_by_hand(db, encoder):
    editing.rename(str(topic_of(db, "sport")), "Matches", db=db)
    with CorpusStore.open(db, write=True) as store:
        store.set_setting("guided", [{"name": "matches", "description": "goal keeper striker"}])
        derivation = derive(store, encoder)
    assert derivation.idle == (1,)
    found = [name.casefold() for name in names(db).values()]
    assert found.count("matches") == 1


def test_what_a_run_says_of_edits_every_run_says_until_it_changes(db, encoder):
    report = editing.pin(passage_of(db, "arms"), str(topic_of(db, "sport")), db=db)
    with CorpusStore.open(db, write=True) as store:
        store.remove_documents(["arms-0"])
        first, again = derive(store, encoder), derive(store, encoder)
    assert (first.fresh, again.fresh) == (True, False)
    assert first.idle == again.idle == (report.edit,)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_as_many_topics_as_asked_are_shown(db, encoder, count):
    with CorpusStore.open(db, write=True) as store:
        store.set_setting("topics_count", count)
        assert derive(store, encoder).notes == ()
    assert len(topics(db)) == count


@pytest.mark.parametrize("count", [3, 4, 6])
def test_guided_topics_and_their_parents_count_among_those_asked_for(db, encoder, count):
    guided = [
        {"name": "conflict", "description": "war"},
        {"name": "arms", "description": SUBJECTS["arms"], "parent": "conflict"},
        {"name": "talks", "description": SUBJECTS["talks"], "parent": "conflict"},
    ]
    with CorpusStore.open(db, write=True) as store:
        store.set_setting("guided", guided)
        store.set_setting("topics_count", count)
        derivation = derive(store, encoder)
    shown = len(topics(db))
    assert shown == count or f"made: {shown}," in derivation.notes[0]
    assert (shown == count) or count == 3


def test_edits_that_lost_their_passages_are_idle_and_say_so(db, encoder):
    report = editing.pin(passage_of(db, "arms"), str(topic_of(db, "sport")), db=db)
    with CorpusStore.open(db, write=True) as store:
        store.remove_documents(["arms-0"])
        assert derive(store, encoder).idle == (report.edit,)


def test_of_a_broad_topic_those_that_can_be_edited_are_named(db):
    with CorpusStore.open(db) as store:
        outline = read_outline(store)
    broad = [one for one, finest in outline.finest.items() if finest < outline.shown]
    below = [one for one in outline.on(outline.shown) if one in outline.under(broad[0])]
    assert len(below) > 1
    with pytest.raises(InputError, match="is a broad one") as refused:
        editing.merge([str(broad[0]), str(topic_of(db, "arms"))], db=db)
    assert all(f"{one} {outline.names[one]}" in str(refused.value) for one in below)


def test_edits_are_listed_in_words(db):
    editing.rename(str(topic_of(db, "arms")), "Arms", db=db)
    editing.part(passage_of(db, "arms", 0), passage_of(db, "arms", 1), db=db)
    lines = editing.list_edits(db)
    assert [line.kind for line in lines] == ["rename", "part"]
    assert "is called 'Arms'" in lines[0].what
    assert "are in different topics" in lines[1].what
    assert all(line.made.startswith("20") for line in lines)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda db: editing.rename("999", "X", db=db), "No topic is called"),
        (lambda db: editing.rename(str(topic_of(db, "arms")), " ", db=db), "0 characters"),
        (
            lambda db: editing.rename(
                str(topic_of(db, "arms")), names(db)[topic_of(db, "talks")], db=db
            ),
            "choose another name",
        ),
        (lambda db: editing.merge([str(topic_of(db, "arms"))], db=db), "two topics"),
        (lambda db: editing.split(str(topic_of(db, "arms")), 1, db=db), "2 or more"),
        (lambda db: editing.split(str(topic_of(db, "arms")), 99, db=db), "cannot be split"),
        (lambda db: editing.rename(str(topic_of(db, "arms")), "\x1b[31mX", db=db), "plain text"),
        (lambda db: editing.rename(str(topic_of(db, "arms")), "\udcff", db=db), "plain text"),
        (lambda db: editing.pin(10**30, str(topic_of(db, "arms")), db=db), "no passage"),
        (lambda db: editing.pin(9999, str(topic_of(db, "arms")), db=db), "no passage 9999"),
        (lambda db: editing.part(9999, 1, db=db), "no passage 9999"),
        (lambda db: editing.part(1, 1, db=db), "two that differ"),
        (lambda db: editing.undo(db=db), "nothing to undo"),
        (lambda db: editing.undo(4, db=db), "nothing to undo"),
    ],
)
def test_a_mistake_is_answered_in_one_sentence_and_nothing_is_stored(db, wrong, said):
    before = partition(db)
    with pytest.raises(InputError, match=said):
        wrong(db)
    assert editing.list_edits(db) == []
    assert partition(db) == before


def test_a_missing_database_is_not_made(tmp_path):
    with pytest.raises(StoreError, match="no database"):
        editing.undo(db=tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_the_command_edits_lists_and_undoes(db):
    def edit(*args: str) -> str:
        code, out, err = run("edit", *args, "--db", db)
        assert code == 0, err
        return out

    out = edit("rename", str(topic_of(db, "arms")), "Arms deliveries")
    assert "topicwire edit undo 1" in out
    assert "Arms deliveries" in out
    assert json.loads(edit("list", "--json"))[0]["kind"] == "rename"
    undone = edit("undo")
    assert "Edit 1, that " in undone
    assert "is called 'Arms deliveries', is undone." in undone
    assert "No topic has been edited" in edit("list")


def test_a_merger_is_told_once_by_what_went_into_it():
    changes = [Change("grew", 4, (), 10, 15), Change("merged", 4, (4, 7), 10, 15)]
    names = {4: "Arms", 7: "Talks"}
    assert tell_changes(changes, names) == ["merged into 4 Arms: 7 Talks"]
    assert tell_changes(changes[:1], names) == ["grew: 4 Arms (10 to 15)"]


def test_a_damaged_edit_is_named_with_what_takes_it_out(db):
    with CorpusStore.open(db, write=True) as store, store.transaction() as connection:
        connection.execute("INSERT INTO edits VALUES (7, 'merge', 'no JSON', '2013', NULL)")
    with pytest.raises(StoreError, match=r"Edit 7 .* is damaged; .*DELETE FROM edits WHERE id = 7"):
        editing.list_edits(db)
