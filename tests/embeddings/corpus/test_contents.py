"""What is counted of what is stored, and which files are not written over."""

from __future__ import annotations

import pytest

from embeddings.corpus.contents import count_filled, refuse_source
from embeddings.errors import InputError

READ = {
    "files": "INSERT INTO files VALUES (?, '')",
    "addresses": "INSERT INTO addresses VALUES ('a', '', ?)",
    "versions": "INSERT INTO versions VALUES ('a', x'00', '', '', '', '', ?, '', NULL)",
    "problems": "INSERT INTO problems VALUES (?, NULL, 'It cannot be read.')",
}


@pytest.mark.parametrize("table", READ)
def test_no_file_that_was_read_is_written_over(store, tmp_path, table):
    path = tmp_path / "news.html"
    refuse_source(store, path)
    with store.transaction() as connection:
        connection.execute(READ[table], (str(path),))
    with pytest.raises(InputError, match="were read from"):
        refuse_source(store, path)


def test_an_outlet_of_another_name_than_the_folder_is_not_counted_as_its_name(store, put):
    for number, source in enumerate(("herald", "zeitung", "aurora", "")):
        put(store, f"d{number}", ["A line."], source=source, path=f"/news/herald/{number}.txt")
    assert count_filled(store)[1] == 1
