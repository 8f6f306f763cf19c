"""A sentence-transformers model made to compute in batches of fixed shape on a GPU."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.batches import bucket_lengths
from embeddings.encoders.devices import empty_cache, is_out_of_memory
from embeddings.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class FixedShapes:
    """Stands in for the two methods that a model's ``encode`` calls on each batch.

    ``preprocess`` takes word pieces instead of texts, ``forward`` regroups the batch. Each
    text goes through the shape of its length's bucket, with a fixed number of rows (see
    ``batches``). When memory runs out the batch is halved and only what failed is done
    again, here, in the process that computes: a pool of processes knows nothing of it.

    Args:
        model: The model; its ``preprocess`` and ``forward`` are replaced.
        longest: The most word pieces it reads, special ones included.
        pieces: Word pieces in a batch.
    """

    def __init__(self, model: SentenceTransformer, longest: int, pieces: int) -> None:
        import torch

        self._forward = model.forward
        # Every second length of the CPU's: of each, a large batch is left half empty.
        self._lengths = sorted({*bucket_lengths(longest)[::2], longest})
        # One number for all processes of a pool: a tensor in shared memory stays shared
        # when the model is sent to them.
        self._pieces = torch.tensor(pieces, dtype=torch.int64).share_memory_()  # type: ignore[no-untyped-call]
        model.preprocess = self.preprocess  # type: ignore[method-assign, assignment]
        model.forward = self.forward  # type: ignore[method-assign, assignment]

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Arrive in a process of a pool, which must not outlive the one that started it."""
        from tqdm import tqdm  # type: ignore[import-untyped]

        self.__dict__.update(state)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started us
        # Its own lock would be a semaphore that the end of the process leaves behind.
        tqdm.set_lock(threading.RLock())
        threading.Thread(target=_die_with_parent, daemon=True).start()

    @property
    def pieces(self) -> int:
        """Word pieces in a batch: as asked for, or what memory allowed."""
        return int(self._pieces.item())

    def preprocess(
        self,
        inputs: Sequence[NDArray[np.int32]],
        prompt: str | None = None,  # noqa: ARG002 - part of the interface; the ids hold it
    ) -> dict[str, Any]:
        """Pad the word pieces of some texts to one length; torch tensors of int64."""
        import torch

        lengths = [len(ids) for ids in inputs]
        padded = np.zeros((len(inputs), max(lengths)), dtype=np.int64)
        for row, ids in enumerate(inputs):
            padded[row, : len(ids)] = ids
        return {"input_ids": torch.from_numpy(padded), "lengths": lengths}

    def forward(self, features: dict[str, Any]) -> dict[str, Any]:
        """Return the vector of each row, a torch tensor on the same device.

        Raises:
            ModelError: The memory does not even hold one text.
        """
        import torch

        ids, lengths = features["input_ids"], features["lengths"]
        members: dict[int, list[int]] = {}
        for row, length in enumerate(lengths):
            members.setdefault(self._lengths[bisect_left(self._lengths, length)], []).append(row)
        order: list[int] = []
        parts: list[Any] = []
        for length, rows in sorted(members.items(), reverse=True):
            done = 0
            while done < len(rows):
                size = max(1, self.pieces // length)
                batch = rows[done : done + size]
                part = self._attempt(ids, batch, [lengths[row] for row in batch], (size, length))
                if part is None:
                    self._halve(size, length, ids.device)
                    continue
                parts.append(part)
                order += batch
                done += len(batch)
        found = torch.cat(parts)
        vectors = torch.empty_like(found)
        vectors[torch.tensor(order, device=ids.device)] = found
        return {"sentence_embedding": vectors}

    def _attempt(
        self, ids: Any, batch: list[int], lengths: list[int], shape: tuple[int, int]
    ) -> Any:
        """Return the vectors of a batch, or None if memory ran out."""
        import torch

        try:
            width = min(shape[1], ids.shape[1])
            padded = torch.zeros(shape, dtype=torch.int64, device=ids.device)
            padded[: len(batch), :width] = ids[torch.tensor(batch, device=ids.device), :width]
            # A row without a text must not divide by its zero pieces.
            ends = torch.ones(shape[0], dtype=torch.int64)
            ends[: len(batch)] = torch.tensor(lengths)
            mask = torch.arange(shape[1]) < ends[:, None]
            given = {"input_ids": padded, "attention_mask": mask.long().to(ids.device)}
            found = self._forward(given)["sentence_embedding"]
            return found[: len(batch)]
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        return None  # out here, where the error no longer holds on to what filled the memory

    def _halve(self, size: int, length: int, device: Any) -> None:
        if size == 1:
            raise ModelError(
                f"The memory of {device} does not hold one text of {length} word pieces: end "
                "what else uses it, or type --device cpu."
            )
        self._pieces.fill_(min(self.pieces, size // 2 * length))
        empty_cache(device)


def _die_with_parent() -> None:
    """End this process when the one that started it has ended, even by ``kill -9``.

    The processes of a pool wait at a queue that each of them also holds open, so they
    would wait for ever, and keep the GPU's memory.
    """
    while True:
        time.sleep(1)
        parent = multiprocessing.parent_process()
        if parent is not None and not parent.is_alive():
            os._exit(1)
