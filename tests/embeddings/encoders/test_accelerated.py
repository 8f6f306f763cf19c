"""The encoder for GPUs, with the CPU in their place: shapes, memory, parity, the pool."""

import multiprocessing
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

import embeddings.encoders.accelerated as accelerated
from embeddings.encoders.accelerated import AcceleratedEncoder
from embeddings.encoders.folder import read_folder
from embeddings.encoders.loading import load_model
from embeddings.encoders.reference import ReferenceEncoder
from embeddings.errors import ModelError

WORDS = ["damascus", "talks", "in", "geneva", "peace", "weapons", "the", "of", "a", "##s"]
# Of all lengths, one beyond the window.
TEXTS = [" ".join((WORDS * 20)[n : n + 1 + n % 37]) for n in range(80)] + ["geneva talks " * 40]


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory):
    """Where most tests find what the first of them noted: that the vectors were compared."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def settings(shared_cache, monkeypatch):
    monkeypatch.setenv("TOPICWIRE_CACHE", str(shared_cache))


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """For a test in which the vectors are compared."""
    monkeypatch.setenv("TOPICWIRE_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A BERT of two small layers with random weights, as its users would save it."""
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    place = tmp_path_factory.mktemp("models")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = BertWordPieceTokenizer({word: n for n, word in enumerate([*special, *WORDS])})
    config = BertConfig(
        vocab_size=15,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
    )
    BertModel(config).save_pretrained(place / "plain")
    BertTokenizerFast(tokenizer_object=pieces._tokenizer, model_max_length=40).save_pretrained(
        place / "plain"
    )
    SentenceTransformer(
        modules=[Transformer(str(place / "plain")), Pooling(16, pooling_mode="mean")]
    ).save(str(place / "tiny"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOPICWIRE_CACHE", str(place / "cache"))
        return read_folder(place / "tiny", "tiny")


def open_tiny(folder, *devices, precision="float32", pieces=256):
    small = ReferenceEncoder("tiny", lambda: folder)
    encoder = AcceleratedEncoder(
        small, lambda: folder, precision, lambda: devices or ("cpu:0",), pieces=pieces
    )
    encoder.few, encoder.portion = 5, 30
    return encoder


@pytest.fixture(scope="module")
def expected(folder):
    return ReferenceEncoder("tiny", lambda: folder).encode(TEXTS)


class Memory:
    """A device's memory, as a hook: too small for batches of more rows than ``rows``."""

    def __init__(self, rows):
        # Shared, so that a process of a pool sees what a test sets.
        self.rows = torch.tensor(rows).share_memory_()
        self.shapes = set()

    def __call__(self, _, given):
        self.shapes.add(tuple(given[0]["input_ids"].shape))
        if len(given[0]["input_ids"]) > self.rows:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.fixture
def memory(monkeypatch):
    memory = Memory(1000)

    def load(folder):
        model = load_model(folder)
        model[0].register_forward_pre_hook(memory)
        return model

    monkeypatch.setattr(accelerated, "load_model", load)
    return memory


def test_the_vectors_are_the_reference_s(folder, expected, own_cache):
    encoder = open_tiny(folder)
    assert np.allclose(encoder.encode(TEXTS), expected, atol=1e-5)
    assert encoder.notes == ()
    assert encoder.fingerprint == folder.fingerprint


def test_long_texts_are_counted_whoever_reads_them(folder):
    encoder = open_tiny(folder)
    encoder.encode(TEXTS[-6:])
    read_here = encoder.windowed
    assert read_here >= 1
    encoder.encode(TEXTS[-1:])
    assert encoder.windowed == read_here + 1


def test_a_text_s_bits_depend_on_the_text_alone(folder):
    encoder = open_tiny(folder)
    vectors = encoder.encode(TEXTS)
    assert np.array_equal(encoder.encode(TEXTS[::-1])[::-1], vectors)
    assert np.array_equal(encoder.encode(TEXTS[7:15]), vectors[7:15])


def test_batches_of_one_length_have_one_shape(folder, memory):
    """On the CPU bits may agree without; on a GPU kernels are chosen by shape."""
    open_tiny(folder).encode(TEXTS)
    assert {256 // length for _, length in memory.shapes} == {rows for rows, _ in memory.shapes}
    assert len(memory.shapes) == len({length for _, length in memory.shapes}) > 2


def test_a_batch_in_any_order_comes_back_in_that_order(folder, expected):
    """sentence-transformers happens to sort what it gives; nothing may depend on it."""
    encoder = open_tiny(folder)
    model = encoder._model
    ids = [window.ids for parts in encoder._read(TEXTS[:25], "passage") for window in parts]
    with torch.inference_mode():
        found = model(model.preprocess(ids))["sentence_embedding"].numpy()
    assert np.allclose(accelerated.unit_rows(found), expected[:25], atol=1e-5)


@pytest.mark.parametrize("number", ["float16", "bfloat16"])
def test_half_precision_that_agrees_keeps_the_fingerprint(
    folder, expected, own_cache, monkeypatch, number
):
    monkeypatch.setitem(accelerated._NUMBERS, "auto", {"cpu": (number, "float32")})
    encoder = open_tiny(folder, precision="auto")
    vectors = encoder.encode(TEXTS)
    assert next(encoder._model.parameters()).dtype == getattr(torch, number)
    assert vectors.dtype == np.float32
    assert 1e-6 < np.abs(vectors - expected).max() < 0.02
    assert encoder.fingerprint == folder.fingerprint


def distort(monkeypatch, kinds):
    """Let the models loaded first, in the given kinds of numbers, be wrong."""

    def load(folder):
        model = load_model(folder)
        if kinds:
            torch.nn.init.normal_(next(model.parameters()))
            kinds.pop()
        return model

    monkeypatch.setitem(accelerated._NUMBERS, "auto", {"cpu": ("float16", "float32")})
    monkeypatch.setattr(accelerated, "load_model", load)


def test_half_precision_that_differs_is_refused_for_float32(
    folder, expected, own_cache, monkeypatch
):
    distort(monkeypatch, ["float16"])
    encoder = open_tiny(folder, precision="auto")
    assert np.allclose(encoder.encode(TEXTS), expected, atol=1e-5)
    assert "in float16 are not the reference's (mean cosine 0." in encoder.notes[0]
    assert len(encoder.notes) == 1


def test_a_device_that_is_wrong_in_all_numbers_leaves_the_work_to_the_cpu(
    folder, expected, own_cache, monkeypatch
):
    distort(monkeypatch, ["float16", "float32"])
    encoder = open_tiny(folder, precision="auto")
    assert np.array_equal(encoder.encode(TEXTS), expected)
    assert encoder.notes[-1] == "The CPU computes the vectors instead."
    assert encoder.batch_size == ReferenceEncoder.batch_size


def test_a_device_that_cannot_compute_leaves_the_work_to_the_cpu(folder, expected, monkeypatch):
    """Such as a card too old for the build of torch, which is found out by computing."""
    encoder = open_tiny(folder, "meta")
    assert np.array_equal(encoder.encode(TEXTS), expected)
    assert encoder.notes[0].startswith("tiny in float32 fails on meta (")


def test_a_later_run_does_not_compare_again(folder, own_cache, monkeypatch):
    vectors = open_tiny(folder).encode(TEXTS)
    monkeypatch.delattr(accelerated, "ReferenceEncoder")
    assert np.array_equal(open_tiny(folder).encode(TEXTS), vectors)


def test_small_requests_are_left_to_the_cpu(folder, expected):
    def find():
        raise AssertionError("the devices were looked for")

    small = ReferenceEncoder("tiny", lambda: folder)
    encoder = AcceleratedEncoder(small, lambda: folder, "auto", find)
    assert np.array_equal(encoder.encode(TEXTS[:4]), expected[:4])


def test_when_memory_runs_out_the_batch_is_halved_and_the_run_says_so(folder, expected, memory):
    memory.rows.fill_(5)
    encoder = open_tiny(folder)
    assert np.allclose(encoder.encode(TEXTS), expected, atol=1e-5)
    assert encoder.notes == ("A GPU's memory ran out: batches hold 48 word pieces instead of 256.",)


def test_memory_too_small_for_one_text_is_an_error(folder, memory):
    memory.rows.fill_(0)
    with pytest.raises(ModelError, match=r"The memory of cpu\S* does not hold one text of 40 word"):
        open_tiny(folder).encode(TEXTS)


@pytest.mark.skipif(sys.platform != "linux", reason="shared memory is no folder there")
def test_where_shared_memory_is_too_small_one_gpu_is_used(folder, expected, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    encoder = open_tiny(folder, "cpu:0", "cpu:0")
    encoder.pool_from = 0
    assert np.allclose(encoder.encode(TEXTS), expected, atol=1e-5)
    assert not multiprocessing.active_children()
    assert "has 0 MB free and the model needs" in encoder.notes[0]


def test_a_pool_of_processes(folder, expected, memory):
    """One test, since a pool takes seconds to start: same bits, memory, a death in it."""
    encoder = open_tiny(folder, "cpu:0", "cpu:0")
    encoder.pool_from = len(TEXTS) / 2
    alone = encoder.encode(TEXTS)
    assert not multiprocessing.active_children()

    together = encoder.encode(TEXTS)
    workers = multiprocessing.active_children()
    assert len(workers) == 2
    assert np.array_equal(together, alone)

    memory.rows.fill_(3)
    assert np.allclose(encoder.encode(TEXTS), expected, atol=1e-5)
    assert re.search(r"batches hold \d\d word pieces instead of 256", encoder.notes[0])

    memory.rows.fill_(0)
    with pytest.raises(ModelError, match=r"The memory of cpu\S* does not hold one text"):
        encoder.encode(TEXTS)
    assert not multiprocessing.active_children()
