"""Whatever became of the files of a run: it is found out, told in a sentence, and made again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.engines.protocol import Outcome
from embeddings.errors import InputError, StoreError, TopicwireError
from embeddings.shards import notes
from embeddings.shards.notes import FAILED, MANIFEST, read_manifest, seal, unseal
from embeddings.shards.place import Place
from tests.topics.pipeline.sharded.tables import files_of
from topics.answers import cluster_files as answers
from topics.answers.cluster_files import cluster_files, read_progress
from topics.answers.import_files import import_files
from topics.answers.simulating import simulate
from topics.pipeline.sharded.plan import Here

TEXTS = (
    "The ministers met in Geneva to talk about a ceasefire in all of the north.",
    "Rain fell on the town at noon, and the river rose over its banks by the evening.",
    "The striker scored twice in the second half before a crowd of forty thousand.",
)
READ = "2026-05-11T10:00:00+00:00"


def write(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"Talks {number}\n\n{TEXTS[number]}\n")
    return folder


@pytest.fixture(scope="module")
def articles(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("news") / "articles", 3)


def run(paths, out, **options):
    return cluster_files(paths, out, engine=Here(), shards=2, **options)


@pytest.fixture
def out(articles, tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(answers, "now", lambda: READ)
    run(articles, tmp_path / "out")
    return tmp_path / "out"


def later(content: bytes) -> bytes:
    """Return a note as a version to come may write it."""
    with pytest.MonkeyPatch.context() as patch:
        told = unseal(content)
        patch.setattr(notes, "FORM", notes.FORM + 1)
        return seal({"more": 1, **(told or {})})


DAMAGES = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda _: b"",
    "a list": lambda _: b"[]",
    "another": lambda _: b'{"name": "a web page", "tasks": 3}',
    "changed": lambda content: content.replace(b": ", b": -", 1),
    "not text": lambda content: b"\xff" + content,
    "later": later,
}


def told(use) -> str:
    """Return in what sentence something is refused, empty where it is not."""
    try:
        use()
    except TopicwireError as error:
        return str(error)
    return ""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_note_that_is_damaged_is_told_or_made_again(out_of_all, data) -> None:
    whole, tmp = out_of_all
    out = tmp / "out"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(whole, out)
    listed = sorted(out.rglob("*.json")) + sorted(out.rglob("*.done"))
    kinds = {path.name if path.suffix == ".json" else path.parent.name for path in listed}
    assert len(kinds) > 10
    path = data.draw(st.sampled_from(listed))
    damage = data.draw(st.sampled_from(sorted(DAMAGES)))
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    uses = {
        "status": lambda: read_progress(out),
        "simulate": lambda: simulate(1e6, out),
        "import": lambda: import_files(out, db=tmp / "new.db"),
    }
    name = data.draw(st.sampled_from(sorted(uses)))
    said = told(uses[name])
    assert "\n" not in said
    if path.name == MANIFEST:
        assert "damaged or by another version" in said
        path.unlink()
        run(tmp / "articles", out)
    elif path.name == "stage.json":
        assert f"topicwire cluster --out {out}" in said
        run((), out)
    else:
        run((), out)
    assert files_of(out) == files_of(whole)
    (tmp / "new.db").unlink(missing_ok=True)


@pytest.fixture
def out_of_all(out, articles, tmp_path) -> tuple[Path, Path]:
    (tmp_path / "articles").symlink_to(articles)
    return out.rename(tmp_path / "whole"), tmp_path


def flip(out: Path, stage: str) -> None:
    """Turn a bit in the largest file of a stage: in what is read, and not in names of columns."""
    damaged = max(out.glob(f"{stage}-*/*.parquet"), key=lambda path: path.stat().st_size)
    content = bytearray(damaged.read_bytes())
    content[60] ^= 1
    damaged.write_bytes(content)


@pytest.mark.parametrize("stage", ["documents", "articles", "bodies"])
def test_a_bit_that_has_turned_is_made_again(out, stage) -> None:
    want = files_of(out)
    flip(out, stage)
    for marker in out.glob("*/*.done"):
        if not marker.parent.name.startswith(stage):
            marker.unlink()  # else nobody reads it
    report = run((), out)
    assert "1 file was damaged or missing" in report.notes[-1]
    assert report.failed == ()
    assert not (out / FAILED).exists()
    assert files_of(out) == want


def test_what_an_import_finds_damaged_the_next_run_makes_again(out, tmp_path) -> None:
    want = files_of(out)
    for stage in ("vectors", "lists"):
        flip(out, stage)
    with pytest.raises(StoreError, match=r"stages vectors, lists are .* topicwire cluster --out"):
        import_files(out, db=tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()
    run((), out)
    assert files_of(out) == want


def test_an_import_and_a_run_keep_out_of_each_others_way(out, tmp_path, monkeypatch) -> None:
    db = tmp_path / "new.db"
    with Place.at(out).lock(), pytest.raises(StoreError, match="Another Topicwire run is at work"):
        import_files(out, db=db)
    with pytest.raises(InputError, match="holds no run"):
        import_files(tmp_path / "none", db=db)
    assert not (tmp_path / "none").exists()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "for reading alone")

    monkeypatch.setattr("embeddings.shards.locking.lock_folder", refuse)
    with pytest.raises(StoreError, match="cannot be used"):
        run((), out)
    assert import_files(out, db=db).documents == 3


def test_what_bands_and_rows_were_needed_for_is_done_without_them(out) -> None:
    want = files_of(out)
    assert not [name for name in want if name.startswith(("bands-", "rows-"))]
    assert len([*out.glob("bands-*/*.done")]) == 2
    assert not any(stage.spent for stage in run((), out).stages)
    (marker,) = out.glob("candidates-*/00000.done")
    marker.unlink()
    report = run((), out)
    assert {stage.name for stage in report.stages if stage.spent} >= {"bands", "candidates"}
    assert files_of(out) == want


class Failing(Here):
    """Fails in a stage, and notes of which stages anything was done."""

    def __init__(self, stage: str, error: Exception) -> None:
        super().__init__()
        self.stage, self.error, self.done = stage, error, list[str]()

    def run(self, work, tasks, needs=None):
        for task in tasks:
            self.done.append(task.folder.name)
            if task.folder.name == self.stage:
                yield task, Outcome(error=self.error)
            else:
                yield from super().run(work, [task], needs)


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        ("pairs", ValueError("it breaks")),
        ("pairs", TopicwireError("it breaks")),
        ("candidates", TopicwireError("it breaks")),
    ],
)
def test_a_stage_that_fails_by_itself_makes_nothing_again(out, stage, error) -> None:
    for marker in out.glob(f"{stage}-*/*.done"):
        marker.unlink()
    engine = Failing(stage, error)
    with pytest.raises(TopicwireError, match="it breaks"):
        cluster_files((), out, engine=engine)
    assert set(engine.done) == {stage}
    assert len([*out.glob("bands-*/*.done")]) == 2
    assert isinstance(error, TopicwireError) or (out / FAILED).exists()
    run((), out)


def test_what_cannot_be_read_for_a_moment_is_kept(out, tmp_path, monkeypatch) -> None:
    want = {path: path.read_bytes() for path in out.glob("*/*") if path.is_file()}

    opens = Place.open

    def refuse(place: Place, name: str) -> object:
        if name.endswith(".parquet"):
            raise OSError(24, "Too many open files")
        return opens(place, name)

    monkeypatch.setattr(Place, "open", refuse)
    with pytest.raises(StoreError, match=r"parquet in .*cannot be read .*Too many open files"):
        import_files(out, db=tmp_path / "new.db")
    monkeypatch.undo()
    assert want == {path: path.read_bytes() for path in out.glob("*/*") if path.is_file()}


def test_an_import_that_could_not_lock_removes_nothing(out, tmp_path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "for reading alone")

    flip(out, "vectors")
    want = files_of(out)
    monkeypatch.setattr("embeddings.shards.locking.lock_folder", refuse)
    with pytest.raises(StoreError, match="stages vectors are missing"):
        import_files(out, db=tmp_path / "new.db")
    assert files_of(out) == want


def test_notes_of_an_engine_are_of_one_run(out) -> None:
    engine = Here()
    engine.notes.append("of a run before")
    assert "of a run before" not in cluster_files((), out, engine=engine).notes


def test_folders_of_other_options_are_counted_and_removed_when_asked(articles, out) -> None:
    assert run((), out).old == ()
    (out / "news-0123456789ab").mkdir()
    (out / "news-0123456789ab" / "mine.txt").write_text("mine")
    want = files_of(out)
    run(articles, out, source="Wire")
    report = run((), out)
    assert {one.name for one in report.old} >= {str(Path(name).parent) for name in want}
    assert len(report.old) == len(report.stages)
    assert sum(one.bytes for one in report.old) > sum(map(len, want.values()))
    assert [one for one in read_progress(out) if one.old] == list(report.old)
    # A run that is not finished may need any of them.
    manifest = read_manifest(Place.at(out))
    del manifest["finished"]
    (out / MANIFEST).write_bytes(seal(manifest))
    assert not [one for one in read_progress(out) if one.old]
    assert run((), out, remove_old=True).old == ()
    assert not files_of(out).keys() & want.keys()
    assert (out / "news-0123456789ab" / "mine.txt").exists()


@pytest.mark.parametrize("what", ["marker", "file", "no file"])
def test_what_is_cut_short_is_not_told_as_done(out, what) -> None:
    (file,) = out.glob("bodies-*/00001.parquet")
    damaged = file.with_suffix(".done") if what == "marker" else file
    damaged.write_bytes(damaged.read_bytes()[:-9])
    if what == "no file":
        file.unlink()
    left = {one.name: one.left for one in read_progress(out) if one.tasks}
    assert {name for name, number in left.items() if number} == {"bodies"}
    assert left["bodies"] == 1
    (status,) = (one for one in read_progress(out) if one.name == "bodies")
    assert 0 < status.work < sum(one.work for one in read_progress(out))
    run((), out)
    assert not any(one.left for one in read_progress(out))
