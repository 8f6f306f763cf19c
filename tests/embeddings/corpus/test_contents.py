"""Which files are not written over."""

from __future__ import annotations

import pytest

from embeddings.corpus.contents import refuse_source
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
