"""Each thing in a file is whole, damaged, or has nothing to be checked against."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.corpus.checking import check_file, find_damage
from embeddings.corpus.store import CorpusStore


@pytest.fixture
def filled(store, put) -> CorpusStore:
    """A store with two of what checksums are kept of."""
    put(store, "a", ["One.", "Two, with more words."])
    vectors = np.eye(2, 4, dtype=np.float32)
    store.put_vectors("e", [row[0] for row in store.rows("SELECT hash FROM passages")], vectors)
    for name in ("first", "second"):
        store.set_setting(name, [1])
        store.put_array(name, vectors)
    with store.transaction() as connection:
        connection.execute("INSERT INTO stages VALUES ('names', 'd', '[1]', NULL)")
    return store


def change(store: CorpusStore, sql: str, *values: object) -> None:
    with store.transaction() as connection:
        connection.execute(sql, values)


def found(store: CorpusStore) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    return {one.what: (one.checked, one.unknown, one.damaged) for one in check_file(store)}


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        ("settings", "UPDATE settings SET crc = NULL WHERE key = 'first'"),
        ("arrays", "UPDATE arrays SET crc = NULL WHERE name = 'first'"),
        ("vectors", "UPDATE vectors SET crc = NULL WHERE rowid = 1"),
    ],
)
def test_what_has_no_checksum_is_counted_as_unknown(filled, what, sql):
    assert found(filled)[what] == (2, 0, ())
    change(filled, sql)
    assert found(filled)[what] == (2, 1, ())
    assert find_damage(filled) == ""


@pytest.mark.parametrize("notes", ["[1", b"\xff"])
def test_a_stage_without_a_checksum_has_notes_that_can_be_read(filled, notes):
    assert found(filled)["stages"] == (1, 1, ())
    change(filled, "UPDATE stages SET notes = ?", notes)
    assert found(filled)["stages"] == (1, 0, ("names",))


@pytest.mark.parametrize("notes", ["[1]", "[1"])
def test_a_stage_that_does_not_fit_its_checksum_is_damaged(filled, notes):
    change(filled, "UPDATE stages SET crc = 1, notes = ?", notes)
    assert found(filled)["stages"] == (1, 0, ("names",))


@pytest.mark.parametrize(
    "sql",
    [
        'UPDATE passages SET "end" = "end" - 1 WHERE id = ?',
        "UPDATE passages SET start = start + 1 WHERE id = ?",
        "UPDATE passages SET text = 'Two' WHERE id = ?",
    ],
)
def test_a_passage_that_is_not_where_it_is_said_to_be_is_damaged(filled, sql):
    number = filled.passages()[1].id
    change(filled, sql, number)
    assert found(filled)["passages"] == (2, 0, (str(number),))
    assert find_damage(filled).startswith("passages: ")
