"""What an outlet repeats under its articles: marked by the corpus alone, left out, never lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.embedding import embed_corpus, note_encoder
from tests.running import run
from topics.answers import edit as editing
from topics.answers import encoder as encoders
from topics.answers import remove as removing
from topics.answers import search as searching
from topics.answers.info import info, removed_lines
from topics.answers.topics import summarise_topics
from topics.pipeline.furniture import RULE
from topics.pipeline.run import derive, has_layout, lay_out

APPEAL = "Your gift keeps this newsroom free, so please help us with whatever you can give."
SUBJECTS = {
    "harvest": "wheat farmers grain fields barley sacks barns tractor ploughing millers",
    "tunnel": "drill rock shafts metro engineers concrete trains station digging miners",
    "opera": "soprano stage chorus orchestra tenor curtain libretto conductor aria singers",
    "glacier": "ice melting alpine snow meltwater climbers moraine crevasse cold ridge",
}


def articles(appealing: int = len(SUBJECTS)) -> dict[str, list[str]]:
    """Articles of one outlet, one a subject, that end in an appeal."""
    draw = random.Random(4)
    return {
        f"{name}-{part}": [
            *(" ".join(draw.sample(words.split(), 8)) + "." for _ in range(4)),
            *([APPEAL] if number < appealing and not part else []),
        ]
        for number, (name, words) in enumerate(SUBJECTS.items())
        for part in range(2)
    }


def fill(path: Path, put, encoder, written: dict[str, list[str]]) -> Path:
    with CorpusStore.open(path, write=True) as store:
        for name, paragraphs in written.items():
            put(store, name, paragraphs, source="daily", title=name)
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
    return path


@pytest.fixture
def db(tmp_path, put, encoder, monkeypatch) -> Path:
    for module in (encoders, removing):
        monkeypatch.setattr(module, "stored_encoder", lambda _: encoder)
    return fill(tmp_path / "daily.db", put, encoder, articles())


def marked(path: Path) -> list[str]:
    with CorpusStore.open(path) as store:
        sql = "SELECT p.document_id, p.text FROM furniture JOIN passages AS p ON p.id = passage_id"
        found = store.rows(sql)
        assert {text for _, text in found} <= {APPEAL}
        return sorted(document_id for document_id, _ in found)


def counted(path: Path) -> int:
    with CorpusStore.open(path) as store:
        return sum(topic.passages for topic in summarise_topics(store))


def number_of(path: Path, text: str) -> int:
    with CorpusStore.open(path) as store:
        return store.rows("SELECT min(id) FROM passages WHERE text = ?", (text,))[0][0]


def test_it_is_in_no_topic_and_names_none(db):
    assert marked(db) == sorted(f"{subject}-0" for subject in SUBJECTS)
    assert counted(db) == 32
    with CorpusStore.open(db) as store:
        said = store.rows("SELECT name || keyphrases FROM topics")
    assert not any(word in one.casefold() for (one,) in said for word in ("gift", "newsroom"))


def test_it_is_stored_counted_and_listed_by_its_rule(db):
    found = info(db)
    assert (found.passages, found.furniture, found.unclustered) == (36, 4, 0)
    listed = [line for line in removed_lines(db) if line.rule == RULE]
    assert [(line.text, line.start) for line in listed] == [
        (APPEAL, len("\n\n".join(articles()[line.document_id][:4])) + 2) for line in listed
    ]
    assert len(listed) == 4
    assert "4 repeated passages" in run("info", "--db", db, columns=200)[1]


def test_search_finds_it_when_asked_for_repeats(db):
    assert APPEAL not in {hit.text for hit in searching.search("gift newsroom", db=db)}
    assert searching.search("gift newsroom", db=db, repeats=True)[0].text == APPEAL


def test_the_mark_is_the_same_in_any_order(db, tmp_path, put, encoder):
    written = list(articles().items())
    random.Random(1).shuffle(written)
    other = fill(tmp_path / "other.db", put, encoder, dict(written))
    assert marked(other) == marked(db)
    with CorpusStore.open(db) as one, CorpusStore.open(other) as two:
        sql = "SELECT name, level FROM topics ORDER BY 1, 2"
        assert one.rows(sql) == two.rows(sql)


def test_the_mark_goes_with_the_articles_that_made_it_and_comes_back(db, tmp_path, put, encoder):
    removing.remove(ids=[f"{name}-0" for name in list(SUBJECTS)[1:]], db=db)
    assert marked(db) == []
    assert counted(db) == info(db).passages
    fill(db, put, encoder, articles())
    assert marked(db) == sorted(f"{subject}-0" for subject in SUBJECTS)
    few = fill(tmp_path / "few.db", put, encoder, articles(appealing=1))
    assert marked(few) == []


def test_a_pin_puts_it_into_a_topic_and_undo_takes_it_out(db):
    passage = number_of(db, APPEAL)
    with CorpusStore.open(db) as store:
        topic = str(summarise_topics(store)[0].id)
    before = counted(db)
    editing.pin(passage, topic, db=db)
    assert counted(db) == before + 4
    assert len(marked(db)) == 4
    assert APPEAL in {hit.text for hit in searching.search("gift newsroom", db=db)}
    editing.undo(db=db)
    assert counted(db) == before


def test_it_keeps_a_row_of_the_graph_and_of_the_map(db):
    with CorpusStore.open(db, write=True) as store:
        points = lay_out(store)
        assert has_layout(store)
        assert len(points) == store.array("graph.indices").shape[0] == 33
        assert max(node for (node,) in store.rows("SELECT node FROM assignments")) < 33
    assert run("map", db.with_name("map.svg"), "--db", db)[0] == 0


def test_a_run_over_the_same_articles_makes_nothing_anew(db, encoder):
    with CorpusStore.open(db, write=True) as store:
        assert not derive(store, encoder).fresh
