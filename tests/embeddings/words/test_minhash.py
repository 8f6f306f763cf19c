"""Bands and buckets: which texts are compared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.words.minhash import candidates, merge_pairs, pair_up, plan_bands


@pytest.mark.parametrize(("jaccard", "recall"), [(0.2, 0.9), (0.3, 0.97), (0.5, 0.95), (0.8, 0.99)])
def test_bands_keep_the_promised_recall_at_the_target(jaccard: float, recall: float) -> None:
    plan = plan_bands(jaccard, recall)
    assert plan.probability(jaccard) >= recall
    assert plan.probability(jaccard / 4) < recall / 2


def test_curve_of_a_plan_rises_from_never_to_always_through_its_target() -> None:
    curve = plan_bands(0.3, 0.97).curve(10)
    assert [jaccard for jaccard, _ in curve] == pytest.approx([n / 10 for n in range(11)])
    chances = [chance for _, chance in curve]
    assert chances == sorted(chances)
    assert (chances[0], chances[-1]) == (0.0, 1.0)
    assert chances[3] >= 0.97


@pytest.mark.parametrize(("jaccard", "recall"), [(0.0, 0.9), (0.5, 1.0), (1.2, 0.9), (0.001, 0.99)])
def test_target_that_no_bands_can_keep_is_refused(jaccard: float, recall: float) -> None:
    with pytest.raises(ValueError, match=r"[jJ]accard"):
        plan_bands(jaccard, recall)


@given(st.lists(st.integers(0, 5), max_size=150), st.integers(1, 3))
def test_rows_are_paired_the_same_by_parts_of_the_keys(keys: list[int], parts: int) -> None:
    column, rows = np.array(keys, np.uint32), np.arange(len(keys))
    whole, large = candidates(column[:, None])
    mine = [column % parts == part for part in range(parts)]
    found = [pair_up(column[some], rows[some], 1000) for some in mine]
    packed = merge_pairs(*(pairs for pairs, _ in found))
    assert [divmod(one, 1000) for one in packed.tolist()] == list(map(tuple, whole.tolist()))
    buckets = sorted(bucket.tolist() for _, some in found for bucket in some)
    assert buckets == sorted(bucket.tolist() for bucket in large)
