"""The command in processes that can be stopped, killed and timed.

A fresh process spends most of its time on imports. A fork of one that has them is at work at
once, so that a kill at any moment mostly meets work. Else it is the same: the command has its own
environment, folder and streams. It ends when it has done what Python does at an end, but does not
take itself apart, which takes longer than most commands.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
# Longer than any command takes here, beside much other work; what takes so long hangs.
LIMIT = 600.0

_PRELOADED = (
    "topicwire",
    "filelock",
    "markdown_it",
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
)
# Imported before the first fork that needs them: they take longer than all the others.
_FOR_MAPS = ("umap.layouts", "matplotlib.figure")


class Ended(NamedTuple):
    """How a command ended.

    Attributes:
        code: Its exit code; negative for the signal that ended it.
        out: What it printed.
        err: What it said to standard error.
        seconds: How long it took.
        megabytes: The most memory it had.
        work: Seconds of processors' time; of a shared machine this says more.
    """

    code: int
    out: str
    err: str
    seconds: float = 0.0
    megabytes: float = 0.0
    work: float = 0.0

    @property
    def broke(self) -> bool:
        """Whether it showed a user what is for programmers."""
        return "Traceback" in self.err or "Exception ignored" in self.err

    @property
    def sentences(self) -> int:
        """How often it said to the user why it ended."""
        return len(re.findall(r"topicwire: |^Error: |^.*─ Error ─", self.err, re.MULTILINE))


class Job(NamedTuple):
    """What to run: arguments, folder, environment, and where its streams are kept."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    typed: str = ""
    powerless: bool = False  # whether root may not read and write anywhere
    lines: Sequence[Sequence[str]] = ()  # in place of arguments: commands run one after another
    limit: float = LIMIT

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
        self._most = 0  # KiB

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing where the command has ended, since it is not reaped yet."""
        os.kill(self.pid, number)

    def wait_for_work(self, seconds: float) -> None:
        """Wait until it has used so much of the processors' time, or has ended.

        Of a clock's time a command beside much other work has done little, or all, by then.
        """
        while self._is_at_work() and self._used() < seconds:
            time.sleep(0.001)

    def _is_at_work(self) -> bool:
        """Whether it has not ended; it may not be reaped yet."""
        try:
            status = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return not Path("/proc/self/stat").exists()
        return status.rpartition(")")[2].split()[0] != "Z"

    def _used(self) -> float:
        """Return the seconds of the processors' time that it used; of a clock where none tells."""
        try:
            # The clock of a process, as clock_getcpuclockid makes its number on Linux.
            return time.clock_gettime((~self.pid << 3) | 2)
        except (OSError, AttributeError):
            return time.perf_counter() - self._began

    def wait(self) -> Ended:
        """Wait for its end.

        Raises:
            TimeoutError: It took longer than it may, and was killed.
        """
        while (ended := self.poll()) is None:
            if time.perf_counter() - self._began > self._job.limit:
                self.send(signal.SIGKILL)
            time.sleep(0.01)
        if ended.seconds > self._job.limit:
            raise TimeoutError(f"{' '.join(self._job.arguments)} took {ended.seconds:.0f} s")
        return ended

    def poll(self) -> Ended | None:
        """Return how it ended, ``None`` while it runs."""
        if isinstance(self._owner, Forks):
            found, status, used, work = self._owner.ask({"poll": self.pid})
        else:
            self._most = max(self._most, _read_peak(self.pid))
            found, status, used, work = _poll(self.pid)
            # What the system counts at the end includes the process that started this one.
            used = self._most or used
        if not found:
            return None
        if isinstance(self._owner, subprocess.Popen):
            self._owner.returncode = os.waitstatus_to_exitcode(status)
        _, out, err = self._job.streams()
        return Ended(
            os.waitstatus_to_exitcode(status),
            out.read_text(errors="replace"),
            err.read_text(errors="replace"),
            time.perf_counter() - self._began,
            used / 1024,
            work / 1000,
        )


