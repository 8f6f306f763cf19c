from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.vectors.neighbours import unit_rows
from topics.discovery.adjacency import read_in_context


def rows() -> NDArray[np.float32]:
    """Two rows alike, one of another subject, and others that set the mean."""
    vectors = np.random.default_rng(0).standard_normal((40, 16)) * 0.2
    vectors[:, 15] += 1.0
    vectors[0, 0], vectors[1, 0], vectors[2, 1] = 1.0, 1.0, 1.0
    return unit_rows(vectors.astype(np.float32))


def test_a_row_is_drawn_to_one_beside_it_that_is_alike() -> None:
    unit = rows()
    read = read_in_context(unit, np.array([[0, 1]]))
    assert read[0] @ unit[1] > unit[0] @ unit[1] + 0.02
    assert np.array_equal(read[3:], unit[3:])


def test_a_row_on_another_subject_is_hardly_drawn_to_those_beside_it() -> None:
    unit = rows()
    read = read_in_context(unit, np.array([[0, 2], [2, 1]]))
    assert read[2] @ unit[2] > 0.99


def test_neither_order_nor_repetition_of_pairs_counts() -> None:
    unit = rows()
    one = read_in_context(unit, np.array([[0, 1], [1, 2]]))
    other = read_in_context(unit, np.array([[2, 1], [1, 0], [0, 1], [1, 2], [5, 5]]))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("pairs", [None, np.empty((0, 2), np.int64), np.array([[4, 4]])])
def test_without_pairs_rows_stay_as_they_are(pairs: NDArray[np.int64] | None) -> None:
    unit = rows()
    np.testing.assert_allclose(read_in_context(unit, pairs), unit, atol=1e-6)


@pytest.mark.parametrize("pairs", [[[0, 40]], [[-1, 2]], [[0, 1, 2]], [0, 1]])
def test_what_is_no_pair_of_rows_is_refused(pairs: list[object]) -> None:
    with pytest.raises(ValueError, match="adjacent"):
        read_in_context(rows(), np.array(pairs))
