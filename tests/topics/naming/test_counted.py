"""Terms of a corpus, kept from run to run: what is kept is what would be counted."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from embeddings.text.keeping import keeping
from tests.topics.naming.test_describing import LABELS, TEXTS, describe
from topics.naming import describing


def run(kept: dict, texts: list[str] = TEXTS) -> list:
    """Describe topics, with what an earlier run kept; keep what this one asked for."""
    with keeping(kept.get) as values:
        topics = describe(texts, LABELS)
    kept.update({method: (keys, rows) for method, keys, rows in values.changed(every=True)})
    return topics


def test_kept_terms_give_the_same_topics_and_are_not_counted_again(monkeypatch):
    kept: dict = {}
    counted = run(kept)
    assert counted == describe(TEXTS, LABELS)
    monkeypatch.setattr(describing, "_count_terms", lambda *_: pytest.fail("counted again"))
    assert run(kept) == counted


def test_kept_terms_have_the_bytes_of_counted_ones():
    kept: dict = {}
    found = []
    for _ in range(2):
        with keeping(kept.get) as values:
            found.append(
                describing.count_once(b"key", lambda: describing._count_terms(TEXTS, None))
            )
        kept.update({method: (keys, rows) for method, keys, rows in values.changed(every=True)})
    (made, heard), (told, heard_again) = found
    assert heard == heard_again
    assert made is not told
    for one in fields(made):
        mine, kept_one = (getattr(terms, one.name) for terms in (made, told))
        if hasattr(mine, "indptr"):
            assert mine.shape == kept_one.shape
            for part in ("data", "indices", "indptr"):
                assert np.array_equal(getattr(mine, part), getattr(kept_one, part))
        elif isinstance(mine, np.ndarray):
            assert mine.dtype == kept_one.dtype
            assert np.array_equal(mine, kept_one)
        else:
            assert mine == kept_one


def test_other_texts_are_counted_anew():
    kept: dict = {}
    run(kept)
    texts = [text.replace("Russia", "Belarus") for text in TEXTS]
    assert run(kept, texts) == describe(texts, LABELS) != describe(TEXTS, LABELS)
