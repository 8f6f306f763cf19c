"""The static encoder: a table distilled once, and sums of its rows."""

import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.encoders import distilling, static
from embeddings.encoders.opening import open_encoder
from embeddings.encoders.tokens import load_tokenizer
from embeddings.errors import InputError
from embeddings.vectors.neighbours import find_neighbours

TEXTS = [
    "Peace talks in Geneva",
    "talks",
    "",
    " \n ",
    "peace  talks\tin\n Geneva",
    "правительство опровергло",
    "联合国安理会周三举行紧急会议。" * 9,
    "again " * 200,
]


@pytest.fixture(scope="module")
def tiny(save_model, tmp_path_factory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def cache(shared_cache, monkeypatch) -> Path:
    monkeypatch.setenv("TOPICWIRE_CACHE", str(shared_cache))
    return shared_cache


@pytest.fixture
def own_cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("TOPICWIRE_CACHE", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.fixture
def encoder(tiny, cache) -> static.StaticEncoder:
    return open_encoder(f"static:{tiny}")


def no_distilling(folder):
    raise AssertionError("distilled again")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(st.sampled_from(TEXTS) | st.text(max_size=30), max_size=12))
def test_a_text_s_vector_depends_on_the_text_alone_bit_for_bit(encoder, texts):
    """Other texts beside it, their order, and words met before change nothing."""
    known = encoder.encode(TEXTS + texts)[len(TEXTS) :]
    fresh = static.StaticEncoder("tiny", lambda: encoder.folder)
    alone = [fresh.encode([text])[0] for text in texts]
    assert known.shape == (len(texts), encoder.dimension)
    assert all(np.array_equal(a, b) for a, b in zip(alone, known, strict=True))


def test_forgotten_words_change_no_vector(encoder, tiny):
    texts = [f"peace {n} talks {'in' * n}" for n in range(50)] * 2
    expected = encoder.encode(texts)
    small = open_encoder(f"static:{tiny}")
    small.most_words, small.longest_word, small.chunk = 5, 12, 7
    assert np.array_equal(small.encode(texts), expected)
    assert len(small._known) <= 7 * 4


def test_rows_are_of_length_one_and_zero_without_a_known_piece(encoder):
    texts = [*TEXTS, "\u0e01\u0e02", "[SEP] [CLS]", "[UNK]"]
    lengths = np.linalg.norm(encoder.encode(texts), axis=1)
    empty = [not text.strip() or text in texts[-3:] for text in texts]
    assert lengths == pytest.approx(np.where(empty, 0, 1), abs=1e-6)


def test_neighbours_of_texts_without_a_known_piece_are_numbers(encoder):
    graph = find_neighbours(encoder.encode(["", "peace", "talks", "\u0e01", "peace talks"]), 2)
    assert np.isfinite(graph.similarities).all()


def test_the_end_of_a_long_text_is_read(encoder):
    long = "in " * 5_000
    one, other = encoder.encode([long + "peace " * 5_000, long])
    assert one @ other < 0.999
    assert encoder.windowed == 0


def test_passages_and_queries_are_read_alike(encoder):
    assert np.array_equal(encoder.encode(TEXTS, "query"), encoder.encode(TEXTS, "passage"))


@pytest.mark.parametrize(
    "architecture", ["roberta", "xlm-roberta", "mpnet", "modernbert", "t5", "qwen"]
)
def test_other_tokenizers_and_transformers_are_distilled(architecture, save_model, tmp_path):
    folder = save_model(tmp_path / architecture, architecture)
    encoder = open_encoder(f"static:{folder}")
    vectors = encoder.encode(
        ["Peace talks in Geneva", "were put off again", "talks Peace Geneva in", ""]
    )
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-5)
    assert abs(vectors[0] @ vectors[1]) < 0.99
    assert not vectors[3].any()


