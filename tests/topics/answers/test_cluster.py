"""``topics.cluster`` and what it is asked for."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from topics.answers.cluster import cluster
from topics.answers.cluster_options import ClusterOptions


def test_every_field_of_the_options_is_an_argument():
    fields = {field.name for field in dataclasses.fields(ClusterOptions)}
    assert set(inspect.signature(cluster).parameters) == fields


def test_an_unknown_argument_is_refused_before_a_database_is_made(tmp_path):
    with pytest.raises(TypeError, match="modell"):
        cluster(tmp_path, db=tmp_path / "n.db", modell="static")
    assert not list(tmp_path.iterdir())
