"""Claims about words of quotations that are kept."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.vectors.embedding import embed_corpus
from topics.pipeline.quotations import QUOTED, read_quoted
from topics.pipeline.run import derive

SAID = "“We will not leave this town before the last shell has fallen.”"


@pytest.fixture
def quoting(news, put, encoder):
    """The news, and two articles that quote one sentence, each in words of its own."""
    cellar = f"The mayor, who had spent the night in a cellar with his family, said: {SAID}"
    radio = f"In a call to a station on the coast the head of the council put it so: {SAID}"
    with CorpusStore.open(news, write=True) as store:
        put(store, "first", [cellar])
        put(store, "second", [radio])
        embed_corpus(store, encoder)
        derive(store, encoder)
    return news


def quoted(store):
    passages = store.passages()
    return [(passages[row].document_id, *words) for row, *words in read_quoted(store, passages)]


def test_shared_quotations_are_kept_and_sought_where_they_are_not(quoting, encoder):
    with CorpusStore.open(quoting, write=True) as store:
        kept = quoted(store)
        assert {"first", "second"} <= {one for one, *_ in kept}
        store.put_array(QUOTED, np.empty((0, 3), np.int64))
        assert quoted(store) == []
        # A file of before has neither the stage nor the array.
        with store.transaction() as connection:
            connection.execute("DELETE FROM stages WHERE name = ?", (QUOTED,))
            connection.execute("DELETE FROM arrays WHERE name = ?", (QUOTED,))
        assert quoted(store) == kept
        assert not derive(store, encoder).fresh
        assert store.array(QUOTED) is not None
        assert quoted(store) == kept
