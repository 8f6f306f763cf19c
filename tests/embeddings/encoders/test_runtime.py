"""OpenVINO set up for a CPU: which precision it is fast in."""

from __future__ import annotations

import pytest

from embeddings.encoders import runtime
from embeddings.encoders.runtime import choose_precision

FACTS = "processor\t: 0\nvendor_id\t: {}\nmodel name\t: a processor\nflags\t\t: fpu sse2 {}\n"


class Core:
    def get_property(self, *_):
        return ["FP32", "BF16"]


@pytest.mark.parametrize(
    ("vendor", "flags", "precision"),
    [
        ("GenuineIntel", "avx512_bf16 amx_bf16 amx_tile", "bfloat16"),
        ("GenuineIntel", "avx512_bf16", "float32"),
        ("AuthenticAMD", "avx512_bf16", "bfloat16"),
        ("AuthenticAMD", "avx512f", "float32"),
        ("AuthenticAMD", "avx512_bf16_of_another_kind", "float32"),
    ],
)
def test_bfloat16_is_chosen_where_the_processor_is_fast_in_it(
    monkeypatch, vendor, flags, precision
):
    monkeypatch.setattr(runtime, "_cpu_facts", lambda: FACTS.format(vendor, flags))
    assert choose_precision(Core(), "auto", []) == precision
