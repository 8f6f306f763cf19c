"""Claims about runs of words in common, by which containments are proposed."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.text.wording import WordedTexts, read_many
from topics.coverage.relations import shared_runs
from topics.coverage.relations.shared_runs import COMMON_RUN, find_candidates

QUOTED = (
    "The convoy of eleven lorries crossed the border at Bab al-Hawa shortly before noon, "
    "carrying flour, blankets and medicine for the besieged town, the agency said."
)
LONGER = (
    "Aid has begun to move again after weeks of talks between the two governments. "
    f"{QUOTED} It was the first delivery since March, and aid workers warned that it would feed "
    "the town for no more than nine days. A second convoy is waiting for its papers."
)


def test_runs_of_words_that_many_texts_share_are_counted_not_searched() -> None:
    texts = read_many(f"{QUOTED} number {n} of the list" for n in range(COMMON_RUN + 1))
    found = find_candidates(texts, 12, np.arange(len(texts)))
    assert len(found.pairs) == 0
    assert found.common_runs > 0


def near_copies(stories: int, copies: int) -> tuple[WordedTexts, np.ndarray]:
    """Return texts of 40 words, each story's with a word or two more, and their nodes.

    Every story quotes the same sentence, so that its runs stand in all texts.
    """
    bodies = [
        " ".join([QUOTED, *(f"s{story}w{n}" for n in range(14)), f"c{copy}", "more" * (copy % 2)])
        for story in range(stories)
        for copy in range(copies)
    ]
    return read_many(bodies), np.repeat(np.arange(stories), copies)


def held_at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the number of pairs of each block weighed."""
    held: list[int] = []

    def watch(
        keys: np.ndarray, shifts: np.ndarray, count: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        held.append(len(keys))
        return gather(keys, shifts, count)

    gather = shared_runs._gather
    monkeypatch.setattr(shared_runs, "_gather", watch)
    return held


def test_copies_of_one_node_make_no_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    held = held_at_once(monkeypatch)
    texts, _ = near_copies(1, COMMON_RUN)
    assert len(find_candidates(texts, 12, np.arange(len(texts))).pairs) == (COMMON_RUN // 2) ** 2
    assert sum(held) > 10 * COMMON_RUN**2 // 4
    held.clear()
    assert len(find_candidates(texts, 12, np.zeros(len(texts), np.int64)).pairs) == 0
    assert held == []


def test_pairs_are_weighed_a_few_texts_at_once_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = held_at_once(monkeypatch)
    texts, _ = near_copies(4, COMMON_RUN // 4)
    nodes = np.arange(len(texts))
    whole = find_candidates(texts, 12, nodes)
    (all_pairs,) = held
    held.clear()
    monkeypatch.setattr(shared_runs, "PAIRS_AT_ONCE", 2000)
    parts = find_candidates(texts, 12, nodes)
    assert sum(held) == all_pairs > 10_000
    assert max(held) <= 2000
    assert parts.pairs.tolist() == whole.pairs.tolist()
    assert parts.shifts.tolist() == whole.shifts.tolist()


def test_thousands_of_copies_of_one_text_hide_no_run_and_make_no_more_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = held_at_once(monkeypatch)
    copies = [f"{QUOTED} copy {n}" for n in range(3000)]
    texts = read_many([*copies, LONGER])
    found = find_candidates(texts, 12, np.array([0] * 3000 + [1]))
    assert found.common_runs == 0
    assert len(found.pairs) > 0
    assert sum(held) < 1000
