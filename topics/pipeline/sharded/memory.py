"""What memory the tasks of a run over files ask for."""

from __future__ import annotations

import dataclasses
import math

from embeddings.engines.protocol import Needs

# Bytes that a task takes, as measured (docs/decisions/scale.md, "Memory"): a process with its
# libraries and a model, and for each row of the first stage that it reads; of documents for each
# byte of the files, of neighbours for each row that is compared with.
_PROCESS = 300 << 20
_A_ROW = {
    "documents": 7,
    "homes": 500,
    "articles": 115_000,
    "texts": 66_000,
    "bodies": 1_300,
    "bands": 2_500,
    "candidates": 15,
    "buckets": 660,
    "strangers": 5_200,
    "pairs": 1_200,
    "components": 300,
    "wordings": 5_200,
    "vectors": 3_300,
    "neighbours": 8_000,
    # Of topics by function, since a tree is grown of rows or of atoms. Of rows 7,900 were measured
    # with vectors of 64 numbers; those of 256 take some 2,300 more. Of 120,000 rows atoms took
    # 1,500. The others are counted from their columns.
    "draw_centres": 50,
    "group_rows": 10_000,
    "try_topics": 1_500,
    "group_atoms": 1_500,
    "describe_topics": 1_000,
}
# Of a stage that was not measured: those of the texts themselves take about as much, and those of
# the rows of a strip (a gigabyte for 250,000).
_A_TEXT = 5_000
# Steps in which memory is asked for: more may take other workers, and these take long to begin.
_LEAST = 1 << 29


def needs_of(stage: str, rows: float, needs: Needs | None = None) -> Needs:
    """Return what a task takes that reads so many rows; its memory in powers of two."""
    memory = math.ceil(_PROCESS + _A_ROW.get(stage, _A_TEXT) * rows)
    rounded = max(_LEAST, 1 << (memory - 1).bit_length())
    return dataclasses.replace(needs or Needs(), memory=rounded)
