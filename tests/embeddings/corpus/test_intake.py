"""Files into the store, and again when they would be read otherwise."""

from __future__ import annotations

import json
from pathlib import Path

from embeddings.articles.parsing.results import ReadOptions
from embeddings.corpus.intake import ReadingReport, add_paths
from embeddings.corpus.store import CorpusStore


def test_a_new_way_of_taking_articles_apart_reads_unchanged_files_again(
    store, tmp_path, monkeypatch
):
    (tmp_path / "one.txt").write_text("A headline\n\nThe ministers met in Geneva on Friday.\n")
    assert add_paths(store, [tmp_path], ReadOptions()).added == 1
    assert add_paths(store, [tmp_path], ReadOptions()).unchanged_files == 1
    for module in ("embeddings.articles.files", "embeddings.documents"):
        monkeypatch.setattr(f"{module}.PROCESSING", 1_000)
    again = add_paths(store, [tmp_path], ReadOptions())
    assert (again.unchanged_files, again.updated) == (0, 1)


def add(store: CorpusStore, *paths: Path) -> ReadingReport:
    return add_paths(store, paths, ReadOptions())


def test_an_article_refused_for_another_s_id_is_read_once_that_one_is_gone(store, tmp_path):
    for name in ("first", "second"):
        row = json.dumps({"id": "7", "text": f"The {name} text of seven."})
        (tmp_path / f"{name}.jsonl").write_text(row)
    assert add(store, tmp_path / "first.jsonl").added == 1
    assert "already stored from" in add(store, tmp_path / "second.jsonl").problems[0].message
    (tmp_path / "first.jsonl").unlink()
    again = add(store, tmp_path / "second.jsonl")
    assert (again.unchanged_files, again.updated, again.problems) == (0, 1, [])
    assert [document.text for document in store.documents()] == ["The second text of seven."]


def test_problems_are_kept_of_files_that_are_there_and_forgotten_of_those_that_are_not(
    store, tmp_path
):
    for name in ("one/a.txt", "one/b.txt", "two/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"%PDF-")
    (tmp_path / "one" / "d.txt").write_text("A headline\n\nThe ministers met in Geneva.\n")
    add(store, tmp_path / "one", tmp_path / "two")
    (tmp_path / "one" / "a.txt").unlink()
    (tmp_path / "two" / "c.txt").unlink()
    add(store, tmp_path / "one")
    kept = {Path(path).name for path, _, _ in store.file_problems()}
    assert kept == {"b.txt", "c.txt"}  # nothing is known of the other folder
