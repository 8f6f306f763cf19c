from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.vectors import growing
from embeddings.vectors.growing import SPARE, Lists, find_lists, narrow_graph
from embeddings.vectors.neighbours import NeighbourGraph, find_neighbours

K = 5


def corpus(rows: int, levels: int, seed: int) -> tuple[np.ndarray, list[bytes]]:
    """Rows of few values, so that many pairs are equally near, with keys of their own."""
    random = np.random.default_rng(seed)
    vectors = random.integers(-levels, levels + 1, (rows, 6)).astype(np.float32)
    return vectors, [hashlib.blake2b(b"%d" % row, digest_size=8).digest() for row in range(rows)]


def select(vectors: np.ndarray, keys: list[bytes], rows: list[int]) -> tuple[np.ndarray, list]:
    order = sorted(rows, key=keys.__getitem__)
    return vectors[order], [keys[row] for row in order]


def same(grown: NeighbourGraph, rebuilt: NeighbourGraph) -> bool:
    return (
        grown.indices.tobytes() == rebuilt.indices.tobytes()
        and grown.similarities.tobytes() == rebuilt.similarities.tobytes()
    )


@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([1, 3, 10**6]),
    steps=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=4),
)
@settings(max_examples=15)
def test_any_additions_and_removals_give_the_bytes_of_a_rebuild(seed, levels, steps):
    vectors, keys = corpus(400, levels, seed)
    random = np.random.default_rng(seed)
    here = set(range(200))
    lists = find_lists(*select(vectors, keys, sorted(here)), K)
    for gone, added in steps:
        here -= set(random.permutation(sorted(here))[:gone].tolist())
        here |= set(random.permutation(sorted(set(range(400)) - here))[:added].tolist())
        chosen = select(vectors, keys, sorted(here))
        lists = find_lists(*chosen, K, lists)
        assert same(lists.graph(K), find_neighbours(chosen[0], K, keys=chosen[1]))


@pytest.fixture
def searched(monkeypatch):
    """Numbers of rows that all rows are searched for."""
    seen: list[int] = []

    def count(queries, *rest, **how):
        seen.append(len(queries))
        return nearest(queries, *rest, **how)

    nearest = growing.nearest
    monkeypatch.setattr(growing, "nearest", count)
    monkeypatch.setattr(growing, "find_neighbours", None)
    return seen


@pytest.fixture
def known() -> Lists:
    return find_lists(*select(*corpus(300, 10**6, 0), list(range(250))), K)


def test_only_new_rows_are_searched(known, searched):
    find_lists(*select(*corpus(300, 10**6, 0), list(range(255))), K, known)
    assert searched == [5]


def test_a_row_is_searched_again_only_when_its_spare_neighbours_are_used_up(known, searched):
    vectors, keys = corpus(300, 10**6, 0)
    first = known.indices[0]
    for gone, wanted in ((SPARE, []), (SPARE + 1, [1])):
        left = [row for row in range(250) if keys[row] not in {known.keys[n] for n in first[:gone]}]
        lists = find_lists(*select(vectors, keys, left), K, known)
        assert (lists.indices[:, :K] >= 0).all()
        assert [sum(searched)] == (wanted or [0])


def test_a_row_whose_vector_has_changed_is_searched(known, searched):
    vectors, keys = select(*corpus(300, 10**6, 0), list(range(250)))
    vectors[3, 0] += 1
    lists = find_lists(vectors, keys, K, known)
    assert searched == [1]
    assert same(lists.graph(K), find_neighbours(vectors, K, keys=keys))


@pytest.mark.parametrize("k", [5, 39])
def test_the_graph_of_some_rows_is_the_one_found_from_them_alone(k):
    vectors, keys = select(*corpus(40, 10**6, 0), list(range(40)))
    rows = np.array([n for n in range(40) if n % 7])
    whole = find_lists(vectors, keys, k)
    part = narrow_graph(whole, rows, vectors[rows], k)
    assert same(part, find_neighbours(vectors[rows], k, keys=[keys[row] for row in rows]))
    assert same(narrow_graph(whole, np.arange(40), vectors, k), whole.graph(k))
