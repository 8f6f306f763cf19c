"""What was made by hand loads into another database of the same articles, and nothing is lost."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.corpus.outlets import ALIASES, put_aliases
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from tests.running import run
from tests.topics.conftest import NEWS
from topics.answers import by_hand
from topics.answers.by_hand import load_edits, save_edits
from topics.coverage.credit.owners import OWNERS
from topics.coverage.examples.judgements import (
    Judgement,
    drop_judgement,
    put_judgement,
    read_judgements,
)
from topics.coverage.examples.thresholds import Thresholds, put_thresholds, read_thresholds
from topics.edits.edits import Anchor, Edit, put_edit, read_edits
from topics.guiding.taxonomy import GuidedTopic


@pytest.fixture
def made(news, encoder, monkeypatch) -> Path:
    """The day's news with edits, answers, a topic and a threshold made by hand."""
    monkeypatch.setattr(by_hand, "stored_encoder", lambda _: encoder)
    with CorpusStore.open(news, write=True) as store:
        hashes = [key for (key,) in store.rows("SELECT lower(hex(hash)) FROM passages ORDER BY id")]
        put_edit(store, Edit(0, "pin", (Anchor("Floods"),), (hashes[0],), made="2026-05-01T10:00"))
        put_edit(store, Edit(0, "part", (), (hashes[0], hashes[-1])))
        anchor = Anchor("", tuple(hashes[:3]), 3, 9, 0, 1)
        put_edit(store, Edit(0, "rename", (anchor,), name="Convoys – Hilfszüge"))
        put_judgement(store, Judgement("same_event", hashes[0], hashes[-1], same=False))
        put_judgement(store, Judgement("story", "wire-1", "post-1", same=True))
        put_thresholds(store, Thresholds(near_copy=0.9))
        topic = GuidedTopic("Floods", "rivers that burst their banks", ("A river burst.",))
        store.set_setting("guided", [dataclasses.asdict(topic)])
        store.set_setting(OWNERS, {"Levant Wire": "Lantern Media"})
        put_aliases(store, {"LW": "levant-wire"})
    return news


def by_hand_of(path: Path) -> tuple[object, ...]:
    with CorpusStore.open(path) as store:
        return (
            [dataclasses.replace(edit, id=0) for edit in read_edits(store)],
            read_judgements(store),
            read_thresholds(store),
            store.setting("guided"),
            store.setting(OWNERS),
            store.setting(ALIASES),
        )


def test_what_was_saved_loads_into_a_database_made_anew(made, tmp_path, fill_news):
    file, other = tmp_path / "by-hand.json", tmp_path / "other.db"
    report = save_edits(file, db=made)
    assert dataclasses.astuple(report)[1:] == (3, 2, 1, 1, 2, 0)
    fill_news(other, list(reversed(NEWS)))  # other numbers of passages
    loaded = load_edits(file, db=other)
    assert dataclasses.astuple(loaded)[:5] == (3, 2, 1, 1, 2)
    assert loaded.unplaced == ()
    assert by_hand_of(other) == by_hand_of(made)
    again = load_edits(file, db=other)
    assert (again.edits, again.answers, again.topics, again.owners, again.already) == (
        0,
        0,
        0,
        0,
        9,
    )
    assert by_hand_of(other) == by_hand_of(made)


def test_what_cannot_be_placed_is_listed_and_the_rest_is_loaded(made, tmp_path, fill_news):
    file, other = tmp_path / "by-hand.json", tmp_path / "other.db"
    save_edits(file, db=made)
    fill_news(other, [name for name in NEWS if name != "ledger-2"])
    loaded = load_edits(file, db=other)
    assert (loaded.edits, loaded.answers, loaded.topics) == (2, 1, 1)
    assert len(loaded.unplaced) == 2
    assert "its passage is in no article" in loaded.unplaced[0]


