"""Change inputs at random, and give them to every reader.

A reader may answer or raise a ``TopicwireError``. Anything else is a finding, and so is what
takes above ten seconds or a GiB.
"""

from __future__ import annotations

import gc
import os
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from embeddings.errors import TopicwireError
from tests.holds.newsroom import Newsroom
from tests.holds.readers import Reader, make_readers

LIMIT = 10
MOST_MEMORY = 1 << 30
# Inputs of one process: readers in it keep what they learn, and the limit is on all of it.
PART = 2_500
# Of the longest input; what is longer is a question of size.
_LONGEST = 20_000

TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\t", b'"', b"'", b"\\", b"\x1b[31m",
    b"<", b">", b"</p>", b"<!--", b"]]>", b"&#0;", b"&#x110000;", b"<meta charset=hex>", b"<html",
    b"\nx = " + b"[" * 900, b"\nx" + b".a" * 900 + b" = 1\n", b"[" * 900, b"{" * 900,
    b'{"a":' * 900, b"9" * 5000, b"-1", b"1e999", b"NaN", b"null",
    b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", "\u202e".encode(), "\u0130\u0131\u1e9e".encode(),
    b"[[", b"]]", b"[a.b.c]", b"''' ", b'"""', b"= ", b"# ", b"---\n", b"| ", b"> " * 300,
    b"* " * 300, b"[](" * 300, b"0000-00-00", b"9999-12-31T23:59:60-99:99", b"24:61", b"AND ",
    b"NEAR(", b"*", b":", b"^", b"%s{}", b"a" * 3000, b" " * 3000,
)  # fmt: skip


class Finding(NamedTuple):
    """An input that a reader should not have taken so.

    Attributes:
        reader: Its name.
        kind: ``traceback``, ``slow``, ``memory`` or ``death``, of its process.
        said: What was raised.
        data: The input.
    """

    reader: str
    kind: str
    said: str
    data: bytes


