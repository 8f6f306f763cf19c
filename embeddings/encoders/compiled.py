"""The fast encoder: the model compiled for this CPU by OpenVINO, without torch."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.batches import run_batches
from embeddings.encoders.caching import cache_folder, write_whole
from embeddings.encoders.folder import ModelFolder
from embeddings.encoders.local import LocalEncoder
from embeddings.encoders.parity import TEXTS, Parity, compare
from embeddings.encoders.reference import ReferenceEncoder
from embeddings.encoders.tokens import WordPieces

# What OpenVINO calls our precisions.
_HINTS = {"float32": "f32", "bfloat16": "bf16"}

# Part of the cache's key: raise it when export or batches come to mean another graph.
_RECIPE = "1"


class CompiledEncoder(LocalEncoder):
    """The reference's vectors, computed by OpenVINO.

    The first use of a model on a machine exports it, compares the result with the
    reference on fixed texts (``parity``) and keeps the graph in the cache; later ones
    start in about half a second and load no torch. Where OpenVINO is missing, or cannot
    take the model, or gives other vectors, the reference computes and ``notes`` says why.

    Args:
        name: The model as a user would name it.
        locate: Finds the model's folder; may raise ``ModelError``.
        precision: ``auto``, ``float32`` or ``bfloat16``.
    """

    def __init__(self, name: str, locate: Callable[[], ModelFolder], precision: str) -> None:
        super().__init__(name, locate)
        self._precision = precision
        self._remarks: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how the vectors are made; complete after ``encode``."""
        return tuple(self._remarks)

    @cached_property
    def _network(self) -> Any:
        """The compiled network, or None where the reference has to compute."""
        try:
            return _open_network(self.folder, self._precision, self._remarks)
        except _RefusedError as refusal:
            self._remarks.append(f"{refusal}; sentence-transformers computes the vectors instead.")
            return None

    @cached_property
    def _reference(self) -> ReferenceEncoder:
        return ReferenceEncoder(self.name, lambda: self.folder)

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        if self._network is None:
            return self._reference._embed(texts)
        return run_batches(self._network, self._pieces.encode(texts), self.folder)


class _RefusedError(Exception):
    """OpenVINO cannot stand in for the reference; the message says why."""


def _import_openvino() -> Any:
    """Import OpenVINO without its usage reports.

    ``import openvino`` alone starts a child process that reports usage and leaves an id
    in the home folder (package openvino-telemetry). It goes without where that package
    cannot be imported.
    """
    if "openvino" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    try:
        import openvino
    except (ImportError, OSError) as error:
        raise _RefusedError(f"OpenVINO cannot be imported ({error})") from error
    return openvino


def _open_network(folder: ModelFolder, asked: str, remarks: list[str]) -> Any:
    openvino = _import_openvino()
    try:
        core = openvino.Core()
        precision = _choose_precision(core, asked, remarks)
        place = cache_folder() / "models" / f"{folder.fingerprint}-{_key(openvino.__version__)}"
        device = core.get_property("CPU", "FULL_DEVICE_NAME")
    except RuntimeError as error:
        raise _RefusedError(f"OpenVINO does not work here ({_first_line(error)})") from error
    record = place / f"{precision}-{_key(device)}.json"
    parity = _read_parity(record)
    if parity is not None:
        _expect(parity, folder, precision)
        try:
            return _compile(core, place / "model.xml", precision)
        except RuntimeError:
            shutil.rmtree(place, ignore_errors=True)  # damaged: make it anew
    reference = ReferenceEncoder(folder.name, lambda: folder)
    try:
        network = _compile(core, _graph(reference, openvino, place, remarks), precision)
        pieces = WordPieces(folder).encode(TEXTS)
        vectors = run_batches(network, pieces, folder)
    except Exception as error:  # torch, transformers and OpenVINO share no base class
        raise _RefusedError(f"OpenVINO cannot take {folder.name} ({_first_line(error)})") from error
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    parity = compare(vectors, reference.encode(TEXTS))
    _write_parity(record, parity, precision, device)
    _expect(parity, folder, precision)
    return network


def _compile(core: Any, graph: Any, precision: str) -> Any:
    hints = {"INFERENCE_PRECISION_HINT": _HINTS[precision]}
    if isinstance(graph, Path):
        graph = core.read_model(graph)
    return core.compile_model(graph, "CPU", hints)


def _choose_precision(core: Any, asked: str, remarks: list[str]) -> str:
    """Settle ``auto``: bfloat16 only where the CPU multiplies it in tiles (AMX).

    Measured: three times the throughput of float32 with AMX, 0.6 of it with AVX-512
    BF16 alone, which OpenVINO lists as the same capability (docs/decisions/encoder.md).
    The choice looks at the CPU, not at a clock, so that it is the same in each run.
    """
    able = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if asked == "auto":
        return "bfloat16" if able and _has_amx() else "float32"
    if asked == "bfloat16" and not able:
        remarks.append("This CPU has no bfloat16; the vectors are computed in float32.")
        return "float32"
    return asked


def _has_amx() -> bool:
    try:
        return "amx_bf16" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False


def _graph(reference: ReferenceEncoder, openvino: Any, place: Path, remarks: list[str]) -> Any:
    """Return the cached graph's path, exporting it first if need be.

    Where the cache cannot be written, the graph itself is returned.
    """
    from embeddings.encoders.export import export

    graph = place / "model.xml"
    if graph.is_file():
        return graph
    exported = export(reference.model, openvino)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=place.parent, prefix=".new-"))
        try:
            openvino.save_model(exported, temporary / "model.xml", compress_to_fp16=False)
            if not graph.is_file():
                shutil.rmtree(place, ignore_errors=True)
            temporary.rename(place)  # fails if another process was first, which is as good
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except (OSError, RuntimeError) as error:
        if not graph.is_file():
            remarks.append(
                f"The compiled model could not be kept in {place.parent} "
                f"({_first_line(error)}); each run compiles it again."
            )
            return exported
    return graph


def _read_parity(record: Path) -> Parity | None:
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        return Parity(found["texts"], found["mean"], found["lowest"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_parity(record: Path, parity: Parity, precision: str, device: str) -> None:
    content = {
        "texts": parity.texts,
        "mean": parity.mean,
        "lowest": parity.lowest,
        "precision": precision,
        "device": device,
    }
    # Where the cache cannot be written, _graph has said so.
    if record.parent.is_dir():
        with contextlib.suppress(OSError):
            write_whole(record, json.dumps(content, indent=1))


def _expect(parity: Parity, folder: ModelFolder, precision: str) -> None:
    if not parity.holds:
        raise _RefusedError(
            f"OpenVINO's vectors of {folder.name} in {precision} are not the reference's "
            f"(mean cosine {parity.mean:.4f} over {parity.texts} texts)"
        )


def _key(text: str) -> str:
    return blake2b(f"{_RECIPE} {text}".encode(), digest_size=6).hexdigest()


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or repr(error)).splitlines()[0]
