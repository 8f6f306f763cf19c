"""Models of other architectures, poolings, prompts and windows, against sentence-transformers."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize
from sentence_transformers.sentence_transformer import modules
from torch.nn import GELU
from torch.nn import Module as TorchModule

from embeddings.encoders.folder import read_folder
from embeddings.encoders.local import LocalEncoder
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import read_package
from embeddings.encoders.parity import TEXTS as PARITY_TEXTS
from embeddings.encoders.reference import ReferenceEncoder
from embeddings.encoders.tokens import WordPieces
from embeddings.errors import InputError, ModelError

TEXTS = [
    "Peace talks in Geneva",
    "a",
    "  REBELS say\tit\u00a0 \x07 ",
    "نفى المتحدث",
    "Правительство",
    "联合国安理会",
    "yeni STADI İçin",
    "① ﬁve <s> [MASK] </s>",
]
LONG = "Peace talks were put off. Rebels say (again) they have it; no, they do not. " * 3


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("TOPICWIRE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TOPICWIRE_MODEL", raising=False)
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def bert(save_model, tmp_path_factory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "bert")


@pytest.fixture
def copy(bert, tmp_path) -> Path:
    return Path(shutil.copytree(bert, tmp_path / "copy"))


def change(file: Path, **values: object) -> None:
    content = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**content, **values}))


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def open_reference(folder: Path, dimensions: int | None = None) -> ReferenceEncoder:
    return ReferenceEncoder("small", lambda: read_folder(folder, "small"), dimensions)


def pool(*modes: str, **options: bool) -> TorchModule:
    return modules.Pooling(16, pooling_mode=modes, **options)


MODELS = {
    "distilbert": (
        [
            modules.WeightedLayerPooling(16, num_hidden_layers=1, layer_start=0),
            pool("mean"),
            Dense(16, 12, activation_function=GELU()),
            Normalize(),
        ],
        {"settings": {"config_kwargs": {"output_hidden_states": True}}},
    ),
    "mpnet": (
        [
            pool("cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"),
            modules.LayerNorm(80),
            modules.Dropout(0.5),
        ],
        {},
    ),
    "roberta": ([pool("cls")], {"settings": {"do_lower_case": True}}),
    "xlm-roberta": ([pool("mean")], {"prompts": {"query": "put off: ", "document": "again: "}}),
    "modernbert": ([pool("mean")], {}),
    "t5": ([pool("weightedmean")], {}),
    "qwen": ([pool("lasttoken")], {}),
}


@pytest.mark.parametrize("architecture", MODELS)
def test_compiled_vectors_are_those_of_sentence_transformers(save_model, tmp_path, architecture):
    after, general = MODELS[architecture]
    folder = save_model(tmp_path / architecture, architecture, after, **general)
    encoder = open_encoder(str(folder), precision="float32")
    expected = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    for role, encode in (("passage", expected.encode_document), ("query", expected.encode_query)):
        vectors = encoder.encode(TEXTS, role)
        assert np.sum(vectors * unit(encode(TEXTS, batch_size=1)), axis=1).min() > 0.9999
        assert np.array_equal(encoder.encode(TEXTS[::-1], role)[::-1], vectors)
    assert encoder.notes == ()
    both = encoder.encode(TEXTS), encoder.encode(TEXTS, "query")
    assert np.array_equal(*both) == (architecture != "xlm-roberta")
    # A text of nothing, which sentence-transformers cannot always encode, and a long one.
    assert np.isfinite(encoder.encode(["", LONG])).all()
    assert encoder.windowed == 1


def test_a_prompt_left_out_of_the_pooling_is_the_reference_s_work(save_model, tmp_path):
    """The query's prompt alone is left out: the passages would not give it away."""
    after, prompts = [pool("mean", include_prompt=False)], {"query": "put off again: "}
    folder = save_model(tmp_path / "model", "distilbert", after, prompts=prompts)
    encoder = open_encoder(str(folder))
    expected = SentenceTransformer(str(folder), device="cpu").encode_query(TEXTS, batch_size=1)
    assert np.sum(encoder.encode(TEXTS, "query") * unit(expected), axis=1).min() > 0.99999
    assert "leaves its prompts out of the pooling; sentence-tr" in encoder.notes[0]


def test_half_precision_weights_are_computed_in_float32(bert, tmp_path):
    model = SentenceTransformer(str(bert), device="cpu").half()
    model.save(str(tmp_path / "half"))
    assert open_reference(tmp_path / "half").model.dtype.itemsize == 4


