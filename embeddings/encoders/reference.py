"""The reference encoder: sentence-transformers on torch, for any of its models."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.folder import ModelFolder, read_folder
from embeddings.encoders.local import LocalEncoder
from embeddings.errors import ModelError

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
        notes: Why the reference stands in for another encoder, if it does.
    """

    def __init__(
        self, name: str, locate: Callable[[], ModelFolder], notes: tuple[str, ...] = ()
    ) -> None:
        super().__init__(name, locate)
        self._notes = notes

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how the vectors are made."""
        return self._notes

    @cached_property
    def model(self) -> SentenceTransformer:
        """The loaded model; the first access imports torch and reads the weights."""
        return _load(self.folder)

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        import torch

        model, threads = self.model, torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            vectors = model.encode(texts, batch_size=1, show_progress_bar=False)
        finally:
            torch.set_num_threads(threads)
        return np.asarray(vectors, dtype=np.float32)


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
        raise ModelError(_MISSING) from error
    repository = name if "/" in name else f"sentence-transformers/{name}"
    wanted = ["*.json", "*.safetensors", "*.txt", "*.model"]
    copies_for_others = ["onnx/*", "openvino/*"]
    try:
        local = snapshot_download(repository, allow_patterns=wanted, local_files_only=True)
        return read_folder(Path(local), name)
    except Exception:  # noqa: S110 - no copy or half a copy: the same to us, ask the hub
        pass
    try:
        fetched = snapshot_download(
            repository, allow_patterns=wanted, ignore_patterns=copies_for_others
        )
    except Exception as error:  # the hub's client raises errors of four libraries
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise ModelError(
            f"The model {name} is unknown here and could not be fetched from the hub "
            f"({type(error).__name__}: {reason}): check the name, or name a folder with "
            "--model FOLDER."
        ) from error
    return read_folder(Path(fetched), name)


_MISSING = (
    "sentence-transformers is not installed, and this model needs it: type "
    "`pip install sentence-transformers`."
)


def _load(folder: ModelFolder) -> SentenceTransformer:
    try:
        with _quietly():
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(
                str(folder.path),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
    except ImportError as error:
        raise ModelError(_MISSING) from error
    except Exception as error:  # whatever a broken or foreign folder makes a loader raise
        reason = (str(error).strip() or repr(error)).splitlines()[0]
        raise ModelError(
            f"The model {folder.name} in {folder.path} cannot be loaded ({reason}): expected "
            "a folder saved by sentence-transformers."
        ) from error
    model.max_seq_length = folder.max_length
    return model.eval()


@contextmanager
def _quietly() -> Iterator[None]:
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