@pytest.mark.parametrize("architecture", ["bert", "roberta", "xlm-roberta", "t5"])
def test_a_text_is_the_sum_of_the_pieces_the_model_makes_of_it(architecture, save_model, tmp_path):
    """Word by word gives the pieces of the whole: those that start a word know that they do."""
    folder = save_model(tmp_path / architecture, architecture)
    encoder = open_encoder(f"static:{folder}")
    text = "Peace talks in Geneva were put off again."
    (found,) = encoder.encode([text])
    ids = load_tokenizer(encoder.folder).encode(f" {text}", add_special_tokens=False).ids
    expected = encoder._table[ids].sum(axis=0)
    assert found == pytest.approx(expected / np.linalg.norm(expected), abs=1e-6)


def test_a_later_process_reads_the_table_and_loads_no_torch(encoder, tiny):
    expected = encoder.encode(TEXTS[:1])
    script = (
        "import sys; from embeddings.encoders.opening import open_encoder;"
        f"e = open_encoder({f'static:{tiny}'!r}); v = e.encode([{TEXTS[0]!r}]);"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & sys.modules.keys();"
        "assert not heavy, heavy; print(v.tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == expected.tobytes().hex()


def test_a_table_that_another_process_distils_is_waited_for(tiny, own_cache, monkeypatch):
    expected = open_encoder(f"static:{tiny}").encode(TEXTS)
    folder = own_cache / "static"
    kept = folder.rename(own_cache / "kept")
    folder.mkdir()
    (table,) = kept.glob("*.npy")
    looked, read = threading.Event(), static._read

    def look(place):
        found = read(place)
        looked.set()
        return found

    monkeypatch.setattr(static, "_read", look)
    monkeypatch.setattr(distilling, "distil", no_distilling)
    with ThreadPoolExecutor(1) as pool:
        with FileLock(folder / f"{table.stem}.lock"):
            rows = pool.submit(lambda: open_encoder(f"static:{tiny}").encode(TEXTS))
            assert looked.wait(60)
            time.sleep(0.2)
            for file in kept.glob("*.[nj]*"):
                file.rename(folder / file.name)
        assert np.array_equal(rows.result(), expected)


def test_a_damaged_table_is_distilled_again(tiny, own_cache):
    expected = open_encoder(f"static:{tiny}").encode(TEXTS)
    (table,) = (own_cache / "static").glob("*.npy")
    table.write_bytes(table.read_bytes()[:-100])
    assert np.array_equal(open_encoder(f"static:{tiny}").encode(TEXTS), expected)
    assert np.load(table, allow_pickle=False).shape[1] == 16


def test_a_table_of_another_kind_is_distilled_again(tiny, own_cache):
    expected = open_encoder(f"static:{tiny}").encode(TEXTS)
    (table,) = (own_cache / "static").glob("*.npy")
    np.save(table, np.array(["some", "words"]))
    assert np.array_equal(open_encoder(f"static:{tiny}").encode(TEXTS), expected)


def test_a_table_that_another_was_put_in_place_of_is_distilled_again(tiny, own_cache):
    expected = open_encoder(f"static:{tiny}").encode(TEXTS)
    (file,) = (own_cache / "static").glob("*.npy")
    np.save(file, np.load(file)[::-1])
    assert np.array_equal(open_encoder(f"static:{tiny}").encode(TEXTS), expected)


def test_a_cache_that_cannot_be_written_costs_time_only(tiny, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TOPICWIRE_CACHE", str(tmp_path / "file" / "cache"))
    encoder = open_encoder(f"static:{tiny}")
    assert encoder.encode(TEXTS).shape == (8, 16)
    assert "static table could not be kept" in encoder.notes[-1]


def test_a_table_half_written_is_not_left_behind(tiny, own_cache, monkeypatch):
    def fill_the_disk(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "replace", fill_the_disk)
    encoder = open_encoder(f"static:{tiny}")
    assert encoder.encode(TEXTS).shape == (8, 16)
    assert "No space left on device" in encoder.notes[-1]
    assert [file.suffix for file in (own_cache / "static").iterdir()] == [".lock"]


def test_opening_and_naming_distil_nothing(tiny, own_cache):
    encoder = open_encoder(f"static:{tiny}")
    assert encoder.name == f"static:{tiny}"
    assert encoder.description.startswith(f"static:{tiny} (16 dimensions, ")
    assert encoder.notes == ()
    assert not (own_cache / "static").exists()


def test_fingerprints_tell_model_recipe_and_dimensions_apart(tiny, encoder, tmp_path, monkeypatch):
    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))
    assert open_encoder(f"static:{copy}").fingerprint == encoder.fingerprint
    content = bytearray((copy / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (copy / "model.safetensors").write_bytes(content)
    prints = {
        encoder.fingerprint,
        open_encoder(str(tiny)).fingerprint,
        open_encoder(f"static:{copy}").fingerprint,
        open_encoder(f"static:{tiny}", dimensions=5).fingerprint,
    }
    monkeypatch.setattr(static, "_RECIPE", "next")
    assert len({*prints, encoder.fingerprint}) == 5


def test_fewer_dimensions_are_the_first_of_all(tiny, encoder):
    first = encoder.encode(TEXTS)[:, :5]
    lengths = np.linalg.norm(first, axis=1, keepdims=True)
    expected = first / np.where(lengths > 0, lengths, 1)
    found = open_encoder(f"static:{tiny}", dimensions=5).encode(TEXTS)
    assert found == pytest.approx(expected, abs=1e-6)


def test_more_dimensions_than_there_are_say_what_to_type(tiny):
    with pytest.raises(InputError, match="of 16 dimensions, and 17 were asked for: leave out"):
        open_encoder(f"static:{tiny}", dimensions=17).encode(["peace"])


def test_the_last_bits_of_the_model_s_vectors_hardly_turn_the_table(tiny, monkeypatch):
    """Another machine adds up in another order; its table must give the same vectors."""
    folder = open_encoder(f"static:{tiny}").folder
    one = distilling.distil(folder).astype(np.float32)
    embed, seeds = distilling._embed, count(1)

    def shaken(*given):
        vectors = embed(*given)
        noise = np.random.default_rng(next(seeds)).standard_normal(vectors.shape)
        return (vectors + 1e-6 * noise).astype(np.float32)

    monkeypatch.setattr(distilling, "_embed", shaken)
    other = distilling.distil(folder).astype(np.float32)
    some = one.any(axis=1)
    cosines = (one * other).sum(1)[some]
    cosines /= np.linalg.norm(one[some], axis=1) * np.linalg.norm(other[some], axis=1)
    assert not np.array_equal(one, other)
    assert cosines.min() > 0.9999


def test_the_fit_finds_what_each_piece_counts_among_others():
    """Half of the pieces say nothing in company, which none of them shows alone."""
    rng = np.random.default_rng(3)
    alone = rng.standard_normal((60, 8)).astype(np.float32)
    true = alone.copy()
    true[:30] = 0
    texts = rng.integers(0, 60, (2_000, 4))
    vectors = true[texts].sum(axis=1)
    lengths = np.linalg.norm(distilling._fit(texts, vectors, alone), axis=1)
    assert lengths[:30].max() < 0.2 * lengths[30:].min()


def test_pieces_never_drawn_stay_what_they_were_alone():
    rng = np.random.default_rng(4)
    alone = rng.standard_normal((20, 8)).astype(np.float32)
    texts = rng.integers(0, 19, (200, 4))
    fitted = distilling._fit(texts, alone[texts].mean(axis=1), alone)
    assert fitted[19] @ alone[19] == pytest.approx(
        float(np.linalg.norm(fitted[19]) * np.linalg.norm(alone[19])), rel=1e-5
    )


def test_which_way_an_axis_points_is_the_rows_own(monkeypatch):
    """An eigenvector times -1 is one, too, and libraries differ in which they return."""
    rows = np.random.default_rng(5).standard_normal((30, 8)).astype(np.float32)
    expected = distilling._components(rows, 4)
    solve = np.linalg.eigh

    def turned(matrix):
        values, axes = solve(matrix)
        return values, axes * np.array([1, -1] * 4)

    monkeypatch.setattr(np.linalg, "eigh", turned)
    assert np.array_equal(distilling._components(rows, 4), expected)
