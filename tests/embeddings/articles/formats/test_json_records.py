"""JSON in all the shapes in which it is found."""

from __future__ import annotations

import io
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.articles.formats.json_records import read_json_records

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
# "text" is long, so that no record is taken for one that wraps others.
RECORDS = st.lists(
    st.fixed_dictionaries({"text": st.just("word " * 60), "more": VALUES}), min_size=1, max_size=5
)


def read(text: str) -> list[object]:
    found = read_json_records(io.BytesIO(text.encode()), "", Counter())
    return [record.content if record.content is not None else record.problem for record in found]


@given(RECORDS, st.sampled_from([None, 2]))
def test_records_are_the_same_however_they_are_written(records, indent):
    one = [json.dumps(record, indent=indent) for record in records]
    assert read("\n".join(one)) == records
    assert read(json.dumps(records, indent=indent)) == records
    for wrapper in ({"articles": records}, {"status": "ok", "response": {"docs": records}}):
        assert read(json.dumps(wrapper, indent=indent)) == records


@pytest.mark.parametrize("block", [1, 7, 100])
def test_values_are_whole_wherever_the_file_is_cut_into_blocks(monkeypatch, block):
    monkeypatch.setattr("embeddings.articles.formats.json_records._BLOCK", block)
    records = [{"text": "é" * n, "n": n} for n in range(50)]
    assert read(json.dumps(records, ensure_ascii=False, indent=1)) == records


def test_what_is_read_before_a_break_is_kept_and_the_rest_is_named():
    whole = json.dumps([{"text": "one"}, {"text": "two"}, {"text": "three"}], indent=1)
    found = read(whole[: whole.index("three")])
    assert found[:2] == [{"text": "one"}, {"text": "two"}]
    assert "from here on the file was left out" in found[2]


def test_a_record_with_lists_of_its_own_wraps_nothing():
    record = {"title": "T", "text": "word " * 60, "items": [{"name": "a"}, {"name": "b"}]}
    assert read(json.dumps(record, indent=1)) == [record]
