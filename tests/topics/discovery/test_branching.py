"""Loose topics are split where their parts stand clear, and no others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.neighbours import find_neighbours
from topics.discovery.branching import measure_margin, measure_margins, split_loose
from topics.discovery.ground import Ground, prepare_ground


def prepared(angles: list[float], rows: int = 120) -> tuple[Ground, NDArray[np.int64]]:
    """Rows around centres: some lie at an angle from the first, in a plane of their own each."""
    random = np.random.default_rng(0)
    centres = np.zeros((len(angles), 40))
    centres[:, 0] = np.cos(angles)
    centres[np.arange(len(angles)), np.arange(len(angles)) + 1] = np.sin(angles)
    truth = np.repeat(np.arange(len(angles)), rows)
    vectors = centres[truth] + 0.08 * random.standard_normal((len(truth), 40))
    vectors = vectors.astype(np.float32)
    return prepare_ground(find_neighbours(vectors, 40), vectors), truth


def test_a_topic_that_holds_several_subjects_is_split() -> None:
    # Of six subjects the first three, far from each other, were taken for one.
    ground, truth = prepared([1.5, 1.5, 1.5, 0.5, 0.5, 0.5])
    labels = np.maximum(truth - 2, 0)
    split = split_loose(ground, labels)
    assert len({*zip(split.tolist(), truth.tolist(), strict=True)}) == 6
    assert split.max() == 5


def test_a_topic_of_two_parts_stays_whole() -> None:
    ground, truth = prepared([1.5, 1.5, 0.5, 0.5, 0.5])
    labels = np.maximum(truth - 1, 0)
    assert np.array_equal(split_loose(ground, labels), labels)


def test_a_topic_of_one_subject_stays_whole() -> None:
    ground, truth = prepared([1.0, 1.0, 1.0, 1.0])
    assert np.array_equal(split_loose(ground, truth), truth)


def test_a_single_topic_stays_whole() -> None:
    ground, truth = prepared([1.0, 1.0])
    assert split_loose(ground, np.zeros_like(truth)).max() == 0


def test_topics_that_stand_further_apart_have_the_greater_margin() -> None:
    ground, truth = prepared([1.5, 1.5, 0.5, 0.5, 0.5])
    margins = measure_margins(ground, truth)
    assert margins[:2].min() > 1.4 > 1 > margins[2:].max()
    assert measure_margins(ground, np.zeros_like(truth)).tolist() == [0.0]
    assert measure_margin(ground, truth) > 0
