"""Models other than the default: folders, other poolings, names, and what is refused."""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.batches import bucket_lengths
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.reference import ReferenceEncoder
from embeddings.errors import InputError, ModelError

WORDS = ["damascus", "talks", "in", "geneva", "peace", "weapons", "the", "of", "a", "##s"]
TEXTS = ["Peace talks in Geneva", "weapons", "", "the talks of Damascus " * 20]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("TOPICWIRE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TOPICWIRE_MODEL", raising=False)
    return tmp_path / "cache"


def save_tiny(folder: Path, *, pooling: str = "cls", prompt: str = "") -> Path:
    """Save a BERT of two small layers with random weights, as its users would."""
    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    vocabulary = {
        w: n for n, w in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])
    }
    plain = folder.with_name(f"{folder.name}-plain")
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
    )
    BertModel(config).save_pretrained(plain)
    pieces = BertWordPieceTokenizer(vocabulary)
    BertTokenizerFast(tokenizer_object=pieces._tokenizer, model_max_length=40).save_pretrained(
        plain
    )
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    transformer = Transformer(str(plain))
    model = SentenceTransformer(modules=[transformer, Pooling(16, pooling_mode=pooling)])
    if prompt:
        model.prompts, model.default_prompt_name = {"passage": prompt}, "passage"
    model.save(str(folder))
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("models") / "tiny")


@pytest.mark.parametrize("pooling", ["cls", "max"])
def test_a_folder_with_another_pooling_gives_the_reference_s_vectors(tmp_path, pooling):
    folder = save_tiny(tmp_path / pooling, pooling=pooling)
    encoder = open_encoder(str(folder))
    vectors = encoder.encode(TEXTS)
    assert encoder.notes == ()
    assert (encoder.dimension, encoder.window) == (16, 38)
    reference = ReferenceEncoder("tiny", lambda: encoder.folder).encode(TEXTS)
    assert np.sum(vectors * reference, axis=1).min() > 0.99999
    assert np.array_equal(encoder.encode(TEXTS[::-1])[::-1], vectors)


def test_an_encoder_unlike_its_reference_is_refused_and_the_reference_used(tmp_path):
    """The compiled encoder knows no prompts; parity finds out, in later runs at once."""
    folder = save_tiny(tmp_path / "prompted", pooling="mean", prompt="weapons of geneva ")
    for _ in range(2):
        encoder = open_encoder(str(folder))
        vectors = encoder.encode(TEXTS)
        assert "not the reference's (mean cosine 0." in encoder.notes[0]
        reference = ReferenceEncoder("tiny", lambda e=encoder: e.folder).encode(TEXTS)
        assert np.array_equal(vectors, reference)


def test_a_cache_that_cannot_be_written_costs_time_only(tiny, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TOPICWIRE_CACHE", str(tmp_path / "file" / "cache"))
    encoder = open_encoder(str(tiny))
    assert encoder.encode(TEXTS).shape == (4, 16)
    assert "could not be kept" in encoder.notes[0]


def test_the_environment_names_a_model(tiny, monkeypatch):
    monkeypatch.setenv("TOPICWIRE_MODEL", str(tiny))
    assert open_encoder().dimension == 16
    assert open_encoder().name == str(tiny)
    assert open_encoder("all-MiniLM-L6-v2").name == "all-MiniLM-L6-v2"


def test_other_weights_or_another_window_are_another_fingerprint(tiny, tmp_path):
    one = open_encoder(str(tiny)).fingerprint
    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))
    assert open_encoder(str(copy)).fingerprint == one
    content = bytearray((copy / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (copy / "model.safetensors").write_bytes(content)
    two = open_encoder(str(copy)).fingerprint
    (copy / "sentence_bert_config.json").write_text('{"max_seq_length": 20}')
    three = open_encoder(str(copy))
    assert len({one, two, three.fingerprint}) == 3
    assert three.window == 18


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("./nowhere", "There is no model folder ./nowhere"),
        ("a/b/c", "There is no model folder a/b/c"),
    ],
)
def test_a_folder_that_is_not_there_is_named(name, said):
    with pytest.raises(ModelError, match=said):
        open_encoder(name)


def test_an_unknown_precision_lists_the_known_ones():
    with pytest.raises(InputError, match="'int4' is unknown: expected one of auto, float32, bfl"):
        open_encoder(precision="int4")


def test_an_unknown_name_says_what_to_check(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"no-such-model is unknown here .* --model FOLDER"):
        open_encoder("no-such-model").encode(["x"])


def test_a_folder_without_a_model_says_what_is_expected(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="holds no model: expected"):
        open_encoder(str(tmp_path / "empty")).encode(["x"])


def test_pickled_weights_are_never_read(tiny, tmp_path):
    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickled weights are never read"):
        open_encoder(str(copy)).encode(["x"])


def test_a_model_s_own_code_is_never_run(tiny, tmp_path):
    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))
    (copy / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    modules = json.loads((copy / "modules.json").read_text())
    modules[1]["type"] = "own.Pooling"
    (copy / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelError, match="brings code of its own"):
        open_encoder(str(copy)).encode(["x"])
    assert not (tmp_path / "ran").exists()


def test_broken_weights_are_one_sentence(tiny, tmp_path):
    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))
    (copy / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0not json")
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_encoder(str(copy)).encode(["x"])


@pytest.mark.parametrize("longest", [8, 16, 40, 254, 256, 8192])
def test_buckets_grow_by_a_half_at_most_and_end_at_the_window(longest):
    lengths = bucket_lengths(longest)
    assert lengths == sorted(set(lengths))
    assert lengths[-1] == longest
    assert all(b <= 2 * a for a, b in pairwise(lengths))
