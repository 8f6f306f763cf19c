"""Copies found by stages from files to files are those that one run finds."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.articles.parsing.results import ReadOptions
from embeddings.documents import Passage
from embeddings.shards.place import Place
from embeddings.shards.runs import open_run
from embeddings.shards.stages import Folder, Task, write_file
from embeddings.text.normalising import hash_text
from embeddings.words.copies import assemble_survey, survey_copies
from embeddings.words.copy_options import CopyOptions
from embeddings.words.minhash import BandPlan
from topics.pipeline.sharded import copying
from topics.pipeline.sharded.copying import read_wordings
from topics.pipeline.sharded.parts import Settings
from topics.pipeline.sharded.plan import Here, Sharded, find_copies


def settings_of(shards: int) -> Settings:
    return Settings(
        shards, ReadOptions(columns={}), (), "", (), CopyOptions(), "words", "auto", "cpu", None
    )


def survey(texts: list[str], shards: int, folder: Path, cuts: list[int] | None = None):
    """Run the stages over texts, cut at places of their order where that is told."""
    passages = [Passage(f"d{n:05}", 0, 0, 0, len(text), text) for n, text in enumerate(texts)]
    bodies = {hash_text(text): text for text in reversed(texts)}
    keys = sorted(bodies)
    cuts = cuts or [len(keys) * n // shards for n in range(shards + 1)]

    def write(task: Task) -> None:
        number = int(task.name)
        mine = keys[cuts[number] : cuts[number + 1]]
        with write_file(task) as output:
            columns = {"hash": pa.array(mine, pa.binary())}
            output.add(pa.table({**columns, "body": [bodies[key] for key in mine]}, pa.schema(
                {"hash": pa.binary(), "body": pa.string()}
            )))  # fmt: skip

    with open_run(Place.at(folder), Here()) as run:
        sharded = Sharded(run, settings_of(shards))
        of_bodies = Folder.of(run.place, "bodies", {})
        tasks = [Task(of_bodies, f"{number:05d}", "") for number in range(shards)]
        sharded.finish(of_bodies, write, tasks)
        find_copies(sharded)
        assert not run.failed
    found = read_wordings(sharded.made["wordings"])
    return survey_copies(passages), assemble_survey(passages, {}, found, CopyOptions())


def reword(text: str, number: int, draw: random.Random) -> str:
    words = text.split()
    for place in draw.sample(range(len(words)), min(number, len(words))):
        words[place] = f"w{draw.randrange(10**6)}"
    return " ".join(words)


def families(seed: int) -> list[str]:
    """Texts with many near to one, chains, templates shared by hundreds, and strangers."""
    draw = random.Random(seed)
    texts = []
    for _ in range(6):
        first = " ".join(f"w{draw.randrange(5000)}" for _ in range(draw.randrange(12, 40)))
        texts += [first, first]
        texts += [reword(first, draw.randrange(14), draw) for _ in range(draw.choice((3, 30)))]
    for own in (16, 6):
        shared = " ".join(f"v{n}" for n in range(24))
        filled = [
            f"{shared} " + " ".join(f"w{draw.randrange(4000)}" for _ in range(own))
            for _ in range(90)
        ]
        texts += [*filled, *(text.replace("v3 ", "changed ") for text in filled[:40])]
    # Most near to the longest of a large bucket, the others to one of each other alone.
    shared = [f"u{n}" for n in range(34)]
    for words, own, count in ((34, 6, 70), (26, 8, 12)):
        texts += [
            " ".join([*shared[:words], *(f"w{draw.randrange(4000)}" for _ in range(own))])
            for _ in range(count)
        ]
    texts += [text.replace("u3 ", "changed ") for text in texts[-12:]]
    texts += ["He said.", "He said.", "No.",
              "At least 12 people were killed near the bank on Monday.",
              "At least 21 people were killed near the bank on Monday."]  # fmt: skip
    draw.shuffle(texts)
    return texts


@pytest.mark.parametrize(("shards", "plan"), [(1, None), (2, BandPlan(2, 1)), (7, None)])
def test_any_number_of_shards_gives_the_copies_of_one_run(
    shards: int, plan: BandPlan | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if plan is not None:
        # What large buckets leave is found by no other band.
        monkeypatch.setattr(CopyOptions, "plan", lambda _: plan)
    one, many = survey(families(3), shards, tmp_path)
    assert len(one.groups) > 20
    assert len(one.conflicting) > 0
    assert many == one


def test_no_texts_and_texts_without_copies_give_none(tmp_path: Path) -> None:
    for name, texts in {"none": [], "few": ["He said."]}.items():
        one, many = survey(texts, 2, tmp_path / name)
        assert many == one


@settings(max_examples=12)
@given(
    st.lists(st.lists(st.sampled_from("abcdefghijk"), min_size=6, max_size=20), max_size=14),
    st.lists(st.integers(0, 14), min_size=2, max_size=2),
)
def test_texts_cut_at_any_place_give_the_copies_of_one_run(
    tmp_path_factory: pytest.TempPathFactory, words: list[list[str]], cuts: list[int]
) -> None:
    texts = [" ".join(text) for text in words]
    count = len({hash_text(text) for text in texts})
    placed = [0, *sorted(min(cut, count) for cut in cuts), count]
    one, many = survey(texts, 3, tmp_path_factory.mktemp("run"), placed)
    assert many == one


def test_only_texts_of_one_connected_part_are_verified_together(tmp_path, monkeypatch) -> None:
    sizes = []
    spied = copying.find_wordings

    def find(verifier, contents, judged):
        sizes.append(len(contents))
        return spied(verifier, contents, judged)

    monkeypatch.setattr(copying, "find_wordings", find)
    survey(families(5), 4, tmp_path)
    assert len(sizes) == 4
    assert max(sizes) < np.sum(sizes)
