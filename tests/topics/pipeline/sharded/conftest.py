"""Vectors of words, in runs over files as in those over a database."""

from __future__ import annotations

import pytest

from tests.conftest import WordEncoder
from topics.answers import cluster_files, encoder, import_files
from topics.pipeline.sharded import nearing


@pytest.fixture(autouse=True)
def words(monkeypatch) -> None:
    nearing.find_encoder.cache_clear()
    for module in (nearing, cluster_files, import_files, encoder):
        monkeypatch.setattr(module, "open_encoder", lambda *_, **__: WordEncoder())
