"""Hits stop where passages are no more like the query than unrelated ones are."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.search.index import list_passages
from embeddings.search.ranking import Ranked
from embeddings.search.relevance import Background
from embeddings.text.normalising import hash_text


def hits(*meanings):
    return [Ranked(n, meaning, meaning, 0.0, ()) for n, meaning in enumerate(meanings)]


def related(background, store, *meanings, spoken=()):
    has_all = np.array([n in spoken for n in range(len(meanings))])
    return [one.related for one in background.tell(store, hits(*meanings), has_all)]


@pytest.fixture
def fill(store, put):
    """Put passages whose vectors have this cosine, on average, with each other."""

    def fill_with(cosine, passages=200):
        rng = np.random.default_rng(0)
        texts = [f"passage {n}" for n in range(passages)]
        noise = rng.standard_normal((passages, 384))
        noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        vectors = noise * np.sqrt(1 - cosine)
        vectors[:, 0] += np.sqrt(cosine)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        with store.transaction():
            put(store, "a", texts)
            keys = [hash_text(text) for text in texts]
            store.put_vectors("words-1", keys, vectors.astype(np.float32))
        return Background(list_passages(store, "words-1"))

    return fill_with


def test_hits_far_from_the_query_are_unrelated(fill, store):
    assert related(fill(0.0), store, 0.7, 0.4, 0.2) == [True, True, False]


def test_none_is_related_where_the_best_is_hardly_better_than_chance(fill, store):
    assert related(fill(0.0), store, 0.36, 0.35) == [False, False]


def test_a_passage_with_all_words_of_the_query_is_related(fill, store):
    assert related(fill(0.0), store, 0.3, 0.2, spoken=[1]) == [False, True]


def test_the_bar_is_the_models_own(fill, store):
    # Some models have a cosine of .7 between texts that have nothing to do with each other.
    assert related(fill(0.7), store, 0.9, 0.82, 0.72) == [True, True, False]


def test_of_few_passages_it_is_not_told(fill, store):
    assert related(fill(0.0, passages=20), store, 0.2, 0.1) == [True, True]
