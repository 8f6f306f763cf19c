"""The reference encoder: sentence-transformers on torch, for any of its models."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.folder import ModelFolder, read_folder
from embeddings.encoders.local import LocalEncoder, Window
from embeddings.encoders.protocol import Role
from embeddings.errors import ModelError, first_line

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class ReferenceEncoder(LocalEncoder):
    """Vectors as sentence-transformers computes them, in float32 on the CPU.

    Texts go through one at a time on one core: a batch pads them to its longest text and
    more threads add up in another order, which moves the last bits of a vector. On two
    cores it is as fast as batches of 32 (docs/decisions/encoder.md); many stay idle.

    Args:
        name: The model as a user would name it.
        locate: Finds the model's folder; may raise ``ModelError``.
        dimensions: Cut vectors to these first numbers (Matryoshka); ``None`` for all.
    """

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model; the first access imports torch and reads the weights."""
        model = load_model(self.folder)
        if self.folder.local_attention and model.transformers_model is not None:
            # A padding piece sees nothing but padding here. Torch's fused attention copes
            # with that; OpenVINO's, to which this model may be exported, gives NaN.
            model.transformers_model.set_attn_implementation("eager")
        return model

    def _embed(self, windows: Iterable[Window], role: Role) -> NDArray[np.float32]:
        import torch

        found = list(windows)
        model, threads = self.model, torch.get_num_threads()
        # sentence-transformers fails on a text of which its tokenizer makes nothing.
        empty = [row for row, window in enumerate(found) if window.ids == [0]]
        full = [row for row, window in enumerate(found) if window.ids != [0]]
        vectors = np.empty((len(found), self.folder.dimension), dtype=np.float32)
        torch.set_num_threads(1)
        try:
            if full:
                vectors[full] = model.encode(
                    [found[row].text for row in full],
                    prompt=self.folder.prompts[role],
                    batch_size=1,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                )
            if empty:
                vectors[empty] = _embed_nothing(model)
        finally:
            torch.set_num_threads(threads)
        return vectors


def _embed_nothing(model: SentenceTransformer) -> NDArray[np.float32]:
    import torch

    one = torch.ones((1, 1), dtype=torch.int64)
    with torch.inference_mode():
        found = model({"input_ids": one * 0, "attention_mask": one})["sentence_embedding"]
    vector: NDArray[np.float32] = found[0].numpy()
    return vector


def find_named(name: str) -> ModelFolder:
    """Find a sentence-transformers model by its hub name; the user's own copy first.

    The hub is asked only where this machine has no complete copy. Files of code and
    pickled weights are not fetched.

    Raises:
        ModelError: There is no copy, and the hub has none or cannot be reached.
    """
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise ModelError(MISSING) from error
    repository = name if "/" in name else f"sentence-transformers/{name}"
    wanted = ["*.json", "*.safetensors", "*.txt", "*.model", "*.vocab", "*.tiktoken", "*.jinja"]
    copies_for_others = ["onnx/*", "openvino/*"]
    refusal: ModelError | None = None
    try:
        local = snapshot_download(repository, allow_patterns=wanted, local_files_only=True)
        return read_folder(Path(local), name)
    except ModelError as error:
        refusal = error  # half a copy, or a model that is not read: the hub may have it whole
    except Exception:  # noqa: S110 - no copy: ask the hub
        pass
    try:
        fetched = snapshot_download(
            repository, allow_patterns=wanted, ignore_patterns=copies_for_others
        )
    except Exception as error:  # the hub's client raises errors of four libraries
        if refusal:
            raise refusal from error
        reason = first_line(error)
        raise ModelError(
            f"The model {name} is unknown here and could not be fetched from the hub "
            f"({type(error).__name__}: {reason}): check the name, or name a folder with "
            "--model FOLDER."
        ) from error
    return read_folder(Path(fetched), name)


MISSING = (
    "sentence-transformers is not installed, and this model needs it: type "
    "`pip install sentence-transformers`."
)


def load_model(folder: ModelFolder) -> SentenceTransformer:
    """Load a model with sentence-transformers, from its folder alone.

    Raises:
        ModelError: sentence-transformers is missing or cannot load the folder.
    """
    try:
        with quietly():
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(
                str(folder.path),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                # Half-precision weights are widened: the reference computes in float32.
                model_kwargs={"use_safetensors": True, "dtype": "float32"},
            )
    except ImportError as error:
        raise ModelError(MISSING) from error
    except Exception as error:  # whatever a broken or foreign folder makes a loader raise
        reason = (str(error).strip() or repr(error)).splitlines()[0]
        raise ModelError(
            f"The model {folder.name} in {folder.path} cannot be loaded ({reason}): expected "
            "a folder saved by sentence-transformers."
        ) from error
    model.max_seq_length = folder.max_length
    model.truncate_dim = None  # vectors are cut by LocalEncoder, after the pooling of windows
    return model.eval()


@contextmanager
def quietly() -> Iterator[None]:
    """Keep the loader's bars and third-party warnings out of the user's terminal."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
