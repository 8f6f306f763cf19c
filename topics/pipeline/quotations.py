"""Words of quotations that others quote too, kept: to find them the whole corpus is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from embeddings.corpus.store import CorpusStore
from embeddings.documents import Passage
from topics.coverage.reuse.origins import find_quoted
from topics.pipeline.coverage_tables import read_copies, read_pairs
from topics.pipeline.stages import stored_digest

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The name of the stage, and of what it keeps.
QUOTED = "quotations"


def by_passage(quoted: NDArray[np.int64], passages: Sequence[Passage]) -> NDArray[np.int64]:
    """Return what ``find_quoted`` found with the ids of the passages in place of their rows."""
    ids = np.array([passage.id for passage in passages], np.int64)
    return np.column_stack((ids[quoted[:, 0]], quoted[:, 1:]))


def read_quoted(store: CorpusStore, passages: Sequence[Passage]) -> NDArray[np.int64]:
    """Return what ``find_quoted`` finds in the whole store, as rows of some of its passages.

    In a file that an older version wrote it is sought.
    """
    stored = store.array(QUOTED)
    if stored is None or stored_digest(store, QUOTED) != stored_digest(store, "relations"):
        every = store.passages()
        quoted = find_quoted(
            [one.body for one in every], read_copies(store, every), read_pairs(store, every)
        )
        stored = by_passage(quoted, every)
    row_of = {passage.id: row for row, passage in enumerate(passages)}
    found = [(row_of[one], *words) for one, *words in stored.tolist() if one in row_of]
    return np.array(found, np.int64).reshape(-1, 3)
