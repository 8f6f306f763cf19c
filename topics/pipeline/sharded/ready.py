"""What takes tasks long to load, loaded: imported by the process that local workers are copies of.

A worker by itself takes a second for the modules of the stages, and two more for the model of
languages and what Arrow and SciPy import when they are first used.
"""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
import scipy.sparse.csgraph

from embeddings.text.languages import find_language
from topics.pipeline.sharded import plan

READY = (plan, scipy.sparse.csgraph, pa.array([1]).to_pylist())
# What is wrong here is to be met where it is needed, by a task that can say so.
with suppress(Exception):
    find_language("Ready " * 9)
