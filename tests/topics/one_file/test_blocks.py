"""Blocks of a page: what goes in comes out, whatever it holds."""

from __future__ import annotations

import base64
import gzip
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.one_file.blocks import join_columns, join_texts, pack, write_json
from topics.one_file.hashing import write_policy


def unpack(block: str) -> bytes:
    assert not set(block) & set("<&\"'")
    # Python's letters begin with "!", seven before "(".
    letters = (chr(ord("<" if one == "}" else one) - 7) for one in block)
    return gzip.decompress(base64.a85decode("".join(letters)))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=9))
def test_texts_come_out_as_they_went_in(texts):
    content = unpack(pack(join_texts(texts)))
    lengths = np.frombuffer(content, "<u4", len(texts))
    ends = 4 * len(texts) + np.cumsum(lengths)
    found = [content[end - n : end].decode() for end, n in zip(ends, lengths, strict=True)]
    assert found == texts


@pytest.mark.parametrize(("most", "width"), [(65_535, 2), (65_536, 4)])
def test_a_column_widens_where_its_numbers_need_it(most, width):
    columns = {"x": np.array([2, 1]), "article": np.array([0, most])}
    joined, described = join_columns(columns)
    assert dict(described) == {"x": 2, "article": width}
    # Wide columns come first, so that none starts at an odd place.
    assert [size for _, size in described] == sorted((size for _, size in described), reverse=True)
    content, start = unpack(pack(joined)), 0
    for name, size in described:
        kind = "<u4" if size == 4 else "<u2"
        steps = np.frombuffer(content, kind, 2, start)
        assert np.cumsum(steps, dtype=kind).tolist() == columns[name].tolist()
        start += 2 * size


@given(st.text())
def test_json_in_a_page_ends_no_element(text):
    written = write_json({"name": text})
    assert not set(written) & set("<>&")
    assert json.loads(written) == {"name": text}


def test_the_policy_names_its_script_and_style_and_nothing_else():
    policy = write_policy("let a = 1;", "p { margin: 0 }")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy != write_policy("let a = 2;", "p { margin: 0 }")
