"""The command in processes that can be stopped, killed and timed.

A fresh process spends most of its time on imports. A fork of one that has them is at work at
once, so that a kill at any moment mostly meets work. Everything else is the same: the command
has its own environment, folder and streams, and ends as Python ends.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
# Longer than any command takes here; what takes so long hangs.
LIMIT = 120.0

_PRELOADED = (
    "topics.cli.entry",
    "topics.answers.cluster",
    "topics.answers.edit",
    "topics.answers.remove",
    "topics.answers.map",
    "topics.answers.export",
    "rich.progress",
    "typer._adapters",
    "scipy.sparse.csgraph",
    "graspologic_native",
    "rensa",
    "tokenizers",
    "dateparser",
    "trafilatura",
    "pyarrow.parquet",
    "sklearn.utils.validation",
    "umap.layouts",
    "matplotlib.figure",
)


class Ended(NamedTuple):
    """How a command ended.

    Attributes:
        code: Its exit code; negative for the signal that ended it.
        out: What it printed.
        err: What it said to standard error.
        seconds: How long it took.
        megabytes: The most memory it had.
    """

    code: int
    out: str
    err: str
    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def broke(self) -> bool:
        """Whether it showed a user what is for programmers."""
        return "Traceback" in self.err or "Exception ignored" in self.err

    @property
    def sentences(self) -> list[str]:
        """What it said to the user of why it ended."""
        lines = self.err.splitlines()
        return [line for line in lines if line.startswith("topicwire: ") or "Error" in line]

    @property
    def is_plain(self) -> bool:
        """Whether it was done, ended by a signal, or said why not in one sentence."""
        return not self.broke and (self.code <= 0 or len(self.sentences) == 1)


class Job(NamedTuple):
    """What to run: arguments, folder, environment, and where its streams are kept."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    typed: str = ""
    before: Sequence[str] = ()  # a program that runs the command; needs a fresh process

    def streams(self) -> tuple[Path, Path, Path]:
        """Return the files of its input, output and error output, beside its folder."""
        given, out, err = (self.folder.with_suffix(end) for end in (".in", ".out", ".err"))
        return given, out, err


class Running:
    """A command that runs."""

    def __init__(self, job: Job, pid: int, owner: Forks | subprocess.Popen[bytes]) -> None:
        self.pid = pid
        self._job = job
        self._owner = owner
        self._began = time.perf_counter()

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing where the command has ended, since it is not reaped yet."""
        os.kill(self.pid, number)

    def wait(self) -> Ended:
        """Wait for its end; what takes longer than ``LIMIT`` is killed.

        Raises:
            TimeoutError: It was.
        """
        status, used = self._reap()
        _, out, err = self._job.streams()
        ended = Ended(
            os.waitstatus_to_exitcode(status),
            out.read_text(errors="replace"),
            err.read_text(errors="replace"),
            time.perf_counter() - self._began,
            used / 1024,
        )
        if ended.seconds > LIMIT:
            raise TimeoutError(f"{' '.join(self._job.arguments)} took {ended.seconds:.0f} s")
        return ended

    def _reap(self) -> tuple[int, int]:
        if isinstance(self._owner, Forks):
            status, used = self._owner.ask({"wait": self.pid})
            return status, used
        status, used = _wait(self.pid)
        self._owner.returncode = os.waitstatus_to_exitcode(status)
        return status, used


def _wait(pid: int) -> tuple[int, int]:
    """Wait for a child, killed after ``LIMIT``; returns its status and most memory in KiB."""
    until = time.monotonic() + LIMIT
    while True:
        found, status, used = os.wait4(pid, os.WNOHANG)
        if found:
            return status, used.ru_maxrss
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)


def start_fresh(job: Job) -> Running:
    """Start a command as a shell does."""
    given, out, err = job.streams()
    given.write_text(job.typed)
    command = [*job.before, sys.executable, "-m", "topicwire", *job.arguments]
    with given.open("rb") as stdin, out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=job.folder,
            env=dict(job.environment),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )
    return Running(job, process.pid, process)


class Forks:
    """Starts commands as forks of one process that has imported what they need."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.holds.processes"],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, job: Job) -> Running:
        """Start a command."""
        job.streams()[0].write_text(job.typed)
        request = {
            "arguments": list(job.arguments),
            "folder": str(job.folder),
            "environment": dict(job.environment),
            "streams": [str(file) for file in job.streams()],
        }
        return Running(job, self.ask(request), self)

    def ask(self, request: Mapping[str, object]) -> int | list[int]:
        """Send a request, and return the answer."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._server.communicate()


def serve() -> None:
    """Answer the requests of ``Forks``: start a command, or wait for one."""
    for name in _PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()  # a fork that looks at all of it would copy it
    while line := sys.stdin.readline():
        request = json.loads(line)
        if "wait" in request:
            answer: object = _wait(request["wait"])
        elif not (answer := os.fork()):
            return _become(request)
        print(json.dumps(answer), flush=True)


def _become(request: dict[str, object]) -> None:
    """Be the command, in the fork."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    given, out, err = request["streams"]
    os.dup2(os.open(given, os.O_RDONLY), 0)
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    tempfile.tempdir = None
    sys.argv = ["topicwire", *request["arguments"]]
    from topicwire import main

    main()


def limit_memory(extra: int) -> tuple[int, int]:
    """Let this process have ``extra`` bytes more than it has; returns the former limits."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + extra, before[1]))
    return before


if __name__ == "__main__":
    serve()
