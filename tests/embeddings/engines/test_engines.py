"""Every engine runs all tasks, whatever happens to its workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from embeddings.engines.local import LocalEngine
from embeddings.engines.opening import open_engine
from embeddings.engines.pool import Worker
from embeddings.engines.protocol import Needs, Outcome, WorkerLostError
from embeddings.errors import InputError, TopicwireError
from tests.embeddings.engines.work import (
    Sum,
    add_up,
    hand_back_a_lock,
    read_gpus,
    read_threads,
    remember,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", params=["local", "ray"])
def engine(request):
    if request.param == "ray" and find_spec("ray") is None:
        pytest.skip("Ray is not installed: pip install 'topicwire[ray]'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_OVERRIDE_RESOURCES", '{"GPU": 1}')  # which nothing here has
        with open_engine(request.param, workers=2) as opened:
            yield opened


def test_every_task_comes_back_once_with_its_result(engine):
    tasks = [Sum(n) for n in range(20)]
    found = list(engine.run(add_up, tasks, Needs()))
    assert sorted(task.number for task, _ in found) == list(range(20))
    assert all(outcome.result == sum(range(task.number + 1)) for task, outcome in found)
    assert all(outcome.error is None and outcome.peak > 1e6 for _, outcome in found)


def test_a_result_that_does_not_travel_is_told_by_what_is_wrong_with_it(engine):
    ((_, found),) = engine.run(hand_back_a_lock, [Sum(1)], Needs())
    assert "pickle" in str(found.error)
    assert "\x1b" not in str(found.error)


def test_no_task_is_no_work(engine):
    assert list(engine.run(add_up, [], Needs(memory=10**15, gpus=9))) == []


def test_an_error_is_an_outcome_and_the_others_go_on(engine):
    tasks = [Sum(1, "raise"), Sum(2), Sum(3, "refuse"), Sum(4)]
    found = {task.number: outcome for task, outcome in engine.run(add_up, tasks, Needs())}
    assert str(found[1].error) == "ValueError: it breaks"
    assert "add_up" in found[1].error.__notes__[0]
    assert isinstance(found[3].error, InputError)
    assert found[2].result == 3
    assert found[4].result == 10


def test_a_worker_that_is_killed_is_replaced_and_the_task_done_again(engine, tmp_path):
    tasks = [Sum(1, "kill", str(tmp_path), times=2), *(Sum(n) for n in range(2, 9))]
    found = {task.number: outcome for task, outcome in engine.run(add_up, tasks, Needs())}
    assert [found[n].result for n in range(1, 9)] == [1, 3, 6, 10, 15, 21, 28, 36]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_task_that_kills_three_workers_is_given_up(engine, tmp_path, capfd):
    tasks = [Sum(1, "kill", str(tmp_path)), *(Sum(n) for n in range(2, 6))]
    found = {task.number: outcome for task, outcome in engine.run(add_up, tasks, Needs())}
    assert isinstance(found[1].error, WorkerLostError)
    assert [found[n].result for n in range(2, 6)] == [3, 6, 10, 15]
    assert len(list(tmp_path.iterdir())) == 3
    time.sleep(1)  # Ray tells of it a moment later
    assert capfd.readouterr() == ("", "")


def test_workers_keep_to_the_threads_of_a_task(engine):
    (_, one), *_ = engine.run(read_threads, [Sum(1)], Needs())
    (_, two), *_ = engine.run(read_threads, [Sum(1)], Needs(threads=2))
    assert one.result == "1 1"
    assert two.result == f"2 {min(2, len(os.sched_getaffinity(0)))}"
    assert "OPENBLAS_NUM_THREADS" not in os.environ or os.environ["OPENBLAS_NUM_THREADS"] != "2"


def test_a_worker_keeps_what_took_long_to_make(engine):
    found = list(engine.run(remember, [Sum(n) for n in range(6)], Needs(threads=2)))
    # One worker of two threads has both cores: it did all six.
    assert sorted(outcome.result for _, outcome in found) == [1, 2, 3, 4, 5, 6]


def test_who_can_do_more_does_less(engine, monkeypatch):
    began: list[int] = []
    start = engine._start
    monkeypatch.setattr(engine, "_start", lambda needs: began.append(needs.memory) or start(needs))

    def use(memory: int) -> None:
        assert len(list(engine.run(add_up, [Sum(n) for n in range(4)], Needs(memory=memory)))) == 4

    for memory in (5, 3, 5, 4):
        use(memory * 10**8)
    # At once, or in the midst of a later stage: what has not begun yet is waited for there.
    assert set(began) <= {5 * 10**8}
    assert len(began) <= 2
    use(6 * 10**8)
    # Of one machine's processes memory is not kept from others.
    assert (6 * 10**8 in began) == (engine.name == "ray")


class Speaking(Worker):
    """Says nothing of itself."""

    ended = False

    def give(self, *_: object) -> None: ...
    def end(self) -> None:
        self.ended = True


def test_a_worker_that_began_when_nobody_asked_any_more_is_there_for_the_next(monkeypatch):
    """What it has said of itself it does not say again."""
    engine = LocalEngine(2)
    workers = [Speaking(Needs()), Speaking(Needs())]
    one, two = workers
    began = iter(workers)
    said = iter(
        [
            [(one, None)],
            [(one, Outcome(result=1)), (two, None)],
            [(two, Outcome(result=2))],
            [(one, Outcome(result=3))],
        ]
    )
    monkeypatch.setattr(engine, "_start", lambda _: next(began))
    monkeypatch.setattr(engine, "_hear", lambda _: next(said))
    outcomes = engine.run(add_up, [Sum(n) for n in range(3)])
    assert next(outcomes)[1].result == 1
    outcomes.close()
    found = [outcome.result for _, outcome in engine.run(add_up, [Sum(4), Sum(5)])]
    assert sorted(found) == [2, 3]
    assert not one.ended
    assert not two.ended


@pytest.mark.parametrize(
    ("reserves", "had", "tasks", "kept"),
    [
        (True, [4, 4], 9, [4, 4]),
        (True, [4], 1, [4]),
        # The second task would have to wait for what the first worker keeps to itself.
        (True, [4], 9, []),
        (True, [4, 2], 9, [4, 2]),
        (True, [2], 9, [2]),
        (True, [1, 1], 1, []),
        (False, [1], 9, [1]),
        (False, [4, 2, 1], 9, [4, 2]),
    ],
)
def test_workers_are_kept_where_they_are_of_use(monkeypatch, reserves, had, tasks, kept):
    engine = LocalEngine(2)
    monkeypatch.setattr(LocalEngine, "reserves", reserves)
    workers = [Speaking(Needs(memory=memory)) for memory in had]
    engine._idle = [*workers]
    engine._keep(Needs(memory=2), 2, tasks)
    assert [one.needs.memory for one in engine._idle] == kept
    assert [one for one in workers if not one.ended] == engine._idle


def test_a_task_that_fits_nowhere_is_refused_with_the_figures(engine):
    said = r"task takes some 1,000,000.0 GB of memory, and .* GB.*; cut the corpus into more parts"
    with pytest.raises(TopicwireError, match=said):
        list(engine.run(add_up, [Sum(1)], Needs(memory=10**15)))


def test_no_more_tasks_run_at_once_than_memory_holds_and_that_is_told(monkeypatch):
    monkeypatch.setattr("embeddings.engines.local.free_memory", lambda: 5 * 10**9)
    with open_engine("local", workers=4) as engine:
        tasks = [Sum(n) for n in range(6)]
        found = list(engine.run(add_up, tasks, Needs(memory=2 * 10**9)))
        assert len({outcome.worker for _, outcome in found}) <= 2
        assert engine.notes == [
            "Of a stage whose tasks take some 2.0 GB of memory each no more than 2 ran at once, in "
            "place of 4."
        ]


def test_memory_that_waiting_workers_gave_back_is_counted_once(monkeypatch):
    needs, tasks = Needs(memory=2 * 10**9), [Sum(n) for n in range(6)]
    with open_engine("local", workers=4) as engine:
        free = iter((5 * 10**9, 5 * 10**9, 3 * 10**9))
        monkeypatch.setattr("embeddings.engines.local.free_memory", lambda: next(free))
        for fit in (2, 2, 1):
            engine.notes.clear()
            found = list(engine.run(add_up, tasks, needs))
            assert len({outcome.worker for _, outcome in found}) <= fit
            assert f"more than {fit} ran at once" in engine.notes[0]


def test_memory_that_a_waiting_worker_holds_is_its_next_tasks(monkeypatch):
    needs = Needs(memory=2 * 10**9)
    with open_engine("local", workers=1) as engine:
        list(engine.run(add_up, [Sum(1)], needs))
        monkeypatch.setattr("embeddings.engines.local.free_memory", lambda: 0)
        monkeypatch.setattr("embeddings.engines.local.held_memory", lambda _: 2 * 10**9)
        assert len(list(engine.run(add_up, [Sum(1)], needs))) == 1


def test_each_kind_of_needs_has_one_note(monkeypatch):
    monkeypatch.setattr("embeddings.engines.local.free_memory", lambda: 5 * 10**9)
    with open_engine("local", workers=4) as engine:
        for memory in (2, 4, 2):
            list(engine.run(add_up, [Sum(1)], Needs(memory=memory * 10**9)))
        assert [note[:45] for note in engine.notes] == [
            "Of a stage whose tasks take some 4.0 GB of me",
            "Of a stage whose tasks take some 2.0 GB of me",
        ]


def test_an_actor_of_an_encoder_has_the_gpu_that_it_asked_for(engine):
    if engine.name == "local":
        pytest.skip("processes of this machine see all its GPUs")
    ((_, found),) = engine.run(read_gpus, [Sum(1)], Needs(gpus=1))
    assert found.result == "0"
    with pytest.raises(TopicwireError, match="No machine of the cluster offers Ray the GPU"):
        list(engine.run(read_gpus, [Sum(1)], Needs(gpus=2)))


def test_who_stops_asking_stops_the_tasks(engine):
    outcomes = engine.run(add_up, [Sum(1), Sum(2, "wait")], Needs())
    next(outcomes)
    began = time.monotonic()
    outcomes.close()
    assert list(engine.run(add_up, [Sum(3), Sum(4)], Needs()))
    assert time.monotonic() - began < 50


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("spark", {}, "There is no engine 'spark': expected one of local, ray"),
        ("local", {"workers": 0}, "0 workers cannot be"),
        ("local", {"address": "auto"}, "is that of a Ray cluster"),
    ],
)
def test_an_engine_that_cannot_be_is_refused_in_a_sentence(name, options, said):
    with pytest.raises(InputError, match=said):
        open_engine(name, **options)


def test_a_script_without_a_main_is_told_so(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from embeddings.engines.opening import open_engine\n"
        "from tests.embeddings.engines.work import Sum, add_up\n"
        "list(open_engine('local', workers=1).run(add_up, [Sum(1)]))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert TopicwireError.__name__ in done.stderr
    assert "needs `if __name__" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="workers begin anew there")
def test_workers_are_copies_of_a_process_that_has_imported_what_they_need(tmp_path, monkeypatch):
    """Of one thread, without modules of the current folder; killed or not, as others are."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, sys\n"
        "from embeddings.engines.opening import open_engine\n"
        "from embeddings.engines.protocol import Needs\n"
        "from tests.embeddings.engines.work import Sum, add_up, read_gpus, tell_start\n"
        "if __name__ == '__main__':\n"
        "    with open_engine('local', workers=2) as engine:\n"
        "        engine.preload = 'tests.embeddings.engines.work'\n"
        "        for needs in (Needs(), Needs(threads=2)):\n"
        "            ((_, told),) = engine.run(tell_start, [Sum(1)], needs)\n"
        "            print(told.result)\n"
        "        ((_, lost),) = engine.run(add_up, [Sum(1, 'kill', sys.argv[1])], Needs())\n"
        "        print(lost.error)\n"
        "    os.environ['CUDA_VISIBLE_DEVICES'] = 'set since'\n"
        "    with open_engine('local', workers=1) as engine:\n"
        "        engine.preload = 'tests.embeddings.engines.work'\n"
        "        ((_, told),) = engine.run(read_gpus, [Sum(1)], Needs())\n"
        "        print(told.result)\n"
    )
    for name in ("killed", "articles"):
        (tmp_path / name).mkdir()
    (tmp_path / "articles" / "pyarrow.py").write_text("raise AssertionError\n")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "killed")],
        capture_output=True,
        text=True,
        cwd=tmp_path / "articles",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    said = ["a copy, 1 thread", "begun anew, 2 threads", "the worker ended (SIGKILL)", "set since"]
    assert done.stdout.splitlines() == said, done.stderr
    assert len(list((tmp_path / "killed").iterdir())) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="workers begin anew there")
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_while_workers_begin_is_told_by_the_head_alone(tmp_path, threads):
    """It goes to all processes of the terminal: to those that import what tasks need as well."""
    (tmp_path / "slow.py").write_text(
        "import os, time\n"
        "from pathlib import Path\n"
        "def begin():\n"
        f"    Path({str(tmp_path)!r}, 'begun').touch()\n"
        "    time.sleep(2)\n"
        "if os.getpid() != int(os.environ['HEAD']):\n"
        "    begin()\n"
        "def work(task):\n"
        "    return 1\n"
    )
    script = tmp_path / "script.py"
    script.write_text(
        "import os, sys\n"
        "os.environ.setdefault('HEAD', str(os.getpid()))\n"
        "from embeddings.engines.opening import open_engine\n"
        "from embeddings.engines.protocol import Needs\n"
        "import slow\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        with open_engine('local', workers=2) as engine:\n"
        "            engine.preload = 'slow'\n"
        f"            list(engine.run(slow.work, [1], Needs(threads={threads})))\n"
        "    except KeyboardInterrupt:\n"
        "        print('stopped')\n"
    )
    head = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path)))},
        start_new_session=True,
        # A shell's job in the background is started deaf to Ctrl-C, and so are its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while not (tmp_path / "begun").exists():
        assert head.poll() is None, head.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)
    os.killpg(head.pid, signal.SIGINT)
    assert head.communicate(timeout=60) == ("stopped\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="workers begin anew there")
def test_the_fork_server_of_a_program_stays_its_own(tmp_path):
    """It has no imports of ours, nor do its processes keep to one thread."""
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing, os\n"
        "from multiprocessing import forkserver\n"
        "from embeddings.engines.opening import open_engine\n"
        "from tests.embeddings.engines.work import Sum, tell_start\n"
        "def show():\n"
        "    print(os.environ.get('OPENBLAS_NUM_THREADS'), flush=True)\n"
        "if __name__ == '__main__':\n"
        "    forkserver.set_forkserver_preload(['tests.embeddings.engines.work'])\n"
        "    forkserver.ensure_running()\n"
        "    with open_engine('local', workers=1) as engine:\n"
        "        engine.preload = 'tests.embeddings.engines.work'\n"
        "        ((_, told),) = engine.run(tell_start, [Sum(1)])\n"
        "        print(told.result, flush=True)\n"
        "    one = multiprocessing.get_context('forkserver').Process(target=show)\n"
        "    one.start()\n"
        "    one.join()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("OPENBLAS_NUM_THREADS", None)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.stdout.splitlines() == ["begun anew, 1 thread", "None"], done.stderr
