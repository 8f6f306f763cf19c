"""The index that searches go by: what it holds, how well it finds, and when it is of no use."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.corpus.checking import check_file
from embeddings.errors import StoreError
from embeddings.search import making
from embeddings.search.index import (
    ARRAYS,
    MovedError,
    choose_best,
    find_reach,
    fits_vectors,
    list_passages,
    pack_signs,
    read_index,
    read_vectors,
)


def vectors_by(store, index):
    found = np.empty((len(index.ids), 48), np.float32)
    for at, vectors in read_vectors(store, index, np.arange(len(index.ids))):
        found[at] = vectors
    return found


def test_each_passage_has_its_own_vector_and_signs(store, many, keep):
    index, _ = keep()
    assert np.array_equal(vectors_by(store, index), many)
    assert np.allclose(index.mean, many.mean(axis=0), atol=1e-6)
    assert np.array_equal(index.signs, pack_signs(many, index.mean))


def test_what_is_kept_is_read_again(store, many, keep):
    made, _ = keep()
    found = read_index(store, "words-1")
    assert all(np.array_equal(getattr(made, f), getattr(found, f)) for f in vars(made))


def test_distances_are_of_the_passages_asked_for(store, many, keep):
    index, _ = keep()
    may = np.arange(2000) % 3 == 0
    apart = index.distances(many[5], may)
    bits = many > index.mean
    assert np.array_equal(apart[may], (bits[may] != bits[5]).sum(axis=1))
    assert set(apart[~may].tolist()) == {0xFF}


def test_the_nearest_are_as_many_as_wanted_with_their_ties():
    apart = np.array([3, 1, 2, 2, 9, 0xFF], np.uint8)
    assert [find_reach(apart, wanted) for wanted in (1, 2, 3, 4, 5)] == [1, 2, 2, 3, 9]
    assert find_reach(apart, 6) == 0xFE


def test_signs_are_compared_as_an_angle(store, many, keep):
    index, _ = keep()
    bits = many > index.mean
    angles = np.pi * (bits[[9, 3]] != bits[5]).mean(axis=1)
    apart = index.distances(many[5], np.ones(2000, np.bool_))[[9, 3]]
    assert index.compare(many[5], np.array([9, 3]), apart) == pytest.approx(
        np.cos(angles), abs=1e-6
    )


def test_the_best_chosen_are_as_many_as_wanted_with_their_ties():
    guess = np.array([0.1, 0.5, 0.3, 0.3, 0.3, 0.2], np.float32)
    assert choose_best(guess, 2).tolist() == [1, 2, 3, 4]
    assert choose_best(guess, 6).tolist() == list(range(6))


def test_a_guess_is_near_the_cosine(store, many, keep):
    index, _ = keep()
    rows = np.arange(2000)
    cosines = many @ many[7]
    signs = index.compare(many[7], rows, index.distances(many[7], np.ones(2000, np.bool_)))
    assert np.corrcoef(signs, cosines)[0, 1] > 0.7
    assert (
        np.abs(index.guess(many[7], rows) - cosines).mean() < 0.6 * np.abs(signs - cosines).mean()
    )


def test_the_recall_is_that_of_the_candidates(store, many, keep, monkeypatch):
    assert keep()[1] > 0.99
    # Of fewer candidates fewer of the nearest are found.
    monkeypatch.setattr(making, "CANDIDATES", 100)
    monkeypatch.setattr(making, "_MOST", 100)
    assert 0.2 < keep()[1] < 0.99


def test_more_candidates_are_taken_until_the_recall_is_reached(store, many, keep, monkeypatch):
    monkeypatch.setattr(making, "CANDIDATES", 100)
    index, recall = keep()
    assert recall >= 0.99
    assert index.candidates > 100
    assert read_index(store, "words-1").candidates == index.candidates


def test_an_index_of_other_articles_or_of_another_model_is_not_used(store, many, keep, put):
    keep()
    assert len(read_index(store, "words-1").signs)
    assert not len(read_index(store, "words-2").signs)
    put(store, "new", ["A new passage."])
    assert not len(read_index(store, "words-1").signs)
    assert len(read_index(store, "words-1").ids) == 2001


def test_a_damaged_vector_is_told(store, many, keep):
    index, _ = keep()
    with store.transaction() as connection:
        connection.execute(
            "UPDATE vectors SET vector = zeroblob(192) WHERE rowid = ?", (int(index.places[3]),)
        )
    with pytest.raises(StoreError, match="damaged"):
        list(read_vectors(store, index, np.array([3])))


def test_vectors_that_another_program_moved_are_noticed(store, many, keep):
    index, _ = keep()
    one, other = index.places[:2].tolist()
    with store.transaction() as connection:
        connection.execute("UPDATE vectors SET rowid = -1 WHERE rowid = ?", (one,))
        connection.execute("UPDATE vectors SET rowid = ? WHERE rowid = ?", (one, other))
    for rows in ([0], [1], [0, 1]):
        with pytest.raises(MovedError):
            list(read_vectors(store, index, np.array(rows)))


def test_an_index_whose_vectors_moved_does_not_fit_them(store, many, keep):
    assert not fits_vectors(store)
    keep()
    assert fits_vectors(store)
    with store.transaction() as connection:
        connection.execute("UPDATE vectors SET rowid = -1 WHERE rowid = 7")
    assert not fits_vectors(store)


def test_a_vector_of_another_length_is_taken_as_moved(store, many, keep):
    index, _ = keep()
    with store.transaction() as connection:
        connection.execute(
            "UPDATE vectors SET vector = zeroblob(4), crc = 0 WHERE rowid = ?",
            (int(index.places[3]),),
        )
    with pytest.raises(MovedError):
        list(read_vectors(store, index, np.array([2, 3])))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settings SET value = '{' WHERE key = 'search'",
        "UPDATE settings SET value = json_set(value, '$.version', 0), crc = NULL "
        "WHERE key = 'search'",
    ],
)
def test_an_index_with_a_damaged_note_or_of_another_version_is_not_used(
    store, many, keep, statement
):
    keep()
    with store.transaction() as connection:
        connection.execute(statement)
    assert not len(read_index(store, "words-1").signs)
    assert not fits_vectors(store)


def test_damage_of_it_is_found_by_a_check(store, many, keep):
    keep()
    with store.transaction() as connection:
        connection.execute("UPDATE arrays SET data = zeroblob(9) WHERE name = 'search.signs'")
    damaged = [name for check in check_file(store) for name in check.damaged]
    assert damaged == ["search.signs"]


def test_passages_without_a_vector_have_no_place(store, many, keep, put):
    put(store, "new", ["A new passage."])
    index = list_passages(store, "words-1")
    assert index.places[-1] == 0
    made, _ = keep()
    assert made.sums[-1] == -1
    assert np.array_equal(made.sums >= 0, made.places > 0)


def test_an_empty_corpus_has_an_index_too(store, keep):
    index, recall = keep()
    assert recall == 1.0
    assert [len(store.array(name)) for name in ARRAYS] == [0] * len(ARRAYS)
    assert len(index.ids) == 0