def _poll(pid: int) -> list[int]:
    """Return a child that has ended, or 0; its status, most memory in KiB, and work in ms."""
    found, status, used = os.wait4(pid, os.WNOHANG)
    return [found, status, used.ru_maxrss, int(1000 * (used.ru_utime + used.ru_stime))]


def _read_peak(pid: int) -> int:
    """Return the most memory that a process held since it began its program, in KiB; or 0."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s*(\d+)", status)
    return int(found[1]) if found else 0


def start_fresh(job: Job) -> Running:
    """Start a command as a shell does."""
    given, out, err = job.streams()
    given.write_text(job.typed)
    command = [sys.executable, "-m", "topicwire", *job.arguments]
    with given.open("rb") as stdin, out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=job.folder,
            env=dict(job.environment),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            preexec_fn=give_up_rights if job.powerless else None,
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
        given, *others = job.streams()
        given.write_text(job.typed)
        for stream in others:
            stream.write_text("")
        request = {
            "arguments": list(job.arguments),
            "lines": [list(line) for line in job.lines],
            "folder": str(job.folder),
            "environment": dict(job.environment),
            "streams": [str(file) for file in job.streams()],
            "powerless": job.powerless,
        }
        return Running(job, self.ask(request), self)

    def ask(self, request: Mapping[str, object]) -> Any:
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
    """Answer the requests of ``Forks``: start a command, or look at one."""
    _import(*_PRELOADED, *_list_modules("embeddings"), *_list_modules("topics"))
    _load_languages()
    gc.freeze()  # a fork that looks at all of it would copy it
    while line := sys.stdin.readline():
        request = json.loads(line)
        if request.get("arguments", [])[:1] == ["map"]:
            _import(*_FOR_MAPS)
        if "poll" in request:
            answer: object = _poll(request["poll"])
        elif not (answer := os.fork()):
            _end(_become(request))
        print(json.dumps(answer), flush=True)


def _import(*names: str) -> None:
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _list_modules(package: str) -> Iterator[str]:
    for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
        yield found.name


def _load_languages() -> None:
    """Unpack the model that tells languages, which takes as long as clustering the demo."""
    from embeddings.text.languages import find_language

    find_language("The ministers met in Geneva to talk about a ceasefire.")


def _become(request: dict[str, Any]) -> int:
    """Be the command, in the fork; returns its exit code."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    if request["powerless"]:
        give_up_rights()
    given, out, err = request["streams"]
    os.dup2(os.open(given, os.O_RDONLY), 0)
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    tempfile.tempdir = None
    if request["lines"]:
        json.dump([_run_here(line) for line in request["lines"]], sys.stdout)
        return 0
    sys.argv = ["topicwire", *request["arguments"]]
    from topicwire import main

    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def give_up_rights() -> None:
    """Take from root, for this process and those it starts, the right to pass over all rights."""
    if os.geteuid():
        return
    library = ctypes.CDLL(None, use_errno=True)
    # <linux/capability.h>: version 3, CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, and what is
    # effective, permitted and inherited; and PR_CAPBSET_DROP of <linux/prctl.h>.
    head, sets, rights = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(), (1, 2)
    failed = [library.prctl(24, right, 0, 0, 0) for right in rights]
    failed += [library.capget(head, sets)]
    for place in range(3):
        sets[place] &= ~sum(1 << right for right in rights)
    if any([*failed, library.capset(head, sets)]):
        raise OSError(ctypes.get_errno(), "rights cannot be given up")


def _end(code: int) -> None:
    """End a fork, all but Python itself."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    if hasattr(library := ctypes.CDLL(None), "holds_tell"):
        library.holds_tell()
    os._exit(code)


def _run_here(line: Sequence[str]) -> tuple[int, str, str, float]:
    """Run a command in this process; returns what ``Ended`` holds."""
    from typer.testing import CliRunner

    from topics.cli.entry import app

    began = time.perf_counter()
    result = CliRunner().invoke(app, list(line))
    err = result.stderr
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        err += "".join(traceback.format_exception(result.exception))
    return result.exit_code, result.stdout, err, time.perf_counter() - began


if __name__ == "__main__":
    serve()
