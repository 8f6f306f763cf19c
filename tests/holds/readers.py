"""Every way in for what is given by hand or by strangers, with inputs to begin from.

A kind of file that is read and a file that a command takes, without their readers here, fail
``test_registry.py``.
"""

from __future__ import annotations

import bz2
import gzip
import io
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import click
import pyarrow as pa

from embeddings.corpus.store import CorpusStore
from tests.holds.newsroom import Newsroom
from tests.holds.seeds import (
    DATES,
    IDS,
    LABEL_LINES,
    LABELS,
    MADE,
    OWNERS,
    PARTS,
    QUERIES,
    SEEDS,
    TOPICS,
)
from tests.running import load_commands

# What the files are that a command takes; those in ``WRITTEN`` it writes.
WRITTEN = "written"
FILES = {
    "cluster paths": "articles",
    "cluster guided": "topics file",
    "cluster owners": "owners file",
    "story owners": "owners file",
    "outlets owners": "owners file",
    "evaluate labelled": "labels",
    "remove path": "names in the database",
    "restore file": "a database",
    "edit load file": "made by hand",
    "edit save file": WRITTEN,
    "backup out": WRITTEN,
    "search like_file": "articles",
    "search export": WRITTEN,
    "copies csv": WRITTEN,
    "outlets csv": WRITTEN,
    "trends csv": WRITTEN,
    "map out": WRITTEN,
    "report out": WRITTEN,
    "report owners": "owners file",
    "export out": WRITTEN,
    "topics suggest output": WRITTEN,
}
# An option or argument with a value of any form, ``{}``; none of these writes.
OPTIONS = (
    ("topics", "--level", "{}"),
    ("topics", "--topic", "{}"),
    ("search", "{}", "--limit", "2"),
    ("search", "talks", "--since", "{}"),
    ("search", "talks", "--limit", "{}"),
    ("search", "--like", "{}"),
    ("search", "talks", "--mode", "{}"),
    ("search", "talks", "--by", "{}"),
    ("copies", "--least-share", "{}"),
    ("copies", "--kind", "{}"),
    ("copies", "--why-not", "1", "{}"),
    ("story", "{}"),
    ("changes", "--since", "{}"),
    ("outlets", "--limit", "{}"),
    ("trends", "--by", "{}"),
    ("trends", "--recent", "{}"),
    ("calibrate", "{}", "--answers"),
    ("calibrate", "--curve", "--jaccard", "{}"),
    ("remove", "--dry-run", "--id", "{}"),
    ("remove", "--dry-run", "--path", "{}"),
)
EDITS = (
    ("edit", "rename", "4", "{}"),
    ("edit", "merge", "4", "{}"),
    ("edit", "pin", "{}", "4"),
    ("edit", "part", "1", "{}"),
    ("edit", "split", "4", "--into", "{}"),
    ("edit", "undo", "{}"),
)
# Of files that take much longer than the others to read, or much less.
_SHARES = dict.fromkeys((".md", ".html", ".mhtml", ".eml", ".warc", ".rss"), 10)
_SHARES |= dict.fromkeys((".zip", ".tar", ".docx", ".odt", ".parquet", ".arrow"), 30)


