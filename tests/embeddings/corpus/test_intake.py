"""Files into the store, and again when they would be read otherwise."""

from __future__ import annotations

from embeddings.articles.parsing.results import ReadOptions
from embeddings.corpus.intake import add_paths


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
