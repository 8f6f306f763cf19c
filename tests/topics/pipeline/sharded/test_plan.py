"""A run over files, put into a database, is the database of one run: any shards, any way there."""

from __future__ import annotations

import dataclasses
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from embeddings.corpus.store import CorpusStore
from embeddings.engines.protocol import Outcome, WorkerLostError
from embeddings.errors import InputError, StoreError
from embeddings.shards.notes import read_manifest, seal
from embeddings.shards.place import Place
from tests.conftest import WordEncoder
from tests.topics.pipeline.sharded.tables import TABLES, files_of, read
from topics.answers import cluster_files as answers
from topics.answers import encoder as encoders
from topics.answers import import_files as importing
from topics.answers.cluster import cluster
from topics.answers.cluster_files import cluster_files, read_progress
from topics.answers.files_asked import refuse_others
from topics.answers.import_files import import_files
from topics.pipeline.sharded import memory
from topics.pipeline.sharded.articles import FilePart
from topics.pipeline.sharded.plan import Here

SEEDS = Path(__file__).parents[4] / "seeds"
OUTLETS = sorted(path for path in SEEDS.iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """The database of one run over the demo."""
    db = tmp_path_factory.mktemp("whole") / "news.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoders, "open_encoder", lambda *_, **__: WordEncoder())
        cluster(OUTLETS, db=db)
    return db


def both(paths: list[Path], folder: Path, shards: int) -> tuple[Any, Any]:
    """Return the tables of one run, and those of a run over files."""
    cluster(paths, db=folder / "one.db")
    cluster_files(paths, folder / "out", engine=Here(), shards=shards)
    import_files(folder / "out", db=folder / "many.db")
    return read(folder / "one.db"), read(folder / "many.db")


@pytest.mark.parametrize("shards", [1, 2, 7])
def test_any_number_of_shards_gives_the_database_of_one_run(whole, tmp_path, shards) -> None:
    report = cluster_files(OUTLETS, tmp_path / "out", engine=Here(), shards=shards)
    assert (report.documents, report.shards, report.failed) == (20, shards, ())
    import_files(tmp_path / "out", db=tmp_path / "many.db")
    one, many = read(whole), read(tmp_path / "many.db")
    assert [name for name in TABLES if one[name] != many[name]] == []
    assert all(one[name] for name in ("copies", "relations", "stories", "topics", "graph"))


@pytest.mark.skipif("TOPICWIRE_STORE" not in os.environ, reason="see test_store.py of shards")
def test_results_in_an_object_store_give_the_database_of_one_run(whole, tmp_path) -> None:
    parts = urlsplit(os.environ["TOPICWIRE_STORE"])
    store = urlunsplit(parts._replace(path=f"{parts.path}/{uuid.uuid4().hex}"))
    report = cluster_files(OUTLETS, store, engine=Here(), shards=2)
    assert "@" not in report.out
    import_files(store, db=tmp_path / "many.db")
    one, many = read(whole), read(tmp_path / "many.db")
    assert [name for name in TABLES if one[name] != many[name]] == []


def test_a_run_over_what_was_imported_changes_nothing(tmp_path) -> None:
    cluster_files(OUTLETS[:2], tmp_path / "out", engine=Here(), shards=2)
    import_files(tmp_path / "out", db=tmp_path / "many.db")
    before = read(tmp_path / "many.db")
    report = cluster(OUTLETS[:2], db=tmp_path / "many.db")
    assert report.reading.unchanged_files == report.reading.files > 0
    assert read(tmp_path / "many.db") == before


def row(number: int, **fields: str) -> dict[str, str]:
    words = " ".join(f"word{number * 7 + place}" for place in range(30))
    return {"text": f"Ministers met on day {number}. {words.capitalize()}.", **fields}


def test_ids_and_addresses_that_meet_are_told_as_in_one_run(tmp_path) -> None:
    """One id under two addresses, one address under two ids, and copies from other files."""
    site = "https://news.org"
    one = [
        row(n, id=f"n{n}", url=f"{site}/{n}", source="Wire", date="2013-05-11") for n in range(9)
    ]
    two = [
        {**one[0], "url": f"{site}/other"},
        {**one[1], "id": "another"},
        {**one[2], "url": ""},
        {**one[3], "text": one[3]["text"] + " And more was said after the meeting."},
        row(20, id="n4", url=f"{site}/elsewhere", source="Post"),
        row(21, id="", url=f"http://www.news.org/{5}?utm_source=x", source="Post"),
        {"text": one[6]["text"], "source": "Post"},
        *(row(n, id=f"p{n}", url=f"{site}/p{n % 2}", source="Post") for n in range(30, 34)),
    ]
    for name, rows in {"b": one, "a": two}.items():
        lines = "".join(json.dumps(each) + "\n" for each in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines)
    for name in ("one", "same"):
        (tmp_path / f"{name}.txt").write_text(f"Talks\n\n{row(50)['text']}\n")
    names = ("b.jsonl", "a.jsonl", "one.txt", "same.txt")
    one_run, files = both([tmp_path / name for name in names], tmp_path, 5)
    assert any("same.txt" in each for each in one_run["addresses"])
    assert [name for name in TABLES if one_run[name] != files[name]] == []
    assert one_run["versions"]
    assert one_run["addresses"]
    assert one_run["problems"]


def test_a_run_without_any_copy_and_one_of_one_passage_are_imported(tmp_path) -> None:
    (tmp_path / "a.txt").write_text(
        "Talks\n\nThe ministers met in Geneva to talk of a ceasefire.\n"
    )
    one, many = both([tmp_path / "a.txt"], tmp_path, 3)
    assert one == many


@pytest.mark.parametrize(
    "what", ["marker", "half a file", "a bit", "a stage of another", "a method"]
)
def test_results_that_are_not_whole_are_not_imported(tmp_path, what) -> None:
    out, db = tmp_path / "out", tmp_path / "new.db"
    cluster_files(OUTLETS[:2], out, engine=Here(), shards=2)
    (file,) = out.glob(f"{'vectors' if what == 'a bit' else 'articles'}-*/00001.parquet")
    content = file.read_bytes()
    if what == "marker":
        file.with_suffix(".done").unlink()
    elif what == "half a file":
        file.write_bytes(content[: len(content) // 2])
    elif what == "a bit":
        file.write_bytes(content[:200] + bytes([content[200] ^ 255]) + content[201:])
    else:
        manifest = read_manifest(Place.at(out))
        if what == "a method":
            manifest["method"][0] -= 1
        else:
            manifest["stages"]["articles"] = manifest["stages"]["bodies"]
            manifest["finished"] = {}
        (out / "manifest.json").write_bytes(seal(manifest))
    with pytest.raises(StoreError, match=r"is not whole|are damaged|another version") as told:
        import_files(out, db=db)
    assert str(out) in str(told.value)
    assert "None" not in str(told.value)
    if what != "a stage of another":
        cluster_files((), out, engine=Here())
        assert import_files(out, db=db).documents == 6


def test_articles_in_the_folder_of_results_are_not_passed_over_unsaid(tmp_path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"Talks\n\nMinisters met in the town of {name}.\n")
    with pytest.raises(InputError, match=r"a lies in .*a, where no articles are read"):
        cluster_files([tmp_path / "a", tmp_path / "b"], tmp_path / "a", engine=Here())
    assert not (tmp_path / "a" / "manifest.json").exists()


def test_a_run_that_goes_on_does_not_fetch_a_model_that_was_not_asked_for(
    tmp_path, monkeypatch
) -> None:
    asked = []

    def note(*_: object, fetch: bool) -> WordEncoder:
        asked.append(fetch)
        return WordEncoder()

    monkeypatch.setattr(answers, "open_encoder", note)
    cluster_files(OUTLETS[:1], tmp_path / "out", engine=Here(), model="wire/model")
    cluster_files((), tmp_path / "out", engine=Here())
    cluster_files((), tmp_path / "out", engine=Here(), model="wire/model", columns={})
    assert asked == [True, False, True]
    told = read_manifest(Place.at(tmp_path / "out"))
    manifest = tmp_path / "out" / "manifest.json"
    before = manifest.read_bytes()
    manifest.write_bytes(seal({**told, "asked": {"modell": "wire/model"}}))
    with pytest.raises(InputError, match="by another version of Topicwire"):
        cluster_files((), tmp_path / "out", engine=Here())
    manifest.write_bytes(before)
    with pytest.raises(InputError, match=r"--model is not as the run in .* was asked for"):
        cluster_files((), tmp_path / "out", engine=Here(), model="static")


@pytest.mark.parametrize(
    "content",
    [
        *("[", "[]", '{"name": "a web page"}', '{"finished": true}'),
        *('{"plan": [], "stages": 3}', '{"plan": [], "stages": {"../../elsewhere": "x"}}'),
    ],
)
def test_a_manifest_of_something_else_is_neither_read_nor_written_over(tmp_path, content) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text(content)
    for use in (
        lambda: cluster_files(OUTLETS[:1], tmp_path / "out", engine=Here()),
        lambda: import_files(tmp_path / "out", db=tmp_path / "new.db"),
        lambda: read_progress(tmp_path / "out"),
    ):
        with pytest.raises(InputError, match="is not of a run over files"):
            use()
    assert (tmp_path / "out" / "manifest.json").read_text() == content


class Stopping(Here):
    """Stops a run, as Ctrl-C does, once so many tasks were done."""

    def __init__(self, tasks: int) -> None:
        super().__init__()
        self.left = tasks

    def run(self, work, tasks, needs=None) -> Iterator[Any]:
        for each in super().run(work, tasks, needs):
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            yield each


def test_a_run_that_was_stopped_anywhere_goes_on_to_the_same_bytes(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(answers, "now", lambda: "2026-05-11T10:00:00+00:00")
    cluster_files(OUTLETS[:3], tmp_path / "whole", engine=Here(), shards=2)
    stops = 0
    while True:
        try:
            again = cluster_files(OUTLETS[:3], tmp_path / "cut", engine=Stopping(4), shards=2)
        except KeyboardInterrupt:
            stops += 1
            with pytest.raises(InputError, match="no finished run"):
                import_files(tmp_path / "cut", db=tmp_path / "none.db")
        else:
            break
    assert stops > 3
    assert files_of(tmp_path / "cut") == files_of(tmp_path / "whole")
    assert again.texts > 0
    # And all of it is known now.
    report = cluster_files((), tmp_path / "cut", engine=Stopping(0))
    left = {"stages": report.stages, "seconds": report.seconds, "files_read": 0}
    assert report == dataclasses.replace(again, **left)
    assert {one.left for one in read_progress(tmp_path / "cut") if one.tasks} == {0}


class Noting(Here):
    """Notes what the tasks of each stage take."""

    def __init__(self) -> None:
        super().__init__()
        self.memory: dict[str, int] = {}

    def run(self, work, tasks, needs=None) -> Iterator[Any]:
        self.memory |= {task.folder.name: needs.memory for task in tasks}
        yield from super().run(work, tasks, needs)


def test_a_task_asks_for_the_memory_of_what_it_reads(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(memory._A_ROW, "articles", 1 << 30)  # six of them in all
    asked = {}
    for shards in (1, 3):
        engine = Noting()
        cluster_files(OUTLETS[:2], tmp_path / f"{shards}", engine=engine, shards=shards)
        asked[shards] = engine.memory
    assert asked[1]["articles"] == 8 << 30
    assert asked[3]["articles"] == 4 << 30
    assert set(asked[1].values()) == {1 << 29, 8 << 30}
    assert {"documents", "homes", "bands", "vectors", "neighbours"} <= asked[1].keys()


def test_new_files_are_read_and_the_old_ones_are_not(tmp_path) -> None:
    cluster_files(OUTLETS[:1], tmp_path / "out", engine=Here(), shards=2)
    report = cluster_files(OUTLETS[:2], tmp_path / "out", engine=Here())
    assert report.shards == 2
    assert report.reading.files == len([*OUTLETS[0].iterdir(), *OUTLETS[1].iterdir()])
    assert report.files_read == report.reading.files  # the outlets were named in another way
    cluster_files(OUTLETS[:2], tmp_path / "fresh", engine=Here(), shards=2)
    import_files(tmp_path / "out", db=tmp_path / "many.db")
    import_files(tmp_path / "fresh", db=tmp_path / "one.db")
    assert read(tmp_path / "many.db") == read(tmp_path / "one.db")


def test_of_a_folder_in_which_one_more_file_is_only_that_is_read(tmp_path) -> None:
    (tmp_path / "in").mkdir()
    rows = [json.dumps(row(number, id=f"n{number}")) + "\n" for number in range(8)]
    big = "".join(rows).rstrip("\n").ljust(33 << 20) + "\n"  # one that is read by itself
    (tmp_path / "in" / "a.jsonl").write_text(big)
    cluster_files(tmp_path / "in", tmp_path / "out", engine=Here(), shards=2)
    (tmp_path / "in" / "b.jsonl").write_text(json.dumps(row(9, id="n9")))
    report = cluster_files((), tmp_path / "out", engine=Here())
    assert (report.files_read, report.reading.files, report.documents) == (1, 2, 9)


def test_a_run_over_other_articles_is_refused_in_the_place_of_the_last_one(tmp_path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"Talks\n\nMinisters met in the town of {name}.\n")
    a, b, out = tmp_path / "a", tmp_path / "b", tmp_path / "out"
    cluster_files(a, out, engine=Here())
    with pytest.raises(
        InputError, match=r"holds a run over other articles \(.*/a\), and .* too, or"
    ):
        cluster_files(b, out, engine=Here())
    assert cluster_files((), out, engine=Here()).documents == 1
    assert cluster_files([a, b], out, engine=Here()).documents == 2
    with pytest.raises(InputError, match="holds a run over other articles"):
        cluster_files(b / "a.txt", out, engine=Here())
    assert cluster_files(tmp_path / "a", tmp_path / "none", engine=Here()).documents == 1
    # What is gone needs not be named.
    (a / "a.txt").unlink()
    a.rmdir()
    assert cluster_files(b, out, engine=Here()).documents == 1


def test_a_run_that_was_stopped_guards_what_the_one_before_it_was_over(tmp_path) -> None:
    paths = []
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(f"Talks\n\nMinisters met in the town of {name}.\n")
        paths.append(tmp_path / f"{name}.txt")
    a, b, c = paths
    out = tmp_path / "out"

    def stop(*paths: Path) -> None:
        with pytest.raises(KeyboardInterrupt):
            cluster_files(paths, out, engine=Stopping(0))

    # One that was stopped before it had read its articles guards none.
    stop(a)
    stop(b)
    stop(b)
    with pytest.raises(InputError, match=r"over other articles \(.*/b.txt\)"):
        cluster_files(c, out, engine=Here())
    cluster_files([a, b], out, engine=Here())
    stop(a, b, c)
    with pytest.raises(InputError, match=r"over other articles \(.*/a.txt and 1 more\)"):
        cluster_files(c, out, engine=Here())
    assert cluster_files((), out, engine=Here()).documents == 3


def test_results_among_the_articles_are_not_read_as_articles(tmp_path) -> None:
    (tmp_path / "a.txt").write_text("Talks\n\nThe ministers met in Geneva to talk that day.\n")
    for _ in range(2):
        report = cluster_files(tmp_path, tmp_path / "out", engine=Here(), shards=2)
        assert (report.reading.files, report.documents) == (1, 1)


class Poisoned(Here):
    """Loses a worker on each task that reads a certain file."""

    def run(self, work, tasks, needs=None) -> Iterator[Any]:
        for task in tasks:
            if isinstance(task, FilePart) and any("poison" in one.path for one in task.files):
                yield task, Outcome(error=WorkerLostError("the worker ended (SIGKILL)"))
            else:
                yield from super().run(work, [task], needs)


def test_a_file_that_kills_workers_is_set_aside_and_told_and_the_others_are_read(tmp_path) -> None:
    for name in ("a", "poison", "z"):
        (tmp_path / f"{name}.txt").write_text(f"{name}\n\nMinisters met in the town of {name}.\n")
    paths = sorted(tmp_path.glob("*.txt"))
    report = cluster_files(paths, tmp_path / "out", engine=Poisoned(), shards=2)
    assert [(one.stage, Path(one.about).name) for one in report.failed] == [
        ("documents", "poison.txt")
    ]
    (told,) = json.loads((tmp_path / "out" / "failed.json").read_text())
    assert told["about"] == str(tmp_path / "poison.txt")
    import_files(tmp_path / "out", db=tmp_path / "many.db")
    assert ["poison" in problem for problem in read(tmp_path / "many.db")["problems"]] == [True]
    # Mended, it is read, and nothing is set aside.
    assert cluster_files((), tmp_path / "out", engine=Here()).failed == ()
    assert not (tmp_path / "out" / "failed.json").exists()


def test_what_cannot_be_is_refused_in_a_sentence(tmp_path, monkeypatch) -> None:
    with pytest.raises(InputError, match="holds no run"):
        cluster_files((), tmp_path / "out", engine=Here())
    with pytest.raises(InputError, match="holds no run"):
        import_files(tmp_path / "out", db=tmp_path / "many.db")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file; expected the DIR of a cluster"):
        cluster_files(OUTLETS[:1], tmp_path / "file", engine=Here())
    with pytest.raises(InputError, match="name of the folder is empty"):
        cluster_files(OUTLETS[:1], "", engine=Here())
    with pytest.raises(InputError, match="0 shards"):
        cluster_files(OUTLETS[:1], tmp_path / "out", engine=Here(), shards=0)
    with pytest.raises(InputError, match="--topics-count goes with a database"):
        cluster_files(OUTLETS[:1], tmp_path / "out", engine=Here(), topics_count=5)
    with pytest.raises(InputError, match="files and folders alone"):
        cluster_files([{"text": "a"}], tmp_path / "out", engine=Here())
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "a.jsonl").write_text("")
    with pytest.raises(InputError, match="No article was found"):
        cluster_files([tmp_path / "none"], tmp_path / "out", engine=Here())
    cluster_files(OUTLETS[:1], tmp_path / "out", engine=Here())
    cluster(OUTLETS[1:2], db=tmp_path / "many.db")
    with pytest.raises(InputError, match="holds articles already"):
        import_files(tmp_path / "out", db=tmp_path / "many.db")
    monkeypatch.setattr(importing, "free_memory", lambda: 1000)
    with pytest.raises(StoreError, match=r"GB of memory, and 0\.0 GB are free"):
        import_files(tmp_path / "out", db=tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()


def test_an_import_that_was_stopped_is_gone_on_with_by_cluster(tmp_path, monkeypatch) -> None:
    out, stopped, whole = tmp_path / "out", tmp_path / "stopped.db", tmp_path / "whole.db"
    cluster_files(OUTLETS[:1], out, engine=Here())
    fill = importing.fill_store

    def stop(*given: Any) -> None:
        fill(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(importing, "fill_store", stop)
        with pytest.raises(KeyboardInterrupt):
            import_files(out, db=stopped)
    with CorpusStore.open(stopped) as store:
        assert store.setting("encoder")
    with pytest.raises(InputError, match=r"`topicwire cluster --db .*` goes on"):
        import_files(out, db=stopped)
    cluster(db=stopped)
    import_files(out, db=whole)
    assert read(stopped) == read(whole)


def test_a_run_over_a_store_is_gone_on_with_by_its_address_with_options_and_keys(tmp_path) -> None:
    place = Place(str(tmp_path))
    before = {"over": ["s3://key:secret@b/x?region=us-east-1"]}
    refuse_others(before["over"], before, place)
    refuse_others(["s3://b"], before, place)
    with pytest.raises(InputError, match="over other articles") as told:
        refuse_others(["s3://b/y"], before, place)
    assert "secret" not in str(told.value)
    assert "key" not in str(told.value)
