"""A run in an object store; needs a local S3 server, else the tests are skipped by name.

    npm install --prefix /tmp/s3 s3rver
    export NODE_OPTIONS=--openssl-legacy-provider  # s3rver lists by MD4
    /tmp/s3/node_modules/.bin/s3rver -d /tmp/s3/data --configure-bucket news &
    export AWS_REQUEST_CHECKSUM_CALCULATION=when_required  # s3rver knows no trailing checksums
    export TOPICWIRE_STORE='s3://S3RVER:S3RVER@news?endpoint_override=localhost:4568&scheme=http'
    python -m pytest tests/embeddings/shards/test_store.py
    python -m pytest tests/topics/pipeline/sharded/ -k store

With moto, in an environment of its own: pip install 'moto[s3,server]', moto_server -p 4569, and a
bucket made by boto3.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from urllib.parse import urlsplit, urlunsplit

import pytest

from embeddings.engines.opening import open_engine
from embeddings.engines.protocol import Needs
from embeddings.errors import StoreError
from embeddings.shards import locking
from embeddings.shards.place import Place
from embeddings.shards.runs import open_run
from embeddings.shards.stages import Folder
from embeddings.shards.status import read_status
from tests.embeddings.engines.work import parts, square

STORE = os.environ.get("TOPICWIRE_STORE", "")

needs_store = pytest.mark.skipif(
    not STORE, reason="TOPICWIRE_STORE names no S3 server: see the top of this file"
)


@pytest.fixture
def place():
    parts = urlsplit(STORE)
    return Place.at(urlunsplit(parts._replace(path=f"{parts.path}/{uuid.uuid4().hex}")))


@pytest.fixture
def log(tmp_path):
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


def run(place, log, count=4):
    folder = Folder.of(place, "squares", {})
    with open_engine("local", workers=2) as engine, open_run(place, engine) as opened:
        return folder, opened.stage(folder, square, parts(folder, log, count), Needs())


def contents(folder: Folder) -> dict[str, bytes | None]:
    names = [name for name in folder.place.list(str(folder)) if name.endswith(".parquet")]
    return {name: folder.place.read(f"{folder}/{name}") for name in names}


@needs_store
def test_a_store_holds_the_bytes_that_a_folder_holds_and_a_run_goes_on_there(place, log, tmp_path):
    folder, markers = run(place, log)
    here, _ = run(Place.at(tmp_path / "here"), log)
    assert contents(folder) == contents(here)
    assert folder.read("002", ["square"], 0)["square"].to_pylist()[:3] == [400, 441, 484]
    assert run(place, log)[1] == markers
    assert len(list(log.iterdir())) == 8
    assert read_status(place)[0].done == 4


@needs_store
@pytest.mark.parametrize("trouble", ["cut", "gone"])
def test_an_object_that_is_not_what_its_marker_says_is_made_again(place, log, trouble):
    folder, _ = run(place, log)
    before = contents(folder)
    if trouble == "cut":
        place.write(f"{folder}/001.parquet", (before["001.parquet"] or b"")[:-1])
    else:
        place.delete(f"{folder}/001.parquet")
    run(place, log)
    assert len(list(log.iterdir())) == 5
    assert contents(folder) == before


@needs_store
def test_of_two_runs_one_is_refused_until_the_other_has_ended_or_died(place, log, monkeypatch):
    monkeypatch.setattr(locking, "BEAT", 0.5)
    with place.lock(), pytest.raises(StoreError, match="Another Topicwire run is at work in s3://"):
        run(place, log)
    place.write(locking.LOCK, json.dumps(["dead", time.time() - 3]).encode())
    run(place, log)
    assert place.read(locking.LOCK) is None


def test_a_run_that_ends_leaves_the_lock_of_another_alone(tmp_path):
    place = Place.at(tmp_path)
    other = json.dumps(["other", time.time()]).encode()
    with locking.lock_store(place, "taken"):
        place.write(locking.LOCK, other)
    assert place.read(locking.LOCK) == other


@needs_store
def test_a_store_that_cannot_be_used_is_told_in_a_sentence(log):
    parts = urlsplit(STORE)
    address = urlunsplit(parts._replace(netloc="S3RVER:S3RVER@no-such-bucket", path="/a"))
    with pytest.raises(StoreError, match="no-such-bucket/a cannot be used"):
        run(Place.at(address), log)
