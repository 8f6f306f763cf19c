"""Ray of our own: what it must not do, and what becomes of a run whose head was killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from embeddings.engines.opening import open_engine
from embeddings.errors import InputError, TopicwireError

ROOT = Path(__file__).parents[3]
FOLDERS = re.compile(r"tw[0-9a-f]{32}")

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None, reason="Ray is not installed: pip install 'topicwire[ray]'"
)

# A run of slow tasks; the first outcome is waited for, then it says so and looks around.
SCRIPT = """
import sys
from pathlib import Path
from embeddings.engines.opening import open_engine
from embeddings.engines.protocol import Needs
from embeddings.shards.place import Place
from embeddings.shards.runs import open_run
from embeddings.shards.stages import Folder
from tests.embeddings.engines.test_ray import find_others, descend
from tests.embeddings.engines.work import parts, square

out, log, kind, count = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
folder = Folder.of(Place.at(out), "squares", {})
if __name__ == "__main__":
    with open_engine(kind, workers=2) as engine:
        with open_run(folder.place, engine) as run:
            tasks = parts(folder, log, count, dict.fromkeys(range(count), "slow"))
            done = run.stage(folder, square, tasks, Needs())
        print(len(done), sorted(find_others(descend())))
"""


def descend() -> set[int]:
    """Return this process and all that come of it."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def find_others(processes: set[int]) -> set[str]:
    """Return addresses, in hexadecimal, beyond this machine to which processes are connected."""
    sockets = set()
    for pid in processes:
        for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                sockets.add(str(descriptor.readlink()))
            except OSError:
                continue
    rows = []
    for table in ("tcp", "tcp6"):
        rows += [row.split() for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    ours = {row[1].partition(":")[0] for row in rows}
    theirs = {row[2].partition(":")[0] for row in rows if f"socket:[{row[9]}]" in sockets}
    return theirs - ours - {"00000000", "0" * 32, "0100007F", "0000000000000000FFFF00000100007F"}


@pytest.fixture
def start(tmp_path):
    """Start a head in a process group of its own; what is left of it is killed at the end."""
    home, log = tmp_path / "home", tmp_path / "log"
    home.mkdir()
    log.mkdir()
    heads = []
    (tmp_path / "head.py").write_text(SCRIPT)

    def begin(out: str, kind: str, count: int) -> subprocess.Popen[str]:
        environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT)}
        for name in [name for name in environment if name.startswith("RAY_")]:
            del environment[name]
        arguments = [str(tmp_path / "head.py"), str(tmp_path / out), str(log), kind, str(count)]
        heads.append(
            subprocess.Popen(
                [sys.executable, *arguments],
                env=environment,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )
        return heads[-1]

    yield begin
    for head in heads:
        if head.poll() is None:
            os.killpg(head.pid, signal.SIGKILL)


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.glob("*/*.parquet")}


def find_folders() -> set[str]:
    """Return the temporary folders of Rays of our own."""
    return {path.name for path in Path("/tmp").iterdir() if FOLDERS.fullmatch(path.name)}  # noqa: S108


@needs_ray
def test_ray_goes_on_where_its_head_was_killed_keeps_to_this_machine_and_leaves_nothing(
    start, tmp_path
):
    before = find_folders()
    killed = start("ray", "ray", 24)
    until = time.monotonic() + 300
    while len(list((tmp_path / "ray").glob("*/*.done"))) < 3:
        assert killed.poll() is None, killed.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    done = {path.stem for path in (tmp_path / "ray").glob("*/*.done")}
    attempts = set((tmp_path / "log").iterdir())
    out, err = start("ray", "ray", 24).communicate(timeout=300)
    assert out.split() == ["24", "[]"], err
    assert len(done) < 24
    again = {path.name[:3] for path in set((tmp_path / "log").iterdir()) - attempts}
    assert again & done == set()
    out, err = start("local", "local", 24).communicate(timeout=300)
    assert out.split() == ["24", "[]"], err
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")
    assert list((tmp_path / "home").iterdir()) == []
    assert find_folders() <= before


@needs_ray
def test_the_cluster_file_of_the_docs_passes_rays_own_check():
    import yaml
    from ray.autoscaler._private.util import prepare_config, validate_config

    config = prepare_config(yaml.safe_load((ROOT / "docs" / "ray-cluster.yaml").read_text()))
    validate_config(config)
    (kind,) = config["available_node_types"].values()
    assert kind["min_workers"] == len(config["provider"]["worker_ips"])


def test_without_ray_the_engine_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"pip install 'topicwire\[ray\]'"):
        open_engine("ray", workers=1)


@needs_ray
def test_ray_starts_in_a_program_that_has_imported_it_before():
    script = (
        "import ray\n"
        "from embeddings.engines.opening import open_engine\n"
        "with open_engine('ray', workers=1) as engine:\n"
        "    print('started')\n"
    )
    env = {name: text for name, text in os.environ.items() if not name.startswith("RAY_")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.stdout == "started\n", done.stderr


@needs_ray
@pytest.mark.parametrize(
    ("address", "error", "said"),
    [
        ("nonsense", InputError, "expected host:port, such as 10.0.0.1:6379"),
        ("ray://127.0.0.1", InputError, "is no address of a Ray cluster"),
        ("127.0.0.1:1", TopicwireError, "no cluster is found at 127.0.0.1:1"),
    ],
)
def test_an_address_without_a_cluster_is_told_at_once(address, error, said):
    with pytest.raises(error, match=said):
        open_engine("ray", address=address)
