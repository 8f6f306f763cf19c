"""The encoder for GPUs: sentence-transformers on torch, in half precision, on all of them.

None of this has run on a GPU yet: docs/decisions/gpu.md says what was tried and how to
measure it.
"""

from __future__ import annotations

import math
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.caching import cache_folder
from embeddings.encoders.devices import empty_cache, is_out_of_memory, name_device
from embeddings.encoders.folder import ModelFolder
from embeddings.encoders.loading import load_model
from embeddings.encoders.local import LocalEncoder, Window, unit_rows
from embeddings.encoders.parity import MEAN_COSINE, TEXTS, compare, read_parity, write_parity
from embeddings.encoders.pool import lacking_room, start_pool, stop_pool
from embeddings.encoders.protocol import Encoder, Role
from embeddings.encoders.reference import ReferenceEncoder
from embeddings.encoders.shapes import FixedShapes
from embeddings.errors import ModelError, TopicwireError, first_line

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Word pieces in a batch, meant to fill a large GPU even with a small model; halved when
# memory runs out. Unmeasured: benchmarks/gpu.py tries others.
PIECES = 8192

# What is tried, in this order, for each precision asked for. On Metal half precision has
# been seen to give wrong vectors (facebookresearch/dinov3 issue 288), so `auto` is float32.
_NUMBERS = {
    "auto": {"cuda": ("float16", "float32")},
    "bfloat16": {"cuda": ("bfloat16", "float32"), "mps": ("bfloat16", "float32")},
}

# Part of the records' names: raise it when the same numbers come to be computed otherwise.
_RECIPE = "1"