class Reader(NamedTuple):
    """A way in.

    Attributes:
        name: What is read.
        seeds: Inputs that are as they should be, or nearly.
        read: Reads an input; may raise a ``TopicwireError``, and returns notes of what was
            wrong with it.
        share: How many inputs of a thousand it is given, about; the dear ones are given fewer.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], Sequence[str]]
    share: int


def list_files_taken() -> Iterator[str]:
    """Yield each option and argument of a command that is a file, the database left out."""
    yield from _files(load_commands(), "")


def _files(command: click.Command, above: str) -> Iterator[str]:
    for one in command.params:
        words = ("FILE", "PATH", "LABELLED")
        is_file = any(word in (one.metavar or "") for word in words) or one.metavar == "OUT"
        if is_file and one.name != "db":
            yield f"{above} {one.name}"
    for name, below in getattr(command, "commands", {}).items():
        yield from _files(below, f"{above} {name}".strip())


def make_readers(room: Newsroom, folder: Path) -> list[Reader]:
    """Return all readers; files are written to ``folder``, and a database is copied there."""
    folder.mkdir(parents=True, exist_ok=True)
    db = room.place("whole", f"readers-{folder.name}") / "news.db"
    readers = [
        Reader(
            f"{ending} files",
            seeds,
            _reader_of_articles(folder / f"a{ending}"),
            _SHARES.get(ending, 15),
        )
        for ending, seeds in SEEDS.items()
    ]
    gzipped = tuple(gzip.compress(one, mtime=0) for one in SEEDS[".txt"])
    bzipped = tuple(map(bz2.compress, SEEDS[".txt"]))
    zstandard = tuple(pa.compress(one, "zstd", asbytes=True) for one in SEEDS[".txt"])
    archive = tuple(_pack(PARTS[".docx"], one) for one in SEEDS[".docx"])
    return [
        *readers,
        Reader(".gz files", gzipped, _reader_of_articles(folder / "a.txt.gz"), 30),
        Reader(".bz2 files", bzipped, _reader_of_articles(folder / "a.txt.bz2"), 30),
        Reader(".zst files", zstandard, _reader_of_articles(folder / "a.txt.zst"), 30),
        Reader("archives", archive, _reader_of_articles(folder / "a.docx", packs=False), 30),
        Reader("topics files", TOPICS, _reader_of_topics, 100),
        Reader("owners files", OWNERS, _reader_of_owners, 100),
        Reader("labels, .csv", LABELS, _reader_of_labels(folder / "labels.csv"), 30),
        Reader("labels, .jsonl", LABEL_LINES, _reader_of_labels(folder / "labels.jsonl"), 30),
        Reader("made by hand", MADE, _reader_of_made(folder / "by-hand.json"), 60),
        Reader("dates", DATES, _read_date, 15),
        Reader("queries", QUERIES, _reader_of_queries(db), 15),
        Reader("ids and names", IDS, _reader_of_ids(db), 30),
        Reader("options", (*IDS, *DATES[:3], *QUERIES), _reader_of_options(db, OPTIONS), 10),
        Reader("edits", IDS, _reader_of_options(db, EDITS), 10),
    ]


def _pack(part: str, data: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, data)
    return into.getvalue()


def _reader_of_articles(file: Path, packs: bool = True) -> Callable[[bytes], Sequence[str]]:
    """Return a reader of files such as ``file``; it packs what is a part of an archive."""
    from embeddings.articles.files import read_paths
    from embeddings.articles.furniture.finding import find_furniture
    from embeddings.articles.parsing.results import ReadOptions
    from embeddings.articles.passages import split

    def read(data: bytes) -> list[str]:
        part = PARTS.get(file.suffix) if packs else None
        file.write_bytes(data if part is None else _pack(part, data))
        notes = []
        for part in read_paths([file], ReadOptions(), {}):
            notes += [problem.message for problem in part.problems]
            for document in part.documents:
                split(document, find_furniture(document))
        return notes

    return read


def _reader_of_labels(file: Path) -> Callable[[bytes], Sequence[str]]:
    from topics.evaluation.labelling import read_labels

    def read(data: bytes) -> list[str]:
        file.write_bytes(data)
        read_labels(file)
        return []

    return read


def _reader_of_made(file: Path) -> Callable[[bytes], Sequence[str]]:
    from topics.answers.hand_file import read_by_hand

    def read(data: bytes) -> list[str]:
        file.write_bytes(data)
        read_by_hand(file, {"0" * 32})
        return []

    return read


def _reader_of_topics(data: bytes) -> list[str]:
    from topics.guiding.taxonomy import parse_topics

    parse_topics(_text(data))
    return []


def _reader_of_owners(data: bytes) -> list[str]:
    from topics.coverage.credit.owners import parse_owners

    parse_owners(_text(data))
    return []


def _read_date(data: bytes) -> list[str]:
    from embeddings.articles.parsing.dates import parse_date, parse_date_line
    from embeddings.corpus.filters import Filters

    text = _text(data)
    parse_date(text)
    parse_date_line(text, "MDY")
    Filters(since=text)
    return []


def _opener(db: Path) -> Callable[[int], CorpusStore]:
    """Return what opens a database once in each process, until that ends."""
    held = ExitStack()
    return cache(lambda _: held.enter_context(CorpusStore.open(db)))


def _reader_of_queries(db: Path) -> Callable[[bytes], Sequence[str]]:
    from embeddings.search.searcher import search_text
    from topics.answers.encoder import stored_encoder

    open_store = _opener(db)
    encoder = stored_encoder(open_store(os.getpid()))

    def read(data: bytes) -> list[str]:
        search_text(open_store(os.getpid()), encoder, _text(data), limit=2)
        return []

    return read


def _reader_of_ids(db: Path) -> Callable[[bytes], Sequence[str]]:
    from embeddings.corpus.filters import find_outlets
    from topics.answers.topics import find_topics

    open_store = _opener(db)

    def read(data: bytes) -> list[str]:
        find_topics(open_store(os.getpid()), [_text(data)])
        find_outlets(open_store(os.getpid()), [_text(data)])
        return []

    return read


def _reader_of_options(
    db: Path, lines: Sequence[Sequence[str]]
) -> Callable[[bytes], Sequence[str]]:
    command = load_commands()  # once: it takes longer than most commands

    def read(data: bytes) -> list[str]:
        value = _text(data).replace("\0", "")
        line = lines[sum(data) % len(lines)]
        # A value is a value, also where it begins like an option.
        filled = [value if part == "{}" else part for part in line]
        streams = [io.TextIOWrapper(io.BytesIO(given), "utf-8") for given in (b"q\n", b"", b"")]
        streams[2].reconfigure(errors="backslashreplace")  # as Python has it
        with (
            mock.patch("sys.stdin", streams[0]),
            redirect_stdout(streams[1]),
            redirect_stderr(streams[2]),
            suppress(SystemExit),
        ):
            command.main([*filled, "--db", str(db)], prog_name="topicwire")
        return []

    return read


def _text(data: bytes) -> str:
    # As the command line has it: a byte that is no UTF-8 is half a character.
    return data.decode("utf-8", "surrogateescape")
