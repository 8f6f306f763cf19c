"""Models other than the default: folders, names, fingerprints, and what is refused."""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.encoders.batches import bucket_lengths
from embeddings.encoders.folder import read_folder
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.reference import ReferenceEncoder
from embeddings.encoders.tokens import WordPieces
from embeddings.errors import InputError, ModelError
from tests.damage import flip_a_byte

TEXTS = ["Peace talks in Geneva", "weapons", "", "the talks of Damascus " * 20]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("TOPICWIRE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TOPICWIRE_MODEL", raising=False)
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def tiny(save_model, tmp_path_factory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def compiled_once(tiny, tmp_path_factory) -> Path:
    """A cache that holds the small model, compiled."""
    folder = tmp_path_factory.mktemp("caches") / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOPICWIRE_CACHE", str(folder))
        assert open_encoder(str(tiny), precision="float32").encode(TEXTS).shape == (4, 16)
    return folder


@pytest.fixture
def full_cache(compiled_once, cache) -> Path:
    return Path(shutil.copytree(compiled_once, cache))


@pytest.fixture
def copy(tiny, tmp_path) -> Path:
    return Path(shutil.copytree(tiny, tmp_path / "copy"))


def test_an_encoder_unlike_its_reference_is_refused_and_the_reference_used(
    tiny, full_cache, monkeypatch
):
    """Word pieces are shifted on their way to the network; later runs refuse it at once."""
    next(full_cache.rglob("float32-*.json")).unlink()  # what the comparison said
    from embeddings.encoders import compiled

    run = compiled.run_batches

    def shifted(network, sequences, folder):
        return run(network, ([n + 1 for n in ids] for ids in sequences), folder)

    monkeypatch.setattr(compiled, "run_batches", shifted)
    for _ in range(2):
        encoder = open_encoder(str(tiny), precision="float32")
        vectors = encoder.encode(TEXTS)
        assert "not the reference's (mean cosine 0." in encoder.notes[0]
        reference = ReferenceEncoder("tiny", lambda e=encoder: e.folder).encode(TEXTS)
        assert np.array_equal(vectors, reference)


def test_a_cached_graph_with_a_changed_byte_is_made_again(tiny, full_cache):
    vectors = open_encoder(str(tiny), precision="float32").encode(TEXTS)
    place = next(full_cache.rglob("float32-*.json")).parent
    whole = (place / "model.bin").read_bytes()
    flip_a_byte(place / "model.bin")
    again = open_encoder(str(tiny), precision="float32")
    assert np.array_equal(again.encode(TEXTS), vectors)
    assert again.notes == ()
    assert (place / "model.bin").read_bytes() == whole


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
    with pytest.raises(ModelError, match=r"no-such-model is unknown .* give the folder"):
        open_encoder("no-such-model").encode(["x"])


def test_a_folder_without_a_model_says_what_is_expected(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="holds no model: expected"):
        open_encoder(str(tmp_path / "empty")).encode(["x"])


def test_pickled_weights_are_never_read(copy):
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickled weights are never read"):
        open_encoder(str(copy)).encode(["x"])


def test_pickled_weights_of_a_later_module_are_never_read(save_model, tmp_path):
    from sentence_transformers.base.modules import Dense
    from sentence_transformers.sentence_transformer.modules import Pooling

    folder = save_model(tmp_path / "model", after=[Pooling(16), Dense(16, 8)])
    assert "2_Dense/model.safetensors" in read_folder(folder, "m").hashes
    (folder / "2_Dense" / "model.safetensors").rename(folder / "2_Dense" / "pytorch_model.bin")
    with pytest.raises(ModelError, match="2_Dense, and pickled weights are never read"):
        read_folder(folder, "m")


def test_a_model_s_own_code_is_never_run(copy, tmp_path):
    (copy / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    modules = json.loads((copy / "modules.json").read_text())
    modules[1]["type"] = "own.Pooling"
    (copy / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelError, match="brings code of its own"):
        open_encoder(str(copy)).encode(["x"])
    assert not (tmp_path / "ran").exists()


def test_broken_weights_are_one_sentence(copy):
    (copy / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0not json")
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_encoder(str(copy)).encode(["x"])


def test_no_vocabulary_is_no_tokenizer(copy):
    """transformers would make one up that knows no word."""
    (copy / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"has no tokenizer\.json in"):
        read_folder(copy, "m")


def test_a_broken_tokenizer_is_one_sentence(copy):
    (copy / "tokenizer.json").write_text('{"model": []}')
    with pytest.raises(ModelError, match=r"The tokenizer of the model .* cannot be read"):
        WordPieces(read_folder(copy, "m")).encode(["x"])


@pytest.mark.parametrize("name", ["merges.txt", "spiece.model", "chat_template.jinja", "a.json"])
@pytest.mark.parametrize("place", ["", "1_Pooling"])
def test_every_file_that_a_loader_reads_counts(copy, name, place):
    found = {open_encoder(str(copy)).fingerprint}
    for content in ("{}", "{ }"):
        (copy / place / name).write_text(content)
        found.add(open_encoder(str(copy)).fingerprint)
    assert len(found) == 3


KIND = "sentence_transformers.sentence_transformer.modules"


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("modules.json", {}, "lists no modules"),
        ("modules.json", [], "lists no modules"),
        ("modules.json", ["Pooling"], "lists no modules"),
        ("modules.json", [{"type": 1, "path": ""}], "a module without type and path"),
        ("modules.json", [{"type": f"{KIND}.Pooling"}], "a module without type and path"),
        ("modules.json", [{"type": f"{KIND}.Pooling", "path": "../x"}], "outside its folder"),
        ("modules.json", [{"type": f"{KIND}.Router", "path": ""}], "has a module Router, which"),
        ("modules.json", [{"type": f"{KIND}.StaticEmbedding", "path": ""}], "--model static"),
        ("1_Pooling/config.json", [], "no JSON object"),
        ("config.json", "text", "no JSON object"),
        ("config.json", {"hidden_size": "wide"}, "hidden_size = 'wide': expected a whole"),
        ("config.json", {"max_position_embeddings": [1]}, r"max_position_embeddings = \[1\]"),
        ("sentence_bert_config.json", [], "no JSON object"),
        ("sentence_bert_config.json", {"max_seq_length": 0}, "max_seq_length = 0: expected"),
        ("sentence_bert_config.json", {"max_seq_length": True}, "max_seq_length = True"),
        ("sentence_bert_config.json", {"processing_kwargs": {"text": {}}}, "processing_kwargs"),
        ("sentence_bert_config.json", {"modality_config": {"message": {}}}, "plain text"),
        ("sentence_bert_config.json", {"transformer_task": "fill-mask"}, "for fill-mask: expected"),
        ("tokenizer_config.json", {"model_max_length": "long"}, "model_max_length = 'long'"),
        ("config_sentence_transformers.json", [], "no JSON object"),
        ("config_sentence_transformers.json", {"prompts": ["q: "]}, "prompts that cannot be read"),
        ("config_sentence_transformers.json", {"prompts": {"query": 1}}, "prompt query that is no"),
        ("config_sentence_transformers.json", {"default_prompt_name": []}, "cannot be read"),
        ("config_sentence_transformers.json", {"truncate_dim": -1}, "truncate_dim = -1"),
        ("config_sentence_transformers.json", {"model_type": "CrossEncoder"}, "is a CrossEncoder"),
        ("adapter_config.json", {}, "is an adapter"),
    ],
)
def test_a_configuration_of_another_kind_is_one_sentence(copy, file, content, said):
    if file == "config.json" or isinstance(content, str):
        (copy / "1_Pooling").rename(copy / "none")  # so that the transformer states the width
    (copy / file).write_text(json.dumps(content))
    with pytest.raises(ModelError, match=said) as caught:
        read_folder(copy, "m")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
@pytest.mark.parametrize("file", ["modules.json", "config.json", "1_Pooling/config.json"])
def test_what_is_not_json_is_one_sentence(copy, file, content):
    (copy / file).write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read as JSON"):
        read_folder(copy, "m")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
KEYS = {
    "modules.json": ("type", "path"),
    "config.json": ("hidden_size", "max_position_embeddings", "model_type", "pad_token_id"),
    "1_Pooling/config.json": ("pooling_mode", "embedding_dimension", "include_prompt"),
    "tokenizer_config.json": ("model_max_length", "chat_template"),
    "sentence_bert_config.json": ("max_seq_length", "modality_config", "do_lower_case"),
    "config_sentence_transformers.json": ("prompts", "default_prompt_name", "truncate_dim"),
}


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(file=st.sampled_from(sorted(KEYS)), data=st.data())
def test_no_configuration_ends_in_a_traceback(tiny, tmp_path, file, data):
    copy = tmp_path / "fuzzed"
    if not copy.exists():
        shutil.copytree(tiny, copy)
        (tmp_path / "cache").write_text("")  # nothing is kept: that would take the most time
    original = (copy / file).read_bytes()
    content = json.loads(original)
    part = content[-1] if isinstance(content, list) else content
    part[data.draw(st.sampled_from(KEYS[file]))] = data.draw(ANY)
    (copy / file).write_text(json.dumps(content))
    try:
        folder = read_folder(copy, "m")
    except ModelError:
        return
    finally:
        (copy / file).write_bytes(original)
    assert min(folder.max_length, folder.dimension) >= 1


def test_code_in_the_place_of_an_activation_is_never_run(save_model, tmp_path):
    from sentence_transformers.base.modules import Dense
    from sentence_transformers.sentence_transformer.modules import Pooling

    folder = save_model(tmp_path / "model", after=[Pooling(16), Dense(16, 8)])
    file = folder / "2_Dense" / "config.json"
    config = {**json.loads(file.read_text()), "activation_function": "own.Activation"}
    file.write_text(json.dumps(config))
    with pytest.raises(ModelError, match=r"code of its own \(own\.Activation\)"):
        read_folder(folder, "m")


@pytest.mark.parametrize("longest", [8, 16, 40, 254, 256, 8192])
def test_buckets_grow_by_a_half_at_most_and_end_at_the_window(longest):
    lengths = bucket_lengths(longest)
    assert lengths == sorted(set(lengths))
    assert lengths[-1] == longest
    assert all(b <= 2 * a for a, b in pairwise(lengths))