def test_what_the_other_database_says_already_stays(made, tmp_path, fill_news):
    file, other = tmp_path / "by-hand.json", tmp_path / "other.db"
    save_edits(file, db=made)
    fill_news(other, list(NEWS))
    with CorpusStore.open(other, write=True) as store:
        store.set_setting("guided", [dataclasses.asdict(GuidedTopic("floods", "of another kind"))])
        put_judgement(store, Judgement("story", "wire-1", "post-1", same=False))
        put_thresholds(store, Thresholds(near_copy=0.7))
        store.set_setting(OWNERS, {"levant  wire": "Another"})
        put_aliases(store, {"Levant Wire": "post"})
    loaded = load_edits(file, db=other)
    assert (loaded.topics, loaded.thresholds, loaded.answers, loaded.owners) == (0, 0, 1, 1)
    assert len(loaded.unplaced) == 5  # the pin to a topic of that spelling among them
    with CorpusStore.open(other) as store:
        assert read_thresholds(store).near_copy == 0.7
        assert not next(one for one in read_judgements(store) if one.kind == "story").same


def test_answers_of_an_older_file_find_articles_by_their_addresses(made, tmp_path, put):
    written = ("http://www.post.example/a/?utm_id=1", "http://m.times.example/b")
    with CorpusStore.open(made, write=True) as store:
        put_judgement(store, Judgement("story", *written, same=False))
    save_edits(tmp_path / "by-hand.json", db=made)
    names = ("https://post.example/a", "https://times.example/b")
    with CorpusStore.open(made, write=True) as store:
        drop_judgement(store, "story", *written)
        for name in names:
            put(store, name, [f"What stands at {name} is short."])
    assert load_edits(tmp_path / "by-hand.json", db=made).answers == 1
    with CorpusStore.open(made) as store:
        assert names in {(one.a, one.b) for one in read_judgements(store)}


def test_the_file_tells_in_words_what_it_is_about(made, tmp_path):
    save_edits(tmp_path / "by-hand.json", db=made)
    text = (tmp_path / "by-hand.json").read_text()
    for words in ("Hilfszüge", "The convoy of eleven lorries", "Aid convoy reaches", "Floods"):
        assert words in text


def test_the_file_replaces_only_one_of_its_kind(made, tmp_path):
    mine, ours = tmp_path / "mine.json", tmp_path / "by-hand.json"
    mine.write_text("{}")
    with pytest.raises(InputError, match="is another file"):
        save_edits(mine, db=made)
    with pytest.raises(InputError, match="another file"):
        save_edits(made, db=made)
    save_edits(ours, db=made)
    before = ours.read_text()
    save_edits(ours, db=made)
    assert (mine.read_text(), ours.read_text()) == ("{}", before)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(data=st.data())
def test_a_file_that_is_not_as_it_was_written_is_refused_in_a_sentence(made, tmp_path, data):
    file, copy = tmp_path / "by-hand.json", tmp_path / "copy.db"
    if not file.exists():
        save_edits(file, db=made)
    content = json.loads(file.read_text())
    *way, last = data.draw(st.sampled_from(walk(content)))
    at = content
    for step in way:
        at = at[step]
    at[last] = data.draw(st.sampled_from([None, [], {}, -1, "x", 10**30, True, ["x"], 1.5]))
    (tmp_path / "changed.json").write_text(json.dumps(content))
    shutil.copy(made, copy)
    with contextlib.suppress(InputError, StoreError):
        load_edits(tmp_path / "changed.json", db=copy)
    with CorpusStore.open(copy) as store:
        assert read_edits(store)  # and none of what is stored is damaged
        assert read_judgements(store)


def walk(value: object, way: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Return the way to each value within lists and objects."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, below in items:
        found.append((*way, key))
        if isinstance(below, (dict, list)):
            found += walk(below, (*way, key))
    return found


@pytest.mark.parametrize("text", ["", "{}", "[" * 100_000, '{"topicwire_by_hand": 2}', "\ufffe"])
def test_another_file_is_refused(made, tmp_path, text):
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(InputError):
        load_edits(tmp_path / "other.json", db=made)
    with pytest.raises(InputError, match="There is no file"):
        load_edits(tmp_path / "none.json", db=made)


def test_the_commands_count_what_they_did(made, tmp_path):
    code, out, _ = run("edit", "save", tmp_path / "by-hand.json", "--db", made)
    written = "Wrote 3 edits, 2 answers, 1 topic, 1 threshold, 2 owners, 0 kept topics."
    assert (code, out.strip()) == (0, written)
    code, out, _ = run("edit", "load", tmp_path / "by-hand.json", "--db", made)
    assert (code, "9 were there already" in out) == (0, True)
