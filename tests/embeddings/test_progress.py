"""A run says how far it is, and nothing where nobody listens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import progress
from embeddings.progress import WHOLE, begin, listen, share, track


@pytest.fixture(autouse=True)
def talkative(monkeypatch):
    """Everything is told, however soon."""
    monkeypatch.setattr(progress, "PAUSE", 0.0)


def told(work) -> list[tuple[str, int, int | None]]:
    heard: list[tuple[str, int, int | None]] = []
    with listen(lambda *words: heard.append(words)):
        work()
    return heard


def go_through(count: int) -> None:
    for _ in track(range(count), count):
        pass


def test_a_loop_is_told_from_none_to_all():
    def work():
        begin("sorting")
        go_through(4)

    heard = told(work)
    assert {stage for stage, _, _ in heard} == {"sorting"}
    assert {total for _, _, total in heard} == {WHOLE}
    assert list(dict.fromkeys(done for _, done, _ in heard)) == [0, 250, 500, 750, 1000]


def test_a_stage_is_done_when_the_next_begins_and_at_the_end():
    def work():
        begin("one")
        begin("two")

    assert told(work) == [("one", 0, WHOLE), ("one", WHOLE, WHOLE), ("two", 0, WHOLE),
                          ("two", WHOLE, WHOLE)]  # fmt: skip


def test_a_loop_in_a_loop_is_part_of_its_step_and_shares_part_a_stage():
    def work():
        begin("sorting")
        with share(0.2):
            go_through(2)
        for _ in track("ab", 2):
            go_through(2)

    done = list(dict.fromkeys(done for _, done, _ in told(work)))
    assert done == [0, 100, 200, 400, 600, 800, 1000]


SHAPES = st.recursive(
    st.integers(0, 4),
    lambda inner: st.lists(st.tuples(st.floats(0, 1), inner), max_size=4),
    max_leaves=12,
)


@given(SHAPES)
def test_whatever_runs_in_whatever_it_never_goes_back_nor_beyond(shape):
    def run(part):
        if isinstance(part, int):
            go_through(part)
            return
        for size, inner in track(part, len(part)):
            with share(size):
                run(inner)
            run(inner)

    def work():
        begin("sorting")
        run(shape)

    done = [done for _, done, _ in told(work)]
    assert done == sorted(done)
    assert done[-1] == WHOLE


def test_where_nobody_listens_and_in_another_thread_a_loop_is_a_loop():
    assert list(track(range(3), 3)) == [0, 1, 2]
    with share(0.5):
        begin("nothing")

    def work():
        begin("sorting")
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: list(track(range(3), 3))).result() == [0, 1, 2]

    assert told(work) == [("sorting", 0, WHOLE), ("sorting", WHOLE, WHOLE)]


def test_it_is_told_a_few_times_a_second(monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", 3600.0)

    def work():
        begin("sorting")
        go_through(1000)

    assert len(told(work)) == 2


def test_a_run_that_fails_is_not_told_to_be_done():
    heard: list[int] = []

    def fail():
        with listen(lambda _stage, done, _total: heard.append(done)):
            begin("sorting")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert heard == [0]
