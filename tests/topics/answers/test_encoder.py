"""The encoder of a database: found again, kept apart from others, and never a dead end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import NAME
from embeddings.encoders.protocol import Encoder
from embeddings.errors import InputError, ModelError, StoreError
from embeddings.vectors.embedding import embed_corpus, note_encoder
from topics.answers import encoder as models
from topics.answers.cluster_options import ClusterOptions
from topics.answers.encoder import choose_encoder, stored_encoder

TEXTS = ["Missiles were delivered on Friday.", "Talks went on in Geneva."]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOPICWIRE_MODEL", raising=False)


def choose(store: CorpusStore, **options: Any) -> Encoder:
    return choose_encoder(store, ClusterOptions(**options))


def filled(store: CorpusStore, put) -> CorpusStore:
    put(store, "a", TEXTS)
    embed_corpus(store, choose(store))
    return store


def test_the_environment_s_model_is_for_new_databases(store, put, monkeypatch):
    filled(store, put)
    monkeypatch.setenv("TOPICWIRE_MODEL", "static")
    assert stored_encoder(store).name == NAME
    assert choose(store).name == NAME


def test_the_environment_names_the_model_of_a_new_database(store, monkeypatch):
    monkeypatch.setenv("TOPICWIRE_MODEL", "static")
    assert choose(store).name == f"static:{NAME}"
    monkeypatch.delenv("TOPICWIRE_MODEL")
    assert stored_encoder(store).name == f"static:{NAME}"


def test_a_folder_of_that_name_is_not_the_static_model(store, tmp_path):
    (tmp_path / "static").mkdir()
    assert choose(store, model="static").name == f"static:{NAME}"
    assert choose(store, model="static:").name == f"static:{NAME}"
    with pytest.raises(InputError, match="static model has no int8 form"):
        choose(store, model="static", precision="int8")


def test_an_encoder_used_by_a_script_is_opened_again(store, put):
    put(store, "a", TEXTS)
    embed_corpus(store, open_encoder(dimensions=64))
    assert choose(store).dimension == 64
    assert stored_encoder(store).dimension == 64


def test_a_precision_that_could_not_be_had_is_not_asked_for_again(store, put, monkeypatch):
    """int8 was refused, so the vectors are the usual ones, and stay usable when it works."""
    put(store, "a", TEXTS)
    embed_corpus(store, open_encoder(precision="float32"))
    note_encoder(store, open_encoder(precision="float32"), "int8")
    asked = []
    monkeypatch.setattr(
        models, "open_encoder", lambda *a, **k: asked.append(a[1]) or open_encoder(*a, **k)
    )
    choose(store)
    stored_encoder(store)
    assert asked == ["float32", "float32"]


def test_an_int8_database_is_opened_in_int8(store, put):
    put(store, "a", TEXTS)
    encoder = choose(store, precision="int8")
    embed_corpus(store, encoder)
    assert encoder.fingerprint.endswith("-int8")
    assert stored_encoder(store).fingerprint == encoder.fingerprint
    with pytest.raises(StoreError, match=r"int8\), which cannot be compared with"):
        choose(store, precision="float32")


def test_a_database_without_vectors_takes_another_model(store):
    choose(store, model="static")
    assert choose(store, model=NAME).name == NAME
    assert stored_encoder(store).name == NAME


def test_settings_of_an_older_database_are_understood(store, put):
    filled(store, put)
    settings = store.setting("encoder")
    old = {"model": None, "precision": "auto", "name": NAME, "dimension": 384, "window": 254}
    store.set_setting("encoder", {**old, "fingerprint": settings["fingerprint"]})
    assert stored_encoder(store).fingerprint == settings["fingerprint"]
    assert choose(store).fingerprint == settings["fingerprint"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"dimensions": 0}, "1 or more"),
        ({"precision": ""}, "unknown"),
        ({"device": "abacus", "model": "static"}, "abacus"),
    ],
)
def test_an_option_that_cannot_be_is_not_taken_for_none(store, put, options, said):
    filled(store, put)
    with pytest.raises(InputError, match=said):
        choose(store, **options)


@pytest.mark.parametrize("name", ["stranger/model", "static:stranger/model"])
def test_a_model_that_a_database_names_is_not_fetched(store, monkeypatch, name):
    """Only a name that the user types may reach the hub: a database may come from anyone."""
    asked = []

    def download(repository, *, local_files_only=False, **_options):
        if not local_files_only:
            asked.append(repository)
        raise OSError("no copy")

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    stored = {"model": name, "name": name, "fingerprint": "f", "precision": "auto"}
    store.set_setting("encoder", {**stored, "dimensions": None, "dimension": 384})
    said = "no copy of the model stranger/model here.* type `topicwire cluster --model"
    for opened in (stored_encoder, choose):
        with pytest.raises(ModelError, match=said):
            opened(store)
    monkeypatch.setenv("TOPICWIRE_MODEL", "stranger/model")
    with pytest.raises(ModelError, match=said):
        open_encoder().encode(["x"])
    assert asked == []
    with pytest.raises(ModelError, match="could not be fetched"):
        choose(store, model=name)
    assert asked == ["stranger/model"]
