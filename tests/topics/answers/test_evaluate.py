"""`topicwire evaluate`: labels of a file, what they speak of, and what is said of the rest."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.errors import InputError, StoreError
from tests.running import run
from topics.answers.evaluate import Evaluation, evaluate

ARTICLES = {
    "a1": ["Arms went to Damascus by sea.", "Missiles were sold under an old contract."],
    "a2": ["The ministers met in Geneva.", "Talks on a ceasefire go on.", "Arms were a theme."],
    "a3": ["The river rose overnight."],
}
# Topic of each passage of each article, None for none.
TOPICS = {"a1": [1, 1], "a2": [2, 2, 1], "a3": [None]}
KEYPHRASES = {1: ["arms", "missiles"], 2: ["talks", "ceasefire"], 3: []}


@pytest.fixture
def db(tmp_path: Path, put: Callable[..., None]) -> Path:
    """Three articles, in two topics of three."""
    path = tmp_path / "news.db"
    with CorpusStore.open(path, write=True) as store:
        for name, paragraphs in ARTICLES.items():
            put(
                store,
                name,
                paragraphs,
                url=f"https://news.example/{name}",
                path=str(tmp_path / "post" / f"{name}.txt"),
            )
        with store.transaction() as connection:
            for topic, phrases in KEYPHRASES.items():
                connection.execute(
                    "INSERT INTO topics (id, name, kind, keyphrases, representatives) "
                    "VALUES (?, ?, 'discovered', ?, '[]')",
                    (topic, f"Topic {topic}", json.dumps(phrases)),
                )
            for passage in store.passages():
                topic_id = TOPICS[passage.document_id][passage.position]
                if topic_id is not None:
                    connection.execute(
                        "INSERT INTO assignments (passage_id, node, topic_id, strength) "
                        "VALUES (?, ?, ?, 1.0)",
                        (passage.id, passage.id - 1, topic_id),
                    )
        with store.transaction() as connection:
            connection.execute("INSERT INTO stages VALUES ('topics', 'made', 'null', NULL)")
    return path


@pytest.fixture
def labels(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: Sequence[dict[str, Any]], name: str = "labels.jsonl") -> Path:
        path = tmp_path / name
        if path.suffix == ".csv":
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


def passage_id(db: Path, document_id: str, position: int) -> int:
    with CorpusStore.open(db) as store:
        return next(
            p.id for p in store.passages() if (p.document_id, p.position) == (document_id, position)
        )


def counts(result: Evaluation) -> tuple[int, int, int]:
    return result.matched, result.scores.labelled, result.scores.placed


def evaluate_command(*args: object) -> tuple[int, str, str]:
    return run("evaluate", *args)


# What a row may name


def test_a_label_of_an_article_goes_to_each_of_its_passages(db, labels):
    result = evaluate(labels([{"document_id": "a2", "label": "talks"}]), db=db)
    assert counts(result) == (1, 3, 3)


@pytest.mark.parametrize(
    "key",
    [
        {"document_id": "a2", "position": 1},
        {"id": "a2", "start": 35},
        {"url": "https://news.example/a2", "position": "1.0"},
        {"path": "post/a2.txt", "position": 1},
        {"path": "a2.txt", "start": "30"},
        {"text": "Talks  on a ceasefire\ngo on."},
        {"passage_id": None, "text": "Talks on a ceasefire go on."},
    ],
)
def test_a_row_finds_its_passage_by(db, labels, key):
    result = evaluate(labels([key | {"label": "talks"}]), db=db)
    assert counts(result) == (1, 1, 1)
    assert result.topics[0].topic_id == 2


def test_a_row_finds_its_passage_by_id(db, labels):
    row = {"passage_id": passage_id(db, "a2", 2), "label": "arms", "document_id": "a2"}
    result = evaluate(labels([row]), db=db)
    assert counts(result) == (1, 1, 1)
    assert result.topics[0].topic_id == 1


@pytest.mark.parametrize(
    "key",
    [
        {"id": "a1"},
        {"url": "https://news.example/a1"},
        {"path": "a1.txt"},
        {"text": "\n\n".join(ARTICLES["a1"])},
        {"id": "of another table", "url": "https://news.example/a1"},
    ],
)
def test_a_row_finds_its_article_by(db, labels, key):
    assert counts(evaluate(labels([key | {"label": "arms"}]), db=db)) == (1, 2, 2)


def test_an_id_of_an_older_database_is_not_believed_against_the_text(db, labels):
    row = {"passage_id": passage_id(db, "a3", 0), "text": ARTICLES["a2"][2], "label": "arms"}
    result = evaluate(labels([row]), db=db)
    assert result.topics[0].labelled == 1  # by its text
    row["text"] = "A text that is nowhere."
    with pytest.raises(InputError, match="the passage of this id has another text"):
        evaluate(labels([row]), db=db)


def test_a_passages_own_label_goes_before_its_articles(db, labels):
    rows = [
        {"document_id": "a2", "label": "talks"},
        {"document_id": "a2", "position": 2, "label": "arms"},
    ]
    result = evaluate(labels(rows), db=db)
    assert {match.label: match.units for match in result.labels} == {"talks": 2, "arms": 1}
    assert result.scores.ari == 1.0


def test_csv_tsv_gz_and_an_export_with_labels_added_are_read(db, labels, tmp_path):
    rows = [{"document_id": "a1", "label": "arms"}, {"document_id": "a2", "label": "talks"}]
    expected = evaluate(labels(rows), db=db).scores
    assert evaluate(labels(rows, "labels.csv"), db=db).scores == expected
    (tmp_path / "l.tsv").write_text("document_id\tlabel\r\na1\tarms\r\n\r\na2\ttalks\r\n")
    assert evaluate(tmp_path / "l.tsv", db=db).scores == expected
    packed = tmp_path / "labels.jsonl.gz"
    packed.write_bytes(gzip.compress(labels(rows).read_bytes()))
    assert evaluate(packed, db=db).scores == expected


def test_an_export_with_a_column_of_labels_added_matches_every_row(db, labels, tmp_path):
    from topics.answers.export import export

    export(tmp_path / "passages.jsonl", db=db)
    exported = (tmp_path / "passages.jsonl").read_text().splitlines()
    rows = [json.loads(line) | {"label": "x" if i else "y"} for i, line in enumerate(exported)]
    assert counts(evaluate(labels(rows), db=db)) == (6, 6, 5)


# Nothing is left out in silence


def test_every_row_of_no_use_is_counted_with_its_reason_and_line(db, labels):
    path = labels(
        [
            {"document_id": "a1", "label": "arms"},
            {"document_id": "a9", "label": "arms"},
            {"document_id": "a1", "label": ""},
            {"label": "arms"},
            {"document_id": "a1", "position": 7, "label": "arms"},
            {"document_id": "a1", "position": "first", "label": "arms"},
        ]
    )
    path.write_text(path.read_text() + "not JSON\n")
    result = evaluate(path, db=db)
    assert (result.rows, result.matched) == (7, 1)
    assert {one.reason: one.lines for one in result.unmatched} == {
        "no article has this id": (2,),
        "the row has no label": (3,),
        "the row does not say what it is a label of": (4,),
        "the article has no passage at this place": (5,),
        "the id, position or start is no whole number": (6,),
        "the line is no JSON object": (7,),
    }
    assert sum(one.rows for one in result.unmatched) + result.matched == result.rows


def test_passages_without_label_or_topic_are_counted(db, labels):
    rows = [{"document_id": name, "label": name} for name in ("a1", "a3")]
    result = evaluate(labels(rows), db=db)
    assert (result.units, result.unlabelled) == (6, 3)
    assert (result.scores.labelled, result.scores.placed) == (3, 2)
    assert result.labels[1].unplaced == 1
    assert (result.labels[1].topic_id, result.labels[1].share) == (None, 0.0)
    assert (result.topics_found, result.topics_without_label) == (3, 2)


def test_passages_with_several_labels_are_counted_and_in_no_score(db, labels):
    rows = [
        {"document_id": "a1", "position": 0, "label": "arms"},
        {"document_id": "a1", "position": 0, "label": "trade"},
        {"document_id": "a1", "position": 1, "label": "arms"},
    ]
    result = evaluate(labels(rows), db=db)
    assert (result.contradictory, result.unlabelled, result.scores.labelled) == (1, 5, 1)


# By article


def test_by_document_the_majority_of_labels_and_of_topics_decides(db, labels):
    rows = [{"document_id": "a1", "position": i, "label": "arms"} for i in (0, 1)]
    rows += [
        {"document_id": "a2", "position": i, "label": label}
        for i, label in enumerate(("talks", "talks", "arms"))
    ]
    result = evaluate(labels(rows), db=db, by="document")
    assert (result.units, result.scores.labelled, result.unlabelled) == (3, 2, 1)
    assert {match.label: match.topic_id for match in result.labels} == {"arms": 1, "talks": 2}


def test_by_document_as_many_passages_of_two_labels_make_a_contradiction(db, labels):
    rows = [{"document_id": "a1", "position": i, "label": f"l{i}"} for i in (0, 1)]
    rows.append({"document_id": "a2", "label": "talks"})
    result = evaluate(labels(rows), db=db, by="document")
    assert (result.contradictory, result.scores.labelled) == (1, 1)


def test_by_document_the_firmer_of_two_equal_topics_is_taken(db, labels):
    with CorpusStore.open(db, write=True) as store, store.transaction() as connection:
        connection.execute(
            "UPDATE assignments SET topic_id = 2, strength = 0.4 WHERE passage_id = ?",
            (passage_id(db, "a1", 0),),
        )
    result = evaluate(labels([{"document_id": "a1", "label": "arms"}]), db=db, by="document")
    assert result.labels[0].topic_id == 1


def test_an_unknown_unit_is_refused_with_what_to_type(db, labels):
    path = labels([{"document_id": "a1", "label": "arms"}])
    code, _, err = evaluate_command(path, "--db", db, "--by", "sentence")
    assert (code, err) == (
        2,
        "topicwire: --by is 'sentence'; type --by passage or --by document.\n",
    )


# What a score means where it is not what it seems


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ([("a1", "arms"), ("a2", "arms")], "All labels are 'arms'"),
        ([("a1", "arms"), ("a2", "talks")], "No two articles share a label"),
        ([("a3", "x"), ("a1", "x"), ("a2", "y")], None),
    ],
)
def test_a_score_that_means_little_is_explained(db, labels, rows, note):
    path = labels([{"document_id": one, "label": label} for one, label in rows])
    notes = evaluate(path, db=db, by="document").notes
    assert [one.startswith(note) for one in notes] == [True] if note else notes == ()


def test_labels_that_all_lie_in_one_topic_are_noted(db, labels):
    rows = [{"document_id": "a1", "position": i, "label": label} for i, label in enumerate("xy")]
    rows.append({"document_id": "a2", "position": 2, "label": "x"})
    assert "in one topic" in evaluate(labels(rows), db=db).notes[0]


def test_topics_older_than_the_corpus_are_noted(db, labels):
    with CorpusStore.open(db, write=True) as store, store.transaction() as connection:
        connection.execute("DELETE FROM stages")
    path = labels([{"document_id": n, "label": n} for n in ("a1", "a2")])
    assert "The corpus has changed" in evaluate(path, db=db).notes[0]


# Keyphrases


def test_coherence_counts_copies_once(db, labels):
    path = labels([{"document_id": "a1", "label": "arms"}])
    before = evaluate(path, db=db).coherence
    assert (before.passages, before.topics_without_pairs) == (6, 1)
    with CorpusStore.open(db, write=True) as store, store.transaction() as connection:
        one, other = passage_id(db, "a1", 0), passage_id(db, "a2", 2)
        for member in (one, other):
            connection.execute("INSERT INTO wordings VALUES (?, ?)", (member, one))
    assert evaluate(path, db=db).coherence.passages == 5


# Mistakes, one sentence each


def test_a_missing_file_is_named():
    with pytest.raises(InputError, match=r"nowhere.csv does not exist; give a .jsonl or .csv file"):
        evaluate("nowhere.csv")


def test_a_missing_column_of_labels_lists_the_columns_and_the_option(db, labels):
    path = labels([{"document_id": "a1", "topic": "arms", "subject": "x"}], "l.csv")
    code, _, err = evaluate_command(path, "--db", db)
    assert code == 2
    assert "'document_id', 'topic', 'subject'; name the right one with --column label=NAME" in err
    assert evaluate_command(path, "--db", db, "--column", "label=subject")[0] == 0


def test_a_column_that_is_not_there_is_named(db, labels):
    path = labels([{"document_id": "a1", "label": "arms"}])
    _, _, err = evaluate_command(path, "--db", db, "--column", "label=sujet")
    assert "no column for --column label=sujet: the columns are 'document_id', 'label'" in err
    _, _, err = evaluate_command(path, "--db", db, "--column", "colour=red")
    assert "--column colour=red names no field" in err
    _, _, err = evaluate_command(path, "--db", db, "--column", "label")
    assert "write FIELD=NAME" in err


def test_labels_that_say_nothing_of_which_passage_are_refused(db, labels):
    with pytest.raises(InputError, match="no column that says of which passage or article"):
        evaluate(labels([{"label": "arms", "note": "x"}]), db=db)


def test_labels_of_another_corpus_are_refused_with_the_reasons(db, labels):
    rows = [{"document_id": f"z{i}", "label": "arms"} for i in range(3)]
    with pytest.raises(InputError, match=r"None of the 3 rows .* \(3 rows: no article has this id"):
        evaluate(labels(rows), db=db)


def test_several_labels_for_all_there_is_are_refused(db, labels):
    rows = [{"document_id": "a1", "position": 0, "label": label} for label in "xy"]
    with pytest.raises(InputError, match="No passage has one label only"):
        evaluate(labels(rows), db=db)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("l.xlsx", b"PK\x03\x04", "no known ending"),
        ("l.csv", b"PK\x03\x04", "no text but binary data"),
        ("l.csv", b"", "holds no rows"),
        ("l.csv", b"document_id,label\n", "holds no rows"),
        ("l.jsonl", b"[1]\n", "No line of .* is a JSON object"),
        ("l.jsonl.gz", b"no gzip", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(db, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        evaluate(tmp_path / name, db=db)


def test_a_packed_file_that_would_fill_the_machine_is_refused(db, tmp_path, monkeypatch):
    monkeypatch.setattr("embeddings.articles.parsing.unfolding.ALWAYS_READ", 1000)
    path = tmp_path / "l.csv.gz"
    path.write_bytes(gzip.compress(b"document_id,label\n" + b"\n" * 1_000_000))
    with pytest.raises(InputError, match="cannot be read: it unfolds to more than"):
        evaluate(path, db=db)


def test_a_database_without_topics_is_refused(tmp_path, labels, put):
    with CorpusStore.open(tmp_path / "bare.db", write=True) as store:
        put(store, "a1", ["One paragraph."])
    with pytest.raises(StoreError, match="has no topics yet"):
        evaluate(labels([{"id": "a1", "label": "x"}]), db=tmp_path / "bare.db")


# What is printed


def test_the_table_explains_each_score_in_80_columns(db, labels):
    path = labels([{"document_id": name, "label": name} for name in ARTICLES])
    code, out, err = evaluate_command(path, "--db", db)
    assert code == 0, err
    assert max(map(len, out.splitlines())) <= 80
    for score in ("ARI", "AMI", "NMI", "V-measure", "B-cubed F", "NPMI coherence", "diversity"):
        line = next(line for line in out.splitlines() if line.startswith(score))
        assert len(line.split()) > 4
    assert "Without a topic, each scored as a topic of its own: 1 passage." in out


def test_the_tables_say_how_much_they_do_not_list(db, labels):
    path = labels([{"document_id": name, "label": name} for name in ARTICLES])
    _, out, _ = evaluate_command(path, "--db", db, "--limit", "1")
    assert "2 more labels; --limit or --json shows all." in out
    assert "1 more topic; --limit or --json shows all." in out
    assert "1 more topic without a labelled passage." in out


def test_json_holds_the_whole_result(db, labels):
    path = labels([{"document_id": name, "label": name} for name in ARTICLES])
    _, out, _ = evaluate_command(path, "--db", db, "--json")
    found = json.loads(out)
    assert found["scores"]["labelled"] == 6
    assert len(found["labels"]) == len(found["topics"]) == 3
    assert found["coherence"]["by_topic"][2] is None
    assert found["phrase_coherence"]["pairs"] == 2
