"""Files into the store, and again when they would be read otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from embeddings.articles.given import part_given
from embeddings.articles.parsing.results import ReadOptions
from embeddings.corpus.contents import read_removals
from embeddings.corpus.intake import ReadingReport, add_paths, find_missing_languages
from embeddings.corpus.store import CorpusStore
from embeddings.corpus.versions import list_twins, read_versions


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


FERRY = "Councillors voted by nine to four on Tuesday night to close the old ferry terminal."
PRICES = "Inflation slowed in February, as prices of cooking oil and diesel fell, an office said."


def rows(path: Path, *texts: str) -> Path:
    lines = (json.dumps({"id": n, "text": text}) for n, text in enumerate(texts, start=1))
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("at_once", [True, False])
def test_row_numbers_as_ids_leave_no_article_out(store, tmp_path, order, at_once):
    """In whichever order and run the files come, and whenever they are read again."""
    files = {"a": (FERRY, PRICES), "b": (PRICES[::-1], FERRY[::-1])}
    paths = [rows(tmp_path / f"{name}.jsonl", *files[name]) for name in order]
    reports = [add(store, *paths)] if at_once else [add(store, path) for path in paths]
    assert sum(report.added for report in reports) == 4
    (problem,) = reports[-1].problems
    assert problem.message.startswith("2 ids name articles of ")
    stored = {document.id: document.text for document in store.documents()}
    assert sorted(stored.values()) == sorted([*files["a"], *files["b"]])
    paths[1].write_text(paths[1].read_text() + "\n")  # another file, the same rows
    again = add(store, *paths)
    assert (again.added, again.updated) == (0, 0)
    assert {document.id: document.text for document in store.documents()} == stored


def test_the_other_copy_of_an_article_with_an_id_is_counted_with_it_and_named(store, tmp_path):
    first = rows(tmp_path / "a.jsonl", FERRY, PRICES)
    other = rows(tmp_path / "b.jsonl", FERRY, PRICES + " More of it came later.")
    report = add(store, first, other)
    assert (report.added, report.repeated) == (2, 2)
    assert list_twins(store) == [(str(first), "", "2"), (str(other), "", "1")]
    assert [one.document.text for one in read_versions(store, "2")] == [PRICES]
    assert add(store, first, other).unchanged_files == 2


def test_the_same_file_under_two_names_is_one_article_but_not_in_two_outlets(store, tmp_path):
    for name in ("one/b.txt", "one/c.txt", "two/b.txt", "one/a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"Ferry runs again\n\n{PRICES}\n")
        report = add_paths(store, [tmp_path], ReadOptions())
        assert report.repeated == (name in {"one/c.txt", "one/a.txt"})
    named = {Path(one.path).relative_to(tmp_path).as_posix() for one in store.documents()}
    assert named == {"one/b.txt", "two/b.txt"}
    again = {Path(path).name: Path(one).name for path, _, one in list_twins(store)}
    assert again == {"c.txt": "b.txt", "a.txt": "b.txt"}
    assert add_paths(store, [tmp_path], ReadOptions()).added == 0
    (tmp_path / "one/c.txt").write_text("Ferry stops\n\nIt stopped on Monday, as the strike began.")
    assert add_paths(store, [tmp_path], ReadOptions()).added == 1
    assert [Path(path).name for path, _, _ in list_twins(store)] == ["a.txt"]


def test_twins_of_a_file_that_has_changed_are_read_again(store, tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"Ferry runs again\n\n{PRICES}\n")
    assert add_paths(store, [tmp_path], ReadOptions()).added == 1
    (tmp_path / "a.txt").write_text("Ferry stops\n\nIt stopped on Monday, as the strike began.")
    report = add_paths(store, [tmp_path], ReadOptions())
    assert (report.files, report.added, report.updated, report.repeated) == (3, 1, 1, 1)
    assert {Path(one.path).name for one in store.documents()} == {"a.txt", "b.txt"}
    assert [(Path(path).name, Path(one).name) for path, _, one in list_twins(store)] == [
        ("c.txt", "b.txt")
    ]
    assert add_paths(store, [tmp_path], ReadOptions()).unchanged_files == 3


def test_one_id_twice_in_a_file_is_one_article_or_two_by_what_it_says(store, tmp_path):
    lines = [{"id": 7, "text": text} for text in (FERRY, FERRY, PRICES)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    report = add(store, tmp_path / "a.jsonl")
    assert sorted(document.text for document in store.documents()) == sorted([FERRY, PRICES])
    (problem,) = report.problems
    assert problem.message.startswith("1 id names an article of")
    assert report.repeated == 1


def test_a_file_once_taken_for_one_article_is_replaced_by_those_it_holds(store, tmp_path):
    file = tmp_path / "export.txt"
    file.write_text(f"A headline\n\n{FERRY}\n")
    add(store, file)
    cases = Path(__file__).parents[1] / "articles" / "cases"
    (export,) = (cases / "01-nexis-many-in-one-txt").rglob("*.TXT")
    file.write_bytes(export.read_bytes())
    add(store, file)
    assert [document.id for document in store.documents()] == [f"{file}#1", f"{file}#2"]


def give(store: CorpusStore, *articles: dict[str, object]) -> ReadingReport:
    return add_paths(store, [], ReadOptions(), given=part_given(list(articles))[1])


def test_articles_of_no_file_given_again_are_as_they_were(store):
    given = [{"text": FERRY}, {"text": PRICES, "id": 1}, {"text": FERRY[::-1], "id": 1}, {"n": 1}]
    first, again = give(store, *given), give(store, *given)
    assert (first.added, first.files, first.kinds) == (3, 1, {"Python": 1})
    assert (again.added, again.updated, again.unchanged) == (0, 0, 3)
    row, renamed = first.problems
    assert (row.path, row.line, row.message) == ("Python", 4, "a row without text; left out")
    assert renamed.message == "1 id names an article of Python too; here its text names each"
    assert store.file_problems() == [("Python", 4, row.message)]
    assert store.file_digests() == {}


def test_the_numbers_of_another_table_s_rows_replace_no_article(store, tmp_path):
    give(store, {"id": 1, "text": FERRY})
    assert give(store, {"id": 1, "text": PRICES}).added == 1
    assert add(store, rows(tmp_path / "a.jsonl", FERRY[::-1])).added == 1
    assert {one.text for one in store.documents()} == {FERRY, PRICES, FERRY[::-1]}


def test_an_article_of_no_file_is_replaced_by_a_newer_text_under_its_id(store, tmp_path):
    give(store, {"id": 1, "text": FERRY})
    assert give(store, {"id": 1, "text": FERRY + " More came later."}).updated == 1
    assert add(store, rows(tmp_path / "a.jsonl", FERRY)).updated == 1
    report = give(store, {"id": 1, "text": FERRY + " More came later."})
    assert report.repeated == 1  # the file is there still


def test_a_row_given_twice_is_stored_once_and_listed(store):
    report = give(store, {"text": FERRY}, {"text": FERRY}, {"text": FERRY, "source": "Post"})
    assert (report.added, report.repeated) == (2, 1)
    assert [path for path, _, _ in list_twins(store)] == ["Python"]


def test_lines_left_out_are_labelled_by_what_left_them_out(store):
    cases = Path(__file__).parents[1] / "articles" / "cases"
    add(store, *(cases / "01-nexis-many-in-one-txt").rglob("*.TXT"))
    assert {rule for _, _, rule, start, _ in read_removals(store) if start is None} == {
        "field of export"
    }


GERMAN = "Der Stadtrat hat am Dienstag beschlossen, den alten Hafen zu schließen. " * 4
ENGLISH = "The council decided on Tuesday to close the old ferry harbour, the mayor said. " * 4


def test_the_language_of_each_article_is_kept_and_one_that_changes_is_named(store, tmp_path):
    for name, text in {"de": GERMAN, "en": ENGLISH, "both": GERMAN + ENGLISH, "un": "Taxi"}.items():
        (tmp_path / f"{name}.txt").write_text(text)
    report = add(store, tmp_path)
    found = {Path(one.id).stem: one.language for one in store.documents()}
    assert found == {"de": "de", "en": "en", "both": found["both"], "un": "und"}
    assert {Path(one).stem: how for one, how in report.changing.items()} == {"both": ("de", "en")}


def test_languages_of_articles_stored_before_are_found_and_what_hangs_on_them_made_anew(store, put):
    put(store, "a", [ENGLISH])
    with store.transaction() as connection:
        connection.execute("INSERT INTO stages VALUES ('topics', 'x', 'null', NULL)")
    find_missing_languages(store)
    assert store.rows("SELECT count(*) FROM stages") == [(1,)]  # nothing of English changes
    with store.transaction() as connection:
        connection.execute("UPDATE documents SET text = ?, language = ''", (GERMAN,))
    find_missing_languages(store)
    assert store.documents()[0].language == "de"
    assert store.rows("SELECT count(*) FROM stages") == [(0,)]
