"""The Ray engine: actors of a cluster, or of a Ray of our own on this machine.

This is the one module that imports Ray. Ray is given no data: tasks and outcomes are a few
hundred bytes, and files go through places that all machines reach.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from embeddings.blocks import cores
from embeddings.engines.pool import Pool, Worker
from embeddings.engines.protocol import Needs, Outcome, WorkerLostError, limit_threads, perform
from embeddings.errors import InputError, TopicwireError, first_line
from embeddings.writing import new_folder

T = TypeVar("T")

# Ray sends usage figures unless told not to, gives up its start early on a busy machine, and lets
# its workers wait for everything else there (nice 15: 5 to 19 s for a first answer at load 13).
_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_raylet_start_wait_time_s": "300",
    "RAY_worker_niceness": "0",
}


class RayEngine(Pool):
    """A pool of actors; use ``start``.

    An actor is never restarted by Ray, nor its task tried again: ``Pool`` does both, since of a
    task that kills its worker Ray would make no end.
    """

    name = "ray"

    def __init__(self, workers: int, ray: Any, started: ExitStack) -> None:
        super().__init__(workers)
        self._ray = ray
        self._started = started

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._started.close()

    def _start(self, needs: Needs) -> Worker:
        return _Actor(self._ray, needs)

    def _fit(self, needs: Needs) -> int:
        # Ray keeps actors waiting where they do not fit; one that fits nowhere would for ever.
        machines = [one["Resources"] for one in self._ray.nodes() if one["Alive"]]
        most = {name: max(one.get(name, 0) for one in machines) for name in ("memory", "GPU")}
        if needs.gpus > most["GPU"]:
            raise TopicwireError(
                "No machine of the cluster offers Ray the GPU that a task takes; leave --device "
                "out, or start Ray there with --num-gpus."
            )
        if needs.memory > most["memory"]:
            raise TopicwireError(
                f"A task takes some {needs.memory / 1e9:,.1f} GB of memory, and no machine of the "
                f"cluster offers Ray more than {most['memory'] / 1e9:,.1f} GB; cut the corpus into "
                "more parts with --shards, or take larger machines."
            )
        fit = sum(int(one.get("memory", 0) // max(1, needs.memory)) for one in machines)
        return fit if needs.memory else self.workers

    def _hear(self, workers: Sequence[Worker]) -> Sequence[tuple[Worker, Outcome | None]]:
        awaited = {one.said: one for one in workers if isinstance(one, _Actor)}
        ready, _ = self._ray.wait(list(awaited), num_returns=1)
        return [(awaited[one], awaited[one].take()) for one in ready]

    def _explain(self, why: Exception) -> TopicwireError:
        return TopicwireError(
            f"Ray's workers end before they can work ({why}); every machine of the cluster needs "
            "the same versions of Python, Ray and Topicwire."
        )


class _Actor(Worker):
    """An actor of Ray's, which does one task after another."""

    def __init__(self, ray: Any, needs: Needs) -> None:
        super().__init__(needs)
        self._ray = ray
        self._actor = (
            ray.remote(_Serving)
            .options(
                num_cpus=needs.threads,
                num_gpus=needs.gpus or None,
                memory=needs.memory or None,
                max_restarts=0,
                max_task_retries=0,
            )
            .remote(needs.threads)
        )
        self.said = self._actor.begin.remote()

    def give(self, work: Callable[[T], object], task: T) -> None:
        self.said = self._actor.do.remote(work, task)

    def take(self) -> Outcome | None:
        """Return what it said: an outcome, its death, or that it is ready."""
        try:
            said: Outcome | None = self._ray.get(self.said)
        except self._ray.exceptions.RayActorError as error:
            return Outcome(error=WorkerLostError(f"the worker ended ({first_line(error)})"))
        except self._ray.exceptions.RayError as error:
            # A function or a result that does not travel; Ray's own words begin with the actor.
            why = getattr(error, "cause", None) or error
            return Outcome(error=RuntimeError(first_line(why)))
        return said

    def end(self) -> None:
        with contextlib.suppress(Exception):  # it, or all of Ray, may be gone
            self._ray.kill(self._actor, no_restart=True)


class _Serving:
    """What an actor is made of."""

    def __init__(self, threads: int) -> None:
        # Ray has set the first of these alone; no numerical library is imported yet.
        os.environ.update(limit_threads(threads))

    def begin(self) -> None:
        """Say that it is ready."""

    def do(self, work: Callable[[T], object], task: T) -> Outcome:
        """Do a task."""
        return perform(work, task)


def start(workers: int | None, address: str | None) -> RayEngine:
    """Connect to a cluster, or start Ray on this machine until the engine is left.

    Ray of our own has its files in a temporary folder, and no dashboard. It listens on all of this
    machine's addresses, and obeys those alone that know a token, which is in the environment of
    its processes.

    Args:
        workers: Cores that tasks may use at once; None for all of the cluster.
        address: Of the cluster, ``auto``, or None for a Ray of our own.

    Raises:
        InputError: Ray is not installed, or the address is none.
        TopicwireError: It does not start, or there is none at the address.
    """
    settings = _SETTINGS if address else {**_SETTINGS, **_make_token()}
    for name, value in settings.items():
        os.environ.setdefault(name, value)  # Ray reads them when it is imported
    try:
        import ray
    except ImportError as error:
        raise InputError(
            f"Ray cannot be imported ({first_line(error)}): pip install 'topicwire[ray]'."
        ) from None
    if address not in (None, "auto"):
        _reach(str(address))
    with ExitStack() as started:
        options: dict[str, Any] = {"address": address}
        if address is None:
            options |= {"num_cpus": workers or cores(), "include_dashboard": False}
            # Sockets in it may have names of some 100 bytes in all, so it has a short one.
            parent = Path("/tmp")  # noqa: S108
            parent = parent if os.access(parent, os.W_OK) else Path(tempfile.gettempdir())
            options["_temp_dir"] = str(started.enter_context(new_folder(parent, "tw")))
        try:
            if address is None:
                # A program that has imported Ray before has read the environment before, too.
                mode = json.dumps({"AUTH_MODE": os.environ["RAY_AUTH_MODE"]})
                ray._raylet.Config.initialize(mode.encode())
            ray.init(log_to_driver=False, logging_level="ERROR", **options)
        except Exception as error:
            where = "no cluster is found here" if address else "it does not start"
            raise TopicwireError(f"Ray cannot be used: {where} ({first_line(error)}).") from error
        started.callback(ray.shutdown)
        # What becomes of workers is ours to tell, and standard output is not the place.
        ray._private.worker.print_to_stdstream = _say_nothing
        have = int(ray.cluster_resources().get("CPU", 1))
        return RayEngine(workers or have, ray, started.pop_all())


def _say_nothing(*_: object, **__: object) -> None:
    pass


def _make_token() -> dict[str, str]:
    """Return settings with a token for this process, which Ray else keeps in the home folder."""
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def _reach(address: str) -> None:
    """Find out whether anything answers there, which Ray would try for many minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise InputError(
            f"{address!r} is no address of a Ray cluster: expected host:port, such as "
            "10.0.0.1:6379, or auto on a machine of the cluster."
        )
    try:
        socket.create_connection((host, int(port)), timeout=30).close()
    except (OSError, OverflowError) as error:
        raise TopicwireError(
            f"Ray cannot be used: no cluster is found at {address} ({first_line(error)})."
        ) from None
