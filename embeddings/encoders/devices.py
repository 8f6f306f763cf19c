"""Which devices compute: found by looking at files first, by asking torch only then.

Importing torch takes seconds, and most machines have no GPU; a machine that plainly has
none is known by its files alone.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from embeddings.errors import InputError, ModelError, first_line

DEVICES = ("auto", "cpu", "cuda", "mps")

# What the drivers put into the file system: NVIDIA on Linux, in containers (which may see
# any one of the cards), under WSL, on Windows; AMD's on Linux, which torch calls cuda too.
_NVIDIA = ("/proc/driver/nvidia", "/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg")
_WINDOWS = "System32/nvcuda.dll"
_AMD = ("/dev/kfd",)

_OR_CPU = "or type --device cpu."
_INSTALL = f"install one for your GPU as https://pytorch.org/get-started/locally says, {_OR_CPU}"


def may_accelerate(asked: str) -> bool:
    """Tell whether this machine may have the device, without importing torch.

    Args:
        asked: ``auto``, ``cpu``, ``cuda`` or ``mps``.

    Returns:
        False if the CPU is to compute; True if ``find_devices`` has to be asked.

    Raises:
        InputError: The name is unknown.
        ModelError: ``cuda`` or ``mps`` was asked for, and there plainly is none.
    """
    if asked not in DEVICES:
        raise InputError(f"The device {asked!r} is unknown: expected one of {', '.join(DEVICES)}.")
    if asked == "cpu":
        return False
    obstacles = {"cuda": _cuda_obstacle(), "mps": _mps_obstacle()}
    if asked == "auto":
        return not all(obstacles.values())
    if obstacle := obstacles[asked]:
        raise ModelError(f"There is no {asked} device to compute on: {obstacle}")
    return True


def find_devices(asked: str) -> tuple[str, ...]:
    """Find what to compute on; imports torch only where ``may_accelerate``.

    Returns:
        torch's names: ``("cuda:0", "cuda:1", ...)`` for every GPU that is visible,
        ``("mps",)`` or ``("cpu",)``.

    Raises:
        InputError: The name is unknown.
        ModelError: ``cuda`` or ``mps`` was asked for, and there is none.
    """
    if not may_accelerate(asked):
        return ("cpu",)
    import torch

    said = ""
    if asked in ("auto", "cuda"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")  # torch warns of an old driver, and says no
            if torch.cuda.is_available() and (count := torch.cuda.device_count()):
                return tuple(f"cuda:{index}" for index in range(count))
        said = "; ".join(first_line(warning.message) for warning in caught)
    if asked in ("auto", "mps") and torch.backends.mps.is_available():
        return ("mps",)
    if asked == "auto":
        return ("cpu",)
    raise ModelError(
        f"There is no {asked} device to compute on: torch {torch.__version__} finds none "
        f"({said or 'it gives no reason'}); look what `nvidia-smi` says, {_OR_CPU}"
        if asked == "cuda"
        else "There is no mps device to compute on: this torch or this macOS has no Metal "
        f"support; update both, {_OR_CPU}"
    )


def name_device(device: str) -> str:
    """Return what kind of hardware a device is, such as ``NVIDIA A100-SXM4-40GB``."""
    if device.startswith("cuda"):
        import torch

        return str(torch.cuda.get_device_name(device))
    if device == "mps":
        return f"mps {platform.processor()} macOS {platform.mac_ver()[0]}"
    return device


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether torch, or a library below it, ran out of a device's memory."""
    import torch

    if isinstance(error, torch.OutOfMemoryError):
        return True
    # Metal and cuBLAS raise a RuntimeError that only its text tells apart:
    # "MPS backend out of memory", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED".
    said = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in said or "alloc_failed" in said)


def empty_cache(device: Any) -> None:
    """Give back what torch keeps of a device's memory (a ``torch.device`` or its name)."""
    import torch

    kind = str(device).partition(":")[0]
    if kind == "cuda":
        torch.cuda.empty_cache()
    elif kind == "mps":
        torch.mps.empty_cache()


def _cuda_obstacle() -> str:
    """Say why CUDA plainly cannot be used and what to do, or nothing."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if hidden is not None and hidden.strip() in ("", "-1"):
        return f"CUDA_VISIBLE_DEVICES={hidden!r} hides every GPU; unset it, {_OR_CPU}"
    version, cuda, hip = _torch_build()
    if not version:
        return "torch is not installed; type `pip install topicwire`, or --device cpu."
    if not cuda and not hip:
        return f"torch {version} is a build without CUDA; {_INSTALL}"
    if not _has_driver(amd=not cuda):
        return f"no driver of a GPU is installed; install your GPU's driver, {_OR_CPU}"
    return ""


def _mps_obstacle() -> str:
    if sys.platform != "darwin" or platform.machine() != "arm64":
        return f"it takes a Mac with an Apple chip; leave --device out, {_OR_CPU}"
    return ""


def _torch_build() -> tuple[str, str, str]:
    """Read the version of the installed torch and of its CUDA and HIP, without importing it.

    An unknown layout of the file counts as a CUDA build: torch itself has to be asked.
    """
    spec = find_spec("torch")  # of a top-level name this only looks at the path
    if spec is None or spec.origin is None:
        return "", "", ""
    try:
        text = (Path(spec.origin).parent / "version.py").read_text(encoding="utf-8")
    except OSError:
        return "of unknown version", "unknown", ""
    found = {
        name: value or ""
        for name, value in re.findall(
            r"^(__version__|cuda|hip)\b[^=\n]*=\s*(?:None|'([^']*)'|\"[^\"]*\")", text, re.M
        )
    }
    return (
        found.get("__version__", "of unknown version"),
        found.get("cuda", "unknown"),
        (found.get("hip", "")),
    )


def _has_driver(*, amd: bool) -> bool:
    if sys.platform == "win32":
        return (Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / _WINDOWS).exists()
    return any(_exists(path) for path in (_AMD if amd else _NVIDIA))


def _exists(path: str) -> bool:
    return Path(path).exists()
