"""What an answer holds, and how much of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.corpus.citations import Quotation
from embeddings.errors import StoreError
from topics.assistants.answering import MOST, WITHIN, Answer


class _Places:
    """A store of which every passage is of one article, as long as asked."""

    def __init__(self, length: int) -> None:
        self.length = length

    def rows(self, _: str, parameters: tuple[str, ...]) -> list[tuple[int, str, int, int]]:
        return [(one, "a", 10, 10 + self.length) for one in json.loads(parameters[0])]


def quotation(number: int, text: str) -> Quotation:
    return Quotation(number, text, "Title", "post", "2024-03-05", "https://x.y/1")


@given(st.integers(0, 300), st.integers(1, 4000), st.integers(1, 50), st.integers(1, 10000))
def test_no_answer_is_longer_than_it_may_be_and_all_that_is_cut_is_counted(n, size, limit, longest):
    hits = [quotation(one, "x" * size) for one in range(1, n + 1)]
    answer = Answer(limit, longest).write({"hits": hits}, _Places(size))
    assert len(json.dumps(answer)) < MOST * 1.05
    assert len(answer["hits"]) <= limit
    assert len(answer["hits"]) + answer["cut"].get("hits", 0) == n
    texts = [one["text"] for one in answer["hits"]]
    assert all(len(one["quoted"]) <= longest for one in texts)
    cut = sum(size - len(one["quoted"]) for one in texts)
    assert (
        answer["cut"].get("characters", 0)
        >= cut
        == sum(one.get("characters_cut", 0) for one in texts)
    )


def test_a_list_within_a_result_is_short_and_a_row_of_figures_whole():
    result = {"topics": [{"names": ["a"] * 9, "distinct_by_period": list(range(60))}]}
    answer = Answer(10, 100).write(result, _Places(0))
    assert len(answer["topics"][0]["names"]) == WITHIN
    assert len(answer["topics"][0]["distinct_by_period"]) == 60
    assert answer["cut"] == {"topics.names": 9 - WITHIN}


@pytest.mark.parametrize("length", [3, 5])
def test_a_passage_that_is_another_one_by_now_is_not_cited(length):
    with pytest.raises(StoreError, match="changed while it was read; ask again"):
        Answer(10, 100).write({"hits": [quotation(1, "four")]}, _Places(length))
    Answer(10, 100).write({"hits": [quotation(1, "four")]}, _Places(4))
