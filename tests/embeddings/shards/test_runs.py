"""A run does what is not done, whatever became of the runs before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from embeddings.engines.opening import open_engine
from embeddings.engines.protocol import Needs
from embeddings.errors import InputError, StoreError
from embeddings.shards.place import Place
from embeddings.shards.runs import open_run
from embeddings.shards.stages import Folder, digest, write_file
from embeddings.shards.status import StageStatus, read_status
from tests.embeddings.engines.work import Part, parts, square

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def engine():
    with open_engine("local", workers=2) as opened:
        yield opened


@pytest.fixture
def log(tmp_path):
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


@pytest.fixture
def folder(tmp_path):
    return Folder.of(Place.at(tmp_path / "out"), "squares", {"power": 2})


def run(engine, folder, tasks):
    with open_run(folder.place, engine, ["squares", "roots"]) as opened:
        return opened.stage(folder, square, tasks, Needs()), opened


def files(folder: Folder) -> dict[str, bytes]:
    path = Path(folder.place.address, str(folder))
    return {one.name: one.read_bytes() for one in path.glob("*.parquet")}


def test_a_stage_is_files_with_markers(engine, folder, log):
    markers, opened = run(engine, folder, parts(folder, log, 5))
    assert sorted(markers) == ["000", "001", "002", "003", "004"]
    assert {name: len(content) for name, content in files(folder).items()} == {
        f"{name}.parquet": marker.size for name, marker in markers.items()
    }
    assert markers["002"].rows == 10
    assert markers["002"].facts == {"numbers": 10}
    assert folder.read("002", ["square"])["square"].to_pylist()[:3] == [400, 441, 484]
    assert folder.read("002", group=1).num_rows == 0
    assert sum(spent.rows for spent in opened.spent["squares"]) == 50
    assert opened.failed == []


def test_what_has_a_marker_is_not_done_again(engine, folder, log):
    first, _ = run(engine, folder, parts(folder, log, 3))
    again, _ = run(engine, folder, parts(folder, log, 5))
    assert len(list(log.iterdir())) == 5
    assert {name: again[name] for name in first} == first
    assert digest(again) != digest(first)


@pytest.mark.parametrize("trouble", ["cut", "gone", "marker", "inputs", "no JSON"])
def test_a_marker_that_is_not_true_is_found_out(engine, folder, log, trouble):
    tasks = parts(folder, log, 3)
    before, _ = run(engine, folder, tasks)
    whole = files(folder)
    path = Path(folder.place.address, str(folder), "001.parquet")
    if trouble == "cut":
        os.truncate(path, path.stat().st_size - 1)
    elif trouble == "gone":
        path.unlink()
    elif trouble == "marker":
        path.with_suffix(".done").unlink()
    elif trouble == "no JSON":
        path.with_suffix(".done").write_text('{"digest": "')
    else:
        tasks[1] = Part(folder, "001", "others", 10, str(log))
    after, _ = run(engine, folder, tasks)
    assert len(list(log.glob("001-*"))) == 2
    assert len(list(log.iterdir())) == 4
    assert files(folder) == whole
    assert digest(after) == digest(before)


def test_a_bit_that_has_turned_is_no_answer(engine, folder, log):
    run(engine, folder, parts(folder, log, 1))
    path = Path(folder.place.address, str(folder), "000.parquet")
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"(?i)crc|checksum|corrupt"):
        folder.read("000")


def test_other_options_never_meet_old_files(tmp_path):
    place = Place.at(tmp_path)
    first = Folder.of(place, "squares", {"power": 2})
    other = Folder.of(place, "squares", {"power": 3})
    assert first == Folder.of(place, "squares", {"power": 2})
    keys = {first.key, other.key, Folder.of(place, "roots", {}, [first]).key}
    assert len(keys | {Folder.of(place, "roots", {}, [other]).key}) == 4


@pytest.mark.parametrize("trouble", ["kill", "raise"])
def test_a_poison_input_is_set_aside_with_its_name(engine, folder, log, trouble):
    markers, opened = run(engine, folder, parts(folder, log, 4, {2: trouble}))
    assert sorted(markers) == ["000", "001", "003"]
    (failure,) = opened.failed
    assert (failure.stage, failure.about) == ("squares", "numbers-20.txt")
    assert (
        failure.why
        == {
            "kill": "the worker ended (SIGKILL)",
            "raise": "ValueError: it breaks",
        }[trouble]
    )
    assert len(list(log.glob("002-*"))) == {"kill": 3, "raise": 1}[trouble]
    place = Path(folder.place.address)
    assert "numbers-20.txt" in (place / "failed.json").read_text()
    markers, opened = run(engine, folder, parts(folder, log, 4))
    assert len(markers) == 4
    assert not (place / "failed.json").exists()
    assert not list(place.rglob("*.tmp"))


def start_head(folder: Folder, log: Path, count: int) -> subprocess.Popen[str]:
    script = (
        "from pathlib import Path\n"
        "from embeddings.engines.opening import open_engine\n"
        "from tests.embeddings.engines.work import parts\n"
        "from tests.embeddings.shards.test_runs import run\n"
        "from embeddings.shards.place import Place\n"
        "from embeddings.shards.stages import Folder\n"
        f"folder = Folder(Place({folder.place.address!r}), {folder.name!r}, {folder.key!r})\n"
        f"slow = dict.fromkeys(range({count}), 'slow')\n"
        "if __name__ == '__main__':\n"
        "    with open_engine('local', workers=2) as engine:\n"
        f"        run(engine, folder, parts(folder, Path({str(log)!r}), {count}, slow))\n"
    )
    path = log.with_name("head.py")
    path.write_text(script)
    return subprocess.Popen(
        [sys.executable, str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_same_command_goes_on_after_the_head_was_killed(engine, folder, log):
    head = start_head(folder, log, 24)
    place = Path(folder.place.address)
    wait_for(lambda: len(list(place.glob("*/*.done"))) >= 4)
    with pytest.raises(StoreError, match="Another Topicwire run is at work in"):
        run(engine, folder, parts(folder, log, 24))
    status = {one.name: one for one in read_status(folder.place)}
    assert status["roots"] == StageStatus("roots")
    assert status["squares"].tasks == 24
    assert 4 <= status["squares"].done < 24
    assert status["squares"].seconds > 0
    head.send_signal(signal.SIGKILL)
    head.wait()
    (place / str(folder) / f"023.parquet.{'0' * 32}.tmp").write_bytes(b"half")
    done = {path.stem for path in place.glob("*/*.done")}
    attempts = {path.name for path in log.iterdir()}
    assert len(done) < 24
    markers, _ = run(engine, folder, parts(folder, log, 24))
    assert len(markers) == 24
    assert not [new for new in {path.name for path in log.iterdir()} - attempts if new[:3] in done]
    assert not list(place.rglob("*.tmp"))
    (squares, _) = read_status(folder.place)
    assert (squares.done, squares.left, squares.seconds) == (24, 0, 0.0)
    assert squares.bytes == sum(map(len, files(folder).values()))
    other = Folder.of(Place.at(log.with_name("other")), "squares", {})
    run(engine, other, parts(other, log, 24))
    assert files(other) == files(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_full_disk_is_named_with_the_stage_and_what_it_needs(engine, tmp_path, log):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(disk)], check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        folder = Folder.of(Place.at(disk / "out"), "squares", {})
        with pytest.raises(StoreError, match=r"no more room in .*squares needs some .* MB"):
            run(engine, folder, parts(folder, log, 60))
        subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
        markers, _ = run(engine, folder, parts(folder, log, 60))
        assert len(markers) == 60
        assert not list(disk.rglob("*.tmp"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_an_address_shows_no_keys_and_a_wrong_one_is_refused():
    assert str(Place("s3://key:secret@bucket/a?region=x")) == "s3://bucket/a"
    with pytest.raises(InputError, match="such as s3://bucket/folder"):
        Place.at("ftp://example/a")
    with pytest.raises(InputError, match="holds no run"):
        read_status(Place.at("/nowhere/at/all"))


def test_after_an_error_there_is_neither_file_nor_marker(folder):
    def write(task: Part) -> None:
        with write_file(task) as output:
            output.add(pa.table({"number": [1]}))
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        write(Part(folder, "1", "", 0, ""))
    assert folder.place.list(str(folder)) == {}
    assert folder.find_marker("1") is None
