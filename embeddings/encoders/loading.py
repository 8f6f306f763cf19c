"""Models found on disk or on the hub, and loaded with sentence-transformers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from embeddings.encoders.folder import ModelFolder, expect_unchanged, read_folder
from embeddings.errors import ModelError, first_line

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

T = TypeVar("T")

MISSING = (
    "sentence-transformers is not installed, and this model needs it: type "
    "`pip install sentence-transformers`."
)

# How a class of sentence-transformers reads a folder: nothing is asked elsewhere, no code of the
# folder's is run, and half-precision weights are widened, since the reference is in float32.
FROM_FOLDER: dict[str, Any] = {
    "device": "cpu",
    "local_files_only": True,
    "trust_remote_code": False,
    "model_kwargs": {"use_safetensors": True, "dtype": "float32"},
}


def find_named(name: str, fetch: bool) -> ModelFolder:
    """Find a sentence-transformers model by its hub name; the user's own copy first.

    The hub is asked only where this machine has no complete copy, and only if it may be:
    a name that stands in a database somebody sent is not the user's word. Files of code
    and pickled weights are not fetched.

    Args:
        name: As the hub has it; without an organisation, sentence-transformers'.
        fetch: Whether the hub may be asked.

    Raises:
        ModelError: There is no copy, and the hub has none, cannot be reached or is not
            asked.
    """
    return find_copy(name, fetch, read_folder)


def find_copy(name: str, fetch: bool, read: Callable[[Path, str], T]) -> T:
    """Find a model as ``find_named`` does, and read its folder.

    Args:
        name: As the hub has it.
        fetch: Whether the hub may be asked.
        read: Reads a folder, of the model of a name; raises ``ModelError`` where it is not whole.

    Raises:
        ModelError: As ``find_named``.
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
        return read(Path(local), name)
    except ModelError as error:
        refusal = error  # half a copy, or a model that is not read: the hub may have it whole
    except Exception:  # noqa: S110 - no copy: ask the hub
        pass
    if not fetch:
        raise refusal or ModelError(
            f"There is no copy of the model {name} here, and it is fetched only when it is asked "
            f"for by its name: type `topicwire cluster --model {name}`."
        )
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
            f"({type(error).__name__}: {reason}): check the name, or give the "
            "folder of a model in its place."
        ) from error
    return read(Path(fetched), name)


def load_model(folder: ModelFolder) -> SentenceTransformer:
    """Load a model with sentence-transformers, from its folder alone.

    Raises:
        ModelError: sentence-transformers is missing or cannot load the folder, or a file
            is not the one that was checked.
    """
    expect_unchanged(folder)
    try:
        with quietly():
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(str(folder.path), **FROM_FOLDER)
    except ImportError as error:
        raise ModelError(MISSING) from error
    except Exception as error:  # whatever a broken or foreign folder makes a loader raise
        raise ModelError(
            f"The model {folder.name} in {folder.path} cannot be loaded "
            f"({first_line(error)}): expected a folder saved by sentence-transformers."
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