@dataclass
class Tally:
    """What came of the inputs.

    Attributes:
        inputs: How many each reader was given.
        refused: How many of them it refused in a sentence.
        seconds: Of the processor, how long each took.
        caught: Exceptions of libraries, that the reader of files made problems of the file.
        findings: The inputs that did harm.
    """

    inputs: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count what another process found."""
        self.inputs.update(other.inputs)
        self.refused.update(other.refused)
        self.seconds.update(other.seconds)
        self.caught.update(other.caught)
        self.findings += other.findings


class TooSlow(BaseException):
    """Raised by the clock; no reader that catches what goes wrong may catch it."""


def fuzz(room: Newsroom, count: int, seed: int, folder: Path, only: str = "") -> Tally:
    """Give ``count`` changed inputs to the readers, each its share.

    All readers are made and tried once here, so that what they load is loaded; the inputs are
    given to forks of this process, ``PART`` to each.

    Args:
        room: Where the database and the vectors are from; the static model alone.
        count: How many inputs in all.
        seed: Of the changes.
        folder: For the files read.
        only: What the names of readers hold that are given any; all by default.
    """
    tally = Tally()
    with mock.patch.dict(os.environ, room.environment):
        readers = [reader for reader in make_readers(room, folder) if only in reader.name]
        tally.inputs.update({reader.name: 0 for reader in readers})
        for reader in readers:
            for data in reader.seeds:
                try_input(reader, data, Tally())
        round_of = [reader for reader in readers for _ in range(reader.share)]
        random.Random(seed).shuffle(round_of)
        for start in range(0, count, PART):
            numbers = range(start, min(start + PART, count))
            part = [round_of[number % len(round_of)] for number in numbers]
            tally.add(_run_forked(part, f"{seed} {start}", folder / "last"))
    return tally


def _run_forked(part: Sequence[Reader], seed: str, last: Path) -> Tally:
    """Give each reader in ``part`` an input, in a fork; where it dies, tell of what."""
    context = get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=_run_part, args=(part, seed, last, sending))
    # A model that is collected ends its threads, and would wait in a fork for those that it lacks.
    gc.freeze()
    child.start()
    gc.unfreeze()
    sending.close()
    try:
        tally: Tally = receiving.recv()
    except EOFError:
        child.join()
        number, _, data = last.read_bytes().partition(b" ")
        said = f"its process ended with {child.exitcode}"
        return Tally(findings=[Finding(part[int(number)].name, "death", said, data)])
    child.join()
    return tally


def _run_part(part: Sequence[Reader], seed: str, last: Path, sending: Connection) -> None:
    chance = random.Random(seed)
    tally = Tally()
    with last.open("w+b", buffering=0) as note, limits():
        for number, reader in enumerate(part):
            data = change(reader.seeds, chance)
            note.seek(0)
            note.write(b"%d %s" % (number, data))
            note.truncate()
            try_input(reader, data, tally)
    sending.send(tally)


def try_input(reader: Reader, data: bytes, tally: Tally) -> None:
    """Give a reader an input, and note what comes of it."""
    began = time.process_time()
    # Of the processor's time, since others work here too; again, if nobody heard it.
    signal.setitimer(signal.ITIMER_PROF, LIMIT, 1.0)
    try:
        for note in reader.read(data):
            if "cannot be read (" in note:
                tally.caught[f"{reader.name}: {note[:80]}"] += 1
    except TopicwireError:
        tally.refused[reader.name] += 1
    except TooSlow:
        tally.findings.append(Finding(reader.name, "slow", "", data))
    except MemoryError as error:
        tally.findings.append(Finding(reader.name, "memory", repr(error), data))
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:300]
        tally.findings.append(Finding(reader.name, "traceback", said, data))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    tally.inputs[reader.name] += 1
    tally.seconds[reader.name] += time.process_time() - began


@contextmanager
def limits() -> Iterator[None]:
    """Have this process stopped by the clock, and refuse it a GiB more than it has."""

    def stop(*_: object) -> None:
        raise TooSlow

    handler = signal.signal(signal.SIGPROF, stop)
    before = resource.getrlimit(resource.RLIMIT_DATA)
    # Of memory that can be written: addresses alone, of which PDFium reserves many, cost nothing.
    has = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (has + MOST_MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
        signal.signal(signal.SIGPROF, handler)


def change(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """Return a seed changed in one to six places, mostly in few: more is soon refused."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4, 6))):
        chance.choice(CHANGES)(data, seeds, chance)
    return bytes(data[:_LONGEST])


def _flip(data: bytearray, seeds: Sequence[bytes], chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _insert(data: bytearray, seeds: Sequence[bytes], chance: random.Random) -> None:
    place = chance.randint(0, len(data))
    data[place:place] = chance.choice(TOKENS)


def _overwrite(data: bytearray, seeds: Sequence[bytes], chance: random.Random) -> None:
    place = chance.randint(0, len(data))
    noise = chance.randbytes(chance.randint(1, 9))
    data[place : place + len(noise)] = noise


def _delete(data: bytearray, seeds: Sequence[bytes], chance: random.Random) -> None:
    start = chance.randint(0, len(data))
    del data[start : start + chance.randint(1, 40)]


def _repeat(data: bytearray, seeds: Sequence[bytes], chance: random.Random) -> None:
    start = chance.randint(0, len(data))
    piece = data[start : start + chance.randint(1, 60)]
    data[start:start] = piece * chance.choice([1, 2, 9, 200])


def _splice(data: bytearray, seeds: Sequence[bytes], chance: random.Random) -> None:
    other = chance.choice(seeds)
    data[chance.randint(0, len(data)) :] = other[chance.randint(0, len(other)) :]


CHANGES: tuple[Callable[[bytearray, Sequence[bytes], random.Random], None], ...] = (
    _flip,
    *([_insert] * 4),
    _overwrite,
    _delete,
    _repeat,
    _splice,
)
