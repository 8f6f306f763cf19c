"""The local engine: processes of this machine."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from embeddings.blocks import cores, free_memory, held_memory
from embeddings.engines.pool import Pool, Worker
from embeddings.engines.protocol import Needs, Outcome, WorkerLostError, limit_threads, perform
from embeddings.errors import TopicwireError

T = TypeVar("T")

# Processes begin one after another, and what they inherit is the environment of the moment.
_starting = threading.Lock()
# Those that workers are copies of; one that the program itself has started is not.
_servers: set[int | None] = {None}


class LocalEngine(Pool):
    """A pool of processes of this machine.

    On Linux workers of one thread are copies of a process that has imported ``preload``, which
    stays until this process ends: Python's fork server. Others begin anew; so do all where the
    program has started that server for itself, since it then has its own imports and threads. A
    program that wants one after that starts it before (``forkserver.ensure_running``).

    A script that uses it needs ``if __name__ == "__main__":``, as for any pool (Python's
    documentation, multiprocessing, "The spawn and forkserver start methods").

    Args:
        workers: Cores that tasks may use at once; all of this process for None.
    """

    name = "local"
    reserves = False

    def __init__(self, workers: int | None = None) -> None:
        super().__init__(workers or cores())

    def _start(self, needs: Needs) -> Worker:
        return _Process(needs, self.preload)

    def _hear(self, workers: Sequence[Worker]) -> Sequence[tuple[Worker, Outcome | None]]:
        lines = {one.connection: one for one in workers if isinstance(one, _Process)}
        return [(lines[one], lines[one].take()) for one in wait(list(lines))]

    def _explain(self, why: Exception) -> TopicwireError:
        return TopicwireError(
            f"Workers end before they can work ({why}); a script of your own needs "
            '`if __name__ == "__main__":` around what it runs.'
        )

    def _room(self, needs: Needs) -> int:
        return 1 if needs.gpus else super()._room(needs)

    def _fit(self, needs: Needs) -> int:
        idle = (one.held_memory() for one in self._idle if isinstance(one, _Process))
        free = free_memory() + sum(idle)
        fit = free // max(1, needs.memory)
        if not fit:
            needed, have = needs.memory / 1e9, free / 1e9
            raise TopicwireError(
                f"A task takes some {needed:,.1f} GB of memory, and {have:,.1f} GB are free here; "
                "cut the corpus into more parts with --shards, or take a larger machine."
            )
        return fit


class _Process(Worker):
    """A process of this machine."""

    def __init__(self, needs: Needs, preload: str) -> None:
        super().__init__(needs)
        try:
            self._begin(needs, preload)
        except (EOFError, OSError):  # what it was to be a copy of has ended
            self._begin(needs, "")

    def _begin(self, needs: Needs, preload: str) -> None:
        # Modules are not looked for in the current folder, which may be one of articles.
        with _environment({**limit_threads(needs.threads), "PYTHONSAFEPATH": "1"}):
            copied = bool(preload) and _may_be_copies(needs) and _start_server(preload)
            context: Any = multiprocessing.get_context("forkserver" if copied else "spawn")
            self.connection, theirs = context.Pipe()
            # An encoder for several GPUs has processes of its own, which a daemon may not have.
            self._process = context.Process(
                target=_serve, args=(theirs, dict(os.environ)), daemon=not needs.gpus
            )
            with theirs, contextlib.nullcontext() if copied else _deaf_to_interrupts():
                self._process.start()

    def give(self, work: Callable[[T], object], task: T) -> None:
        try:
            self.connection.send((work, task))
        except OSError:
            return  # its end is at the line, for ``take``

    def take(self) -> Outcome | None:
        """Return what it says: an outcome, its death, or that it is ready."""
        try:
            said: Outcome | None = self.connection.recv()
        except (EOFError, OSError):
            self._process.join()
            code = self._process.exitcode or 0
            why = signal.Signals(-code).name if code < 0 else f"code {code}"
            return Outcome(error=WorkerLostError(f"the worker ended ({why})"))
        return said

    def held_memory(self) -> int:
        """Return the bytes that it holds, which its next task has; 0 where that is unknown."""
        return held_memory(self._process.pid or 0)

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()


def _may_be_copies(needs: Needs) -> bool:
    """Say whether workers may be copies of a process.

    What has threads may not be copied, so that this is for workers whose libraries keep to one;
    nor does macOS bear it.
    """
    return needs.threads == 1 and not needs.gpus and sys.platform == "linux"


def _start_server(preload: str) -> bool:
    """Have the process that workers are copies of begin; say whether it is one of ours."""
    from multiprocessing import forkserver

    server = forkserver._forkserver
    if getattr(server, "_forkserver_pid", None) not in _servers:
        return False
    forkserver.set_forkserver_preload([preload])
    with _deaf_to_interrupts():
        forkserver.ensure_running()
    _servers.add(getattr(server, "_forkserver_pid", None))
    return True


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Begin processes that Ctrl-C does not reach: it is the head that ends them, and says so."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # which, when it begins, lets interrupts through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, environment: Mapping[str, str]) -> None:
    """Do tasks until the head is gone, in its environment: a copy has that of its first run."""
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the head ends its workers
    threading.Thread(target=_end_with_head, daemon=True).start()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        connection.send(None)
        while True:
            _do_next(connection)


def _do_next(connection: Connection) -> None:
    try:
        work, task = connection.recv()
    except EOFError:
        raise
    except Exception as error:  # it does not know the function
        connection.send(Outcome(error=RuntimeError(str(error))))
        return
    outcome = perform(work, task)
    try:
        connection.send(outcome)
    except Exception as error:  # a result that does not travel
        connection.send(Outcome(error=RuntimeError(str(error))))


def _end_with_head() -> None:
    """End this process with the one that started it, even by ``kill -9`` in the midst of a task."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    with _starting:
        before = {name: os.environ.get(name) for name in values}
        os.environ.update(values)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
