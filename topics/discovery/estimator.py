"""Topic discovery as a scikit-learn estimator over vectors."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from embeddings.errors import InputError
from embeddings.vectors.neighbours import find_neighbours, hash_rows, nearest, unit_rows
from topics.discovery.belonging import find_strangers, measure_belonging
from topics.discovery.ground import prepare_ground
from topics.discovery.levels import find_topics, grow_tree
from topics.discovery.placing import strongest
from topics.discovery.weights import measure_nearness, neighbours_used, weigh_fairly


class TopicModel(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Finds a tree of topics among vectors without being told how many.

    Equal rows count once, so copies of a passage create or move no topic. The order of
    rows has no effect on which rows belong together.

    Args:
        n_neighbors: Neighbours of each row in the graph.
        n_topics: Exactly so many topics on the default level, at most the number of
            distinct rows; ``None`` leaves it to the corpus.
        resolution: Higher gives more and smaller topics; ``None`` takes it from the
            number of distinct rows (``topics.discovery.communities.default_resolution``).
        random_state: An integer seed.

    Attributes:
        labels_: int64 of shape ``(n,)``, the default level; 0 is the topic with most
            distinct rows.
        levels_: Labels of every level, broad to fine; each topic lies in one of the level
            before.
        default_level_: Place in ``levels_`` of the level that ``labels_`` is.
        strengths_: float32 of shape ``(n,)``, 0..1: share of a row's edge weight that
            leads to its own topic.
        recall_: Share of true neighbours in the graph.
        n_features_in_: Length of a vector.
    """

    def __init__(
        self,
        n_neighbors: int = 40,
        *,
        n_topics: int | None = None,
        resolution: float | None = None,
        random_state: int = 0,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.n_topics = n_topics
        self.resolution = resolution
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: N803, ARG002
        """Find topics among the rows of ``X``, shape ``(n, d)``; compared by cosine.

        Raises:
            InputError: ``n_topics`` is below 1 or above the number of distinct rows.
            ValueError: ``X`` is not a finite matrix, or ``resolution`` not above 0.
        """
        unit = unit_rows(validate_data(self, X))
        if self.resolution is not None and not self.resolution > 0:
            raise ValueError(f"resolution is {self.resolution}; it must be above 0.")
        keys = hash_rows(unit)
        first_row = {key: row for row, key in reversed(list(enumerate(keys)))}
        node_keys = sorted(first_row)
        if self.n_topics is not None and not 1 <= self.n_topics <= len(node_keys):
            raise InputError(
                f"n_topics is {self.n_topics} and there are {len(node_keys)} distinct rows; "
                f"give 1 to {len(node_keys)}."
            )
        nodes = unit[[first_row[key] for key in node_keys]]
        graph = find_neighbours(nodes, self.n_neighbors, keys=node_keys)
        ground, seed = prepare_ground(graph, nodes), self.random_state
        found = find_topics(ground, count=self.n_topics, resolution=self.resolution, seed=seed)
        tree = grow_tree(ground, found, seed=seed)
        node_of = {key: node for node, key in enumerate(node_keys)}
        rows = np.array([node_of[key] for key in keys])
        self.levels_ = [labels[rows] for labels in tree.levels]
        self.default_level_ = tree.default
        self.labels_ = self.levels_[tree.default]
        self.strengths_ = measure_belonging(ground.edges, found, find_strangers(graph)).strengths[
            rows
        ]
        self.recall_ = graph.recall
        self._nodes, self._node_labels, self._node_of = nodes, found, node_of
        similarities = graph.similarities[:, : neighbours_used(graph.size)]
        self._near = measure_nearness(similarities) if graph.k else np.zeros(graph.size)
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:  # noqa: N803
        """Place new vectors with the topic that draws them most by edge weight, as runs do.

        A row that was fitted gets the label it was fitted with.
        """
        check_is_fitted(self)
        unit = unit_rows(validate_data(self, X, reset=False))
        k = min(neighbours_used(len(self._nodes)), len(self._nodes))
        weights, drawn = weigh_fairly(*nearest(unit, self._nodes, k), self._near)
        rows = np.repeat(np.arange(len(unit)), drawn.shape[1])
        labels = strongest(rows, self._node_labels[drawn.ravel()], weights.ravel())[1]
        for row, key in enumerate(hash_rows(unit)):
            if key in self._node_of:
                labels[row] = self._node_labels[self._node_of[key]]
        return np.asarray(labels, np.int64)
