"""Which topics are shown is one stored fact, which all answers go by."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import topics
from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError
from embeddings.vectors.embedding import embed_corpus, note_encoder
from tests.conftest import WordEncoder, article, paragraphs_of
from tests.running import lay_flat, run
from topics.answers.topics import find_topics
from topics.pipeline import topics as finding
from topics.pipeline.passage_rows import COLUMNS, read_passage_rows
from topics.pipeline.run import derive

SUBJECTS = {
    "flood": "river water boats bank rain homes school families dam bridge",
    "football": "goal striker referee match club cup league pitch coach penalty",
    "money": "rate interest loan inflation currency bond central prices savers credit",
}


@pytest.fixture(scope="module")
def news(tmp_path_factory) -> Path:
    """Articles of three subjects, clustered and measured."""
    return cluster(tmp_path_factory.mktemp("shown") / "news.db")


def cluster(path: Path) -> Path:
    deal, encoder = random.Random(5), WordEncoder()
    with CorpusStore.open(path, write=True) as store:
        for name, words in SUBJECTS.items():
            for number in range(14):
                texts = [" ".join(deal.choices(words.split(), k=12)) for _ in range(2)]
                document = article(f"{name}-{number}", texts, source="post", title=name)
                store.put_document(document, [], paragraphs_of(document))
        note_encoder(store, encoder)
        embed_corpus(store, encoder)
        derive(store, encoder)
    return path


@pytest.fixture
def with_hidden(news, tmp_path) -> tuple[Path, int]:
    """The same, one of its topics hidden with all of its parts; and the topic."""
    path = tmp_path / "hidden.db"
    path.write_bytes(news.read_bytes())
    hidden = topics.topics(path)[0].id
    with CorpusStore.open(path, write=True) as store, store.transaction() as connection:
        connection.execute(
            "WITH RECURSIVE below (id) AS (VALUES (?) UNION ALL SELECT t.id FROM topics AS t "
            "JOIN below AS b ON t.parent = b.id) "
            "UPDATE topics SET shown = 0 WHERE id IN (SELECT id FROM below)",
            (hidden,),
        )
        connection.execute("DELETE FROM sums WHERE name = 'topics'")
    return path, hidden


def exported(path: Path) -> list[dict[str, object]]:
    with CorpusStore.open(path) as store:
        return [dict(zip(COLUMNS, row, strict=True)) for row in read_passage_rows(store)]


def test_all_answers_count_the_same_passages_under_the_topics_shown(news):
    listed = {one.id: one.passages for one in topics.topics(news)}
    assert sum(listed.values()) == 84
    assert listed == {one.id: one.passages for one in topics.trends(news).topics}
    rows = exported(news)
    assert listed == {
        one: sum(row["topic_id"] == one for row in rows) for one in {r["topic_id"] for r in rows}
    }
    parts = {part.id: part for one in topics.topics(news) for part in one.subtopics}
    assert {row["subtopic_id"] for row in rows} - {None} == parts.keys()
    counts = topics.info(news)
    assert (counts.topics_shown, counts.subtopics) == (len(listed), len(parts))


def test_a_hit_and_an_article_name_the_part_that_a_passage_lies_in(news):
    rows = {row["passage_id"]: row for row in exported(news)}
    found = topics.search("flood river goal rate", db=news, limit=84, mode="words").hits
    parts = [one for one in found if rows[one.passage_id]["subtopic_id"] is not None]
    assert len(parts) > 5
    for hit in found:
        row = rows[hit.passage_id]
        assert hit.topic == (row["subtopic"] or row["topic"])
    (one,) = {hit.document_id for hit in parts[:1]}
    for passage in topics.article(one, news).passages:
        row = rows[passage.passage_id]
        assert passage.topic_id == (row["subtopic_id"] or row["topic_id"])
        assert passage.topic == (row["subtopic"] or row["topic"])


def test_a_topic_has_the_headline_of_the_article_of_which_most_is_on_it(news):
    assert {one.headline for one in topics.topics(news)} == SUBJECTS.keys()


def test_what_is_not_shown_is_counted_and_listed(with_hidden):
    path, hidden = with_hidden
    assert hidden not in {one.id for one in topics.topics(path)}
    assert hidden not in {one.id for one in topics.trends(path).topics}
    assert hidden in {one.id for one in topics.topics(path, hidden=True)}
    assert not any(one.why_hidden for one in topics.topics(path))
    for number, why in ((0.2, "unstable"), (0.9, "told by others")):
        with CorpusStore.open(path, write=True) as store, store.transaction() as connection:
            connection.execute("UPDATE topics SET stability = ? WHERE id = ?", (number, hidden))
        found = {one.id: one.why_hidden for one in topics.topics(path, hidden=True)}
        assert found[hidden] == why
        assert why in " ".join(run("topics", "--hidden", "--db", path, columns=120)[1].split())
    levels = topics.levels(path)
    assert levels.hidden == len(topics.topics(path, hidden=True))
    size = next(one.passages for one in topics.topics(path, hidden=True) if one.id == hidden)
    assert levels.uncovered == size > 0


def test_parts_that_no_phrase_tells_are_not_shown(news, tmp_path, monkeypatch):
    assert topics.info(news).subtopics
    monkeypatch.setattr(finding, "are_told", lambda tree, _: [False] * len(tree.topics))
    path = cluster(tmp_path / "untold.db")
    assert topics.info(path).subtopics == 0
    assert sum(one.passages for one in topics.topics(path)) == 84


def test_a_part_can_be_asked_for(news):
    part = next(part for one in topics.topics(news) for part in one.subtopics)
    assert [one.id for one in topics.topics(news, wanted=[str(part.id)])] == [part.id]
    head = next(one for one in topics.topics(news) if part in one.subtopics)
    advice = f"take topic {head.id}, which holds it, or --level {part.level} where the command"
    with pytest.raises(InputError, match=advice):
        topics.trends(news, topics=[str(part.id)])


def test_a_report_of_a_part_holds_it_alone(news, tmp_path, monkeypatch):
    lay_flat(monkeypatch)
    path = tmp_path / "own.db"
    path.write_bytes(news.read_bytes())
    head, part = next((one, part) for one in topics.topics(path) for part in one.subtopics)
    written = topics.report(tmp_path / "part.html", db=path, topics=[str(part.id)])
    assert (written.topics, written.passages) == (1, part.passages)
    page = (tmp_path / "part.html").read_text(encoding="utf-8")
    assert f'id="topic-{part.id}"' in page
    assert f'id="topic-{head.id}"' not in page
    both = topics.report(tmp_path / "both.html", db=path, topics=[str(head.id), str(part.id)])
    assert (both.topics, both.passages) == (1, head.passages)


def test_a_run_that_does_not_measure_goes_by_what_was_measured_last(news, tmp_path, encoder):
    path = tmp_path / "again.db"
    path.write_bytes(news.read_bytes())

    def stored() -> list[tuple[object, ...]]:
        with CorpusStore.open(path) as store:
            return store.rows("SELECT id, stability, shown FROM topics ORDER BY id")

    before = stored()
    assert any(stability is not None for _, stability, _ in before)
    with CorpusStore.open(path, write=True) as store:
        store.set_setting("stability", False)
        derive(store, encoder)
    assert stored() == before


def test_a_name_that_is_shown_goes_before_others(with_hidden):
    path, hidden = with_hidden
    with CorpusStore.open(path) as store:
        assert find_topics(store, [str(hidden)]) == (hidden,)


def test_a_passage_like_no_other_is_given_no_strength_in_its_topic(news, tmp_path):
    path = tmp_path / "strange.db"
    path.write_bytes(news.read_bytes())
    with CorpusStore.open(path, write=True) as store, store.transaction() as connection:
        connection.execute("UPDATE assignments SET stranger = 1, mixed = 0 WHERE passage_id = 1")
        connection.execute("DELETE FROM sums WHERE name = 'assignments'")
    code, out, _ = run("topics", "--strangers", "--db", path, columns=120)
    assert code == 0
    assert "post" in out
    assert "%" not in out
