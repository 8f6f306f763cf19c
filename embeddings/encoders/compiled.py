"""The fast encoder: the model compiled for this CPU by OpenVINO, without torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.batches import run_batches
from embeddings.encoders.caching import cache_folder
from embeddings.encoders.folder import ModelFolder
from embeddings.encoders.graphs import drop_graph, find_graph, keep_graph
from embeddings.encoders.local import LocalEncoder, Window
from embeddings.encoders.packaged import PINNED
from embeddings.encoders.parity import (
    MEAN_COSINE,
    MEAN_COSINE_INT8,
    TEXTS,
    compare,
    read_parity,
    write_parity,
)
from embeddings.encoders.plain import PlainNetwork
from embeddings.encoders.protocol import Role
from embeddings.encoders.quantising import RECIPE, quantise
from embeddings.encoders.reference import ReferenceEncoder
from embeddings.encoders.runtime import (
    RefusedError,
    choose_precision,
    compile_graph,
    import_openvino,
)
from embeddings.encoders.tokens import WordPieces
from embeddings.errors import ModelError, first_line

# Part of the cache's key: raise it when export or batches come to mean another graph.
_RECIPE = "2"


class CompiledEncoder(LocalEncoder):
    """The reference's vectors, computed by OpenVINO.

    The first use of a model on a machine exports it, compares the result with the
    reference on fixed texts (``parity``) and keeps the graph in the cache; later ones
    start in about a second and load no torch. Queries to the packaged model are computed
    by numpy, unless it has been started to embed passages. Where OpenVINO is missing, or
    cannot take the model, or gives other vectors, the reference computes and ``notes`` says
    why.

    Args:
        name: The model as a user would name it.
        locate: Finds the model's folder; may raise ``ModelError``.
        precision: ``auto``, ``float32``, ``bfloat16`` or ``int8``.
        dimensions: Cut vectors to these first numbers (Matryoshka); ``None`` for all.
    """

    # A second's work in int8 and three in float32, on two cores. Of 128 texts at a time a
    # quarter of the word pieces would be padding, of 512 an eighth.
    batch_size = 512

    def __init__(
        self,
        name: str,
        locate: Callable[[], ModelFolder],
        precision: str,
        dimensions: int | None = None,
    ) -> None:
        super().__init__(name, locate, dimensions)
        self._precision = precision

    @property
    def _apart(self) -> tuple[str, ...]:
        # Whether int8 can be had is found out by opening the network.
        return ("int8",) if self._precision == "int8" and self._network is not None else ()

    @cached_property
    def _network(self) -> Any:
        """The compiled network, or None where the reference has to compute."""
        try:
            return _open_network(self.folder, self._precision, self._remarks)
        except RefusedError as refusal:
            self._remarks.append(f"{refusal}; sentence-transformers computes the vectors instead.")
            return None

    @cached_property
    def _plain(self) -> PlainNetwork | None:
        """What computes queries while the compiled network is not started; None: nothing."""
        packaged = self.folder.hashes == PINNED and self._precision != "int8"
        return PlainNetwork(self.folder) if packaged else None

    @cached_property
    def _reference(self) -> ReferenceEncoder:
        return ReferenceEncoder(self.name, lambda: self.folder)

    def _embed(self, windows: Iterable[Window], role: Role) -> NDArray[np.float32]:
        if role == "query" and "_network" not in vars(self) and self._plain is not None:
            return np.stack([self._plain.embed(window.ids) for window in windows])
        if self._network is None:
            return self._reference._embed(windows, role)
        try:
            return run_batches(self._network, (window.ids for window in windows), self.folder)
        except RuntimeError as error:
            raise ModelError(
                f"OpenVINO failed while embedding with {self.name} ({first_line(error)}); what is "
                "stored is kept: type the command again."
            ) from error


class _Unchecked(LocalEncoder):
    """A network that has not been compared with the reference yet."""

    def __init__(self, network: Any, folder: ModelFolder) -> None:
        super().__init__(folder.name, lambda: folder)
        self._network = network

    def _embed(
        self,
        windows: Iterable[Window],
        role: Role,  # noqa: ARG002 - its prompt is in the ids
    ) -> NDArray[np.float32]:
        return run_batches(self._network, (window.ids for window in windows), self.folder)


def _open_network(folder: ModelFolder, asked: str, remarks: list[str]) -> Any:
    if folder.obstacle:
        raise RefusedError(folder.obstacle)
    try:
        core = import_openvino().Core()
        precision = choose_precision(core, asked, remarks)
        device = core.get_property("CPU", "FULL_DEVICE_NAME")
    except RuntimeError as error:
        raise RefusedError(f"OpenVINO does not work here ({first_line(error)})") from error
    maker = GraphMaker(folder, core, remarks)
    place = maker.place(precision)
    record = place / f"{precision}-{_key(device)}.json"
    mean, graph = read_parity(record), find_graph(place)
    if mean is not None and graph is not None:
        _expect(mean, folder, precision)
        try:
            return compile_graph(core, graph, precision)
        except RuntimeError:
            drop_graph(place)  # make it anew
    try:
        network = compile_graph(core, maker.find_or_make(precision), precision)
        vectors = _Unchecked(network, folder).encode(TEXTS)
    except Exception as error:  # torch, transformers and OpenVINO share no base class
        raise RefusedError(f"OpenVINO cannot take {folder.name} ({first_line(error)})") from error
    mean = compare(vectors, maker.reference.encode(TEXTS))
    write_parity(record, mean, precision, device)
    _expect(mean, folder, precision)
    return network


class GraphMaker:
    """Makes a model's graphs, and keeps them in the cache.

    Args:
        folder: The model.
        core: An ``openvino.Core``.
        remarks: Told where a graph cannot be kept.
    """

    def __init__(self, folder: ModelFolder, core: Any, remarks: list[str]) -> None:
        self._folder = folder
        self._core = core
        self._remarks = remarks
        self.reference = ReferenceEncoder(folder.name, lambda: folder)

    def place(self, precision: str) -> Path:
        """Return the folder in the cache of a precision's graph: float32's is bfloat16's too."""
        recipe = f" {RECIPE}" if precision == "int8" else ""
        key = _key(import_openvino().__version__ + recipe)
        return cache_folder() / "models" / f"{self._folder.fingerprint}-{key}"

    def find_or_make(self, precision: str) -> Any:
        """Return a graph's file, made first if need be.

        Where the cache cannot be written, the graph itself is returned.
        """
        from embeddings.encoders.export import export

        place = self.place(precision)
        if (found := find_graph(place)) is not None:
            return found
        if precision == "int8":
            made = self.find_or_make("float32")
            made = self._core.read_model(made) if isinstance(made, Path) else made
            limit = self._folder.max_length
            calibration = (ids[:limit] for ids in WordPieces(self._folder).encode(TEXTS))
            quantise(self._core, made, calibration)
        else:
            made = export(self.reference.model)
        try:
            return keep_graph(made, place)
        except (OSError, RuntimeError) as error:
            remark = (
                f"The compiled model could not be kept in {place.parent} "
                f"({first_line(error)}); each run compiles it again."
            )
            if remark not in self._remarks:
                self._remarks.append(remark)
            return made


def _expect(mean: float, folder: ModelFolder, precision: str) -> None:
    bound = MEAN_COSINE_INT8 if precision == "int8" else MEAN_COSINE
    if not mean >= bound:  # nor where it is no number
        raise RefusedError(
            f"OpenVINO's vectors of {folder.name} in {precision} are not the reference's "
            f"(mean cosine {mean:.4f} over {len(TEXTS)} texts, at least {bound} expected)"
        )


def _key(text: str) -> str:
    return blake2b(f"{_RECIPE} {text}".encode(), digest_size=6).hexdigest()