# Tokenizers


def test_the_default_model_s_own_file_is_the_tokenizer_of_sentence_transformers():
    from transformers import AutoTokenizer

    folder = read_package()
    expected = AutoTokenizer.from_pretrained(str(folder.path), local_files_only=True)
    texts = [*PARITY_TEXTS, *TEXTS]
    assert WordPieces(folder).encode(texts) == [expected(text)["input_ids"] for text in texts]


def same_pieces(folder: Path) -> bool:
    expected = SentenceTransformer(str(folder), device="cpu").tokenizer
    pieces = WordPieces(read_folder(folder, "small"))
    return pieces.encode(TEXTS) == [expected(text)["input_ids"] for text in TEXTS]


def test_options_that_tokenizer_json_does_not_state_count(copy):
    """transformers follows tokenizer_config.json where the two differ."""
    upper = WordPieces(read_folder(copy, "small")).encode(["Peace"])
    change(copy / "tokenizer_config.json", do_lower_case=False)
    assert same_pieces(copy)
    assert WordPieces(read_folder(copy, "small")).encode(["Peace"]) != upper


def test_lower_casing_by_the_module_is_followed(save_model, tmp_path):
    folder = save_model(tmp_path / "model", "roberta")
    change(folder / "sentence_bert_config.json", do_lower_case=True)
    assert same_pieces(folder)
    lower, upper = WordPieces(read_folder(folder, "small")).encode(["peace", "PEACE"])
    assert lower == upper


def test_a_vocabulary_alone_is_a_tokenizer(copy):
    vocabulary = json.loads((copy / "tokenizer.json").read_text())["model"]["vocab"]
    (copy / "vocab.txt").write_text("\n".join(sorted(vocabulary, key=vocabulary.get)))
    before = WordPieces(read_folder(copy, "small")).encode(TEXTS)
    (copy / "tokenizer.json").unlink()
    assert WordPieces(read_folder(copy, "small")).encode(TEXTS) == before
    assert same_pieces(copy)


def test_a_tokenizer_is_built_once(copy, cache, monkeypatch):
    """The second time, transformers need not be there."""
    before = WordPieces(read_folder(copy, "small")).encode(TEXTS)
    assert len(list((cache / "tokenizers").glob("*.json"))) == 1
    monkeypatch.setitem(sys.modules, "transformers", None)
    assert WordPieces(read_folder(copy, "small")).encode(TEXTS) == before


def test_a_damaged_kept_tokenizer_is_built_again(copy, cache):
    before = WordPieces(read_folder(copy, "small")).encode(TEXTS)
    next((cache / "tokenizers").glob("*.json")).write_text("{")
    assert WordPieces(read_folder(copy, "small")).encode(TEXTS) == before


# Prompts

ASYMMETRIC = {"query": "query: ", "passage": "passage: "}


@pytest.mark.parametrize(
    ("general", "query", "passage"),
    [
        ({"prompts": ASYMMETRIC}, "query: ", "passage: "),
        ({"prompts": {"query": "", "document": "", "passage": "p: "}}, "", "p: "),
        ({"prompts": {"document": "d: "}}, "", "d: "),
        ({"prompts": {"query": "q: "}, "default_prompt_name": "query"}, "q: ", ""),
        ({"prompts": {"s": "s: "}, "default_prompt_name": "s"}, "s: ", "s: "),
        ({"prompts": {"s": "s: "}, "default_prompt_name": None}, "", ""),
        ({"prompts": {"query": None}}, "", ""),
        ({"prompts": None}, "", ""),
        ({}, "", ""),
    ],
)
def test_each_role_has_its_own_prompt_or_the_default(copy, general, query, passage):
    (copy / "config_sentence_transformers.json").write_text(json.dumps(general))
    assert read_folder(copy, "small").prompts == {"query": query, "passage": passage}


def test_a_passage_s_prompt_counts_beside_the_empty_one_that_is_saved(save_model, tmp_path):
    folder = save_model(tmp_path / "model", prompts=ASYMMETRIC)
    saved = json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]
    assert saved["document"] == ""
    encoder, expected = open_reference(folder), SentenceTransformer(str(folder), device="cpu")
    for role in ("query", "passage"):
        vectors = unit(expected.encode(TEXTS, prompt_name=role, batch_size=1))
        assert np.sum(encoder.encode(TEXTS, role) * vectors, axis=1).min() > 0.99999


