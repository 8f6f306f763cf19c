"""Topics of a store that stay put: through growth, edits, repairs, files of before."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3

import numpy as np
import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from embeddings.vectors.embedding import embed_corpus, note_encoder
from embeddings.vectors.graph import node_keys
from tests.older import make_older
from tests.running import run
from topics.answers import edit as editing
from topics.answers.backup import backup
from topics.answers.by_hand import load_edits, save_edits
from topics.answers.changes import changes
from topics.answers.check import advise, check, repair
from topics.answers.cluster import cluster
from topics.answers.history import history
from topics.answers.topics import topics
from topics.naming import describing
from topics.pipeline.kept_tables import has_kept, read_events, read_kept, read_parts
from topics.pipeline.run import derive, has_layout, lay_out
from topics.pipeline.stages import forget_stages

SUBJECTS = ("arms", "talks", "floods", "sport")
PASSAGES, EACH = 136, 8


def words_of(subject: str) -> list[str]:
    return [f"{subject}{letter}{other}" for letter in "bcdf" for other in "aeio"]


def articles(subject: str, seed: int = 0, count: int = PASSAGES) -> dict[str, list[str]]:
    draw = random.Random(f"{subject} {seed}")
    texts = [f"{subject} {' '.join(draw.sample(words_of(subject), 8))}." for _ in range(count)]
    return {
        f"{subject}-{seed}-{start}": texts[start : start + EACH] for start in range(0, count, EACH)
    }


@pytest.fixture(scope="module")
def founded(tmp_path_factory, make_encoder):
    """Four subjects, enough of them to be kept."""
    path = tmp_path_factory.mktemp("kept") / "news.db"
    add(path, make_encoder(), *(articles(subject) for subject in SUBJECTS))
    return path


@pytest.fixture
def db(founded, tmp_path, encoder, monkeypatch):
    monkeypatch.setattr("topics.answers.encoder.stored_encoder", lambda _: encoder)
    return shutil.copy(founded, tmp_path / "news.db")


def add(path, encoder, *sets, **how):
    from tests.conftest import article, paragraphs_of

    with CorpusStore.open(path, write=True) as store:
        for texts in sets:
            for name, paragraphs in texts.items():
                document = article(name, paragraphs, language="en", source=name[-1])
                store.put_document(document, [], paragraphs_of(document))
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        return derive(store, encoder, **how)


def remove(path, encoder, texts):
    with CorpusStore.open(path, write=True) as store:
        store.remove_documents(list(texts))
        return derive(store, encoder)


def places(path) -> dict[str, tuple[int, int]]:
    """Return the topic shown and the finest topic of each text."""
    with CorpusStore.open(path) as store:
        return {
            text: (topic, leaf)
            for text, topic, leaf in store.rows(
                "SELECT p.text, a.topic_id, a.leaf_id FROM assignments AS a "
                "JOIN passages AS p ON p.id = a.passage_id"
            )
        }


def groups(path) -> set[frozenset[str]]:
    """Return the texts of each topic shown."""
    held: dict[int, set[str]] = {}
    for text, (topic, _) in places(path).items():
        held.setdefault(topic, set()).add(text)
    return {frozenset(texts) for texts in held.values()}


def tree(path) -> list[tuple]:
    with CorpusStore.open(path) as store:
        return store.rows(
            "SELECT id, own_name, level, finest, parent, stability, shown FROM topics ORDER BY id"
        )


def read_articles(path) -> list[tuple]:
    with CorpusStore.open(path) as store:
        return store.rows("SELECT rowid, id FROM documents")


def events(path) -> list[tuple]:
    with CorpusStore.open(path) as store:
        return [(one.kind, one.topic) for one in read_events(store)]


def stays(before, after) -> bool:
    return all(after[text] == place for text, place in before.items() if text in after)


def topic_of(path, subject: str) -> int:
    held = [topic for text, (topic, _) in places(path).items() if text.startswith(subject)]
    return max(set(held), key=held.count)


def test_topics_are_kept_from_enough_passages_on(db, tmp_path, encoder):
    assert len({topic for topic, _ in places(db).values()}) >= 4
    assert events(db) == [("found", None)]
    few = tmp_path / "few.db"
    add(few, encoder, articles("arms", 1, 96))
    with CorpusStore.open(few) as store:
        assert not has_kept(store)


def test_nothing_moves_when_articles_are_added_or_taken_away(db, encoder):
    before, named = places(db), {topic.id: topic.name for topic in topics(db)}
    more = articles("talks", 1, 40)
    derivation = add(db, encoder, more)
    after = places(db)
    assert derivation.moved == 0
    assert stays(before, after)
    assert len(after) == len(before) + 40
    assert {topic.id: topic.name for topic in topics(db)} == named
    assert remove(db, encoder, more).moved == 0
    assert places(db) == before


def test_a_topic_is_described_again_once_a_tenth_of_its_texts_are_others(db, encoder, monkeypatch):
    sizes = []
    choose = describing.choose_representatives
    monkeypatch.setattr(
        describing,
        "choose_representatives",
        lambda members, *how: sizes.append(len(members)) or choose(members, *how),
    )
    add(db, encoder, articles("arms", 1, EACH))
    arms = topic_of(db, "arms")
    held = sum(topic == arms for topic, _ in places(db).values())
    assert max(sizes, default=0) < held
    add(db, encoder, articles("arms", 2, 2 * EACH))
    assert max(sizes) >= held


def test_a_topic_that_is_not_shown_is_described_again_with_one_that_is(db, encoder, monkeypatch):
    described, choose = [], describing.choose_representatives
    monkeypatch.setattr(
        describing,
        "choose_representatives",
        lambda members, *how: described.append(len(members)) or choose(members, *how),
    )
    add(db, encoder, articles("arms", 1, 4))
    assert not described
    with CorpusStore.open(db) as store:
        # Of more than a tenth of their texts nothing is said yet.
        changed = store.setting("described")[2]
        assert max(changed.values()) > 0
    add(db, encoder, articles("arms", 2, 3 * EACH))
    shown = {one.passages for one in topics(db)}
    assert set(described) & shown
    assert min(described) < min(shown)


def test_a_typical_passage_that_is_moved_is_typical_of_its_topic_no_more(db):
    def typical() -> list[int]:
        (found,) = (one for one in topics(db) if one.id == arms)
        return [passage.passage_id for passage in found.representatives]

    arms = topic_of(db, "arms")
    moved = typical()[0]
    editing.pin(moved, str(topic_of(db, "sport")), db=db)
    assert typical()
    assert moved not in typical()


def spots(path, **how) -> dict[bytes, tuple[float, float]]:
    """Return where each text stands on the map."""
    with CorpusStore.open(path, write=True) as store:
        points = lay_out(store, **how).tolist()
        return {key: tuple(point) for key, point in zip(node_keys(store), points, strict=True)}


def test_the_map_stays_put_until_it_is_laid_out_afresh(db, encoder, tmp_path):
    before = spots(db)
    add(db, encoder, articles("talks", 1, 24))
    copy = tmp_path / "copy.db"
    backup(copy, db=db)
    with CorpusStore.open(db) as store:
        assert not has_layout(store)
    after = spots(db)
    assert len(after) == len(before) + 24
    assert all(after[key] == place for key, place in before.items())
    assert spots(copy) == after
    remove(db, encoder, articles("talks", 1, 24))
    assert spots(db) == before
    fresh = spots(db, anew=True)
    assert fresh.keys() == before.keys()
    # From the same passages, the map that was first made of them.
    assert fresh == before
    add(db, encoder, articles("talks", 1, 24))
    assert spots(db, anew=True) != after


def test_a_map_by_another_encoder_is_laid_out_afresh(db, encoder):
    spots(db)
    with CorpusStore.open(db, write=True) as store:
        store.put_array("layout", store.array("layout") * np.float32(0.5))
    add(db, encoder, articles("talks", 1, 24))
    kept = spots(db)
    with CorpusStore.open(db, write=True) as store:
        assert store.setting("layout.encoder") == encoder.fingerprint
        store.set_setting("layout.encoder", "of another model")
    remove(db, encoder, articles("talks", 1, 24))
    fresh = spots(db)
    assert all(fresh[key] != kept[key] for key in fresh)


def test_a_subject_that_comes_up_is_born_and_said(db, encoder):
    before = places(db)
    derivation = add(db, encoder, articles("whales", 0, 40))
    assert stays(before, places(db))
    born = [event for event in events(db) if event[0] == "born"]
    assert len(born) == 1
    assert [change.topic for change in derivation.changes if change.kind == "born"] == [born[0][1]]
    assert topic_of(db, "whales") == born[0][1]
    assert born[0][1] in {topic.id for topic in topics(db)}
    _, told, _ = run("topics", "--history", "--db", db)
    assert "born" in told
    assert f"{born[0][1]} " in told
    assert history(db).joined == 0
    assert [one.kind for one in changes("2000-01-01", db).topics] == ["found", "born"]
    assert "born" in run("changes", "--since", "2000-01-01", "--db", db)[1]
    # Another run finds nothing to do, and says the same.
    stood = places(db), tree(db)
    assert not add(db, encoder).fresh
    assert (places(db), tree(db)) == stood
    remove(db, encoder, articles("whales", 0, 40))
    assert events(db)[-1] == ("ended", born[0][1])
    assert places(db) == before


def test_edits_act_on_what_is_kept_and_hold_while_it_grows(db, encoder):
    stood = places(db), tree(db)
    editing.merge([str(topic_of(db, "arms")), str(topic_of(db, "sport"))], db=db)
    assert topic_of(db, "arms") == topic_of(db, "sport")
    editing.split(str(topic_of(db, "floods")), 2, db=db)
    assert events(db)[-1][0] == "edited"
    edited = places(db)
    derivation = add(db, encoder, articles("floods", 1, 32), articles("arms", 1, 32))
    assert derivation.moved == 0
    assert stays(edited, places(db))
    assert not derivation.idle
    remove(db, encoder, articles("floods", 1, 32) | articles("arms", 1, 32))
    editing.undo(db=db)
    editing.undo(db=db)
    assert events(db)[-1][0] == "undone"
    assert places(db) == stood[0]
    assert tree(db) == stood[1]


def test_what_was_kept_out_of_a_topic_stays_where_it_went(db, encoder):
    with CorpusStore.open(db) as store:
        number, text = store.rows("SELECT id, text FROM passages WHERE text LIKE 'arms%'")[0]
    was = places(db)[text][0]
    editing.exclude(number, str(was), db=db)
    went = places(db)[text]
    assert went[0] != was
    for seed in (2, 3):
        add(db, encoder, *(articles(subject, seed, 24) for subject in SUBJECTS))
        assert places(db)[text] == went
    editing.undo(db=db)
    assert places(db)[text][0] == was


def test_repair_makes_the_topics_again_as_they_were(db, encoder, monkeypatch):
    add(db, encoder, articles("talks", 1, 24))
    stood = places(db), tree(db)
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE topics SET parent = 7777")
        connection.execute("UPDATE members SET topic_id = 1")
    assert check(db).damaged()
    monkeypatch.setattr("topics.answers.cluster.choose_encoder", lambda *_: encoder)
    repair(db)
    assert (places(db), tree(db)) == stood


def test_all_articles_can_be_taken_away_and_others_come(db, encoder):
    ids = [row[1] for row in read_articles(db)]
    remove(db, encoder, ids)
    assert places(db) == {}
    assert {kind for kind, _ in events(db)} == {"found", "ended"}
    add(db, encoder, articles("arms", 1, 40))
    with CorpusStore.open(db) as store:
        assert not has_kept(store)


def test_a_topic_whose_first_texts_are_gone_is_the_topic_that_it_was(db, encoder):
    add(db, encoder, articles("talks", 1, 64))
    was, named = topic_of(db, "talks"), {topic.id: topic.name for topic in topics(db)}
    remove(db, encoder, articles("talks"))
    assert topic_of(db, "talks") == was
    assert {topic.id: topic.name for topic in topics(db)}[was] == named[was]
    assert "born" not in {kind for kind, _ in events(db)}


def test_an_undone_split_leaves_all_that_was_said_of_topics(db):
    stood = places(db), tree(db)
    editing.split(str(topic_of(db, "floods")), 2, db=db)
    editing.undo(db=db)
    assert (places(db), tree(db)) == stood


def test_a_split_makes_topics_of_the_parts_that_are_there(db, monkeypatch):
    def parts_of(topic: int) -> dict[int, tuple[str, set[str]]]:
        found = {number: name for number, name, _, _, parent, *_ in tree(db) if parent == topic}
        held = {text: leaf for text, (_, leaf) in places(db).items()}
        above = {number: parent for number, _, _, _, parent, *_ in tree(db)}

        def lies_in(leaf: int | None, part: int) -> bool:
            while leaf not in (None, part):
                leaf = above[leaf]
            return leaf == part

        return {
            one: (name, {text for text, leaf in held.items() if lies_in(leaf, one)})
            for one, name in found.items()
        }

    topic = topic_of(db, "floods")
    parts = parts_of(topic)
    assert len(parts) > 1
    monkeypatch.setattr(
        describing, "choose_representatives", lambda *_: pytest.fail("described again")
    )
    monkeypatch.setattr("topics.edits.constraints.find_topics", lambda *_: pytest.fail("found"))
    editing.split(str(topic), db=db)
    shown = {one.id: one.name for one in topics(db)}
    held = {one: {text for text, (above, _) in places(db).items() if above == one} for one in shown}
    assert {(shown[one], frozenset(held[one])) for one in parts} == {
        (name, frozenset(texts)) for name, texts in parts.values()
    }


def test_parts_are_joined_down_to_the_number_asked_for(db):
    topic = max(topics(db), key=lambda one: one.passages).id
    before = len(topics(db))
    editing.split(str(topic), 2, db=db)
    assert len(topics(db)) == before + 1
    parts = {leaf: above for above, leaf in places(db).values()}
    assert all(parts[leaf] == above for above, leaf in places(db).values())


def test_a_merged_topic_is_split_into_what_it_was_merged_from(db):
    ids = [topic_of(db, "arms"), topic_of(db, "sport")]
    stood = {text: place for text, (place, _) in places(db).items()}
    names = {one.id: one.name for one in topics(db)}
    report = editing.merge([str(one) for one in ids], db=db)
    editing.split(str(topic_of(db, "arms")), db=db)
    named = " and ".join(repr(names[one]) for one in ids)
    assert report.what == editing.list_edits(db)[0].what == f"{named} are one topic"
    assert {text: place for text, (place, _) in places(db).items()} == stood


def test_an_undone_split_names_and_counts_nothing_again(db, monkeypatch):
    def told() -> list[tuple[object, ...]]:
        sql = "SELECT id, name, keyphrases, representatives FROM topics ORDER BY id"
        with CorpusStore.open(db) as store:
            return store.rows(sql)

    described, choose = [], describing.choose_representatives
    monkeypatch.setattr(
        describing,
        "choose_representatives",
        lambda members, *how: described.append(len(members)) or choose(members, *how),
    )
    stood = told()
    editing.split(str(topic_of(db, "floods")), 2, db=db)
    editing.split(str(topic_of(db, "arms")), 2, db=db)
    assert described
    assert told() != stood
    described.clear()
    editing.undo(db=db)
    editing.undo(db=db)
    assert not described
    assert told() == stood


def test_whatever_moves_a_passage_is_noted(db, encoder):
    editing.merge([str(topic_of(db, one)) for one in ("arms", "sport", "floods")], db=db)
    noted = len(events(db))
    derivation = remove(db, encoder, articles("floods"))
    assert derivation.moved == 0
    assert topic_of(db, "arms") == topic_of(db, "sport")
    derivation = remove(db, encoder, articles("sport"))
    assert (derivation.moved > 0) <= ("moved" in {kind for kind, _ in events(db)[noted:]})


def test_a_damaged_tree_is_told_and_found_anew_when_asked(db, encoder):
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE kept SET founder = 0")
    assert [one.damaged for one in check(db).checks if one.what == "tables"] == [("kept",)]
    with pytest.raises(StoreError, match="kept"):
        add(db, encoder, articles("talks", 1, 24))
    with pytest.raises(StoreError, match="--anew --yes"):
        raise StoreError(advise(check(db)))
    add(db, encoder, anew=True)
    assert not check(db).damaged()


def test_a_file_of_before_keeps_the_topics_that_it_has(db, encoder):
    stood = places(db), tree(db)
    with sqlite3.connect(db) as connection:
        make_older(connection, 7)
    add(db, encoder, articles("talks", 1, 24))
    assert stays(stood[0], places(db))
    assert [row[0] for row in tree(db)] == [row[0] for row in stood[1]]
    with CorpusStore.open(db) as store:
        assert read_kept(store) is not None


def test_topics_found_anew_are_a_function_of_corpus_and_edits_alone(db, encoder, tmp_path):
    sets = [articles("talks", 1, 24), articles("whales", 0, 40)]
    for one in sets:
        add(db, encoder, one)
    add(db, encoder, anew=True)
    fresh = tmp_path / "fresh.db"
    add(fresh, encoder, *sets, *(articles(subject) for subject in SUBJECTS))

    def groups(path):
        held: dict[int, set[str]] = {}
        for text, (topic, _) in places(path).items():
            held.setdefault(topic, set()).add(text)
        return {frozenset(group) for group in held.values()}

    assert groups(db) == groups(fresh)
    assert events(db)[-1] == ("renewed", None)


@pytest.fixture
def own_model(db, encoder, monkeypatch):
    monkeypatch.setattr("topics.answers.cluster.choose_encoder", lambda *_: encoder)
    return db


def test_finding_anew_is_shown_first_and_changes_nothing(own_model):
    stood = places(own_model), tree(own_model), events(own_model)
    report = cluster(db=own_model, anew=True, topics_count=2)
    assert report.anew is not None
    assert len(report.anew.after) == 2
    assert {topic.id for topic in report.anew.before} == {topic.id for topic in report.topics}
    assert report.anew.moved > 0
    assert (places(own_model), tree(own_model), events(own_model)) == stood
    taken = cluster(db=own_model, anew=True, take_anew=True, topics_count=2)
    assert taken.anew is None
    assert len(taken.topics) == 2
    assert events(own_model)[-1][0] == "renewed"


def test_another_number_of_topics_is_not_taken_in_silence(own_model):
    with pytest.raises(InputError, match="--anew"):
        cluster(db=own_model, topics_count=9)
    cluster(db=own_model, topics_count="auto")


def test_where_a_split_put_each_text_is_saved_and_loaded(db, encoder, tmp_path, monkeypatch):
    monkeypatch.setattr("topics.answers.by_hand.stored_encoder", lambda _: encoder)
    fresh = shutil.copy(db, tmp_path / "fresh.db")
    editing.split(str(topic_of(db, "arms")), db=db, into=2)
    with CorpusStore.open(db, write=True) as store:
        # As no split of now would put them: the parts of before are obeyed.
        with store.transaction() as connection:
            connection.execute(
                "UPDATE kept_parts SET part = hash < (SELECT hash FROM kept_parts "
                "ORDER BY hash LIMIT 1 OFFSET 40)"
            )
        forget_stages(store, ["topics"])
        derive(store, encoder)
        parts = read_parts(store)
    save_edits(tmp_path / "hand.json", db=db)
    assert load_edits(tmp_path / "hand.json", db=fresh).edits == 1
    with CorpusStore.open(fresh) as store:
        assert read_parts(store) == parts
    assert groups(fresh) == groups(db)
    content = json.loads((tmp_path / "hand.json").read_text())
    content["edits"][0]["parts"] = {"no hash": 0}
    (tmp_path / "hand.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match="edit save"):
        load_edits(tmp_path / "hand.json", db=fresh)


def test_that_most_of_a_topic_joined_later_is_told(db, encoder):
    whole = add(db, encoder, articles("arms", 1, 3 * PASSAGES))
    assert any("joined after the topics were found" in note for note in whole.notes)


def test_what_is_kept_is_saved_and_loaded_where_topics_were_just_found(
    db, encoder, tmp_path, monkeypatch
):
    monkeypatch.setattr("topics.answers.by_hand.stored_encoder", lambda _: encoder)
    more = articles("talks", 1, 24)
    add(db, encoder, more, articles("whales", 0, 40))
    saved = save_edits(tmp_path / "hand.json", db=db)
    assert saved.kept > 4
    fresh = tmp_path / "fresh.db"
    add(fresh, encoder, more, articles("whales", 0, 40), *(articles(one) for one in SUBJECTS))
    loaded = load_edits(tmp_path / "hand.json", db=fresh)
    assert loaded.kept == saved.kept
    assert places(fresh) == places(db)
    assert {topic.id: topic.name for topic in topics(fresh)} == {
        topic.id: topic.name for topic in topics(db)
    }
    # One of few passages keeps none.
    small = tmp_path / "small.db"
    add(small, encoder, more)
    assert "fewer than 500" in " ".join(load_edits(tmp_path / "hand.json", db=small).unplaced)
    # A database whose own topics have been added to keeps these.
    add(fresh, encoder, articles("sport", 5, 24))
    stood = places(fresh)
    with CorpusStore.open(db, write=True) as store:
        store.remove_documents(list(more))
        derive(store, encoder)
    save_edits(tmp_path / "hand.json", db=db)
    assert load_edits(tmp_path / "hand.json", db=fresh).unplaced
    assert places(fresh) == stood
