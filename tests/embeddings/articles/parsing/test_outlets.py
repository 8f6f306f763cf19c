"""The outlet that a text names in a line of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.outlets import find_outlet
from embeddings.articles.parsing.results import ReadOptions

TEXT = "Talks go on\n\nThe envoys met again on Monday in the town by the lake, aides said.\n\n{}\n"


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("Source: Al Jazeera", "Al Jazeera"),
        ("Source: Al Jazeera and agencies", "Al Jazeera"),
        ("Al Jazeera And Agencies", "Al Jazeera"),
        ("© 2013 Reuters", "Reuters"),
        ("Copyright 2013 The Harbour Post. All rights reserved.", "The Harbour Post"),
        ("(c) Harbour & Tarn Post 2", "Harbour & Tarn Post 2"),
        ("By Jane Doe | Al Jazeera", "Al Jazeera"),
        ("News agencies", ""),
        ("Agencies", ""),
        ("By Jane Doe", ""),
        ("All rights reserved", ""),
        ("Source: an official who asked not to be named", ""),
        ("The source: Al Jazeera said so", ""),
    ],
)
def test_a_line_of_its_own_names_it(line, outlet):
    assert find_outlet(TEXT.format(line)) == outlet


def test_it_stands_near_the_top_or_the_end():
    below = "\n".join(f"Headline number {n} of another story" for n in range(40))
    assert find_outlet(TEXT.format("Source: Post") + below[:600]) == "Post"
    many = "\n\n".join(f"Paragraph {n} says one thing and another." for n in range(60))
    middle = f"{many}\n\nSource: Post\n\n{many}"
    assert find_outlet(middle) == ""


def sources(*paths: Path) -> dict[str, tuple[str, int]]:
    return {
        Path(part.path).name: (part.documents[0].source, part.guessed)
        for part in read_paths(paths, ReadOptions(), {})
    }


def test_a_line_comes_before_the_name_of_the_folder_given_and_no_other(tmp_path):
    folder = tmp_path / "seeds" / "post"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text(TEXT.format("Source: Al Jazeera"))
    (folder / "b.txt").write_text(TEXT.format("It was the third day."))
    assert sources(folder) == {"a.txt": ("Al Jazeera", 0), "b.txt": ("post", 1)}
    assert sources(folder.parent) == {"a.txt": ("post", 0), "b.txt": ("post", 0)}


def test_the_folder_of_a_file_that_was_named_is_counted_where_the_text_names_no_outlet(tmp_path):
    (tmp_path / "post").mkdir()
    (tmp_path / "post" / "a.txt").write_text(TEXT.format("Source: Al Jazeera"))
    (tmp_path / "post" / "b.txt").write_text(TEXT.format("It was the third day."))
    found = sources(tmp_path / "post" / "a.txt", tmp_path / "post" / "b.txt")
    assert found == {"a.txt": ("post", 0), "b.txt": ("post", 1)}
