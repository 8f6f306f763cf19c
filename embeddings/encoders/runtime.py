"""OpenVINO: imported without its usage reports, and set up for this CPU."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from embeddings.blocks import cores
from embeddings.encoders.quantising import GROUP

# What OpenVINO calls our precisions. In int8 what is no matrix product stays in float32.
_HINTS = {"float32": "f32", "bfloat16": "bf16", "int8": "f32"}


class RefusedError(Exception):
    """OpenVINO cannot stand in for the reference; the message says why."""


def import_openvino() -> Any:
    """Import OpenVINO without its usage reports.

    ``import openvino`` alone starts a child process that reports usage and leaves an id
    in the home folder (package openvino-telemetry). It goes without where that package
    cannot be imported.

    Raises:
        RefusedError: It is missing or does not load.
    """
    if "openvino" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    try:
        import openvino
    except (ImportError, OSError) as error:
        raise RefusedError(f"OpenVINO cannot be imported ({error})") from error
    return openvino


def compile_graph(core: Any, graph: Any, precision: str, **properties: Any) -> Any:
    """Compile a graph, or the file of one, into a network with a stream for each core.

    One thread a stream: two streams do a quarter more than one stream of two threads,
    which wait for each other at each operation; and a text's sums are added up in one
    order whatever the number of cores.

    Args:
        core: An ``openvino.Core``.
        graph: An ``openvino.Model``, or the path of one.
        precision: ``float32``, ``bfloat16`` or ``int8``.
        properties: OpenVINO's own, for measurements.

    Raises:
        RuntimeError: The graph cannot be read or compiled.
    """
    if isinstance(graph, Path):
        graph = core.read_model(graph)
    threads = count_cores()
    settings: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": _HINTS[precision],
        "NUM_STREAMS": threads,
        "INFERENCE_NUM_THREADS": threads,
    }
    if precision == "int8":
        settings["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = GROUP
    return core.compile_model(graph, "CPU", {**settings, **properties})


def count_cores() -> int:
    """Count the cores this process may use; two threads of one core share its multipliers."""
    usable = cores()
    siblings = _cpu_number("siblings")
    whole = _cpu_number("cpu cores")
    return max(1, usable * whole // siblings) if 0 < whole < siblings else usable


def choose_precision(core: Any, asked: str, remarks: list[str]) -> str:
    """Settle ``auto``: bfloat16 only where the CPU is much faster in it.

    OpenVINO lists one capability for CPUs that are and that are not
    (docs/decisions/encoder.md). The choice looks at the CPU, not at a clock, so that it is
    the same in each run.

    Args:
        core: An ``openvino.Core``.
        asked: ``auto``, ``float32``, ``bfloat16`` or ``int8``.
        remarks: Told where the answer is not what was asked.
    """
    able = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if asked == "auto":
        return "bfloat16" if able and is_fast_in_bfloat16(_cpu_facts()) else "float32"
    if asked == "bfloat16" and not able:
        remarks.append("This CPU has no bfloat16; the vectors are computed in float32.")
        return "float32"
    return asked


def is_fast_in_bfloat16(facts: str) -> bool:
    """Say whether a CPU computes much faster in bfloat16, by its flags and vendor.

    Throughput beside float32: three times with AMX; 1.7 to 1.9 times with AVX-512 BF16 of AMD
    (Zen 4 and later), and .6 of it with that of Intel.

    Args:
        facts: As Linux tells them (``/proc/cpuinfo``).
    """
    flags = set(facts.split())
    return "amx_bf16" in flags or {"AuthenticAMD", "avx512_bf16"} <= flags


def _cpu_facts() -> str:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return ""


def _cpu_number(name: str) -> int:
    found = re.search(rf"^{name}\s*: (\d+)", _cpu_facts(), re.MULTILINE)
    return int(found[1]) if found else 0