def test_another_prompt_is_another_fingerprint(copy):
    file = copy / "config_sentence_transformers.json"
    found = set()
    for prompts in ({}, ASYMMETRIC, {**ASYMMETRIC, "query": "query:"}):
        change(file, prompts=prompts)
        found.add(open_encoder(str(copy)).fingerprint)
    assert len(found) == 3


def test_a_prompt_that_fills_the_window_is_one_sentence(copy):
    change(copy / "config_sentence_transformers.json", prompts={"query": "peace " * 40})
    with pytest.raises(ModelError, match=r"reads 40 word pieces .* its prompt of a query"):
        open_reference(copy).encode(["x"])


# Dimensions


@pytest.mark.parametrize("after", [[], [Normalize()], [Dense(16, 12)]], ids=len)
def test_cut_vectors_are_those_of_truncate_dim(save_model, tmp_path, after):
    folder = save_model(tmp_path / "model", after=[pool("mean"), *after])
    whole, cut = open_reference(folder), open_reference(folder, 8)
    expected = SentenceTransformer(str(folder), device="cpu", truncate_dim=8)
    vectors = unit(expected.encode(TEXTS, batch_size=1))
    assert np.sum(cut.encode(TEXTS) * vectors, axis=1).min() > 0.99999
    assert cut.fingerprint != whole.fingerprint
    with pytest.raises(InputError, match=r"and 17 were asked for: leave out --dimensions"):
        open_reference(folder, 17).encode(["x"])


def test_a_model_may_cut_its_vectors_itself(save_model, tmp_path):
    folder = save_model(tmp_path / "model", truncate_dim=8)
    expected = unit(SentenceTransformer(str(folder), device="cpu").encode(TEXTS, batch_size=1))
    assert expected.shape == (8, 8)
    assert np.sum(open_reference(folder).encode(TEXTS) * expected, axis=1).min() > 0.99999
    assert open_reference(folder, 12).encode(TEXTS).shape == (8, 12)


# Windows


@pytest.mark.parametrize(
    ("own", "tokenizer", "config", "window"),
    [
        ({"max_seq_length": 30}, {}, {}, 30),
        ({"max_seq_length": None}, {"model_max_length": 20}, {}, 20),
        ({}, {"model_max_length": 10**30}, {}, 40),
        ({"max_seq_length": 10**30}, {"model_max_length": 20}, {}, 40),
        ({"max_seq_length": 99}, {}, {}, 40),
        ({}, {"model_max_length": 1e30}, {"max_position_embeddings": -1}, 512),
        ({}, {"model_max_length": 64}, {"max_position_embeddings": None}, 64),
        ({}, {}, {"model_type": "xlm-roberta", "pad_token_id": 1}, 38),
    ],
)
def test_the_window_is_the_least_of_what_is_stated(copy, own, tokenizer, config, window):
    change(copy / "sentence_bert_config.json", **own)
    change(copy / "tokenizer_config.json", **tokenizer)
    change(copy / "config.json", **config)
    assert read_folder(copy, "small").max_length == window


def test_the_last_position_of_a_shifted_table_can_be_read(save_model, tmp_path):
    folder = save_model(tmp_path / "model", "xlm-roberta")
    change(folder / "tokenizer_config.json", model_max_length=10**30)
    encoder = open_reference(folder)
    assert encoder.folder.max_length == 40
    assert np.isfinite(encoder.encode(["a " * n for n in range(36, 50)])).all()


@pytest.fixture(scope="module")
def reader(bert, tmp_path_factory) -> LocalEncoder:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOPICWIRE_CACHE", str(tmp_path_factory.mktemp("cache")))
        encoder = open_reference(bert)
        encoder.encode(["warm"])
        return encoder


WORDS = st.sampled_from(
    ["peace", "talks.", "Rebels", "联合国安理会。", "it;", "\n", "İçin", "x" * 30]
)


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(words=st.lists(WORDS, min_size=1, max_size=120))
def test_a_long_text_is_the_mean_of_its_windows_weighted_by_length(reader, words):
    text = " ".join(words)
    windows = next(reader._read([text], "passage"))
    assert "".join("".join(w.text.split()) for w in windows) == "".join(text.split())
    assert all(len(window.ids) <= 40 for window in windows)
    weights = [len(window.ids) for window in windows]
    before = reader.windowed
    vector = reader.encode(["peace", text, LONG])[1]
    assert reader.windowed - before == 1 + (len(windows) > 1)
    mean = weights @ reader.encode([window.text for window in windows])
    assert np.allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)
    assert np.array_equal(reader.encode([text])[0], vector)