class AcceleratedEncoder(LocalEncoder):
    """The reference's vectors, computed by one GPU or by all that are visible.

    At the first use on a kind of device its vectors are compared with the reference's on
    fixed texts (``parity``); half precision that differs is refused for float32, and that
    for the CPU. ``notes`` says so. Batches have fixed shapes, as on the CPU.

    Several GPUs are a pool of processes of sentence-transformers. A script that uses them
    needs ``if __name__ == "__main__":``, as for any pool (Python's documentation,
    multiprocessing, "The spawn and forkserver start methods").

    Args:
        small: The CPU's encoder of the same model and fingerprint: it embeds small numbers
            of texts, and all where no GPU can.
        locate: Finds the model's folder; may raise ``ModelError``.
        precision: ``auto``, ``float32`` or ``bfloat16``.
        devices: Finds torch's names of what to compute on, as ``find_devices`` does; asked
            at the first use, since it may import torch.
        dimensions: Cut vectors to these first numbers (Matryoshka); ``None`` for all.
        pieces: Word pieces in a batch.
    """

    # Fewer texts than these are the CPU's: importing torch and loading a model onto a GPU takes
    # longer (about 8 s on two cores, against 2 s for 250 paragraphs).
    few = 256

    # Texts embedded while the next ones are tokenized, on each GPU. Unmeasured.
    portion = 4096

    # Texts for each GPU after which all share the work: their processes start one after
    # another, each importing torch (two took 13 s on two cores).
    pool_from = 16384

    def __init__(
        self,
        small: Encoder,
        locate: Callable[[], ModelFolder],
        precision: str,
        devices: Callable[[], tuple[str, ...]],
        dimensions: int | None = None,
        pieces: int = PIECES,
    ) -> None:
        super().__init__(small.name, locate, dimensions)
        self._small = small
        self._precision = precision
        self._find_devices = devices
        self._pieces_limit = pieces
        self._embedded = 0
        self._stop: Callable[[], object] | None = None
        # A pool has one queue of results, which two threads must not read at once.
        self._lock = threading.Lock()
        # Until it is known that a GPU computes.
        self.batch_size = small.batch_size

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how the vectors are made; complete after ``encode``."""
        shapes = self.__dict__.get("_shapes")
        less = []
        if shapes is not None and shapes.pieces < self._pieces_limit:
            less.append(
                f"A GPU's memory ran out: batches hold {shapes.pieces} word pieces "
                f"instead of {self._pieces_limit}."
            )
        return (*self._remarks, *less, *self._small.notes)

    @property
    def windowed(self) -> int:
        """How many of the texts encoded so far were longer, and read window by window."""
        return self._windowed + self._small.windowed

    def encode(self, texts: Sequence[str], role: Role = "passage") -> NDArray[np.float32]:
        """Embed texts of any length.

        Args:
            texts: Any number of them; fewer than ``few`` are left to the CPU.
            role: Whether they are passages or queries.

        Returns:
            Unit rows, float32 of shape ``(len(texts), dimension)``.

        Raises:
            ModelError: The model is missing or cannot be read, there is no such device, its
                memory does not hold one text, or a process of the pool ended.
        """
        if len(texts) < self.few or self._model is None:
            return self._small.encode(texts, role)
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), self.batch_size):
            chunk = list(texts[start : start + self.batch_size])
            vectors[start : start + len(chunk)] = self._encode_chunk(chunk, role)
        return vectors

    def close(self) -> None:
        """End the pool's processes, if there are any; the next ``encode`` starts new ones."""
        stop, self._stop = self._stop, None
        if stop is not None:
            stop()

    @cached_property
    def _devices(self) -> tuple[str, ...]:
        return self._find_devices()

    @cached_property
    def _model(self) -> SentenceTransformer | None:
        """The model in the best numbers that pass, or None where the CPU has to compute."""
        if self._devices != ("cpu",) and not self.folder.obstacle:
            kind = self._devices[0].partition(":")[0]
            for number in _NUMBERS.get(self._precision, {}).get(kind, ("float32",)):
                model = self._open(number)
                refusals = self._compare(model, number)
                if not refusals:
                    self.batch_size = 1024 if sys.platform == "darwin" else 2 * self.portion
                    return model
                self._remarks += refusals
            self._remarks.append("The CPU computes the vectors instead.")
        return None

    def _open(self, number: str) -> SentenceTransformer:
        import torch

        model = load_model(self.folder).to(getattr(torch, number))
        self._shapes = FixedShapes(model, self.folder.max_length, self._pieces_limit)
        return model

    def _compare(self, model: SentenceTransformer, number: str) -> list[str]:
        """Say on which kinds of device the vectors are not the reference's."""
        refusals = []
        for name, device in {name_device(device): device for device in self._devices}.items():
            record = _record(self.folder, number, name)
            mean = read_parity(record)
            if mean is None:
                windows, expected = self._expected
                try:
                    vectors = _run(model, _ids(windows), device=device)
                except TopicwireError:
                    raise
                except Exception as error:  # torch knows the card but was not built for it, say
                    refusals.append(
                        f"{self.name} in {number} fails on {name} ({first_line(error)})."
                    )
                    continue
                mean = compare(unit_rows(vectors), expected)
                write_parity(record, mean, number, name)
            if not mean >= MEAN_COSINE:  # nor where it is no number
                refusals.append(
                    f"{name}'s vectors of {self.name} in {number} are not the reference's "
                    f"(mean cosine {mean:.4f} over {len(TEXTS)} texts)."
                )
        return refusals

    @cached_property
    def _expected(self) -> tuple[list[Window], NDArray[np.float32]]:
        """The fixed texts and the reference's unit vectors of them."""
        role: Role = "query" if self.folder.prompts["query"] else "passage"
        windows = [window for parts in self._read(list(TEXTS), role) for window in parts]
        reference = ReferenceEncoder(self.name, lambda: self.folder)
        return windows, unit_rows(reference._embed(windows, role))

    def _embed(self, windows: Iterable[Window], role: Role) -> NDArray[np.float32]:  # noqa: ARG002
        with self._lock:
            model = self._model
            assert model is not None  # noqa: S101 - encode leaves these texts to the CPU
            count = len(self._devices)
            if self._stop is None and count > 1 and self._embedded >= self.pool_from * count:
                self._start_pool(model)
            share = 1 if self._stop is None else len(self._devices)
            waiting, running = iter(windows), []
            # A thread computes while this one tokenizes what comes next.
            thread = ThreadPoolExecutor(1)
            try:
                while portion := _ids(islice(waiting, share * self.portion)):
                    running.append(thread.submit(self._compute, model, portion))
                parts = [part.result() for part in running]
            except BaseException:  # Ctrl-C too
                self.close()  # ends what the thread may be waiting for
                thread.shutdown(cancel_futures=True)
                raise
            thread.shutdown()
            self._embedded += sum(map(len, parts))
            return np.concatenate(parts)

    def _compute(
        self, model: SentenceTransformer, ids: list[NDArray[np.int32]]
    ) -> NDArray[np.float32]:
        try:
            if self._stop is None:
                return _run(model, ids, device=self._devices[0])
            # Four parts for each GPU, of texts of one length, the long ones first: so the
            # processes end together, and batches are full.
            order = sorted(range(len(ids)), key=lambda row: -len(ids[row]))
            size = math.ceil(len(ids) / (4 * len(self._devices)))
            found = _run(model, [ids[row] for row in order], pool=self._pool, chunk_size=size)
            vectors = np.empty_like(found)
            vectors[order] = found
            return vectors
        except TopicwireError:
            raise
        except Exception as error:
            raise ModelError(
                f"Embedding on {', '.join(self._devices)} failed ({first_line(error)}); what is "
                "stored is kept: type the command again, set CUDA_VISIBLE_DEVICES=0 to use one "
                "GPU, or add --device cpu (a script of your own that uses several GPUs needs "
                '`if __name__ == "__main__":`).'
            ) from error

    def _start_pool(self, model: SentenceTransformer) -> None:
        lacking = lacking_room(model)
        if lacking:
            self._devices = self._devices[:1]
            self._remarks.append(f"{lacking}; one GPU is used instead of all.")
            return
        self._pool = start_pool(model, self._devices)
        self._stop = weakref.finalize(self, stop_pool, self._pool)
        for device in self._devices:
            empty_cache(device)  # the model has left for shared memory
        self.batch_size = 2 * self.portion * len(self._devices)


def _ids(windows: Iterable[Window]) -> list[NDArray[np.int32]]:
    return [np.array(window.ids, dtype=np.int32) for window in windows]


def _run(
    model: SentenceTransformer, ids: list[NDArray[np.int32]], **where: Any
) -> NDArray[np.float32]:
    """Encode word pieces on a ``device``, or in a ``pool`` in parts of ``chunk_size``.

    Raises:
        ModelError: The memory does not hold the model or one text.
        Exception: Anything else that torch or a process of the pool raises.
    """
    given: Any = ids  # FixedShapes.preprocess takes them where texts are expected
    try:
        found = model.encode(
            given,
            prompt="",  # it is among the word pieces
            batch_size=where.get("chunk_size", len(ids)),
            show_progress_bar=False,
            convert_to_numpy=True,
            **where,
        )
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise ModelError(
            f"The memory of {where.get('device', 'a GPU')} does not hold the model: end what "
            "else uses it, or type --device cpu."
        ) from error
    return np.asarray(found, dtype=np.float32)


def _record(folder: ModelFolder, number: str, device: str) -> Path:
    import torch

    key = blake2b(f"{_RECIPE} {torch.__version__} {number} {device}".encode(), digest_size=6)
    return cache_folder() / "models" / f"{folder.fingerprint}-gpu" / f"{key.hexdigest()}.json"
