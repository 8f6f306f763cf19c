"""A change by whoever else, or another file in its place, is seen."""

from __future__ import annotations

import shutil

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.corpus.watch import Watch
from embeddings.errors import StoreError


@pytest.fixture
def place(tmp_path):
    path = tmp_path / "test.db"
    with CorpusStore.open(path, write=True) as store:
        store.set_setting("a", 1)
    return path


def test_the_state_changes_with_a_commit_and_not_without(place):
    watch = Watch(place)
    before = watch.state()
    with CorpusStore.open(place) as store:
        store.setting("a")
    assert watch.state() == before
    with CorpusStore.open(place, write=True) as store:
        store.set_setting("a", 2)
        inside = watch.state()
    assert before != inside == watch.state()
    watch.close()
    assert watch.state()


def test_another_file_in_its_place_is_another_state(place, tmp_path):
    watch = Watch(place)
    before = watch.state()
    shutil.copyfile(place, tmp_path / "other.db")
    (tmp_path / "other.db").replace(place)
    assert watch.state() != before


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(StoreError, match="There is no database at"):
        Watch(tmp_path / "none.db").state()
